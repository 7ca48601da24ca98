"""Actions as rule files write them: `- notify: TEMPLATE`, `- goto: STATE`, `- give: {ROLE: PERSON}` …"""

from collections.abc import Iterable, Iterator

from mailflow.core.model import TASK_VALUES
from mailflow.core.rule import (
    Action,
    AddTasks,
    Alter,
    Attend,
    Condition,
    Give,
    Goto,
    Include,
    Involve,
    LinkTo,
    Reset,
    Seal,
    Send,
    SetField,
    Sign,
    Style,
)
from mailflow.core.workflow import LISTS, ArgumentType, FieldType
from mailflow.policy.conditions import choice_of, condition, condition_or_flag, task_state
from mailflow.policy.draft import Draft
from mailflow.policy.nodes import Node, Scalar, Table
from mailflow.policy.problem import one_of, suggestion
from mailflow.policy.reader import Block
from mailflow.policy.schema import ACTION, ADDED_VALUES, SENDS, VERBS
from mailflow.policy.scope import Scope
from mailflow.policy.signals import join, open_other, signal

INVITES = ("request", "cancel")
ANSWERS = ("accepted", "declined", "tentative", "delegated")
# Of the tasks that a signal brings, those with an owner and a date.
WHOLE = "$complete"


def actions(nodes: Iterable[Node], scope: Scope, *path: str, automatic: bool = False) -> tuple[Action, ...]:
    """The actions of a list, their rules named under `path`; `automatic` when nobody's mail set them off."""
    return named(
        (draft for node in nodes for draft in entry(scope.reader.block(node, ACTION), scope, automatic)),
        scope,
        *path,
    )


def named(drafts: Iterable[Draft], scope: Scope, *path: str) -> tuple[Action, ...]:
    return tuple(draft.make(scope.rule(draft.place, *path, draft.name)) for draft in drafts)


def entry(block: Block, scope: Scope, automatic: bool = False) -> Iterator[Draft]:
    """The actions of one line: its own name goes to the first of them, entering a state comes last."""
    when = condition(block.get("when"), scope)
    drafts = list(verbs(block, scope, when, automatic))
    if not drafts and not any(verb in block for verb in VERBS):
        block.reader.error(block.place, f"{block.keys.what} does nothing", f"write {one_of(VERBS)}")
    name = block.text("name")
    for position, draft in enumerate(drafts):
        yield Draft(name, draft.place, draft.make) if name and not position else draft


def verbs(block: Block, scope: Scope, when: Condition | None, automatic: bool) -> Iterator[Draft]:
    """What a line does, in the order in which it is written but for `goto`."""
    written = [key for key in block.table.entries if key in VERBS and key in block]
    for verb in sorted(written, key=lambda each: each == "goto"):
        node = block.get(verb)
        assert node is not None
        if verb in SENDS:
            yield send(verb, node, block, scope, when, automatic)
        elif verb == "signal":
            yield signal(node, block, scope, when)
        else:
            each = condition(block.get("each"), scope) if verb == "alter" else None
            yield from _others(verb, node, scope, when, each)
    _check_company(block, written)


def _check_company(block: Block, written: Iterable[str]) -> None:
    """What belongs to a mail or to a signal stands beside one."""
    mails, signals = any(verb in SENDS for verb in written), "signal" in written
    if mails and signals:
        message = "a mail and a signal cannot share a line, for 'to' would belong to both"
        block.reader.error(block.place, message, "write two lines")
    for key in ("to", "cc", "urgent", "attach", "ack", "invite"):
        if key in block and not mails and not (key == "to" and signals):
            block.reader.error(block.place_of(key), f"'{key}' belongs to a mail", f"write {one_of(SENDS)}")
    if "with" in block and not signals:
        block.reader.error(block.place_of("with"), "'with' belongs to a signal", "write signal: NAME")
    if "each" in block and not signals and "alter" not in written:
        message = "'each' belongs to 'alter' or to a signal"
        block.reader.error(block.place_of("each"), message, "write alter: {…} beside it")


def send(verb: str, node: Node, block: Block, scope: Scope, when: Condition | None, automatic: bool) -> Draft:
    """A mail. A reply goes to whoever wrote, so it has no `to`, and there is none where nobody wrote."""
    template = scope.template(node)
    to, cc = scope.role_texts(block.get("to"), "'to'"), scope.role_texts(block.get("cc"), "'cc'")
    urgent, source = condition_or_flag(block.get("urgent"), scope), block.text("source")
    if verb == "reply" and "to" in block:
        block.reader.error(block.place_of("to"), "a reply goes to whoever wrote", "write notify to choose 'to'")
    if verb == "reply" and automatic:
        block.reader.error(node.place, "nobody wrote a mail that could be replied to here", "write notify")
    if verb != "reply" and "to" not in block:
        block.reader.error(node.place, f"'{verb}' needs 'to'", "write to: requester, or another role")
    style = Style(verb)
    attach, ack = block.flag("attach"), block.duration("ack")
    invite = block.choice("invite", INVITES)
    if invite and not scope.event:
        hint = "say which fields hold it: event: {start: …, attendees: …}"
        block.reader.error(block.place_of("invite"), "records of this kind are no event", hint)
    return Draft(
        template.rsplit("/", 1)[-1],
        node.place,
        lambda rule: Send(style, template, to, cc, urgent, when, source, rule, node.place, attach, ack, invite),
    )


