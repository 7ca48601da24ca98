"""Mails of ours, from their decision to their end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mailflow.adapters.store.engine import DOC_ID, Session, Where
from mailflow.adapters.store.layout import fit_text, folded, replied
from mailflow.adapters.store.rows import RowDatabase
from mailflow.codec import from_dict, moment_text, to_dict
from mailflow.core.facts import Notice
from mailflow.ports import Item


class Outbox:
    """The part of a transaction that knows the outbox."""

    _rows: RowDatabase
    _session: Session

    def put_item(self, item: Item, content: bytes) -> bool:
        table = self._rows.rows("outbox")
        if table.pick((DOC_ID,), Where({"id": item.id})):
            return False
        document = to_dict(item)
        table.insert(document)
        if mentions := mentions_of(document):
            self._rows.rows("mentions").insert_multiple(mentions)
        if content:
            self._session.put_blob(item.id, content)
        return True

    def set_item(self, item: Item) -> None:
        """Replace an item; KeyError when there is none of this id."""
        table = self._rows.rows("outbox")
        stored = table.pick((DOC_ID,), Where({"id": item.id}))
        if not stored:
            raise KeyError(item.id)
        document = to_dict(item)
        table.replace(stored[0][0], document)
        renew_mentions(self._rows, document)

    def item(self, item_id: str) -> Item | None:
        document = self._rows.rows("outbox").find_one(id=item_id)
        return None if document is None else from_dict(Item, document)

    def items(self, record_id: str = "", status: str = "") -> tuple[Item, ...]:
        """In the order they were made; all of them when neither is given."""
        table, by_status = self._rows.rows("outbox"), {"status": status} if status else {}
        if not record_id:
            return _items(table.find(Where(by_status)))
        found = table.find(Where({"record": record_id, **by_status}))
        mentioned = self._rows.rows("mentions").pick(("item",), Where({"record": record_id}))
        if mentioned:
            found += table.find(Where({"id": [item for (item,) in mentioned], **by_status}))
        found.sort(key=lambda document: document.doc_id)
        return _items(found)

    def sendable(self, now: datetime, limit: int = 200) -> tuple[Item, ...]:
        where = Where(order="send_at", most=moment_text(now), limit=limit)
        return _items(self._rows.rows("outbox").find(where))

    def sent_to(self, message_ids: Sequence[str]) -> tuple[Notice, ...]:
        """The copied (Cc) are left out, like information copies: they were told, not asked."""
        wanted = [fit_text(message_id) for message_id in message_ids if message_id]
        found = self._rows.rows("outbox").find(Where({"message_id": wanted})) if wanted else []
        return tuple(
            Notice(
                item["message_id"],
                address,
                tuple(item["records"]),
                dict(item.get("visits") or {}),
                item["style"],
                next(iter(item["rules"]), ""),
                next(iter(item["templates"]), ""),
                from_dict(Item, item).proposal if item.get("proposal") else None,
            )
            for item in found
            if not item["copy_of"]
            for address in item["recipients"]
            if folded(address) not in {folded(copied) for copied in item["cc"]}
        )

    def replies_since(self, address: str, since: datetime, record_id: str = "") -> int:
        equal = {"reply_to": fit_text(folded(address))}
        if record_id:
            where = Where({**equal, "record": record_id}, order="at", least=moment_text(since))
            return len(self._rows.rows("outbox").pick((DOC_ID,), where))
        where = Where(equal, order="at", least=moment_text(since))
        return sum(len(self._rows.rows(name).pick((DOC_ID,), where)) for name in ("outbox", "mentions"))


def mentions_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What does not fit the columns of an item: its further records, and further addresses it replies to."""
    common = {"item": item["id"], "at": item["at"]}
    records = [{**common, "record": record, "reply_to": None} for record in item["records"][1:]]
    return records + [{**common, "record": None, "reply_to": address} for address in replied(item)[1:]]


def renew_mentions(rows: RowDatabase, item: Mapping[str, Any]) -> None:
    table = rows.rows("mentions")
    old, new = table.find(Where({"item": item["id"]})), mentions_of(item)
    if new != old:
        table.remove(doc_ids=[one.doc_id for one in old])
        table.insert_multiple(new)


def _items(documents: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    return tuple(from_dict(Item, document) for document in documents)
