"""Listing and fetching: what lies in the folder, exactly as it came, with nothing changed by looking."""

import imaplib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from mailflow.adapters.imap import ImapMailbox
from mailflow.adapters.imap.reading import BATCH_BYTES, MESSAGES_A_SEARCH, UIDS_A_COMMAND
from mailflow.demo.servers import ImapServer
from mailflow.ports import RawMail, Refused, Unavailable
from mailflow.settings import ImapSettings
from tests.edges.scripted import Reply, ScriptedServer, imap_script
from tests.servers.dovecot import DovecotServer

SELECTED = b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] ids\r\n{tag} OK [READ-WRITE] selected\r\n"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def settings(port: int, user: str = "ann", **other: object) -> ImapSettings:
    plain = {"name": "box", "host": "127.0.0.1", "user": user, "password": "secret", "security": "none"}
    return ImapSettings(port=port, **(plain | other))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server() -> Iterator[DovecotServer]:
    """Like shared_dovecot, but its connections may be cut."""
    with DovecotServer({"ann": "secret"}) as running:
        yield running


@contextmanager
def mailbox(port: int, user: str = "ann", **other: object) -> Iterator[ImapMailbox]:
    with closing(ImapMailbox(settings(port, user, **other))) as opened:
        yield opened


def mail(subject: str, size: int = 0) -> bytes:
    return b"Subject: " + subject.encode() + b"\r\n\r\n" + (b"x" * 70 + b"\r\n") * (size // 72)


def fetched(box: ImapMailbox) -> list[RawMail]:
    return [message for batch in box.fetch(box.listing(None)[1]) for message in batch]


def test_an_empty_folder_lists_nothing(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port) as box:
        uidvalidity, uids = box.listing(None)
        assert uidvalidity > 0
        assert uids == ()
        assert list(box.fetch(())) == []


def test_messages_are_listed_in_order_and_fetched_with_their_identity(imap_server: ImapServer) -> None:
    uids = [imap_server.append("ann", mail(subject), received_at=NOON) for subject in ("a", "b", "c")]
    with mailbox(imap_server.port) as box:
        uidvalidity, listed = box.listing(None)
        assert list(listed) == uids
        assert fetched(box) == [
            RawMail("box", uidvalidity, uid, NOON, mail(subject)) for uid, subject in zip(uids, "abc", strict=True)
        ]


def test_bytes_come_as_they_lie_on_the_server(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    odd = (
        b"Subject: \xc4\xe3\xba\xc3\r\n\r\n8-bit \xff\x80\r\n",
        b"no header at all",
        b"Subject: literals\r\n\r\n* 1 FETCH (BODY[] {3}\r\nabc)\r\n{7}\r\n)\r\n",
        b'"\\"\r\n',
        "Subject: 需求\r\n\r\n正文\r\n.\r\n..\r\n".encode(),
    )
    shared_dovecot.deliver(dovecot_user, *odd)
    with mailbox(shared_dovecot.port, dovecot_user) as box:
        assert sorted(message.content for message in fetched(box)) == sorted(odd)


def test_looking_leaves_messages_unseen(imap_server: ImapServer) -> None:
    imap_server.append("ann", mail("a"))
    with mailbox(imap_server.port) as box:
        assert fetched(box)
        box.listing(NOON)
    (stored,) = imap_server.messages("ann")
    assert "\\Seen" not in stored.flags


def test_looking_leaves_messages_unseen_on_dovecot(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    shared_dovecot.deliver(dovecot_user, mail("a"))
    with mailbox(shared_dovecot.port, dovecot_user) as box:
        assert fetched(box)
    files = [path.name for path in (shared_dovecot.maildir(dovecot_user) / "cur").glob("*")]
    assert files
    assert not any("S" in name.rpartition(",")[2] for name in files)


@pytest.mark.parametrize(
    ("received", "listed"),
    [
        (NOON - timedelta(days=40), False),
        (NOON - timedelta(seconds=1), False),
        (NOON, True),
        (NOON + timedelta(seconds=1), True),
        (NOON + timedelta(days=1), True),
        (NOON + timedelta(days=40), True),
    ],
)
def test_since_is_kept_to_the_second(imap_server: ImapServer, received: datetime, listed: bool) -> None:
    uid = imap_server.append("ann", mail("a"), received_at=received)
    with mailbox(imap_server.port) as box:
        for _ in range(2):  # the second answer comes from what was learnt by the first
            assert box.listing(NOON)[1] == ((uid,) if listed else ())


@pytest.mark.parametrize("offset", [-11, 14])
def test_since_is_a_moment_in_whatever_zone_the_server_keeps_dates(offset: int) -> None:
    local = (NOON + timedelta(hours=offset)).strftime("%d-%b-%Y %H:%M:%S")
    date = f'"{local} {"-" if offset < 0 else "+"}{abs(offset):02}00"'.encode()
    fetch = b"* 1 FETCH (UID 1 INTERNALDATE " + date + b")\r\n{tag} OK done\r\n"
    search = b"* SEARCH 1\r\n{tag} OK found\r\n"
    later = b"* SEARCH\r\n{tag} OK none\r\n"
    answers = {"UID_FETCH": fetch, "UID_SEARCH_SINCE_01-Mar": search, "UID_SEARCH_SINCE_04-Mar": later}
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        assert box.listing(NOON) == (7, (1,))
        assert box.listing(NOON + timedelta(seconds=1)) == (7, ())


def test_a_message_without_a_readable_date_is_not_left_out() -> None:
    fetch = b'* 1 FETCH (UID 1 INTERNALDATE "yesterday")\r\n{tag} OK done\r\n'
    answers = {"UID_FETCH": fetch, "UID_SEARCH_SINCE_04-Mar": b"* SEARCH\r\n{tag} OK none\r\n"}
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        assert 1 in box.listing(NOON)[1]


def test_batches_hold_no_more_than_eight_megabytes_but_one_message_at_least(
    shared_dovecot: DovecotServer, dovecot_user: str
) -> None:
    sizes = (3, 3, 3, 9, 1, 1)
    shared_dovecot.deliver(dovecot_user, *(mail(str(n), n * 2**20) for n in sizes))
    with mailbox(shared_dovecot.port, dovecot_user) as box:
        batches = list(box.fetch(box.listing(None)[1]))
    assert [message.content for batch in batches for message in batch] == [mail(str(n), n * 2**20) for n in sizes]
    assert [len(batch) for batch in batches] == [2, 1, 1, 2]
    assert all(sum(len(message.content) for message in batch) <= BATCH_BYTES or len(batch) == 1 for batch in batches)


def test_more_messages_than_fit_into_a_command_are_fetched_and_moved(imap_server: ImapServer) -> None:
    count = UIDS_A_COMMAND + 7
    imap_server.fill("ann", [mail(str(number)) for number in range(count)])
    with mailbox(imap_server.port) as box:
        assert len(fetched(box)) == count
        box.file(box.listing(None)[1])
    assert len(imap_server.messages("ann", "Filed")) == count
    assert imap_server.messages("ann") == ()


def test_what_has_vanished_is_left_out(imap_server: ImapServer) -> None:
    uids = [imap_server.append("ann", mail(subject)) for subject in "abc"]
    with mailbox(imap_server.port) as box, mailbox(imap_server.port) as other:
        box.listing(None)
        other.listing(None)
        batches = box.fetch(uids)
        other.file(uids[1:2])
        assert [message.uid for batch in batches for message in batch] == [uids[0], uids[2]]
        assert [message.uid for batch in box.fetch([*uids, 4711]) for message in batch] == [uids[0], uids[2]]


def test_one_message_that_the_server_cannot_give_does_not_hold_up_the_others() -> None:
    sizes = b"".join(b"* %d FETCH (UID %d RFC822.SIZE 5)\r\n" % (uid, uid) for uid in (1, 2, 3))
    date = b'INTERNALDATE " 2-Mar-2026 12:00:00 +0000"'
    good = b"* %d FETCH (UID %d " + date + b" BODY[] {5}\r\nhello)\r\n{tag} OK done\r\n"
    answers = {
        "UID_FETCH_1,2,3_(RFC822.SIZE)": sizes + b"{tag} OK done\r\n",
        "UID_FETCH_1,2,3_(BODY": b"{tag} NO cannot convert message 2\r\n",
        "UID_FETCH_1_": good % (1, 1),
        "UID_FETCH_2_": b"{tag} NO cannot convert message 2\r\n",
        "UID_FETCH_3_": good % (3, 3),
    }
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        assert [message.uid for message in fetched(box)] == [1, 3]


def test_a_folder_of_any_size_is_listed_in_answers_of_bearable_length() -> None:
    count = 2 * MESSAGES_A_SEARCH + 7

    def script() -> Reply:
        answer = imap_script(SELECT=SELECTED % count)()

        def listed(line: str) -> bytes | None:
            tag, _, command = line.partition(" UID SEARCH ")
            if not command:
                return answer(line)
            first, last = command.replace("*", str(count)).split(":")
            uids = " ".join(str(4_000_000_000 + number) for number in range(int(first), int(last) + 1))
            return f"* SEARCH {uids}\r\n{tag} OK found\r\n".encode()

        return listed

    with ScriptedServer(b"* OK hello\r\n", script) as server, mailbox(server.port) as box:
        uids = box.listing(None)[1]
        assert (len(uids), uids[0], uids[-1]) == (count, 4_000_000_001, 4_000_000_000 + count)


def test_a_folder_with_a_chinese_name_is_read(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    shared_dovecot.append(dovecot_user, "服务台 & 需求", mail("a"))
    with mailbox(shared_dovecot.port, dovecot_user, folder="服务台 & 需求") as box:
        assert [message.content for message in fetched(box)] == [mail("a")]


def test_a_folder_that_is_missing_is_refused_by_name(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port, folder="Nowhere") as box, pytest.raises(Refused, match="Nowhere"):
        box.listing(None)


def test_a_cut_connection_is_told_once_and_made_anew(imap_server: ImapServer) -> None:
    uid = imap_server.append("ann", mail("a"))
    with mailbox(imap_server.port) as box:
        box.listing(None)
        imap_server.cut()
        with pytest.raises(Unavailable):
            box.listing(None)
        assert box.listing(None)[1] == (uid,)


def test_a_server_that_is_down_is_unavailable_and_found_again(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port) as box:
        imap_server.pause()
        with pytest.raises(Unavailable):
            box.listing(None)
        imap_server.resume()
        assert box.listing(None)[1] == ()


def test_a_server_that_says_nothing_is_given_up_after_the_timeout() -> None:
    with (
        ScriptedServer(b"", imap_script()) as server,
        mailbox(server.port, connect_timeout=0.2) as box,
        pytest.raises(Unavailable),
    ):
        box.listing(None)


def test_a_server_that_stops_answering_is_given_up_after_the_timeout() -> None:
    script = imap_script(UID_SEARCH=b"* SEARCH 1 2")
    with (
        ScriptedServer(b"* OK hello\r\n", script) as server,
        mailbox(server.port, read_timeout=0.2) as box,
        pytest.raises(Unavailable),
    ):
        box.listing(None)


def test_uids_of_a_listing_are_void_once_the_folder_was_made_anew(server: DovecotServer) -> None:
    server.append("ann", "Requests", mail("old"))
    with mailbox(server.port, folder="Requests") as box:
        before, uids = box.listing(None)
        with imaplib.IMAP4(server.host, server.port, timeout=10) as other:
            other.login("ann", "secret")
            other.delete("Requests")
        server.append("ann", "Requests", mail("new"))
        server.cut()
        with pytest.raises(Unavailable):
            box.file(uids)
        for attempt in (lambda: box.file(uids), lambda: list(box.fetch(uids))):
            with pytest.raises(Unavailable, match="renumbered"):
                attempt()
        assert len(server.stored("ann", "Requests")) == 1
        after, listed = box.listing(None)
        assert after != before
        assert listed == uids


def test_a_user_and_password_with_every_kind_of_character_log_in(server: DovecotServer) -> None:
    passwords: dict[str, str] = {"spaced": 'a b"c\\d', "chinese": "密码 ü"}
    for user, password in passwords.items():
        server.add_user(user, password)
        with mailbox(server.port, user, password=password) as box:
            assert box.listing(None)[1] == ()


Attempt = Callable[[ImapMailbox], object]


@pytest.mark.parametrize("attempt", [lambda box: box.listing(None), lambda box: box.wait(5), lambda box: box.file([1])])
def test_every_call_connects_by_itself(imap_server: ImapServer, attempt: Attempt) -> None:
    with mailbox(imap_server.port) as box:
        box.wake()
        attempt(box)
