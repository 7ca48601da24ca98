"""What a report shows, as rhythm.yaml defines it: of which records, which of them, columns, order."""

from collections.abc import Iterable, Mapping

from mailflow.core.directory import Directory
from mailflow.core.series import Report
from mailflow.core.showing.cells import RECORD_COLUMNS, TASK_COLUMNS
from mailflow.core.workflow import Field, Tasks, Workflow
from mailflow.policy.conditions import condition
from mailflow.policy.nodes import Listing, Node, Table
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block, Reader
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
    of_tasks = [each.tasks for each in chosen if each.tasks is not None] if tasks else []
    scope = Scope(
        block.reader,
        of,
        directory,
        calendars,
        periods,
        states=tuple(dict.fromkeys(state for each in chosen for state in each.states)),
        fields=_first_of(field for each in chosen for field in each.fields),
        task_fields=_first_of(field for each in of_tasks for field in each.fields),
        task_states=_task_states(of_tasks),
        agreements=tuple(dict.fromkeys(name for each in chosen for name in each.agreements)),
        task=tasks,
        alone=True,
    )
    when = block.get("when")
    if when is not None and not tasks:
        _check_of_records(when, block.reader, of or ALL)
    known = _known(chosen, of_tasks)
    return Report(
        name=name,
        title=block.labels("title"),
        of=of,
        tasks=tasks,
        when=condition(when, scope),
        columns=_names(block, "columns", known, of or ALL),
        sort=_names(block, "sort", known, of or ALL, turned=True),
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
    if word.endswith(_TASKS) and kind != ALL and kinds[kind].tasks is None:
        message = f"the kind '{kind}' has no tasks"
        block.reader.error(block.place_of("of"), message, f"write of: {kind}, or tasks: in {kinds[kind].place.file}")
    return "" if kind == ALL else kind, word.endswith(_TASKS)


def _first_of(fields: Iterable[Field]) -> dict[str, Field]:
    """By name; of kinds that share one the first says what it is."""
    found: dict[str, Field] = {}
    for field in fields:
        found.setdefault(field.name, field)
    return found


def _task_states(of_tasks: list[Tasks]) -> tuple[str, ...]:
    """Those that the kinds name; none, which is any word, where a kind names none."""
    if not all(each.states for each in of_tasks):
        return ()
    return tuple(dict.fromkeys(state for each in of_tasks for state in (*each.states, *each.done)))


def _check_of_records(node: Node, reader: Reader, of: str) -> None:
    """That a report whose rows are records asks nothing of a task."""
    match node:
        case Table():
            for name, value in node.entries.items():
                if name.startswith("task."):
                    reader.error(node.keys[name], f"'{name}' is a task's, and a row here is a record", _turn(of))
                _check_of_records(value, reader, of)
        case Listing():
            for each in node.items:
                _check_of_records(each, reader, of)


def _turn(of: str) -> str:
    return f"write of: {of}{_TASKS}"


def _known(chosen: list[Workflow], of_tasks: list[Tasks]) -> tuple[str, ...]:
    """Everything that can be a column."""
    own = (name for each in chosen for name in (*(field.name for field in each.fields), *each.roles))
    given = (f"task.{field.name}" for each in of_tasks for field in each.fields)
    return tuple(dict.fromkeys((*RECORD_COLUMNS, *(TASK_COLUMNS if of_tasks else ()), *given, *own)))


def _names(block: Block, key: str, known: tuple[str, ...], of: str, turned: bool = False) -> tuple[str, ...]:
    found = []
    for node in block.items(key):
        word = block.reader.text(node, f"'{key}'")
        name = word.removeprefix("-") if turned else word
        if word and name not in known:
            of_records = name.startswith("task.") and TASK_COLUMNS.keys().isdisjoint(known)
            block.reader.error(
                node.place, f"there is no column '{name}'", _turn(of) if of_records else suggestion(name, known)
            )
        elif word:
            found.append(word)
    return tuple(dict.fromkeys(found))
