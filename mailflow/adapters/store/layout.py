"""The tables and their indexed columns. Invariant: every column is a function of its row's document.

Layouts are numbered; `LAYOUT` is the one this program writes. A change here is a new number and a step in
`upgrades.py`, and a dump of the old layout joins tests/store/layouts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LAYOUT = 2

Document = Mapping[str, Any]
WAITING = frozenset({"pending", "deferred", "in-doubt"})


@dataclass(frozen=True, slots=True)
class Column:
    """A derived column: `of` takes its value (text, a whole number or None) from the document."""

    name: str
    kind: str = "TEXT"
    of: Callable[[Document], Any] | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """Look-ups by equality of all columns, or of all but the last, which then gives range and order."""

    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True)
class Layout:
    """One table: a row is a document id, the document as JSON text, and the derived columns."""

    name: str
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def values(self, document: Document) -> tuple[Any, ...]:
        """The derived columns of a document."""
        return tuple(
            _fit(document.get(column.name) if column.of is None else column.of(document)) for column in self.columns
        )


def _fit(value: Any) -> Any:
    """What every database takes as a column: truth as a number, text without NUL and lone surrogates."""
    if isinstance(value, str):
        return fit_text(value)
    return int(value) if isinstance(value, bool) else value


def fit_text(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def folded(address: str) -> str:
    """An address as it is compared: RFC 5321 §2.4 lets local parts differ by case, nobody means them to."""
    return address.strip().casefold()


def _send_at(item: Document) -> str | None:
    return item["next_at"] if item["status"] in WAITING else None


def _first_record(item: Document) -> str | None:
    return next(iter(item["records"]), None)


def _first_reply(item: Document) -> str | None:
    return next(iter(replied(item)), None)


def replied(item: Document) -> Sequence[str]:
    """Whom an outbox document of style reply answers, as compared."""
    if item["style"] != "reply":
        return ()
    return tuple(dict.fromkeys(folded(address) for address in item["recipients"]))


RECORDS = Layout(
    "records",
    (
        Column("id"),
        Column("kind"),
        Column("state"),
        Column("requester"),
        Column("due"),
        Column("revision", "INTEGER"),
    ),
    (
        Index(("id",), unique=True),
        Index(("kind",)),
        Index(("state",)),
        Index(("requester",)),
        Index(("due",)),
    ),
)
HISTORY = Layout(
    "history",
    (Column("record"), Column("number", "INTEGER")),
    (Index(("record", "number"), unique=True),),
)
MESSAGES = Layout(
    "messages",
    (Column("digest"), Column("record"), Column("place"), Column("message_id")),
    (Index(("digest",), unique=True), Index(("record",)), Index(("place",)), Index(("message_id",))),
)
OUTBOX = Layout(
    "outbox",
    (
        Column("id"),
        Column("message_id"),
        Column("status"),
        Column("record", of=_first_record),
        Column("send_at", of=_send_at),
        Column("reply_to", of=_first_reply),
        Column("at"),
    ),
    (
        Index(("id",), unique=True),
        Index(("message_id",)),
        Index(("status",)),
        Index(("record",)),
        Index(("send_at",)),
        Index(("reply_to", "at")),
    ),
)
# The further records of a bundle, and the further addresses of a reply with several: one row for each, since
# a column holds one value. Derived from the outbox, like a column.
MENTIONS = Layout(
    "mentions",
    (Column("item"), Column("record"), Column("reply_to"), Column("at")),
    (Index(("item",)), Index(("record",)), Index(("reply_to", "at"))),
)
SEEN = Layout(
    "seen",
    (Column("mailbox"), Column("uidvalidity", "INTEGER"), Column("uid", "INTEGER")),
    (Index(("mailbox", "uidvalidity", "uid"), unique=True),),
)
CURSORS = Layout("cursors", (Column("key"),), (Index(("key",), unique=True),))
POLICIES = Layout("policies", (Column("hash"),), (Index(("hash",), unique=True),))

TABLES: Mapping[str, Layout] = {
    table.name: table for table in (RECORDS, HISTORY, MESSAGES, OUTBOX, MENTIONS, SEEN, CURSORS, POLICIES)
}
