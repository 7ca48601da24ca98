"""Working hours of one day: intervals of wall-clock time, as a calendar file writes them (`09:00-12:00`)."""

import unicodedata
from collections import Counter
from datetime import time

Interval = tuple[time, time]
Intervals = tuple[Interval, ...]

# As the end of an interval it is 24:00, the end of the day.
MIDNIGHT = time(0)


def check_intervals(intervals: Intervals) -> None:
    """Raises ValueError, saying what is wrong, unless `intervals` are in order and do not overlap."""
    previous = MIDNIGHT
    for position, (start, end) in enumerate(intervals):
        if end != MIDNIGHT and end <= start:
            raise ValueError(f"working hours {_shown(start, end)} end before they begin")
        if position and (previous == MIDNIGHT or start < previous):
            raise ValueError(f"working hours {_shown(start, end)} begin before the ones ahead of them end")
        previous = end


def usual_intervals(hours: tuple[Intervals, ...]) -> Intervals:
    """What a day works that has no weekday of its own to go by: the commonest hours of Monday to Friday,
    the earlier weekday's among equals; of all seven where those five have none."""
    for week in (hours[:5], hours):
        counted = Counter(intervals for intervals in week if intervals)
        if counted:
            return counted.most_common(1)[0][0]
    return ()


def parse_interval(text: str) -> Interval:
    """`09:00-12:00`, `18:00-24:00`. Raises ValueError with a sentence for the writer."""
    start, dash, end = unicodedata.normalize("NFKC", text).replace("–", "-").replace("~", "-").partition("-")
    try:
        first = _clock(start)
        last = MIDNIGHT if end.strip() == "24:00" else _clock(end)
    except (ValueError, OverflowError):
        dash = ""
    if not dash:
        raise ValueError(f"cannot read '{text}' as working hours; write them like '09:00-12:00' or '18:00-24:00'")
    check_intervals(((first, last),))
    return first, last


def _clock(text: str) -> time:
    hour, _, minute = text.strip().partition(":")
    return time(int(hour), int(minute))


def _shown(start: time, end: time) -> str:
    return f"{start:%H:%M}-{'24:00' if end == MIDNIGHT else end.strftime('%H:%M')}"
