"""The moment of a message from its Date field, else the last Received, else when it came: aware, in UTC."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ,]{0,3}(?:\(?(?:星期|周|週).\)?\s?)?(?P<half>[上下]午)?\s?"
    r"(\d{1,2}):(\d\d)(?::(\d\d))?\S{0,10}?\s?([+-]\d\d:?\d\d)?"
)
# 3/2/2026 4:30 PM: the month first where there is AM or PM, or where only that can be.
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AP])M)?", re.IGNORECASE)
_NO_YEAR = re.compile(r"\s0\d{2,3}\s")  # the standard library takes 0000 for 2000
# Zone names in common use that the standard library leaves out; it knows the American ones.
_ZONES = {"CEST": "+0200", "CET": "+0100", "BST": "+0100", "JST": "+0900", "HKT": "+0800", "MSK": "+0300"}
_NAMED = re.compile(r"\b(CEST|CET|BST|JST|HKT|MSK)\b")


# Offsets as some programs spell them out, and the days and months of Chinese ones.
_OFFSET = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d\d))?(?!\d)")
_DAY = re.compile("(?:星期|周|週)[一二三四五六日天],?")
# A day of the week in another language says nothing that the date does not.
_WEEKDAY = re.compile(r"[^\W\d_]{1,12}\.?,\s{0,3}(?=\d)")
_MONTHS = ("十一月", "十二月", "一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月")
_NAMES = ("Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")


def moment(text: str) -> datetime | None:
    """A date field as a moment, None where it cannot be one (year 0 or 99999, no date at all)."""
    text = text[:200]
    if _NO_YEAR.search(text):
        return None
    try:
        return _usual(_spelt(text)) or _iso(text) or _slashed(text)
    except (ValueError, OverflowError, TypeError, IndexError, ArithmeticError):
        return None


def first_moment(date: str, received: Iterable[str], came: datetime | None) -> tuple[datetime | None, bool]:
    """The moment of a message, and whether its own Date field gave it.

    The topmost Received field is the last one added; what stands behind its last semicolon is its date.
    """
    found = moment(date) if date else None
    if found:
        return found, True
    for field in received:
        stamped = moment(field.rpartition(";")[2].strip())
        if stamped:
            return stamped, False
    return (came.astimezone(UTC) if came else None), False


def _spelt(text: str) -> str:
    """A date field with its offset in digits, and in English."""
    if "GMT" in text or "UTC" in text:
        text = _OFFSET.sub(lambda found: f"{found[1]}{int(found[2]):02}{found[3] or '00'}", text)
    if foreign := _WEEKDAY.match(text):
        text = text[foreign.end() :]
    if not text.isascii():
        text = _DAY.sub("", text)
        for chinese, english in zip(_MONTHS, _NAMES, strict=True):
            text = text.replace(chinese, english)
    return text


def _usual(text: str) -> datetime | None:
    found = parsedate_tz(_NAMED.sub(lambda match: _ZONES[match[1]], text) if "(" not in text else text.split("(")[0])
    if not found or found[0] < 1971:
        return None
    seconds = min(found[5], 59)
    local = datetime(found[0], found[1], found[2], found[3], found[4], seconds, tzinfo=UTC)
    return _clamped(local - timedelta(seconds=found[9] or 0))


def _iso(text: str) -> datetime | None:
    match = _ISO.search(text)
    if not match:
        return None
    year, month, day, hour, minute = (int(match[index]) for index in (1, 2, 3, 5, 6))
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "下午" else 0)
    local = datetime(year, month, day, hour, minute, int(match[7] or 0), tzinfo=UTC)
    if match[8]:
        digits = match[8].replace(":", "")
        offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
        local = local - offset if digits[0] == "+" else local + offset
    return _clamped(local)


def _slashed(text: str) -> datetime | None:
    """A date as American and British programs write it; None where month and day cannot be told apart."""
    match = _SLASHED.search(text)
    if not match:
        return None
    first, second, year, hour, minute = (int(match[index]) for index in (1, 2, 3, 4, 5))
    if match[7]:
        hour = hour % 12 + (12 if match[7] in "pP" else 0)
    elif first <= 12 and second <= 12 and first != second:
        return None
    month, day = (second, first) if first > 12 else (first, second)
    return _clamped(datetime(year, month, day, hour, minute, int(match[6] or 0), tzinfo=UTC))


def _clamped(when: datetime) -> datetime | None:
    return when if _EARLIEST <= when <= _LATEST else None
