"""The fields of a kind, and those that a matrix derives from two others."""

from collections.abc import Mapping

from mailflow.core.model import TASK_VALUES
from mailflow.core.reading.item_words import PARTS
from mailflow.core.reading.lines import label_key
from mailflow.core.reading.text import key as folded
from mailflow.core.tasks import OWNERS
from mailflow.core.workflow import Field, FieldType, Matrix
from mailflow.policy.nodes import Scalar, Table
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block
from mailflow.policy.schema import FIELD, MATRIX, TASK_FIELD
from mailflow.policy.scope import Scope

_TYPES = tuple(each.value for each in FieldType)
_TASK_TYPES = tuple(each for each in _TYPES if each != FieldType.TASKS)
# What every task has besides what a rule may change.
_TASK_OWN = frozenset({*TASK_VALUES, "number", "added", "count", "open"})


def fields(block: Block, scope: Scope) -> dict[str, Field]:
    found: dict[str, Field] = {}
    taken: dict[str, str] = {}
    for key, node in block.entries("fields"):
        each = _field(key, scope.reader.block(node, FIELD), scope)
        found[each.name] = each
        _claim(key, each, taken, scope)
    bodies = [each.name for each in found.values() if each.body]
    if len(bodies) > 1:
        message = f"only one field can be the body of the mail, not {' and '.join(bodies)}"
        scope.reader.error(block.place_of("fields"), message)
    return found


def task_fields(block: Block, scope: Scope) -> dict[str, Field]:
    """The fields of `tasks:`, whose names and labels are none of what every task has."""
    found: dict[str, Field] = {}
    taken: dict[str, str] = {}
    for key, node in block.entries("fields"):
        each = _task_field(key, scope.reader.block(node, TASK_FIELD), scope)
        found[each.name] = each
        _claim(key, each, taken, scope)
        if each.name in _TASK_OWN:
            scope.reader.error(key.place, f"every task has a '{each.name}' of its own", "choose another name")
        for word in (*each.label.values(), *each.aliases):
            if part := PARTS.get(label_key(word)):
                message = f"'{word}' is how people write the {part} of a task"
                scope.reader.error(key.place, message, "give the field another label or alias")
    return found


def _claim(key: Scalar, each: Field, taken: dict[str, str], scope: Scope) -> None:
    """No two fields share a word that means them."""
    for word in dict.fromkeys(folded(w) for w in (each.name, *each.label.values(), *each.aliases)):
        if (other := taken.setdefault(word, each.name)) != each.name:
            message = f"'{word}' may mean the field '{other}' or '{each.name}'"
            scope.reader.error(key.place, message, "give one of them another label or alias")


def _task_field(key: Scalar, block: Block, scope: Scope) -> Field:
    kind, choices = _type(key, block, _TASK_TYPES)
    default = _default(block, choices)
    if kind is FieldType.DEPARTMENTS and default and default != OWNERS:
        names = tuple(scope.directory.departments)
        if default not in names:
            hint = suggestion(default, (OWNERS, *names))
            block.reader.error(block.place_of("default"), f"there is no department '{default}'", hint)
    return Field(key.text, block.labels("label"), block.texts("aliases"), kind, choices=choices, default=default)


def _type(key: Scalar, block: Block, types: tuple[str, ...]) -> tuple[FieldType, dict[str, tuple[str, ...]]]:
    """The type of a field, and its choices, which must go together."""
    choices = _choices(block)
    kind = block.choice("type", types) or ("choice" if choices else "text")
    if kind == FieldType.CHOICE and not choices:
        block.reader.error(block.place, f"the field '{key.text}' is a choice of nothing", "write choices: {…}")
    if choices and kind != FieldType.CHOICE:
        block.reader.error(block.place_of("type"), f"a field with choices is of type choice, not {kind}")
    return FieldType(kind), choices


def _default(block: Block, choices: Mapping[str, tuple[str, ...]]) -> str:
    default = block.text("default")
    if choices and default and default not in choices:
        block.reader.error(
            block.place_of("default"), f"the default '{default}' is no choice", suggestion(default, choices)
        )
    return default


