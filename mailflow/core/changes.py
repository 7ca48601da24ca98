"""What can happen to a record: one class a change, and the entry that keeps one in the record's history.

Invariant: a record changes in no other way; `core.apply` says what each change does to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.model import Link, Task


@dataclass(frozen=True, slots=True)
class Opened:
    """The record begins, by a message or a command; `matter` is what further mail of the same monitor shares."""

    kind: str
    title: str
    requester: str
    language: str
    confidential: bool = False
    urgent: bool = False
    evidence: str = ""
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A message was filed with the record; `notice` when a machine sent it."""

    digest: str
    message_id: str
    sender: str
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """The record came into a state, perhaps once more into the one it was in."""

    state: str


@dataclass(frozen=True, slots=True)
class FieldSet:
    """`where` says what it was read from: a line, a table, a command, a default."""

    name: str
    value: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """From now on `address` holds a role of the kind; several are joined by ", "."""

    role: str
    address: str


@dataclass(frozen=True, slots=True)
class Signed:
    """`address` answered for a party of an agreement; `party` is a key of core.roles.signatories."""

    agreement: str
    party: str
    address: str
    agrees: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgreementReset:
    """What was signed of an agreement counts no more."""

    agreement: str


@dataclass(frozen=True, slots=True)
class TaskAdded:
    """The record has one task more."""

    task: Task


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """Only what is named changes: `values` maps attributes of Task (TASK_VALUES) to their new values as text.

    Another name is one of the task's fields.
    """

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Linked:
    """Another record is linked with this one."""

    link: Link


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person became a participant."""

    address: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The record became confidential, or is so no more (P0.7)."""

    confidential: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """A person answered automatically that they are away, during the state visit of this entry."""

    address: str
    visit: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An urgent mail went out that wants a word; `to` are all whom it has asked so far."""

    rule: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attends:
    """A person answered an invitation; see Attendance."""

    address: str
    answer: str
    delegate: str = ""
    comment: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class TimerEnded:
    """A due timer is over: `outcome` is fired, lapsed (its condition no longer held) or missed."""

    key: str
    occurrence: int
    due: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command was given; `outcome` is done or refused, with the reason told to its giver."""

    command: str
    argument: str = ""
    outcome: str = "done"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal between two records: `outcome` is told or taken; missing, closed or stopped when it came to nothing."""

    name: str
    record: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something worth knowing that changed nothing, such as an absence or a recipient without address."""

    text: str


Change = (
    Opened
    | Joined
    | Entered
    | FieldSet
    | RoleGiven
    | Signed
    | AgreementReset
    | TaskAdded
    | TaskChanged
    | Linked
    | Concerned
    | Sealed
    | Absent
    | Asked
    | Attends
    | TimerEnded
    | Commanded
    | Signalled
    | Noted
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a record's history: what changed, when, by whom, by which rule of which policy."""

    number: int
    at: datetime
    by: str
    rule: str
    change: Change
    policy: str = ""
    verdicts: tuple[str, ...] = ()
