"""The closed set of conditions that rules may use; each answers hit or miss with the value it saw. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from mailflow.core.duration import parse_duration
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.reading.fields import missing
from mailflow.core.reading.values import read_money, read_number
from mailflow.core.roles import pending
from mailflow.core.rule import AgreedBy, All, Any, Compare, Condition, Not

OPERATORS = ("is", "in", "has", "not", "over", "under", "before", "after", "set", "late-by", "within")
SUBJECTS = (
    "state",
    "urgent",
    "confidential",
    "requester",
    "department",
    "visits",
    "entered",
    "missing",
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
            lacking = pending(agreement, record, policy, now)
            return Outcome(not lacking, f"agreed {agreement}", f"missing {', '.join(lacking) or 'nobody'}")
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
    wanted = tuple(_wanted(each, record) for each in condition.value)
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
            hit = bool(saw and wanted[0]) and saw[:10] < wanted[0][:10]
        case "after":
            hit = bool(saw and wanted[0]) and saw[:10] > wanted[0][:10]
        case "late-by":
            hit = _late(saw, wanted[0], now, policy)
        case "within":
            hit = _within(saw, wanted, policy)
        case _:
            raise ValueError(f"no such operator: {condition.operator}")
    text = f"{condition.subject} {condition.operator} {', '.join(condition.value)}"
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
        case "visits":
            return str(sum(visit.state == record.state for visit in record.visits))
        case "entered":
            return policy.calendar("").day_of(record.visit.at).isoformat() if record.visits else ""
        case "missing":
            return str(len(missing(record.fields, policy.workflow(record.kind).fields)))
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


def _wanted(word: str, record: Record) -> str:
    """What is compared with: `$NAME` is another field of the record."""
    return record.fields.get(word[1:], "") if word.startswith("$") else word


def _late(day: str, length: str, now: datetime, policy: Policy) -> bool:
    """Whether the close of a date's working day (P10) is longer ago than this much time, working or elapsed."""
    due = _day(day)
    if due is None:
        return False
    calendar = policy.calendar("")
    closing = calendar.close_of(due) or calendar.at(due, datetime.max.time())
    return now > calendar.add(closing, parse_duration(length))


def _within(day: str, periods: tuple[str, ...], policy: Policy) -> bool:
    """Whether a date lies in one of these periods of calendar.yaml, both ends included."""
    found = _day(day)
    return found is not None and any(
        stretch.first <= found <= stretch.last for name in periods for stretch in policy.periods.get(name, ())
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
