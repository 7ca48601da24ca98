"""Laws of counting working time that hold for every calendar, zone and moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.calendar import Calendar
from mailflow.core.duration import Duration, days, minutes, working_days, working_minutes
from mailflow.core.hours import MIDNIGHT, Intervals

# Half-hour and 45-minute offsets, a change of half an hour, one over midnight, one that skipped a whole day.
ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/Sao_Paulo",
    "Pacific/Apia",
]
# Years in which those zones' clocks changed in every way they do.
MOMENTS = st.datetimes(datetime(2009, 1, 1), datetime(2012, 6, 1), timezones=st.just(UTC)) | st.datetimes(
    datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)
)

bounded = settings(max_examples=80, deadline=None)


def _intervals(bounds: list[int]) -> Intervals:
    ordered = sorted(bounds)
    return tuple(
        (time(start // 60, start % 60), MIDNIGHT if end == 1440 else time(end // 60, end % 60))
        for start, end in zip(ordered[::2], ordered[1::2], strict=False)
    )


def some_intervals(earliest: int = 0) -> st.SearchStrategy[Intervals]:
    minute = st.integers(earliest // 15, 96).map(lambda quarter: quarter * 15)
    return st.lists(minute, min_size=2, max_size=6, unique=True).map(_intervals)


@st.composite
def calendars(draw: st.DrawFn, earliest: int = 0) -> Calendar:
    """A week of two kinds of working day and days off, on some of them, and a few dates off and on."""
    kinds = (draw(some_intervals(earliest)), draw(some_intervals(earliest)), ())
    week = draw(st.lists(st.sampled_from(kinds), min_size=7, max_size=7).filter(any))
    day = st.dates(date(2009, 1, 1), date(2012, 6, 1)) | st.dates(date(2026, 1, 1), date(2027, 1, 1))
    return Calendar(
        "any",
        ZoneInfo(draw(st.sampled_from(ZONES))),
        tuple(week),
        draw(st.frozensets(day, max_size=8)),
        draw(st.dictionaries(day, some_intervals(earliest), max_size=3)),
    )


AMOUNTS = st.integers(0, 5000)
WORKING = AMOUNTS.map(working_minutes) | st.integers(0, 30).map(working_days)


@bounded
@given(calendars(), MOMENTS, WORKING)
def test_adding_working_time_ends_in_working_time(calendar: Calendar, moment: datetime, duration: Duration) -> None:
    end = calendar.add(moment, duration)
    assert calendar.is_open(end) and end >= moment and end.tzinfo is UTC


@bounded
@given(calendars(), MOMENTS, WORKING)
def test_subtracting_working_time_ends_in_working_time(
    calendar: Calendar, moment: datetime, duration: Duration
) -> None:
    start = calendar.subtract(moment, duration)
    assert calendar.is_open(start) and start <= moment


@bounded
@given(calendars(), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)), AMOUNTS)
def test_who_starts_later_ends_no_earlier(calendar: Calendar, moment: datetime, later: timedelta, amount: int) -> None:
    duration = working_minutes(amount)
    assert calendar.add(moment, duration) <= calendar.add(moment + later, duration)
    assert calendar.subtract(moment, duration) <= calendar.subtract(moment + later, duration)


# Clock times go back where the clocks do, so for working days the law holds outside those hours of the night.
@bounded
@given(calendars(earliest=4 * 60), MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(0, 30))
def test_who_starts_later_ends_no_earlier_in_working_days(
    calendar: Calendar, moment: datetime, later: timedelta, amount: int
) -> None:
    duration = working_days(amount)
    assert calendar.add(moment, duration) <= calendar.add(moment + later, duration)
    assert calendar.subtract(moment, duration) <= calendar.subtract(moment + later, duration)


@bounded
@given(calendars(), MOMENTS, AMOUNTS, AMOUNTS)
def test_more_working_time_ends_no_earlier(calendar: Calendar, moment: datetime, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert calendar.add(moment, working_minutes(less)) <= calendar.add(moment, working_minutes(more))
    few, many = less // 200, more // 200
    assert calendar.add(moment, working_days(few)) <= calendar.add(moment, working_days(many))


@bounded
@given(calendars(), MOMENTS, AMOUNTS)
def test_what_was_added_lies_between(calendar: Calendar, moment: datetime, amount: int) -> None:
    length = timedelta(minutes=amount)
    assert calendar.between(moment, calendar.add(moment, working_minutes(amount))) == length
    assert calendar.between(calendar.subtract(moment, working_minutes(amount)), moment) == length


@bounded
@given(calendars(), MOMENTS, AMOUNTS, AMOUNTS)
def test_working_time_adds_up(calendar: Calendar, moment: datetime, first: int, second: int) -> None:
    in_steps = calendar.add(calendar.add(moment, working_minutes(first)), working_minutes(second))
    assert in_steps == calendar.add(moment, working_minutes(first + second))


@bounded
@given(calendars(), MOMENTS, AMOUNTS)
def test_subtracting_undoes_adding(calendar: Calendar, moment: datetime, amount: int) -> None:
    back = calendar.subtract(calendar.add(moment, working_minutes(amount)), working_minutes(amount))
    # The end of a morning and the beginning of its afternoon are one point of working time.
    assert calendar.between(back, calendar.next_opening(moment)) == timedelta(0)


@bounded
@given(some_intervals(), st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu"]), MOMENTS, st.integers(1, 30))
def test_subtracting_undoes_adding_days_of_equal_hours(
    hours: Intervals, zone: str, moment: datetime, amount: int
) -> None:
    calendar = Calendar("equal", ZoneInfo(zone), (hours,) * 5 + ((), ()))
    there = calendar.add(moment, working_days(amount))
    assert calendar.subtract(there, working_days(amount)) == calendar.next_opening(moment)


@bounded
@given(calendars(), MOMENTS)
def test_the_next_opening_is_the_first(calendar: Calendar, moment: datetime) -> None:
    opening, closing = calendar.next_opening(moment), calendar.previous_closing(moment)
    assert closing <= moment <= opening
    assert calendar.is_open(opening) and calendar.is_open(closing)
    assert calendar.is_open(moment) == (opening == moment) == (closing == moment)
    assert calendar.between(closing, opening) == timedelta(0)


@bounded
@given(calendars(), MOMENTS, AMOUNTS)
def test_elapsed_time_asks_no_calendar(calendar: Calendar, moment: datetime, amount: int) -> None:
    assert calendar.add(moment, minutes(amount)) - moment == timedelta(minutes=amount)
    assert moment - calendar.subtract(moment, days(amount)) == timedelta(days=amount)


@bounded
@given(calendars(), st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(1, 60))
def test_counting_working_days_undoes_going_on_by_them(calendar: Calendar, day: date, n: int) -> None:
    target = calendar.next_working_day(day, n)
    assert calendar.working_days_between(day, target) == n
    assert not calendar.is_working_day(day) or calendar.next_working_day(target, -n) == day


@bounded
@given(calendars(), MOMENTS, MOMENTS)
def test_no_result_depends_on_what_was_asked_before(calendar: Calendar, one: datetime, other: datetime) -> None:
    fresh = Calendar(calendar.name, calendar.zone, calendar.hours, calendar.off, calendar.on)
    calendar.between(min(one, other), min(one, other) + timedelta(days=60))
    assert calendar.next_opening(one) == fresh.next_opening(one)


def _minutes_of_work_by_looking_at_each(calendar: Calendar, start: datetime, length: int) -> int:
    """How many of the `length` minutes from `start` the calendar's own words call working time."""
    count = 0
    for n in range(length):
        local = (start + timedelta(minutes=n)).astimezone(calendar.zone)
        day = local.date()
        own = calendar.on.get(day, () if day in calendar.off else calendar.hours[day.weekday()])
        count += any(begin <= local.time() and (end == MIDNIGHT or local.time() < end) for begin, end in own)
    return count


@settings(max_examples=40, deadline=None)
@given(calendars(earliest=4 * 60), MOMENTS, st.integers(0, 4000))
def test_working_time_is_what_the_clocks_on_the_wall_show(calendar: Calendar, moment: datetime, length: int) -> None:
    start = moment.replace(second=0, microsecond=0)
    expected = _minutes_of_work_by_looking_at_each(calendar, start, length)
    assert calendar.between(start, start + timedelta(minutes=length)) == timedelta(minutes=expected)
