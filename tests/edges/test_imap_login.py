"""Connecting: TLS and login as configured and never less, and every refusal told as what it is."""

import contextlib
import logging
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mailflow.adapters.imap import ImapMailbox
from mailflow.adapters.tls import client_context
from mailflow.demo.servers import ImapServer
from mailflow.ports import Refused, Unavailable
from mailflow.settings import ImapSettings
from tests.edges.scripted import Reply, ScriptedServer, imap_script
from tests.servers.dovecot import DovecotServer
from tests.servers.support import Certificate, make_certificate


@contextmanager
def mailbox(port: int, **other: object) -> Iterator[ImapMailbox]:
    plain = {"name": "box", "host": "127.0.0.1", "user": "ann", "password": "s3cr3t"}
    with closing(ImapMailbox(ImapSettings(port=port, **(plain | other)))) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture(scope="module")
def server() -> Iterator[DovecotServer]:
    with DovecotServer({"ann": "s3cr3t"}) as running:
        yield running


def test_tls_and_starttls_work_with_an_authority_of_our_own(server: DovecotServer) -> None:
    ca = str(server.cafile)
    with mailbox(server.tls_port, security="tls", cafile=ca) as box:
        box.check()
    with mailbox(server.port, security="starttls", cafile=ca) as box:
        box.check()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_the_system_does_not_trust_is_refused(server: DovecotServer, security: str) -> None:
    port = server.tls_port if security == "tls" else server.port
    with mailbox(port, security=security) as box, pytest.raises(Refused, match="not trusted"):
        box.check()


def test_a_certificate_of_another_authority_is_refused(server: DovecotServer, tmp_path: Path) -> None:
    other = str(make_certificate(tmp_path).cafile)
    with mailbox(server.tls_port, cafile=other) as box, pytest.raises(Refused, match="not trusted"):
        box.check()


def test_a_certificate_for_another_host_is_refused(certificate: Certificate) -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                certificate.for_server().wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        there = {"host": "127.0.0.2", "cafile": str(certificate.cafile)}
        with mailbox(listener.getsockname()[1], **there) as box, pytest.raises(Refused, match="not trusted"):
            box.check()
        thread.join()


def test_a_folder_that_cannot_be_opened_for_now_is_waited_for() -> None:
    script = imap_script(SELECT=b"{tag} NO [INUSE] being repaired\r\n")
    with (
        ScriptedServer(b"* OK hello\r\n", script) as server,
        mailbox(server.port, security="none") as box,
        pytest.raises(Unavailable),
    ):
        box.check()


