"""What mailflow knows of a matter: the record, its tasks, and the entries of its history.

Invariant: a record is the fold of its history (`core.apply`), and every moment is aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a state; `entry` is the number of the history entry that began it."""

    state: str
    entry: int
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What one party of an agreement last answered."""

    address: str
    agrees: bool
    entry: int
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """When and by which history entry something was last set or said; what timers are anchored to."""

    entry: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work with exactly one owner and a due date (P0.9). `due` is an ISO date or "".

    `fields` are those that its kind gives to tasks, as text like a record's; `marks` when each was last set.
    `origin` is RECORD#NUMBER of the task of another record that this one was taken over from.
    """

    number: int
    title: str
    owner: str = ""
    due: str = ""
    state: str = "open"
    percent: int = 0
    collaborators: tuple[str, ...] = ()
    standard: str = ""
    remark: str = ""
    added: Mark | None = None
    dated: Mark | None = None
    changed: Mark | None = None
    origin: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether it names one owner and a date, as P0.9 wants."""
        return bool(self.owner and self.due)


TASK_VALUES = ("title", "owner", "due", "state", "percent", "collaborators", "standard", "remark")
"""What every task has and a rule may change."""

ORIGIN = "origin"
"""What a task has besides: where it was taken over from."""

# The relations that mean something to the program: a message named the record, it is a ticket of another program,
# it goes on in another record, where answers to it go too, and the other way round.
MENTIONS, TICKET, CONTINUED, CONTINUES = "mentions", "ticket", "continued", "continues"


@dataclass(frozen=True, slots=True)
class Link:
    """Another record that this one names, and how it was named."""

    record: str
    relation: str = MENTIONS


@dataclass(frozen=True, slots=True)
class Ask:
    """An urgent mail that waits for a word: by which rule, and all whom it has asked so far.

    Of the first `each` of them everybody is waited for; a word of one of those above them does for all.
    """

    rule: str
    to: tuple[str, ...]
    entry: int
    at: datetime
    each: int = 0


@dataclass(frozen=True, slots=True)
class Attendance:
    """What a person last answered to an invitation: accepted, declined, tentative, delegated (to `delegate`) or
    counter (who `proposed` another time, ISO 8601), with what they said about it."""

    answer: str
    entry: int
    at: datetime
    delegate: str = ""
    comment: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A matter and where it stands.

    `fields` maps a field's name to its value as text (dates ISO 8601, choices by key, lists joined by
    ", "); `marks` to when it was last set, `words` an address to its last message. `roles` are the people
    this record gave a role to. `fired` maps a timer's key (Deadline.key) to the last occurrence that is over.
    `asks` are the urgent mails that nobody whom they asked has answered, by rule.
    `matter` is what all mail of its monitor about it shares (P4.9), or which time of which meeting of the rhythm it is.
    `attendance` maps who was invited to what they answered.
    `entries` is the length of its history, `revision` the number of commits that touched it.
    """

    id: str
    kind: str
    title: str
    requester: str
    language: str
    opened_at: datetime
    state: str = ""
    confidential: bool = False
    urgent: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    participants: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()
    agreements: Mapping[str, Mapping[str, Signature]] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    links: tuple[Link, ...] = ()
    fired: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Mark] = field(default_factory=dict)
    thread: tuple[str, ...] = ()
    absent: Mapping[str, int] = field(default_factory=dict)
    asks: Mapping[str, Ask] = field(default_factory=dict)
    matter: str = ""
    attendance: Mapping[str, Attendance] = field(default_factory=dict)
    entries: int = 0
    revision: int = 0

    @property
    def visit(self) -> Visit:
        """The present stay; raises IndexError on a record that never entered a state."""
        return self.visits[-1]

    def task(self, number: int) -> Task | None:
        return next((task for task in self.tasks if task.number == number), None)


# --- changes: what can happen to a record; each is kept in its history -------------------------


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
    state: str


@dataclass(frozen=True, slots=True)
class FieldSet:
    """`where` says what it was read from: a line, a table, a command, a default."""

    name: str
    value: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class RoleGiven:
    role: str
    address: str


@dataclass(frozen=True, slots=True)
class Signed:
    agreement: str
    party: str
    address: str
    agrees: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgreementReset:
    agreement: str


@dataclass(frozen=True, slots=True)
class TaskAdded:
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
