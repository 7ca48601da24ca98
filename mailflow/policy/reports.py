"""What a report shows, as rhythm.yaml defines it: of which records, which of them, columns, order."""

from collections.abc import Mapping

from mailflow.core.directory import Directory
from mailflow.core.rhythm.series import Report
from mailflow.core.showing.cells import RECORD_COLUMNS, TASK_COLUMNS
from mailflow.core.workflow import Field, Workflow
from mailflow.policy.conditions import condition
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block
from mailflow.policy.scope import Scope

ALL = "all"
_TASKS = ".tasks"


def contents(
    name: str,
    block: Block,
    kinds: Mapping[str, Workflow],
    directory: Directory,
    calendars: frozenset[str],
    periods: frozenset[str],
) -> Report:
    """A report without its times and readers."""
    of, tasks = _of(block, kinds)
    chosen = [kinds[of]] if of else list(kinds.values())
    scope = Scope(
        block.reader,
        of,
        directory,
        calendars,
        periods,
        states=tuple(dict.fromkeys(state for each in chosen for state in each.states)),
        fields=_fields(chosen),
        agreements=tuple(dict.fromkeys(name for each in chosen for name in each.agreements)),
        task=tasks,
        alone=True,
    )
    known = _known(chosen, tasks)
    return Report(
        name=name,
        title=block.labels("title"),
        of=of,
        tasks=tasks,
        when=condition(block.get("when"), scope),
        columns=_names(block, "columns", known),
        sort=_names(block, "sort", known, turned=True),
        source=block.text("source"),
        place=block.place,
    )


def _of(block: Block, kinds: Mapping[str, Workflow]) -> tuple[str, bool]:
    """A kind, `all`, or the tasks of either."""
    word = block.text("of", ALL)
    kind = word.removesuffix(_TASKS)
    if kind != ALL and kind not in kinds:
        known = (ALL, *kinds, *(f"{each}{_TASKS}" for each in (ALL, *kinds)))
        block.reader.error(block.place_of("of"), f"there is no kind '{kind}' to report of", suggestion(word, known))
        return "", word.endswith(_TASKS)
    return "" if kind == ALL else kind, word.endswith(_TASKS)


def _fields(chosen: list[Workflow]) -> dict[str, Field]:
    """By name; of kinds that share one the first says what it is."""
    found: dict[str, Field] = {}
    for workflow in chosen:
        for field in workflow.fields:
            found.setdefault(field.name, field)
    return found


def _known(chosen: list[Workflow], tasks: bool) -> tuple[str, ...]:
    """Everything that can be a column."""
    own = (name for each in chosen for name in (*(field.name for field in each.fields), *each.roles))
    return tuple(dict.fromkeys((*RECORD_COLUMNS, *(TASK_COLUMNS if tasks else ()), *own)))


def _names(block: Block, key: str, known: tuple[str, ...], turned: bool = False) -> tuple[str, ...]:
    found = []
    for node in block.items(key):
        word = block.reader.text(node, f"'{key}'")
        name = word.removeprefix("-") if turned else word
        if word and name not in known:
            hint = suggestion(name, known) or ("write of: KIND.tasks" if name in TASK_COLUMNS else "")
            block.reader.error(node.place, f"there is no column '{name}'", hint)
        elif word:
            found.append(word)
    return tuple(dict.fromkeys(found))
