"""Documents in TinyDB's MemoryStorage, for `simulate` and tests: the same tables without a file.

Rows are kept as text, so what is read shares nothing with what is kept. A write is undone step by step when
its transaction fails; transactions of other threads, for reading too, wait for it to end.
"""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from tinydb.storages import MemoryStorage

from mailflow.adapters.store.engine import DOC, DOC_ID, Row, Session, Values, Where
from mailflow.adapters.store.inverted import Inverted
from mailflow.adapters.store.layout import TABLES, Index, Layout
from mailflow.core.reading.words import Term
from mailflow.ports import Conflict, Unavailable

LOCK_WAIT = 30.0
# Greater than any document id, and a document id itself for the comparison's sake.
_LAST = 1 << 62


# A row as it is kept and copied: the document id, the document's text, then the columns.
_Kept = tuple[Any, ...]
_COLUMNS = 2


class _Sorted:
    """An index: for each value of its columns but the last, the rows in the order of the last one."""

    def __init__(self, index: Index, layout: Layout, rows: Mapping[int, _Kept]) -> None:
        self.index = index
        self._prefix = tuple(_COLUMNS + layout.positions[name] for name in index.columns[:-1])
        self._last = _COLUMNS + layout.positions[index.columns[-1]]
        self._groups: dict[Values, list[tuple[Any, int]]] = {}
        for doc_id, row in rows.items():
            if (place := self._place(row)) is not None:
                self._groups.setdefault(place[0], []).append((place[1], doc_id))
        for group in self._groups.values():
            group.sort()

    def _place(self, row: _Kept) -> tuple[Values, Any] | None:
        last = row[self._last]
        prefix = tuple(row[position] for position in self._prefix)
        return None if last is None or None in prefix else (prefix, last)

    def clash(self, doc_id: int, row: _Kept) -> bool:
        """Whether another row holds this row's place in a unique index."""
        if not self.index.unique or (place := self._place(row)) is None:
            return False
        group = self._groups.get(place[0], [])
        at = bisect_left(group, (place[1], 0))
        return at < len(group) and group[at][0] == place[1] and group[at][1] != doc_id

    def add(self, doc_id: int, row: _Kept) -> None:
        if (place := self._place(row)) is not None:
            insort(self._groups.setdefault(place[0], []), (place[1], doc_id))

    def remove(self, doc_id: int, row: _Kept) -> None:
        if (place := self._place(row)) is not None:
            group = self._groups[place[0]]
            del group[bisect_left(group, (place[1], doc_id))]

    def ids(self, where: Where) -> Iterator[int]:
        """The ids of the rows that may fit, in the order asked for unless the last column is compared."""
        *prefix, last = self.index.columns
        group = self._groups.get(tuple(where.equal[name] for name in prefix), [])
        if last not in where.equal:
            return _between(group, where.least, where.most)
        return (doc_id for one in _several(where.equal[last]) for doc_id in _between(group, one, one))


def _between(group: list[tuple[Any, int]], least: Any, most: Any) -> Iterator[int]:
    start = 0 if least is None else bisect_left(group, (least, 0))
    end = len(group) if most is None else bisect_right(group, (most, _LAST))
    return (group[position][1] for position in range(start, end))


def _several(value: Any) -> Sequence[Any]:
    return tuple(dict.fromkeys(value)) if isinstance(value, list | tuple) else (value,)


def _serves(index: Index, where: Where) -> bool:
    *prefix, last = index.columns
    if any(isinstance(where.equal.get(name, []), list | tuple) for name in prefix):
        return False
    in_order = last == where.order and (where.least, where.most) != (None, None)
    return last in where.equal or in_order or (bool(prefix) and last == where.order)


