"""What rule files say of other records: signals, records to be opened, and what the kinds know of each other."""

from collections.abc import Iterable, Iterator

from mailflow.core.rule import Condition, Join, Open, Place, Signal
from mailflow.core.series import RESCHEDULED
from mailflow.core.timers.acks import every_action
from mailflow.core.workflow import ArgumentType, FieldType, OnSignal, Workflow
from mailflow.policy.conditions import condition
from mailflow.policy.draft import Draft
from mailflow.policy.nodes import Node, Scalar
from mailflow.policy.problem import one_of, suggestion
from mailflow.policy.reader import Block, Reader
from mailflow.policy.schema import OPEN
from mailflow.policy.scope import Heard, Scope

ALL = "all"
PARTICIPANTS = "participants"
# What every signal says besides what stands under `with`.
IMPLIED = ("record", "title", "requester", "tasks", "complete")
_TARGETS = ("links", "links.RELATION", "fields.NAME", "task.origin", "$NAME")


def signal(node: Node, block: Block, scope: Scope, when: Condition | None) -> Draft:
    """`signal: NAME` with `to`, `with` and `each`."""
    name = scope.reader.text(node, "a signal")
    if "to" not in block:
        block.reader.error(node.place, "a signal needs 'to'", f"write to: {one_of(_TARGETS)}")
    to = tuple(_target(each, scope) for each in block.items("to"))
    values = {key.text: _said(value, scope) for key, value in block.entries("with")}
    each = condition(block.get("each"), scope)
    made = tuple(target for target in to if target)
    return Draft(f"signal-{name}", node.place, lambda rule: Signal(name, made, values, each, when, rule, node.place))


def _target(node: Node, scope: Scope) -> str:
    """Which records are told."""
    word = scope.reader.text(node, "'to'")
    base, _, name = word.partition(".")
    if word.startswith("$"):
        _record_argument(scope.argument(word, node.place), node, scope)
    elif base == "fields":
        found = scope.fields.get(name)
        if found is None:
            scope.reader.error(node.place, f"there is no field '{name}'", suggestion(name, scope.fields))
        elif found.type is not FieldType.RECORD:
            scope.reader.error(node.place, f"the field '{name}' holds no numbers of records", "give it type: record")
    elif word and base != "links" and word != "task.origin":
        near = suggestion(word, ("links", "fields", "task.origin"))
        scope.reader.error(node.place, f"'{word}' is no record that could be told", near or one_of(_TARGETS))
    return word


def _record_argument(word: str, node: Node, scope: Scope) -> None:
    said = (scope.arguments or {}).get(word[1:])
    if said is not None and said.type is not ArgumentType.RECORD:
        scope.reader.error(node.place, f"'{word}' is no record", "give the command one: needs: {record: record}")


def _said(node: Node, scope: Scope) -> str:
    """A value that goes with a signal: words, an argument, or else a field of this record."""
    word = scope.reader.text(node, "a value")
    if word.startswith("$") and word[1:] not in (*scope.fields, *(scope.arguments or ())):
        known = (*scope.fields, *(scope.arguments or ()))
        hint = suggestion(word[1:], known)
        scope.reader.error(node.place, f"'{word}' is neither a field nor an argument of the command", hint)
    return word


def join(node: Node, scope: Scope, when: Condition | None) -> Draft:
    """`join: participants`."""
    scope.reader.choice(node, "'join'", (PARTICIPANTS,))
    _only_heard(node.place, "join", scope)
    return Draft("join", node.place, lambda rule: Join(when, rule, node.place))


def _only_heard(place: Place, what: str, scope: Scope) -> None:
    if scope.heard is None:
        scope.reader.error(place, f"no other record tells anything here, so there is nobody to {what}", "see on_signal")


def open_other(node: Node, scope: Scope, when: Condition | None) -> Draft:
    """`open: {kind: …, title: …, requester: …, copy: all | [fields], link: RELATION}`."""
    block = scope.reader.block(node, OPEN)
    block.require("kind")
    kind, title = _word(block, "kind", scope), _word(block, "title", scope)
    said = (scope.arguments or {}).get(kind[1:])
    if kind.startswith("$") and said is not None and said.type is not ArgumentType.KIND:
        scope.reader.error(block.place_of("kind"), f"'{kind}' is no kind", "give the command one: needs: {kind: kind}")
    if kind and not kind.startswith("$"):
        scope.kinds_said.append((kind, block.place_of("kind")))
    requester = scope.role_texts(block.get("requester"), "'requester'")
    copy = block.get("copy")
    everything = isinstance(copy, Scalar) and copy.text == ALL
    names = () if copy is None or everything else scope.reader.items(copy)
    fields = tuple(scope.known(each, "field", scope.fields) for each in names)
    relation = block.text("link") or "opened"
    return Draft(
        "open",
        node.place,
        lambda rule: Open(
            kind, title, (*requester, "requester")[0], fields, everything, relation, when, rule, node.place
        ),
    )


def _word(block: Block, key: str, scope: Scope) -> str:
    word = block.text(key)
    return scope.argument(word, block.place_of(key)) if word else ""


# --- what the kinds know of each other ------------------------------------------------------------------


def check_signals(workflows: Iterable[Workflow], heard: Iterable[Heard], reader: Reader) -> None:
    """Each signal is given by some kind and understood by some, and says what is asked of it."""
    given = [(flow.kind, each) for flow in workflows for each in every_action(flow) if isinstance(each, Signal)]
    handled = [(flow.kind, each) for flow in workflows for each in _handlers(flow)]
    kinds = [flow.kind for flow in workflows]
    for _, sent in given:
        if sent.name and sent.name not in {each.signal for _, each in handled}:
            hint = suggestion(sent.name, sorted({each.signal for _, each in handled}))
            reader.warn(sent.place, f"no kind understands the signal '{sent.name}'", hint or "write it under on_signal")
    for _, handler in handled:
        if handler.origin and handler.origin not in kinds:
            reader.error(handler.place, f"there is no kind '{handler.origin}'", suggestion(handler.origin, kinds))
        elif handler.signal == RESCHEDULED and not handler.origin:
            continue  # the rhythm gives it
        elif not any(sent.name == handler.signal and handler.origin in ("", kind) for kind, sent in given):
            by = f"the kind '{handler.origin}'" if handler.origin else "any kind"
            hint = suggestion(handler.signal, sorted({sent.name for _, sent in given}))
            message = f"the signal '{handler.signal}' is never given by {by}"
            reader.warn(handler.place, message, hint or "write signal: in an action")
    _check_values(given, heard, reader)


def _check_values(given: list[tuple[str, Signal]], heard: Iterable[Heard], reader: Reader) -> None:
    said: dict[tuple[str, str], set[str]] = {(RESCHEDULED, ""): {"start"}}
    for kind, sent in given:
        for origin in ("", kind):
            said.setdefault((sent.name, origin), set()).update(sent.values)
    for each in heard:
        if (each.signal, each.origin) not in said:
            continue
        known = (*sorted(said[each.signal, each.origin]), *IMPLIED)
        for name, place in each.values.items():
            if name not in known:
                reader.error(place, f"the signal '{each.signal}' says no '{name}'", suggestion(name, known))


def check_opened(said: Iterable[tuple[str, Place]], kinds: Iterable[str], reader: Reader) -> None:
    """Each kind that a rule opens is there."""
    known = tuple(kinds)
    for name, place in said:
        if name not in known:
            reader.error(place, f"there is no kind '{name}'", suggestion(name, known))


def _handlers(workflow: Workflow) -> Iterator[OnSignal]:
    yield from workflow.signals
    for state in workflow.states.values():
        yield from state.signals
