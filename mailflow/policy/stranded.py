"""Open records that an edit would strand: their kind or state is gone without a word where to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailflow.core.policy import Policy
from mailflow.core.rule import Place
from mailflow.policy.problem import Problem

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an open record stands."""

    id: str
    kind: str
    state: str


def stranded(records: Iterable[Standing], policy: Policy) -> tuple[Problem, ...]:
    """A problem for each kind or state that open records stand in and that the new policy no longer has."""
    lost: dict[tuple[str, str], list[str]] = {}
    for record in records:
        workflow = policy.kinds.get(record.kind)
        if workflow is None:
            lost.setdefault((record.kind, ""), []).append(record.id)
        elif record.state not in workflow.states and record.state not in workflow.renamed:
            lost.setdefault((record.kind, record.state), []).append(record.id)
    return tuple(_problem(kind, state, ids, policy) for (kind, state), ids in sorted(lost.items()))


def _problem(kind: str, state: str, ids: list[str], policy: Policy) -> Problem:
    places: Mapping[str, Place] = {name: workflow.place for name, workflow in policy.kinds.items()}
    place = places.get(kind, Place(f"rules/{kind}.yaml", 1, 1))
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    named = ", ".join(sorted(ids)[:_SHOWN]) + more
    if not state:
        message, hint = (
            f"the kind '{kind}' is gone, but records of it are open: {named}",
            "keep its file until they end",
        )
    else:
        message = f"the state '{state}' is gone, but records are in it: {named}"
        hint = f"write 'retired: {state} -> STATE' or 'renamed: {{{state}: STATE}}'"
    return Problem(place.file, place.line, place.column, message, hint)
