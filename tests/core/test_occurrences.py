"""On which days a series comes: RFC 5545 recurrences in the working calendar of China, with holidays and make-up days."""

from datetime import date, time
from itertools import islice

import pytest

from mailflow.core.policy import Policy
from mailflow.core.rhythm.occurrences import occurrences
from mailflow.core.series import OnHoliday, Times
from mailflow.policy.load import load, read_home
from mailflow.policy.recurrence import recurrence
from tests.world import ROOT

NEXT, PREVIOUS, SKIP = OnHoliday.NEXT, OnHoliday.PREVIOUS, OnHoliday.SKIP


@pytest.fixture(scope="module")
def policy() -> Policy:
    found = load(read_home(ROOT), templates=False).policy
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("rule", "start", "holiday", "days"),
    [
        # The last weekday of the month; and its last working day, which in February 2026 is a make-up Saturday.
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01", SKIP, ["01-30", "02-27", "03-31", "04-30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-01", PREVIOUS, ["01-30", "02-28", "03-31", "04-30", "05-29"]),
        # A month without a 31st has no occurrence (RFC 5545 §3.3.10).
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01", NEXT, ["02-02", "03-31", "06-01", "07-31"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", NEXT, ["02-29", "03-01", "02-29"]),
        # Weeks that begin on Sunday: the example of RFC 5545 §3.8.5.3.
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "2026-09-01", SKIP, ["09-01", "09-15", "09-29", "10-13"]),
        # National Day: Tuesdays move behind it, those of a daily one are one, a make-up Saturday counts.
        ("FREQ=MONTHLY;BYDAY=1TU", "2026-09-01", NEXT, ["09-01", "10-08", "11-03"]),
        ("FREQ=DAILY;INTERVAL=3", "2026-09-28", NEXT, ["09-28", "10-08", "10-10", "10-13"]),
        ("FREQ=DAILY", "2026-09-30", SKIP, ["09-30", "10-08", "10-09", "10-10", "10-12"]),
        ("FREQ=WEEKLY;BYDAY=SU", "2026-09-01", SKIP, ["09-20"]),
        ("FREQ=WEEKLY;BYDAY=FR", "2026-09-18", PREVIOUS, ["09-18", "09-24", "09-30", "10-09"]),
    ],
)
def test_the_days_of_a_series(policy: Policy, rule: str, start: str, holiday: OnHoliday, days: list[str]) -> None:
    times = Times(recurrence(rule, date.fromisoformat(start)), time(9), holiday)
    found = islice(occurrences(times, policy.calendar(""), 20260101), len(days))
    assert [f"{policy.calendar('').local(each.begins):%m-%d}" for each in found] == days
