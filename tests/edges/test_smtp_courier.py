"""Sending: each envelope has one outcome, and it says what to do next."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from mailflow.adapters.smtp import SmtpCourier
from mailflow.demo.servers import SmtpSink
from mailflow.ports import Deferred, Envelope, InDoubt, Outcome, Refused, Rejected, Sent, Unavailable
from mailflow.settings import SmtpSettings, SmtpTimeouts
from tests.edges.scripted import Reply, ScriptedServer
from tests.servers.postfix import PostfixServer
from tests.servers.support import Certificate

MAIL = b"From: it@example.com\r\nSubject: a\r\n\r\nhello\r\n"
SITE = "it@example.com"
QUICK = SmtpTimeouts(connect=5, command=5, data=5, block=5, final_dot=5)


@asynccontextmanager
async def courier(port: int, **other: Any) -> AsyncIterator[SmtpCourier]:
    plain = {"host": "127.0.0.1", "security": "none", "timeouts": QUICK}
    opened = SmtpCourier(SmtpSettings(port=port, **(plain | other)), SITE)
    yield opened
    await opened.close()


def envelope(name: str = "1", *to: str, sender: str = SITE, content: bytes = MAIL) -> Envelope:
    return Envelope(name, sender, to or ("ann@example.com",), content)


async def send(sender: SmtpCourier, *envelopes: Envelope) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    async for name, outcome in sender.send(envelopes):
        assert name not in found
        found[name] = outcome
    assert found.keys() == {sent.id for sent in envelopes}
    return found


async def send_one(sender: SmtpCourier, /, *to: str, **other: Any) -> Outcome:
    return (await send(sender, envelope("1", *to, **other)))["1"]


# --- what is taken --------------------------------------------------------------------------------


async def test_a_message_is_sent_byte_for_byte(smtp_sink: SmtpSink) -> None:
    content = MAIL + b".\r\n..two\r\n.\xff\xe4\xb8\xad 8-bit\r\n" + b"long " * 180 + b"\r\n"
    async with courier(smtp_sink.port) as sender:
        assert await send_one(sender, content=content) == Sent("250 2.0.0 OK", {})
    (received,) = smtp_sink.received
    assert received.content == content
    assert (received.mail_from, received.rcpt_tos) == (SITE, ("ann@example.com",))


async def test_a_long_message_is_sent_byte_for_byte(smtp_sink: SmtpSink) -> None:
    content = MAIL + (b"." + b"x" * 70 + b"\r\n") * 60_000
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, content=content), Sent)
    assert smtp_sink.received[0].content == content


async def test_line_ends_become_those_of_smtp(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, content=b"Subject: a\n\nb\n.\nc"), Sent)
    assert smtp_sink.received[0].content == b"Subject: a\r\n\r\nb\r\n.\r\nc\r\n"


async def test_a_batch_goes_over_few_connections_each_message_once(smtp_sink: SmtpSink) -> None:
    batch = [envelope(str(number), f"user{number}@example.com") for number in range(60)]
    async with courier(smtp_sink.port, connections=3) as sender:
        outcomes = await send(sender, *batch)
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())
    assert sorted(received.rcpt_tos[0] for received in smtp_sink.received) == sorted(
        sent.recipients[0] for sent in batch
    )
    assert smtp_sink.connections <= 3


async def test_a_connection_serves_the_next_batch_too(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        for _ in range(5):
            assert isinstance(await send_one(sender), Sent)
    assert smtp_sink.connections == 1


async def test_a_kept_connection_that_has_gone_costs_nothing(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender), Sent)
        smtp_sink.stop()
        smtp_sink.start()
        assert isinstance(await send_one(sender), Sent)


async def test_nothing_to_send_is_no_connection(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        assert await send(sender) == {}
    assert smtp_sink.connections == 0


async def test_addresses_beyond_ascii_are_sent_where_the_server_takes_them(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, "安@例子.cn"), Sent)
    assert smtp_sink.received[0].rcpt_tos == ("安@例子.cn",)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
async def test_a_permanent_refusal_is_final_at_every_stage(smtp_sink: SmtpSink, stage: Any) -> None:
    smtp_sink.answer(stage, "550 5.1.1 never")
    async with courier(smtp_sink.port) as sender:
        outcome = await send_one(sender)
        assert isinstance(outcome, Rejected)
        assert "550 5.1.1 never" in outcome.reason
        assert isinstance(await send_one(sender), Sent)
    assert smtp_sink.connections == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
async def test_a_passing_refusal_is_deferred_at_every_stage(smtp_sink: SmtpSink, stage: Any) -> None:
    smtp_sink.answer(stage, "451 4.3.0 later")
    async with courier(smtp_sink.port) as sender:
        outcome = await send_one(sender)
        assert isinstance(outcome, Deferred)
        assert "451 4.3.0 later" in outcome.reason
        assert isinstance(await send_one(sender), Sent)
    assert smtp_sink.connections == 1


async def test_a_message_that_is_too_big_is_rejected(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("mail", "552 5.3.4 too big")
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, sender=""), Rejected)


async def test_each_recipient_has_its_own_answer(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("rcpt", "550 5.1.1 unknown", address="bob@example.com")
    smtp_sink.answer("rcpt", "450 4.2.1 greylisted", address="cem@example.com")
    people = ("ann@example.com", "bob@example.com", "cem@example.com")
    async with courier(smtp_sink.port) as sender:
        assert await send_one(sender, *people) == Sent(
            "250 2.0.0 OK",
            {"bob@example.com": "550 5.1.1 unknown"},
            {"cem@example.com": "450 4.2.1 greylisted"},
        )
    assert smtp_sink.received[0].rcpt_tos == ("ann@example.com",)


async def test_where_no_recipient_is_taken_but_one_may_be_later_the_others_are_named(
    smtp_sink: SmtpSink,
) -> None:
    smtp_sink.answer("rcpt", "550 5.1.1 unknown", address="bob@example.com")
    smtp_sink.answer("rcpt", "450 4.2.1 greylisted", address="cem@example.com")
    async with courier(smtp_sink.port) as sender:
        outcome = await send_one(sender, "bob@example.com", "cem@example.com")
    assert outcome == Deferred("cem@example.com: 450 4.2.1 greylisted", {"bob@example.com": "550 5.1.1 unknown"})


async def test_an_address_that_is_none_is_refused_and_the_others_are_served(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        outcome = await send_one(sender, "ann@example.com", "bob@x> SIZE=1")
        assert isinstance(outcome, Sent)
        assert outcome.refused.keys() == {"bob@x> SIZE=1"}
        assert isinstance(await send_one(sender, "nobody"), Rejected)


async def test_too_many_recipients_at_once_are_deferred(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("rcpt", "552 too many recipients", address="bob@example.com")
    smtp_sink.answer("rcpt", "552 5.2.2 mailbox full", address="cem@example.com")
    async with courier(smtp_sink.port) as sender:
        outcome = await send_one(sender, "ann@example.com", "bob@example.com", "cem@example.com")
    assert isinstance(outcome, Sent)
    assert (outcome.refused.keys(), outcome.deferred.keys()) == ({"cem@example.com"}, {"bob@example.com"})


# --- what is lost ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_connection_lost_before_the_final_dot_defers(smtp_sink: SmtpSink, stage: Any) -> None:
    smtp_sink.answer(stage, None)
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender), Deferred)
        assert isinstance(await send_one(sender), Sent)


@pytest.mark.parametrize("size", [10, 200_000])
async def test_an_answer_lost_after_the_final_dot_is_in_doubt(smtp_sink: SmtpSink, size: int) -> None:
    smtp_sink.answer("content", None, kept=True)
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, content=MAIL + (b"x" * 70 + b"\r\n") * (size // 72)), InDoubt)
    assert len(smtp_sink.received) == 1


async def test_an_answer_that_does_not_come_in_time_is_in_doubt(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("content", "250 2.0.0 OK", delay=5)
    async with courier(smtp_sink.port, timeouts=replace(QUICK, final_dot=0.2)) as sender:
        assert isinstance(await send_one(sender), InDoubt)


async def test_a_command_that_is_not_answered_in_time_defers(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("rcpt", "250 2.1.5 OK", delay=5)
    async with courier(smtp_sink.port, timeouts=replace(QUICK, command=0.2)) as sender:
        assert isinstance(await send_one(sender), Deferred)
        assert isinstance(await send_one(sender), Sent)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
async def test_a_server_that_closes_with_421_defers_and_is_asked_anew(smtp_sink: SmtpSink, stage: Any) -> None:
    batch = [envelope(str(number)) for number in range(4)]
    async with courier(smtp_sink.port, connections=1) as sender:
        assert isinstance(await send_one(sender), Sent)
        smtp_sink.answer(stage, "421 4.3.2 closing")
        outcomes = list((await send(sender, *batch)).values())
    deferred = [outcome for outcome in outcomes if isinstance(outcome, Deferred)]
    # At MAIL the server has not even looked at the envelope: another connection may take it at once.
    assert len(deferred) == (0 if stage == "mail" else 1)
    assert len([outcome for outcome in outcomes if isinstance(outcome, Sent)]) == 4 - len(deferred)
    assert smtp_sink.connections == 2


def smtp_script(**answers: bytes | None) -> Any:
    """An SMTP server that takes everything but for the commands named here."""
    usual: dict[str, bytes | None] = {
        "EHLO": b"250-scripted\r\n250 SIZE 1000000\r\n",
        "DATA": b"354 go ahead\r\n",
        "QUIT": b"221 bye\r\n",
    }
    replies = usual | answers

    def script() -> Reply:
        in_data = False

        def answer(line: str) -> bytes | None:
            nonlocal in_data
            if in_data:
                in_data = line != "."
                return b"" if in_data else replies.get("DOT", b"250 OK\r\n")
            word = line.partition(" ")[0].upper()
            said = replies.get(word, b"250 OK\r\n")
            in_data = word == "DATA" and (said or b"").startswith(b"354")
            return said

        return answer

    return script


async def test_a_message_cut_off_on_its_way_is_not_in_doubt() -> None:
    def script() -> Reply:
        answer = smtp_script()()
        return lambda line: None if line.startswith("stop") else answer(line)

    content = MAIL + b"stop here\r\n" + (b"x" * 70 + b"\r\n") * 400_000
    with ScriptedServer(b"220 hello\r\n", script) as server:
        async with courier(server.port) as sender:
            assert isinstance(await send_one(sender, content=content), Deferred)


async def test_a_refusal_in_the_middle_of_a_message_is_heard() -> None:
    def script() -> Reply:
        answer = smtp_script()()
        return lambda line: b"552 5.3.4 enough\r\n" if line.startswith("stop") else answer(line)

    content = MAIL + b"stop here\r\n" + (b"x" * 70 + b"\r\n") * 400_000
    with ScriptedServer(b"220 hello\r\n", script) as server:
        async with courier(server.port) as sender:
            assert isinstance(await send_one(sender, content=content), Rejected)


async def test_an_answer_that_is_no_answer_is_in_doubt() -> None:
    with ScriptedServer(b"220 hello\r\n", smtp_script(DOT=b"what?\r\n")) as server:
        async with courier(server.port) as sender:
            assert isinstance(await send_one(sender), InDoubt)


# --- what is out of order -------------------------------------------------------------------------


async def test_a_server_that_is_down_is_asked_once_a_batch(smtp_sink: SmtpSink) -> None:
    batch = [envelope(str(number)) for number in range(50)]
    smtp_sink.stop()
    async with courier(smtp_sink.port) as sender:
        outcomes = await send(sender, *batch)
        assert all(isinstance(outcome, Deferred) for outcome in outcomes.values())
        with pytest.raises(Unavailable):
            await sender.check()


async def test_a_server_that_hangs_up_at_once_is_asked_once_a_connection() -> None:
    batch = [envelope(str(number)) for number in range(50)]
    with ScriptedServer(b"220 hello\r\n", smtp_script(MAIL=None)) as server:
        async with courier(server.port, connections=4) as sender:
            outcomes = await send(sender, *batch)
        assert all(isinstance(outcome, Deferred) for outcome in outcomes.values())
        assert server.connections <= 4


async def test_a_server_that_takes_one_connection_only_serves_all_by_it() -> None:
    taken = 0

    def script() -> Reply:
        nonlocal taken
        taken += 1
        return smtp_script()() if taken == 1 else smtp_script(EHLO=b"421 too many\r\n", HELO=None)()

    batch = [envelope(str(number)) for number in range(40)]
    with ScriptedServer(b"220 hello\r\n", script) as server:
        async with courier(server.port, connections=4) as sender:
            outcomes = await send(sender, *batch)
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())


async def test_a_wrong_password_is_tried_once_and_defers_all_as_a_wrong_configuration(
    certificate: Certificate,
) -> None:
    users = {"ann": "secret"}
    with SmtpSink(tls=certificate.for_server(), users=users) as sink:
        wrong = {
            "user": "ann",
            "password": "wr0ng",
            "security": "starttls",
            "cafile": str(certificate.cafile),
        }
        async with courier(sink.port, **wrong) as sender:
            outcomes = await send(sender, *(envelope(str(number)) for number in range(30)))
            for outcome in outcomes.values():
                assert isinstance(outcome, Deferred)
                assert "configuration is wrong" in outcome.reason
                assert "wr0ng" not in outcome.reason
            assert sink.connections == 1
            with pytest.raises(Refused, match="login refused"):
                await sender.check()


@pytest.mark.parametrize("implicit", [True, False])
async def test_login_over_tls_with_an_authority_of_our_own(certificate: Certificate, implicit: bool) -> None:
    security = "tls" if implicit else "starttls"
    with SmtpSink(tls=certificate.for_server(), implicit=implicit, users={"ann": "秘密"}) as sink:
        right = {"user": "ann", "password": "秘密", "security": security, "cafile": str(certificate.cafile)}
        async with courier(sink.port, **right) as sender:
            await sender.check()
            assert isinstance(await send_one(sender), Sent)
        (received,) = sink.received
        assert received.tls
        assert received.user == "ann"


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_certificate_that_is_not_trusted_sends_nothing(certificate: Certificate, implicit: bool) -> None:
    security = "tls" if implicit else "starttls"
    with SmtpSink(tls=certificate.for_server(), implicit=implicit, users={"ann": "secret"}) as sink:
        async with courier(sink.port, user="ann", password="secret", security=security) as sender:
            outcome = await send_one(sender)
            assert isinstance(outcome, Deferred)
            assert "not trusted" in outcome.reason
            with pytest.raises(Refused, match="not trusted"):
                await sender.check()
        assert sink.received == ()


async def test_where_starttls_is_configured_and_not_offered_nothing_is_sent(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port, security="starttls", user="ann", password="secret") as sender:
        outcome = await send_one(sender)
        assert isinstance(outcome, Deferred)
        assert "STARTTLS" in outcome.reason
        with pytest.raises(Refused, match="STARTTLS"):
            await sender.check()
    assert smtp_sink.received == ()


async def test_a_login_that_is_not_offered_is_a_wrong_configuration(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port, user="ann", password="secret") as sender:
        with pytest.raises(Refused, match="AUTH"):
            await sender.check()


async def test_a_login_that_is_missing_is_no_fault_of_the_mail(certificate: Certificate) -> None:
    with SmtpSink(users={"ann": "secret"}) as sink:
        async with courier(sink.port) as sender:
            outcome = await send_one(sender)
        assert isinstance(outcome, Deferred)
        assert "configuration is wrong" in outcome.reason


async def test_a_greeting_that_refuses_says_whether_to_wait_or_to_tell_a_person() -> None:
    for greeting, raised in ((b"554 no service\r\n", Refused), (b"421 busy\r\n", Unavailable)):
        with ScriptedServer(greeting, smtp_script()) as server:
            async with courier(server.port) as sender:
                with pytest.raises(raised):
                    await sender.check()
                assert isinstance(await send_one(sender), Deferred)


def test_the_password_is_in_no_representation() -> None:
    settings = SmtpSettings("host", "ann", "s3cr3t")
    assert "s3cr3t" not in repr(settings)


# --- the null sender ------------------------------------------------------------------------------


@pytest.fixture
def without_null() -> Iterator[SmtpSink]:
    with SmtpSink(null_sender=False) as sink:
        yield sink


async def test_the_null_sender_is_used_where_it_is_taken(smtp_sink: SmtpSink) -> None:
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, sender=""), Sent)
    assert smtp_sink.received[0].mail_from == ""


async def test_where_it_is_not_the_site_s_address_takes_its_place_for_good(without_null: SmtpSink) -> None:
    async with courier(without_null.port) as sender:
        for _ in range(2):
            assert isinstance(await send_one(sender, sender=""), Sent)
    assert [received.mail_from for received in without_null.received] == [SITE, SITE]
    assert without_null.connections == 1


async def test_a_refusal_at_the_recipient_that_speaks_of_the_sender_counts_too(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("rcpt", "553 5.7.1 <>: Sender address rejected")
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, sender=""), Sent)
    assert smtp_sink.received[0].mail_from == SITE


async def test_a_refusal_of_every_sender_proves_nothing_about_the_null_sender(smtp_sink: SmtpSink) -> None:
    smtp_sink.answer("mail", "550 5.7.1 go away", times=2)
    async with courier(smtp_sink.port) as sender:
        assert isinstance(await send_one(sender, sender=""), Rejected)
        assert isinstance(await send_one(sender, sender=""), Sent)
    assert smtp_sink.received[0].mail_from == ""


async def test_always_and_never_are_kept_to(without_null: SmtpSink) -> None:
    async with courier(without_null.port, null_sender="always") as sender:
        assert isinstance(await send_one(sender, sender=""), Rejected)
    async with courier(without_null.port, null_sender="never") as sender:
        assert isinstance(await send_one(sender, sender=""), Sent)
    assert [received.mail_from for received in without_null.received] == [SITE]


# --- a real relay ---------------------------------------------------------------------------------


async def test_postfix_takes_mail_over_starttls(postfix: PostfixServer) -> None:
    content = MAIL + "正文\r\n.\r\n".encode()
    bob = envelope("2", "ann@example.com", "nobody@example.com", sender="", content=content)
    before = len(postfix.stored("ann"))
    async with courier(postfix.port, security="starttls", cafile=str(postfix.cafile)) as sender:
        outcomes = await send(sender, envelope("1"), bob)
    assert isinstance(outcomes["1"], Sent)
    assert isinstance(outcomes["2"], Sent)
    stored = postfix.wait_for("ann", before + 2)[before:]
    assert sum("正文\n.\n".encode() in message for message in stored) == 1


async def test_postfix_takes_mail_over_tls(postfix: PostfixServer) -> None:
    async with courier(postfix.tls_port, security="tls", cafile=str(postfix.cafile)) as sender:
        await sender.check()
        assert isinstance(await send_one(sender), Sent)


async def test_who_stops_listening_stops_the_sending() -> None:
    batch = [envelope(str(number)) for number in range(50)]
    with SmtpSink() as sink:
        sink.answer("mail", "250 2.1.0 OK", times=None, delay=0.05)
        async with courier(sink.port, connections=1) as sender:
            sending = sender.send(batch)
            async for _ in sending:
                break
            await sending.aclose()  # type: ignore[attr-defined]
            taken = len(sink.received)
            assert isinstance(await send_one(sender), Sent)
            assert len(sink.received) <= taken + 2


async def test_a_connection_that_is_slow_to_open_does_not_hold_up_the_others() -> None:
    taken = 0

    def script() -> Reply:
        nonlocal taken
        taken += 1
        return smtp_script()() if taken == 1 else smtp_script(EHLO=b"")()

    batch = [envelope(str(number)) for number in range(20)]
    slow = replace(QUICK, connect=30)
    with ScriptedServer(b"220 hello\r\n", script) as server:
        async with asyncio.timeout(10), courier(server.port, connections=4, timeouts=slow) as sender:
            outcomes = await send(sender, *batch)
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())


async def test_one_courier_serves_one_event_loop_after_another(smtp_sink: SmtpSink) -> None:
    sender = SmtpCourier(SmtpSettings("127.0.0.1", port=smtp_sink.port, security="none", keep=60), SITE)

    async def once() -> Outcome:
        outcome = await send_one(sender)
        await sender.close()
        return outcome

    for _ in range(2):
        assert isinstance(await asyncio.to_thread(asyncio.run, once()), Sent)
