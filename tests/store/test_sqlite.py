"""What the store in a file promises: modes, durability, several processes, trouble and recovery, backups."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mailflow.adapters.store import DocumentStore, MemoryStore, SqliteStore, open_store
from mailflow.adapters.store.transaction import Documents
from mailflow.ports import Refused, Unavailable
from tests.store.samples import NOW, item, message, put_new, put_next

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def statements(path: Path, *script: str) -> list[tuple[object, ...]]:
    """Run these behind the store's back; the rows of the last one."""
    with closing(sqlite3.connect(path)) as connection:
        rows = [connection.execute(statement).fetchall() for statement in script][-1]
        connection.commit()
        return rows


@contextmanager
def process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A second Python that runs one of our scripts; ended at the latest with the block."""
    command = [sys.executable, "-m", f"tests.store.{script}", *(str(one) for one in arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


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


# --- trouble --------------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_the_next_transaction_works_once_there_is_room(tmp_path: Path) -> None:
    with process("full_disk", tmp_path) as child:
        output, _ = child.communicate(timeout=30)
    assert output.splitlines() == ["Unavailable", "REQ-2026-0001", "still whole", "room again"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_small_file_system_that_fills_up_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, timeout=10
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        store = open_store("embedded", folder)
        with store.transaction() as transaction:
            put_new(transaction, "REQ-2026-0001")
        with pytest.raises(Unavailable, match="full"), store.transaction() as transaction:
            put_new(transaction, "REQ-2026-0002")
            transaction.put_message(message(), os.urandom(2_000_000))
        assert store.problems() == ()
        with store.transaction() as transaction:
            put_new(transaction, "REQ-2026-0002")
            transaction.put_message(message(), b"a smaller one")
        store.close()
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=10)


def test_after_trouble_nothing_of_the_transaction_is_kept_even_if_it_goes_on(
    sqlite_store: SqliteStore,
) -> None:
    with sqlite_store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with pytest.raises(Unavailable), sqlite_store.engine._transaction(write=True) as session:
        pages = session._connection.execute("PRAGMA page_count").fetchone()[0]
        session._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(Unavailable, match="full"):
            session.put_blob("big", os.urandom(100_000))
        session.put_blob("small", b"x")
    with sqlite_store.transaction() as transaction:
        assert transaction.content("small") == b""
        transaction.put_message(message(), os.urandom(100_000))


def test_a_place_that_cannot_be_written_is_unavailable_until_it_can(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    store = open_store("embedded", tmp_path / "state")
    for _ in range(2):
        with pytest.raises(Unavailable, match="state"), store.transaction():
            raise AssertionError("not reached")
    (tmp_path / "state").unlink()
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o500)
    store = open_store("embedded", tmp_path / "state" / "inner")
    with pytest.raises(Unavailable, match="Permission"), store.transaction():
        raise AssertionError("not reached")


def test_a_file_that_was_moved_away_is_not_made_anew_nor_written_into_nowhere(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    with sqlite_store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    sqlite_store.backup(tmp_path / "backup.db")
    sqlite_store.engine.path.rename(tmp_path / "moved.db")
    with pytest.raises(Unavailable, match="vanished"), sqlite_store.transaction():
        raise AssertionError("not reached")
    assert not sqlite_store.engine.path.exists()
    for leftover in sqlite_store.engine.path.parent.iterdir():
        leftover.unlink()
    (tmp_path / "backup.db").rename(sqlite_store.engine.path)
    with sqlite_store.transaction() as transaction:
        assert transaction.record("REQ-2026-0001") is not None


def test_what_is_no_database_of_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at " * 30)
    statements(tmp_path / "other.db", "CREATE TABLE songs (title TEXT)")
    for name in ("text.db", "other.db"):
        store = SqliteStore(tmp_path / name)
        with pytest.raises(Refused, match=r"not a state of mailflow|another program"), store.transaction():
            raise AssertionError("not reached")
        store.close()
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


def test_damage_is_among_the_problems_and_a_broken_index_is_repaired(sqlite_store: SqliteStore) -> None:
    with sqlite_store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        put_new(transaction, "REQ-2026-0002")
    path = sqlite_store.engine.path
    sqlite_store.close()
    # Write a row while the index on states is hidden, so that it misses the change.
    (hidden,) = statements(path, "SELECT * FROM sqlite_master WHERE name = 'records_by_state'")
    schema = "PRAGMA writable_schema = ON"
    statements(path, schema, "DELETE FROM sqlite_master WHERE name = 'records_by_state'")
    statements(path, "UPDATE records SET state = 'analysis' WHERE doc_id = 1")
    statements(path, schema, f"INSERT INTO sqlite_master VALUES {hidden}")
    damaged = SqliteStore(path)
    assert any("records_by_state" in problem for problem in damaged.problems())
    assert damaged.reindex() == 2
    assert damaged.problems() == ()
    damaged.close()


def test_a_file_that_others_may_read_is_among_the_problems(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state" / "mailflow.db")
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    store.engine.path.chmod(0o644)
    assert any("chmod 600" in problem for problem in store.problems())
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


def test_a_backup_that_cannot_be_written_leaves_the_older_one(
    sqlite_store: SqliteStore, tmp_path: Path
) -> None:
    with sqlite_store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with pytest.raises(Unavailable, match="missing"):
        sqlite_store.backup(tmp_path / "missing" / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state"]
