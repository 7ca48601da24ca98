"""Commands and plain replies as rule files write them: who may say what, and what it does."""

from collections.abc import Iterable

from mailflow.core.workflow import Argument, ArgumentType, Command, OnReply, OnSignal
from mailflow.policy.actions import entry, goto, named, sign
from mailflow.policy.conditions import condition
from mailflow.policy.draft import Draft
from mailflow.policy.nodes import Listing, Node, Scalar, Table
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block
from mailflow.policy.schema import ACTION, COMMAND, ON_REPLY, ON_SIGNAL
from mailflow.policy.scope import Heard, Scope

_TYPES = tuple(each.value for each in ArgumentType)


def commands(block: Block, scope: Scope, *path: str) -> tuple[Command, ...]:
    return tuple(
        _command(key, scope.reader.block(node, COMMAND), scope, path) for key, node in block.entries("commands")
    )


def _command(key: Scalar, block: Block, scope: Scope, path: tuple[str, ...]) -> Command:
    name = key.text
    block.require("words", "by")
    arguments = _arguments(block.get("needs"), True, scope) | _arguments(block.get("takes"), False, scope)
    for twice in _names(block.get("needs")) & _names(block.get("takes")):
        block.reader.error(block.place_of("takes"), f"'{twice}' is both needed and taken", "name it once")
    outer, scope.arguments = scope.task, arguments
    scope.task = outer or any(each.type is ArgumentType.TASK for each in arguments.values())
    try:
        rule = scope.rule(key.place, *path, name)
        return Command(
            name=name,
            words=block.texts("words"),
            by=scope.role_texts(block.get("by"), "'by'"),
            label=block.labels("label"),
            arguments=tuple(arguments.values()),
            when=condition(block.get("when"), scope),
            actions=named(_doings(block, scope), scope, *path, name),
            source=block.text("source"),
            rule=rule,
            place=key.place,
        )
    finally:
        scope.arguments, scope.task = None, outer


def replies(block: Block, scope: Scope, *path: str) -> tuple[OnReply, ...]:
    """What a plain reply does; its writer is the actor."""
    found = []
    for node in block.items("on_reply"):
        reply = scope.reader.block(node, ON_REPLY)
        reply.require("by")
        by = scope.role_texts(reply.get("by"), "'by'")
        name = reply.text("name") or f"reply-{by[0] if by else 'nobody'}"
        # What a reply says are the fields that it changes.
        scope.arguments = {each: Argument(each, ArgumentType.FIELD) for each in scope.fields}
        scope.replying = True
        rule = scope.rule(reply.place, *path, name)
        done = named(_doings(reply, scope), scope, *path, name)
        when = condition(reply.get("when"), scope)
        scope.arguments, scope.replying = None, False
        if not done:
            scope.reader.error(reply.place, "this reply does nothing", "write do: […] or goto: STATE")
        found.append(OnReply(by, done, rule, reply.place, when))
    return tuple(found)


def signals(block: Block, scope: Scope, *path: str) -> tuple[OnSignal, ...]:
    """What signals from other records do; `$NAME` is what they say."""
    found = []
    for node in block.items("on_signal"):
        heard = scope.reader.block(node, ON_SIGNAL)
        heard.require("signal")
        signal, origin = heard.text("signal"), heard.text("from")
        name = heard.text("name") or f"on-{signal}{f'-{origin}' if origin else ''}"
        outer = scope.task
        scope.heard, scope.task = Heard(signal, origin), True
        rule = scope.rule(heard.place, *path, name)
        done = named(_doings(heard, scope, automatic=True), scope, *path, name)
        when = condition(heard.get("when"), scope)
        scope.signals_heard.append(scope.heard)
        scope.heard, scope.task = None, outer
        if not done:
            scope.reader.error(heard.place, "this signal does nothing", "write do: […] or goto: STATE")
        found.append(OnSignal(signal, done, origin, when, rule, heard.place, heard.text("source")))
    return tuple(found)


def _doings(block: Block, scope: Scope, *, automatic: bool = False) -> Iterable[Draft]:
    """The short forms and the `do` list: what is signed first, another state last."""
    for verb in ("agree", "disagree"):
        node = block.get(verb) if verb in block.keys.names else None
        if node is not None:
            yield sign(node, verb == "agree", scope)
    for node in block.items("do"):
        yield from entry(scope.reader.block(node, ACTION), scope, automatic)
    target = block.get("goto")
    if target is not None:
        yield goto(target, scope)


def _names(node: Node | None) -> set[str]:
    match node:
        case Table(entries):
            return set(entries)
        case Listing(items):
            return {each.text for each in items if isinstance(each, Scalar)}
        case Scalar():
            return {node.text}
    return set()


def _arguments(node: Node | None, required: bool, scope: Scope) -> dict[str, Argument]:
    """`reason`, `[reason, comments]`, or `{priority: field, person: person}`."""
    if node is None:
        return {}
    if not isinstance(node, Table):
        words = scope.reader.texts(node, "an argument")
        return {word: Argument(word, ArgumentType.TEXT, required) for word in words}
    found = {}
    for key, value in scope.reader.entries(node, "arguments"):
        kind = scope.reader.choice(value, "the type of an argument", _TYPES)
        if kind == ArgumentType.FIELD and key.text not in scope.fields:
            hint = suggestion(key.text, scope.fields)
            scope.reader.error(key.place, f"there is no field '{key.text}'", hint)
        if kind == ArgumentType.TASK_FIELD and key.text not in scope.task_fields:
            hint = suggestion(key.text, scope.task_fields)
            scope.reader.error(key.place, f"tasks have no field '{key.text}'", hint)
        if kind == ArgumentType.TASK and not scope.tasks:
            scope.reader.error(value.place, "records of this kind have no tasks", "write tasks: in this file")
        found[key.text] = Argument(key.text, ArgumentType(kind or "text"), required)
    return found