def goto(node: Node, scope: Scope, when: Condition | None = None) -> Draft:
    state = scope.state(node, previous=True)
    return Draft(f"goto-{state}", node.place, lambda rule: Goto(state, when, rule, node.place))


def sign(node: Node, agrees: bool, scope: Scope, when: Condition | None = None) -> Draft:
    agreement = scope.known(node, "agreement", scope.agreements)
    return Draft(
        f"{'agree' if agrees else 'disagree'}-{agreement}",
        node.place,
        lambda rule: Sign(agreement, agrees, when, rule, node.place),
    )


def _others(
    verb: str, node: Node, scope: Scope, when: Condition | None, each: Condition | None = None
) -> Iterator[Draft]:
    match verb:
        case "goto":
            yield goto(node, scope, when)
        case "agree" | "disagree":
            yield sign(node, verb == "agree", scope, when)
        case "reset":
            for agreement in scope.reader.items(node):
                yield _reset(agreement, scope, when)
        case "set":
            for key, value in scope.reader.entries(node, "'set'"):
                yield _set(key, value, scope, when)
        case "give":
            for key, value in scope.reader.entries(node, "'give'"):
                yield _give(key, value, scope, when)
        case "alter":
            yield _alter(node, scope, when, each)
        case "add":
            yield _add(node, scope, when)
        case "include":
            for key, value in scope.reader.entries(node, "'include'"):
                yield _include(key, value, scope, when)
        case "attend":
            yield _attend(node, scope, when)
        case "join":
            yield join(node, scope, when)
        case "open":
            yield open_other(node, scope, when)
        case "link":
            for key, value in scope.reader.entries(node, "'link'"):
                yield _link(key, value, scope, when)
        case "confidential":
            yield _seal(node, scope, when)
        case "involve":
            yield _involve(node, scope, when)


def _reset(node: Node, scope: Scope, when: Condition | None) -> Draft:
    agreement = scope.known(node, "agreement", scope.agreements)
    return Draft(f"reset-{agreement}", node.place, lambda rule: Reset(agreement, when, rule, node.place))


def _set(key: Scalar, value: Node, scope: Scope, when: Condition | None) -> Draft:
    name = scope.known(key, "field", scope.fields)
    word = scope.argument(scope.reader.text(value, f"'{name}'"), value.place)
    field = scope.fields.get(name)
    if field is not None and field.choices and word and not word.startswith("$"):
        word = choice_of(field, word, value, scope)
    return Draft(f"set-{name}", key.place, lambda rule: SetField(name, word, when, rule, key.place))


def _give(key: Scalar, value: Node, scope: Scope, when: Condition | None) -> Draft:
    """A role of the record to `actor`, an argument, or whom a role expression means."""
    role = scope.known(key, "role", scope.roles, " under 'roles:'")
    word = scope.reader.text(value, f"'{role}'")
    # Of several people the first: `$members.first`.
    scope.argument(word.removesuffix(".first"), value.place)
    if word == "actor" and scope.arguments is None:
        scope.reader.error(value.place, "there is no 'actor' where nobody gave a command")
    elif word and word != "actor" and not word.startswith("$"):
        scope.role(word, value.place)
    return Draft(f"give-{role}", key.place, lambda rule: Give(role, word, when, rule, key.place))


def _alter(node: Node, scope: Scope, when: Condition | None, each: Condition | None) -> Draft:
    values = {}
    if not scope.task and each is None:
        hint = "give the command one: needs: {task: task}, or say each: {…} which tasks"
        scope.reader.error(node.place, "there is no task here that could be altered", hint)
    known = (*TASK_VALUES, *scope.task_fields)
    for key, value in scope.reader.entries(node, "'alter'"):
        if key.text not in known:
            hint = suggestion(key.text, known)
            scope.reader.error(key.place, f"a task has no '{key.text}'", hint)
        else:
            values[key.text] = _task_word(key.text, value, scope)
    return Draft("alter", node.place, lambda rule: Alter(values, when, rule, node.place, each))


def _task_word(name: str, value: Node, scope: Scope) -> str:
    """A value for a task: `$NAME`, `actor` for a person, `today` for a date, else what the field can be."""
    word = scope.argument(scope.reader.text(value, f"'{name}'"), value.place)
    field = scope.task_fields.get(name)
    person = name == "owner" or (field is not None and field.type is FieldType.PERSON)
    if word == "actor" and person and scope.arguments is None:
        scope.reader.error(value.place, "there is no 'actor' where nobody gave a command")
    if not word or word.startswith("$"):
        return word
    if name == "state":
        return task_state(word, value, scope)
    return choice_of(field, word, value, scope) if field is not None and field.choices else word


