"""The numbers of tasks round a command's word: `完成 1、3`, `done 1 to 3`, `2 完成`, `完成 2 80%`."""

import re
from collections.abc import Sequence

from mailflow.core.reading.values.days_counted import NUMERALS
from mailflow.core.workflow import ArgumentType, Command

# Several tasks at the head of a command's arguments; no amount, date or number of things.
_SEVERAL = re.compile(
    r"[\s：:]{0,4}第?\d{1,3}(?:\s{0,3}(?:[、,，&+和与及]|and\b)\s{0,3}第?\d{1,3}){1,20}(?![\d%％年月日./-])(?:项|項)?"
    r"(?!\s{0,3}(?:[个個条條份次天人台页頁]|(?:of|out|more|days?|weeks?|hours?|times)\b))",
    re.IGNORECASE,
)
# No dash: `完成 9-30` is a day.
_RANGE = re.compile(
    r"[\s：:]{0,4}第?(\d{1,3})\s{0,2}(?:[~～到至]|to\b)\s{0,2}第?(\d{1,3})(?:项|項)?(?=[\s。.!！]{0,9}$)", re.I
)
_MOST = 20
# The number before the word, where it can be nothing else.
_FIRST = re.compile(
    r"(?:(?:任务|任務|事项|事項|task|item|no\.?)\s?#?(?P<named>\d{1,3})(?!\d)(?:号|號)?|#(?P<sharp>\d{1,3})|"
    r"第(?P<nth>\d{1,3}|[一二三四五六七八九十])[项項个個条條](?:任务|任務)?|"
    r"(?P<bare>\d{1,3})(?=\s?[^\W\d_]))(?:\s?(?:[:：,，]|is\b|has been\b|was\b))?\s{0,3}(?P<rest>\S.*)",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s{0,3}(?:[\d:：，,;；。.!！\s]|$)")
_PERCENT = re.compile(
    r"(?:[了度]|[\s：:,，]){0,4}(?:第?(\d{1,3})(?:项|項)?[\s：:,，]{1,3})?(\d{1,3})\s?[%％](?=\s{0,3}(?:[，,。;；:：.!！(（\n]|$))"
)


def one_by_one(word: str, rest: str, command: Command) -> list[str]:
    """What is said of several tasks as a line for each; [] where it is not of several."""
    if not command.arguments or command.arguments[0].type is not ArgumentType.TASK:
        return []
    if several := _SEVERAL.match(rest):
        numbers, left = re.findall(r"\d+", several[0]), rest[several.end() :]
    elif span := _RANGE.match(rest):
        first, last = int(span[1]), int(span[2])
        numbers, left = [str(each) for each in range(first, min(last, first + _MOST) + 1)], rest[span.end() :]
    else:
        return []
    return [f"{word} {number}{left}" for number in dict.fromkeys(numbers)]


def number_first(line: str) -> tuple[str, str]:
    """The number of a task that a line begins with, and what stands behind it; ("", line) where there is none."""
    found = _FIRST.match(line)
    if found is None:
        return "", line
    nth = found["nth"] or ""
    number = found["named"] or found["sharp"] or found["bare"] or str(NUMERALS.get(nth, nth))
    return number, found["rest"]


def may_stand_behind(rest: str) -> bool:
    """Whether what follows the word of `2 完成` is no sentence."""
    return _BEHIND.match(rest) is not None


def as_percent(rest: str, command: Command, commands: Sequence[Command]) -> str:
    """`完成 2 80%` is not done: the line that says so, "" where no percent but 100 follows the word."""
    found = _PERCENT.match(rest)
    if found is None or int(found[2]) >= 100 or not _takes(command, ArgumentType.TASK):
        return ""
    both = (each for each in commands if _takes(each, ArgumentType.TASK) and _takes(each, ArgumentType.PERCENT))
    other = next((each for each in both if each is not command), None)
    return f"{other.words[0]} {found[1] or ''} {found[2]}%{rest[found.end() :]}" if other else ""


def _takes(command: Command, kind: ArgumentType) -> bool:
    return any(each.type is kind for each in command.arguments)
