"""`machines:` of a rule file (P4.9): how the mail of registered monitors is read."""

from mailflow.core.workflow import Machines
from mailflow.policy.conditions import choice_of
from mailflow.policy.reader import Block
from mailflow.policy.schema import MACHINES
from mailflow.policy.scope import Scope


def machines(block: Block, scope: Scope) -> Machines | None:
    if not block.said("machines"):
        return None
    said = block.block("machines", MACHINES)
    said.require("over")
    on_over = said.get("on_over")
    opens = {}
    for key, node in said.entries("opens"):
        name = scope.known(key, "field", scope.fields)
        word = scope.reader.text(node, f"'{name}'")
        field = scope.fields.get(name)
        opens[name] = choice_of(field, word, node, scope) if field is not None and field.choices and word else word
    return Machines(
        over=said.texts("over"),
        begins=said.texts("begins"),
        key=said.texts("key"),
        same=said.choice("same", ("subject", "thread"), "subject") or "subject",
        opens=opens,
        on_over="" if on_over is None else scope.state(on_over),
        again=said.duration("again"),
        place=said.place,
    )
