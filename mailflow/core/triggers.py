"""What can set a decision off: a message, a timer, a command, a new record, a signal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.model import Link, Task
from mailflow.mail.model import Mail, Table


@dataclass(frozen=True, slots=True)
class Classification:
    """What a message is about: its kind or None, the title without tags, and how that was found.

    `tags` are all that it bears, the first counts; `near`: the tag was misspelt and taken as meant.
    """

    kind: str | None
    title: str
    tag: str = ""
    urgent: bool = False
    confidential: bool = False
    record_ids: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    near: bool = False


@dataclass(frozen=True, slots=True)
class MailReceived:
    """A message, what it is, and how it found its record: "reference", "id", or "" for none.

    `record_id` is the id that a new record would get, drawn by the caller; `tables` are those of its
    attachments, `unreadable` the names of attached files that could not be opened, `tokens` what its subject bore,
    `told` the mails of ours that it answers, all of them as a quote.
    """

    mail: Mail
    classification: Classification
    found_by: str = ""
    record_id: str = ""
    tables: tuple[Table, ...] = ()
    unreadable: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    told: tuple[Mail, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A due timer (see core.timers.deadlines): which rule, for which task (0: the record), which occurrence."""

    rule: str
    task: int
    key: str
    occurrence: int
    due: datetime
    missed: int = 0


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """Commands as lines of text, from the shell or the board; `by` is who counts as having mailed them."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class RecordOpened:
    """A record that a rule, another record or the rhythm opens, without mail.

    `record_id` is drawn by the caller. `by` is whose doing it is ("" for the clock); `fields` are canonical
    values, `links` lead to where it comes from, `evidence` says why it was opened, `matter` is kept with it.
    """

    record_id: str
    kind: str
    title: str
    requester: str
    language: str = ""
    confidential: bool = False
    urgent: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    participants: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    links: tuple[Link, ...] = ()
    by: str = ""
    evidence: str = ""
    matter: str = ""


@dataclass(frozen=True, slots=True)
class SignalGiven:
    """What another record or the rhythm tells this one: a signal by name, from which record of which kind, whose doing.

    `values` are what it says; `tasks` are the open tasks of the record that gave it and `participants` its people,
    which may be taken over. `task` is the one that it speaks of, by its number there. `confidential`: so
    was that record (P0.7).
    """

    name: str
    record: str
    kind: str
    values: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    participants: tuple[str, ...] = ()
    task: Task | None = None
    by: str = ""
    confidential: bool = False


Trigger = MailReceived | TimerFired | CommandGiven | RecordOpened | SignalGiven
