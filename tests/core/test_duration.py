"""Durations: what people write, what is understood, and what is shown back."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.duration import (
    Duration,
    Unit,
    days,
    hours,
    minutes,
    parse_duration,
    working_days,
    working_hours,
    working_minutes,
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("4 working hours", working_hours(4)),
        ("1 working hour", working_minutes(60)),
        ("30 working minutes", working_minutes(30)),
        ("1 working day", working_days(1)),
        ("10 working days", working_days(10)),
        ("2 business days", working_days(2)),
        ("2 workdays", working_days(2)),
        ("15 minutes", minutes(15)),
        ("24 hours", hours(24)),
        ("3 days", days(3)),
        ("1h", minutes(60)),
        ("30m", minutes(30)),
        ("10d", days(10)),
        ("2w", days(14)),
        ("1 week", days(7)),
        ("1.5 hours", minutes(90)),
        ("0.25h", minutes(15)),
        ("1.5 working hours", working_minutes(90)),
        ("4个工作小时", working_hours(4)),
        ("4 個工作小時", working_hours(4)),
        ("1个工作日", working_days(1)),
        ("两个工作日", working_days(2)),
        ("15分钟", minutes(15)),
        ("24小时", hours(24)),
        ("24个小时", hours(24)),
        ("半小时", minutes(30)),
        ("3天", days(3)),
        ("2周", days(14)),
        ("１２ 小時", hours(12)),
        ("  4  Working  Hours ", working_hours(4)),
        ("0 minutes", minutes(0)),
    ],
)
def test_a_duration_is_read_in_both_languages(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (working_hours(4), "4 working hours"),
        (working_hours(1), "1 working hour"),
        (working_minutes(90), "90 working minutes"),
        (working_days(1), "1 working day"),
        (hours(24), "24 hours"),
        (minutes(15), "15 minutes"),
        (minutes(1), "1 minute"),
        (minutes(0), "0 minutes"),
        (days(14), "14 days"),
    ],
)
def test_a_duration_is_shown_as_people_write_it(duration: Duration, text: str) -> None:
    assert str(duration) == text


@settings(max_examples=200, deadline=None)
@given(st.builds(Duration, st.integers(0, 3660), st.sampled_from(Unit)))
def test_what_is_shown_is_read_back(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "write a number and a unit"),
        ("4", "write a number and a unit"),
        ("soon", "write a number and a unit"),
        ("-1 day", "write a number and a unit"),
        ("1h30m", "write a number and a unit"),
        ("5 days ago", "write a number and a unit"),
        ("4 fortnights", "'fortnights' is not a unit of time"),
        ("30s", "'s' is not a unit of time"),
        ("4 workinghour s", "write a number and a unit"),
        ("1.5 days", "only hours may have a fraction"),
        ("半天", "only hours may have a fraction"),
        ("2.5 working days", "only hours may have a fraction"),
        ("1.333 hours", "not a whole number of minutes"),
        ("1 working week", "write '5 working days'"),
        ("99999 days", "longer than ten years"),
        ("999999999 hours", "longer than ten years"),
    ],
)
def test_what_cannot_be_read_is_quoted_with_what_to_write(text: str, names: str) -> None:
    with pytest.raises(ValueError, match="write") as raised:
        parse_duration(text)
    assert f"'{text}'" in str(raised.value) and names in str(raised.value)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"[0-9.]{1,9} ?[a-z个工作小时天]{1,9}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert duration.amount >= 0


def test_a_negative_duration_does_not_exist() -> None:
    with pytest.raises(ValueError, match="negative"):
        Duration(-1, Unit.DAYS)


def test_only_elapsed_time_has_a_length_of_its_own() -> None:
    assert hours(36).elapsed() == timedelta(days=1, hours=12)
    assert days(2).elapsed() == timedelta(days=2)
    assert working_days(1).working and not days(1).working
    with pytest.raises(ValueError, match="only a calendar"):
        working_hours(1).elapsed()
