"""A day with a time, and from one to another, as people write them: `12月1日 22:00-次日02:00`, `next Friday 2pm`.

Of two readings the shorter stretch is meant: `晚上10点到2点` ends at two in the night, `2-4pm` begins after noon.
What is not certain is not read (P0.8).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from mailflow.core.calendar import Calendar
from mailflow.core.reading.values.clock_words import (
    Clock,
    DayOfMonth,
    Days,
    Joint,
    Later,
    Length,
    Whole,
    Word,
    words_of,
)
from mailflow.core.reading.values.dates import LONGEST, is_vague
from mailflow.core.reading.values.days_named import day_of, month_on
from mailflow.core.span import Span, read_stored

_ZONE = re.compile(r"\b(?:UTC|GMT)(?:\s?(?P<sign>[+-])(?P<hours>\d{1,2}))?", re.IGNORECASE)
_DAY = timedelta(days=1)
_MIDNIGHT = Clock(24, 0)


@dataclass(slots=True)
class _End:
    """One end of a stretch while it is read: its day (or so many days after the first end's) and its time."""

    day: date | None = None
    last: date | None = None
    counted: bool = False
    later: int | None = None
    clock: Clock | None = None

    @property
    def dated(self) -> bool:
        return self.day is not None or self.later is not None

    @property
    def empty(self) -> bool:
        return not self.dated and self.clock is None


def read_moment(text: str, today: date, calendar: Calendar) -> tuple[datetime | None, str]:
    """The moment that a text names, or None and what is wrong: vague, unclear, several, or no time."""
    if kept := read_stored(text.strip()):
        return kept.begin, ""
    ends, _, problem = _ends(text, today, calendar)
    if problem or not ends:
        return None, problem or _nothing(text)
    first = ends[0]
    if len(ends) > 1:
        span, problem = read_span(text, today, calendar)
        return (span.begin, "") if span else (None, problem)
    if first.clock is None or first.day is None:
        return None, "no time" if first.day else _nothing(text)
    if first.clock.late:
        return None, "unclear time"
    return _at(calendar, first.day, first.clock), ""


def read_span(text: str, today: date, calendar: Calendar) -> tuple[Span | None, str]:
    """The stretch that a text names, or None and what is wrong; days without times are those working days."""
    if kept := read_stored(text.strip()):
        return (kept, "") if kept.begin < kept.end else (None, "no end")
    ends, length, problem = _ends(text, today, calendar)
    if problem or not ends:
        return None, problem or _nothing(text)
    first, last = ends[0], ends[1] if len(ends) > 1 else _End()
    if first.day is None and first.later is None:
        first.day, last.day = last.day, None
    if first.day is None:
        return None, _nothing(text)
    if first.clock is None and last.clock is None and length is None:
        return _days(first, last, calendar)
    if first.clock is None or first.clock.late or first.last is not None:
        return None, "no time"
    if last.clock is None:
        if length is None or last.dated:
            return None, "no end"
        begin = _at(calendar, first.day, first.clock)
        return Span(begin, begin + length), ""
    found = min(_readings(first, first.day, last, calendar), key=lambda each: each.end - each.begin, default=None)
    return (found, "") if found else (None, "unclear time")


def _nothing(text: str) -> str:
    return "vague time" if is_vague(text) else "unclear time"


def _ends(text: str, today: date, calendar: Calendar) -> tuple[list[_End], timedelta | None, str]:
    """The ends that a text names, the length it gives instead of the second, and what is wrong with it."""
    words, dangles = words_of(text, today, calendar.next_working_day)
    if _elsewhere(text, today, calendar) or any(isinstance(each, Days) and None in each.days for each in words):
        return [], None, "unclear time"
    ends = [_End()]
    length: timedelta | None = None
    for word in words:
        if isinstance(word, Length):
            length = word.length
        else:
            _put(word, ends)
    ends = [each for each in ends if not each.empty]
    if len(ends) > 2:
        return [], None, "several times"
    if dangles and not any(each.clock for each in ends):
        return [], None, "no time"
    return ends, length, ""


def _elsewhere(text: str, today: date, calendar: Calendar) -> bool:
    """Whether it names another zone than the writer's, whose times would be misread."""
    named = _ZONE.search(text[:LONGEST])
    if named is None:
        return False
    hours = int(f"{named['sign'] or '+'}{named['hours'] or 0}")
    return calendar.local(calendar.at(today, time(12))).utcoffset() != timedelta(hours=hours)


def _put(word: Word, ends: list[_End]) -> None:
    """Give a word to the end that is being read, or begin the next one with it."""
    end = ends[-1]
    match word:
        case Joint():
            if not end.empty:
                ends.append(_End())
        case Clock():
            if end.empty and len(ends) > 1 and ends[-2].clock is None and ends[-2].last is None:
                ends.pop()  # `Dec 1 - 10pm`: the dash joins a day with its time
            elif end.clock is not None:
                ends.append(_End())
            ends[-1].clock = word
        case Whole():
            end.clock = end.clock or Clock(0, 0)
            ends.append(_End(later=0, clock=_MIDNIGHT))
        case Days(days, counted):
            if end.day == days[0] and len(days) == 1:
                return
            if end.dated:
                ends.append(_End())
            ends[-1].day, ends[-1].counted = days[0], counted
            ends[-1].last = days[1] if len(days) > 1 else None
        case Later(number):
            if end.dated:
                ends.append(_End())
            ends[-1].later = number
        case DayOfMonth(number):
            before = next((each.day for each in reversed(ends) if each.day), None)
            if before is not None:
                if end.dated:
                    ends.append(_End())
                ends[-1].day = _next_such(before, number)
        case Length():
            pass


def _next_such(day: date, number: int) -> date | None:
    """The next day with this number in its month, that one included."""
    months = (month_on(day, on) for on in (0, 1))
    days = (day_of(year, month, number) for year, month in months)
    return next((found for found in days if found and found >= day), None)


def _days(first: _End, last: _End, calendar: Calendar) -> tuple[Span | None, str]:
    """Days without times: from the opening of the first to the close of the last; a day off, from midnight on."""
    begin = first.day
    assert begin is not None  # read_span has asked
    end = last.day or first.last or begin + timedelta(days=last.later or 0)
    if last.counted and end < begin:
        end += 7 * _DAY
    if end < begin:
        return None, "unclear time"
    opening = calendar.opening_of(begin) or calendar.at(begin, time())
    return Span(opening, calendar.close_of(end) or calendar.at(end + _DAY, time())), ""


def _readings(first: _End, day: date, last: _End, calendar: Calendar) -> Iterator[Span]:
    """Every stretch that the two ends may mean."""
    assert first.clock is not None and last.clock is not None  # read_span has asked
    for one in _hours(first.clock, last.clock):
        for two in _hours(last.clock, first.clock):
            for until in _last_days(day, last):
                begin, end = _at(calendar, day, one), _at(calendar, until, two)
                if begin < end:
                    yield Span(begin, end)


def _last_days(day: date, last: _End) -> tuple[date, ...]:
    if last.day is not None:
        return (last.day, last.day + 7 * _DAY) if last.counted else (last.day,)
    if last.later is not None:
        return (day + timedelta(days=last.later),)
    return (day, day + _DAY)


def _hours(clock: Clock, other: Clock) -> tuple[Clock, ...]:
    """An hour that says no half of the day may lie in either, where the other end names one."""
    if not clock.open or other.open or (other.hour > 12 and clock.hour == 0):
        return (clock,)
    return (clock, Clock(clock.hour + 12, clock.minute))


def _at(calendar: Calendar, day: date, clock: Clock) -> datetime:
    """The moment in the calendar's zone; 24:00 is the midnight after the day."""
    days, hour = divmod(clock.hour, 24)
    return calendar.local(calendar.at(day + days * _DAY, time(hour, clock.minute)))
