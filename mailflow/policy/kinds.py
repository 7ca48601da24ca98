"""A rule file to a workflow: names first, so that each line can be checked where it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailflow.core.commands import every_command
from mailflow.core.conditions import SUBJECTS
from mailflow.core.directory import Directory
from mailflow.core.role_words import BASES
from mailflow.core.rule import Condition, Place
from mailflow.core.workflow import Agreement, Clock, Pace, State, Tasks, Workflow
from mailflow.policy.actions import actions
from mailflow.policy.commands import commands, replies, signals
from mailflow.policy.conditions import GROUPS, condition
from mailflow.policy.events import event
from mailflow.policy.fields import fields, matrices, task_fields
from mailflow.policy.machines import machines
from mailflow.policy.nodes import Node, Scalar, Table
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block, Reader
from mailflow.policy.schema import AGREEMENT, ALWAYS, CLOCK, KIND, PACE, PARTY, STATE, TASKS
from mailflow.policy.scope import PREVIOUS, Heard, Scope
from mailflow.policy.timers import timers

_KIND = re.compile(r"[a-z][a-z0-9_-]*")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_NAME = re.compile(r"[^\W_][\w-]*")
# What may be named, and the words that mean something else where such a name may stand.
_NAMES = {
    "fields": ("a field", frozenset({*SUBJECTS, *GROUPS})),
    "states": ("a state", frozenset({PREVIOUS, "always", "tasks", "agreements"})),
    "roles": ("a role", frozenset(BASES)),
    "agreements": ("an agreement", frozenset(BASES)),
    "clocks": ("a clock", frozenset[str]()),
}


@dataclass(frozen=True, slots=True)
class Read:
    """A workflow, and the roles, templates and kinds it names with their places, to be checked next.

    `heard` is what it uses of the signals of others.
    """

    workflow: Workflow
    roles: tuple[tuple[str, Place], ...]
    templates: tuple[tuple[str, Place], ...]
    kinds: tuple[tuple[str, Place], ...] = ()
    heard: tuple[Heard, ...] = ()


def prepared(
    node: Table,
    reader: Reader,
    directory: Directory,
    calendars: frozenset[str],
    periods: frozenset[str] = frozenset(),
) -> Scope:
    """The names of a rule file, which its lines and those of other kinds may use."""
    block = reader.block(node, KIND)
    block.require("kind", "prefix", "tags", "states")
    scope = Scope(reader, block.text("kind"), directory, calendars, periods)
    _prepare(block, scope)
    return scope


def kind(node: Table, scope: Scope, kinds: Mapping[str, Scope]) -> Read:
    """The workflow of a rule file, as whole as the file allows; `kinds` are the names of all of them."""
    block = scope.reader.block(node, KIND)
    scope.kinds = kinds
    tasks = block.block("tasks", TASKS)
    always = block.block("always", ALWAYS)
    workflow = Workflow(
        kind=scope.kind,
        prefix=block.text("prefix"),
        tags=block.texts("tags"),
        label=block.labels("label"),
        fields=tuple(scope.fields.values()),
        matrices=matrices(block, scope),
        roles=_roles(block, scope),
        clocks=_clocks(block, scope),
        agreements=_agreements(block, scope),
        commands=commands(always, scope, "always"),
        timers=timers(always.items("timers"), scope, "always"),
        replies=replies(always, scope, "always"),
        signals=signals(always, scope, "always"),
        states={key.text: _state(key, each, scope) for key, each in block.entries("states")},
        tasks=_tasks(tasks, scope) if block.said("tasks") else None,
        suggest=block.texts("suggest"),
        marked_urgent=block.flag("urgent"),
        at_once=_alone(block.get("at_once"), scope),
        renamed=_renamed(block, scope),
        paces=_paces(block, scope),
        event=event(block, scope),
        machines=machines(block, scope),
        private=scope.role_texts(block.get("private"), "'private'"),
        labels={key.text: block.reader.labels(node, f"'{key.text}'") for key, node in block.entries("labels")},
        place=block.place_of("kind"),
    )
    _check_names(block, workflow)
    _check_labels(block, workflow)
    return Read(
        workflow,
        tuple(scope.roles_said),
        tuple(scope.templates_said),
        tuple(scope.kinds_said),
        tuple(scope.signals_heard),
    )


def _prepare(block: Block, scope: Scope) -> None:
    """The names that lines further down may use before they are read."""
    scope.states = tuple(key.text for key, _ in block.entries("states"))
    scope.roles = _keys(block, "roles")
    scope.clocks = _keys(block, "clocks")
    scope.agreements = _keys(block, "agreements")
    scope.tasks = block.said("tasks")
    scope.private = block.said("private")
    tasks = block.block("tasks", TASKS)
    scope.task_fields = task_fields(tasks, scope)
    scope.task_states = _keys(tasks, "states")
    scope.event = block.said("event")
    scope.fields = fields(block, scope)


def _keys(block: Block, key: str) -> tuple[str, ...]:
    node = block.get(key)
    return tuple(node.entries) if isinstance(node, Table) else ()


def _check_names(block: Block, workflow: Workflow) -> None:
    if workflow.kind and not _KIND.fullmatch(workflow.kind):
        block.reader.error(block.place_of("kind"), f"'{workflow.kind}' is no name for a kind", "write it like change")
    if workflow.prefix and not _PREFIX.fullmatch(workflow.prefix):
        message = f"the prefix '{workflow.prefix}' must be 2 to 10 capital letters and digits, a letter first"
        block.reader.error(block.place_of("prefix"), message, "write it like REQ")
    for key, (what, taken) in _NAMES.items():
        for name, _ in block.entries(key):
            if name.text in taken or not _NAME.fullmatch(name.text):
                message = f"'{name.text}' cannot be the name of {what}"
                hint = "choose another" if name.text in taken else "write letters, digits, - and _"
                block.reader.error(name.place, message, hint)


def _check_labels(block: Block, workflow: Workflow) -> None:
    """What has a label is there to have one: a role, an agreement for its parties, what a command takes."""
    arguments = {each.name for command in every_command(workflow) for each in command.arguments}
    there = (*workflow.roles, *workflow.agreements, *sorted(arguments))
    for key, _ in block.entries("labels"):
        if key.text not in there:
            message = f"there is no role, agreement or argument '{key.text}'"
            block.reader.error(key.place, message, suggestion(key.text, there))


def _roles(block: Block, scope: Scope) -> dict[str, tuple[str, ...]]:
    return {key.text: scope.role_texts(node, f"'{key.text}'") for key, node in block.entries("roles")}


def _clocks(block: Block, scope: Scope) -> dict[str, Clock]:
    found = {}
    for key, node in block.entries("clocks"):
        clock = scope.reader.block(node, CLOCK)
        clock.require("from", "until")
        start = clock.get("from")
        found[key.text] = Clock(
            key.text,
            "" if start is None else scope.state(start),
            tuple(scope.state(each) for each in clock.items("until")),
            key.place,
        )
    return found


def _paces(block: Block, scope: Scope) -> tuple[Pace, ...]:
    found = []
    for key, node in block.entries("paces"):
        pace = scope.reader.block(node, PACE)
        pace.require("when")
        calendar = pace.get("calendar")
        found.append(
            Pace(
                key.text,
                _alone(pace.get("when"), scope),
                pace.duration("working day"),
                pace.duration("working hour"),
                "" if calendar is None else scope.known(calendar, "calendar", sorted(scope.calendars)),
                pace.flag("urgent"),
                key.place,
            )
        )
    return tuple(found)


def _alone(node: Node | None, scope: Scope) -> Condition | None:
    """A condition that is asked at any moment, of the record alone."""
    with scope.asking():
        return condition(node, scope)


def _agreements(block: Block, scope: Scope) -> dict[str, Agreement]:
    found = {}
    for key, node in block.entries("agreements"):
        agreement = scope.reader.block(node, AGREEMENT)
        agreement.require("parties")
        parties, each_of = _parties(agreement, scope)
        found[key.text] = Agreement(
            key.text,
            parties,
            tuple(scope.known(each, "field", scope.fields) for each in agreement.items("reset_by")),
            actions(agreement.items("agreed"), scope, "agreements", key.text),
            key.place,
            each_of,
        )
    return found


def _parties(agreement: Block, scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parties, and those of them (`{each: ROLE}`) whose every person signs."""
    parties: list[str] = []
    each_of: list[str] = []
    for node in agreement.items("parties"):
        if isinstance(node, Table):
            said = scope.role_texts(scope.reader.block(node, PARTY).get("each"), "'each'")
            each_of += said
        else:
            said = scope.role_texts(node, "'parties'")
        parties += said
    return tuple(dict.fromkeys(parties)), tuple(each_of)


