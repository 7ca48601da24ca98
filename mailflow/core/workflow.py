"""A kind's workflow as a rule file describes it: states, commands, timers, actions. Values only.

Nothing here knows a kind, a state or a command by name: a fifth kind is a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from mailflow.core.duration import Duration

Labels = Mapping[str, str]
"""A text by language code."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a rule file something stands; lines and columns count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else "built in"


class FieldType(StrEnum):
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    CHOICE = "choice"
    PERSON = "person"
    PEOPLE = "people"
    DEPARTMENTS = "departments"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Field:
    """A thing the writer is asked for; `choices` maps a key to the words that mean it.

    `body`: without a line of its own, the writer's own text is its value. `by` are the roles that may set it.
    """

    name: str
    label: Labels
    aliases: tuple[str, ...] = ()
    type: FieldType = FieldType.TEXT
    required: bool = False
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default: str = ""
    body: bool = False
    by: tuple[str, ...] = ("requester",)


# --- conditions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compare:
    """`subject` is a field or an attribute (see conditions.SUBJECTS); `operator` one of conditions.OPERATORS."""

    subject: str
    operator: str
    value: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreedBy:
    """Every party of the agreement has agreed."""

    agreement: str


@dataclass(frozen=True, slots=True)
class All:
    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    of: "Condition"


Condition = Compare | AgreedBy | All | Any | Not


# --- actions ------------------------------------------------------------------------------------


class Style(StrEnum):
    """How a mail of ours speaks: a reply answers whoever wrote, the rest are notices (P0.5)."""

    REPLY = "reply"
    NOTIFY = "notify"
    TELL = "tell"
    REMIND = "remind"
    ESCALATE = "escalate"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Send:
    """A mail by template; `to` and `cc` are role expressions (core.roles).

    `attach`: what was attached to the message that led here goes with it. `ack`: urgent, it wants a word
    within this time, else the next above whom it asked gets it (P0.6).
    """

    style: Style
    template: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    urgent: "Condition | bool" = False
    when: Condition | None = None
    source: str = ""
    rule: str = ""
    place: Place = Place()
    attach: bool = False
    ack: Duration | None = None


@dataclass(frozen=True, slots=True)
class Goto:
    """Enter another state; `previous` as state goes back to where the record came from."""

    state: str
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class SetField:
    """`value` may be a literal, or "$NAME" for an argument of the command."""

    name: str
    value: str
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Give:
    """Give a role of the record; `to` is "actor", "$NAME" or a role expression."""

    role: str
    to: str
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Sign:
    """The actor's answer to an agreement, for each party they stand for."""

    agreement: str
    agrees: bool
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Reset:
    """What was signed counts no more: there is a new version."""

    agreement: str
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Alter:
    """Change the task that the command or the timer speaks of; values may be "$NAME"."""

    values: Mapping[str, str]
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class AddTasks:
    """Add tasks: those that the message lists (`listed`), or the one that `values` spell out.

    Values may be "$NAME"; `owner` also a role expression, `due` also "today".
    """

    values: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Include:
    """Add to a field that is a list; `value` may be "$NAME"."""

    name: str
    value: str
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class LinkTo:
    """Link another record in a relation; `value` is "$NAME", an argument that is a record."""

    relation: str
    value: str
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


Action = Send | Goto | SetField | Give | Sign | Reset | Alter | AddTasks | Include | LinkTo


# --- timers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timer:
    """When actions happen by themselves.

    `of` names the anchor: "" for entering the state, `opened`, `fields.NAME`, `task.due`, `task.added`,
    `clock.NAME`, `word.ROLE` (the last message from that role). `after`/`before` measure from it (both
    absent: at the anchor); `every` repeats, `at` repeats at times of the working day; `times` bounds the
    occurrences. `resume`: on coming back to the state the count goes on where it stood, instead of starting
    anew. `early`: a mail due outside working time goes before, not after. `while_stopped`: it runs in states
    with a stopped clock too, though it belongs to all states or to tasks. `rule` is its unique name,
    `calendar` a named calendar instead of the responsible one's.
    """

    rule: str
    actions: tuple[Action, ...]
    of: str = ""
    after: Duration | None = None
    before: Duration | None = None
    every: Duration | None = None
    at: tuple[time, ...] = ()
    on: tuple[int, ...] = ()
    times: int = 0
    when: Condition | None = None
    until: Condition | None = None
    resume: bool = False
    calendar: str = ""
    source: str = ""
    place: Place = Place()
    signature: str = ""
    early: bool = False
    while_stopped: bool = False


