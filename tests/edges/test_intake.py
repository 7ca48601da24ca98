"""From a mailbox to the store: nothing twice, nothing lost, and no message blamed for the world's trouble."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mailflow.adapters.store import MemoryStore
from mailflow.engine import Engine
from mailflow.intake import ATTEMPTS, Intake, take_in
from mailflow.ports import RawMail, Seen, Unavailable
from tests.world import IT_HEAD, World

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Folder:
    """A mailbox in memory: UIDs to bytes, and where each was moved."""

    name = "folder"

    def __init__(self, *contents: bytes) -> None:
        self.inbox = dict(enumerate(contents, start=1))
        self.filed: list[int] = []
        self.aside: list[int] = []
        self.broken = False

    def listing(self, since: datetime | None) -> tuple[int, tuple[int, ...]]:
        return 1, tuple(self.inbox)

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[RawMail, ...]]:
        yield tuple(RawMail(self.name, 1, uid, NOW, self.inbox[uid]) for uid in uids)

    def file(self, uids: Sequence[int]) -> None:
        self._move(uids, self.filed)

    def quarantine(self, uids: Sequence[int]) -> None:
        self._move(uids, self.aside)

    def _move(self, uids: Sequence[int], where: list[int]) -> None:
        if self.broken:
            raise Unavailable("the connection was lost")
        for uid in uids:
            if self.inbox.pop(uid, None) is not None:
                where.append(uid)

    def wait(self, seconds: float) -> bool:
        return False

    def wake(self) -> None: ...

    def close(self) -> None: ...


class FullDisk(MemoryStore):
    """A store that has room for small things only while `full`."""

    full = False

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[object]:
        with super().transaction(write=write) as tx:
            yield tx
            if self.full and write and tx.messages():
                raise Unavailable("disk full")


def message(number: int) -> bytes:
    return (
        f"From: zhang.wei@example.com\r\nTo: requests@example.com\r\nSubject: [REQ] number {number}\r\n"
        f"Message-ID: <n{number}@example.com>\r\n\r\nBusiness goal: x\r\n"
    ).encode()


def taken(folder: Folder, engine: Engine) -> list[str]:
    return [receipt.place for receipt in take_in(Intake(folder, 0.0), engine, lambda: NOW)]


def test_what_is_committed_is_moved_and_not_taken_again() -> None:
    world, folder = World(), Folder(message(1), message(2))
    assert taken(folder, world.engine) == ["filed", "filed"]
    assert folder.filed == [1, 2] and folder.inbox == {}


def test_a_move_that_failed_is_made_again_and_nothing_is_filed_twice() -> None:
    world, folder = World(), Folder(message(1))
    folder.broken = True
    with pytest.raises(Unavailable):
        taken(folder, world.engine)
    folder.broken = False
    assert taken(folder, world.engine) == []
    assert folder.filed == [1]
    assert world.record("REQ-2026-0001").title == "number 1"


def test_a_full_disk_leaves_everything_in_the_mailbox_and_blames_no_message() -> None:
    store = FullDisk()
    world, folder = World(store=store), Folder(message(1), message(2))
    store.full = True
    for _ in range(ATTEMPTS + 2):
        with pytest.raises(Unavailable):
            taken(folder, world.engine)
    assert sorted(folder.inbox) == [1, 2]
    store.full = False
    assert taken(folder, world.engine) == ["filed", "filed"]


def test_a_message_that_ended_the_process_three_times_is_put_aside_unread() -> None:
    world, folder = World(), Folder(message(1), message(2))
    with world.store.transaction() as tx:
        tx.put_seen("folder", 1, [Seen(1, "taken", False, ATTEMPTS)])
    assert sorted(taken(folder, world.engine)) == ["filed", "quarantine"]
    assert folder.aside == [1] and folder.filed == [2]
    with world.store.transaction(write=False) as tx:
        told = [item.recipients for item in tx.items() if item.templates == ("site/quarantined",)]
    assert told == [(IT_HEAD,)], "the admin hears of it"


def test_the_same_message_in_two_places_is_one() -> None:
    world, folder = World(), Folder(message(1), message(1))
    assert taken(folder, world.engine) == ["filed", "duplicate"]
    assert folder.filed == [1, 2]
