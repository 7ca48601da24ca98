"""Conditions as rule files write them: `{priority: high}`, `{due: {late-by: 3 days}}`, `any`, `not` …"""

import re
from collections.abc import Mapping
from datetime import date

from mailflow.core.comparing import OPERATORS
from mailflow.core.conditions import SUBJECTS
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import AgreedBy, All, Any, Compare, Condition, Not, Others, Said
from mailflow.core.workflow import DATED, Field, FieldType
from mailflow.policy.nodes import Listing, Node, Scalar, Table, kind_of
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import NO, YES, Block
from mailflow.policy.schema import OTHERS
from mailflow.policy.scope import Scope

_FLAGS = frozenset({"open", "urgent", "confidential"})
_NUMBERS = frozenset({"visits", "missing", "tasks.open", "tasks.count", "task.percent"})
_COMPARABLE = {
    "over": (FieldType.MONEY, FieldType.NUMBER),
    "under": (FieldType.MONEY, FieldType.NUMBER),
    "before": DATED,
    "after": DATED,
}
GROUPS = ("any", "all", "not", "agreed", "said", "others")


def condition(node: Node | None, scope: Scope) -> Condition | None:
    """The condition of a node: several keys must all hold. None where there is none, or none readable."""
    if node is None:
        return None
    if isinstance(node, Listing):
        scope.reader.error(node.place, "a condition must be a mapping, not a list", "write any: […] or all: […]")
        return None
    parts = [_one(key, value, scope) for key, value in scope.reader.entries(node, "a condition")]
    found = tuple(each for each in parts if each is not None)
    if isinstance(node, Table) and not node.entries:
        scope.reader.error(node.place, "an empty condition says nothing", "delete it, or write {field: value}")
    return found[0] if len(found) == 1 else All(found) if found else None


def condition_or_flag(node: Node | None, scope: Scope) -> Condition | bool | None:
    """`urgent: true`, or a condition under which it is; None where nothing is said."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return scope.reader.flag(node, "'urgent'")
    with scope.asking():
        return condition(node, scope) or False


def _one(key: Scalar, value: Node, scope: Scope) -> Condition | None:
    match key.text:
        case "any" | "all":
            read = (condition(each, scope) for each in scope.reader.items(value))
            of = tuple(each for each in read if each is not None)
            return Any(of) if key.text == "any" else All(of)
        case "not":
            inner = condition(value, scope)
            return None if inner is None else Not(inner)
        case "others":
            return _others(key, value, scope)
        case "agreed":
            return AgreedBy(scope.known(value, "agreement", scope.agreements))
        case "said":
            return _said(value, scope)
    if key.text not in scope.fields and key.text not in (*SUBJECTS, *_of_tasks(scope)):
        known = (*scope.fields, *SUBJECTS, *_of_tasks(scope), *GROUPS)
        scope.reader.error(key.place, f"there is no field '{key.text}' to ask for", suggestion(key.text, known))
        return None
    if isinstance(value, Table):
        return _operated(key.text, value, scope)
    operator = "in" if isinstance(value, Listing) else "is"
    return _compare(key.text, operator, value, scope)


def _others(key: Scalar, value: Node, scope: Scope) -> Condition | None:
    """`others: {kind: …, when: …, share: FIELD, overlap: FIELD, like: FIELD, least: N}`."""
    if scope.alone:
        message = "other records are asked for when something is done, not by what is counted or how it is paced"
        scope.reader.error(key.place, message, "write it as 'when' of an action, such as one under 'do:'")
        return None
    block = scope.reader.block(value, OTHERS)
    block.require("kind")
    node = block.get("kind")
    kind = scope.known(node, "kind", sorted(scope.kinds)) if node is not None else ""
    there = scope.kinds.get(kind)
    if there is None:
        return None
    shared = {name: scope.fields[name] for name in scope.fields if name in there.fields}
    spans = {name: field for name, field in shared.items() if field.type in (FieldType.SPAN, FieldType.MOMENT)}
    names = {"share": shared, "overlap": spans, "like": shared}
    ways = {way: _of_both(block, way, known, scope) for way, known in names.items() if way in block}
    with there.asking():
        when = condition(block.get("when"), there)
    return Others(kind, when, **ways, least=block.number("least", 1, least=1))


def _of_both(block: Block, way: str, known: Mapping[str, Field], scope: Scope) -> str:
    node = block.get(way)
    what = "field with a time" if way == "overlap" else "field"
    return "" if node is None else scope.known(node, what, known, " in both kinds")


def _said(value: Node, scope: Scope) -> Condition | None:
    """The command was given with an argument, which only a command's own lines can ask."""
    word = scope.reader.text(value, "'said'")
    scope.argument(f"${word}" if word else "", value.place)
    return Said(word) if word else None


def _of_tasks(scope: Scope) -> tuple[str, ...]:
    """The subjects that the kind gives its tasks: `task.NAME`, and `tasks.NAME` for the sum over all of them."""
    own = scope.task_fields.values()
    sums = tuple(f"tasks.{each.name}" for each in own if each.type in (FieldType.MONEY, FieldType.NUMBER))
    return (*(f"task.{each.name}" for each in own), *sums)


