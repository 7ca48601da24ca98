"""One connection to the relay, and what comes of one envelope on it.

Invariant: InDoubt is said only when the final dot may have reached the server and its answer did not reach
us; before that, the server cannot have taken the message (RFC 5321 §4.2.5).
"""

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass, field

from aiosmtplib import SMTP, SMTPException, SMTPResponse, SMTPServerDisconnected

from mailflow.adapters.smtp import wire
from mailflow.adapters.smtp.opening import open_session
from mailflow.ports import Deferred, Envelope, InDoubt, Outcome, Rejected, Sent
from mailflow.settings import SmtpSettings

CLOSING = 421
GO_AHEAD = 354
FINAL_DOT = b".\r\n"
ONE_WRITE = 64 * 1024  # a message up to this size is written together with its final dot

# Said where a login or TLS is missing, or a command came at the wrong time: no fault of the mail's.
_OUR_FAULT = frozenset({503, 530, 534, 535, 538})
_ABOUT_SENDER = re.compile(r"\b5\.1\.[78]\b|sender|mail from|return.path", re.IGNORECASE)
_MAILBOX_FULL = re.compile(r"\b5\.(2\.[23]|3\.4)\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an envelope.

    `sender_refused`: it was the sender that was refused for good. `untouched`: the connection had gone before
    the server heard of the envelope, so that it can be sent on another at once.
    """

    outcome: Outcome
    sender_refused: bool = False
    untouched: bool = False


@dataclass(slots=True)
class _Answers:
    """What the server said to each recipient."""

    accepted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    deferred: dict[str, str] = field(default_factory=dict)


class Connection:
    """A connection that is open and logged in. `open` it, `deliver` as often as wanted, `close` it."""

    def __init__(self, smtp: SMTP, settings: SmtpSettings) -> None:
        self._smtp = smtp
        self._timeouts = settings.timeouts
        self._touched = False
        self._dot_sent = False
        self.proved = False  # an envelope was dealt with on it, so it is no connection that is lost at once

    @classmethod
    async def open(cls, settings: SmtpSettings, context: ssl.SSLContext | None) -> "Connection":
        """Raises Unavailable, or Refused when the configuration is wrong."""
        return cls(await open_session(settings, context), settings)

    @property
    def usable(self) -> bool:
        return self._smtp.is_connected

    async def deliver(self, envelope: Envelope) -> Verdict:
        """Send one envelope. `usable` says afterwards whether the connection is there still."""
        self._touched = self._dot_sent = False
        try:
            verdict = await self._deliver(envelope)
            self.proved = self.proved or self.usable
            return verdict
        except (SMTPException, OSError) as error:
            self._smtp.close()
            reason = f"{type(error).__name__}: {error}"
            if self._dot_sent:
                return Verdict(InDoubt(f"the answer to the message was lost: {reason}"))
            return Verdict(Deferred(f"the connection was lost: {reason}"), untouched=not self._touched)
        except BaseException:
            self._smtp.close()
            raise

    async def close(self) -> None:
        """Say QUIT, and wait a second for the answer."""
        with contextlib.suppress(SMTPException, OSError):
            if self._smtp.is_connected:
                await self._smtp.quit(timeout=1.0)
        self._smtp.close()

    def abort(self) -> None:
        """Close without a word."""
        self._smtp.close()

    async def _deliver(self, envelope: Envelope) -> Verdict:
        content = wire.lines(envelope.content)
        addresses = (envelope.sender, *envelope.recipients)
        utf8 = wire.needs_utf8(addresses) and self._smtp.supports_extension("smtputf8")
        try:
            sender = wire.path(envelope.sender, utf8)
        except wire.BadAddress as error:
            return Verdict(Rejected(str(error)))
        answer = await self._command(b"MAIL", b"FROM:" + sender, *self._options(content, utf8))
        self._touched = answer.code != CLOSING
        if not _positive(answer):
            return self._refused_sender(answer)
        answers = await self._recipients(envelope, utf8)
        if not answers.accepted:
            await self._reset()
            return _nobody(answers)
        return await self._content(content, answers)

    def _options(self, content: bytes, utf8: bool) -> list[bytes]:
        options = []
        if self._smtp.supports_extension("size"):
            options.append(b"SIZE=%d" % len(content))
        if self._smtp.supports_extension("8bitmime") and not content.isascii():
            options.append(b"BODY=8BITMIME")
        if utf8:
            options.append(b"SMTPUTF8")
        return options

    async def _command(self, *words: bytes) -> SMTPResponse:
        return await self._smtp.execute_command(*words, timeout=self._timeouts.command)

    def _refused_sender(self, answer: SMTPResponse) -> Verdict:
        said = _said(answer)
        if not _permanent(answer):
            return Verdict(Deferred(said), untouched=not self._touched)
        return Verdict(Rejected(said), sender_refused=answer.code != 552)

    async def _recipients(self, envelope: Envelope, utf8: bool) -> _Answers:
        answers = _Answers()
        for address in dict.fromkeys(envelope.recipients):
            if not self.usable:  # after a 421
                answers.deferred[address] = "the server closed the connection"
                continue
            try:
                recipient = wire.path(address, utf8)
            except wire.BadAddress as error:
                answers.refused[address] = str(error)
                continue
            answer = await self._command(b"RCPT", b"TO:" + recipient)
            if _positive(answer):
                answers.accepted.append(address)
            elif _permanent(answer) and not (answers.accepted and _too_many(answer)):
                answers.refused[address] = _said(answer)
            else:
                answers.deferred[address] = _said(answer)
        return answers

    async def _content(self, content: bytes, answers: _Answers) -> Verdict:
        if not self.usable:
            return Verdict(Deferred("the server closed the connection", answers.refused))
        answer = await self._smtp.execute_command(b"DATA", timeout=self._timeouts.data)
        if answer.code == GO_AHEAD:
            answer = await self._transmit(wire.stuffed(content))
        else:
            await self._reset()
        said = _said(answer)
        if _positive(answer):
            return Verdict(Sent(said, answers.refused, answers.deferred))
        if not _permanent(answer):
            return Verdict(Deferred(said, answers.refused))
        if not answers.deferred:
            return Verdict(Rejected(said))
        return Verdict(Deferred(said, answers.refused | dict.fromkeys(answers.accepted, said)))

    async def _transmit(self, content: bytes) -> SMTPResponse:
        """Send the message and the final dot, and wait for the answer."""
        protocol, transport = self._smtp.protocol, self._smtp.transport
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise SMTPServerDisconnected("the connection is closed")
        if len(content) <= ONE_WRITE:
            self._dot_sent = True
            protocol.write(content + FINAL_DOT)
            answer = await protocol.read_response(timeout=self._timeouts.final_dot)
        else:
            # The answer may come, or the connection go, while a long message is still on its way out.
            reading = asyncio.ensure_future(protocol.read_response())
            try:
                protocol.write(content)
                await self._written(transport, reading)
                if not reading.done():
                    self._dot_sent = True
                    protocol.write(FINAL_DOT)
                async with asyncio.timeout(self._timeouts.final_dot):
                    answer = await reading
            finally:
                reading.cancel()
        if answer.code == CLOSING or not self._dot_sent:
            self._smtp.close()
        if not self._dot_sent and _positive(answer):
            raise SMTPServerDisconnected(f"an answer before its time: {_said(answer)}")
        return answer

    async def _written(self, transport: asyncio.WriteTransport, reading: "asyncio.Future[SMTPResponse]") -> None:
        """Wait until all is handed to the network, or the server has spoken; raises TimeoutError."""
        waiting = transport.get_write_buffer_size()
        async with asyncio.timeout(self._timeouts.block) as limit:
            while waiting and not reading.done():
                await asyncio.sleep(0.002)
                left = transport.get_write_buffer_size()
                if left < waiting:
                    limit.reschedule(asyncio.get_running_loop().time() + self._timeouts.block)
                waiting = left

    async def _reset(self) -> None:
        """End a transaction that came to nothing. A server that cannot is left."""
        if self.usable and not _positive(await self._command(b"RSET")):
            self._smtp.close()


def _nobody(answers: _Answers) -> Verdict:
    """No recipient was taken."""
    if answers.deferred:
        return Verdict(Deferred(_listed(answers.deferred), answers.refused))
    about_sender = bool(answers.refused) and all(map(_ABOUT_SENDER.search, answers.refused.values()))
    return Verdict(Rejected(_listed(answers.refused) or "there is no recipient"), sender_refused=about_sender)


def _listed(answers: dict[str, str]) -> str:
    return "; ".join(f"{address}: {said}" for address, said in answers.items())


def _said(answer: SMTPResponse) -> str:
    text = " ".join(answer.message.split()).encode("utf-8", "replace").decode("utf-8")
    said = f"{answer.code} {text}".rstrip()
    return f"the configuration is wrong: {said}" if answer.code in _OUR_FAULT else said


def _positive(answer: SMTPResponse) -> bool:
    return 200 <= answer.code < 300


def _permanent(answer: SMTPResponse) -> bool:
    return 500 <= answer.code < 600 and answer.code not in _OUR_FAULT


def _too_many(answer: SMTPResponse) -> bool:
    """Whether a further recipient's 552 means too many at once (RFC 5321 §4.5.3.1.10), not a full mailbox."""
    return answer.code == 552 and not _MAILBOX_FULL.search(answer.message)
