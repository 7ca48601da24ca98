"""A kind's workflow as its rule file describes it: fields, states, commands, agreements, tasks. Values only.

Nothing here knows a kind, a state or a command by name: a fifth kind is a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailflow.core.duration import Duration, Unit
from mailflow.core.rule import Action, Condition, Place, Timer

Labels = Mapping[str, str]
"""A text by language code."""


class FieldType(StrEnum):
    """What a field holds. A record keeps every value as text, "" for none (`core.reading.canonical` makes it):

    date: ISO 8601 (2026-12-01). moment, span: with time and offset, a span with `/` between its ends (`core.span`).
    money: `100000`, `50000-100000`, `USD 3000`; without a currency, yuan. number: decimal digits. choice: its key.
    person: an address. people, departments, record: addresses, ids of departments, ids of records, joined by ", ".
    duration: as `str(Duration)` has it. text, tasks: as written; the lines of tasks become tasks of the record, too.
    """

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    SPAN = "span"
    MONEY = "money"
    NUMBER = "number"
    CHOICE = "choice"
    PERSON = "person"
    PEOPLE = "people"
    DEPARTMENTS = "departments"
    DURATION = "duration"
    RECORD = "record"
    TASKS = "tasks"


DATED = (FieldType.DATE, FieldType.MOMENT, FieldType.SPAN)
"""The types of fields that a timer can be counted from."""

LISTS = (FieldType.PEOPLE, FieldType.DEPARTMENTS, FieldType.RECORD)
"""The types of fields that hold several of a thing."""


@dataclass(frozen=True, slots=True)
class Field:
    """A thing the writer is asked for; `choices` maps a key to the words that mean it.

    `body`: without a line of its own, the writer's own text is its value. `by` are the roles that may set it.
    `hint` is what the form says beside the label; with `form` false the form does not have it. Of type tasks, its
    lines are tasks with the values of `task`, and of the role `owner` where they name nobody. `hidden`: it is for
    conditions, no mail shows it.
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
    hint: Labels = field(default_factory=dict)
    form: bool = True
    task: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    hidden: bool = False


class ArgumentType(StrEnum):
    """What a command takes; its value is kept as a field's of the same name would be.

    percent: 0 to 100, without the sign. task: a task's number. group: a group of people.yaml. kind: the name of a
    kind. field, task-field: text for the field of the argument's own name. tasks: those that the message lists.
    """

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    PERSON = "person"
    FIELD = "field"
    TASK = "task"
    PERCENT = "percent"
    DEPARTMENT = "department"
    TASKS = "tasks"
    PEOPLE = "people"
    GROUP = "group"
    RECORD = "record"
    TASK_FIELD = "task-field"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing that a command takes; actions use it as `$NAME`. `required`: without it the command is refused."""

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
class OnSignal:
    """What a signal from another record does; `origin` is the kind that it must come from ("": any)."""

    signal: str
    actions: tuple[Action, ...]
    origin: str = ""
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()
    source: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a kind's records.

    Every record begins in the `initial` one, and ends in a `final` one. `stopped`: the kind's clocks stand still here.
    `responsible` are the roles for whom it waits. `enter` is done on entering it; `timers` count while a record is in
    it; `commands`, `replies` and `signals` are what people, their plain replies and other records may do in it.
    """

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
    signals: tuple[OnSignal, ...] = ()


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
    is added to a record that is under way. `fields` are what tasks of this kind have besides what every task
    has; `states` the states of a task, by name, with what people call them; `label` what they call a task.
    """

    timers: tuple[Timer, ...] = ()
    commands: tuple[Command, ...] = ()
    done: tuple[str, ...] = ("done",)
    complete: tuple[Action, ...] = ()
    incomplete: tuple[Action, ...] = ()
    added: tuple[Action, ...] = ()
    states: Mapping[str, Labels] = field(default_factory=dict)
    read: bool = False
    fields: tuple[Field, ...] = ()
    label: Labels = field(default_factory=dict)

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)


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
class Event:
    """Which fields of a kind hold what a calendar must know (P6.4), each by its name, "" where none does.

    `start` is of type moment, `attendees` of type people; `about` says what it is about, `brief` is a choice that
    is `yes` for an event without materials and minutes. `also` are the roles of who comes besides. It lasts `usual`
    where nobody says how long. `answered` is what happens when somebody does not simply accept.
    """

    start: str
    attendees: str
    lasts: str = ""
    room: str = ""
    about: str = ""
    brief: str = ""
    usual: Duration = field(default_factory=lambda: Duration(60, Unit.MINUTES))
    answered: tuple[Action, ...] = ()
    also: tuple[str, ...] = ()
    place: Place = Place()

    @property
    def invited(self) -> tuple[str, ...]:
        """The roles of everybody who is to come."""
        return (self.attendees, *self.also)


@dataclass(frozen=True, slots=True)
class Machines:
    """How the mail of registered monitors is read (P4.9).

    `begins` and `over` are words for how a matter stands, left out of what its messages share; `key` labels of lines
    whose value names the matter; `same`: subject, or thread. `opens` are fields of what it opens, `on_over` is the
    state that its end leads to, from which a further alarm within `again` leads back and does what is `reopened`.
    `severity` is the field (a choice, the gravest first) that says how grave it is, `means` what follows from each
    of its choices for other fields; `graver` is what happens when a further alarm says more than the one before.
    """

    over: tuple[str, ...]
    begins: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    same: str = "subject"
    opens: Mapping[str, str] = field(default_factory=dict)
    on_over: str = ""
    again: Duration | None = None
    severity: str = ""
    means: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    graver: tuple[Action, ...] = ()
    reopened: tuple[Action, ...] = ()
    place: Place = Place()

    @property
    def actions(self) -> tuple[Action, ...]:
        return (*self.graver, *self.reopened)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One kind: one rule file.

    `roles` are the record's own roles with who holds them until they are given to somebody. `commands`,
    `timers`, `replies` and `signals` hold in every state that is not final. `marked_urgent`: mail that bears only the
    urgent mark opens a record of this kind (P0.12). `at_once`: while it holds, what people write is passed on as
    urgent (P0.6). `private`: its records are confidential from the first, and
    only these roles see them (P7.2). `labels` are what mails call its roles,
    and what its commands take.
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
    at_once: Condition | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    paces: tuple[Pace, ...] = ()
    event: Event | None = None
    machines: Machines | None = None
    private: tuple[str, ...] = ()
    place: Place = Place()
    signals: tuple[OnSignal, ...] = ()
    labels: Mapping[str, Labels] = field(default_factory=dict)

    @property
    def initial(self) -> State:
        return next(state for state in self.states.values() if state.initial)

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def task_field(self, name: str) -> Field | None:
        return self.tasks.field(name) if self.tasks else None

    def state(self, name: str) -> State:
        return self.states[name]
