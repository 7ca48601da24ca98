"""Moving: a message leaves only when the other folder has it, and nobody else's mail is ever expunged."""

import imaplib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import uuid4

import pytest

from mailflow.adapters.imap import ImapMailbox
from mailflow.demo.servers import ImapServer
from mailflow.ports import Refused, Unavailable
from mailflow.settings import ImapSettings
from tests.edges.scripted import ScriptedServer, imap_script
from tests.servers.dovecot import DovecotServer

LACKS = [(), ("MOVE",), ("MOVE", "UIDPLUS"), ("MOVE", "UIDPLUS", "NAMESPACE")]


@contextmanager
def mailbox(port: int, user: str = "ann", **other: object) -> Iterator[ImapMailbox]:
    plain = {"name": "box", "host": "127.0.0.1", "user": user, "password": "secret", "security": "none"}
    with closing(ImapMailbox(ImapSettings(port=port, **(plain | other)))) as opened:  # type: ignore[arg-type]
        yield opened


def mail(subject: str) -> bytes:
    return b"Subject: " + subject.encode() + b"\r\n\r\nhello\r\n"


def undeleted(server: DovecotServer, user: str, folder: str = "INBOX") -> list[bytes]:
    """The subjects of what a person would see in the folder."""
    with imaplib.IMAP4(server.host, server.port, timeout=10) as person:
        person.login(user, "secret")
        if person.select(folder, readonly=True)[0] != "OK":
            return []
        subjects = []
        for number in person.search(None, "UNDELETED")[1][0].split():
            part = person.fetch(number.decode(), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][0]
            assert isinstance(part, tuple)
            subjects.append(part[1].strip().removeprefix(b"Subject: "))
        return sorted(subjects)


def folders(server: DovecotServer, user: str, command: str = "list") -> str:
    with imaplib.IMAP4(server.host, server.port, timeout=10) as person:
        person.login(user, "secret")
        return " ".join(line.decode() for line in getattr(person, command)()[1] if isinstance(line, bytes))


@pytest.fixture(scope="module", params=LACKS, ids=lambda lacks: "without-" + "-".join(lacks) if lacks else "with-all")
def server(request: pytest.FixtureRequest) -> Iterator[DovecotServer]:
    with DovecotServer(without=request.param, tls=False) as running:
        yield running


@pytest.fixture
def user(server: DovecotServer) -> str:
    name = f"user-{uuid4().hex[:12]}"
    server.add_user(name)
    return name


def test_filed_and_quarantined_mail_goes_to_its_folder_and_no_other_mail_is_touched(
    server: DovecotServer, user: str
) -> None:
    server.deliver(user, mail("filed"), mail("bad"), mail("stays"))
    server.append(user, "INBOX", mail("deleted by somebody"), ["\\Deleted"])
    with mailbox(server.port, user) as box:
        first, second, *_ = box.listing(None)[1]
        box.file([first])
        box.quarantine([second])
        box.file([first])  # again, as after a crash
    assert undeleted(server, user) == [b"stays"]
    assert undeleted(server, user, "Filed") == [b"filed"]
    assert undeleted(server, user, "Quarantine") == [b"bad"]
    assert any(b"deleted by somebody" in content for content in server.stored(user))
    assert "Filed" in folders(server, user, "lsub")


def test_moving_what_is_gone_is_no_error(server: DovecotServer, user: str) -> None:
    server.deliver(user, mail("a"))
    with mailbox(server.port, user) as box:
        (uid,) = box.listing(None)[1]
        box.file([uid])
        box.quarantine([4711])
        box.file([uid, 4711])
    assert undeleted(server, user, "Filed") == [b"a"]


def test_a_target_that_was_deleted_meanwhile_is_made_again(server: DovecotServer, user: str) -> None:
    server.deliver(user, mail("a"))
    with mailbox(server.port, user) as box:
        box.file(box.listing(None)[1])
        with imaplib.IMAP4(server.host, server.port, timeout=10) as person:
            person.login(user, "secret")
            assert person.delete("Filed")[0] == "OK"
        server.deliver(user, mail("b"))
        box.file([uid for uid in box.listing(None)[1] if uid > 1])
    assert undeleted(server, user, "Filed") == [b"b"]


