"""Timers against each other and against clocks: rungs in order, none on a clock that stands."""

from collections.abc import Iterator, Mapping

from mailflow.core.duration import Unit
from mailflow.core.rule import Compare, Condition, Send, Style, Timer
from mailflow.core.workflow import Clock, State, Workflow
from mailflow.policy.reader import Reader

_ELAPSED = {Unit.MINUTES: 1, Unit.DAYS: 1440}


def check_ladders(workflow: Workflow, reader: Reader) -> None:
    """No later rung of a ladder falls with or before an earlier one, where their units can be compared."""
    for timers in _scopes(workflow):
        rungs = [timer for timer in timers if _escalates(timer)]
        for position, later in enumerate(rungs):
            for earlier in rungs[:position]:
                if earlier.of == later.of and _compatible(earlier.when, later.when) and _not_later(later, earlier):
                    message = f"this rung falls with or before the one in line {earlier.place.line}"
                    hint = f"let it come later than {_said(earlier)}"
                    reader.error(later.place, message, hint)


def _scopes(workflow: Workflow) -> Iterator[tuple[Timer, ...]]:
    yield workflow.timers
    yield workflow.tasks.timers if workflow.tasks else ()
    for state in workflow.states.values():
        yield state.timers


def _escalates(timer: Timer) -> bool:
    return any(isinstance(each, Send) and each.style is Style.ESCALATE for each in timer.actions)


def _said(timer: Timer) -> str:
    if timer.before is not None:
        return f"{timer.before} before"
    return str(timer.after) if timer.after is not None else "the beginning"


def _position(timer: Timer) -> tuple[str, int] | None:
    """What its moment is counted in and how far along it lies; None where `every` or `at` alone say it."""
    duration = timer.after or timer.before or timer.every
    if duration is None:
        return None
    sign = -1 if timer.after is None and timer.before is not None else 1
    if duration.unit in _ELAPSED:
        return "elapsed", sign * duration.amount * _ELAPSED[duration.unit]
    return duration.unit.value, sign * duration.amount


def _not_later(later: Timer, earlier: Timer) -> bool:
    first, second = _position(earlier), _position(later)
    return first is not None and second is not None and first[0] == second[0] and second[1] <= first[1]


def _compatible(one: Condition | None, other: Condition | None) -> bool:
    """Whether both may hold at once; only equalities on one subject are known to shut each other out."""
    match one, other:
        case Compare(subject, "is" | "in", values), Compare(same, "is" | "in", others) if subject == same:
            return bool(set(values) & set(others))
        case _:
            return True


def check_clocks(workflow: Workflow, graph: Mapping[str, frozenset[str]], reader: Reader) -> None:
    """A timer of a clock stands where that clock runs."""
    running = {name: _running(clock, workflow, graph) for name, clock in workflow.clocks.items()}
    for state in workflow.states.values():
        for timer in state.timers:
            clock = _clock_of(timer, workflow)
            if clock is not None and not state.final and state.name not in running[clock.name]:
                reader.error(timer.place, f"this timer never fires: {_why(state, clock)}", _span(clock))
    for timer in workflow.timers:
        clock = _clock_of(timer, workflow)
        if clock is not None and not running[clock.name]:
            reader.error(timer.place, f"this timer never fires: the clock '{clock.name}' never runs", _span(clock))


def _clock_of(timer: Timer, workflow: Workflow) -> Clock | None:
    return workflow.clocks.get(timer.of.removeprefix("clock.")) if timer.of.startswith("clock.") else None


def _running(clock: Clock, workflow: Workflow, graph: Mapping[str, frozenset[str]]) -> set[str]:
    """The states in which the clock can run: from its start on, until one that ends it."""
    seen = {clock.start} & graph.keys() - set(clock.until)
    waiting = list(seen)
    while waiting:
        for target in graph[waiting.pop()]:
            if target in graph and target not in seen and target not in clock.until:
                seen.add(target)
                waiting.append(target)
    return {name for name in seen if not workflow.states[name].stopped and not workflow.states[name].final}


def _why(state: State, clock: Clock) -> str:
    if state.stopped:
        return f"the clock '{clock.name}' stands still in the state '{state.name}'"
    return f"the clock '{clock.name}' does not run in the state '{state.name}'"


def _span(clock: Clock) -> str:
    return f"it runs from {clock.start} until {', '.join(clock.until)}"
