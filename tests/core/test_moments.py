"""Moments and spans as people write them, kept, compared and shown; what is not certain is not read."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.calendar import Calendar
from mailflow.core.comparing import compare
from mailflow.core.directory import Absence, Directory, Person
from mailflow.core.policy import Policy, Site
from mailflow.core.reading.canonical import canonical
from mailflow.core.reading.values import read_moment, read_span
from mailflow.core.span import Span, read_stored
from mailflow.core.wording import value_text
from mailflow.core.workflow import Field, FieldType

TODAY = date(2026, 11, 20)  # a Friday
SHANGHAI, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")
HOURS = (((time(9), time(12)), (time(13, 30), time(18))),) * 5 + ((), ())
CALENDAR = Calendar.of("", SHANGHAI, HOURS)
EMMA = "emma@example.com"
POLICY = Policy(
    Site({"zh": "服务邮箱"}, "requests@example.com"),
    Directory({EMMA: Person(EMMA, "Emma", calendar="london")}, {}),
    {"": CALENDAR, "london": Calendar.of("london", LONDON, HOURS)},
    {},
    periods={"freeze": (Absence(date(2026, 12, 2), date(2026, 12, 4)),)},
)
WINDOW = Field("window", {"zh": "变更时间", "en": "When"}, type=FieldType.SPAN)
MEETS = Field("meets", {"zh": "会议时间", "en": "Meets"}, type=FieldType.MOMENT)
NIGHT = "2026-12-01T22:00+08:00/2026-12-02T02:00+08:00"


def local(moment: datetime) -> str:
    return f"{CALENDAR.local(moment):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01 22:00", "12-01 22:00"),
        ("12月1日晚上10点", "12-01 22:00"),
        ("下周五 14:00", "11-27 14:00"),
        ("下週五下午3點", "11-27 15:00"),
        ("明天上午十点半", "11-21 10:30"),
        ("next Friday 2pm", "11-27 14:00"),
        ("tomorrow 10:30", "11-21 10:30"),
        ("今晚8点", "11-20 20:00"),
        ("tonight at 10", "11-20 22:00"),
        ("明早9点", "11-21 09:00"),
        ("明天零点", "11-21 00:00"),
        ("Dec 1 at 3 in the afternoon", "12-01 15:00"),
        ("Dec 1, noon", "12-01 12:00"),
        ("10:30 a.m. on 3 December", "12-03 10:30"),
        ("12/1 22:00", "12-01 22:00"),
        ("2026年12月1日22时30分", "12-01 22:30"),
        ("周二（12月1日）二十二点", "12-01 22:00"),
        ("周三下午两点一刻", "11-25 14:15"),
        ("3天后 10:00", "11-23 10:00"),
        ("12月2日 9:00-10:00", "12-02 09:00"),
        ("2026-12-01T22:00+08:00", "12-01 22:00"),
    ],
)
def test_a_day_with_a_time_is_read_in_figures_and_words(text: str, moment: str) -> None:
    found, problem = read_moment(text, TODAY, CALENDAR)
    assert found is not None, problem
    assert local(found) == moment


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("12月1日", "no time"),
        ("12月1日晚上", "no time"),
        ("尽快", "vague time"),
        ("22:00", "unclear time"),
        ("12月1日晚上1点", "unclear time"),
        ("12月1日 10:00 或 12月2日 10:00 或 12月3日", "several times"),
        ("Dec 1 22:00 UTC", "unclear time"),
    ],
)
def test_a_moment_that_is_not_certain_is_not_read(text: str, problem: str) -> None:
    assert read_moment(text, TODAY, CALENDAR) == (None, problem)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("12月1日 22:00-次日02:00", "12-01 22:00 to 12-02 02:00"),
        ("12月1日22:00至24:00", "12-01 22:00 to 12-02 00:00"),
        ("2026-12-01 22:00 ~ 2026-12-02 02:00", "12-01 22:00 to 12-02 02:00"),
        ("2026-12-01 22:00-2026-12-02 02:00", "12-01 22:00 to 12-02 02:00"),
        ("Dec 1, 10pm to 2am", "12-01 22:00 to 12-02 02:00"),
        ("12月1日", "12-01 09:00 to 12-01 18:00"),
        ("12月5日", "12-05 00:00 to 12-06 00:00"),
        ("12月1日至3日", "12-01 09:00 to 12-03 18:00"),
        ("12月1日晚10点—次日凌晨2点", "12-01 22:00 to 12-02 02:00"),
        ("12/1 22:00-12/2 02:00", "12-01 22:00 to 12-02 02:00"),
        ("12月1日22:00-2日02:00", "12-01 22:00 to 12-02 02:00"),
        ("下周五晚上10点到2点", "11-27 22:00 to 11-28 02:00"),
        ("12月1日 22-24点", "12-01 22:00 to 12-02 00:00"),
        ("2-4pm on Dec 1", "12-01 14:00 to 12-01 16:00"),
        ("Dec 1 - 10pm to 2am", "12-01 22:00 to 12-02 02:00"),
        ("from Fri 10pm to Sat 2am", "11-20 22:00 to 11-21 02:00"),
        ("Saturday 22:00 to Sunday 02:00", "11-21 22:00 to 11-22 02:00"),
        ("12月1日22:00起4小时", "12-01 22:00 to 12-02 02:00"),
        ("Dec 1 10pm for 2 hours", "12-01 22:00 to 12-02 00:00"),
        ("周六全天", "11-21 00:00 to 11-22 00:00"),
        ("12月1日晚上10点到12点", "12-01 22:00 to 12-02 00:00"),
        ("9:00-4:00 pm Dec 1", "12-01 09:00 to 12-01 16:00"),
        ("2026年12月1日22时至12月2日2时", "12-01 22:00 to 12-02 02:00"),
        ("between 10pm and 2am on Dec 1", "12-01 22:00 to 12-02 02:00"),
        ("10pm Dec 1 to 2am Dec 2", "12-01 22:00 to 12-02 02:00"),
        ("明天22:00到次日凌晨两点", "11-21 22:00 to 11-22 02:00"),
        ("12月1日 09:00-18:00", "12-01 09:00 to 12-01 18:00"),
        ("12月1日下午2点到4点", "12-01 14:00 to 12-01 16:00"),
        ("2026-12-01T22:00+08:00/2026-12-02T02:00+08:00", "12-01 22:00 to 12-02 02:00"),
        ("12月1日 22:00 到 午夜", "12-01 22:00 to 12-02 00:00"),
        ("12月1日 22:00 – 23:30 (UTC+8)", "12-01 22:00 to 12-01 23:30"),
        ("11月30日至12月2日", "11-30 09:00 to 12-02 18:00"),
        ("12月1日22:00-02:00(+1)", "12-01 22:00 to 12-02 02:00"),
        ("1 Dec 22:00 - 2 Dec 02:00", "12-01 22:00 to 12-02 02:00"),
        ("12月1日晚10点，预计2小时", "12-01 22:00 to 12-02 00:00"),
        ("本周六 20:00-22:00", "11-21 20:00 to 11-21 22:00"),
        ("12月12日（周六）20:00-22:00，约2小时", "12-12 20:00 to 12-12 22:00"),
        ("2026.12.01 20:00--22:00", "12-01 20:00 to 12-01 22:00"),
        ("1-5 Dec", "12-01 09:00 to 12-06 00:00"),
        ("明晚22:00-23:00", "11-21 22:00 to 11-21 23:00"),
        ("今晚8点到10点", "11-20 20:00 to 11-20 22:00"),
        ("11/28 20:00-23:00", "11-28 20:00 to 11-28 23:00"),
    ],
)
def test_from_one_time_to_another_is_read_as_the_shorter_stretch(text: str, span: str) -> None:
    found, problem = read_span(text, TODAY, CALENDAR)
    assert found is not None, problem
    assert f"{local(found.begin)} to {local(found.end)}" == span


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("12月1日22:00", "no end"),
        ("尽快", "vague time"),
        ("22:00-24:00", "unclear time"),
        ("每周五 22:00-23:00", "unclear time"),
        ("12月1日晚上", "no time"),
        ("12月1日22:00-24:00，12月2日22:00-24:00", "several times"),
        ("12月1日22:00-12月1日20:00", "unclear time"),
        ("12月1日-3日 22:00", "no time"),
        ("业务低峰期", "unclear time"),
    ],
)
def test_a_span_that_is_not_certain_is_not_read(text: str, problem: str) -> None:
    assert read_span(text, TODAY, CALENDAR) == (None, problem)


@given(st.text(alphabet="0123456789:点时分半-~到至to apm月日号上下午晚次日周五年/., tomorrow小时", max_size=40))
def test_no_text_makes_the_reading_fail(text: str) -> None:
    read_moment(text, TODAY, CALENDAR)
    found, _ = read_span(text, TODAY, CALENDAR)
    assert found is None or found.begin < found.end


def test_what_is_kept_is_read_back_as_it_was() -> None:
    begin = datetime(2026, 12, 1, 22, tzinfo=SHANGHAI)
    for span in (Span(begin, begin), Span(begin, begin.replace(hour=23))):
        assert read_stored(str(span)) == span
    assert read_stored("2026-12-01") is None
    assert read_stored("2026-12-01T22:00") is None


def test_a_time_is_meant_by_the_writers_clock_and_kept_by_the_sites() -> None:
    assert canonical(MEETS, "12月1日 10:00", POLICY, TODAY) == ("2026-12-01T10:00+08:00", "")
    assert canonical(MEETS, "Dec 1, 10:00", POLICY, TODAY, EMMA) == ("2026-12-01T18:00+08:00", "")


def test_a_span_is_shown_in_the_readers_words_by_the_readers_clock() -> None:
    assert (
        value_text(WINDOW, NIGHT, POLICY, "zh", SHANGHAI) == "2026年12月1日（周二）22:00 至 2026年12月2日（周三）02:00"
    )
    assert value_text(WINDOW, NIGHT, POLICY, "en", LONDON) == "Tue 1 December 2026, 14:00 to 18:00"
    midnight = "2026-12-01T22:00+08:00/2026-12-02T00:00+08:00"
    assert value_text(WINDOW, midnight, POLICY, "zh", SHANGHAI) == "2026年12月1日（周二）22:00 至 24:00"
    assert value_text(MEETS, "2026-12-01T10:00+08:00", POLICY, "en", SHANGHAI) == "Tue 1 December 2026, 10:00"


@pytest.mark.parametrize(
    ("operator", "wanted", "hit"),
    [
        ("before", "2026-12-03", True),
        ("before", "2026-12-02", False),
        ("before", "2026-12-02T02:00+08:00", True),
        ("before", "2026-12-02T01:59+08:00", False),
        ("after", "2026-11-30", True),
        ("after", "2026-12-01", False),
        ("after", "2026-12-01T22:00+08:00", True),
        ("after", "2026-12-01T22:01+08:00", False),
        ("within", "freeze", True),
    ],
)
def test_a_span_lies_before_and_after_as_a_whole_and_within_a_period_in_part(
    operator: str, wanted: str, hit: bool
) -> None:
    assert compare(operator, NIGHT, (wanted,), POLICY, datetime(2026, 11, 20, tzinfo=UTC)) is hit


def test_a_span_is_late_by_its_own_end_and_not_by_a_closing() -> None:
    end = datetime(2026, 12, 1, 18, tzinfo=UTC)
    assert not compare("late-by", NIGHT, ("1 hour",), POLICY, end.replace(hour=19))
    assert compare("late-by", NIGHT, ("1 hour",), POLICY, end.replace(hour=19, minute=1))


def test_what_ends_at_midnight_ends_with_the_day_before() -> None:
    span = read_stored("2026-12-01T22:00+08:00/2026-12-02T00:00+08:00")
    assert span is not None
    assert span.days == (date(2026, 12, 1), date(2026, 12, 1))
    assert not compare("within", str(span), ("freeze",), POLICY, datetime(2026, 11, 20, tzinfo=UTC))


def test_spans_that_only_touch_do_not_overlap() -> None:
    one = read_stored("2026-12-01T20:00+08:00/2026-12-01T22:00+08:00")
    two = read_stored(NIGHT)
    assert one is not None and two is not None
    assert not one.overlaps(two)
    assert two.overlaps(two)
