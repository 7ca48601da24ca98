"""`machines:` of a rule file (P4.9): how the mail of registered monitors is read."""

from mailflow.core.workflow import FieldType, Machines
from mailflow.policy.actions import actions
from mailflow.policy.conditions import choice_of
from mailflow.policy.nodes import Node, Scalar
from mailflow.policy.reader import Block
from mailflow.policy.schema import MACHINES
from mailflow.policy.scope import Scope


def machines(block: Block, scope: Scope) -> Machines | None:
    if not block.said("machines"):
        return None
    said = block.block("machines", MACHINES)
    said.require("over")
    on_over = said.get("on_over")
    return Machines(
        over=said.texts("over"),
        begins=said.texts("begins"),
        key=said.texts("key"),
        same=said.choice("same", ("subject", "thread"), "subject") or "subject",
        opens=_values(said, "opens", scope),
        severity=_severity(said, scope),
        means=_means(said, scope),
        graver=actions(said.items("graver"), scope, "machine-graver", automatic=True),
        reopened=actions(said.items("reopened"), scope, "machine-reopened", automatic=True),
        on_over="" if on_over is None else scope.state(on_over),
        again=said.duration("again"),
        place=said.place,
    )


def _severity(said: Block, scope: Scope) -> str:
    """The field that says how grave it is: a choice, of which the first one is the gravest."""
    node = said.get("severity")
    if node is None:
        if "means" in said or "graver" in said:
            said.require("severity")
        return ""
    name = scope.known(node, "field", scope.fields)
    if name in scope.fields and scope.fields[name].type is not FieldType.CHOICE:
        scope.reader.error(node.place, f"the field '{name}' has no choices", "give it choices, the gravest first")
    return name


def _means(said: Block, scope: Scope) -> dict[str, dict[str, str]]:
    node = said.get("severity")
    field = scope.fields.get(scope.reader.text(node, "'severity'")) if node is not None else None
    found = {}
    for key, values in said.entries("means"):
        choice = choice_of(field, key.text, key, scope) if field is not None and field.choices else key.text
        inner = scope.reader.entries(values, f"'{key.text}'")
        found[choice] = dict(_value(each, value, scope) for each, value in inner)
    return found


def _values(said: Block, key: str, scope: Scope) -> dict[str, str]:
    """Fields of the kind and what they are set to."""
    return dict(_value(each, node, scope) for each, node in said.entries(key))


def _value(key: Scalar, node: Node, scope: Scope) -> tuple[str, str]:
    name = scope.known(key, "field", scope.fields)
    word = scope.reader.text(node, f"'{name}'")
    field = scope.fields.get(name)
    return name, choice_of(field, word, node, scope) if field is not None and field.choices and word else word
