"""The store: one transaction a commit, whatever the database is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from mailflow.core.changes import Entry
from mailflow.core.facts import Notice
from mailflow.core.model import Record
from mailflow.ports.kept import Hit, Item, Message, Seen


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
