"""Dates that name their day: `2026-12-01`, `12月1日`, `1 Dec`, `民國115年12月1日`; a line of NAMED each.

A date without a year is this year's, or next year's when this year's is more than `BEHIND` days gone; in the
first days of January the last `TURN` days of the old year are meant. What has two readings, as `01/02/2026`,
is not read.
"""

import re
from collections.abc import Callable
from datetime import MAXYEAR, date, timedelta

BEHIND = 60
"""Days a date without a year may lie back and still be this year's: reports speak of what is late."""

TURN = 14
"""Days of the old year that are still meant in January."""

Maker = Callable[[re.Match[str], date], list[date | None]]
"""The days that a match means today; None for a day that does not exist or is not certain."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

STEPS = {"上上": -2, "上": -1, "本": 0, "这": 0, "": 0, "下": 1, "下下": 2}
"""How many weeks, months or quarters on a Chinese word points."""


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def last_of(year: int, month: int) -> date | None:
    """The last day of a month."""
    if not 1 <= month <= 12 or not 1 <= year < MAXYEAR:
        return None
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def month_on(today: date, months: int) -> tuple[int, int]:
    """Year and month so many months on."""
    years, month = divmod(today.month - 1 + months, 12)
    return today.year + years, month + 1


def nearest(today: date, month: int, day: int) -> date | None:
    """The day when its year is left out: see the module's head."""
    last = day_of(today.year - 1, month, day)
    if last is not None and (today - last).days <= TURN:
        return last
    years = (day_of(year, month, day) for year in range(today.year, today.year + 9))
    return next((found for found in years if found and (today - found).days <= BEHIND), None)


def full_year(text: str) -> int:
    """Two digits are of this century, three are counted from 1911 (the ROC's calendar)."""
    number = int(text)
    if len(text) == 2:
        return number + 2000
    return number + 1911 if number < 1000 else number


def _year_first(match: re.Match[str], today: date) -> list[date | None]:
    return [day_of(full_year(match["y"]), int(match["m"]), int(match["d"]))]


def _republic(match: re.Match[str], today: date) -> list[date | None]:
    return [day_of(int(match["y"]) + 1911, int(match["m"]), int(match["d"]))]


def _day_or_month_first(match: re.Match[str], today: date) -> list[date | None]:
    """Only where one of the readings is impossible, or both are the same day."""
    one, two, year = int(match["one"]), int(match["two"]), int(match["y"])
    readings = {found for found in (day_of(year, one, two), day_of(year, two, one)) if found}
    return [readings.pop() if len(readings) == 1 else None]


def _chinese(match: re.Match[str], today: date) -> list[date | None]:
    month = int(match["m"])
    days = [int(day) for day in (match["d"], match["e"]) if day]
    if match["roc"]:
        return [day_of(int(match["roc"]) + 1911, month, day) for day in days]
    if match["y"]:
        return [day_of(full_year(match["y"]), month, day) for day in days]
    if match["year"]:
        year = today.year + {"今": 0, "本": 0, "明": 1, "去": -1, "后": 2}[match["year"]]
        return [day_of(year, month, day) for day in days]
    return [nearest(today, month, day) for day in days]


def _day_of_month(match: re.Match[str], today: date) -> list[date | None]:
    year, month = month_on(today, STEPS[match["which"]])
    return [day_of(year, month, int(match["d"]))]


def _english(match: re.Match[str], today: date) -> list[date | None]:
    month = MONTHS[match["m"]]
    days = [int(day) for day in (match["d"], match["e"]) if day]
    year = match["y"] or match.groupdict().get("yy")
    if year:
        return [day_of(full_year(year), month, day) for day in days]
    return [nearest(today, month, day) for day in days]


_FREE = r"(?<![0-9a-z./:-])"
_YEAR = r"(?:19|20|21)\d\d"
_MM = r"(?P<m>\d{1,2})"
_DD = r"(?P<d>\d{1,2})"
_TH = r"(?:st|nd|rd|th)?"
_TO = r"\s?[-~至到]\s?"


def _compiled(*pieces: str) -> re.Pattern[str]:
    return re.compile("".join(pieces))


NAMED: tuple[tuple[re.Pattern[str], Maker], ...] = (
    # 2026-12-01, 2026/12/1, 2026.12.1
    (
        _compiled(_FREE, rf"(?P<y>{_YEAR})\s?(?P<s>[-/.])\s?", _MM, r"\s?(?P=s)\s?", _DD, r"(?!\d)"),
        _year_first,
    ),
    # 20261201
    (_compiled(_FREE, r"(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?![\d.])"), _year_first),
    # 民国115/12/1, 115/12/1
    (_compiled(r"民国\s?(?P<y>\d{2,3})\s?[-/.]\s?", _MM, r"\s?[-/.]\s?", _DD, r"(?!\d)"), _republic),
    (_compiled(_FREE, r"(?P<y>1\d\d)/", _MM, "/", _DD, r"(?![\d/])"), _republic),
    # 01.12.2026
    (_compiled(_FREE, _DD, r"\.\s?", _MM, rf"\.\s?(?P<y>{_YEAR})(?!\d)"), _year_first),
    # 25/12/2026, 12-25-2026
    (
        _compiled(_FREE, rf"(?P<one>\d{{1,2}})(?P<s>[-/])(?P<two>\d{{1,2}})(?P=s)(?P<y>{_YEAR})(?!\d)"),
        _day_or_month_first,
    ),
    # 2026年12月1日, 民国115年12月1日, 115年12月1日, 明年3月1日, 12月1日, 12月1日至5日
    (
        _compiled(
            rf"(?:民国\s?(?P<roc>\d{{2,3}})\s?年\s?|(?<!\d)(?P<y>{_YEAR}|1\d\d|\d\d)\s?年\s?|",
            r"(?P<year>[今本明去后])年\s?)?(?<!\d)",
            _MM,
            r"\s?月\s?",
            _DD,
            rf"\s?[日号]?(?:{_TO}(?P<e>\d{{1,2}})\s?[日号])?(?!\.?\d|[个人%项天元万])",
        ),
        _chinese,
    ),
    # 下月5日
    (_compiled(r"(?P<which>上|本|这|下下|下)个?月\s?", _DD, r"\s?[日号]"), _day_of_month),
    # 1 Dec 2026, 1st of December, 1-5 Dec, 20-Nov-26
    (
        _compiled(
            r"(?<![\d.:/-])",
            _DD,
            rf"{_TH}(?:{_TO}(?P<e>\d{{1,2}}){_TH})?(?: of |[ -]{{0,2}})",
            rf"(?P<m>{MONTH})\b\.?(?:[, -]{{1,2}}(?P<y>\d{{4}})\b|-(?P<yy>\d\d)\b)?",
        ),
        _english,
    ),
    # Dec 1, December 1st, 2026; Dec 1-5
    (
        _compiled(
            rf"\b(?P<m>{MONTH})\.?[ -]{{0,2}}",
            _DD,
            rf"{_TH}(?:{_TO}(?P<e>\d{{1,2}}){_TH}(?![:\d]))?(?![\d:])(?:[, -]{{1,2}}(?P<y>\d{{4}})\b)?",
        ),
        _english,
    ),
)
