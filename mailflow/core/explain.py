"""Why things happened: the rule and its line, the conditions with what they saw, the arithmetic of the clock. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.apply import fold
from mailflow.core.changes import Entry, TimerEnded
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rule import Action, Place, Timer
from mailflow.core.timers.deadlines import Considered, considered
from mailflow.core.workflow import Command, OnSignal, Workflow

BUILT_IN = Place()


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule as a reader finds it again: where it stands, and the process item it comes from."""

    rule: str
    place: Place = BUILT_IN
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule acted: where it stands, the clock arithmetic for a timer, the verdicts kept with it."""

    cited: Cited
    arithmetic: str = ""
    verdicts: tuple[str, ...] = ()


def citations(workflow: Workflow) -> Mapping[str, Cited]:
    """Every rule of a kind by its name."""
    return {each.rule: each for each in _cited(workflow)}


def reason(rule: str, at: datetime, record_id: str, history: Sequence[Entry], policy: Policy) -> Reason:
    """Why a rule acted at a moment, told from the history as it was then and the policy that was in force."""
    kind = fold(record_id, history[:1]).kind
    cited = citations(policy.workflow(kind)).get(rule, Cited(rule)) if kind in policy.kinds else Cited(rule)
    for number, entry in enumerate(history):
        if entry.rule == rule and entry.at == at and isinstance(entry.change, TimerEnded):
            before = fold(record_id, history[:number])
            return Reason(cited, arithmetic(before, entry.change.key, policy, at), entry.verdicts)
    verdicts = tuple(v for entry in history if entry.rule == rule and entry.at == at for v in entry.verdicts)
    return Reason(cited, verdicts=verdicts)


def arithmetic(record: Record, key: str, policy: Policy, now: datetime) -> str:
    """How a timer's moment came about, "" when it does not hang on the record as it was."""
    for each in considered(record, policy, now):
        if each.deadline is not None and each.deadline.key == key:
            return each.deadline.arithmetic
    return ""


def waiting(record: Record, policy: Policy, now: datetime) -> tuple[Considered, ...]:
    """Every timer that hangs on a record now: counting, with its moment, or not, with why."""
    return tuple(considered(record, policy, now))


def _cited(workflow: Workflow) -> Iterator[Cited]:
    for state in workflow.states.values():
        yield from _actions(state.enter)
        yield from _timers(state.timers)
        yield from _commands(state.commands)
        for reply in state.replies:
            yield Cited(reply.rule, reply.place)
            yield from _actions(reply.actions)
        yield from _signals(state.signals)
    yield from _signals(workflow.signals)
    yield from _timers(workflow.timers)
    yield from _commands(workflow.commands)
    for reply in workflow.replies:
        yield Cited(reply.rule, reply.place)
        yield from _actions(reply.actions)
    for agreement in workflow.agreements.values():
        yield from _actions(agreement.agreed)
    yield from _actions(workflow.event.answered if workflow.event else ())
    yield from _actions(workflow.machines.actions if workflow.machines else ())
    if workflow.tasks:
        yield from _timers(workflow.tasks.timers)
        yield from _commands(workflow.tasks.commands)
        yield from _actions((*workflow.tasks.complete, *workflow.tasks.incomplete, *workflow.tasks.added))


def _signals(signals: Sequence[OnSignal]) -> Iterator[Cited]:
    for signal in signals:
        yield Cited(signal.rule, signal.place, signal.source)
        yield from _actions(signal.actions)


def _timers(timers: Sequence[Timer]) -> Iterator[Cited]:
    for timer in timers:
        yield from _actions(timer.actions)
        yield Cited(timer.rule, timer.place, timer.source)


def _commands(commands: Sequence[Command]) -> Iterator[Cited]:
    for command in commands:
        yield Cited(command.rule, command.place, command.source)
        yield from _actions(command.actions)


def _actions(actions: Sequence[Action]) -> Iterator[Cited]:
    for action in actions:
        yield Cited(action.rule, action.place, getattr(action, "source", ""))
