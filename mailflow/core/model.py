"""The record, its tasks, and the small values they are made of.

Invariant: a record is the fold of its history (`core.changes`, `core.apply`), and every moment is aware and in UTC.
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
