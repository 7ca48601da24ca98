"""Timers are not stored, they are derived: when each of a record's timers is due, from its history and the rules.

Invariant: a timer's key is (rule, task, the history entry that anchors it); with the occurrence it is its
identity, never its moment, so that a changed calendar moves only what has not happened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mailflow.core.calendar import Calendar
from mailflow.core.conditions import Outcome, evaluate, holds, open_tasks
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Send, Style, Timer
from mailflow.core.timers import paces
from mailflow.core.timers.acks import ack_timers
from mailflow.core.timers.anchors import Anchor, anchor, shifted
from mailflow.core.timers.occurrences import arithmetic, next_occurrence, nth_moment
from mailflow.core.triggers import TimerFired

# How long before a closing what is early goes: it must still leave within working time.
_BEFORE_CLOSING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next occurrence of a timer that is not over.

    `due` is what the rule's arithmetic says, from `start` by `calendar`; `fires_at` when it can happen: the
    same, or the next working moment of whom it writes to (P0.5), never before now. `missed` counts the
    occurrences before it that fell due unseen.
    """

    timer: Timer
    task: int
    key: str
    occurrence: int
    due: datetime
    fires_at: datetime
    missed: int
    start: Anchor
    calendar: Calendar

    @property
    def arithmetic(self) -> str:
        """How the moment came about, for `explain`."""
        return arithmetic(self.timer, self.start, self.due, self.calendar)

    def trigger(self) -> TimerFired:
        return TimerFired(self.timer.rule, self.task, self.key, self.occurrence, self.due, self.missed)


@dataclass(frozen=True, slots=True)
class Considered:
    """A timer that hangs on a record, and why it is or is not counting."""

    timer: Timer
    task: int
    deadline: Deadline | None
    why: str
    outcome: Outcome | None = None


def _every(_: Timer) -> bool:
    return True


def deadlines(
    record: Record, policy: Policy, now: datetime, wanted: Callable[[Timer], bool] = _every
) -> tuple[Deadline, ...]:
    """Every (wanted) timer that is counting, by the moment at which it can happen."""
    found = [each.deadline for each in considered(record, policy, now, wanted) if each.deadline]
    return tuple(sorted(found, key=lambda each: (each.fires_at, each.due)))


def due_now(record: Record, policy: Policy, now: datetime) -> tuple[Deadline, ...]:
    """Those that are due at or before now and can happen now."""
    return tuple(each for each in deadlines(record, policy, now) if each.fires_at <= now)


def next_due(record: Record, policy: Policy, now: datetime) -> datetime | None:
    """When to look at this record again."""
    return next((each.fires_at for each in deadlines(record, policy, now)), None)


def overdue(record: Record, policy: Policy, now: datetime) -> tuple[Deadline, ...]:
    """Those that are due, whether they can happen now or wait for working hours."""
    return tuple(each for each in deadlines(record, policy, now) if each.due <= now)


def answer_by(record: Record, policy: Policy, now: datetime) -> tuple[datetime, tuple[str, ...]] | None:
    """When the next escalation of what is asked falls, and to whom it goes; None when there is none."""
    return told_by(next_escalation(record, policy, now), record, policy, now)


def told_by(
    escalation: Deadline | None, record: Record, policy: Policy, now: datetime
) -> tuple[datetime, tuple[str, ...]] | None:
    """As `answer_by`, of the next escalation that is known."""
    send = _send(escalation.timer) if escalation else None
    if escalation is None or send is None:
        return None
    return _named(escalation, record, policy, now), resolve(send.to, record, policy, now, above=True)


def next_escalation(record: Record, policy: Policy, now: datetime) -> Deadline | None:
    """The next escalation of what is asked: of the state, or of the record as a whole."""
    for each in deadlines(record, policy, now, _escalates):
        if not each.task and each.due > now:
            return each
    return None


def _escalates(timer: Timer) -> bool:
    send = _send(timer)
    return send is not None and send.style is Style.ESCALATE


def _named(deadline: Deadline, record: Record, policy: Policy, now: datetime) -> datetime:
    """Where an escalation leaves days after a date that was named, that date is the deadline, while it is ahead."""
    base, _, name = deadline.timer.of.partition(".")
    try:
        day = date.fromisoformat(record.fields.get(name, "")) if base == "fields" else None
    except ValueError:
        return deadline.due
    close = policy.calendar(deadline.timer.calendar).close_of(day) if day else None
    return close if close and now < close < deadline.due else deadline.due


def considered(
    record: Record, policy: Policy, now: datetime, wanted: Callable[[Timer], bool] = _every
) -> Iterator[Considered]:
    """Every (wanted) timer that hangs on the record as it stands, with the reason where it does not count."""
    workflow = policy.workflow(record.kind)
    state = workflow.states.get(record.state)
    if state is None or state.final:
        return
    since = min((visit.at for visit in record.visits if visit.state == state.name), default=None)
    for timer in filter(wanted, state.timers):
        yield _consider(timer, record, policy, now, None, since=since)
    for timer in filter(wanted, workflow.timers):
        yield _consider(timer, record, policy, now, None, stopped=state.stopped)
    yield from (each for each in _awaited(record, policy) if wanted(each.timer))
    if workflow.tasks:
        for task in open_tasks(record, policy):
            for timer in filter(wanted, workflow.tasks.timers):
                yield _consider(timer, record, policy, now, task, stopped=state.stopped, since=since)