def _state(key: Scalar, node: Node, scope: Scope) -> State:
    block, name = scope.reader.block(node, STATE), key.text
    clock = block.choice("clock", ("stopped", "running"), "running")
    return State(
        name=name,
        label=block.labels("label"),
        initial=block.flag("initial"),
        final=block.flag("final"),
        stopped=clock == "stopped",
        responsible=scope.role_texts(block.get("responsible"), "'responsible'"),
        enter=actions(block.items("enter"), scope, name),
        timers=timers(block.items("timers"), scope, name),
        commands=commands(block, scope, name),
        replies=replies(block, scope, name),
        signals=signals(block, scope, name),
        place=key.place,
    )


def _tasks(tasks: Block, scope: Scope) -> Tasks:
    label = tasks.labels("label")
    scope.task = True
    return Tasks(
        timers=timers(tasks.items("timers"), scope, "tasks", tasks=True),
        commands=commands(tasks, scope, "tasks"),
        done=tasks.texts("done") or ("done",),
        complete=actions(tasks.items("complete"), scope, "tasks", "complete"),
        incomplete=actions(tasks.items("incomplete"), scope, "tasks", "incomplete"),
        added=actions(tasks.items("added"), scope, "tasks", "added"),
        states={key.text: scope.reader.labels(node, f"'{key.text}'") for key, node in tasks.entries("states")},
        read=tasks.flag("read"),
        fields=tuple(scope.task_fields.values()),
        label=label,
    )


def _renamed(block: Block, scope: Scope) -> dict[str, str]:
    """`renamed: {old: new}`, and `retired: old -> new` or a list of such lines."""
    found = {}
    for node in (*block.items("renamed"), *block.items("retired")):
        if isinstance(node, Table):
            lines = [(key, value) for key, value in scope.reader.entries(node, "'renamed'")]
        else:
            old, arrow, new = (part.strip() for part in scope.reader.text(node, "'retired'").partition("->"))
            if not (old and arrow and new):
                scope.reader.error(node.place, "a retired state needs its successor", "write OLD -> NEW")
                continue
            lines = [(Scalar(old, node.place, False), Scalar(new, node.place, False))]
        for old_name, new_name in lines:
            if old_name.text in scope.states:
                scope.reader.error(old_name.place, f"the state '{old_name.text}' is still there", "delete one of them")
            found[old_name.text] = scope.state(new_name)
    return found
