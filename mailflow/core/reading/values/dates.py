"""Days as people write them, alone or in a sentence, and the words that sound like a day and are none (P0.8).

A date that names its day outranks one that is counted from today, so `周二（12月1日）` is the first of December.
What is not certain is not read.
"""

import re
from datetime import date

from mailflow.core.reading.text import fold
from mailflow.core.reading.values.days_counted import COUNTED, NUMERALS, WORKING, WorkingDays, working_days_on
from mailflow.core.reading.values.days_named import MONTH, NAMED, Maker, day_of, month_on, nearest

LONGEST = 500
"""Characters of a text that are looked at: a date, or a sentence with one, is not longer."""

_NUMERAL = "[零〇一二三四五六七八九十两]"
_WRITTEN = re.compile(
    rf"(?<![周期拜零〇一二三四五六七八九十两]){_NUMERAL}{{1,6}}"
    r"(?=\s?(?:个\s?)?(?:年|月|日|号|天|周|星期|礼拜|工作日))"
)
_DASHES = str.maketrans(dict.fromkeys("–—−‐‑－", "-") | {"〜": "~", "～": "~"})

# What may stand around a short date such as 12/1 for it to be one: nothing but these.
_AROUND = re.compile(
    r"[\(\[].{0,30}?[\)\]]|\d{1,2}[:点时]\d{0,2}分?|上午|下午|早上|晚上|中午|晚|"
    r"之前|以前|前|之内|以内|内|左右|完成|交付|提交|上线|截止|截至|到期|期限|最迟|最晚|不晚于|不迟于|早于|"
    r"预计|计划|约|到|至|于|在|日期|"
    r"\b(?:by|before|until|till|due|no later than|not later than|on|at|the|around|about|latest|finish|done|"
    r"am|pm|date|deadline)\b|[:,;。、!\s]|\.(?=\s|$)"
)
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天]|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b\.?")
_MONTH_DAY = re.compile(r"(?P<m>\d{1,2})(?P<s>[-/.])(?P<d>\d{1,2})")
_SHORT_ANYWHERE = re.compile(rf"(?<![\d/.:-]){_MONTH_DAY.pattern}(?![\d/.:-])")
_DAY_ALONE = re.compile(r"(?P<d>\d{1,2})(?:[日号]|st|nd|rd|th)")

_VAGUE = re.compile(
    r"尽快|尽早|尽速|尽可能|越快越好|越早越好|马上|立即|立刻|即刻|近期|最近|不久|稍后|"
    r"以后再|择期|有空|抽空|随时|不急|尽量|早日|"
    r"待定|未定|待议|待确认|待商|另行通知|另定|持续|长期|月初|月中|(?<!个)(?<!个 )月内|"
    r"[上中下]旬|年初|年中|年内|周末|周内|周初|"
    r"年后|节后|春节|国庆|[上下]半年|[明今]年(?!\s?\d|[底末])|[本这下]个?季度(?![底末])|"
    r"[本这下]{1,2}个?月(?!\s?\d|[底末])|"
    r"[上本这下]{1,2}个?(?:周|星期|礼拜)(?![一二三四五六日天1-6])|"
    r"\ba\.?s\.?a\.?p\b|\bas soon as\b|\bsoon(?:est)?\b|\btb[dcan]\b|"
    r"\bto be (?:determined|decided|confirmed|announced)\b|\bimmediately\b|\bright away\b|\burgent(?:ly)?\b|"
    r"\bwhen(?:ever)? (?:possible|you can)\b|(?<!days )(?<!weeks )\blater\b(?! than)|\bshortly\b|"
    r"\bin due course\b|\bongoing\b|\bpending\b|\bflexible\b|\bsome ?time\b|\bno (?:rush|hurry)\b|\bq[1-4]\b|"
    r"\b(?:this|next|end of|the) (?:week|weekend)\b|(?<!end of )\b(?:this|next) (?:month|quarter|year)\b|"
    r"\b(?:early|mid|late)[ -](?:week|month|" + MONTH + r")\b"
)


def find_dates(text: str, today: date, working: WorkingDays | None = None) -> tuple[date, ...]:
    """Every day that a text names, each once, in its order; () where one of them is uncertain or none.

    `working` counts working days (`3个工作日内`); without it they are not read.
    """
    normal = normal_of(text)
    try:
        found = _found(normal, today, working)
    except (ValueError, OverflowError):  # counted past the last day that Python knows
        return ()
    return () if None in found else tuple(dict.fromkeys(day for day in found if day))


