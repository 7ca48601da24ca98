"""A store of each engine, empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailflow.adapters.store import DocumentStore, MemoryStore, SqliteStore


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DocumentStore]:
    store = SqliteStore(tmp_path / "state" / "mailflow.db") if request.param == "sqlite" else MemoryStore()
    yield store
    store.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "state" / "mailflow.db", lock_wait=5)
    yield store
    store.close()
