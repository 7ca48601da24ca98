"""The edges the engine talks to, as it sees them: mailbox, store, courier, clock, renderer.

Errors are sorted by what the caller may do next: `Unavailable` (the world's trouble: try again later),
`Conflict` (decide again on what is there now), `Refused` (the configuration is wrong: tell a person).
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from mailflow.core.changes import Entry
from mailflow.core.facts import Notice
from mailflow.core.model import Record
from mailflow.core.standing import Standing


class Unavailable(Exception):
    """A server or a disk cannot be used now; nothing was lost, try again later (exit 75)."""


class Refused(Exception):
    """A server says no for good: wrong password, missing folder, certificate not trusted."""


class Conflict(Exception):
    """Somebody else wrote the record since it was read: load it and decide again."""


# --- mailbox --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawMail:
    """A message as a mailbox gave it. `uid` is 0 and `mailbox` says how when it came otherwise."""

    mailbox: str
    uidvalidity: int
    uid: int
    received: datetime
    content: bytes


class Mailbox(Protocol):
    """One folder on an IMAP server. Not thread-safe: one thread owns it.

    Every method raises Unavailable when the connection is lost (the next call connects anew) and
    Refused when the server says no for good.
    """

    name: str

    def listing(self, since: datetime | None) -> tuple[int, tuple[int, ...]]:
        """UIDVALIDITY and the UIDs that lie in the folder (of mail received since a moment)."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[RawMail, ...]]:
        """The messages, in batches bounded by the sum of their sizes; what has vanished is left out."""
        ...

    def file(self, uids: Sequence[int]) -> None:
        """Move these to the folder for filed mail; nothing when there is none."""
        ...

    def quarantine(self, uids: Sequence[int]) -> None:
        """Move these to the folder for mail that could not be read; nothing when there is none."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait for new mail with IDLE, or just wait; True as soon as there may be something new."""
        ...

    def wake(self) -> None:
        """End a `wait` early; the one method that another thread may call."""
        ...

    def close(self) -> None: ...


# --- courier --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Envelope:
    """What SMTP sees: an outbox item's id, sender ("" for the null sender), recipients, bytes."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it for at least one recipient.

    `refused` are recipients it will never take, `deferred` those to be tried again, alone: address -> answer.
    """

    reply: str
    refused: Mapping[str, str]
    deferred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now (4yz, no connection): try again by the back-off of RFC 5321 §4.5.4.1.

    `refused` are recipients it will never take, to be left out then: address -> answer.
    """

    reason: str
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never (5yz): tell a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The answer after the final dot was lost: it may have been taken."""

    reason: str


Outcome = Sent | Deferred | Rejected | InDoubt


class Courier(Protocol):
    def send(self, envelopes: Sequence[Envelope]) -> AsyncIterator[tuple[str, Outcome]]:
        """Send all, several connections in parallel; yields (id, outcome) as each is known. Never raises."""
        ...

    async def check(self) -> None:
        """Connect and log in; raises Unavailable or Refused."""
        ...


# The key under which the rhythm's agenda is kept; its "due" counts among the moments at which something is due.
RHYTHM = "rhythm"

# --- store ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """A message that came and was kept. `record` is "" while it is unfiled or in quarantine.

    `place` is filed, unfiled or quarantine; `reason` says why it is not filed. The bytes are a blob
    under `digest` (for quarantine, the SHA-256 of the bytes).
    """

    digest: str
    place: str
    record: str
    message_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    date: datetime | None
    at: datetime
    reason: str = ""
    text: str = ""
    automatic: bool = False
    attachments: tuple[tuple[str, str, int], ...] = ()
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A mail of ours, from its decision to its end.

    `status`: pending, deferred, sent, rejected, in-doubt, superseded, dropped, held (muted). `recipients` is the
    envelope, `to` and `cc` the headers; `copy_of` names the item that this is an information copy of.
    `visit` (with `record`): not sent any more once that state visit has ended. A bundle has several
    rules, templates and records; `visits` says which visit each record was in. `next_at`: not before this
    moment; `urgent`: also outside working hours; `proposal`: what a confirmation of it puts in
    force. The bytes are a blob under `id`.
    """

    id: str
    message_id: str
    style: str
    rules: tuple[str, ...]
    templates: tuple[str, ...]
    records: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    at: datetime
    not_before: datetime
    next_at: datetime
    sender: str = ""
    status: str = "pending"
    attempts: int = 0
    visit: int = 0
    copy_of: str = ""
    language: str = ""
    sent_at: datetime | None = None
    reply: str = ""
    refused: Mapping[str, str] | None = None
    visits: Mapping[str, int] = field(default_factory=dict)
    urgent: bool = False
    proposal: Standing | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a UID: taken (attempted), filed, quarantine; `moved` once the server did its part."""

    uid: int
    place: str
    moved: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has what was searched for, and where: `place` is record, message or mail (one of ours).

    `key` is the message's digest or the mail's id, "" for the record itself; `text` the line that has it. The
    higher the `score`, the better it fits.
    """

    record: str
    place: str
    key: str
    at: datetime
    text: str
    score: float


