"""The store on any engine: transactions, repair, and a copy in memory for dry runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailflow.adapters.store.engine import DOC, DOC_ID, Engine, Where
from mailflow.adapters.store.layout import TABLES
from mailflow.adapters.store.memory import MemoryEngine
from mailflow.adapters.store.repair import problems, reindex
from mailflow.adapters.store.rows import CHUNK
from mailflow.adapters.store.sqlite import SqliteEngine
from mailflow.adapters.store.transaction import Documents
from mailflow.ports import Refused

FILE = "mailflow.db"


class DocumentStore:
    """ports.Store on an engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[Documents]:
        with self.engine.session(write=write) as session:
            yield Documents(session)

    def index(self, limit: int | None = None) -> int:
        taken = 0
        with self.transaction(write=False) as transaction:
            behind = transaction.behind()
        while behind and (limit is None or taken < limit):
            with self.transaction() as transaction:
                taken += transaction.index()
                behind = transaction.behind()
        return taken

    def reindex(self) -> int:
        number = reindex(self.engine)
        with self.engine.session(write=True) as session:
            session.forget_texts()
        self.index()
        return number

    def problems(self) -> tuple[str, ...]:
        return problems(self.engine)

    def close(self) -> None:
        self.engine.close()


class SqliteStore(DocumentStore):
    """The store in one file; opened by the first transaction."""

    engine: SqliteEngine

    def __init__(self, path: Path, *, lock_wait: float = 30.0) -> None:
        super().__init__(SqliteEngine(path, lock_wait=lock_wait))

    def backup(self, target: Path) -> None:
        """A consistent copy while the store is in use; raises Unavailable and then leaves no half file."""
        self.engine.backup(target)


class MemoryStore(DocumentStore):
    """The store of one process, gone with it."""

    engine: MemoryEngine

    def __init__(self, engine: MemoryEngine | None = None) -> None:
        super().__init__(engine or MemoryEngine())


def copy_into_memory(store: DocumentStore) -> MemoryStore:
    """All documents of one moment, for a dry run that cannot write to the original.

    Bytes of mails are read from the original when asked for, so that must stay open meanwhile.
    """

    def original(key: str) -> bytes | None:
        with store.engine.session(write=False) as session:
            return session.blob(key)

    engine = MemoryEngine(original=original)
    with store.engine.session(write=False) as session:
        for name, layout in TABLES.items():
            what = (DOC_ID, DOC, *layout.names)
            start = 0
            while rows := session.select(name, what, Where(least=start, limit=10 * CHUNK)):
                engine.load(name, rows)
                start = rows[-1][0] + 1
    return MemoryStore(engine)


def open_store(url: str, state_dir: Path) -> DocumentStore:
    """The store that `state:` names: embedded, or memory. Refused for any other."""
    match url.partition(":")[0]:
        case "embedded":
            return SqliteStore(state_dir / FILE)
        case "memory":
            return MemoryStore()
        case "postgresql" | "postgres":
            raise Refused("state: PostgreSQL is not in this release; write `state: embedded`")
        case _:
            raise Refused(f"state: {url!r} is none of embedded, memory; write `state: embedded`")
