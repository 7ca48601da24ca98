"""Durations as rule files and mails write them: `4 working hours`, `1 working day`, `24 hours`, `3天`.

Invariant: a duration is never negative, and its amount is a whole number of minutes or of days.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from fractions import Fraction
from typing import assert_never


class Unit(Enum):
    """What an amount counts (P10): elapsed time, or the working time of a calendar."""

    MINUTES = "minutes"
    DAYS = "days"
    WORKING_MINUTES = "working minutes"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` minutes or days, as `unit` says; hours are kept as minutes, weeks as days.

    `str()` is the canonical text, which `parse_duration` reads back: hours where they are whole (`24 hours`,
    `4 working hours`), minutes otherwise (`90 minutes`). `24 hours` and `1 day` last equally long but are not
    equal, so that each is shown as it was written. Raises ValueError for a negative amount.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"a duration cannot be negative: {self.amount} {self.unit.value}")

    def __str__(self) -> str:
        match self.unit:
            case Unit.DAYS:
                return _counted(self.amount, "day")
            case Unit.WORKING_DAYS:
                return _counted(self.amount, "working day")
            case Unit.MINUTES:
                return _clock_text(self.amount, "")
            case Unit.WORKING_MINUTES:
                return _clock_text(self.amount, "working ")
            case _:
                assert_never(self.unit)

    @property
    def working(self) -> bool:
        """Whether a calendar is needed to count it."""
        return self.unit in (Unit.WORKING_MINUTES, Unit.WORKING_DAYS)

    def elapsed(self) -> timedelta:
        """The length of an elapsed duration. Raises ValueError for working time, which has none."""
        match self.unit:
            case Unit.MINUTES:
                return timedelta(minutes=self.amount)
            case Unit.DAYS:
                return timedelta(days=self.amount)
            case Unit.WORKING_MINUTES | Unit.WORKING_DAYS:
                raise ValueError(f"{self} is working time, which only a calendar can count")
            case _:
                assert_never(self.unit)


def minutes(amount: int) -> Duration:
    return Duration(amount, Unit.MINUTES)


def hours(amount: int) -> Duration:
    return Duration(amount * 60, Unit.MINUTES)


def days(amount: int) -> Duration:
    return Duration(amount, Unit.DAYS)


def working_minutes(amount: int) -> Duration:
    return Duration(amount, Unit.WORKING_MINUTES)


def working_hours(amount: int) -> Duration:
    return Duration(amount * 60, Unit.WORKING_MINUTES)


def working_days(amount: int) -> Duration:
    return Duration(amount, Unit.WORKING_DAYS)


# Ten years. A longer one is a slip of the keyboard, and would run past the last date Python knows.
LONGEST_DAYS = 3660

_WRITE = "write a number and a unit: '4 working hours', '1 working day', '15 minutes', '24 hours', '3 days', '2w'"

_SHAPE = re.compile(
    r"""\s*(?P<number>\d{1,9}(?:\.\d{1,9})?|[半一二两兩三四五六七八九十])\s*[个個]?\s*-?
        (?P<working>working|work|business|工作)?\s*-?\s*
        (?P<unit>[a-z]+|[^\W\da-z_]+)\s*\.?\s*""",
    re.VERBOSE,
)

_NUMERALS = {"半": Fraction(1, 2), "两": Fraction(2), "兩": Fraction(2)} | {
    character: Fraction(value) for value, character in enumerate("一二三四五六七八九十", start=1)
}

_MINUTE_WORDS = frozenset(["m", "min", "mins", "minute", "minutes", "分", "分钟", "分鐘"])
_HOUR_WORDS = frozenset(["h", "hr", "hrs", "hour", "hours", "小时", "小時", "钟头", "鐘頭"])
_DAY_WORDS = frozenset(["d", "day", "days", "天", "日"])
_WEEK_WORDS = frozenset(["w", "week", "weeks", "wk", "wks", "周", "週", "星期", "礼拜", "禮拜"])


def parse_duration(text: str) -> Duration:
    """What `text` says, in English or Chinese, in any case and width of letters.

    Accepted: `4 working hours`, `1 working day` (also `business`), `15 minutes`, `24 hours`, `3 days`, `1h`,
    `30m`, `10d`, `2w`, `1.5 hours`, `4个工作小时`, `1个工作日`, `15分钟`, `24小时`, `3天`. A fraction is read
    only for hours, and only where it gives whole minutes. Raises ValueError with a sentence for the writer.
    """
    # One blank for many: the shape has a place for them between any two of its parts, and would try every division.
    found = _SHAPE.fullmatch(" ".join(unicodedata.normalize("NFKC", text).lower().split()))
    if found is None:
        raise ValueError(f"cannot read '{text}' as a duration; {_WRITE}")
    number, word, working = _number(found["number"]), found["unit"], found["working"] is not None
    if word in _HOUR_WORDS:
        amount, unit = number * 60, Unit.WORKING_MINUTES if working else Unit.MINUTES
    elif word in _MINUTE_WORDS:
        amount, unit = number, Unit.WORKING_MINUTES if working else Unit.MINUTES
    elif word in _DAY_WORDS:
        amount, unit = number, Unit.WORKING_DAYS if working else Unit.DAYS
    elif word in _WEEK_WORDS and not working:
        amount, unit = number * 7, Unit.DAYS
    elif word in _WEEK_WORDS:
        raise ValueError(f"cannot read '{text}': a working week has no fixed length; write '5 working days'")
    else:
        raise ValueError(f"cannot read '{text}' as a duration: '{word}' is not a unit of time; {_WRITE}")
    return Duration(_whole(text, number, amount, word), unit)


def _number(text: str) -> Fraction:
    return _NUMERALS[text] if text in _NUMERALS else Fraction(text)


def _whole(text: str, number: Fraction, amount: Fraction, word: str) -> int:
    """`amount` as an integer, or the reason why it cannot be one."""
    if number.denominator != 1 and word not in _HOUR_WORDS:
        raise ValueError(f"cannot read '{text}': only hours may have a fraction; write '12 hours' for half a day")
    if amount.denominator != 1:
        raise ValueError(f"cannot read '{text}': it is not a whole number of minutes; write the minutes themselves")
    per_day = 1 if word in _DAY_WORDS or word in _WEEK_WORDS else 1440
    if amount > LONGEST_DAYS * per_day:
        raise ValueError(f"'{text}' is longer than ten years; write a shorter duration, such as '10 days'")
    return int(amount)


def _counted(amount: int, noun: str) -> str:
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def _clock_text(amount: int, working: str) -> str:
    if amount and amount % 60 == 0:
        return _counted(amount // 60, f"{working}hour")
    return _counted(amount, f"{working}minute")
