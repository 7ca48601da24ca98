"""The store: TinyDB tables that keep one row a document, over SQLite or memory (ports.Store)."""

from mailflow.adapters.store.store import (
    DocumentStore,
    MemoryStore,
    SqliteStore,
    copy_into_memory,
    open_store,
)

__all__ = ["DocumentStore", "MemoryStore", "SqliteStore", "copy_into_memory", "open_store"]
