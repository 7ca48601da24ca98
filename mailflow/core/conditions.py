"""The closed set of conditions that rules may use; each answers hit or miss with the value it saw. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from mailflow.core.alike import related
from mailflow.core.comparing import amount, compare
from mailflow.core.model import ORIGIN, TASK_VALUES, Record, Task
from mailflow.core.policy import Policy
from mailflow.core.reading.fields import missing
from mailflow.core.reading.values.amounts import plain
from mailflow.core.reading.words import tokens
from mailflow.core.roles import pending
from mailflow.core.rule import AgreedBy, All, Any, Compare, Condition, Not, Others, Said
from mailflow.core.series import series_of

SUBJECTS = (
    "kind",
    "open",
    "state",
    "urgent",
    "confidential",
    "requester",
    "department",
    "previous",
    "visits",
    "entered",
    "missing",
    "series",
    "tasks.open",
    "tasks.count",
    "task.state",
    "task.percent",
    "task.owner",
    "task.due",
    "task.origin",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds, in words, and what it saw; `met` are the other records that it found."""

    hit: bool
    condition: str
    saw: str
    met: tuple[Record, ...] = ()


def holds(
    condition: Condition | bool | None,
    record: Record,
    policy: Policy,
    now: datetime,
    task: Task | None = None,
) -> bool:
    """Whether it holds; no condition always does."""
    if condition is None or isinstance(condition, bool):
        return condition is not False
    return evaluate(condition, record, policy, now, task).hit


def evaluate(
    condition: Condition,
    record: Record,
    policy: Policy,
    now: datetime,
    task: Task | None = None,
    others: Sequence[Record] = (),
    said: Mapping[str, str] | None = None,
) -> Outcome:
    """The condition's outcome on a record (and a task of it) at a moment.

    `others` are the further records known, `said` a command's arguments.
    """
    match condition:
        case Compare():
            return _compare(condition, record, policy, now, task)
        case AgreedBy(agreement):
            lacking = pending(agreement, record, policy, now)
            return Outcome(not lacking, f"agreed {agreement}", f"missing {', '.join(lacking) or 'nobody'}")
        case Others():
            return _met(condition, record, policy, now, others)
        case Said(argument):
            found = (said or {}).get(argument, "")
            return Outcome(bool(found), f"said {argument}", f"{argument} = {found or 'nothing'}")
        case All(of):
            outcomes = [evaluate(each, record, policy, now, task, others, said) for each in of]
            return _joined(all(o.hit for o in outcomes), " and ", outcomes)
        case Any(of):
            outcomes = [evaluate(each, record, policy, now, task, others, said) for each in of]
            return _joined(any(o.hit for o in outcomes), " or ", outcomes)
        case Not(of):
            outcome = evaluate(of, record, policy, now, task, others, said)
            return Outcome(not outcome.hit, f"not ({outcome.condition})", outcome.saw)
        case _:
            assert_never(condition)


def states_asked(condition: Others, policy: Policy) -> tuple[str, ...]:
    """The states of the other records that count: those that `when` names, else all that are not final."""
    parts = condition.when.of if isinstance(condition.when, All) else (condition.when,)
    for part in parts:
        if isinstance(part, Compare) and part.subject == "state" and part.operator in ("is", "in"):
            return part.value
    return tuple(state.name for state in policy.workflow(condition.kind).states.values() if not state.final)


def _met(condition: Others, record: Record, policy: Policy, now: datetime, others: Sequence[Record]) -> Outcome:
    states = states_asked(condition, policy)
    kind = policy.workflow(condition.kind)
    common = frozenset(tokens("\n".join((*kind.tags, *kind.suggest)))) if condition.like else frozenset()
    met = tuple(
        each
        for each in others
        if each.kind == condition.kind
        and each.id != record.id
        and each.state in states
        and related(condition, record, each, common)
        and holds(condition.when, each, policy, now)
    )
    ways = (("share", condition.share), ("overlap", condition.overlap), ("like", condition.like))
    said = " ".join(f"{way} {name}" for way, name in ways if name)
    ids = ", ".join(each.id for each in met)
    saw = f"{len(met)} of {condition.kind}{': ' if ids else ''}{ids}"
    return Outcome(len(met) >= condition.least, f"others {condition.kind} {said}".strip(), saw, met)


def _joined(hit: bool, word: str, outcomes: list[Outcome]) -> Outcome:
    met = {each.id: each for outcome in outcomes if outcome.hit for each in outcome.met}
    said = word.join(each.condition for each in outcomes)
    return Outcome(hit, said, ", ".join(each.saw for each in outcomes), tuple(met.values()))


def _compare(condition: Compare, record: Record, policy: Policy, now: datetime, task: Task | None) -> Outcome:
    saw = value_of(condition.subject, record, policy, task)
    wanted = tuple(_wanted(each, record) for each in condition.value)
    hit = compare(condition.operator, saw, wanted, policy, now)
    text = f"{condition.subject} {condition.operator} {', '.join(condition.value)}"
    return Outcome(hit, text, f"{condition.subject} = {saw or 'nothing'}")


def value_of(subject: str, record: Record, policy: Policy, task: Task | None = None) -> str:
    """The value of a condition's subject as text; "" when there is none."""
    match subject:
        case "kind":
            return record.kind
        case "open":
            state = policy.workflow(record.kind).states.get(record.state)
            return "false" if state is not None and state.final else "true"
        case "state":
            return record.state
        case "urgent":
            return "true" if record.urgent else "false"
        case "confidential":
            return "true" if record.confidential else "false"
        case "requester":
            return record.requester
        case "department":
            return policy.directory.person(record.requester).department
        case "previous":
            return record.visits[-2].state if len(record.visits) > 1 else ""
        case "visits":
            return str(sum(visit.state == record.state for visit in record.visits))
        case "entered":
            return policy.calendar("").day_of(record.visit.at).isoformat() if record.visits else ""
        case "missing":
            return str(len(missing(record.fields, policy.workflow(record.kind).fields)))
        case "series":
            return series_of(record)
        case "tasks.open":
            return str(len(open_tasks(record, policy)))
        case "tasks.count":
            return str(len(record.tasks))
    base, _, name = subject.partition(".")
    if base == "task" and name:
        return _of_task(name, task)
    if base == "tasks" and name:
        return _total(name, record)
    return record.fields.get(subject, "")


def _of_task(name: str, task: Task | None) -> str:
    """What a task says under a name: what every task has, or a field that its kind gives it."""
    if task is None:
        return ""
    value = getattr(task, name) if name in (*TASK_VALUES, ORIGIN) else task.fields.get(name, "")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _total(name: str, record: Record) -> str:
    """The sum of a field over all tasks, of a range its upper end; "" when none of them says it."""
    numbers = [number for task in record.tasks if (number := amount(task.fields.get(name, ""))) is not None]
    return plain(sum(numbers, Decimal(0))) if numbers else ""


def open_tasks(record: Record, policy: Policy) -> tuple[Task, ...]:
    """The tasks that are not done, by the kind's own word for done."""
    tasks = policy.workflow(record.kind).tasks
    done = tasks.done if tasks else ("done",)
    return tuple(task for task in record.tasks if task.state not in done)


def _wanted(word: str, record: Record) -> str:
    """What is compared with: `$NAME` is another field of the record."""
    return record.fields.get(word[1:], "") if word.startswith("$") else word