def _add(node: Node, scope: Scope, when: Condition | None) -> Draft:
    """`add: $tasks` adds what the message or the signal lists, `add: {title: …, owner: …, due: …}` one task."""
    if not scope.tasks:
        scope.reader.error(node.place, "records of this kind have no tasks", "write tasks: in this file")
    if isinstance(node, Scalar):
        word = scope.argument(scope.reader.text(node, "'add'"), node.place)
        listed = (scope.arguments or {}).get(word[1:])
        taken = scope.heard is None or word in ("$tasks", WHOLE)
        if not word.startswith("$") or not taken or (listed and listed.type is not ArgumentType.TASKS):
            hint = "give the command one: needs: {tasks: tasks}, and write add: $tasks"
            scope.reader.error(node.place, f"'{word}' is no list of tasks", hint)
        whole = word == WHOLE and scope.heard is not None
        return Draft("add", node.place, lambda rule: AddTasks({}, True, when, rule, node.place, whole))
    values = {}
    for key, value in scope.reader.entries(node, "'add'"):
        word = scope.reader.text(value, f"'{key.text}'")
        if key.text in scope.task_fields:
            values[key.text] = _task_word(key.text, value, scope)
            continue
        if key.text not in ADDED_VALUES:
            hint = suggestion(key.text, (*ADDED_VALUES, *scope.task_fields))
            scope.reader.error(key.place, f"a task that is added has no '{key.text}'", hint)
            continue
        role = key.text == "owner" and word != "actor"
        values[key.text] = scope.role(word, value.place) if role else scope.argument(word, value.place)
    return Draft("add", node.place, lambda rule: AddTasks(values, False, when, rule, node.place))


def _include(key: Scalar, value: Node, scope: Scope, when: Condition | None) -> Draft:
    """Adds to a field that is a list; to one of people whom a role means, too, to a text a group."""
    name = scope.known(key, "field", scope.fields)
    word = scope.argument(scope.reader.text(value, f"'{name}'"), value.place)
    field = scope.fields.get(name)
    said = (scope.arguments or {}).get(word.removeprefix("$"))
    groups = said is not None and said.type is ArgumentType.GROUP and field is not None and field.type is FieldType.TEXT
    if field is not None and field.type not in LISTS and not groups:
        hint = f"give the field one of the types {', '.join(LISTS)}, or write set"
        scope.reader.error(key.place, f"the field '{name}' is no list", hint)
    elif field is not None and field.type is FieldType.PEOPLE and word and not word.startswith("$"):
        scope.role(word, value.place)
    return Draft(f"include-{name}", key.place, lambda rule: Include(name, word, when, rule, key.place))


def _attend(node: Node, scope: Scope, when: Condition | None) -> Draft:
    """An answer to the invitation; `{delegated: $person}` names who comes instead."""
    if not scope.event:
        scope.reader.error(node.place, "records of this kind are no event", "write event: in this file")
    pairs = list(scope.reader.entries(node, "'attend'")) if isinstance(node, Table) else []
    answer, delegate = (pairs[0][0], pairs[0][1]) if pairs else (node, None)
    word = scope.reader.choice(answer, "'attend'", ANSWERS)
    said = scope.argument(scope.reader.text(delegate, "'delegated'"), delegate.place) if delegate is not None else ""
    return Draft(f"attend-{word}", node.place, lambda rule: Attend(word, said, when, rule, node.place))


def _link(key: Scalar, value: Node, scope: Scope, when: Condition | None) -> Draft:
    """Links the record that is an argument of the command, under a name for what it is to this one."""
    word = scope.argument(scope.reader.text(value, f"'{key.text}'"), value.place)
    said = (scope.arguments or {}).get(word[1:])
    if not word.startswith("$") or (said and said.type is not ArgumentType.RECORD):
        hint = "give the command one: needs: {record: record}, and write $record"
        scope.reader.error(value.place, f"'{word}' is no record", hint)
    return Draft(f"link-{key.text}", key.place, lambda rule: LinkTo(key.text, word, when, rule, key.place))


def _seal(node: Node, scope: Scope, when: Condition | None) -> Draft:
    """`confidential: false` ends that a record is confidential, `true` begins it."""
    confidential = scope.reader.flag(node, "'confidential'")
    if scope.private:
        hint = "delete this line, or 'private:'"
        scope.reader.error(node.place, "records of a kind with 'private:' are always confidential", hint)
    return Draft("confidential", node.place, lambda rule: Seal(confidential, when, rule, node.place))


def _involve(node: Node, scope: Scope, when: Condition | None) -> Draft:
    """Whom `$NAME` or roles mean take part from now on."""
    who = scope.role_texts(node, "'involve'")
    if scope.private:
        hint = "delete this line, or give a role that stands there"
        scope.reader.error(node.place, "only the roles under 'private:' see records of this kind", hint)
    return Draft("involve", node.place, lambda rule: Involve(who, when, rule, node.place))
