"""What a person says in the first lines of a reply: commands with their arguments (P9). Pure.

A command stands at the beginning of a line of the writer's own words. A sentence that merely contains
its word is none: after the word comes the end of the line, a colon, or arguments that can be read.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mailflow.core.directory import Directory
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_date, read_departments, read_people, read_percent
from mailflow.core.workflow import Argument, ArgumentType, Command

_TASK = re.compile(r"^(?:第|#|no\.?\s*)?(\d{1,3})(?:项|項|号|號)?(?![\d%％年月日./-])", re.IGNORECASE)
_TOKEN = re.compile(r"^[^\s：:,，、;；]+")
_LEAD = re.compile(r"^[\s：:,，、;；—–-]+")
_RECORD = re.compile(r"^\[?([a-z][a-z0-9]{0,9}-\d{4}-\d{4,9})\]?$")
# What stands between the names of several people: signs, and the words for their places.
_BETWEEN = re.compile(
    r"^(?:[\s、,，;；&+]|(?:组长|組長|成员|成員|和|leader|members?|and)(?![a-z])[：:]?)+", re.IGNORECASE
)
_BULLET = re.compile(r"(?:\d{1,2}(?:[.)](?=\s)|[、．）])|[(（]\d{1,2}[)）]|[-*•·](?=\s)|[•·①-⑳])\s{0,5}")
_WRAPPED = re.compile(r"[“\"'「『【\[`]([^“”\"'「」『』【】\[\]`]{1,300})[”\"'」』】\]`]|\*{1,2}([^*]{1,300})\*{1,2}")
_POLITE = re.compile(r"([^，,。.!！]{1,12})[，,。.!！]\s{0,5}(?=\S)")
_MARKS = " \t。.!！~～…"
_GREETING = re.compile(
    r"^(?:你好|您好|大家好|各位好?|hi|hello|dear|hey|good (?:morning|afternoon))\b.{0,40}$|^.{1,20}[,，:：!！]$",
    re.IGNORECASE,
)
_COURTESIES = (
    "ok|okay|好|好的|收到|谢谢|謝謝|多谢|thanks|thx|thank|noted|明白|知道了|嗯|辛苦了|received|感谢|"
    "hi|hello|yes|no|sure|great|是|是的|不|可以|行|赞|fyi|您好|你好|done!|cheers|regards|无|没有|"
    "没问题|沒問題|thank you|many thanks|no problem|got it"
)
_COURTESY = frozenset(fold(word) for word in _COURTESIES.split("|"))
_LINES = 12
# So many lines may go on with the text of one command.
_TEXT_LINES = 200
# No command's word is longer than this, whatever the length of its line.
_HEAD = 100


@dataclass(frozen=True, slots=True)
class Said:
    """One command as it was said: its arguments by name, and what is wrong with them ("" when nothing)."""

    command: Command
    line: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """The commands of a message in order, or the word at its head that was probably meant as one."""

    said: tuple[Said, ...] = ()
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Ears:
    """What is needed to understand arguments; `working` counts working days, as Calendar.next_working_day."""

    directory: Directory
    today: date
    working: Callable[[date, int], date] | None = None


def listen(text: str, commands: Sequence[Command], ears: Ears) -> Heard:
    """The commands in the first lines of a person's own words.

    One or two greetings may stand before them; a line that is no command ends them, unless it goes on
    with the text that the command before it asked for.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    said: list[Said] = []
    greetings = 0
    for number, line in enumerate(lines[:_LINES]):
        if not line:
            continue
        heard = _command(_plain(line), lines[number + 1 : number + 1 + _TEXT_LINES], commands, ears)
        if heard:
            said.append(heard)
            if lists_tasks(heard.command):
                break
        elif said:
            if not _continues(said[-1], line):
                break
        elif greetings < 2 and _GREETING.match(line):
            greetings += 1
        else:
            break
    return Heard(tuple(said), "" if said else _unknown(lines))


def _plain(line: str) -> str:
    """A line without the number, bullet or courtesy before it, the quotes or stars round it, the emoji behind it."""
    line = _BULLET.sub("", line.strip(), count=1)
    while line and unicodedata.category(line[-1]) in ("So", "Sk", "Mn", "Cf"):
        line = line[:-1].rstrip()
    wrapped = _WRAPPED.fullmatch(line)
    line = (wrapped[1] or wrapped[2]).strip() if wrapped else line
    courtesy = _POLITE.match(line)
    return line[courtesy.end() :] if courtesy and fold(courtesy[1]) in _COURTESY else line


def lists_tasks(command: Command) -> bool:
    """Whether what follows a command is its tasks, and holds no further command."""
    return any(each.type is ArgumentType.TASKS for each in command.arguments)


def word_at(line: str, words: Sequence[str]) -> tuple[str, str] | None:
    """The longest of `words` that a line begins with, as (word, rest), None when it begins with none."""
    folded = fold(line[:_HEAD])
    for word in sorted(words, key=len, reverse=True):
        wanted = fold(word)
        if folded.startswith(wanted):
            rest = _after(line, wanted)
            if not (wanted[-1].isascii() and rest[:1].isascii() and rest[:1].isalnum()):
                return word, rest
    return None


def near(word: str, words: Sequence[str]) -> tuple[str, ...]:
    """Those of `words` that differ from a word by a slip of the keyboard."""
    wanted = fold(word)
    return tuple(each for each in words if len(fold(each)) >= 5 and _slip(wanted, fold(each)))


