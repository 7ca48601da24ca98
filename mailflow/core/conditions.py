"""The closed set of conditions that rules may use; each answers hit or miss with the value it saw. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import assert_never

from mailflow.core.duration import parse_duration
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.roles import pending
from mailflow.core.values import read_money, read_number
from mailflow.core.workflow import AgreedBy, All, Any, Compare, Condition, Not

OPERATORS = ("is", "in", "has", "not", "over", "under", "before", "after", "set", "late-by")
SUBJECTS = (
    "state",
    "urgent",
    "confidential",
    "requester",
    "department",
    "tasks.open",
    "tasks.count",
    "task.state",
    "task.percent",
    "task.owner",
    "task.due",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds, in words, and what it saw."""

    hit: bool
    condition: str
    saw: str


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


def evaluate(condition: Condition, record: Record, policy: Policy, now: datetime, task: Task | None = None) -> Outcome:
    """The condition's outcome on a record (and a task of it) at a moment."""
    match condition:
        case Compare():
            return _compare(condition, record, policy, now, task)
        case AgreedBy(agreement):
            missing = pending(agreement, record, policy)
            return Outcome(not missing, f"agreed {agreement}", f"missing {', '.join(missing) or 'nobody'}")
        case All(of):
            outcomes = [evaluate(each, record, policy, now, task) for each in of]
            return _joined(all(o.hit for o in outcomes), " and ", outcomes)
        case Any(of):
            outcomes = [evaluate(each, record, policy, now, task) for each in of]
            return _joined(any(o.hit for o in outcomes), " or ", outcomes)
        case Not(of):
            outcome = evaluate(of, record, policy, now, task)
            return Outcome(not outcome.hit, f"not ({outcome.condition})", outcome.saw)
        case _:
            assert_never(condition)


def _joined(hit: bool, word: str, outcomes: list[Outcome]) -> Outcome:
    return Outcome(hit, word.join(o.condition for o in outcomes), ", ".join(o.saw for o in outcomes))


def _compare(condition: Compare, record: Record, policy: Policy, now: datetime, task: Task | None) -> Outcome:
    saw = value_of(condition.subject, record, policy, task)
    wanted = condition.value
    match condition.operator:
        case "is" | "in":
            hit = saw in wanted
        case "not":
            hit = saw not in wanted
        case "has":
            parts = saw.split(", ")
            hit = any(each in parts for each in wanted)
        case "set":
            hit = bool(saw) == (wanted[0] == "true")
        case "over":
            hit = _beyond(saw, wanted[0], 1)
        case "under":
            hit = _beyond(saw, wanted[0], -1)
        case "before":
            hit = bool(saw) and saw[:10] < wanted[0]
        case "after":
            hit = bool(saw) and saw[:10] > wanted[0]
        case "late-by":
            hit = _late(saw, now, policy) > parse_duration(wanted[0]).elapsed()
        case _:
            raise ValueError(f"no such operator: {condition.operator}")
    text = f"{condition.subject} {condition.operator} {', '.join(wanted)}"
    return Outcome(hit, text, f"{condition.subject} = {saw or 'nothing'}")


def value_of(subject: str, record: Record, policy: Policy, task: Task | None = None) -> str:
    """The value of a condition's subject as text; "" when there is none."""
    match subject:
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
        case "tasks.open":
            return str(len(open_tasks(record, policy)))
        case "tasks.count":
            return str(len(record.tasks))
        case "task.state" | "task.percent" | "task.owner" | "task.due":
            return str(getattr(task, subject.removeprefix("task."))) if task else ""
    return record.fields.get(subject, "")


def open_tasks(record: Record, policy: Policy) -> tuple[Task, ...]:
    """The tasks that are not done, by the kind's own word for done."""
    tasks = policy.workflow(record.kind).tasks
    done = tasks.done if tasks else ("done",)
    return tuple(task for task in record.tasks if task.state not in done)


def _beyond(saw: str, wanted: str, sign: int) -> bool:
    """Whether a number is over (1) or under (-1) another; what is no number is neither."""
    number, bound = _number(saw), _number(wanted)
    return number is not None and bound is not None and (number - bound) * sign > 0


def _number(text: str) -> Decimal | None:
    """A number or an amount; of a range its upper end."""
    money = read_money(text)
    if money is not None:
        return money.upper if money.upper is not None else money.amount
    return read_number(text.rstrip("%"))


def _late(day: str, now: datetime, policy: Policy) -> timedelta:
    """How long past the close of a date's working day it is (P10); zero when it is not past."""
    try:
        due = date.fromisoformat(day[:10])
    except ValueError:
        return timedelta()
    calendar = policy.calendar("")
    closing = calendar.close_of(due) or calendar.at(due, datetime.max.time())
    return max(now - closing, timedelta())
