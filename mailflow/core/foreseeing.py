"""Which other records a trigger's rules may ask about: the conditions that may be evaluated, before any is. Pure."""

from collections.abc import Iterable, Iterator

from mailflow.core.conditions import states_asked
from mailflow.core.facts import RecordsIn
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rule import Action, All, Any, Condition, Goto, Not, Others, Sign
from mailflow.core.triggers import MailReceived, RecordOpened, TimerFired, Trigger
from mailflow.core.workflow import Workflow

_PREVIOUS = "previous"


def records_asked(trigger: Trigger, record: Record | None, policy: Policy) -> tuple[RecordsIn, ...]:
    """The look-ups that the conditions on other records want, each once."""
    found: dict[RecordsIn, None] = {}
    for condition in _foreseen(trigger, record, policy):
        for each in _others(condition):
            found[RecordsIn(each.kind, states_asked(each, policy))] = None
    return tuple(found)


def kinds_asked(condition: Condition | None) -> tuple[str, ...]:
    """The kinds of whose records a condition asks."""
    return tuple(dict.fromkeys(each.kind for each in _others(condition)))


def _foreseen(trigger: Trigger, record: Record | None, policy: Policy) -> Iterator[Condition | None]:
    begun = trigger.classification.kind if isinstance(trigger, MailReceived) else None
    begun = trigger.kind if isinstance(trigger, RecordOpened) else begun
    if begun and begun in policy.kinds:
        workflow = policy.workflow(begun)
        yield from _entered(workflow.initial.name, workflow, set())
        yield from _of_tasks(workflow)
    if record is not None and record.kind in policy.kinds:
        yield from _under_way(record, policy.workflow(record.kind), trigger)


def _under_way(record: Record, workflow: Workflow, trigger: Trigger) -> Iterator[Condition | None]:
    """What may be evaluated in the record's present state, and in those that it may lead to."""
    state = workflow.states.get(record.state)
    if state is None:
        return
    seen = {visit.state for visit in record.visits}
    if isinstance(trigger, TimerFired):
        tasks = workflow.tasks.timers if workflow.tasks else ()
        due = (each for each in (*state.timers, *workflow.timers, *tasks) if each.rule == trigger.rule)
        yield from _done((action for each in due for action in each.actions), workflow, set(), seen)
        return
    commands = (*state.commands, *workflow.commands, *(workflow.tasks.commands if workflow.tasks else ()))
    replies = (*state.replies, *workflow.replies)
    signals = (*state.signals, *workflow.signals)
    said = [(each.when, each.actions) for each in commands]
    said += [(each.when, each.actions) for each in replies]
    said += [(each.when, each.actions) for each in signals]
    for when, actions in said:
        yield when
        yield from _done(actions, workflow, set(), seen)
    yield from _done(workflow.machines.actions if workflow.machines else (), workflow, set(), seen)
    yield from _of_tasks(workflow)


def _of_tasks(workflow: Workflow) -> Iterator[Condition | None]:
    if workflow.tasks:
        own = workflow.tasks
        yield from _done((*own.complete, *own.incomplete, *own.added), workflow, set(), set())


def _done(
    actions: Iterable[Action], workflow: Workflow, entered: set[str], been: set[str]
) -> Iterator[Condition | None]:
    """The conditions of actions, and of what they lead to; `been` are the states that `previous` may mean."""
    for action in actions:
        yield action.when
        match action:
            case Goto(state):
                for name in been if state == _PREVIOUS else {state}:
                    yield from _entered(name, workflow, entered)
            case Sign(agreement, True):
                yield from _done(workflow.agreements[agreement].agreed, workflow, entered, been)
            case _:
                pass


def _entered(name: str, workflow: Workflow, entered: set[str]) -> Iterator[Condition | None]:
    if name not in entered and name in workflow.states:
        entered.add(name)
        yield from _done(workflow.states[name].enter, workflow, entered, entered)


def _others(condition: Condition | None) -> Iterator[Others]:
    match condition:
        case Others():
            yield condition
        case All(of) | Any(of):
            for each in of:
                yield from _others(each)
        case Not(inner):
            yield from _others(inner)
        case _:
            return
