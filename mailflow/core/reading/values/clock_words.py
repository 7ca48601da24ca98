"""The words of a clock time, a length, and what joins two of them, each with the place where it stands.

What is taken is blanked out, so that no word is read twice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from mailflow.core.reading.values.dates import days_in, digits, normal_of
from mailflow.core.reading.values.days_counted import WorkingDays
from mailflow.core.reading.values.days_named import MONTH

_MORNING = frozenset(["上午", "早上", "早晨", "清晨", "早", "morning"])
_SMALL_HOURS = frozenset(["凌晨", "am"])
_AFTERNOON = frozenset(["下午", "午后", "傍晚", "pm", "afternoon"])
_EVENING = frozenset(["晚上", "晚间", "夜里", "夜间", "深夜", "半夜", "晚", "evening", "tonight"])
_NOON = frozenset(["中午", "正午"])


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day; `open`: it says no half of the day. `late`: small hours called evening or midnight."""

    hour: int
    minute: int
    open: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a word means; `counted` from today."""

    days: tuple[date | None, ...]
    counted: bool = False


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    number: int


@dataclass(frozen=True, slots=True)
class Later:
    """So many days after the day named before."""

    days: int


@dataclass(frozen=True, slots=True)
class Length:
    length: timedelta


@dataclass(frozen=True, slots=True)
class Whole:
    """The day from midnight to midnight."""


@dataclass(frozen=True, slots=True)
class Joint:
    """`to`: what stands behind it is the other end."""


Word = Clock | Days | DayOfMonth | Later | Length | Whole | Joint

_WRITTEN = re.compile(
    r"(?<![周期拜零〇一二三四五六七八九十两])[零〇一二三四五六七八九十两]{1,3}"
    r"(?=\s?(?:点|时(?!间)|分|个半|(?:个\s?)?(?:小时|钟头)))"
)
_TAKEN = "|"
_PARTS = "|".join(
    sorted((one for one in _MORNING | _SMALL_HOURS | _AFTERNOON | _EVENING | _NOON if not one.isascii()), key=len)[::-1]
)
_AP = r"(?:[ap]\.?m\b\.?)"
_DASH = r"(?:[-~至到]+|\b(?:to|until|till|thru|through)\b)"

_STORED = re.compile(r"(?<=\d)t(?=\d\d:\d\d)")
_BARE = re.compile(
    rf"(?P<part>(?:{_PARTS})\s?)?(?<![\d:.|/-])(?P<h>[01]?\d|2[0-4])(?=\s?(?:{_DASH}|\band\b)\s?(?:{_PARTS})?\|)"
)
_TIMES = (
    # 22:00, 晚上10:30, 10点半, 22时30分, 10:30 pm
    re.compile(
        rf"(?P<part>(?:{_PARTS})\s?|\btonight (?:at )?)?(?<![\d:.])(?P<h>[01]?\d|2[0-4])"
        r"(?::(?P<m>[0-5]\d)(?::[0-5]\d)?|\s?(?:点|时(?!间))(?:钟|整|(?P<q>半|[1一]刻|[3三]刻)|(?P<n>[0-5]?\d)\s?分?)?)"
        rf"(?:\s?(?P<ap>{_AP}))?(?: in the (?P<day>morning|afternoon|evening)\b)?(?![\d:])"
    ),
    # 10pm, tonight 10 p.m., 10 in the evening
    re.compile(
        rf"(?P<part>\btonight )?(?:\bat )?(?<![\d:.])(?P<h>1[0-2]|0?[1-9])"
        rf"(?:\s?(?P<ap>{_AP})|(?: ?o'?clock)? in the (?P<day>morning|afternoon|evening)\b)"
    ),
    # at 10, tonight at 10 o'clock
    re.compile(
        r"(?P<part>\btonight )?\bat (?P<h>[01]?\d|2[0-3])(?: ?o'?clock\b)?(?![\d:.])(?! (?:minutes?|hours?|days?)\b)"
    ),
    # the 2 of `2-4pm` and `22到24点`, once the other end is taken
    _BARE,
)
_SPOKEN = re.compile(r"\bnoon\b|\bmidnight\b|(?:中午|正午|午夜)(?![|\d])")
_LATER = re.compile(
    r"次日|第二天|翌日|隔[天日]|\+1(?: day)?\b|\b(?:the )?(?:next|following) day\b|\b(?:the )?day after\b"
)
_SAME = re.compile(r"当[天日]|同[一]?[天日]|\bsame day\b")
_LENGTH = re.compile(
    r"(?<![\d.])(?P<n>\d{1,3}(?:\.5)?|半)(?P<half>个半)?\s?(?:个\s?)?(?:(?P<u>小时|钟头|hours?|hrs?|h)|分钟|minutes?|mins?)(?![a-z])"
)
_WHOLE = re.compile(r"全天|整天|24\s?小时|\ball day\b|\bwhole day\b")
_DAY_OF_MONTH = re.compile(r"(?<![\d月])(?P<d>\d{1,2})[日号](?!\d)")
_JOINT = re.compile(rf"{_DASH}|\band\b")
_BOUND = re.compile(r"\|\s?([-~]+)")
_DANGLING = re.compile(
    rf"{_PARTS}|\b(?:morning|afternoon|evening|night|tonight|lunch ?time|noon|midnight)\b|今晚|明晚|今早|明早"
)
_MONTH_BEFORE = re.compile(rf"\b(?:{MONTH})\.?\s?$")
_LATEST_NIGHT = 5


def words_of(text: str, today: date, working: WorkingDays) -> tuple[tuple[Word, ...], bool]:
    """The words of time in their order; and whether a part of the day is named without a time (`12月1日晚上`)."""
    normal = _STORED.sub(" ", normal_of(text))
    rest = _Rest(_WRITTEN.sub(lambda match: digits(match[0].lstrip("零〇") or "零", ""), normal))
    rest.take(_WHOLE, lambda match: Whole())
    for pattern in _TIMES:
        rest.take(pattern, _clock, after="part")
    rest.take(_SPOKEN, _spoken)
    rest.take(_BOUND, lambda match: Joint())
    rest.take(_LATER, lambda match: Later(1))
    rest.take(_SAME, lambda match: Later(0))
    rest.take(_LENGTH, _length)
    found, counted = days_in(rest.text, today, working)
    for start, end, days in found:
        rest.note(start, end, Days(tuple(days), counted))
    rest.take(_DAY_OF_MONTH, lambda match: DayOfMonth(int(match["d"])))
    rest.take(_JOINT, lambda match: Joint())
    return tuple(word for _, word in sorted(rest.found, key=lambda each: each[0])), bool(_DANGLING.search(rest.text))


@dataclass(slots=True)
class _Rest:
    """What of a text is not read yet; what is taken becomes bars."""

    text: str
    found: list[tuple[int, Word]] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], Word | None], after: str = "") -> None:
        """Read every match, and blank it out; what stands in the group `after` stays, for a day may be in it."""
        for match in list(pattern.finditer(self.text)):
            word = make(match)
            if word is not None:
                kept = bool(after and match[after]) and _names_day(match, after)
                self.note(match.end(after) if kept else match.start(), match.end(), word)

    def note(self, start: int, end: int, word: Word) -> None:
        self.text = self.text[:start] + _TAKEN * (end - start) + self.text[end:]
        self.found.append((start, word))


def _names_day(match: re.Match[str], group: str) -> bool:
    """Whether a part of the day is that of a named day: 今晚, tonight."""
    before = match.string[: match.start(group)][-1:]
    return match[group].startswith("tonight") or (before != "" and before in "今明昨后" and match[group][0] in "早晚")


def _clock(match: re.Match[str]) -> Clock | None:
    groups = match.groupdict()
    if match.re is _BARE and _MONTH_BEFORE.search(match.string[: match.start()]):
        return None  # `Dec 1 - 10pm`: the number is a day
    hour = int(match["h"])
    quarter = groups.get("q")
    minute = {"半": 30, "1": 15, "一": 15, "3": 45, "三": 45}[quarter[0]] if quarter else 0
    minute = int(groups.get("m") or groups.get("n") or minute)
    if hour == 24 and minute:
        return None
    part = (groups.get("part") or "").strip().removesuffix(" at")
    return _of_part(hour, minute, part or (groups.get("ap") or "").replace(".", "") or groups.get("day") or "")


def _of_part(hour: int, minute: int, part: str) -> Clock:
    """The hour in the half of the day that a word names; an hour beyond twelve needs none."""
    if hour > 12 or not part:
        return Clock(hour, minute, open=not part and 1 <= hour <= 12)
    if part in _SMALL_HOURS:
        return Clock(hour % 12, minute)
    if part in _MORNING or (part in _NOON and hour > 2):
        return Clock(hour, minute)
    if part in _EVENING and (hour < _LATEST_NIGHT or hour == 12):
        return Clock(24 if hour == 12 else hour, minute, late=hour != 12)
    return Clock(hour % 12 + 12, minute)


def _spoken(match: re.Match[str]) -> Clock:
    return Clock(12, 0) if match[0] in ("noon", "中午", "正午") else Clock(24, 0, late=True)


def _length(match: re.Match[str]) -> Length:
    number = 0.5 if match["n"] == "半" else float(match["n"]) + (0.5 if match["half"] else 0)
    return Length(timedelta(hours=number) if match["u"] else timedelta(minutes=number))
