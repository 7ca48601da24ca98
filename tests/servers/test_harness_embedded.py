"""The embedded servers keep their promises: tests and the demonstration rest on them."""

import smtplib
import time
from email.message import EmailMessage

import aiosmtplib
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from mailflow.demo.servers import ImapServer, SmtpSink

MAIL = b"From: ann@example.com\r\nTo: requests@example.com\r\nSubject: hello\r\n\r\n.dot\r\nbody\r\n"


def client(server: ImapServer) -> IMAPClient:
    connection = IMAPClient(server.host, port=server.port, ssl=False, timeout=10)
    connection.login("ann", "secret")
    return connection


def test_a_client_reads_and_moves_what_was_appended(imap_server: ImapServer) -> None:
    uid = imap_server.append("ann", MAIL, flags=["\\Seen"])
    with client(imap_server) as connection:
        assert {b"IDLE", b"MOVE", b"UIDPLUS"} <= set(connection.capabilities())
        connection.select_folder("INBOX")
        fetched = connection.fetch([uid], ["BODY.PEEK[]", "FLAGS"])
        assert fetched[uid][b"BODY[]"] == MAIL
        assert b"\\Seen" in fetched[uid][b"FLAGS"]
        connection.create_folder("Filed")
        connection.move([uid], "Filed")
    assert imap_server.messages("ann") == ()
    assert [stored.content for stored in imap_server.messages("ann", "Filed")] == [MAIL]
    assert imap_server.messages("ann", "Nowhere") == ()
    assert imap_server.folders("ann") == ("Filed", "INBOX")


def test_an_append_wakes_an_idling_client(imap_server: ImapServer) -> None:
    with client(imap_server) as connection:
        connection.select_folder("INBOX")
        connection.idle()
        imap_server.append("ann", MAIL)
        assert any(answer[1] == b"EXISTS" for answer in connection.idle_check(timeout=10))
        connection.idle_done()


def test_a_thousand_messages_are_filled_in_seconds(imap_server: ImapServer) -> None:
    started = time.monotonic()
    uids = imap_server.fill("ann", [MAIL] * 1000)
    assert len(set(uids)) == 1000
    assert time.monotonic() - started < 20


def test_capabilities_can_be_left_out() -> None:
    with (
        ImapServer({"ann": "secret"}, without=["move", "uidplus", "idle"]) as server,
        client(server) as connection,
    ):
        assert not {b"IDLE", b"MOVE", b"UIDPLUS"} & set(connection.capabilities())


def test_cut_connections_are_noticed_and_the_mail_stays(imap_server: ImapServer) -> None:
    imap_server.append("ann", MAIL)
    connection = client(imap_server)
    imap_server.cut()
    with pytest.raises(Exception, match=r"socket error|EOF|reset"):
        connection.noop()
    connection.shutdown()
    imap_server.pause()
    with pytest.raises(ConnectionRefusedError):
        client(imap_server)
    imap_server.resume()
    with client(imap_server) as again:
        assert again.select_folder("INBOX")[b"EXISTS"] == 1


def test_a_wrong_password_is_refused(imap_server: ImapServer) -> None:
    connection = IMAPClient(imap_server.host, port=imap_server.port, ssl=False, timeout=10)
    with pytest.raises(LoginError):
        connection.login("ann", "wrong")
    connection.shutdown()


def test_the_sink_keeps_sender_recipients_and_bytes(smtp_sink: SmtpSink) -> None:
    with smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as connection:
        connection.sendmail("requests@example.com", ["ann@example.com", "bob@example.com"], MAIL)
    (received,) = smtp_sink.wait_for(1)
    assert received.mail_from == "requests@example.com"
    assert received.rcpt_tos == ("ann@example.com", "bob@example.com")
    assert received.content == MAIL
    assert not received.tls
    assert received.moment.utcoffset() is not None