def _command(line: str, following: list[str], commands: Sequence[Command], ears: Ears) -> Said | None:
    best: tuple[str, str, Command] | None = None
    for command in commands:
        found = word_at(line, command.words)
        if found and (best is None or len(found[0]) > len(best[0])):
            best = (*found, command)
    if best is None:
        return None
    return _understood(line, best, following, commands, ears)


def _understood(
    line: str, found: tuple[str, str, Command], following: list[str], commands: Sequence[Command], ears: Ears
) -> Said | None:
    word, rest, command = found
    typed = [each for each in command.arguments if each.type is not ArgumentType.TEXT]
    text = next((each for each in command.arguments if each.type is ArgumentType.TEXT), None)
    bare = not rest.strip(_MARKS)
    values, left = _typed(rest, typed, ears)
    separated = rest[:1] in "：:" or (rest[:1].isspace() and not word[-1].isascii())
    if not bare and not values and not separated:
        return Said(command, line) if not command.arguments and _is_aside(rest) else None
    if not bare and not command.arguments and not _is_aside(rest):
        return None
    if values and left and not text and not _is_aside(left):
        return None
    if text:
        said = _LEAD.sub("", left).strip()
        if said or text.required:
            said = "\n".join(filter(None, [said, *_paragraph(following, commands, ears)]))
        if said:
            values[text.name] = said
    missing = [each.name for each in command.arguments if each.required and each.name not in values]
    missing = [each for each in missing if _type_of(command, each) not in _LATER]
    return Said(command, line, values, f"needs {', '.join(missing)}" if missing else "")


# What can still be settled: the one task that the person has, fields given in other lines, tasks in a table.
_LATER = (ArgumentType.TASK, ArgumentType.FIELD, ArgumentType.TASKS)


def _type_of(command: Command, name: str) -> ArgumentType:
    return next(each.type for each in command.arguments if each.name == name)


def _typed(rest: str, arguments: list[Argument], ears: Ears) -> tuple[dict[str, str], str]:
    """The typed arguments at the head of `rest`, in their order, and what is left of it."""
    values: dict[str, str] = {}
    left = _LEAD.sub("", rest)
    fields = [each for each in arguments if each.type is ArgumentType.FIELD]
    for argument in arguments:
        if argument.type is ArgumentType.FIELD and len(fields) > 1:
            continue
        found = _read(argument, left, ears)
        if found:
            values[argument.name], left = found[0], _LEAD.sub("", found[1])
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
        case ArgumentType.FIELD:
            return (head, rest) if head else None
        case ArgumentType.TEXT | ArgumentType.TASKS:
            return None


def _person(text: str, ears: Ears) -> tuple[str, str] | None:
    """One person, by the longest head of up to three words that names somebody."""
    parts = re.split(r"(\s+)", re.split(r"[：:,，;；]", text, maxsplit=1)[0])
    for count in (5, 3, 1):
        head = "".join(parts[:count]).strip()
        found = read_people(head, ears.directory) if head else ()
        if len(found) == 1 and found[0].address:
            return found[0].address, text[len("".join(parts[:count])) :]
    return None


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
    parts = re.split(r"(\s+)", re.split(r"[：:，,;；]", text, maxsplit=1)[0])
    for count in (7, 5, 3, 1):
        head = "".join(parts[:count])
        found = read_date(head.strip(), ears.today, ears.working) if head.strip() else None
        if found:
            return found.isoformat(), text[len(head) :]
    return None


def _paragraph(lines: list[str], commands: Sequence[Command], ears: Ears) -> list[str]:
    """The lines that may go on with a command's text: up to an empty one, or to the next command."""
    taken: list[str] = []
    for line in lines:
        if (not line and taken) or (line and _command(_plain(line), [], commands, ears)):
            break
        if line:
            taken.append(line)
    return taken


def _continues(last: Said, line: str) -> bool:
    return any(line in value for value in last.arguments.values())


def _is_aside(rest: str) -> bool:
    """Whether what follows a command's word adds nothing: punctuation, courtesy, or another sentence."""
    if rest[:1] in "。.!！;；" and rest[1:2] != ".":
        return True
    said = fold(rest.strip(" \t,，。.!！、~～"))
    return not said or said in _COURTESY


def _unknown(lines: list[str]) -> str:
    """The head of a message that is nothing but one word, or a word and a colon: meant as a command?"""
    told = [line for line in lines if line]
    if not told:
        return ""
    head = told[0].strip(_MARKS + "，,")
    if len(told) == 1 and _is_word(head) and fold(head) not in _COURTESY:
        return head
    return ""


def _is_word(text: str) -> bool:
    folded = fold(text)
    if not folded or any(c.isspace() for c in folded):
        return False
    letters = folded.replace("-", "").replace("/", "")
    return letters.isalpha() and (len(letters) <= 20 if letters.isascii() else len(letters) <= 4)


def _slip(a: str, b: str) -> bool:
    """Whether two words differ by one letter added, lost, changed or swapped."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]:
        return True
    return rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]


def _after(line: str, folded_word: str) -> str:
    """What remains of a line after the characters that fold to a word."""
    for end in range(1, min(len(line), _HEAD) + 1):
        if fold(line[:end]) == folded_word:
            while end < len(line) and unicodedata.combining(line[end]):
                end += 1
            return line[end:]
    return ""
