"""What the store in a file promises: modes, indexes, durability, several processes, backups."""

import signal
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from mailflow.adapters.store import DocumentStore, MemoryStore, SqliteStore, open_store
from mailflow.adapters.store.transaction import Documents
from mailflow.ports import Refused, Unavailable
from tests.store.samples import NOW, item, message, put_new, put_next
from tests.store.support import mode, process

# --- the file -------------------------------------------------------------------------------------


def test_the_state_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "state"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    store = open_store("embedded", folder)
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        assert mode(folder) == 0o700
        assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert len(store.problems()) == 0
    store.close()


def test_every_commit_is_synced_into_a_write_ahead_log(sqlite_store: SqliteStore) -> None:
    with sqlite_store.transaction(), closing(sqlite3.connect(sqlite_store.engine.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with sqlite_store.engine._transaction(write=False) as session:
        assert session._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_settings_name_the_engine(tmp_path: Path) -> None:
    assert isinstance(open_store("embedded", tmp_path), SqliteStore)
    assert isinstance(open_store("memory", tmp_path), MemoryStore)
    with pytest.raises(Refused, match="not in this release"):
        open_store("postgresql://db.example.com/mailflow", tmp_path)
    with pytest.raises(Refused, match="embedded"):
        open_store("mysql://x", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_hot_look_ups_go_by_an_index(sqlite_store: SqliteStore) -> None:
    traced: list[str] = []
    with sqlite_store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001", due=NOW)
        transaction.put_item(item("bundle", records=("REQ-2026-0001", "REQ-2026-0002")), b"mail")
    with sqlite_store.engine._transaction(write=True) as session:
        session._connection.set_trace_callback(traced.append)
        transaction = Documents(session)
        exercise(transaction, record.id)
        put_next(transaction, record, "analysis")
        session._connection.set_trace_callback(None)
        plans = [
            f"{row[3]} for {statement}"
            for statement in traced
            if statement.startswith(("SELECT", "UPDATE", "DELETE"))
            for row in session._connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    assert len(plans) > 20
    # The lists handed in are scanned, and what they find is sorted; nothing of ours is.
    assert [one for one in plans if one.startswith("SCAN") and not one.startswith("SCAN json_each")] == []
    assert [one for one in plans if "TEMP B-TREE" in one and " IN (" not in one] == []


def exercise(transaction: Documents, record_id: str) -> None:
    transaction.record(record_id)
    transaction.history(record_id)
    transaction.due(NOW)
    transaction.next_due()
    transaction.next_number("REQ-2026")
    transaction.has_message("digest")
    transaction.put_message(message(), b"mail")
    transaction.messages(record_id)
    transaction.records_of(["<a@x>", "<b@x>"])
    transaction.put_seen("INBOX", 1, [])
    transaction.seen("INBOX", 1, [1, 2, 3])
    transaction.put_item(item(), b"mail")
    transaction.set_item(item(status="sent"))
    transaction.items(record_id)
    transaction.sendable(NOW)
    transaction.sent_to(["<a@x>"])
    transaction.replies_since("it@example.com", NOW)
    transaction.content("digest")
    transaction.get("key")


# --- crashes and other processes ------------------------------------------------------------------


@pytest.mark.parametrize("commits", [1, 7, 60])
def test_a_kill_in_the_middle_leaves_whole_commits_only(tmp_path: Path, commits: int) -> None:
    with process("writer", tmp_path, "A") as child:
        assert child.stdout is not None
        told = [child.stdout.readline().strip() for _ in range(commits)][-1]
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    store = open_store("embedded", tmp_path)
    with store.transaction() as transaction:
        found = [record.id for record in transaction.records()]
        # What was told as committed is there; at most one more was committed and not told.
        assert found[: int(told)] == [f"A-{number}" for number in range(1, int(told) + 1)]
        assert transaction.next_number("A") == len(found) + 1
        for record_id in found:
            (kept,) = transaction.messages(record_id)
            assert transaction.content(kept.digest) == b"bytes of " + record_id.encode()
            assert len(transaction.items(record_id)) == 1
    assert store.problems() == ()
    store.close()


def test_two_processes_write_at_the_same_time_and_lose_nothing(tmp_path: Path) -> None:
    with process("writer", tmp_path, "S", 40) as one, process("writer", tmp_path, "S", 40) as other:
        assert (one.wait(30), other.wait(30)) == (0, 0)
    store = open_store("embedded", tmp_path)
    with store.transaction() as transaction:
        assert {record.id for record in transaction.records()} == {f"S-{n}" for n in range(1, 81)}
    assert store.problems() == ()
    store.close()


def test_a_reader_sees_one_moment_while_another_writes(sqlite_store: SqliteStore) -> None:
    with sqlite_store.transaction() as transaction:
        before = put_new(transaction, "REQ-2026-0001")
    with sqlite_store.transaction(write=False) as reader:
        assert reader.record("REQ-2026-0001") == before
        with sqlite_store.transaction() as writer:
            put_next(writer, before, "analysis")
        assert reader.record("REQ-2026-0001") == before
    with sqlite_store.transaction(write=False) as reader:
        assert reader.record("REQ-2026-0001") != before


def test_a_writer_that_waits_too_long_for_another_process_is_told(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mailflow.db", lock_wait=0.05)
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with closing(sqlite3.connect(tmp_path / "mailflow.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"), store.transaction():
            raise AssertionError("not reached")
        with store.transaction(write=False) as transaction:
            assert transaction.record("REQ-2026-0001") is not None
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0002")
    store.close()


def test_a_writer_that_waits_too_long_for_another_thread_is_told(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mailflow.db", lock_wait=0.05)
    told: list[Exception] = []

    def write() -> None:
        try:
            with store.transaction():
                raise AssertionError("not reached")
        except Unavailable as error:
            told.append(error)

    with store.transaction():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)
    assert "another thread" in str(told[0])
    store.close()


# --- backups --------------------------------------------------------------------------------------


def test_a_backup_is_one_private_file_with_everything_and_can_be_used(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    with sqlite_store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001", due=NOW)
        transaction.put_message(message(), b"the bytes")
    with sqlite_store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0002")
        sqlite_store.backup(tmp_path / "copies.db")  # while a write is under way
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies.db", "state"]
    assert mode(tmp_path / "copies.db") == 0o600
    copy: DocumentStore = SqliteStore(tmp_path / "elsewhere" / "mailflow.db")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "copies.db").rename(tmp_path / "elsewhere" / "mailflow.db")
    with copy.transaction() as transaction:
        assert list(transaction.records()) == [record]
        assert transaction.content("digest") == b"the bytes"
        put_next(transaction, record, "analysis")
    assert copy.problems() == ()
    copy.close()


def test_a_backup_that_cannot_be_written_leaves_the_older_one(sqlite_store: SqliteStore, tmp_path: Path) -> None:
    with sqlite_store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with pytest.raises(Unavailable, match="missing"):
        sqlite_store.backup(tmp_path / "missing" / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state"]