class ArgumentType(StrEnum):
    TEXT = "text"
    DATE = "date"
    PERSON = "person"
    FIELD = "field"
    TASK = "task"
    PERCENT = "percent"
    DEPARTMENT = "department"
    TASKS = "tasks"
    PEOPLE = "people"
    GROUP = "group"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    type: ArgumentType = ArgumentType.TEXT
    required: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """What a person may say in a state. `by` are role expressions; `words` in any language."""

    name: str
    words: tuple[str, ...]
    by: tuple[str, ...]
    label: Labels = field(default_factory=dict)
    arguments: tuple[Argument, ...] = ()
    when: Condition | None = None
    actions: tuple[Action, ...] = ()
    source: str = ""
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class OnReply:
    """What a plain reply from some role does in a state (P2.3: the requester's answer ends the wait)."""

    by: tuple[str, ...]
    actions: tuple[Action, ...]
    rule: str = ""
    place: Place = Place()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class State:
    name: str
    label: Labels = field(default_factory=dict)
    initial: bool = False
    final: bool = False
    stopped: bool = False
    responsible: tuple[str, ...] = ()
    enter: tuple[Action, ...] = ()
    timers: tuple[Timer, ...] = ()
    commands: tuple[Command, ...] = ()
    replies: tuple[OnReply, ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who must agree (role expressions, one signature each); `agreed` happens when all have.

    Of the parties in `each`, every person signs by themselves.
    """

    name: str
    parties: tuple[str, ...]
    reset_by: tuple[str, ...] = ()
    agreed: tuple[Action, ...] = ()
    place: Place = Place()
    each: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """Time summed from entering `start` until entering one of `until`, without the states that stop it."""

    name: str
    start: str
    until: tuple[str, ...]
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Matrix:
    """A field derived from two others, such as priority from impact and urgency (P4.2)."""

    target: str
    row: str
    column: str
    values: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Tasks:
    """The life of a record's tasks. `complete` happens when the last open task is done.

    `incomplete` happens for each one that comes without an owner or a date, `added` for each whole one that
    is added to a record that is under way.
    """

    timers: tuple[Timer, ...] = ()
    commands: tuple[Command, ...] = ()
    done: tuple[str, ...] = ("done",)
    complete: tuple[Action, ...] = ()
    incomplete: tuple[Action, ...] = ()
    added: tuple[Action, ...] = ()
    states: tuple[str, ...] = ()
    read: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """While `when` holds, a working day of the kind's timers is `day` and a working hour `hour`, counted by
    `calendar` ("": as ever), and its mail is urgent or not."""

    name: str
    when: Condition | None = None
    day: Duration | None = None
    hour: Duration | None = None
    calendar: str = ""
    urgent: bool = False
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One kind: one rule file.

    `roles` are the record's own roles with who holds them until they are given to somebody. `commands`,
    `timers` and `replies` hold in every state that is not final. `marked_urgent`: mail that bears only the
    urgent mark opens a record of this kind (P0.12).
    """

    kind: str
    prefix: str
    tags: tuple[str, ...]
    label: Labels
    states: Mapping[str, State]
    fields: tuple[Field, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    timers: tuple[Timer, ...] = ()
    replies: tuple[OnReply, ...] = ()
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    matrices: tuple[Matrix, ...] = ()
    tasks: Tasks | None = None
    suggest: tuple[str, ...] = ()
    marked_urgent: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    paces: tuple[Pace, ...] = ()
    place: Place = Place()

    @property
    def initial(self) -> State:
        return next(state for state in self.states.values() if state.initial)

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def state(self, name: str) -> State:
        return self.states[name]
