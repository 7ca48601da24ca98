"""A transaction of the store: what the engine reads and writes, as documents in the tables of one session."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mailflow.adapters.store.engine import Session
from mailflow.adapters.store.layout import TABLES, fit_text
from mailflow.adapters.store.messages import Messages
from mailflow.adapters.store.outbox import Outbox
from mailflow.adapters.store.records import Records
from mailflow.adapters.store.rows import RowDatabase
from mailflow.adapters.store.searching import Searching
from mailflow.codec import moment_text, to_dict
from mailflow.ports import RHYTHM

_KEPT = "kept "


class Documents(Records, Messages, Outbox, Searching):
    """Everything that ports.Transaction promises. `tables` is the TinyDB below, for whoever queries it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = RowDatabase(session, TABLES)

    @property
    def tables(self) -> RowDatabase:
        return self._rows

    def get(self, key: str) -> Any:
        kept = self._rows.rows("cursors").find_one(key=fit_text(_KEPT + key))
        return None if kept is None else kept["value"]

    def put(self, key: str, value: Any) -> None:
        table, document = self._rows.rows("cursors"), {"key": _KEPT + key, "value": to_dict(value)}
        kept = table.find_one(key=fit_text(_KEPT + key))
        if kept is None:
            table.insert(document)
        elif kept != document:
            table.replace(kept.doc_id, document)

    def next_due(self) -> datetime | None:
        rhythm = (self.get(RHYTHM) or {}).get("due")
        moments = (super().next_due(), datetime.fromisoformat(rhythm) if rhythm else None)
        return min((each for each in moments if each is not None), default=None)

    def policy(self, policy_hash: str) -> Mapping[str, str] | None:
        kept = self._rows.rows("policies").find_one(hash=policy_hash)
        return None if kept is None else dict(kept["files"])

    def put_policy(self, policy_hash: str, files: Mapping[str, str], at: datetime) -> None:
        table = self._rows.rows("policies")
        if table.find_one(hash=policy_hash) is None:
            table.insert({"hash": policy_hash, "files": dict(files), "at": moment_text(at)})
