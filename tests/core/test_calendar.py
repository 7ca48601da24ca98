"""Concrete dates: what counts as working time round holidays, weekends, breaks and changes of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mailflow.core.calendar import Calendar, NoWorkingTime
from mailflow.core.duration import parse_duration
from mailflow.core.hours import MIDNIGHT, Intervals, parse_interval, usual_intervals
from mailflow.policy.holidays import public_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")

DAY: Intervals = (parse_interval("09:00-12:00"), parse_interval("13:30-18:00"))
WEEK = (DAY,) * 5 + ((), ())
ALL_DAY: Intervals = ((MIDNIGHT, MIDNIGHT),)

OFF, MAKEUP = public_days("CN", None, [2026])
SITE = Calendar.of("site", SHANGHAI, WEEK, holidays=OFF, makeup=MAKEUP)
PLAIN_BERLIN = Calendar("berlin", BERLIN, WEEK)
NIGHT_BERLIN = Calendar("night", BERLIN, (((time(1), time(5)),),) * 7)
ALWAYS_BERLIN = Calendar.round_the_clock(BERLIN)
PLAIN_NEW_YORK = Calendar("new york", NEW_YORK, WEEK)
NIGHT_NEW_YORK = Calendar("night", NEW_YORK, (((time(1), time(5)),),) * 7)
WEEK_AROUND = Calendar("five whole days", ZoneInfo("UTC"), (ALL_DAY,) * 5 + ((), ()))


def local(calendar: Calendar, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar.zone)


def shown(calendar: Calendar, moment: datetime) -> str:
    assert moment.tzinfo is UTC
    return f"{calendar.local(moment):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        # An ordinary week; 2026-03-02 is a Monday.
        ("2026-03-02 09:00", "4 working hours", "2026-03-02 14:30"),
        ("2026-03-02 09:00", "3 working hours", "2026-03-02 12:00"),
        ("2026-03-02 11:59", "1 working minute", "2026-03-02 12:00"),
        ("2026-03-02 12:00", "1 working minute", "2026-03-02 13:31"),
        ("2026-03-02 12:45", "1 working hour", "2026-03-02 14:30"),
        ("2026-03-02 07:10", "30 working minutes", "2026-03-02 09:30"),
        ("2026-03-02 18:00", "1 working hour", "2026-03-03 10:00"),
        ("2026-03-02 22:00", "1 working hour", "2026-03-03 10:00"),
        ("2026-03-02 12:45", "0 working minutes", "2026-03-02 13:30"),
        ("2026-03-02 12:00", "0 working minutes", "2026-03-02 12:00"),
        ("2026-03-02 10:15", "1 working day", "2026-03-03 10:15"),
        ("2026-03-02 18:00", "1 working day", "2026-03-03 18:00"),
        ("2026-03-02 18:01", "1 working day", "2026-03-04 09:00"),
        ("2026-03-02 12:45", "1 working day", "2026-03-03 13:30"),
        # Friday evening counts from Monday's opening.
        ("2026-03-06 19:30", "4 working hours", "2026-03-09 14:30"),
        ("2026-03-06 19:30", "1 working day", "2026-03-10 09:00"),
        ("2026-03-06 17:00", "1 working day", "2026-03-09 17:00"),
        ("2026-03-06 17:00", "2 working hours", "2026-03-09 10:00"),
        ("2026-03-06 17:00", "3 days", "2026-03-09 17:00"),
        ("2026-03-07 11:00", "24 hours", "2026-03-08 11:00"),
        # Round the Spring Festival 2026: off 02-15 to 02-23, worked on the Saturdays 02-14 and 02-28.
        ("2026-02-13 17:00", "1 working day", "2026-02-14 17:00"),
        ("2026-02-13 17:00", "2 working hours", "2026-02-14 10:00"),
        ("2026-02-14 17:00", "1 working day", "2026-02-24 17:00"),
        ("2026-02-14 17:00", "4 working hours", "2026-02-24 12:00"),
        ("2026-02-18 10:00", "1 working day", "2026-02-25 09:00"),
        ("2026-02-27 16:00", "1 working day", "2026-02-28 16:00"),
        ("2026-02-27 16:00", "2 working days", "2026-03-02 16:00"),
        ("2026-02-13 17:00", "10 days", "2026-02-23 17:00"),
        # National Day: off 10-01 to 10-07, worked on Sunday 09-20 and Saturday 10-10.
        ("2026-09-18 15:00", "1 working day", "2026-09-20 15:00"),
        ("2026-09-30 17:30", "1 working hour", "2026-10-08 09:30"),
        ("2026-10-09 17:30", "1 working hour", "2026-10-10 09:30"),
    ],
)
def test_a_duration_ends_when_the_site_would_say_so(start: str, duration: str, end: str) -> None:
    assert shown(SITE, SITE.add(local(SITE, start), parse_duration(duration))) == end


@pytest.mark.parametrize(
    ("end", "duration", "start"),
    [
        ("2026-03-02 14:30", "4 working hours", "2026-03-02 09:00"),
        ("2026-03-02 09:00", "1 working hour", "2026-02-28 17:00"),
        ("2026-03-03 18:00", "1 working day", "2026-03-02 18:00"),
        ("2026-03-03 12:45", "1 working day", "2026-03-02 12:00"),
        ("2026-02-24 18:00", "1 working day", "2026-02-14 18:00"),
        ("2026-02-20 10:00", "1 working day", "2026-02-13 18:00"),
        ("2026-03-09 18:00", "3 days", "2026-03-06 18:00"),
        ("2026-03-09 08:00", "0 working days", "2026-03-06 18:00"),
    ],
)
def test_ahead_of_a_due_moment_is_counted_backwards(end: str, duration: str, start: str) -> None:
    assert shown(SITE, SITE.subtract(local(SITE, end), parse_duration(duration))) == start


@pytest.mark.parametrize(
    ("moment", "is_open", "opening", "closing"),
    [
        ("2026-03-02 09:00", True, "2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 12:00", True, "2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-02 12:01", False, "2026-03-02 13:30", "2026-03-02 12:00"),
        ("2026-03-02 13:30", True, "2026-03-02 13:30", "2026-03-02 13:30"),
        ("2026-03-06 18:00", True, "2026-03-06 18:00", "2026-03-06 18:00"),
        ("2026-03-06 18:01", False, "2026-03-09 09:00", "2026-03-06 18:00"),
        ("2026-02-14 10:00", True, "2026-02-14 10:00", "2026-02-14 10:00"),
        ("2026-02-19 10:00", False, "2026-02-24 09:00", "2026-02-14 18:00"),
    ],
)
def test_both_ends_of_an_interval_are_open(moment: str, is_open: bool, opening: str, closing: str) -> None:
    at = local(SITE, moment)
    assert SITE.is_open(at) is is_open
    assert shown(SITE, SITE.next_opening(at)) == opening
    assert shown(SITE, SITE.previous_closing(at)) == closing


def test_a_second_after_closing_is_closed() -> None:
    assert not SITE.is_open(local(SITE, "2026-03-02 12:00:01"))


# In 2026 the clocks go forward on 03-29 (Berlin) and 03-08 (New York), back on 10-25 and 11-01.
@pytest.mark.parametrize(
    ("calendar", "start", "duration", "end"),
    [
        (PLAIN_BERLIN, "2026-03-27 17:00", "2 working hours", "2026-03-30 10:00"),
        (PLAIN_BERLIN, "2026-03-27 17:00", "1 working day", "2026-03-30 17:00"),
        (PLAIN_BERLIN, "2026-03-28 17:00", "24 hours", "2026-03-29 18:00"),
        (PLAIN_BERLIN, "2026-03-28 17:00", "1 day", "2026-03-29 18:00"),
        (PLAIN_BERLIN, "2026-10-23 17:00", "1 working day", "2026-10-26 17:00"),
        (PLAIN_BERLIN, "2026-10-24 17:00", "24 hours", "2026-10-25 16:00"),
        (NIGHT_BERLIN, "2026-03-29 01:00", "2 working hours", "2026-03-29 04:00"),
        (NIGHT_BERLIN, "2026-03-29 01:00", "4 working hours", "2026-03-30 02:00"),
        (NIGHT_BERLIN, "2026-10-25 01:00", "4 working hours", "2026-10-25 04:00"),
        (NIGHT_BERLIN, "2026-10-25 01:00", "5 working hours", "2026-10-25 05:00"),
        (NIGHT_BERLIN, "2026-03-28 02:30", "1 working day", "2026-03-29 03:00"),
        (NIGHT_BERLIN, "2026-03-28 02:30", "2 working days", "2026-03-30 02:30"),
        (ALWAYS_BERLIN, "2026-03-28 12:00", "24 working hours", "2026-03-29 13:00"),
        (ALWAYS_BERLIN, "2026-03-28 12:00", "1 working day", "2026-03-29 12:00"),
        (ALWAYS_BERLIN, "2026-10-24 12:00", "24 working hours", "2026-10-25 11:00"),
        (PLAIN_NEW_YORK, "2026-03-06 17:30", "1 working hour", "2026-03-09 09:30"),
        (PLAIN_NEW_YORK, "2026-10-30 17:30", "1 working hour", "2026-11-02 09:30"),
        (NIGHT_NEW_YORK, "2026-03-08 01:30", "1 working hour", "2026-03-08 03:30"),
        (NIGHT_NEW_YORK, "2026-11-01 01:00", "5 working hours", "2026-11-01 05:00"),
    ],
)
def test_a_change_of_the_clocks_counts_the_time_that_passed(
    calendar: Calendar, start: str, duration: str, end: str
) -> None:
    assert shown(calendar, calendar.add(local(calendar, start), parse_duration(duration))) == end


def test_a_time_the_clocks_skip_is_the_moment_they_skipped_it() -> None:
    skip = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert [PLAIN_BERLIN.at(date(2026, 3, 29), time(2, minute)) for minute in (0, 1, 59)] == [skip] * 3
    assert PLAIN_BERLIN.at(date(2026, 3, 29), time(3)) == skip


def test_a_time_the_clocks_show_twice_is_the_first() -> None:
    assert PLAIN_BERLIN.at(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_interval_that_is_skipped_whole_is_no_working_time() -> None:
    calendar = Calendar("short", BERLIN, (((time(2), time(3)),),) * 7)
    assert not calendar.is_working_day(date(2026, 3, 29))
    assert calendar.next_working_day(date(2026, 3, 28)) == date(2026, 3, 30)


def test_touching_intervals_stay_in_order_where_the_clocks_change_between_them() -> None:
    calendar = Calendar("split", BERLIN, (((time(1), time(2, 30)), (time(2, 30), time(5))),) * 7)
    for day, elapsed in ((date(2026, 3, 29), 3), (date(2026, 10, 25), 5)):
        spans = calendar.spans(day)
        assert all(a_end <= b_start for (_, a_end), (b_start, _) in pairwise(spans))
        assert sum((end - start for start, end in spans), timedelta(0)) == timedelta(hours=elapsed)


def test_round_the_clock_is_open_at_every_moment() -> None:
    moment = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    for hour in range(24 * 3):
        at = moment + timedelta(hours=hour, microseconds=hour)
        assert ALWAYS_BERLIN.is_open(at)
        assert ALWAYS_BERLIN.next_opening(at) == at == ALWAYS_BERLIN.previous_closing(at)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        # Saturday 00:00 is Friday 24:00, so a working day on is Monday 24:00.
        ("2026-03-07 00:00", "1 working day", "2026-03-10 00:00"),
        ("2026-03-06 23:59", "1 working day", "2026-03-09 23:59"),
        ("2026-03-07 00:00", "1 working hour", "2026-03-09 01:00"),
        ("2026-03-03 00:00", "1 working day", "2026-03-04 00:00"),
    ],
)
def test_the_end_of_a_day_at_24_belongs_to_that_day(start: str, duration: str, end: str) -> None:
    calendar = WEEK_AROUND
    assert shown(calendar, calendar.add(local(calendar, start), parse_duration(duration))) == end


def test_24_00_of_the_last_day_of_a_week_is_still_open() -> None:
    saturday = local(WEEK_AROUND, "2026-03-07 00:00")
    assert WEEK_AROUND.is_open(saturday)
    assert WEEK_AROUND.next_opening(saturday) == saturday == WEEK_AROUND.previous_closing(saturday)
    assert not WEEK_AROUND.is_open(saturday + timedelta(seconds=1))


def test_no_moment_is_lost_where_the_clocks_go_back_over_midnight() -> None:
    # Until 2011 Newfoundland's clocks went from 00:01 back to 23:01 of the day before.
    calendar = Calendar.round_the_clock(ZoneInfo("America/St_Johns"))
    second_half_past_eleven = datetime(2010, 11, 7, 3, tzinfo=UTC)
    assert shown(calendar, second_half_past_eleven) == "2010-11-06 23:30"
    assert calendar.is_open(second_half_past_eleven)
    assert calendar.next_opening(second_half_past_eleven) == second_half_past_eleven
    assert calendar.previous_closing(second_half_past_eleven) == second_half_past_eleven
    hour = timedelta(hours=1)
    assert calendar.between(second_half_past_eleven - hour, second_half_past_eleven) == hour


def test_a_day_that_opens_later_moves_an_early_clock_time_to_its_opening() -> None:
    late = Calendar("late thursday", SHANGHAI, (DAY,) * 3 + ((parse_interval("13:30-18:00"),), DAY, (), ()))
    day = parse_duration("1 working day")
    assert shown(late, late.subtract(local(late, "2026-03-06 09:30"), day)) == "2026-03-05 13:30"
    assert shown(late, late.add(local(late, "2026-03-04 09:30"), day)) == "2026-03-05 13:30"


def test_a_shorter_day_moves_a_late_clock_time_to_its_close() -> None:
    short = Calendar("short friday", SHANGHAI, (DAY,) * 4 + ((parse_interval("09:00-12:00"),), (), ()))
    thursday = local(short, "2026-03-05 17:00")
    assert shown(short, short.add(thursday, parse_duration("1 working day"))) == "2026-03-06 12:00"


def test_a_day_opens_and_closes_with_its_first_and_last_interval() -> None:
    day = date(2026, 3, 2)
    opening, close = SITE.opening_of(day), SITE.close_of(day)
    assert opening is not None and shown(SITE, opening) == "2026-03-02 09:00"
    assert close is not None and shown(SITE, close) == "2026-03-02 18:00"
    assert SITE.opening_of(date(2026, 3, 1)) is None and SITE.close_of(date(2026, 3, 1)) is None


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 2, 17), 1, date(2026, 2, 24)),
        (date(2026, 2, 24), -1, date(2026, 2, 14)),
        (date(2026, 2, 17), 0, date(2026, 2, 24)),
        (date(2026, 2, 24), 0, date(2026, 2, 24)),
        (date(2026, 2, 27), 2, date(2026, 3, 2)),
    ],
)
def test_working_days_follow_the_holidays(day: date, n: int, expected: date) -> None:
    assert SITE.next_working_day(day, n) == expected


def test_working_days_between_two_dates_count_the_last_and_not_the_first() -> None:
    assert SITE.working_days_between(date(2026, 2, 13), date(2026, 2, 25)) == 3
    assert SITE.working_days_between(date(2026, 2, 25), date(2026, 2, 13)) == -3
    assert SITE.working_days_between(date(2026, 2, 13), date(2026, 2, 13)) == 0


def test_working_time_between_two_moments_leaves_out_breaks_and_holidays() -> None:
    a, b = local(SITE, "2026-02-14 11:00"), local(SITE, "2026-02-24 14:30")
    assert SITE.between(a, b) == timedelta(hours=1 + 4.5 + 3 + 1)
    assert SITE.between(b, a) == -SITE.between(a, b)
    assert PLAIN_BERLIN.between(b, b) == timedelta(0)


def test_a_closed_day_beats_a_makeup_day_and_an_opened_day_beats_all() -> None:
    saturday, holiday, closed = date(2026, 2, 14), date(2026, 2, 18), date(2026, 3, 3)
    morning: Intervals = (parse_interval("10:00-11:00"),)
    calendar = Calendar.of(
        "site",
        SHANGHAI,
        WEEK,
        holidays=OFF,
        makeup=MAKEUP,
        closed=[saturday, closed],
        opened={holiday: morning, date(2026, 3, 7): ()},
    )
    assert not calendar.is_working_day(saturday)
    assert not calendar.is_working_day(closed)
    assert calendar.spans(holiday)[0][0] == datetime(2026, 2, 18, 2, tzinfo=UTC)
    assert len(calendar.spans(date(2026, 3, 7))) == 2
    assert calendar.is_working_day(date(2026, 2, 28))


def test_a_makeup_day_works_the_commonest_hours_of_the_week() -> None:
    short: Intervals = (parse_interval("09:00-12:00"),)
    assert usual_intervals((short, DAY, DAY, DAY, short, (), short)) == DAY
    assert usual_intervals(((), (), (), (), (), short, ())) == short
    assert usual_intervals(((),) * 7) == ()


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar, at: calendar.next_opening(at),
        lambda calendar, at: calendar.previous_closing(at),
        lambda calendar, at: calendar.add(at, parse_duration("1 working hour")),
        lambda calendar, at: calendar.subtract(at, parse_duration("1 working day")),
        lambda calendar, at: calendar.next_working_day(at.date()),
        lambda calendar, at: calendar.next_working_day(at.date(), -1),
    ],
)
def test_a_calendar_without_working_time_says_so_and_does_not_search_for_ever(ask) -> None:  # type: ignore[no-untyped-def]
    never = Calendar("never", SHANGHAI, ((),) * 7)
    with pytest.raises(NoWorkingTime, match="'never' has no working time"):
        ask(never, datetime(2026, 3, 2, tzinfo=UTC))


def test_a_calendar_that_ends_says_so_when_it_is_counted_past_its_end() -> None:
    last = Calendar("last", SHANGHAI, ((),) * 7, on={date(2026, 3, 2): DAY})
    with pytest.raises(NoWorkingTime):
        last.add(local(last, "2026-03-02 17:00"), parse_duration("2 working hours"))
    assert shown(last, last.add(local(last, "2026-03-02 17:00"), parse_duration("1 working hour"))) == (
        "2026-03-02 18:00"
    )


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        SITE.next_opening(datetime(2026, 3, 2))


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ((DAY,) * 6, "7 weekdays"),
        ((((time(12), time(9)),),) * 7, "end before they begin"),
        ((((time(9), time(12)), (time(11), time(18))),) * 7, "begin before the ones ahead"),
        ((((time(9), MIDNIGHT), (time(11), time(18))),) * 7, "begin before the ones ahead"),
    ],
)
def test_hours_out_of_order_are_refused(hours: tuple[Intervals, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Calendar("wrong", SHANGHAI, hours)


def test_calendars_are_values() -> None:
    twin = Calendar.of("site", SHANGHAI, WEEK, holidays=OFF, makeup=MAKEUP)
    twin.spans(date(2026, 3, 2))
    assert twin == SITE and hash(twin) == hash(SITE)
    assert twin != Calendar("site", SHANGHAI, WEEK)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("09:00-12:00", (time(9), time(12))),
        (" 9:00 – 12:30 ", (time(9), time(12, 30))),
        ("09：00～12：00", (time(9), time(12))),
        ("18:00-24:00", (time(18), MIDNIGHT)),
    ],
)
def test_an_interval_is_read_as_people_write_it(text: str, interval: tuple[time, time]) -> None:
    assert parse_interval(text) == interval


@pytest.mark.parametrize("text", ["", "9", "09:00", "nine-ten", "09:00-25:00", "09:00-12:60", "09:00-", "12:00-09:00"])
def test_an_interval_that_cannot_be_read_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match="working hours"):
        parse_interval(text)
