"""What of the rhythm is to be done now, what is over, and when the next is due: derived, as deadlines are. Pure.

Invariant: what is over is a number for each series, and only ever rises, so that nothing is done twice however often
it is looked at. What fell due unseen: of reports the latest is mailed; a meeting is called as long as it has not
begun, and one that has is not called any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mailflow.core.calendar import Calendar
from mailflow.core.policy import Policy
from mailflow.core.rhythm.occurrences import Occurrence, number_of, occurrences
from mailflow.core.series import MEETINGS, Report, Series

# What has not come again for so long is not looked for further back.
_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Done:
    """The last occurrence of a series that is over, and the times by which it was counted."""

    number: int
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is over, by `meetings.NAME` and `reports.NAME`, and when there is something to be done next."""

    done: Mapping[str, Done] = field(default_factory=dict)
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A meeting to be called: a record of it is to be opened."""

    key: str
    series: Series
    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class Publication:
    """A report to be mailed."""

    key: str
    report: Report
    occurrence: Occurrence


Point = Call | Publication


def adopted(agenda: Agenda, policy: Policy, now: datetime, stood_for: Mapping[str, int] | None = None) -> Agenda:
    """The agenda under new rules: what is new, or comes at other times, does not make up for what is past.

    `stood_for` is the last occurrence of an edited series for which there is a record, by its key.
    """
    done: dict[str, Done] = {}
    for key, each in _all(policy):
        before = agenda.done.get(key)
        if before is not None and before.signature == each.signature:
            done[key] = before
            continue
        last = (stood_for or {}).get(key, before.number if before else 0)
        done[key] = Done(max(past(each, policy, now), last), each.signature)
    return _dated(done, policy)


def due_points(agenda: Agenda, policy: Policy, now: datetime) -> tuple[Point, ...]:
    """What is to be done now, in the order in which it fell due."""
    found: list[Point] = []
    for key, each in _all(policy):
        waiting = _fallen_due(each, agenda, key, policy, now)
        if isinstance(each, Series):
            found += [Call(key, each, one) for one in waiting if one.begins > now]
        else:
            found += [Publication(key, each, one) for one in waiting[-1:]]
    return tuple(sorted(found, key=lambda point: (point.occurrence.due, point.key)))


def over(agenda: Agenda, policy: Policy, now: datetime) -> Agenda:
    """The agenda once all that is due has been done."""
    done = dict(agenda.done)
    for key, each in _all(policy):
        fallen = _fallen_due(each, agenda, key, policy, now)
        if fallen:
            done[key] = Done(max(one.number for one in fallen), each.signature)
    return _dated(done, policy)


def _all(policy: Policy) -> Iterator[tuple[str, Series | Report]]:
    """Everything that has times and is not paused."""
    yield from ((f"{MEETINGS}{name}", each) for name, each in policy.rhythm.meetings.items() if not each.paused)
    yield from ((f"reports.{name}", each) for name, each in policy.rhythm.reports.items() if each.times)


def _fallen_due(each: Series | Report, agenda: Agenda, key: str, policy: Policy, now: datetime) -> list[Occurrence]:
    done = agenda.done.get(key) or Done(past(each, policy, now))
    return list(_until(coming(each, done.number, policy), now))


def _until(coming: Iterable[Occurrence], now: datetime) -> Iterator[Occurrence]:
    """Those due by now. One that is moved ahead of its forerunner's moment waits for it, and both are done then."""
    for one in coming:
        if one.due > now:
            return
        yield one


def _dated(done: Mapping[str, Done], policy: Policy) -> Agenda:
    following = (next(coming(each, done[key].number, policy), None) for key, each in _all(policy))
    return Agenda(done, min((one.due for one in following if one is not None), default=None))


def past(each: Series | Report, policy: Policy, now: datetime) -> int:
    """The last occurrence that has begun, a year back at most."""
    calendar = _calendar(each, policy)
    last = number_of(calendar.day_of(now) - _YEAR)
    for one in coming(each, last, policy):
        if one.begins > now:
            break
        last = one.number
    return last


def coming(each: Series | Report, after: int, policy: Policy) -> Iterator[Occurrence]:
    """The occurrences behind the one of this number."""
    if each.times is None:
        return iter(())
    ahead = each.ahead if isinstance(each, Series) else None
    return occurrences(each.times, _calendar(each, policy), after, ahead)


def _calendar(each: Series | Report, policy: Policy) -> Calendar:
    return policy.calendar(each.times.calendar if each.times else "")


def first(each: Series | Report, policy: Policy, day: date) -> Occurrence | None:
    """The first occurrence behind a day; None when there is none to come."""
    return next(coming(each, number_of(day), policy), None)