def _field_of(subject: str, scope: Scope) -> Field | None:
    """The field that a subject asks for: of the record, or of its tasks."""
    return scope.task_fields.get(subject.removeprefix("task.")) if "." in subject else scope.fields.get(subject)


def _operated(subject: str, table: Table, scope: Scope) -> Condition | None:
    found: list[Condition] = []
    for operator, value in table.entries.items():
        if operator not in OPERATORS:
            place = table.keys[operator]
            scope.reader.error(place, f"there is no comparison '{operator}'", suggestion(operator, OPERATORS))
        elif (compared := _compare(subject, operator, value, scope)) is not None:
            found.append(compared)
    return found[0] if len(found) == 1 else All(tuple(found)) if found else None


def _compare(subject: str, operator: str, value: Node, scope: Scope) -> Condition | None:
    nodes = scope.reader.items(value)
    if not nodes or (len(nodes) > 1 and operator not in ("in", "has", "not", "within")):
        message = f"'{subject}' is compared with {kind_of(value)}"
        scope.reader.error(value.place, message, "give one value, or a list with 'in', 'has' or 'not'")
        return None
    values = tuple(_value(subject, operator, each, scope) for each in nodes)
    return Compare(subject, operator, values) if all(values) else None


def _value(subject: str, operator: str, node: Node, scope: Scope) -> str:
    """A value to compare with; "" when it cannot be one, which has been noted then."""
    word = scope.reader.text(node, f"what '{subject}' is compared with")
    if not word:
        return ""
    if word.startswith("$"):
        return _other_field(operator, word, node, scope)
    match operator:
        case "within":
            return scope.known(node, "period", sorted(scope.periods), " in calendar.yaml")
        case "over" | "under":
            if not re.fullmatch(r"-?[\d,]+(\.\d+)?%?", word, re.ASCII):
                return _wrong(node, f"'{operator}' takes a number, not '{word}'", scope)
            return word
        case "before" | "after":
            try:
                return date.fromisoformat(word).isoformat()
            except ValueError:
                return _wrong(node, f"'{operator}' takes a date, not '{word}'", scope, "write it like 2026-12-31")
        case "set":
            return "true" if scope.reader.flag(node, f"'{subject}: {{set: …}}'") else "false"
        case "late-by" | "nearer":
            length = scope.reader.duration(node, f"'{operator}'")
            return word if length is not None else ""
    return _equal(subject, word, node, scope)


def _other_field(operator: str, word: str, node: Node, scope: Scope) -> str:
    """`$NAME`: another field of the record, which the comparison can be made with."""
    name = scope.known(Scalar(word[1:], node.place), "field", scope.fields)
    field = scope.fields.get(name)
    kinds = _COMPARABLE.get(operator, ())
    if operator in ("set", "late-by", "nearer", "within"):
        return _wrong(node, f"'{operator}' compares with no field", scope)
    if field is not None and kinds and field.type not in kinds:
        return _wrong(node, f"'{operator}' cannot compare with the field '{name}'", scope, f"give it type: {kinds[0]}")
    return word


def _equal(subject: str, word: str, node: Node, scope: Scope) -> str:
    if subject in _FLAGS:
        if word.casefold() not in YES | NO:
            return _wrong(node, f"'{subject}' is true or false, not '{word}'", scope)
        return "true" if word.casefold() in YES else "false"
    if subject in _NUMBERS and not word.isdecimal():
        return _wrong(node, f"'{subject}' is a number, not '{word}'", scope)
    field = _field_of(subject, scope)
    if field is not None:
        return choice_of(field, word, node, scope) if field.type is FieldType.CHOICE else word
    if subject in ("state", "previous"):
        return scope.state(node)
    if subject == "task.state":
        return task_state(word, node, scope)
    if subject == "department":
        ids = scope.directory.named(word)
        if len(ids) != 1:
            known = tuple(scope.directory.departments)
            return _wrong(node, f"there is no department '{word}'", scope, suggestion(word, known))
        return ids[0]
    return word


def task_state(word: str, node: Node, scope: Scope) -> str:
    """A state of a task: any word, unless `tasks:` says which there are."""
    if scope.task_states and word not in scope.task_states:
        return _wrong(node, f"tasks have no state '{word}'", scope, suggestion(word, scope.task_states))
    return word


def choice_of(field: Field, word: str, node: Node, scope: Scope) -> str:
    """The key of a choice, by the key or one of its words; "" (and a problem) when there is none."""
    wanted = folded(word)
    for key, words in field.choices.items():
        if wanted in {folded(key), *(folded(each) for each in words)}:
            return key
    return _wrong(node, f"'{field.name}' has no choice '{word}'", scope, suggestion(word, tuple(field.choices)))


def _wrong(node: Node, message: str, scope: Scope, hint: str = "") -> str:
    scope.reader.error(node.place, message, hint)
    return ""
