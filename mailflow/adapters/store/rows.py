"""TinyDB tables that keep one row a document, so that a write costs what it changes.

TinyDB hands the whole table as a dictionary to whatever reads or updates it. Here that dictionary is a
mapping onto rows. TinyDB changes fetched documents in place, so the mapping for updates remembers what it
handed out and writes what differs; like TinyDB's own it writes nothing when the update raises.
"""

import json
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table
from tinydb.utils import LRUCache

from mailflow.adapters.store.engine import DOC, DOC_ID, Row, Session, Where
from mailflow.adapters.store.layout import Layout

CHUNK = 1000
Content = dict[str, Any]

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(separators=(",", ":")).encode
_decode: Callable[[str], Content] = json.loads


def encode(document: Mapping[str, Any]) -> str:
    """A document as text that every database takes: a lone surrogate, which UTF-8 has not, is escaped."""
    text = _encode(document)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return _encode_ascii(document)
    return text


def scan(session: Session, table: str, **equal: Any) -> Iterator[tuple[int, Content]]:
    """The documents in the order of their ids, a chunk at a time: the table may be written meanwhile."""
    start = 0
    while True:
        where = Where(equal, least=start, limit=CHUNK)
        rows = session.select(table, (DOC_ID, DOC), where)
        for doc_id, text in rows:
            yield doc_id, _decode(text)
        if len(rows) < CHUNK:
            return
        start = rows[-1][0] + 1


class _Read(Mapping[str, Content]):
    """A table as TinyDB reads it, its keys document ids as text; each look makes new documents."""

    def __init__(self, session: Session, table: str) -> None:
        self._session = session
        self._table = table

    def __getitem__(self, key: str) -> Content:
        rows = self._session.select(self._table, (DOC,), Where({DOC_ID: int(key)}))
        if not rows:
            raise KeyError(key)
        return _decode(rows[0][0])

    def __iter__(self) -> Iterator[str]:
        rows = self._session.select(self._table, (DOC_ID,), Where())
        return (str(doc_id) for (doc_id,) in rows)

    def __len__(self) -> int:
        return self._session.count(self._table)

    def items(self) -> Any:
        return ((str(doc_id), document) for doc_id, document in scan(self._session, self._table))

    def values(self) -> Any:
        return (document for _, document in scan(self._session, self._table))


class _Update(MutableMapping[int, Content]):
    """A table as TinyDB updates it; `write` keeps what was put, changed in place or deleted."""

    def __init__(self, session: Session, layout: Layout) -> None:
        self._session = session
        self._layout = layout
        self._out: dict[int, tuple[str, Content]] = {}
        self._put: dict[int, Content] = {}
        self._gone: set[int] = set()
        self._cleared = False

    def _stored(self, doc_id: int) -> bool:
        if self._cleared or doc_id in self._gone:
            return False
        return bool(self._session.select(self._layout.name, (DOC_ID,), Where({DOC_ID: doc_id})))

    def __contains__(self, doc_id: object) -> bool:
        if not isinstance(doc_id, int):
            return False
        return doc_id in self._put or doc_id in self._out or self._stored(doc_id)

    def __getitem__(self, doc_id: int) -> Content:
        if doc_id in self._put:
            return self._put[doc_id]
        if doc_id in self._out:
            return self._out[doc_id][1]
        if self._cleared or doc_id in self._gone:
            raise KeyError(doc_id)
        rows = self._session.select(self._layout.name, (DOC,), Where({DOC_ID: doc_id}))
        if not rows:
            raise KeyError(doc_id)
        text = rows[0][0]
        self._out[doc_id] = (text, _decode(text))
        return self._out[doc_id][1]

    def __setitem__(self, doc_id: int, document: Content) -> None:
        self._out.pop(doc_id, None)
        self._put[doc_id] = document

    def __delitem__(self, doc_id: int) -> None:
        if doc_id not in self:
            raise KeyError(doc_id)
        self._out.pop(doc_id, None)
        self._put.pop(doc_id, None)
        self._gone.add(doc_id)

    def __iter__(self) -> Iterator[int]:
        stored: set[int] = set()
        if not self._cleared:
            rows = self._session.select(self._layout.name, (DOC_ID,), Where())
            stored = {doc_id for (doc_id,) in rows} - self._gone
        return iter(sorted(stored | self._put.keys()))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        self._out.clear()
        self._put.clear()
        self._cleared = True

    def write(self) -> None:
        name = self._layout.name
        if self._cleared:
            rows = self._session.select(name, (DOC_ID,), Where())
            self._session.delete(name, [doc_id for (doc_id,) in rows if doc_id not in self._put])
        elif gone := self._gone - self._put.keys():
            self._session.delete(name, sorted(gone))
        changed = [self._row(doc_id, encode(document), document) for doc_id, document in self._put.items()]
        for doc_id, (before, document) in self._out.items():
            text = encode(document)
            if text != before:
                changed.append(self._row(doc_id, text, document))
        if changed:
            self._session.put(name, changed)

    def _row(self, doc_id: int, text: str, document: Content) -> Row:
        return doc_id, text, self._layout.values(document)


