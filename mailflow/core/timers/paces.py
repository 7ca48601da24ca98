"""Paces (P3.6): while its condition holds, a kind's working time counts otherwise, and its mail is urgent."""

from dataclasses import replace
from datetime import datetime

from mailflow.core.conditions import holds
from mailflow.core.duration import Duration, Unit
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rule import Timer
from mailflow.core.workflow import Pace

_HOUR = 60


def pace_of(record: Record, policy: Policy, now: datetime) -> Pace | None:
    """The first pace of the record's kind whose condition holds."""
    paces = policy.workflow(record.kind).paces
    return next((each for each in paces if holds(each.when, record, policy, now)), None)


def paced(timer: Timer, record: Record, policy: Policy, now: datetime) -> Timer:
    """The timer as it counts now; a calendar of its own it keeps."""
    pace = pace_of(record, policy, now)
    if pace is None:
        return timer
    return replace(
        timer,
        after=_turned(timer.after, pace),
        before=_turned(timer.before, pace),
        every=_turned(timer.every, pace),
        calendar=timer.calendar or pace.calendar,
    )


def urgent(record: Record, policy: Policy, now: datetime) -> bool:
    """Whether the pace of the record makes its mail urgent."""
    pace = pace_of(record, policy, now)
    return pace is not None and pace.urgent


def _turned(duration: Duration | None, pace: Pace) -> Duration | None:
    """A working day of a rule as the pace has it; its working hours in proportion."""
    match duration:
        case Duration(amount, Unit.WORKING_DAYS) if pace.day is not None:
            return Duration(amount * pace.day.amount, pace.day.unit)
        case Duration(amount, Unit.WORKING_MINUTES) if pace.hour is not None:
            return Duration(max(1, amount * pace.hour.amount // _HOUR), pace.hour.unit)
    return duration
