"""What a decision may ask the store (`core.decide.needs`), and the answers that it is then given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.model import Record
from mailflow.core.standing import Standing


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