class Transaction(Protocol):
    """Reads that see its own writes; all of it is kept, or none.

    Look-ups on hot paths use indexed columns. `put_record` raises Conflict when the stored revision is
    not `record.revision`, and stores revision + 1.
    """

    # records and their history
    def record(self, record_id: str) -> Record | None: ...
    def records(self, **filters: Any) -> Iterator[Record]:
        """All, or those whose indexed column has the value: kind, state, requester; newest last."""
        ...

    def latest(self, kind: str, states: Sequence[str], limit: int) -> tuple[Record, ...]:
        """So many records of a kind that are in one of these states, at most; the newest last."""
        ...

    def history(self, record_id: str) -> tuple[Entry, ...]: ...
    def put_record(self, record: Record, entries: Sequence[Entry], due: datetime | None) -> None:
        """Store a record with new entries of its history and the moment its next timer is due."""
        ...

    def set_due(self, record_id: str, due: datetime | None) -> None: ...
    def due(self, before: datetime, limit: int = 1000) -> tuple[tuple[str, datetime], ...]:
        """(record id, due moment) at or before a moment, earliest first."""
        ...

    def next_due(self) -> datetime | None:
        """The earliest due moment of all records and of the rhythm, or next_at of the outbox, whichever comes first."""
        ...

    def next_number(self, series: str) -> int:
        """The next number of a series such as REQ-2026, from 1; a number is never given twice."""
        ...

    # messages
    def has_message(self, digest: str) -> bool: ...
    def put_message(self, message: Message, content: bytes) -> None:
        """Store, or replace one of the same digest (unfiled mail made a record). `content` b"" keeps the blob."""
        ...

    def message(self, digest: str) -> Message | None: ...
    def messages(self, record_id: str = "", place: str = "") -> tuple[Message, ...]: ...
    def records_of(self, message_ids: Sequence[str]) -> dict[str, str]:
        """Message-ID -> record id, for messages filed and mails of ours alike."""
        ...

    def content(self, key: str) -> bytes:
        """The bytes of a message (by digest) or of an item (by id); b"" when there are none."""
        ...

    # what was done at the servers
    def seen(self, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Seen]: ...
    def put_seen(self, mailbox: str, uidvalidity: int, seen: Iterable[Seen]) -> None: ...
    def first_contact(self, mailbox: str, now: datetime) -> datetime:
        """When this mailbox was first contacted; `now` is kept for it when it never was."""
        ...

    # outbox
    def put_item(self, item: Item, content: bytes) -> bool:
        """Store a mail of ours; False, and nothing done, when one of this id is there already."""
        ...

    def set_item(self, item: Item) -> None: ...
    def item(self, item_id: str) -> Item | None: ...
    def items(self, record_id: str = "", status: str = "") -> tuple[Item, ...]: ...
    def sendable(self, now: datetime, limit: int = 200) -> tuple[Item, ...]:
        """Pending, deferred and in-doubt items with next_at <= now, earliest first."""
        ...

    def sent_to(self, message_ids: Sequence[str]) -> tuple[Notice, ...]:
        """The mails of ours (no copies) that went under these Message-IDs."""
        ...

    def replies_since(self, address: str, since: datetime, record_id: str = "") -> int:
        """How many items of style reply were made for this address since a moment (in one record)."""
        ...

    # search
    def search(self, words: str, limit: int = 20) -> tuple[Hit, ...]:
        """The records that have all the words in one place, each once, the best first, as far as is indexed."""
        ...

    def index(self, limit: int = 500) -> int:
        """Take up to so many of what came since into the index of words; how many were taken. 0: all is there."""
        ...

    # the rest
    def get(self, key: str) -> Any:
        """A small JSON value kept under a key (policy in force, last pass), None when there is none."""
        ...

    def put(self, key: str, value: Any) -> None: ...
    def policy(self, policy_hash: str) -> Mapping[str, str] | None:
        """The files of a policy that was in force, by path."""
        ...

    def put_policy(self, policy_hash: str, files: Mapping[str, str], at: datetime) -> None: ...


class Store(Protocol):
    """Where everything is kept. Usable from several threads and processes; one write at a time."""

    def transaction(self, *, write: bool = True) -> AbstractContextManager[Transaction]:
        """Commits at the end of the block, rolls back on an exception; raises Unavailable (full disk)."""
        ...

    def index(self, limit: int | None = None) -> int:
        """Take (at most so much of) what came since into the index of words, a batch at a time; how much that was."""
        ...

    def reindex(self) -> int:
        """Rebuild what is derived (columns, due moments are the engine's); returns the number of records."""
        ...

    def problems(self) -> tuple[str, ...]:
        """What an integrity check finds; empty when all is well."""
        ...

    def close(self) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime: ...