def _awaited(record: Record, policy: Policy) -> Iterator[Considered]:
    """Urgent mails that wait for a word (P0.6); they are sent on at any hour."""
    for ask, timer in ack_timers(record, policy):
        calendar = policy.calendar(timer.calendar)
        start = Anchor(ask.entry, ask.at, "asked")
        due = nth_moment(timer, start, 1, calendar)
        key = f"{timer.rule}|0|{ask.entry}"
        if key not in record.fired:
            yield Considered(timer, 0, Deadline(timer, 0, key, 1, due, due, 0, start, calendar), "counting")


def _consider(
    timer: Timer,
    record: Record,
    policy: Policy,
    now: datetime,
    task: Task | None,
    *,
    stopped: bool = False,
    since: datetime | None = None,
) -> Considered:
    """`stopped`: the state's clock stands, which a timer of all states or of a task waits for.

    `since`: when the timer's state was first entered; what a date asked for ahead of itself by then falls
    away (P3.6). So do a task's calls by the clock before the record came here, but for a time on hold, or
    before the task's state changed: they were not missed.
    """
    number = task.number if task else 0
    if stopped and not timer.while_stopped:
        return Considered(timer, number, None, f"the clock stands still in {record.state}")
    timer = paces.paced(timer, record, policy, now)
    outcome = evaluate(timer.when, record, policy, now, task) if timer.when else None
    if outcome and not outcome.hit:
        return Considered(timer, number, None, f"{outcome.condition} does not hold ({outcome.saw})", outcome)
    if timer.until and holds(timer.until, record, policy, now, task):
        return Considered(timer, number, None, "ended by its `until`", outcome)
    start = anchor(timer, record, policy, now, task)
    if start is None:
        return Considered(timer, number, None, f"{timer.of or 'its state'} has not begun", outcome)
    key = f"{timer.rule}|{number}|{start.entry}"
    last = record.fired.get(key, 0)
    calendar = counting_calendar(timer, record, policy, now, task)
    start, not_before = _adopted(timer, start, last, calendar, policy)
    if since and task is None and start.tied:
        not_before = max(not_before, since)
    if timer.at and task is not None:
        not_before = max(not_before, _called_since(record, policy), task.changed.at if task.changed else not_before)
    found = next_occurrence(timer, start, last, calendar, now, not_before)
    if found is None:
        return Considered(timer, number, None, "it has fired" if last else "it is past", outcome)
    occurrence, due, missed = found
    fires_at = _sendable(timer, due, record, policy, now, task)
    deadline = Deadline(timer, number, key, occurrence, due, fires_at, missed, start, calendar)
    return Considered(timer, number, deadline, "counting", outcome)


def _called_since(record: Record, policy: Policy) -> datetime:
    """When the record came to its present state, or, where it was but on hold since (P10), before that."""
    states, visits = policy.workflow(record.kind).states, record.visits
    last = len(visits) - 1
    while last > 1 and visits[last - 2].state == record.state:
        between = states.get(visits[last - 1].state)
        if between is None or between.final or not between.stopped:
            break
        last -= 2
    return visits[last].at


def counting_calendar(timer: Timer, record: Record, policy: Policy, now: datetime, task: Task | None) -> Calendar:
    """By whose working time a timer counts: a named calendar, else that of who has to act, else the site's."""
    if timer.calendar:
        return policy.calendar(timer.calendar)
    if task is not None and task.owner:
        return policy.calendar_of(task.owner)
    state = policy.workflow(record.kind).states[record.state]
    people = resolve(state.responsible, record, policy, now, task)
    return policy.calendar_of(people[0]) if people else policy.calendar("")


def _adopted(timer: Timer, start: Anchor, last: int, calendar: Calendar, policy: Policy) -> tuple[Anchor, datetime]:
    """Deadlines that a reload of the rules put into the past count from the reload."""
    adoption = policy.adopted.get(timer.rule)
    if adoption is None or last or start.at >= adoption.at:
        return start, start.at
    if start.tied or timer.at:
        return start, adoption.watched
    first = timer.after or timer.every
    if first is not None and shifted(start, first, calendar) <= adoption.watched:
        pauses = tuple(pause for pause in start.pauses if pause[1] > adoption.at)
        return replace(start, at=adoption.at, label="the rule's adoption", pauses=pauses), start.at
    return start, start.at


def _send(timer: Timer) -> Send | None:
    return next((action for action in timer.actions if isinstance(action, Send)), None)


def _sendable(
    timer: Timer, due: datetime, record: Record, policy: Policy, now: datetime, task: Task | None
) -> datetime:
    """When a timer can happen: one that writes to people waits for their working time, unless it is urgent."""
    send = _send(timer)
    if send is None or holds_urgent(send, record, policy, now, task):
        return due
    moment = max(due, now)
    people = resolve(send.to, record, policy, now, task, above=send.style is Style.ESCALATE)
    calendar = policy.calendar_of(people[0]) if people else policy.calendar("")
    if timer.early and not calendar.is_open(due):
        return min(due, calendar.previous_closing(due) - _BEFORE_CLOSING)
    return due if moment == due and calendar.is_open(due) else calendar.next_opening(moment)


def holds_urgent(send: Send, record: Record, policy: Policy, now: datetime, task: Task | None = None) -> bool:
    """Whether a mail is urgent (P0.6): as its line says, else by the pace of the record; `false` beats the pace."""
    if send.urgent is False:
        return False
    if send.urgent is True or paces.urgent(record, policy, now):
        return True
    if send.urgent is None:
        return False
    return holds(send.urgent, record, policy, now, task)
