"""Messages that came, their bytes, and what was done with them at the servers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from mailflow.adapters.store.engine import DOC_ID, Session, Where
from mailflow.adapters.store.layout import fit_text
from mailflow.adapters.store.rows import RowDatabase
from mailflow.codec import from_dict, moment_text, to_dict
from mailflow.ports import Message, Seen


class Messages:
    """The part of a transaction that knows messages."""

    _rows: RowDatabase
    _session: Session

    def has_message(self, digest: str) -> bool:
        return bool(self._rows.rows("messages").pick((DOC_ID,), Where({"digest": digest})))

    def put_message(self, message: Message, content: bytes) -> None:
        table = self._rows.rows("messages")
        stored = table.pick((DOC_ID,), Where({"digest": message.digest}))
        if stored:
            table.replace(stored[0][0], to_dict(message))
        else:
            table.insert(to_dict(message))
        if content:
            self._session.put_blob(message.digest, content)

    def message(self, digest: str) -> Message | None:
        document = self._rows.rows("messages").find_one(digest=digest)
        return None if document is None else from_dict(Message, document)

    def messages(self, record_id: str = "", place: str = "") -> tuple[Message, ...]:
        """In the order they came; all of them when neither is given."""
        equal = {name: value for name, value in (("record", record_id), ("place", place)) if value}
        return tuple(from_dict(Message, one) for one in self._rows.rows("messages").find(Where(equal)))

    def records_of(self, message_ids: Sequence[str]) -> dict[str, str]:
        """Of several messages with one Message-ID (devices reuse theirs) the last one counts; a bundle is
        about several records and therefore names none."""
        wanted = {fit_text(message_id): message_id for message_id in message_ids if message_id}
        if not wanted:
            return {}
        where = Where({"message_id": list(wanted)})
        found = {}
        for message_id, record in self._rows.rows("outbox").pick(("message_id", "record"), where):
            if record:
                found[wanted[message_id]] = record
        for message_id in self._bundles(where):
            found.pop(wanted[message_id], None)
        for message_id, record in self._rows.rows("messages").pick(("message_id", "record"), where):
            if record:
                found[wanted[message_id]] = record
        return found

    def _bundles(self, where: Where) -> set[str]:
        items = dict(self._rows.rows("outbox").pick(("id", "message_id"), where))
        if not items:
            return set()
        further = self._rows.rows("mentions").pick(("item", "record"), Where({"item": list(items)}))
        return {items[item] for item, record in further if record}

    def content(self, key: str) -> bytes:
        return self._session.blob(key) or b""

    def seen(self, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Seen]:
        return {uid: seen for uid, (_, seen) in self._seen(mailbox, uidvalidity, uids).items()}

    def _seen(self, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, tuple[int, Seen]]:
        equal = {"mailbox": fit_text(mailbox), "uidvalidity": uidvalidity, "uid": list(uids)}
        found = self._rows.rows("seen").find(Where(equal)) if uids else []
        return {one["uid"]: (one.doc_id, from_dict(Seen, one)) for one in found}

    def put_seen(self, mailbox: str, uidvalidity: int, seen: Iterable[Seen]) -> None:
        table, wanted = self._rows.rows("seen"), {one.uid: one for one in seen}
        stored = self._seen(mailbox, uidvalidity, list(wanted))
        new = []
        for uid, one in wanted.items():
            document = {"mailbox": mailbox, "uidvalidity": uidvalidity, **to_dict(one)}
            if uid not in stored:
                new.append(document)
            elif stored[uid][1] != one:
                table.replace(stored[uid][0], document)
        if new:
            table.insert_multiple(new)

    def first_contact(self, mailbox: str, now: datetime) -> datetime:
        table, key = self._rows.rows("cursors"), f"first contact {mailbox}"
        kept = table.find_one(key=fit_text(key))
        if kept is not None:
            return datetime.fromisoformat(kept["value"])
        table.insert({"key": key, "value": moment_text(now)})
        return now
