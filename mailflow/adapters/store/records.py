"""Records, their history, due moments and numbers, as a transaction reads and writes them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mailflow.adapters.store.engine import DOC_ID, Where
from mailflow.adapters.store.rows import CHUNK, RowDatabase
from mailflow.codec import from_dict, moment_text, to_dict
from mailflow.core.changes import Entry
from mailflow.core.model import Record
from mailflow.ports import Conflict

FILTERS = ("kind", "state", "requester")


class Records:
    """The part of a transaction that knows records."""

    _rows: RowDatabase

    def record(self, record_id: str) -> Record | None:
        document = self._rows.rows("records").find_one(id=record_id)
        return None if document is None else from_dict(Record, document)

    def records(self, **filters: Any) -> Iterator[Record]:
        """Those whose kind, state and requester are these (a list: any of them), oldest first.

        Read a chunk at a time, so the loop may write; ValueError for another filter.
        """
        if unknown := filters.keys() - set(FILTERS):
            raise ValueError(f"records are not found by {', '.join(sorted(unknown))}")
        return self._records(filters)

    def _records(self, filters: dict[str, Any]) -> Iterator[Record]:
        table, start = self._rows.rows("records"), 0
        while True:
            documents = table.find(Where(filters, least=start, limit=CHUNK))
            for document in documents:
                yield from_dict(Record, document)
            if len(documents) < CHUNK:
                return
            start = documents[-1].doc_id + 1

    def latest(self, kind: str, states: Sequence[str], limit: int) -> tuple[Record, ...]:
        table = self._rows.rows("records")
        found = table.pick((DOC_ID,), Where({"kind": kind, "state": list(states)}))
        documents = table.find(Where({DOC_ID: [doc_id for (doc_id,) in found[-limit:]]})) if found and limit else []
        return tuple(from_dict(Record, document) for document in documents)

    def history(self, record_id: str) -> tuple[Entry, ...]:
        documents = self._rows.rows("history").find(Where({"record": record_id}, order="number"))
        return tuple(from_dict(Entry, document) for document in documents)

    def put_record(self, record: Record, entries: Sequence[Entry], due: datetime | None) -> None:
        table = self._rows.rows("records")
        stored = table.pick((DOC_ID, "revision"), Where({"id": record.id}))
        revision = stored[0][1] if stored else 0
        if revision != record.revision:
            raise Conflict(f"{record.id} is at revision {revision}, not {record.revision}: decide again")
        document = record_document(record, due)
        document["revision"] = revision + 1
        if stored:
            table.replace(stored[0][0], document)
        else:
            table.insert(document)
        if entries:
            self._rows.rows("history").insert_multiple({"record": record.id, **to_dict(entry)} for entry in entries)

    def set_due(self, record_id: str, due: datetime | None) -> None:
        """KeyError for a record that is not there."""
        table = self._rows.rows("records")
        stored = table.pick((DOC_ID, "due"), Where({"id": record_id}))
        if not stored:
            raise KeyError(record_id)
        doc_id, before = stored[0]
        text = None if due is None else moment_text(due)
        if text != before:
            table.update({"due": text}, doc_ids=[doc_id])

    def due(self, before: datetime, limit: int = 1000) -> tuple[tuple[str, datetime], ...]:
        where = Where(order="due", most=moment_text(before), limit=limit)
        rows = self._rows.rows("records").pick(("id", "due"), where)
        return tuple((record_id, datetime.fromisoformat(due)) for record_id, due in rows)

    def next_due(self) -> datetime | None:
        timers = self._rows.rows("records").pick(("due",), Where(order="due", least="", limit=1))
        mails = self._rows.rows("outbox").pick(("send_at",), Where(order="send_at", least="", limit=1))
        return min((datetime.fromisoformat(text) for (text,) in (*timers, *mails)), default=None)

    def next_number(self, series: str) -> int:
        # The lock for writing is ours, so nobody else can be counting now.
        table, key = self._rows.rows("cursors"), f"series {series}"
        kept = table.find_one(key=key)
        if kept is None:
            table.insert({"key": key, "value": 1})
            return 1
        number: int = kept["value"] + 1
        table.replace(kept.doc_id, {"key": key, "value": number})
        return number


def record_document(record: Record, due: datetime | None) -> dict[str, Any]:
    """The document of a record: its own keys, and the moment its next timer is due."""
    document: dict[str, Any] = to_dict(record)
    document["due"] = None if due is None else moment_text(due)
    return document
