"""A rule as a rule file states it: its conditions, what it does, and when it happens by itself. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from mailflow.core.duration import Duration


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a rule file something stands; lines and columns count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else "built in"


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
class Others:
    """At least so many other records of a kind meet `when` and have to do with this one.

    `share`: a field of both has a part in common; `overlap`: the spans in this field do; `like`: both speak of
    the same in this field or their titles. Without states in `when`, only open ones count.
    """

    kind: str
    when: "Condition | None" = None
    share: str = ""
    overlap: str = ""
    like: str = ""
    least: int = 1


@dataclass(frozen=True, slots=True)
class All:
    """Hits when every one of its conditions does."""

    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Hits when one of its conditions does."""

    of: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Hits when its condition does not."""

    of: "Condition"


@dataclass(frozen=True, slots=True)
class Said:
    """The command was given with this argument."""

    argument: str


Condition = Compare | AgreedBy | Others | All | Any | Not | Said


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
    within this time, else the next above whom it asked gets it (P0.6). `invite`: the kind's event goes with
    it for the reader's calendar, as `request` or `cancel`.
    """

    style: Style
    template: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    urgent: "Condition | bool | None" = None
    when: Condition | None = None
    source: str = ""
    rule: str = ""
    place: Place = Place()
    attach: bool = False
    ack: Duration | None = None
    invite: str = ""


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
    """Change the task that the command or the timer speaks of; with `each`, every open one that meets it.

    Values may be "$NAME"; that of a person "actor", that of a date "today".
    """

    values: Mapping[str, str]
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()
    each: Condition | None = None


@dataclass(frozen=True, slots=True)
class AddTasks:
    """Add tasks: those that the message or the signal lists (`listed`), or the one that `values` spell out.

    `whole`: of a signal's only those with an owner and a date. Values may be "$NAME"; `owner` also a role
    expression, `due` also "today".
    """

    values: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()
    whole: bool = False


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


@dataclass(frozen=True, slots=True)
class Attend:
    """The actor's answer to an invitation: accepted, declined, tentative or delegated; `delegate` may be "$NAME"."""

    answer: str
    delegate: str = ""
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Signal:
    """Tell other records something by name; `to` are `links`, `links.RELATION`, `fields.NAME`, `task.origin`, `$NAME`.

    `values` go with it; `$NAME` is an argument or a field. With `each`, once for every open task that meets it,
    speaking of that one.
    """

    name: str
    to: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    each: Condition | None = None
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Join:
    """Take over the people of the record that gave the signal."""

    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Open:
    """Open another record: `kind` and `title` may be "$NAME", `requester` is a role expression.

    `copy` are the fields that come along, `all` of them with the people and the open tasks; `relation` is
    how this record links to it.
    """

    kind: str
    title: str = ""
    requester: str = "requester"
    copy: tuple[str, ...] = ()
    all: bool = False
    relation: str = "opened"
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Seal:
    """The record is confidential from now on, or is so no more (P0.7)."""

    confidential: bool
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Involve:
    """People take part from now on, and see what its people see; `who` are "$NAME" or role expressions."""

    who: tuple[str, ...]
    when: Condition | None = None
    rule: str = ""
    place: Place = Place()


_OnRecord = Goto | SetField | Give | Sign | Reset | Alter | AddTasks | Include | LinkTo | Attend | Seal | Involve
Action = Send | _OnRecord | Signal | Join | Open


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
