"""Dates counted from today: `明天`, `下周五`, `三天后`, `next Friday`, `in two weeks`; a line of COUNTED each.

Weeks begin on Monday. 周五 and `Friday` are the coming one, today's included; 本周五 is this week's and 下周五,
`next Friday` next week's, whatever today is.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from mailflow.core.reading.values.days_named import MONTH, MONTHS, STEPS, Maker, day_of, full_year, last_of, month_on

WorkingDays = Callable[[date, int], date]
"""The n-th working day after a day, as a calendar's `next_working_day` counts it."""

NUMERALS = {one: value for value, one in enumerate("零一二三四五六七八九十")} | {"〇": 0, "两": 2}

_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("mon", "monday"),
            ("tue", "tues", "tuesday"),
            ("wed", "wednesday"),
            ("thu", "thur", "thurs", "thursday"),
            ("fri", "friday"),
            ("sat", "saturday"),
            ("sun", "sunday"),
        )
    )
    for name in names
}
_COUNT = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ENGLISH_NUMBERS = {name: number for number, name in enumerate(_COUNT, start=1)} | {"a": 1, "an": 1}
_WORDS = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨晚": -1,
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "当天": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1,
    "后天": 2, "后日": 2, "大后天": 3, "today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1,
    "the day after tomorrow": 2, "day after tomorrow": 2, "eod": 0, "cob": 0, "end of day": 0,
}  # fmt: skip


def _longest_first(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _word(match: re.Match[str], today: date) -> list[date | None]:
    return [today + timedelta(days=_WORDS[match[0]])]


def _weekday_zh(match: re.Match[str], today: date) -> list[date | None]:
    named = match["d"]
    number = 6 if named in "日天" else (NUMERALS[named] if named in NUMERALS else int(named)) - 1
    return [_weekday(today, number, STEPS[match["which"]] if match["which"] else None)]


def _weekday_en(match: re.Match[str], today: date) -> list[date | None]:
    number = _WEEKDAYS[match["d"]]
    if match["which"] == "last":
        return [today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)]
    return [_weekday(today, number, 1 if match["which"] == "next" or match["week"] else None)]


def _weekday(today: date, number: int, weeks: int | None) -> date:
    if weeks is None:
        return today + timedelta(days=(number - today.weekday()) % 7)
    return today + timedelta(days=number - today.weekday() + 7 * weeks)


def _offset(match: re.Match[str], today: date) -> list[date | None]:
    unit = match["u"].lstrip("个 ")
    if match["n"] == "半":
        half = {"月": 15, "年": 182}.get(unit)
        return [today + timedelta(days=half) if half else None]
    number = _ENGLISH_NUMBERS.get(match["n"]) or int(match["n"])
    if unit in ("天", "日", "day"):
        return [today + timedelta(days=number)]
    if unit in ("周", "星期", "礼拜", "week"):
        return [today + timedelta(days=7 * number)]
    last = last_of(*month_on(today, number if unit in ("月", "month") else 12 * number))
    return [last and last.replace(day=min(today.day, last.day))]


def _end_of_month(match: re.Match[str], today: date) -> list[date | None]:
    if match["m"] is None:
        return [last_of(*month_on(today, STEPS[match["which"] or ""]))]
    month = int(match["m"])
    year = full_year(match["y"]) if match["y"] else today.year + (month < today.month)
    return [last_of(year, month)]


def _end_of_year(match: re.Match[str], today: date) -> list[date | None]:
    year = full_year(match["y"]) if match["y"] else today.year + (match["which"] == "明")
    return [day_of(year, 12, 31)]


def _end_of_quarter(match: re.Match[str], today: date) -> list[date | None]:
    return [_quarter(today, STEPS[match["which"] or ""])]


def _quarter(today: date, step: int) -> date | None:
    return last_of(*month_on(today, 2 - (today.month - 1) % 3 + 3 * step))


