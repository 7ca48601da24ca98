"""Writes tests/store/layouts/N.sql: a state of the present layout, for later versions to upgrade.

Run `python -m tests.store.dump_layout` once, when a layout is released; afterwards its file stays as it is.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from mailflow.adapters.store import SqliteStore
from mailflow.adapters.store.layout import LAYOUT
from mailflow.adapters.store.upgrades import APPLICATION
from mailflow.ports import Seen
from tests.store.samples import NOW, item, message, put_new

# The index of words cannot be dumped. It is as its layout makes it, empty, to be filled again.
_WORDS = """CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize="ascii tokenchars '-_.@+'");"""
_OF_WORDS = re.compile(r"""^(INSERT INTO|CREATE TABLE) (sqlite_master|["']?words|"indexed")|writable_schema""")
FOLDER = Path(__file__).parent / "layouts"


def fill(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, f"REQ-2026-{transaction.next_number('REQ-2026'):04d}", due=NOW)
        transaction.put_message(message(), b"Subject: the same words\r\n\r\n" + b"again " * 20)
        transaction.put_item(item(), b"Subject: ours\r\n\r\n")
        transaction.put_item(item("bundle", records=("REQ-2026-0001", "REQ-2026-0001")), b"Subject: two\r\n\r\n")
        transaction.put_seen("INBOX", 7, [Seen(3, "filed", True, 1)])
        transaction.first_contact("INBOX", NOW)
        transaction.put("policy", {"hash": "policy-1"})
        transaction.put_policy("policy-1", {"rules/site.yaml": "name: IT\n"}, NOW)


def main() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mailflow.db"
        store = SqliteStore(path)
        fill(store)
        store.close()
        with closing(sqlite3.connect(path)) as connection:
            lines = [line for line in connection.iterdump() if not _OF_WORDS.search(line)]
    lines.insert(-1, _WORDS)
    lines += [f"PRAGMA user_version = {LAYOUT};", f"PRAGMA application_id = {APPLICATION};", ""]
    (FOLDER / f"{LAYOUT}.sql").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
