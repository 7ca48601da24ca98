"""Records, messages and mails to put into a store."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mailflow.core.apply import apply, fold
from mailflow.core.changes import Entered, Entry, FieldSet, Joined, Opened
from mailflow.core.model import Record
from mailflow.ports import Item, Message, Transaction

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entries_of(kind: str = "requirement", requester: str = "ann@example.com") -> tuple[Entry, ...]:
    changes = (
        Opened(kind, "月度报表", requester, "zh"),
        Joined("digest", "<first@example.com>", requester),
        FieldSet("goal", "让报表更快", "line 2"),
        Entered("received"),
    )
    return tuple(
        Entry(number, NOW, requester, "requirement.yaml:12", change, "policy-1", ("kind is requirement",))
        for number, change in enumerate(changes, 1)
    )


def put_new(
    transaction: Transaction,
    record_id: str,
    *,
    due: datetime | None = None,
    kind: str = "requirement",
    requester: str = "ann@example.com",
) -> Record:
    """A record of four entries, as the store then has it."""
    entries = entries_of(kind, requester)
    transaction.put_record(fold(record_id, entries), entries, due)
    stored = transaction.record(record_id)
    assert stored is not None
    return stored


def put_next(transaction: Transaction, record: Record, state: str, due: datetime | None = None) -> None:
    entry = Entry(record.entries + 1, NOW, "bob@example.com", "", Entered(state))
    transaction.put_record(apply(record, entry), [entry], due)


def message(digest: str = "digest", **changes: Any) -> Message:
    values: dict[str, Any] = {
        "digest": digest,
        "place": "filed",
        "record": "REQ-2026-0001",
        "message_id": f"<{digest}@example.com>",
        "sender": "ann@example.com",
        "to": ("requests@example.com",),
        "subject": "[需求] 月度报表",
        "date": NOW - HOUR,
        "at": NOW,
        "text": "让报表更快",
        "attachments": (("报表.xlsx", "application/vnd.ms-excel", 1200),),
    }
    return Message(**(values | changes))


def item(item_id: str = "item", **changes: Any) -> Item:
    values: dict[str, Any] = {
        "id": item_id,
        "message_id": f"<{item_id}@requests.example.com>",
        "style": "notify",
        "rules": ("requirement.yaml:20",),
        "templates": ("requirement/please-assess",),
        "records": ("REQ-2026-0001",),
        "to": ("it@example.com",),
        "cc": (),
        "recipients": ("it@example.com",),
        "subject": "Please assess",
        "at": NOW,
        "not_before": NOW,
        "next_at": NOW,
    }
    return Item(**(values | changes))
