"""What the store in a file does when the disk is full, not writable, damaged, or the file gone."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from mailflow.adapters.store import SqliteStore, open_store
from mailflow.ports import Refused, Unavailable
from tests.store.samples import message, put_new
from tests.store.support import process, statements


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