class _Rows:
    """One table; its indexes are built when they are first needed."""

    def __init__(self, layout: Layout, rows: dict[int, _Kept]) -> None:
        self.layout = layout
        self.rows = rows
        self._last_id = 0
        self._indexes: dict[Index, _Sorted] = {}

    def index(self, index: Index) -> _Sorted:
        if index not in self._indexes:
            self._indexes[index] = _Sorted(index, self.layout, self.rows)
        return self._indexes[index]

    def last_id(self) -> int:
        if self._last_id not in self.rows:
            self._last_id = max(self.rows, default=0)
        return self._last_id

    def set(self, doc_id: int, row: _Kept | None) -> _Kept | None:
        """Put or delete a row; what was there. Conflict, and nothing done, where a unique value is taken."""
        if row is not None:
            for index in self.layout.indexes:
                if index.unique and self.index(index).clash(doc_id, row):
                    raise Conflict(f"{self.layout.name} has it already: {', '.join(index.columns)}")
        before = self.rows.pop(doc_id, None)
        for built in self._indexes.values():
            if before is not None:
                built.remove(doc_id, before)
            if row is not None:
                built.add(doc_id, row)
        if row is not None:
            self.rows[doc_id] = row
            self._last_id = max(doc_id, self.last_id())
        return before

    def matching(self, where: Where) -> list[int]:
        """The ids of the rows of a look-up, in its order."""
        index = next((one for one in self.layout.indexes if _serves(one, where)), None)
        if DOC_ID in where.equal:
            ids = iter([one for one in _several(where.equal[DOC_ID]) if one in self.rows])
        elif index is None:
            ids = iter(self.rows)
        else:
            ids = self.index(index).ids(where)
        if index is None or DOC_ID in where.equal or index.columns[-1] in where.equal:
            ids = iter(self._ordered(ids, where))
        return list(islice((doc_id for doc_id in ids if self._fits(doc_id, where)), where.limit))

    def _ordered(self, ids: Iterator[int], where: Where) -> list[int]:
        if where.order == DOC_ID:
            least = where.least or 0
            return sorted(doc_id for doc_id in ids if doc_id >= least)
        return sorted(ids, key=lambda doc_id: (_rank(self.value(doc_id, where.order)), doc_id))

    def _fits(self, doc_id: int, where: Where) -> bool:
        for name, wanted in where.equal.items():
            value = self.value(doc_id, name)
            if value is None or (value not in wanted if isinstance(wanted, list | tuple) else value != wanted):
                return False
        if where.least is None and where.most is None:
            return True
        value = self.value(doc_id, where.order)
        if value is None:
            return False
        return (where.least is None or value >= where.least) and (where.most is None or value <= where.most)

    def value(self, doc_id: int, name: str) -> Any:
        return self.rows[doc_id][self._position(name)]

    def _position(self, name: str) -> int:
        return (DOC_ID, DOC).index(name) if name in (DOC_ID, DOC) else _COLUMNS + self.layout.positions[name]


def _rank(value: Any) -> tuple[bool, Any]:
    """Rows without a value come first, as in SQLite."""
    return (value is not None, value)