async def test_the_null_sender_is_taken_or_refused_as_told(smtp_sink: SmtpSink) -> None:
    async with aiosmtplib.SMTP(hostname=smtp_sink.host, port=smtp_sink.port) as connection:
        await connection.sendmail("", ["ann@example.com"], MAIL)
    assert smtp_sink.received[0].mail_from == ""
    with SmtpSink(null_sender=False) as strict:
        async with aiosmtplib.SMTP(hostname=strict.host, port=strict.port) as connection:
            with pytest.raises(aiosmtplib.SMTPSenderRefused):
                await connection.sendmail("", ["ann@example.com"], MAIL)
        assert strict.received == ()


async def test_answers_are_given_at_their_stage_as_often_as_told(smtp_sink: SmtpSink) -> None:
    async def send(*recipients: str) -> dict[str, tuple[int, str]]:
        message = EmailMessage()
        message["From"] = "requests@example.com"
        message.set_content("text")
        errors, _ = await aiosmtplib.send(
            message, recipients=list(recipients), hostname=smtp_sink.host, port=smtp_sink.port
        )
        return {address: (error.code, error.message) for address, error in errors.items()}

    smtp_sink.answer("rcpt", "550 5.1.1 no such user", address="gone@example.com", times=None)
    assert await send("ann@example.com", "gone@example.com") == {"gone@example.com": (550, "5.1.1 no such user")}
    smtp_sink.answer("mail", "421 4.3.2 closing")
    with pytest.raises(aiosmtplib.SMTPResponseException, match=r"4\.3\.2"):
        await send("ann@example.com")
    smtp_sink.answer("data", "451 4.3.0 later")
    with pytest.raises(aiosmtplib.SMTPDataError, match="later"):
        await send("ann@example.com")
    smtp_sink.answer("content", "554 5.7.1 refused", times=2)
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPDataError, match="refused"):
            await send("ann@example.com")
    assert await send("ann@example.com") == {}
    assert len(smtp_sink.received) == 2


@pytest.mark.parametrize("kept", [True, False])
def test_the_connection_can_be_lost_after_the_final_dot(smtp_sink: SmtpSink, kept: bool) -> None:
    smtp_sink.answer("content", None, kept=kept)
    with (
        pytest.raises(smtplib.SMTPServerDisconnected),
        smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10) as connection,
    ):
        connection.sendmail("requests@example.com", ["ann@example.com"], MAIL)
    assert len(smtp_sink.received) == (1 if kept else 0)


def test_a_slow_answer_outlasts_the_senders_patience(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("content", "250 OK", delay=30)
    with (
        pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)),
        smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=0.3) as connection,
    ):
        connection.sendmail("requests@example.com", ["ann@example.com"], MAIL)


def test_a_stopped_sink_refuses_and_comes_back_on_its_port() -> None:
    sink = SmtpSink()
    sink.start()
    port = sink.port
    sink.stop()
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(sink.host, port, timeout=10)
    with sink:
        assert sink.port == port
        smtplib.SMTP(sink.host, port, timeout=10).quit()


def test_what_cannot_be_delivered_is_answered_with_a_temporary_failure() -> None:
    def full(_: object) -> None:
        raise OSError("disk full")

    with SmtpSink(deliver=full) as sink, smtplib.SMTP(sink.host, sink.port, timeout=10) as connection:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            connection.sendmail("requests@example.com", ["ann@example.com"], MAIL)
        assert sink.received == ()


def test_a_sink_with_users_demands_a_login() -> None:
    with (
        SmtpSink(users={"ann": "secret"}) as sink,
        smtplib.SMTP(sink.host, sink.port, timeout=10) as connection,
    ):
        with pytest.raises(smtplib.SMTPSenderRefused, match=r"5\.7\.0"):
            connection.sendmail("requests@example.com", ["ann@example.com"], MAIL)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            connection.login("ann", "wrong")
        connection.login("ann", "secret")
        connection.sendmail("requests@example.com", ["ann@example.com"], MAIL)
        assert sink.received[0].user == "ann"
