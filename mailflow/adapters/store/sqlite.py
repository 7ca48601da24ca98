"""SQLite under the document tables: WAL, one fsync a commit, each transaction on a connection of its own.

What the world does to us (locked, full, read-only, I/O error, vanished) is Unavailable, and the connection
is thrown away with it, so the next transaction begins afresh.
"""

import json
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailflow.adapters.store.engine import DOC, DOC_ID, Row, Session, Values, Where
from mailflow.adapters.store.layout import TABLES, Layout
from mailflow.adapters.store.sqlite_file import Identity, connect, identity, wide_modes, write_backup
from mailflow.adapters.store.upgrades import prepare
from mailflow.core.reading.words import Term
from mailflow.ports import Conflict, Refused, Unavailable

LOCK_WAIT = 30.0
_RAW, _ZLIB = 0, 1

# Result codes that say nothing of our statements, only of the world. https://www.sqlite.org/rescode.html
_WORLD = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_TOOBIG,
    }
)


@contextmanager
def troubles(path: Path) -> Iterator[None]:
    """Sort what goes wrong by what the caller may do: wait, decide again, tell a person; or it is our bug."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict(f"the state has it already: {error}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            raise Refused(f"{path} is not a state of mailflow: {error}") from error
        if code in _WORLD:
            raise Unavailable(f"{path}: {error}") from error
        raise
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror or error}") from error


@lru_cache(maxsize=500)
def _select(table: str, what: tuple[str, ...], equal: tuple[tuple[str, bool], ...], shape: tuple[Any, ...]) -> str:
    """The statement for a look-up; lists come as one JSON parameter, so that it need not be made anew."""
    order, least, most, limit = shape
    tests = [f"{column} IN (SELECT value FROM json_each(?))" if many else f"{column} = ?" for column, many in equal]
    tests += [f"{order} >= ?"] * least + [f"{order} <= ?"] * most
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    by = order if order == DOC_ID else f"{order}, {DOC_ID}"
    return f"SELECT {', '.join(what)} FROM {table}{where} ORDER BY {by}{' LIMIT ?' if limit else ''}"


@lru_cache(maxsize=100)
def _put(table: str, columns: tuple[str, ...]) -> str:
    names = (DOC_ID, DOC, *columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    places = ", ".join("?" * len(names))
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
    return f"{insert} ON CONFLICT ({DOC_ID}) DO UPDATE SET {changes}"


class SqliteSession:
    """One transaction on one connection."""

    def __init__(self, connection: sqlite3.Connection, path: Path, layouts: Mapping[str, Layout], write: bool) -> None:
        self._connection = connection
        self._path = path
        self._layouts = layouts
        self._write = write
        self.spent: Exception | None = None

    def _run(self, statement: Callable[[], Any]) -> Any:
        """Nothing may be done, nor kept, after a failure: a part of the transaction would be missing."""
        if self.spent is not None:
            raise self.spent
        try:
            with troubles(self._path):
                return statement()
        except (Unavailable, Conflict, Refused) as error:
            self.spent = error
            raise

    def _change(self, statement: Callable[[], Any]) -> None:
        if not self._write:
            raise RuntimeError("a transaction for reading cannot write")
        self._run(statement)

    def close(self) -> None:
        self.spent = self.spent or RuntimeError("the transaction is over")

    def select(self, table: str, what: Sequence[str], where: Where) -> list[Values]:
        equal = tuple((name, isinstance(value, list | tuple)) for name, value in where.equal.items())
        shape = (where.order, where.least is not None, where.most is not None, where.limit is not None)
        parameters = [json.dumps(value) if isinstance(value, list | tuple) else value for value in where.equal.values()]
        parameters += [one for one in (where.least, where.most, where.limit) if one is not None]
        statement = _select(table, tuple(what), equal, shape)
        found: list[Values] = self._run(lambda: self._connection.execute(statement, parameters).fetchall())
        return found

    def put(self, table: str, rows: Iterable[Row]) -> None:
        statement = _put(table, self._layouts[table].names)
        flat = ((doc_id, text, *values) for doc_id, text, values in rows)
        self._change(lambda: self._connection.executemany(statement, flat))

    def delete(self, table: str, doc_ids: Sequence[int]) -> None:
        statement = f"DELETE FROM {table} WHERE {DOC_ID} = ?"
        self._change(lambda: self._connection.executemany(statement, ((one,) for one in doc_ids)))

    def count(self, table: str) -> int:
        return self._number(f"SELECT count(*) FROM {table}")

    def last_id(self, table: str) -> int:
        return self._number(f"SELECT coalesce(max({DOC_ID}), 0) FROM {table}")

    def _number(self, statement: str) -> int:
        return int(self._run(lambda: self._connection.execute(statement).fetchone())[0])

    def blob(self, key: str) -> bytes | None:
        statement = "SELECT coding, content FROM blobs WHERE key = ?"
        row = self._run(lambda: self._connection.execute(statement, (key,)).fetchone())
        if row is None:
            return None
        coding, content = row
        return zlib.decompress(content) if coding == _ZLIB else bytes(content)

    def put_blob(self, key: str, content: bytes) -> None:
        packed = zlib.compress(content, 1)
        coding, packed = (_ZLIB, packed) if len(packed) < len(content) else (_RAW, content)
        statement = (
            "INSERT INTO blobs (key, size, coding, content) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE "
            "SET size = excluded.size, coding = excluded.coding, content = excluded.content"
        )
        self._change(lambda: self._connection.execute(statement, (key, len(content), coding, packed)))

    def without_blob(self, keys: Sequence[str]) -> list[str]:
        statement = "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE key = value)"
        rows = self._run(lambda: self._connection.execute(statement, (json.dumps(keys),)).fetchall())
        return [key for (key,) in rows]

    def add_texts(self, texts: Iterable[tuple[int, Sequence[str]]]) -> None:
        rows = ((number, " ".join(tokens)) for number, tokens in texts)
        self._change(lambda: self._connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", rows))

    def matching(self, terms: Sequence[Term], numbers: range, limit: int) -> list[tuple[int, float]]:
        # Our tokens hold no quotation mark. FTS5 counts better matches further below zero (its §5.1.1).
        said = " ".join(f'"{" ".join(term.tokens)}"{" *" * term.prefix}' for term in terms)
        statement = (
            "SELECT rowid, -rank FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? "
            "ORDER BY rank, rowid DESC LIMIT ?"
        )
        values = (said, numbers.start, numbers.stop - 1, limit)
        found: list[tuple[int, float]] = self._run(lambda: self._connection.execute(statement, values).fetchall())
        return found

    def indexed_to(self, table: str) -> int:
        statement = "SELECT coalesce(max(doc_id), 0) FROM indexed WHERE name = ?"
        return int(self._run(lambda: self._connection.execute(statement, (table,)).fetchone())[0])

    def set_indexed_to(self, table: str, doc_id: int) -> None:
        statement = (
            "INSERT INTO indexed (name, doc_id) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET doc_id = excluded.doc_id"
        )
        self._change(lambda: self._connection.execute(statement, (table, doc_id)))

    def forget_texts(self) -> None:
        self._change(lambda: self._connection.execute("INSERT INTO words (words) VALUES ('delete-all')"))
        self._change(lambda: self._connection.execute("DELETE FROM indexed"))


class SqliteEngine:
    """A database file; connections are kept for the next transaction and given up on any trouble."""

    def __init__(self, path: Path, *, layouts: Mapping[str, Layout] = TABLES, lock_wait: float = LOCK_WAIT) -> None:
        self.path = path
        self._layouts = layouts
        self._lock_wait = lock_wait
        # Threads of this process queue here; SQLite's own lock, for other processes, is polled and unfair.
        self._writing = threading.Lock()
        self._writer: int | None = None
        self._idle: list[tuple[sqlite3.Connection, Identity]] = []
        self._idle_lock = threading.Lock()
        self._known: Identity | None = None
        self._closed = False

    @contextmanager
    def session(self, *, write: bool) -> Iterator[Session]:
        if not write:
            with self._transaction(write=False) as session:
                yield session
            return
        if self._writer == threading.get_ident():
            raise RuntimeError("a transaction for writing inside another would wait for itself")
        if not self._writing.acquire(timeout=self._lock_wait):
            raise Unavailable(f"{self.path}: another thread has been writing for {self._lock_wait:g} s")
        self._writer = threading.get_ident()
        try:
            with self._transaction(write=True) as session:
                yield session
        finally:
            self._writer = None
            self._writing.release()

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[SqliteSession]:
        connection, which = self._take()
        session = SqliteSession(connection, self.path, self._layouts, write)
        kept = False
        try:
            with troubles(self.path):
                connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield session
                if session.spent is not None:
                    raise session.spent
                with troubles(self.path):
                    connection.execute("COMMIT")
                kept = True
            except BaseException:
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    kept = not isinstance(session.spent, Unavailable | Refused)
                raise
        except Unavailable:
            kept = False
            raise
        finally:
            session.close()
            self._give_back(connection, which, kept)

    def _take(self) -> tuple[sqlite3.Connection, Identity]:
        if self._closed:
            raise RuntimeError("the store is closed")
        with troubles(self.path):
            which = identity(self.path)
            if which is None and self._known is not None:
                self._drop_idle()
                raise Unavailable(f"{self.path} has vanished; put it back from a backup")
            if which != self._known:
                self._drop_idle()
            with self._idle_lock:
                if self._idle:
                    return self._idle.pop()
            connection = connect(self.path, self._lock_wait)
            try:
                prepare(connection, self.path, self._layouts)
                which = identity(self.path)
                if which is None:
                    raise Unavailable(f"{self.path} vanished while it was opened")
            except BaseException:
                connection.close()
                raise
            self._known = which
            return connection, which

    def _give_back(self, connection: sqlite3.Connection, which: Identity, healthy: bool) -> None:
        with self._idle_lock:
            if healthy and not self._closed and which == self._known:
                self._idle.append((connection, which))
                return
        with suppress(sqlite3.Error):
            connection.close()

    def _drop_idle(self) -> None:
        with self._idle_lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            with suppress(sqlite3.Error):
                connection.close()

    def check(self, *, repair: bool = False) -> tuple[str, ...]:
        connection, which = self._take()
        healthy = False
        try:
            with troubles(self.path):
                if repair:
                    connection.execute("REINDEX")
                rows = connection.execute("PRAGMA integrity_check").fetchall()
            healthy = True
        finally:
            self._give_back(connection, which, healthy)
        return wide_modes(self.path) + tuple(f"{self.path}: {line}" for (line,) in rows if line != "ok")

    def backup(self, target: Path) -> None:
        """A consistent copy as one file, while others read and write; it takes the place of an older one."""
        connection, which = self._take()
        healthy = False
        try:
            with troubles(target):
                write_backup(connection, target)
            healthy = True
        finally:
            self._give_back(connection, which, healthy)

    def close(self) -> None:
        """Close what is idle now, and the rest as their transactions end."""
        self._closed = True
        self._drop_idle()
