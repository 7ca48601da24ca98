"""When the occurrences of one timer fall: counted from its anchor, in one calendar; nothing of the record is asked.

Occurrences have numbers: 1, 2, 3 … in general; for `at:` the local date and time as digits (202611231000).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from mailflow.core.calendar import Calendar
from mailflow.core.duration import Duration, Unit
from mailflow.core.rule import Timer
from mailflow.core.timers.anchors import Anchor, shifted

# A repeating timer that nobody watched for years is not walked through to the end.
OCCURRENCES = 20_000


def next_occurrence(
    timer: Timer, start: Anchor, last: int, calendar: Calendar, now: datetime, not_before: datetime
) -> tuple[int, datetime, int] | None:
    """The occurrence to wait for, as (number, due, how many before it fell due unseen); None when none is left.

    That is the latest that is due, else the first to come. `last` is the number of the last one that is over, 0 for
    none; nothing that a date asks for ahead of itself falls before `not_before`.
    """
    found: tuple[int, datetime, int] | None = None
    for count, (occurrence, due) in enumerate(_occurrences(timer, start, last, calendar, not_before)):
        if found is not None and due > now:
            break
        found = (occurrence, due, count)
        if due > now or count >= OCCURRENCES:
            break
    return found


def _occurrences(
    timer: Timer, start: Anchor, last: int, calendar: Calendar, not_before: datetime
) -> Iterator[tuple[int, datetime]]:
    """(number, moment) of each occurrence after the last one that is over."""
    if timer.at:
        yield from _clock_times(timer, start, last, calendar, not_before)
        return
    number = last + 1
    while number == 1 or (timer.every and (not timer.times or number <= timer.times)):
        due = nth_moment(timer, start, number, calendar)
        # What a date asks for ahead of itself falls away when the date was set later than that.
        if not start.tied or timer.after or due >= not_before:
            yield number, due
        number += 1


def nth_moment(timer: Timer, start: Anchor, number: int, calendar: Calendar) -> datetime:
    """When the occurrence of a number (from 1) is due; for timers without `at:`."""
    if start.day is not None:
        return _tied(timer, start.day, number, calendar)
    if start.moment is not None:
        return _by_clock(timer, start.moment, number, calendar)
    first = timer.after or timer.every or Duration(0, Unit.MINUTES)
    repeats = number - 1
    if repeats and timer.every:
        if timer.after and timer.after.unit is not timer.every.unit:
            due = shifted(start, timer.after, calendar)
            return calendar.add(due, Duration(timer.every.amount * repeats, timer.every.unit))
        first = Duration(first.amount + timer.every.amount * repeats, timer.every.unit)
    return shifted(start, first, calendar)


def _by_clock(timer: Timer, moment: datetime, number: int, calendar: Calendar) -> datetime:
    """What is tied to a date with a time goes by that time; working days are counted from it."""
    due = calendar.subtract(moment, timer.before) if timer.before else moment
    if timer.after:
        due = calendar.add(moment, timer.after)
    if timer.every and number > 1:
        due = calendar.add(due, Duration(timer.every.amount * (number - 1), timer.every.unit))
    return due


def _tied(timer: Timer, day: date, number: int, calendar: Calendar) -> datetime:
    """What is tied to a date goes at opening (P10); durations in hours count from its close."""
    offset = timer.before or timer.after
    if offset is not None and offset.unit in (Unit.MINUTES, Unit.WORKING_MINUTES):
        close = calendar.close_of(day) or calendar.at(day, datetime.max.time())
        return calendar.subtract(close, offset) if timer.before else calendar.add(close, offset)
    if timer.before:
        day = _days_from(day, timer.before, -timer.before.amount, calendar)
    elif timer.after:
        day = _days_from(day, timer.after, timer.after.amount, calendar)
    if timer.every:
        day = _days_from(day, timer.every, timer.every.amount * (number - 1), calendar)
    return calendar.opening_of(day) or calendar.next_opening(calendar.at(day, datetime.min.time()))


def _days_from(day: date, duration: Duration, amount: int, calendar: Calendar) -> date:
    if amount == 0:
        return day
    if duration.unit is Unit.WORKING_DAYS:
        return calendar.next_working_day(day, amount)
    return day + timedelta(days=amount)


def _clock_times(
    timer: Timer, start: Anchor, last: int, calendar: Calendar, not_before: datetime
) -> Iterator[tuple[int, datetime]]:
    """The listed times of each working day after the anchor; the number of one is its local date and time."""
    done = datetime.strptime(str(last), "%Y%m%d%H%M").date() if last else None
    first = max(calendar.day_of(start.at), calendar.day_of(not_before))
    named = calendar.day_of(start.moment) if start.moment else start.day
    first = max(first, named) if named else first
    # With a bound on how often, those that are over are counted too.
    day = first if timer.times else done or first
    count = 0
    while True:
        if calendar.is_working_day(day) and (not timer.on or day.weekday() in timer.on):
            for clock in timer.at:
                number = int(f"{day:%Y%m%d}{clock:%H%M}")
                due = calendar.at(day, clock)
                if due > start.at and due > not_before:
                    count += 1
                    if number > last and (not timer.times or count <= timer.times):
                        yield number, due
        if timer.times and count >= timer.times:
            return
        day += timedelta(days=1)


def arithmetic(timer: Timer, start: Anchor, due: datetime, calendar: Calendar) -> str:
    """How the moment came about, for `explain`: `reported 2026-11-23 10:00 + 4 working hours = …`."""
    local = calendar.local
    base = str(start.day) if start.day else f"{local(start.moment or start.at):%Y-%m-%d %H:%M}"
    parts = [f"{start.label} {base}"]
    if timer.before:
        parts.append(f"- {timer.before}")
    if timer.after:
        parts.append(f"+ {timer.after}")
    if timer.every:
        parts.append(f"every {timer.every}")
    if timer.at:
        parts.append("at " + ", ".join(f"{clock:%H:%M}" for clock in timer.at))
    for begin, end in start.pauses:
        parts.append(f"(paused {local(begin):%m-%d %H:%M} to {local(end):%m-%d %H:%M})")
    return f"{' '.join(parts)} = {local(due):%Y-%m-%d %H:%M} ({calendar.name or 'site'}, {calendar.zone.key})"
