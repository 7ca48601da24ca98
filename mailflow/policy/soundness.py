"""Whether a workflow is sound: every state reached and left, no word with two meanings, no timer in vain."""

from collections.abc import Iterable, Iterator, Mapping

from mailflow.core.policy import APART
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Action, Compare, Condition, Goto, Place, Sign
from mailflow.core.workflow import Command, State, Workflow
from mailflow.policy.ladders import check_clocks, check_ladders
from mailflow.policy.reader import Reader
from mailflow.policy.scope import PREVIOUS

Graph = Mapping[str, frozenset[str]]


def check_workflow(workflow: Workflow, questions: Mapping[str, tuple[str, ...]], reader: Reader) -> None:
    """`questions` are the words that anyone may say anywhere (P9), by what they ask for."""
    if not workflow.states:
        return
    graph = transitions(workflow)
    _check_marks(workflow, reader)
    if not _dangling(workflow):
        _check_ends(workflow, graph, reader)
        _check_agreements(workflow, reader)
    _check_words(workflow, questions, reader)
    _check_final(workflow, reader)
    _check_circles(workflow, reader)
    check_ladders(workflow, reader)
    check_clocks(workflow, graph, reader)


def transitions(workflow: Workflow) -> Graph:
    """Where each state can lead. `previous` leads back to every state from which this one is entered."""
    forward = {name: frozenset(_targets(workflow, state)) for name, state in workflow.states.items()}
    back: dict[str, set[str]] = {name: set() for name in workflow.states}
    for name, targets in forward.items():
        for target in targets & back.keys():
            back[target].add(name)
    return {
        name: (targets - {PREVIOUS}) | (back[name] if PREVIOUS in targets else frozenset())
        for name, targets in forward.items()
    }


def _targets(workflow: Workflow, state: State) -> Iterator[str]:
    yield from _gotos(state.enter, state.name)
    if state.final:
        yield from _gotos((action for command in state.commands for action in command.actions), state.name)
        yield from _gotos((action for signal in state.signals for action in signal.actions), state.name)
        return
    doings = list(_doings(workflow, state))
    yield from _gotos(doings, state.name)
    for action in doings:
        if isinstance(action, Sign) and action.agreement in workflow.agreements:
            yield from _gotos(workflow.agreements[action.agreement].agreed, state.name)
    if workflow.tasks is not None:
        yield from _gotos((*workflow.tasks.complete, *workflow.tasks.incomplete, *workflow.tasks.added), state.name)


def _doings(workflow: Workflow, state: State) -> Iterator[Action]:
    """What may happen while the record is in a state, besides entering it."""
    for timer in (*state.timers, *workflow.timers, *(workflow.tasks.timers if workflow.tasks else ())):
        yield from timer.actions
    for command in available(workflow, state):
        yield from command.actions
    for reply in (*state.replies, *workflow.replies):
        yield from reply.actions
    for signal in (*state.signals, *workflow.signals):
        yield from signal.actions
    if workflow.machines:
        yield from workflow.machines.actions


def available(workflow: Workflow, state: State) -> tuple[Command, ...]:
    """The commands that may be said in a state."""
    if state.final:
        return state.commands
    return (*state.commands, *workflow.commands, *(workflow.tasks.commands if workflow.tasks else ()))


def _gotos(actions: Iterable[Action], state: str) -> Iterator[str]:
    for action in actions:
        if isinstance(action, Goto) and _possible_in(action.when, state):
            yield action.state


def _possible_in(condition: Condition | None, state: str) -> bool:
    """Whether a condition on the state leaves this one in."""
    if isinstance(condition, Compare) and condition.subject == "state" and condition.operator in ("is", "in"):
        return state in condition.value
    return True


def _dangling(workflow: Workflow) -> bool:
    """Whether some line leads to a state or an agreement that is not there, which has been noted then."""
    states = {*workflow.states, PREVIOUS}
    doings = [action for state in workflow.states.values() for action in (*state.enter, *_doings(workflow, state))]
    agreed = [action for each in workflow.agreements.values() for action in each.agreed]
    return any(
        (isinstance(action, Goto) and action.state not in states)
        or (isinstance(action, Sign) and action.agreement not in workflow.agreements)
        for action in (*doings, *agreed)
    )