class MemorySession:
    """One transaction on the tables."""

    def __init__(self, engine: "MemoryEngine", write: bool) -> None:
        self._engine = engine
        self._write = write
        self._undo: list[Callable[[], object]] = []
        self.spent: Exception | None = None

    def _ready(self, *, to_write: bool) -> None:
        if self.spent is not None:
            raise self.spent
        if to_write and not self._write:
            raise RuntimeError("a transaction for reading cannot write")

    def select(self, table: str, what: Sequence[str], where: Where) -> list[Values]:
        self._ready(to_write=False)
        rows = self._engine.tables[table]
        return [tuple(rows.value(doc_id, name) for name in what) for doc_id in rows.matching(where)]

    def put(self, table: str, rows: Iterable[Row]) -> None:
        self._ready(to_write=True)
        for doc_id, text, values in rows:
            self._set(self._engine.tables[table], doc_id, (doc_id, text, *values))

    def delete(self, table: str, doc_ids: Sequence[int]) -> None:
        self._ready(to_write=True)
        for doc_id in doc_ids:
            self._set(self._engine.tables[table], doc_id, None)

    def _set(self, rows: _Rows, doc_id: int, row: _Kept | None) -> None:
        try:
            before = rows.set(doc_id, row)
        except Conflict as error:
            self.spent = error
            raise
        self._undo.append(lambda: rows.set(doc_id, before))

    def count(self, table: str) -> int:
        self._ready(to_write=False)
        return len(self._engine.tables[table].rows)

    def last_id(self, table: str) -> int:
        self._ready(to_write=False)
        return self._engine.tables[table].last_id()

    def blob(self, key: str) -> bytes | None:
        self._ready(to_write=False)
        content = self._engine.blobs.get(key)
        return self._engine.original(key) if content is None else content

    def put_blob(self, key: str, content: bytes) -> None:
        self._ready(to_write=True)
        blobs = self._engine.blobs
        before = blobs.get(key)
        blobs[key] = content
        self._undo.append(lambda: blobs.pop(key) if before is None else blobs.update({key: before}))

    def without_blob(self, keys: Sequence[str]) -> list[str]:
        return [key for key in keys if self.blob(key) is None]

    def add_texts(self, texts: Iterable[tuple[int, Sequence[str]]]) -> None:
        self._ready(to_write=True)
        for number, tokens in texts:
            self._engine.words.add(number, tokens)
            self._undo.append(partial(self._engine.words.remove, number))

    def matching(self, terms: Sequence[Term], numbers: range, limit: int) -> list[tuple[int, float]]:
        self._ready(to_write=False)
        return [each for each in self._engine.words.matching(terms) if each[0] in numbers][:limit]

    def indexed_to(self, table: str) -> int:
        self._ready(to_write=False)
        return self._engine.indexed.get(table, 0)

    def set_indexed_to(self, table: str, doc_id: int) -> None:
        before = self.indexed_to(table)
        self._ready(to_write=True)
        self._engine.indexed[table] = doc_id
        self._undo.append(lambda: self._engine.indexed.update({table: before}))

    def forget_texts(self) -> None:
        self._ready(to_write=True)
        words, indexed = self._engine.words, self._engine.indexed
        self._engine.words, self._engine.indexed = Inverted(), {}
        self._undo.append(lambda: self._engine.restore_words(words, indexed))

    def undo(self) -> None:
        for step in reversed(self._undo):
            step()


class MemoryEngine:
    """The tables of one process. `original` gives the blobs of the store that this is a copy of."""

    def __init__(
        self,
        *,
        layouts: Mapping[str, Layout] = TABLES,
        original: Callable[[str], bytes | None] = lambda key: None,
        lock_wait: float = LOCK_WAIT,
    ) -> None:
        self._lock = threading.RLock()
        self._lock_wait = lock_wait
        self._writing = False
        self._closed = False
        self.storage = MemoryStorage()  # type: ignore[no-untyped-call]
        self.storage.write({name: {} for name in layouts})
        self.blobs: dict[str, bytes] = {}
        self.words = Inverted()
        self.indexed: dict[str, int] = {}
        self.original = original
        kept: dict[str, dict[Any, Any]] = self.storage.read() or {}
        self.tables = {name: _Rows(layout, kept[name]) for name, layout in layouts.items()}

    def restore_words(self, words: Inverted, indexed: dict[str, int]) -> None:
        self.words, self.indexed = words, indexed

    def load(self, table: str, rows: Iterable[Values]) -> None:
        """Fill a new table with rows of document id, text and columns, before the first transaction."""
        self.tables[table].rows.update({row[0]: row for row in rows})

    @contextmanager
    def session(self, *, write: bool) -> Iterator[Session]:
        if self._closed:
            raise RuntimeError("the store is closed")
        if not self._lock.acquire(timeout=self._lock_wait):
            raise Unavailable(f"another thread has been writing for {self._lock_wait:g} s")
        try:
            if write and self._writing:
                raise RuntimeError("a transaction for writing inside another would wait for itself")
            with self._transaction(write=write) as session:
                yield session
        finally:
            self._lock.release()

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[MemorySession]:
        session = MemorySession(self, write)
        outer, self._writing = self._writing, self._writing or write
        try:
            yield session
            if session.spent is not None:
                raise session.spent
        except BaseException:
            session.undo()
            raise
        finally:
            self._writing = outer
            session.spent = session.spent or RuntimeError("the transaction is over")

    def check(self, *, repair: bool = False) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        self._closed = True
