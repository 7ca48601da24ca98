"""The real servers keep their promises: tests of the adapters rest on them."""

import shutil
import smtplib
import ssl
import subprocess
import sys
from pathlib import Path

import aiosmtplib
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mailflow.demo.servers import SmtpSink
from tests.servers.dovecot import DovecotServer
from tests.servers.postfix import PostfixServer
from tests.servers.support import Certificate, place, wait_until

MAIL = b"From: ann@example.com\r\nTo: requests@example.com\r\nSubject: hello\r\n\r\n.dot\r\nbody\r\n"
ODD = b"From ann\r\nSubject: =?gb2312?B?w/c=?= \xc4\xfa\r\nX-Empty:\r\n\r\nbare \x80\xff bytes, no line end"


def login(server: DovecotServer, user: str = "ann", password: str = "secret") -> IMAPClient:
    connection = IMAPClient(server.host, port=server.port, ssl=False, timeout=10)
    try:
        connection.login(user, password)
    except LoginError:
        connection.shutdown()
        raise
    return connection


def test_dovecot_gives_back_what_was_delivered_byte_for_byte(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    shared_dovecot.deliver(dovecot_user, MAIL, ODD)
    with login(shared_dovecot, dovecot_user) as connection:
        assert {b"IDLE", b"MOVE", b"UIDPLUS"} <= set(connection.capabilities())
        connection.select_folder("INBOX")
        fetched = connection.fetch(connection.search(), ["BODY.PEEK[]"])
        assert [data[b"BODY[]"] for data in fetched.values()] == [MAIL, ODD]


def test_dovecot_delivery_wakes_an_idling_client(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    with login(shared_dovecot, dovecot_user) as connection:
        connection.select_folder("INBOX")
        connection.idle()
        shared_dovecot.deliver(dovecot_user, MAIL)
        assert any(answer[1] == b"EXISTS" for answer in connection.idle_check(timeout=10))
        connection.idle_done()


def test_dovecot_takes_an_append_into_a_folder_with_a_chinese_name(
    shared_dovecot: DovecotServer, dovecot_user: str
) -> None:
    shared_dovecot.append(dovecot_user, "已归档/2026", MAIL, ["\\Seen"])
    assert shared_dovecot.stored(dovecot_user, "已归档/2026") == (MAIL.replace(b"\r\n", b"\n"),)
    with login(shared_dovecot, dovecot_user) as connection:
        assert connection.folder_status("已归档/2026", ["MESSAGES"]) == {b"MESSAGES": 1}


def test_dovecot_speaks_tls_with_a_certificate_that_can_be_verified(
    shared_dovecot: DovecotServer, dovecot_user: str
) -> None:
    trusting = shared_dovecot.certificate.for_client()
    with IMAPClient(shared_dovecot.host, port=shared_dovecot.tls_port, ssl_context=trusting, timeout=10) as connection:
        connection.login(dovecot_user, "secret")
    with IMAPClient(shared_dovecot.host, port=shared_dovecot.port, ssl=False, timeout=10) as connection:
        connection.starttls(trusting)
        connection.login(dovecot_user, "secret")
    with pytest.raises(ssl.SSLCertVerificationError):
        IMAPClient(shared_dovecot.host, port=shared_dovecot.tls_port, timeout=10)


def test_dovecot_refuses_a_wrong_password(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    with pytest.raises(LoginError):
        login(shared_dovecot, dovecot_user, "wrong")


def test_dovecot_can_be_cut_stopped_and_started_with_its_mail(dovecot: DovecotServer) -> None:
    dovecot.deliver("ann", MAIL)
    connection = login(dovecot)
    port = dovecot.port
    dovecot.cut()
    with pytest.raises(Exception, match=r"EOF|reset|BYE"):
        connection.noop()
    connection.shutdown()
    login(dovecot).logout()
    dovecot.stop()
    with pytest.raises(ConnectionRefusedError):
        login(dovecot)
    dovecot.start()
    assert dovecot.port == port
    with login(dovecot) as again:
        assert again.select_folder("INBOX")[b"EXISTS"] == 1


def test_dovecot_leaves_out_capabilities_and_tls() -> None:
    with (
        DovecotServer({"ann": "secret"}, without=["MOVE", "UIDPLUS", "IDLE"], separator=".", tls=False) as server,
        login(server) as connection,
    ):
        assert not {b"MOVE", b"UIDPLUS", b"IDLE", b"STARTTLS"} & set(connection.capabilities())
        assert connection.namespace().personal[0][1] == "."


async def test_postfix_delivers_over_starttls_into_a_maildir(postfix: PostfixServer) -> None:
    before = len(postfix.stored("ann"))
    await aiosmtplib.send(
        MAIL,
        sender="bob@example.com",
        recipients=["ann@example.com"],
        hostname=postfix.host,
        port=postfix.port,
        start_tls=True,
        tls_context=postfix.certificate.for_client(),
    )
    delivered = postfix.wait_for("ann", before + 1)[-1]
    assert delivered.startswith(b"Return-Path: <bob@example.com>")
    assert delivered.endswith(b"\n\n.dot\nbody\n")


def test_postfix_speaks_tls_from_the_first_byte(postfix: PostfixServer) -> None:
    trusting = postfix.certificate.for_client()
    with smtplib.SMTP_SSL(postfix.host, postfix.tls_port, context=trusting, timeout=10) as connection:
        assert connection.noop()[0] == 250


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "450 4.2.0 try later"])
def test_postfix_refuses_a_recipient_as_told(postfix: PostfixServer, answer: str) -> None:
    postfix.refuse("bob@example.com", answer)
    with (
        smtplib.SMTP(postfix.host, postfix.port, timeout=10) as connection,
        pytest.raises(smtplib.SMTPRecipientsRefused, match=answer[:3]),
    ):
        connection.sendmail("ann@example.com", ["bob@example.com"], MAIL)
    postfix.accept("bob@example.com")
    with smtplib.SMTP(postfix.host, postfix.port, timeout=10) as connection:
        assert connection.sendmail("ann@example.com", ["bob@example.com"], MAIL) == {}


def test_postfix_pipes_to_a_command_and_keeps_what_it_puts_off() -> None:
    exchange = place("exchange")
    server = PostfixServer(
        pipes={
            "requests@example.com": (
                "/bin/sh",
                "-c",
                f"test -e {exchange}/ready || exit 75; cat > {exchange}/out",
            )
        }
    )
    server.owner.take(exchange)
    try:
        with server, smtplib.SMTP(server.host, server.port, timeout=10) as connection:
            connection.sendmail("ann@example.com", ["requests@example.com"], MAIL)
            wait_until(lambda: any(mail["queue_name"] == "deferred" for mail in server.queue()), "deferral")
            (exchange / "ready").touch()
            wait_until(lambda: server.queue() == [], "a second attempt")
        assert (exchange / "out").read_bytes().endswith(b"\n\n.dot\nbody\n")
    finally:
        shutil.rmtree(exchange)


def test_postfix_passes_mail_on_to_a_relay(smtp_sink: SmtpSink) -> None:
    with (
        PostfixServer(relay=(smtp_sink.host, smtp_sink.port)) as server,
        smtplib.SMTP(server.host, server.port, timeout=10) as connection,
    ):
        connection.sendmail("ann@example.com", ["cat@example.org"], MAIL)
        (received,) = smtp_sink.wait_for(1)
    assert received.rcpt_tos == ("cat@example.org",)
    assert received.content.endswith(b"\r\n\r\n.dot\r\nbody\r\n")


def test_postfix_asks_dovecot_about_passwords(shared_dovecot: DovecotServer, dovecot_user: str) -> None:
    with PostfixServer(
        {f"{dovecot_user}@example.com": dovecot_user},
        mail=shared_dovecot.mail,
        auth_socket=shared_dovecot.auth_socket,
        tls_required=True,
    ) as server:
        with smtplib.SMTP(server.host, server.port, timeout=10) as connection:
            connection.starttls(context=server.certificate.for_client())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                connection.login(dovecot_user, "wrong")
            connection.login(dovecot_user, "secret")
            connection.sendmail("ann@example.com", [f"{dovecot_user}@example.com"], MAIL)
        wait_until(lambda: len(shared_dovecot.stored(dovecot_user)) == 1, "delivery into Dovecot's Maildir")
    with login(shared_dovecot, dovecot_user) as connection:
        assert connection.select_folder("INBOX")[b"EXISTS"] == 1


def test_the_sink_offers_starttls_or_tls_from_the_first_byte(certificate: Certificate) -> None:
    with (
        SmtpSink(tls=certificate.for_server(), tls_required=True) as sink,
        smtplib.SMTP(sink.host, sink.port, timeout=10) as connection,
    ):
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            connection.sendmail("ann@example.com", ["bob@example.com"], MAIL)
        connection.starttls(context=certificate.for_client())
        connection.sendmail("ann@example.com", ["bob@example.com"], MAIL)
        assert sink.received[0].tls
    with (
        SmtpSink(tls=certificate.for_server(), implicit=True) as sink,
        smtplib.SMTP_SSL(sink.host, sink.port, context=certificate.for_client(), timeout=10) as connection,
    ):
        connection.sendmail("ann@example.com", ["bob@example.com"], MAIL)
        assert sink.received[0].tls


@pytest.mark.parametrize(("required", "outcome"), [("1", "1 failed"), ("0", "1 skipped")])
def test_a_missing_server_is_a_failure_only_where_servers_are_required(
    tmp_path: Path, required: str, outcome: str
) -> None:
    test = tmp_path / "test_missing.py"
    test.write_text(
        "from tests.servers.support import unavailable\n\n\n"
        "def test_one():\n    unavailable('there is no such server')\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(test)],
        env={"MAILFLOW_REQUIRE_SERVERS": required, "PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=50,
        cwd=tmp_path,
    )
    assert outcome in done.stdout
