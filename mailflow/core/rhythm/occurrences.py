"""When a series has its occurrences: the days of its rule, moved by the working calendar, at its clock time. Pure.

Invariant: an occurrence is the day that its rule gives, never the moment: a calendar that changes moves it and makes
no second one of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailflow.core.calendar import Calendar
from mailflow.core.duration import Duration
from mailflow.core.series import OnHoliday, Times

# So far back an occurrence can have begun that the calendar moves: more than any stretch of holidays.
_BACK = timedelta(days=40)
# So many days of a rule in a row without work, and it is taken to have no more occurrences.
IDLE = 500


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`number` is the rule's own day as YYYYMMDD. It begins at `begins`; `due` is when something is to be done
    about it: so much ahead, or then."""

    number: int
    begins: datetime
    due: datetime


def occurrences(times: Times, calendar: Calendar, after: int, ahead: Duration | None = None) -> Iterator[Occurrence]:
    """Those behind the one of the number `after`, in order. Two that the calendar moves to one day are one.

    Raises NoWorkingTime.
    """
    taken: date | None = None
    idle = 0
    for day in times.recurrence.since(_day(after) - _BACK):
        held = _held(day, times.holiday, calendar)
        idle = 0 if held else idle + 1
        if idle > IDLE:
            return
        if held is None or held == taken:
            continue
        taken = held
        number = number_of(day)
        if number > after:
            begins = calendar.at(held, times.at)
            yield Occurrence(number, begins, calendar.subtract(begins, ahead) if ahead else begins)


def number_of(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def _day(number: int) -> date:
    # Days before the first century have shorter numbers, and nothing comes again since then.
    return datetime.strptime(f"{max(number, 19000101)}", "%Y%m%d").date()


def _held(day: date, holiday: OnHoliday, calendar: Calendar) -> date | None:
    """The day on which it is held; None when it falls away."""
    if calendar.is_working_day(day):
        return day
    match holiday:
        case OnHoliday.NEXT:
            return calendar.next_working_day(day)
        case OnHoliday.PREVIOUS:
            return calendar.next_working_day(day, -1)
        case OnHoliday.SKIP:
            return None