def test_a_file_of_authorities_that_is_missing_is_refused(server: DovecotServer, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    with mailbox(server.tls_port, cafile=missing) as box, pytest.raises(Refused, match=r"none\.pem"):
        box.check()


def test_tls_to_a_port_without_is_refused_as_a_wrong_configuration(server: DovecotServer) -> None:
    with mailbox(server.port, security="tls", cafile=str(server.cafile)) as box, pytest.raises(Refused):
        box.check()


def test_no_password_is_sent_where_starttls_is_configured_and_not_offered() -> None:
    with ScriptedServer(b"* OK hello\r\n", imap_script()) as server:
        with mailbox(server.port, security="starttls") as box, pytest.raises(Refused, match="STARTTLS"):
            box.check()
        assert not any("s3cr3t" in line for line in server.lines)


def test_no_password_is_sent_where_starttls_is_refused() -> None:
    script = imap_script(CAPABILITY=b"IMAP4rev1 STARTTLS", STARTTLS=b"{tag} NO not today\r\n")
    with ScriptedServer(b"* OK hello\r\n", script) as server:
        with mailbox(server.port, security="starttls") as box, pytest.raises(Refused, match="STARTTLS"):
            box.check()
        assert not any("s3cr3t" in line for line in server.lines)


def test_nothing_is_done_in_the_clear_for_a_greeting_of_preauth() -> None:
    script = imap_script(CAPABILITY=b"IMAP4rev1 STARTTLS", STARTTLS=b"{tag} BAD already in\r\n")
    with ScriptedServer(b"* PREAUTH hello\r\n", script) as server:
        with mailbox(server.port, security="starttls") as box, pytest.raises(Refused):
            box.check()
        assert not any("SELECT" in line for line in server.lines)


def test_a_wrong_password_is_refused_and_told_without_it(
    server: DovecotServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with mailbox(server.port, security="none", password="wr0ng") as box:
        with pytest.raises(Refused, match="login refused for ann") as told:
            box.check()
        assert "wr0ng" not in str(told.value)
    assert "wr0ng" not in caplog.text


def test_the_password_is_in_no_log_and_no_representation(
    server: DovecotServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = ImapSettings("box", "127.0.0.1", "ann", "s3cr3t", server.port, "none")
    assert "s3cr3t" not in repr(settings)
    with closing(ImapMailbox(settings)) as box:
        box.check()
        assert "s3cr3t" not in repr(box)
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        (b"NO [AUTHENTICATIONFAILED] no", Refused),
        (b"NO LOGIN Login error or password error", Refused),
        (b"NO [UNAVAILABLE] the directory is down", Unavailable),
        (b"NO [INUSE] another session", Unavailable),
    ],
)
def test_a_failed_login_says_whether_to_wait_or_to_tell_a_person(said: bytes, raised: type[Exception]) -> None:
    script = imap_script(LOGIN=b"{tag} " + said + b"\r\n")
    with (
        ScriptedServer(b"* OK hello\r\n", script) as server,
        mailbox(server.port, security="none") as box,
        pytest.raises(raised),
    ):
        box.check()


def test_where_passwords_need_tls_none_is_sent_without() -> None:
    script = imap_script(CAPABILITY=b"IMAP4rev1 LOGINDISABLED STARTTLS")
    with ScriptedServer(b"* OK hello\r\n", script) as server:
        with mailbox(server.port, security="none") as box, pytest.raises(Refused, match="without TLS"):
            box.check()
        assert not any("s3cr3t" in line for line in server.lines)


def test_we_say_who_we_are_before_a_folder_is_opened() -> None:
    script = imap_script(CAPABILITY=b"IMAP4rev1 ID")
    with ScriptedServer(b"* OK hello\r\n", script) as server, mailbox(server.port, security="none") as box:
        box.check()
        commands = [line.split()[1] for line in server.lines]
        assert commands.index("LOGIN") < commands.index("ID") < commands.index("SELECT")
        assert any('"name" "mailflow"' in line for line in server.lines)


def test_we_say_who_we_are_also_where_that_is_announced_before_the_login_only() -> None:
    def script() -> Reply:
        before, after = imap_script(CAPABILITY=b"IMAP4rev1 ID")(), imap_script()()
        logged_in = False

        def answer(line: str) -> bytes | None:
            nonlocal logged_in
            logged_in = logged_in or "LOGIN" in line
            return after(line) if logged_in else before(line)

        return answer

    with ScriptedServer(b"* OK hello\r\n", script) as server, mailbox(server.port, security="none") as box:
        box.check()
        assert any('"name" "mailflow"' in line for line in server.lines)


def test_a_server_that_does_not_want_to_know_us_is_used_all_the_same() -> None:
    script = imap_script(CAPABILITY=b"IMAP4rev1 ID", ID=b"{tag} BAD not here\r\n")
    with ScriptedServer(b"* OK hello\r\n", script) as server, mailbox(server.port, security="none") as box:
        box.check()


def test_a_connection_lost_at_login_is_no_wrong_password() -> None:
    def script() -> Reply:
        answer = imap_script()()
        return lambda line: None if "LOGIN" in line else answer(line)

    with (
        ScriptedServer(b"* OK hello\r\n", script) as server,
        mailbox(server.port, security="none") as box,
        pytest.raises(Unavailable),
    ):
        box.check()


def test_a_token_is_used_in_place_of_the_password() -> None:
    def script() -> Reply:
        answer = imap_script()()
        tag = ""

        def with_token(line: str) -> bytes | None:
            nonlocal tag
            if "AUTHENTICATE XOAUTH2" in line:
                tag = line.split()[0]
                return b"+ \r\n"
            if " " not in line:
                return f"{tag} OK {b64decode(line).decode()!r}\r\n".encode()
            return answer(line)

        return with_token

    with ScriptedServer(b"* OK hello\r\n", script) as server:
        with mailbox(server.port, security="none", token=lambda: "t0ken") as box:
            box.check()
        sent = next(line for line in server.lines if " " not in line)
        assert b64decode(sent) == b"user=ann\x01auth=Bearer t0ken\x01\x01"
        assert not any("s3cr3t" in line for line in server.lines)


def test_a_greeting_of_goodbye_is_a_server_that_is_busy() -> None:
    with (
        ScriptedServer(b"* BYE too many connections\r\n", imap_script()) as server,
        mailbox(server.port, security="none") as box,
        pytest.raises(Unavailable),
    ):
        box.check()


def test_the_embedded_server_takes_the_login(imap_server: ImapServer) -> None:
    with mailbox(imap_server.port, security="none", password="secret") as box:
        box.check()


def test_certificates_are_always_checked() -> None:
    context = client_context(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
