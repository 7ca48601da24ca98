"""Waiting: woken by new mail and by us at once, never deceived by a dead connection."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from mailflow.adapters.imap import ImapMailbox
from mailflow.demo.servers import ImapServer
from mailflow.ports import Unavailable
from mailflow.settings import ImapSettings
from tests.edges.scripted import ScriptedServer, imap_script
from tests.servers.dovecot import DovecotServer

MAIL = b"Subject: a\r\n\r\nhello\r\n"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotServer]:
    with DovecotServer({"ann": "secret"}) as running:
        yield running


@contextmanager
def mailbox(port: int, **other: object) -> Iterator[ImapMailbox]:
    plain = {"name": "box", "host": "127.0.0.1", "user": "ann", "password": "secret", "security": "none"}
    with closing(ImapMailbox(ImapSettings(port=port, **(plain | other)))) as opened:  # type: ignore[arg-type]
        yield opened


@contextmanager
def soon(action: object, seconds: float = 0.1) -> Iterator[None]:
    """Do something while the test waits."""
    timer = threading.Timer(seconds, action)  # type: ignore[arg-type]
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_new_mail_ends_the_wait(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port) as box:
        box.listing(None)
        with soon(lambda: imap_server.append("ann", MAIL)):
            began = time.monotonic()
            assert box.wait(20)
        assert time.monotonic() - began < 5
        assert len(box.listing(None)[1]) == 1


def test_new_mail_ends_the_wait_on_dovecot_with_tls(dovecot: DovecotServer) -> None:
    with mailbox(dovecot.tls_port, security="tls", cafile=str(dovecot.cafile)) as box:
        box.listing(None)
        with soon(lambda: dovecot.deliver("ann", MAIL)):
            assert box.wait(20)
        assert b"hello" in next(box.fetch(box.listing(None)[1]))[0].content


@pytest.mark.parametrize("lacks", [(), ("IDLE",)])
def test_wake_ends_the_wait_within_a_tenth_of_a_second(lacks: tuple[str, ...]) -> None:
    with ImapServer({"ann": "secret"}, without=lacks) as server, mailbox(server.port) as box:
        box.listing(None)
        woken: list[float] = []

        def wake() -> None:
            woken.append(time.monotonic())
            box.wake()

        with soon(wake):
            assert not box.wait(20)
        assert time.monotonic() - woken[0] < 0.1
        assert box.listing(None)[1] == ()


def test_a_wake_before_the_wait_is_not_lost(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port) as box:
        box.listing(None)
        for _ in range(1000):
            box.wake()
        assert not box.wait(20)
        began = time.monotonic()
        assert not box.wait(0.2)  # and all of them were for that one wait
        assert time.monotonic() - began >= 0.2


def test_the_wait_ends_when_time_is_up(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port) as box:
        box.listing(None)
        began = time.monotonic()
        assert not box.wait(0.2)
        assert 0.2 <= time.monotonic() - began < 2
        assert box.listing(None)[1] == ()


def test_without_idle_the_wait_says_that_there_may_be_mail() -> None:
    with ImapServer({"ann": "secret"}, without={"IDLE"}) as server, mailbox(server.port) as box:
        box.listing(None)
        assert box.wait(0.05)


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_a_connection_lost_while_waiting_is_told(dovecot: DovecotServer, security: str) -> None:
    with mailbox(dovecot.port, security=security, cafile=str(dovecot.cafile)) as box:
        box.listing(None)
        with soon(dovecot.cut), pytest.raises(Unavailable):
            box.wait(20)
        before = box.listing(None)[1]
        dovecot.deliver("ann", MAIL)
        assert len(box.listing(None)[1]) == len(before) + 1


IDLE_ANSWERS = {
    "in-the-same-packet": b"+ idling\r\n* 4 EXISTS\r\n",
    "before-the-continuation": b"* 4 EXISTS\r\n+ idling\r\n",
    "after-other-news": b"+ idling\r\n* OK still here\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n",
}


@pytest.mark.parametrize("answer", IDLE_ANSWERS.values(), ids=IDLE_ANSWERS.keys())
def test_mail_that_is_told_with_the_answer_to_idle_is_not_overlooked(answer: bytes) -> None:
    with (
        ScriptedServer(b"* OK hello\r\n", imap_script(IDLE=answer)) as server,
        mailbox(server.port) as box,
    ):
        began = time.monotonic()
        assert box.wait(20)
        assert time.monotonic() - began < 5
        assert box.listing(None)[1] == (1, 2, 3)


def test_mail_that_is_told_with_another_answer_is_not_overlooked() -> None:
    answers = {
        "LIST": b'* LIST () "/" Filed\r\n{tag} OK done\r\n',
        "UID_MOVE": b"* 1 EXPUNGE\r\n* 3 EXISTS\r\n{tag} OK moved\r\n",
        "IDLE": b"+ idling\r\n",
    }
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        box.file(box.listing(None)[1][:1])
        began = time.monotonic()
        assert box.wait(20)
        assert time.monotonic() - began < 5


def test_a_server_that_repeats_what_is_known_at_every_idle_does_not_end_the_wait() -> None:
    answers = {
        "LIST": b'* LIST () "/" Filed\r\n{tag} OK done\r\n',
        "UID_MOVE": b"* 1 EXPUNGE\r\n{tag} OK moved\r\n",
        "IDLE": b"+ idling\r\n* 2 EXISTS\r\n* 2 RECENT\r\n",
    }
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        box.file(box.listing(None)[1][:1])
        began = time.monotonic()
        assert not box.wait(0.3)
        assert time.monotonic() - began >= 0.3
        assert sum("IDLE" in line for line in server.lines) < 3


def test_word_of_anything_but_mail_does_not_end_the_wait() -> None:
    script = imap_script(IDLE=b"+ idling\r\n")
    with ScriptedServer(b"* OK hello\r\n", script) as server, mailbox(server.port) as box:
        box.listing(None)
        with soon(lambda: server.say(b"* OK Still here\r\n* 2 FETCH (FLAGS (\\Seen))\r\n")):
            began = time.monotonic()
            assert not box.wait(0.4)
        assert time.monotonic() - began >= 0.4
        assert server.connections == 1


def test_a_server_that_refuses_idle_after_all_is_waited_for() -> None:
    script = imap_script(IDLE=b"{tag} NO not today\r\n")
    with ScriptedServer(b"* OK hello\r\n", script) as server, mailbox(server.port) as box:
        assert not box.wait(0.05)
        assert box.listing(None)[1] == (1, 2, 3)
        assert server.connections == 1


def test_goodbye_while_waiting_is_a_lost_connection() -> None:
    script = imap_script(IDLE=b"+ idling\r\n* BYE autologout\r\n")
    with (
        ScriptedServer(b"* OK hello\r\n", script) as server,
        mailbox(server.port) as box,
        pytest.raises(Unavailable),
    ):
        box.wait(20)


def test_close_takes_no_longer_than_two_seconds_and_says_nothing() -> None:
    script = imap_script(LOGOUT=b"")
    with ScriptedServer(b"* OK hello\r\n", script) as server:
        box = ImapMailbox(ImapSettings("box", "127.0.0.1", "ann", "secret", server.port, "none"))
        box.listing(None)
        began = time.monotonic()
        box.close()
        assert time.monotonic() - began < 3
        box.close()
        box.wake()
