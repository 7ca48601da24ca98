"""A state of every layout that was ever released can be used, and one from the future is left alone."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from mailflow.adapters.store import SqliteStore
from mailflow.adapters.store.layout import LAYOUT, TABLES
from mailflow.adapters.store.upgrades import UPGRADES, Step, prepare
from mailflow.ports import Refused, Seen
from tests.store.dump_layout import FOLDER
from tests.store.samples import NOW, put_next


def restore(layout: int, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FOLDER / f"{layout}.sql").read_text(encoding="utf-8"))


def upgrade(path: Path, target: int, steps: Mapping[int, Step]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        prepare(connection, path, TABLES, target=target, steps=steps)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.parametrize("layout", range(1, LAYOUT + 1))
def test_a_state_of_a_released_layout_is_upgraded_and_complete(tmp_path: Path, layout: int) -> None:
    restore(layout, tmp_path / "mailflow.db")
    store = SqliteStore(tmp_path / "mailflow.db")
    with store.transaction() as transaction:
        record = transaction.record("REQ-2026-0001")
        assert record is not None
        assert (record.title, record.state, record.fields) == ("月度报表", "received", {"goal": "让报表更快"})
        assert len(transaction.history("REQ-2026-0001")) == 4
        assert transaction.due(NOW) == (("REQ-2026-0001", NOW),)
        (kept,) = transaction.messages("REQ-2026-0001")
        assert transaction.content(kept.digest).startswith(b"Subject: the same words")
        assert [one.id for one in transaction.sendable(NOW)] == ["item", "bundle"]
        assert transaction.seen("INBOX", 7, [3]) == {3: Seen(3, "filed", True, 1)}
        assert transaction.get("policy") == {"hash": "policy-1"}
        assert transaction.policy("policy-1") == {"rules/site.yaml": "name: IT\n"}
        assert transaction.next_number("REQ-2026") == 2
        put_next(transaction, record, "analysis")
    assert store.problems() == ()
    store.close()
    assert version(tmp_path / "mailflow.db") == LAYOUT


def test_there_is_a_step_from_each_layout_to_the_next() -> None:
    assert set(UPGRADES) == set(range(1, LAYOUT))


def test_steps_are_taken_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "mailflow.db"
    restore(1, path)
    taken: list[int] = []
    steps: dict[int, Step] = {
        1: lambda connection: taken.append(1) or connection.execute("CREATE TABLE words (word TEXT)"),
        2: lambda connection: taken.append(2) or connection.execute("INSERT INTO words VALUES ('x')"),
    }
    upgrade(path, 3, steps)
    upgrade(path, 3, steps)
    assert (taken, version(path)) == ([1, 2], 3)


def test_an_upgrade_that_fails_leaves_the_old_layout_whole(tmp_path: Path) -> None:
    path = tmp_path / "mailflow.db"
    restore(1, path)

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE records")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        upgrade(path, 3, {1: lambda connection: connection.execute("DROP TABLE history"), 2: fail})
    assert version(path) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM records, history").fetchone() == (4,)


def test_a_newer_layout_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "mailflow.db"
    restore(1, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    store = SqliteStore(path)
    with (
        pytest.raises(Refused, match=r"newer mailflow .layout 99.*install that version"),
        store.transaction(),
    ):
        raise AssertionError("not reached")
    assert version(path) == 99
