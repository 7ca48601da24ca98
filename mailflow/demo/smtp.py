"""A real SMTP server in this process (aiosmtpd) that keeps what it is sent and answers as it is told.

For the demonstration and for tests: it can refuse, be slow, or lose the connection at each stage, also after
the final dot, where the sender cannot know whether the message was taken.
"""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailflow.demo.background import BackgroundLoop

Stage = Literal["mail", "rcpt", "data", "content"]
"""Where an answer is given: at MAIL FROM, at each RCPT TO, at DATA, after the final dot."""

LARGEST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came: `mail_from` is "" for the null sender, `content` has its dots unstuffed."""

    peer: tuple[str, int]
    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes
    moment: datetime
    tls: bool
    user: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say at a stage.

    `line`: the answer, such as "550 5.1.1 no such user"; None loses the connection instead of answering.
    `address`: only for this sender (mail) or recipient (rcpt); at data and content, only when it is among the
    recipients; None is for all. `times`: how often, None is for ever. `delay`: seconds to wait first.
    `kept`: at content, whether the message is taken in spite of what is said.
    """

    stage: Stage
    line: str | None
    address: str | None = None
    times: int | None = 1
    delay: float = 0.0
    kept: bool = False


class _Book:
    """What was received and what to answer: shared by the server's thread and its user's."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self.connections = 0

    def told(self, stage: Stage, addresses: Iterable[str]) -> Answer | None:
        """The first answer told for this stage and one of these addresses, counted down."""
        lowered = {address.lower() for address in addresses}
        with self.changed:
            for place, told in enumerate(self.answers):
                if told.stage != stage or (told.address is not None and told.address.lower() not in lowered):
                    continue
                if told.times == 1:
                    del self.answers[place]
                elif told.times is not None:
                    self.answers[place] = replace(told, times=told.times - 1)
                return told
        return None

    def keep(self, received: Received) -> None:
        with self.changed:
            self.received.append(received)
            self.changed.notify_all()


@dataclass(frozen=True, slots=True)
class _Handler:
    """The hooks that aiosmtpd calls, one a stage; each returns the answer to give."""

    book: _Book
    users: Mapping[str, str] | None
    null_sender: bool
    deliver: Callable[[Received], None] | None
    clock: Callable[[], datetime]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if self.users is not None or not line.startswith("250-AUTH")]

    async def handle_MAIL(
        self, server: "_Protocol", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        sender = "" if address == "<>" else address
        if self.users is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        told = await self.say(server, "mail", [sender])
        if told is None and not sender and not self.null_sender:
            told = "550 5.7.1 Null sender refused"
        if told is None or told.startswith("2"):
            envelope.mail_from = address
        return told or "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: "_Protocol", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        told = await self.say(server, "rcpt", [address])
        if told is None or told.startswith("2"):
            envelope.rcpt_tos.append(address)
        return told or "250 2.1.5 OK"

    async def handle_DATA(self, server: "_Protocol", session: Session, envelope: Envelope) -> str:
        told = self.book.told("content", envelope.rcpt_tos)
        if told is None or told.kept or (told.line is not None and told.line.startswith("2")):
            received = self.received(server, session, envelope)
            if self.deliver is not None:
                try:
                    self.deliver(received)
                except Exception as error:
                    return f"451 4.3.0 {type(error).__name__} at delivery"
            self.book.keep(received)
        return await server.carry_out(told) if told is not None else "250 2.0.0 OK"

    async def say(self, server: "_Protocol", stage: Stage, addresses: Iterable[str]) -> str | None:
        told = self.book.told(stage, addresses)
        return None if told is None else await server.carry_out(told)

    def received(self, server: "_Protocol", session: Session, envelope: Envelope) -> Received:
        sender = envelope.mail_from or ""
        login = session.auth_data
        return Received(
            peer=session.peer[:2] if isinstance(session.peer, tuple) else ("", 0),
            mail_from="" if sender == "<>" else sender,
            rcpt_tos=tuple(envelope.rcpt_tos),
            content=envelope.original_content or b"",
            moment=self.clock(),
            tls=server.transport is not None and server.transport.get_extra_info("ssl_object") is not None,
            user=login.login.decode() if isinstance(login, LoginPassword) else None,
        )

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = (
            self.users is not None
            and isinstance(data, LoginPassword)
            and self.users.get(data.login.decode()) == data.password.decode()
        )
        return AuthResult(success=known, handled=False, auth_data=data if known else None)


class _Protocol(SMTP):
    """One connection."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.envelope is not None and self.envelope.rcpt_tos:
            said = await self.event_handler.say(self, "data", self.envelope.rcpt_tos)
            if said is not None:
                await self.push(said)
                return
        await super().smtp_DATA(arg)

    async def carry_out(self, told: Answer) -> str:
        """The line to answer with, after the delay; does not return when the connection is to be lost."""
        await asyncio.sleep(told.delay)
        if told.line is not None:
            return told.line
        self.lose()
        # The loss cancels this task; an answer in between would be written to nobody.
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await never

    def lose(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class SmtpSink:
    """An SMTP server on `host` and a free `port`, from `start` to `stop`; a context manager.

    `tls`: a server context; offers STARTTLS, or with `implicit` TLS from the first byte; with `tls_required`
    nothing is taken before it. `users`: name -> password; when given, AUTH is offered, and required.
    `deliver` is called with each message before it is acknowledged; when it raises, the answer is 451.
    `null_sender`: False refuses MAIL FROM:<> with a 550, as some relays do.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        tls_required: bool = False,
        users: Mapping[str, str] | None = None,
        deliver: Callable[[Received], None] | None = None,
        null_sender: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.host = host
        self.port = port
        self._tls = tls
        self._implicit = implicit
        self._tls_required = tls_required
        self._book = _Book()
        self._handler = _Handler(self._book, users, null_sender, deliver, clock)
        self._background: BackgroundLoop | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen; after a `stop`, on the port it had. What was received stays."""
        self._background = BackgroundLoop("smtp-sink")
        try:
            self._background.run(self._listen(self._background.loop))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Refuse connections and cut the present ones."""
        if self._background is not None:
            with contextlib.suppress(Exception):
                self._background.run(self._close())
            self._background.stop()
            self._background = None

    @property
    def received(self) -> tuple[Received, ...]:
        with self._book.changed:
            return tuple(self._book.received)

    @property
    def connections(self) -> int:
        """How many connections there have been."""
        with self._book.changed:
            return self._book.connections

    def wait_for(self, count: int, timeout: float = 10.0) -> tuple[Received, ...]:
        """What was received, once it is `count` messages or more; TimeoutError where that takes too long."""
        book = self._book
        with book.changed:
            if not book.changed.wait_for(lambda: len(book.received) >= count, timeout):
                raise TimeoutError(f"{len(book.received)} of {count} messages came within {timeout} s")
            return tuple(book.received)

    def answer(
        self,
        stage: Stage,
        line: str | None,
        *,
        address: str | None = None,
        times: int | None = 1,
        delay: float = 0.0,
        kept: bool = False,
    ) -> None:
        """Give this answer (see `Answer`) the next `times`; of several that fit, the one told first."""
        with self._book.changed:
            self._book.answers.append(Answer(stage, line, address, times, delay, kept))

    def clear(self) -> None:
        """Forget what was received and how to answer."""
        with self._book.changed:
            self._book.received.clear()
            self._book.answers.clear()

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        context = self._tls if self._implicit else None
        self._protocols: WeakSet[_Protocol] = WeakSet()
        self._server = await loop.create_server(self._protocol, host=self.host, port=self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for protocol in list(self._protocols):
            protocol.lose()
        await self._server.wait_closed()

    def _protocol(self) -> _Protocol:
        with self._book.changed:
            self._book.connections += 1
        starttls = self._tls is not None and not self._implicit
        protocol = _Protocol(
            self._handler,
            hostname="sink.example",
            ident="mailflow sample server",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            tls_context=self._tls if starttls else None,
            require_starttls=starttls and self._tls_required,
            auth_require_tls=False,
            authenticator=self._handler.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._protocols.add(protocol)
        return protocol