def _check_marks(workflow: Workflow, reader: Reader) -> None:
    """One state is the initial one, and some are final."""
    initial = [state for state in workflow.states.values() if state.initial]
    where = next(iter(workflow.states.values())).place
    if not initial:
        reader.error(where, "no state is the initial one", "write initial: true in the first one")
    for extra in initial[1:]:
        message = f"'{extra.name}' is a second initial state"
        reader.error(extra.place, message, f"the first is '{initial[0].name}'")
    if not any(state.final for state in workflow.states.values()):
        reader.error(where, "no state is final, so no record ever ends", "write final: true in a state")


def _check_agreements(workflow: Workflow, reader: Reader) -> None:
    """Somebody can say yes to each agreement."""
    doings = [each for state in workflow.states.values() for each in _doings(workflow, state)]
    signed = {each.agreement for each in doings if isinstance(each, Sign) and each.agrees}
    for name, agreement in workflow.agreements.items():
        if name not in signed:
            message = f"nobody can agree to '{name}'"
            reader.error(agreement.place, message, f"write agree: {name} in a command")


def _check_ends(workflow: Workflow, graph: Graph, reader: Reader) -> None:
    """Every state can be reached, and an end from each."""
    initial = [name for name, state in workflow.states.items() if state.initial]
    final = [name for name, state in workflow.states.items() if state.final]
    reached = reach(graph, initial) if initial else graph.keys()
    backward = {name: frozenset(n for n, targets in graph.items() if name in targets) for name in graph}
    ending = reach(backward, final) if final else graph.keys()
    for name, state in workflow.states.items():
        if name not in reached:
            reader.error(state.place, f"no record can ever be in the state '{name}'", "let some line goto it")
        if name not in ending:
            message = f"from the state '{name}' no end can be reached"
            reader.error(state.place, message, "let some line goto a final state")


def reach(graph: Graph, start: Iterable[str], barred: Iterable[str] = ()) -> set[str]:
    """The states reached from `start`, those included, without passing through `barred` ones."""
    seen, stop = set(start), set(barred)
    waiting = list(seen)
    while waiting:
        for target in graph.get(waiting.pop(), frozenset()):
            if target not in seen and target not in stop and target in graph:
                seen.add(target)
                waiting.append(target)
    return seen


def _check_words(workflow: Workflow, questions: Mapping[str, tuple[str, ...]], reader: Reader) -> None:
    """No two commands that may be said in one state share a word, and none has that of a question."""
    asked = {folded(word): name for name, words in questions.items() if name not in APART for word in words}
    for command in _all_commands(workflow):
        for word in command.words:
            if folded(word) in asked:
                message = f"the word '{word}' already asks for '{asked[folded(word)]}' in every state"
                reader.error(command.place, message, "choose another, or change 'questions' in site.yaml")
    for state in workflow.states.values():
        taken: dict[str, Command] = {}
        for command in sorted(available(workflow, state), key=lambda each: _order(each.place)):
            for word in command.words:
                other = taken.setdefault(folded(word), command)
                if other is not command:
                    both = f"'{other.name}' and '{command.name}'"
                    message = f"in the state '{state.name}' the word '{word}' means {both}"
                    hint = f"change it here or in line {other.place.line}"
                    reader.error(command.place, message, hint)


def _all_commands(workflow: Workflow) -> Iterator[Command]:
    for state in workflow.states.values():
        yield from state.commands
    yield from workflow.commands
    yield from workflow.tasks.commands if workflow.tasks else ()


def _order(place: Place) -> tuple[int, int]:
    return place.line, place.column


def _check_circles(workflow: Workflow, reader: Reader) -> None:
    """No state that is left on entering it leads back to itself that way."""
    through = {
        name: [action for action in state.enter if isinstance(action, Goto) and action.when is None]
        for name, state in workflow.states.items()
    }
    graph = {name: frozenset(each.state for each in gotos) for name, gotos in through.items()}
    for name, gotos in through.items():
        for action in gotos:
            if name in reach(graph, [action.state]):
                message = f"entering '{name}' leads back to it without end"
                reader.error(action.place, message, "give the goto a 'when:'")


def _check_final(workflow: Workflow, reader: Reader) -> None:
    for state in workflow.states.values():
        if not state.final:
            continue
        for timer in state.timers:
            message = f"this timer never fires: the state '{state.name}' is final"
            reader.error(timer.place, message, "put it into a state that waits")
        for action in state.enter:
            if isinstance(action, Goto):
                message = f"the state '{state.name}' is final and cannot lead to another"
                reader.error(action.place, message, "delete one of them")
