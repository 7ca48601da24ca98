"""The arguments of a command as they stand behind its word: tasks, percents, people, days, what the rules declare."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from mailflow.core.calendar import Calendar
from mailflow.core.directory import Directory
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_date, read_departments, read_people, read_percent
from mailflow.core.reading.values.moments import read_moment
from mailflow.core.span import Span
from mailflow.core.workflow import Argument, ArgumentType, Field

LONGEST_HEAD = 100
"""No command's word is longer than this, whatever the length of its line."""

LEAD = re.compile(r"^[\s：:,，、;；。—–-]+")
"""What may stand between a command's word and its arguments, and between these."""

_TASK = re.compile(
    r"^(?:with\s)?(?:第|#|no\.?\s*|(?:task|item)\s?#?|任务\s?|任務\s?)?(\d{1,3})(?:项|項|号|號)?(?![\d%％年月日./-])"
    # Not of `完成 2 个模块`, nor `done 2 of 5`.
    r"(?!\s{0,3}(?:[个個条條份次天人台页頁]|(?:of|out|more|days?|weeks?|hours?|items?|tasks?|times)\b))",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"^[^\s：:,，、;；]+")
_RECORD = re.compile(r"^\[?([a-z][a-z0-9]{0,9}-\d{4}-\d{4,9})\]?$")
# What stands between the names of several people: signs, and the words for their places.
_BETWEEN = re.compile(
    r"^(?:[\s、,，;；&+]|(?:组长|組長|成员|成員|和|leader|members?|and)(?![a-z])[：:]?)+", re.IGNORECASE
)
_TAIL = re.compile(
    r"[,，]?\s?(?:请|请您|麻烦)?(?:来|去)?(?:看一?下|看看|处理|處理|跟进|跟進|负责|負責|接手)(?:一?下)?(?:吧|哈)?[。.!！]?$"
)
_TO = re.compile(r"(?:(?:it|this)\s)?to\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ears:
    """What is needed to understand arguments; `working` counts working days, as Calendar.next_working_day.

    `task_fields` are those that the kind gives to its tasks, `fields` those of the record; `kinds` are the kinds by the
    words that mean them.
    """

    directory: Directory
    today: date
    working: Callable[[date, int], date] | None = None
    task_fields: tuple[Field, ...] = ()
    calendar: Calendar | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()


def word_at(line: str, words: Sequence[str]) -> tuple[str, str] | None:
    """The longest of `words` that a line begins with, as (word, rest), None when it begins with none."""
    folded = fold(line[:LONGEST_HEAD])
    for word, wanted in _longest_first(tuple(words)):
        if folded.startswith(wanted):
            rest = _after(line, wanted)
            if not (wanted[-1].isascii() and rest[:1].isascii() and rest[:1].isalnum()):
                return word, rest
    return None


@lru_cache(maxsize=256)
def _longest_first(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each word with its folded form."""
    return tuple((word, fold(word)) for word in sorted(words, key=len, reverse=True))


def typed(rest: str, arguments: list[Argument], ears: Ears) -> tuple[dict[str, str], str]:
    """The typed arguments at the head of `rest`, in their order, and what is left of it."""
    values: dict[str, str] = {}
    left = LEAD.sub("", rest)
    fields = [each for each in arguments if each.type is ArgumentType.FIELD]
    for argument in arguments:
        if argument.type is ArgumentType.FIELD and len(fields) > 1:
            continue
        if argument.type is ArgumentType.TASK_FIELD and not argument.required:
            continue
        found = _read(argument, left, ears)
        if found:
            values[argument.name], left = found[0], LEAD.sub("", found[1])
    return values, left


def _read(argument: Argument, text: str, ears: Ears) -> tuple[str, str] | None:
    """One argument at the head of a text: (value, rest), None when it is not there."""
    token = _TOKEN.match(text)
    head = token.group(0) if token else ""
    rest = text[len(head) :]
    match argument.type:
        case ArgumentType.TASK:
            number = _TASK.match(text)
            return (number.group(1), text[number.end() :]) if number else None
        case ArgumentType.PERCENT:
            percent = read_percent(head) if "%" in head or "％" in head or head.isdigit() else None
            return (str(percent), rest) if percent is not None else None
        case ArgumentType.PERSON:
            return _person(text, ears)
        case ArgumentType.DATE:
            return _date(text, ears)
        case ArgumentType.MOMENT:
            return _moment(text, ears)
        case ArgumentType.DEPARTMENT:
            ids, _ = read_departments(head, ears.directory)
            return (ids[0], rest) if ids else None
        case ArgumentType.PEOPLE:
            return _people(text, ears)
        case ArgumentType.GROUP:
            return word_at(text, tuple(ears.directory.groups))
        case ArgumentType.RECORD:
            number = _RECORD.match(fold(head))
            return (number.group(1).upper(), rest) if number else None
        case ArgumentType.KIND:
            said = word_at(text, tuple(ears.kinds))
            return (ears.kinds[said[0]], said[1]) if said else None
        case ArgumentType.FIELD | ArgumentType.TASK_FIELD:
            return (head, rest) if head else None
        case ArgumentType.TEXT | ArgumentType.TASKS:
            return None


def _person(text: str, ears: Ears) -> tuple[str, str] | None:
    """One person, by the longest head of up to three words that names somebody: `to Tom Green`, `张工看一下`."""
    if to := _TO.match(text):
        text = text[to.end() :]
    if (tail := _TAIL.search(text)) and text[: tail.start()].strip():
        text = text[: tail.start()]
    parts = re.split(r"(\s+)", re.split(r"[：:,，;；]", text, maxsplit=1)[0])
    for count in (5, 3, 1):
        head = "".join(parts[:count]).strip()
        found = read_people(head, ears.directory) if head else ()
        if len(found) == 1 and found[0].address:
            return found[0].address, text[len("".join(parts[:count])) :]
    return None


def _moment(text: str, ears: Ears) -> tuple[str, str] | None:
    """A day with its time, up to what tells more; kept by the calendar's clock."""
    head = re.split(r"[，,；;。]", text, maxsplit=1)[0]
    moment = read_moment(head, ears.today, ears.calendar)[0] if ears.calendar and head else None
    return (str(Span(moment, moment)), text[len(head) :]) if moment else None


def _people(text: str, ears: Ears) -> tuple[str, str] | None:
    """Several people, up to a colon or the end; None when a name among them is nobody's."""
    found: list[str] = []
    left = _BETWEEN.sub("", text)
    while left and left[0] not in "：:":
        piece = re.split("[、,，;；：:]", left, maxsplit=1)[0]
        one = _person(piece, ears)
        several = [] if one else [each.address for each in read_people(piece, ears.directory)]
        if not one and not (several and all(several)):
            return None
        found += [one[0]] if one else several
        left = _BETWEEN.sub("", (one[1] if one else "") + left[len(piece) :])
    return (", ".join(dict.fromkeys(found)), left) if found else None


def _date(text: str, ears: Ears) -> tuple[str, str] | None:
    """One date, by the longest head of up to four words that is one."""
    if to := _TO.match(text):
        text = text[to.end() :]
    parts = re.split(r"(\s+)", re.split(r"[：:，,;；]", text, maxsplit=1)[0])
    for count in (7, 5, 3, 1):
        head = "".join(parts[:count])
        found = read_date(head.strip(), ears.today, ears.working) if head.strip() else None
        if found:
            return found.isoformat(), text[len(head) :]
    return None


def _after(line: str, folded_word: str) -> str:
    """What remains of a line after the characters that fold to a word."""
    for end in range(1, min(len(line), LONGEST_HEAD) + 1):
        if fold(line[:end]) == folded_word:
            while end < len(line) and unicodedata.combining(line[end]):
                end += 1
            return line[end:]
    return ""