def _field(key: Scalar, block: Block, scope: Scope) -> Field:
    kind, choices = _type(key, block, _TYPES)
    listed = kind is FieldType.TASKS
    if listed and not scope.tasks:
        block.reader.error(block.place_of("type"), "records of this kind have no tasks", "write tasks: in this file")
    for only in ("as", "owner"):
        if only in block and not listed:
            block.reader.error(block.place_of(only), f"'{only}' belongs to a field whose lines are tasks")
    return Field(
        name=key.text,
        label=block.labels("label"),
        aliases=block.texts("aliases"),
        type=kind,
        required=block.flag("required"),
        choices=choices,
        default=_default(block, choices),
        body=block.flag("body"),
        by=scope.role_texts(block.get("by"), "'by'") or ("requester",),
        hint=block.labels("hint"),
        form=block.flag("form", default=True),
        task=_as(block, scope) if listed else {},
        owner=next(iter(scope.role_texts(block.get("owner"), "'owner'")), ""),
        hidden=block.flag("hidden"),
    )


def _as(block: Block, scope: Scope) -> dict[str, str]:
    """`as: milestone`: the choice that the tasks have in the field of theirs that knows it."""
    word = block.text("as")
    if not word:
        return {}
    for each in scope.task_fields.values():
        if word in each.choices:
            return {each.name: word}
    known = tuple(choice for each in scope.task_fields.values() for choice in each.choices)
    hint = suggestion(word, known) if known else "give tasks: a field with choices, such as type"
    block.reader.error(block.place_of("as"), f"no field of the tasks has a choice '{word}'", hint)
    return {}


def _choices(block: Block) -> dict[str, tuple[str, ...]]:
    """`{high: [高, P1], low: 低}`, or the words alone: `[high, low]`."""
    node = block.get("choices")
    if node is not None and not isinstance(node, Table):
        return {word: (word,) for word in block.texts("choices")}
    found: dict[str, tuple[str, ...]] = {}
    taken: dict[str, str] = {}
    for key, value in block.entries("choices"):
        found[key.text] = words = block.reader.texts(value, "a word for a choice")
        for word in (folded(each) for each in (key.text, *words)):
            if (other := taken.setdefault(word, key.text)) != key.text:
                block.reader.error(value.place, f"'{word}' may mean the choice '{other}' or '{key.text}'")
    return found


def matrices(block: Block, scope: Scope) -> tuple[Matrix, ...]:
    found: list[Matrix] = []
    for key, node in block.entries("matrices"):
        matrix = _matrix(key, scope.reader.block(node, MATRIX), scope)
        if matrix.target in _sources(matrix, found):
            message = f"'{matrix.target}' would be derived from itself"
            scope.reader.error(key.place, message, "derive it from fields that a person sets")
        found.append(matrix)
    return tuple(found)


def _sources(matrix: Matrix, others: list[Matrix]) -> set[str]:
    """The fields a matrix rests on, through other matrices too."""
    seen, waiting = set[str](), [matrix]
    while waiting:
        each = waiting.pop()
        new = {each.row, each.column} - seen
        seen |= new
        waiting += [other for other in others if other.target in new]
    return seen


def _matrix(key: Scalar, block: Block, scope: Scope) -> Matrix:
    block.require("rows", "columns", "values")
    target = scope.known(key, "field", scope.fields)
    row, column = (
        scope.known(node, "field", scope.fields) if (node := block.get(name)) is not None else ""
        for name in ("rows", "columns")
    )
    values: dict[str, Mapping[str, str]] = {}
    for name, cells in block.entries("values"):
        _expect(name, row, scope)
        values[name.text] = inner = {}
        for cell, node in scope.reader.entries(cells, f"the row '{name.text}'"):
            _expect(cell, column, scope)
            inner[cell.text] = scope.reader.text(node, "a value")
            _expect(Scalar(inner[cell.text], node.place), target, scope)
    for first in _keys(row, scope):
        for second in _keys(column, scope):
            if second not in values.get(first, {}):
                block.reader.error(
                    block.place_of("values"),
                    f"the matrix has no value for {row} {first} and {column} {second}",
                )
    return Matrix(target, row, column, values)


def _keys(field: str, scope: Scope) -> tuple[str, ...]:
    return tuple(scope.fields[field].choices) if field in scope.fields else ()


def _expect(node: Scalar, field: str, scope: Scope) -> None:
    """The word must be a choice of the field."""
    known = _keys(field, scope)
    if known and node.text and node.text not in known:
        scope.reader.error(node.place, f"'{field}' has no choice '{node.text}'", suggestion(node.text, known))
