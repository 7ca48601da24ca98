"""What a database must be able to do to lie under the document tables: rows, indexed look-ups, blobs."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from mailflow.core.reading.words import Term

Values = tuple[Any, ...]
Row = tuple[int, str, Values]

DOC_ID = "doc_id"
DOC = "doc"


@dataclass(frozen=True, slots=True)
class Where:
    """Rows whose columns equal these values (a list: any of them), in the order of a column.

    `least` and `most` bound the column of `order`, ends included, and leave out rows without a value there.
    Rows equal in that column come in the order of their ids.
    """

    equal: Mapping[str, Any] = field(default_factory=dict)
    order: str = DOC_ID
    least: Any = None
    most: Any = None
    limit: int | None = None


class Session(Protocol):
    """One transaction. Raises Unavailable for the world's trouble and Conflict where a unique column's
    value is taken; after either, the session is spent and its transaction cannot be kept."""

    def select(self, table: str, what: Sequence[str], where: Where) -> list[Values]:
        """The named columns, or "doc_id" and "doc", of the rows."""
        ...

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Insert, or replace what has the same document id."""
        ...

    def delete(self, table: str, doc_ids: Sequence[int]) -> None: ...
    def count(self, table: str) -> int: ...
    def last_id(self, table: str) -> int:
        """The highest document id, 0 in an empty table."""
        ...

    def blob(self, key: str) -> bytes | None: ...
    def put_blob(self, key: str, content: bytes) -> None: ...
    def without_blob(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys that have no blob."""
        ...

    # The index of words: texts under whole numbers, and up to where each table was taken into it. Texts are only
    # added: one that is taken back is left, and whoever looks finds that what it came from says otherwise.
    def add_texts(self, texts: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Texts as their tokens, under numbers that have none yet."""
        ...

    def matching(self, terms: Sequence[Term], numbers: range, limit: int) -> list[tuple[int, float]]:
        """Which of these texts have all the terms, with how well they fit; the best first, then the newest."""
        ...

    def indexed_to(self, table: str) -> int: ...
    def set_indexed_to(self, table: str, doc_id: int) -> None: ...
    def forget_texts(self) -> None:
        """Empty the index."""
        ...


class Engine(Protocol):
    """A database, usable from several threads; one write at a time."""

    def session(self, *, write: bool) -> AbstractContextManager[Session]:
        """Commits at the end of the block, rolls back on an exception."""
        ...

    def check(self, *, repair: bool = False) -> tuple[str, ...]:
        """The database's own integrity check, after rebuilding its indexes when asked to repair."""
        ...

    def close(self) -> None: ...