def _end_en(match: re.Match[str], today: date) -> list[date | None]:
    unit, step = match["unit"], int(match["which"] == "next")
    if unit in MONTHS:
        return [last_of(today.year + (MONTHS[unit] < today.month) + step, MONTHS[unit])]
    if unit == "year":
        return [day_of(today.year + step, 12, 31)]
    return [_quarter(today, step) if unit == "quarter" else last_of(*month_on(today, step))]


def _short_end(match: re.Match[str], today: date) -> list[date | None]:
    return [last_of(today.year, 12 if match[0] == "eoy" else today.month)]


# Behind a Chinese weekday: the end, something that is not Chinese, or a word that may follow a date.
# So there is no Monday in the name 周一鸣.
_EDGE = r"(?=$|[^\u3400-\u9fff]|[前之以内早晚上下中午夜完交提到至止起开截的或和与及给由做])"
_NUMBER = r"\d{1,4}|" + _longest_first(_ENGLISH_NUMBERS)
_UNITS_ZH = r"(?:个\s?)?(?:天|日|周|星期|礼拜)|个\s?月|年"

_WHICH = "(?P<which>上上|上|本|这|下下|下)?个?"


def _day_words() -> str:
    return "|".join(rf"\b{one}\b" if one.isascii() else one for one in sorted(_WORDS, key=len, reverse=True))


COUNTED: tuple[tuple[re.Pattern[str], Maker], ...] = (
    # 今天, tomorrow
    (re.compile(_day_words()), _word),
    # 周五, 下周五, 礼拜三; not 每周五
    (re.compile(rf"(?<![每逢各]){_WHICH}(?:周|星期|礼拜)(?P<d>[一二三四五六日天1-6]){_EDGE}"), _weekday_zh),
    # Friday, next Friday, Friday next week
    (
        re.compile(
            r"(?<!every )(?<!each )\b(?:(?P<which>this|next|last|coming) )?"
            rf"(?P<d>{_longest_first(_WEEKDAYS)})\b(?P<week> next week\b)?"
        ),
        _weekday_en,
    ),
    # 3天后, 2周内, 1个月后, 半年内
    (re.compile(rf"(?<![\d.月])(?P<n>\d{{1,4}}|半)\s?(?P<u>{_UNITS_ZH})\s?[之以]?[后内]"), _offset),
    # in 3 days, within two weeks; 3 days from now
    (re.compile(rf"\b(?:in|within) (?:the next )?(?P<n>{_NUMBER}) ?(?P<u>day|week|month|year)s?\b"), _offset),
    (re.compile(rf"\b(?P<n>{_NUMBER}) (?P<u>day|week|month|year)s? (?:from (?:now|today)|later)\b"), _offset),
    # 月底, 下月底, 12月底
    (
        re.compile(rf"(?:(?:(?P<y>\d{{4}})\s?年\s?)?(?<!\d)(?P<m>\d{{1,2}})\s?|{_WHICH})月[底末]"),
        _end_of_month,
    ),
    # 年底, 2026年底
    (re.compile(r"(?:(?<!\d)(?P<y>\d{4})\s?|(?P<which>[今本明]))?年[底末]"), _end_of_year),
    (re.compile(rf"{_WHICH}季度?[底末]"), _end_of_quarter),
    # end of month, end of next year, end of March
    (
        re.compile(rf"\bend of (?:the |of )?(?:(?P<which>this|next) )?(?P<unit>month|year|quarter|{MONTH})\b"),
        _end_en,
    ),
    (re.compile(r"\beo[my]\b"), _short_end),
)

WORKING = re.compile(
    r"(?P<zh>\d{1,3})\s?(?:个\s?)?工作日\s?(?:[之以]?[后内])|"
    rf"\b(?:in|within) (?P<en>{_NUMBER}) (?:working|business|work) ?days?\b"
)


def working_days_on(text: str, today: date, count: WorkingDays) -> list[date]:
    """The days that working days are counted to: `3个工作日内`, `within 2 business days`."""
    found: list[date] = []
    for match in WORKING.finditer(text):
        named = match["zh"] or match["en"]
        number = _ENGLISH_NUMBERS.get(named) or int(named)
        if 0 < number <= 366:
            found.append(count(today, number))
    return found
