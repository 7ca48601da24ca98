"""The layout in a SQLite file: made where there is none, brought up step by step where it is older.

`PRAGMA user_version` holds the layout's number. A step from n to n + 1 is a function on the connection; all
steps run in one transaction, so that a layout is never half of one and half of another.
"""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from mailflow.adapters.store.layout import LAYOUT, Layout
from mailflow.ports import Refused

Step = Callable[[sqlite3.Connection], None]

# "mfl1" as a number: tells our files from other SQLite databases
# (https://www.sqlite.org/fileformat.html §1.3.17).
APPLICATION = 0x6D666C31


def create_words(connection: sqlite3.Connection) -> None:
    """The index of words, empty; it is filled behind the commits that follow. Refused where SQLite has no FTS5.

    Its tokens are ours, with spaces between them. The tokenizer takes whatever is beyond ASCII as part of a word:
    unicode61 knows the characters of Unicode 6.1 and would cut at later ones. The texts are not kept twice.
    """
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize=\"ascii tokenchars '-_.@+'\")"
        )
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            raise Refused("this Python's SQLite has no full-text search (FTS5); use one that has") from error
        raise
    connection.execute("CREATE TABLE indexed (name TEXT PRIMARY KEY, doc_id INTEGER NOT NULL)")


UPGRADES: Mapping[int, Step] = {1: create_words}


def prepare(
    connection: sqlite3.Connection,
    path: Path,
    layouts: Mapping[str, Layout],
    *,
    target: int = LAYOUT,
    steps: Mapping[int, Step] = UPGRADES,
) -> None:
    """Make or upgrade the layout; Refused when it is newer than ours, or not ours at all."""
    if _pragma(connection, "user_version") == target and _pragma(connection, "application_id") == APPLICATION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _pragma(connection, "user_version")
        _check(connection, path, version, target)
        if version == 0:
            _create(connection, layouts)
        else:
            for number in range(version, target):
                steps[number](connection)
        connection.execute(f"PRAGMA user_version = {target}")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check(connection: sqlite3.Connection, path: Path, version: int, target: int) -> None:
    if version > target:
        raise Refused(
            f"{path} was written by a newer mailflow (layout {version}, this one knows {target}): "
            "install that version, or restore a backup made by this one"
        )
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _pragma(connection, "application_id") != APPLICATION:
        raise Refused(f"{path} is a database of another program")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _create(connection: sqlite3.Connection, layouts: Mapping[str, Layout]) -> None:
    for layout in layouts.values():
        create_table(connection, layout)
    connection.execute(
        "CREATE TABLE blobs (key TEXT PRIMARY KEY, size INTEGER NOT NULL, coding INTEGER NOT NULL, "
        "content BLOB NOT NULL)"
    )
    create_words(connection)


def create_table(connection: sqlite3.Connection, layout: Layout) -> None:
    """A table with its indexes; rows without a value in an index's first column are left out of it."""
    columns = "".join(f", {column.name} {column.kind}" for column in layout.columns)
    connection.execute(f"CREATE TABLE {layout.name} (doc_id INTEGER PRIMARY KEY, doc TEXT NOT NULL{columns})")
    for index in layout.indexes:
        connection.execute(
            f"CREATE {'UNIQUE ' * index.unique}INDEX {layout.name}_by_{'_'.join(index.columns)} "
            f"ON {layout.name} ({', '.join(index.columns)}) WHERE {index.columns[0]} IS NOT NULL"
        )