def test_a_move_that_fails_half_way_loses_nothing_and_can_be_repeated(dovecot: DovecotServer) -> None:
    dovecot.deliver("ann", *(mail(str(number)) for number in range(3)))
    with mailbox(dovecot.port) as box:
        uids = box.listing(None)[1]
        dovecot.cut()
        with pytest.raises(Unavailable):
            box.file(uids)
        box.listing(None)
        box.file(uids)
    assert undeleted(dovecot, "ann", "Filed") == [b"0", b"1", b"2"]
    assert dovecot.stored("ann") == ()


def test_a_copy_whose_removal_failed_is_not_copied_twice() -> None:
    copies: list[str] = []
    there = b"* 1 FETCH (UID 1)\r\n{tag} OK done\r\n"
    refused = b"{tag} NO [UNAVAILABLE] not now\r\n"
    answers = {
        "CAPABILITY": b"IMAP4rev1 UIDPLUS",
        "LIST": b'* LIST () "/" Filed\r\n{tag} OK done\r\n',
        "UID_FETCH": there,
        "UID_COPY": b"{tag} OK copied\r\n",
        "UID_STORE": refused,
    }
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        box.listing(None)
        for _ in range(2):
            with pytest.raises(Unavailable):
                box.file([1])
        copies = [line for line in server.lines if "UID COPY" in line]
        assert len(copies) == 1
        assert not any(line.partition(" ")[2].startswith("EXPUNGE") for line in server.lines)


@pytest.mark.parametrize(("separator", "prefix"), [(".", ""), (".", "INBOX."), ("/", "INBOX/")])
def test_folders_are_found_and_made_where_the_server_keeps_them(separator: str, prefix: str) -> None:
    with DovecotServer({"ann": "secret"}, separator=separator, prefix=prefix, tls=False) as server:
        there = f"{prefix}Helpdesk{separator}Filed"
        for subject in ("made", "found"):
            server.deliver("ann", mail(subject))
            with mailbox(server.port, filed="Helpdesk/Filed") as box:
                box.file(box.listing(None)[1])
        assert there in folders(server, "ann")
        server.deliver("ann", mail("as the server writes it"))
        with mailbox(server.port, filed=there) as box:
            box.file(box.listing(None)[1])
        assert undeleted(server, "ann", there) == [b"as the server writes it", b"found", b"made"]
        with mailbox(server.port, folder="Helpdesk/Filed") as box:
            assert len(box.listing(None)[1]) == 3


def test_a_target_with_a_chinese_name_is_made(imap_server: ImapServer) -> None:
    imap_server.append("ann", mail("a"))
    with mailbox(imap_server.port, filed="已归档 & 完成") as box:
        box.file(box.listing(None)[1])
    assert [stored.content for stored in imap_server.messages("ann", "已归档 & 完成")] == [mail("a")]


def test_without_a_folder_for_it_mail_stays_where_it_is(imap_server: ImapServer) -> None:
    imap_server.append("ann", mail("a"))
    with mailbox(imap_server.port, filed=None, quarantine=None) as box:
        uids = box.listing(None)[1]
        box.file(uids)
        box.quarantine(uids)
        assert box.listing(None)[1] == uids
    assert imap_server.folders("ann") == ("INBOX",)


@pytest.mark.parametrize(
    ("said", "raised"), [(b"NO [UNAVAILABLE] later", Unavailable), (b"NO [OVERQUOTA] full", Refused)]
)
def test_a_refused_move_says_whether_to_wait_or_to_tell_a_person(said: bytes, raised: type[Exception]) -> None:
    answers = {
        "LIST": b'* LIST () "/" Filed\r\n{tag} OK done\r\n',
        "UID_FETCH": b"* 1 FETCH (UID 1)\r\n{tag} OK done\r\n",
        "UID_MOVE": b"{tag} " + said + b"\r\n",
    }
    with ScriptedServer(b"* OK hello\r\n", imap_script(**answers)) as server, mailbox(server.port) as box:
        box.listing(None)
        with pytest.raises(raised):
            box.file([1])


def test_a_folder_that_can_only_be_read_is_refused() -> None:
    read_only = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ids\r\n{tag} OK [READ-ONLY] selected\r\n"
    script = imap_script(SELECT=read_only)
    with (
        ScriptedServer(b"* OK hello\r\n", script) as server,
        mailbox(server.port) as box,
        pytest.raises(Refused, match="only be read"),
    ):
        box.listing(None)