class _NoCache(LRUCache[QueryLike, list[Document]]):
    """Remembers no result: another process may have written since, and cached documents would be shared."""

    def set(self, key: QueryLike, value: list[Document]) -> None:
        return None


class RowTable(Table):
    """A TinyDB table on rows. Its documents come in the order of their ids; `find` goes by an index."""

    query_cache_class = _NoCache  # type: ignore[assignment]

    def __init__(self, storage: "RowStorage", name: str, **options: Any) -> None:
        self._session = storage.session
        self._layout = storage.layouts[name]
        super().__init__(storage, name, **options)

    def _read_table(self) -> Any:
        return _Read(self._session, self._name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        rows = _Update(self._session, self._layout)
        updater(rows)
        rows.write()

    def _get_next_id(self) -> int:
        if self._next_id is None:
            self._next_id = self._session.last_id(self._name) + 1  # type: ignore[assignment]
        next_id = cast(int, self._next_id)
        self._next_id = next_id + 1  # type: ignore[assignment]
        return next_id

    def get(
        self,
        cond: QueryLike | None = None,
        doc_id: int | None = None,
        doc_ids: list[int] | None = None,
    ) -> Any:
        """As TinyDB's, but several ids are looked up, where TinyDB goes through the table."""
        if doc_id is None and doc_ids is not None:
            return self.find(Where({DOC_ID: list(doc_ids)}))
        return super().get(cond, doc_id)  # type: ignore[arg-type]

    def find(self, where: Where) -> list[Document]:
        """The documents of indexed columns: TinyDB's `search` looks at every one, this does not."""
        rows = self._session.select(self._name, (DOC_ID, DOC), where)
        return [Document(_decode(text), doc_id) for doc_id, text in rows]

    def pick(self, what: tuple[str, ...], where: Where) -> list[tuple[Any, ...]]:
        """Columns alone, without their documents."""
        return self._session.select(self._name, what, where)

    def find_one(self, **equal: Any) -> Document | None:
        return next(iter(self.find(Where(equal, limit=1))), None)

    def replace(self, doc_id: int, document: Mapping[str, Any]) -> None:
        """Put a document in the place of another, without reading that one."""
        self._update_table(lambda table: table.__setitem__(doc_id, dict(document)))


class RowStorage(Storage):
    """The tables of one session as a TinyDB storage."""

    def __init__(self, session: Session, layouts: Mapping[str, Layout]) -> None:
        self.session = session
        self.layouts = layouts

    def read(self) -> dict[str, Any]:
        return {name: _Read(self.session, name) for name in self.layouts}

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace everything, as `drop_tables` wants it; tables still as `read` gave them stay untouched."""
        for name, layout in self.layouts.items():
            table = data.get(name, {})
            if isinstance(table, _Read):
                continue
            rows = _Update(self.session, layout)
            rows.clear()
            rows.update({int(doc_id): document for doc_id, document in table.items()})
            rows.write()


class RowDatabase(TinyDB):
    """A TinyDB on the rows of one session; it lives as long as that."""

    table_class = RowTable  # type: ignore[assignment]
    default_storage_class = RowStorage  # type: ignore[assignment]

    def rows(self, name: str) -> RowTable:
        table = self.table(name)
        assert isinstance(table, RowTable)
        return table
