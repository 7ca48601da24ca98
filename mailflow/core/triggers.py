"""What can set a decision off, what a decision may ask the world about, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.model import Entry, Link, Record, Task
from mailflow.core.rule import Style
from mailflow.core.standing import Standing
from mailflow.mail.model import Mail, Table

# --- triggers -----------------------------------------------------------------------------------


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

    `record_id` is the id that a new record would get, drawn by the caller; `tables` are those of the
    message and its attachments, `tokens` what its subject bore.
    """

    mail: Mail
    classification: Classification
    found_by: str = ""
    record_id: str = ""
    tables: tuple[Table, ...] = ()
    tokens: tuple[str, ...] = ()


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

# --- facts: what only the store knows -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail of ours: its Message-ID, the one person it was for, its records and the visit each was in.

    `style`, `rule` and `template` are those of its (first) letter; `proposal` is what a confirmation of it does.
    """

    message_id: str
    address: str
    records: tuple[str, ...]
    visits: Mapping[str, int] = field(default_factory=dict)
    style: str = ""
    rule: str = ""
    template: str = ""
    proposal: Standing | None = None


@dataclass(frozen=True, slots=True)
class SentTo:
    """Which of these Message-IDs are mails of ours, and to whom? Answer: tuple of Notice, no copies.

    `tokens` are those of a subject, which name mails of ours that proposed something.
    """

    message_ids: tuple[str, ...]
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentIn:
    """Which mails of ours about this record went to these people, the latest first? Answer: tuple of Notice."""

    record: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswersSince:
    """How many replies did this person get since a moment, in all and in one record? Answer: two ints."""

    address: str
    since: datetime
    record: str = ""


@dataclass(frozen=True, slots=True)
class RecordsNamed:
    """Which of these ids are records? Answer: tuple of ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proven:
    """Is one of these tokens that of this person for this stay of the record? Answer: bool."""

    tokens: tuple[str, ...]
    record: str
    address: str
    visit: int


@dataclass(frozen=True, slots=True)
class OpenRecords:
    """Which records are open? Answer: tuple of Record. Asked only when a person wants to know what is theirs."""


@dataclass(frozen=True, slots=True)
class RecordsIn:
    """Which records of a kind are in one of these states? Answer: tuple of Record, the latest ones."""

    kind: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Which records have these words, the best first? Answer: tuple of Finding, so many at most."""

    words: str
    limit: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A record that has what was searched for; `text` is the line that has it."""

    record: Record
    text: str


@dataclass(frozen=True, slots=True)
class HeldUnder:
    """Which mails would go out if this were not muted any more? Answer: tuple of Withheld."""

    scope: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A mail of ours that is held back: since when, for whom, about which record ("" for none), its subject."""

    at: datetime
    recipient: str
    record: str
    subject: str


Query = SentTo | SentIn | AnswersSince | RecordsNamed | Proven | OpenRecords | Found | RecordsIn | HeldUnder


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers to `needs`; `sent_to` has what `SentTo` found before what `SentIn` found."""

    sent_to: tuple[Notice, ...] = ()
    answers: int = 0
    answers_in_record: int = 0
    records: tuple[str, ...] = ()
    open_records: tuple[Record, ...] = ()
    found: tuple[Finding, ...] = ()
    others: tuple[Record, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    proven: bool = False


# --- decisions ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """A condition, whether it hit, and the value it saw."""

    rule: str
    hit: bool
    condition: str
    saw: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {'hit' if self.hit else 'miss'} {self.condition} (saw {self.saw})"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be written: by which rule and template, to whom (addresses), in which style.

    `visit` is the history entry of the state visit on which it rests: a letter that waits is superseded
    when that visit has ended (0: it rests on none). `task` is the task it speaks of, 0 for the record.
    `attach`: the attachments of the message that led here go with it. `values` are what the template may
    say besides the record: reason, question, summary, deadline. `proposal` is what its confirmation puts in force;
    `met` are the other records that led to it.
    `invite`: the event goes with it (see Send).
    """

    style: Style
    template: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    rule: str = ""
    record: str = ""
    task: int = 0
    urgent: bool = False
    visit: int = 0
    occurrence: str = ""
    attach: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    proposal: Standing | None = None
    met: tuple[Record, ...] = ()
    invite: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """The message belongs to this record."""

    record: str


@dataclass(frozen=True, slots=True)
class Unfiled:
    """The message belongs to no record, and why: automatic, untagged, stranger, not a participant."""

    reason: str


Disposition = Filed | Unfiled


@dataclass(frozen=True, slots=True)
class Told:
    """A signal on its way to a record, and the rule that gives it."""

    to: str
    given: SignalGiven
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to be opened, its id yet to be drawn; `relation` is how the one that wants it links to it."""

    opened: RecordOpened
    relation: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a trigger: the entries of history, the mails, and the verdicts that led there.

    `record` is the record after `entries` (the fold of them), None when none is concerned. `unreachable`
    are addresses that were found not to take mail any more. `signals` and `opens` are what is to be done to
    other records; each is decided there, in the same transaction. `standing` is what changes beside the rules.
    """

    record: Record | None
    entries: tuple[Entry, ...] = ()
    letters: tuple[Letter, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    disposition: Disposition | None = None
    unreachable: tuple[str, ...] = ()
    signals: tuple[Told, ...] = ()
    opens: tuple[Wanted, ...] = ()
    standing: tuple[Standing, ...] = ()
