"""What a timer is counted from: entering a state, a date field, a task's due date, a clock, a last word.

An anchor is a history entry and a moment (or a day); spans in which nothing is counted stretch what
is counted from it, so that a clock that stood still goes on where it stood (P2.3).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from mailflow.core.calendar import Calendar
from mailflow.core.duration import Duration, Unit
from mailflow.core.model import Mark, Record, Task, Visit
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Timer
from mailflow.core.span import read_stored
from mailflow.core.workflow import Clock, Workflow

Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Anchor:
    """`entry` and `at` of what began it; `day` for a date without a time, `pauses` what does not count.

    `moment`: the date has a time, and what is tied to it goes by the clock.
    """

    entry: int
    at: datetime
    label: str
    day: date | None = None
    pauses: tuple[Pause, ...] = ()
    moment: datetime | None = None

    @property
    def tied(self) -> bool:
        """Whether it counts to and from a date that somebody named, not from what happened."""
        return self.day is not None or self.moment is not None


def anchor(timer: Timer, record: Record, policy: Policy, now: datetime, task: Task | None) -> Anchor | None:
    """Where a timer counts from, None when that has not happened (yet, or any more)."""
    base, _, name = timer.of.partition(".")
    match base:
        case "":
            return _visit(timer, record)
        case "opened":
            return Anchor(1, record.opened_at, "opened")
        case "clock":
            return _clock(policy.workflow(record.kind), name, record)
        case "fields":
            return _field(record, name)
        case "task" if task is not None and name == "due":
            return _dated(task.dated, task.due, f"task {task.number} due")
        case "task" if task is not None and name == "state":
            changed = task.changed or task.added
            return Anchor(changed.entry, changed.at, f"task {task.number} is {task.state}") if changed else None
        case "task" if task is not None and name == "added":
            return Anchor(task.added.entry, task.added.at, f"task {task.number} added") if task.added else None
        case "task" if task is not None:
            return _dated(task.marks.get(name), task.fields.get(name, ""), f"task {task.number} {name}")
        case "word":
            return _word(name, record, policy, now, task)
        case "silence":
            began = (_visit(timer, record), _word(name, record, policy, now, task))
            return max((each for each in began if each), key=lambda each: each.entry, default=None)
    return None


def shifted(anchor: Anchor, duration: Duration, calendar: Calendar) -> datetime:
    """`duration` after the anchor's moment, stretched by the pauses that fall before it ends."""
    due = calendar.add(anchor.at, duration)
    for start, end in anchor.pauses:
        if start >= due:
            break
        match duration.unit:
            case Unit.MINUTES | Unit.DAYS:
                due += end - start
            case Unit.WORKING_MINUTES | Unit.WORKING_DAYS:
                lost = calendar.between(start, end)
                due = calendar.add(due, Duration(int(lost / timedelta(minutes=1)), Unit.WORKING_MINUTES))
    return due


def clock_running(clock: Clock, workflow: Workflow, state: str) -> bool:
    """Whether a clock that has started runs while the record is in a state."""
    found = workflow.states.get(state)
    return state not in clock.until and found is not None and not found.stopped and not found.final


def _visit(timer: Timer, record: Record) -> Anchor | None:
    if not record.visits:
        return None
    present = record.visit
    if not timer.resume:
        return Anchor(present.entry, present.at, f"entered {present.state}")
    visits = [visit for visit in record.visits if visit.state == present.state]
    first = visits[0]
    return Anchor(first.entry, first.at, f"entered {first.state}", pauses=_gaps(visits))


def _clock(workflow: Workflow, name: str, record: Record) -> Anchor | None:
    clock = workflow.clocks[name]
    visits = list(record.visits)
    start = next((n for n, visit in enumerate(visits) if visit.state == clock.start), None)
    if start is None or not clock_running(clock, workflow, record.state):
        return None
    running = [visit for visit in visits[start:] if clock_running(clock, workflow, visit.state)]
    if not running:
        return None
    first = visits[start]
    return Anchor(first.entry, first.at, f"clock {name} from {clock.start}", pauses=_gaps(running))


def _gaps(visits: list[Visit]) -> tuple[Pause, ...]:
    """The times between stays that follow one another."""
    pairs = pairwise(visits)
    return tuple((a.until, b.at) for a, b in pairs if a.until is not None and a.until < b.at)


def _field(record: Record, name: str) -> Anchor | None:
    """A date; a moment; a span by its beginning, or its end as `NAME.end`."""
    name, _, end = name.partition(".")
    value, mark = record.fields.get(name, ""), record.marks.get(name)
    span = read_stored(value)
    if span is None or mark is None:
        return _dated(mark, value, name)
    moment = (span.end if end else span.begin).astimezone(UTC)
    return Anchor(mark.entry, mark.at, f"{name} {end}".strip(), moment=moment)


def _dated(mark: Mark | None, value: str, label: str) -> Anchor | None:
    if mark is None:
        return None
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return Anchor(mark.entry, mark.at, label, day=day)


def _word(role: str, record: Record, policy: Policy, now: datetime, task: Task | None) -> Anchor | None:
    addresses = resolve((role,), record, policy, now, task)
    marks = [record.words[each] for each in addresses if each in record.words]
    last = max(marks, key=lambda mark: mark.entry, default=None)
    return Anchor(last.entry, last.at, f"last word from {role}") if last else None