def read_date(text: str, today: date, working: WorkingDays | None = None) -> date | None:
    """The one day that a text names, or None: no day, several, a vague one, or one with two readings."""
    found = find_dates(text, today, working)
    return found[0] if len(found) == 1 else None


def is_vague(text: str) -> bool:
    """Whether it speaks of time without naming a day, as 尽快 or `next week` do (P0.8)."""
    return bool(_VAGUE.search(fold(text[:LONGEST])))


def spans_of(text: str, today: date) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text as it is read, and where in it the days stand."""
    normal = normal_of(text)
    try:
        found = _all(NAMED, normal, today) or _all(COUNTED, normal, today)
    except (ValueError, OverflowError):
        return normal, ()
    spans = tuple((start, end) for start, end, _ in found)
    return normal, spans or tuple(match.span() for match in WORKING.finditer(normal))


def days_in(
    normal: str, today: date, working: WorkingDays | None = None
) -> tuple[list[tuple[int, int, list[date | None]]], bool]:
    """Where in a text, made comparable, the days stand, and whether they are counted from today.

    Short ones (`12/1`) count here: whoever asks knows that the text speaks of time.
    """
    if named := _all((*NAMED, (_SHORT_ANYWHERE, _month_day)), normal, today):
        return named, False
    counted = _all(COUNTED, normal, today)
    if working is not None:
        for match in WORKING.finditer(normal):
            counted.append((*match.span(), list(working_days_on(match[0], today, working))))
    return sorted(counted, key=lambda each: each[:2]), True


def is_only_date(text: str, today: date) -> bool:
    """Whether a text names a day and nothing besides, as `by 1 Dec` or `下周五前完成` do."""
    normal, spans = spans_of(text, today)
    if not spans:
        return bool(_short(normal, today))
    rest: list[str] = []
    end = 0
    for start, stop in spans:
        rest.append(normal[end:start])
        end = stop
    return not _AROUND.sub("", " ".join([*rest, normal[end:]])).strip("-~至到()[]/")


def _found(text: str, today: date, working: WorkingDays | None) -> list[date | None]:
    days = [day for _, _, each in _all(NAMED, text, today) for day in each] or _short(text, today)
    if not days:
        days = [day for _, _, each in _all(COUNTED, text, today) for day in each]
        if working is not None:
            days += working_days_on(text, today, working)
    return days


def _all(
    patterns: tuple[tuple[re.Pattern[str], Maker], ...], text: str, today: date
) -> list[tuple[int, int, list[date | None]]]:
    """The days of all matches in the order of the text; a later pattern does not read a place again."""
    taken = bytearray(len(text))
    found: list[tuple[int, int, list[date | None]]] = []
    for pattern, make in patterns:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end, make(match, today)))
    return sorted(found, key=lambda each: each[:2])


def _short(text: str, today: date) -> list[date | None]:
    """`12/1`, `12-01`, `12.1`, `15号`: too short to be found in a sentence, so they must stand alone."""
    bare = _AROUND.sub("", _WEEKDAY.sub("", text))
    if match := _DAY_ALONE.fullmatch(bare):
        months = (month_on(today, on) for on in (0, 1, 2))
        days = (day_of(year, month, int(match["d"])) for year, month in months)
        return [next((day for day in days if day and day >= today), None)]
    match = _MONTH_DAY.fullmatch(bare)
    return _month_day(match, today) if match else []


def _month_day(match: re.Match[str], today: date) -> list[date | None]:
    month, day = int(match["m"]), int(match["d"])
    if month > 12 and match["s"] == "/":
        month, day = day, month
    return [nearest(today, month, day)]


def normal_of(text: str) -> str:
    """Folded, dashes alike, and Chinese numerals before a unit of time as digits."""
    folded = fold(text[:LONGEST]).translate(_DASHES)[: 2 * LONGEST]
    return _WRITTEN.sub(lambda match: digits(match[0], folded[match.end() : match.end() + 2]), folded)


def digits(numeral: str, unit: str) -> str:
    """十二 as 12, 二十 as 20, 二〇二六 before 年 as 2026; 两三 before 天 is no number."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        if len(numeral) > 1 and "年" not in unit:
            return numeral
        return "".join(str(NUMERALS[one]) for one in numeral)
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return numeral
    return str((NUMERALS[tens] if tens else 1) * 10 + (NUMERALS[ones] if ones else 0))
