"""A real IMAP server in this process (pymap, in memory), for the demonstration and for tests.

It speaks IDLE, MOVE, UIDPLUS and MULTIAPPEND; each can be left out of its capabilities. It is not byte-exact
on odd input: what must come back as it went in is tested on another server.
"""

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import Config, Identity, Login
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.config import BackendCapability
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.fetchattr import FetchRequirement
from pymap.parsing.specials.flag import Flag
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from mailflow.demo.background import BackgroundLoop

LONGEST_LINE = 2**20  # of a command; asyncio's own limit of 64 KiB is less than a long set of UIDs


@dataclass(frozen=True, slots=True)
class Stored:
    """One message as the server holds it."""

    uid: int
    flags: frozenset[str]
    received_at: datetime
    content: bytes


class _Config(Config):
    """pymap's settings, with passwords in the clear (they are samples) and some capabilities left out."""

    def __init__(self, host: str, without: frozenset[bytes]) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host=host,
            port=0,
            tls_enabled=False,
            invalid_user_sleep=0.0,
            reject_dnsbl=False,
            hash_context=Cleartext(),
        )
        self._without = without

    @property
    def greeting(self) -> bytes:
        return b"mailflow's sample server is ready"  # pymap would ask the name service for our name

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=b"IDLE" not in self._without, object_id=True, multi_append=True)

    @property
    def login_capability(self) -> Sequence[bytes]:
        return [name for name in super().login_capability if name not in self._without]


class _WholeAnswers(asyncio.StreamWriter):
    """Holds back what is written until the answer is complete.

    pymap writes a line in pieces, each of which goes out at once; imapclient 4.1 takes a piece that it meets
    while it looks into an IDLE for a broken connection.
    """

    def __init__(self, writer: asyncio.StreamWriter, reader: asyncio.StreamReader) -> None:
        protocol = writer.transport.get_protocol()
        super().__init__(writer.transport, protocol, reader, asyncio.get_running_loop())
        self._held = bytearray()
        self._replaced = writer  # would close the connection if it were collected

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._held += data

    def writelines(self, data: Iterable[bytes | bytearray | memoryview]) -> None:
        for piece in data:
            self._held += piece

    async def drain(self) -> None:
        self._release()
        await super().drain()

    def close(self) -> None:
        self._release()
        super().close()

    def _release(self) -> None:
        held, self._held = bytes(self._held), bytearray()
        if held:
            super().write(held)


class ImapServer:
    """An IMAP server on `host` and a free `port`, without TLS, from `start` to `stop`; a context manager.

    `users`: name -> password. `without`: capabilities not to announce, such as {"MOVE", "UIDPLUS", "IDLE"}.
    `whole_answers`: False lets the lines of an answer arrive in pieces, as a network may.
    Every method may be called from any thread but the server's own.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        without: Iterable[str] = (),
        whole_answers: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.host = host
        self.port = port
        self._users = dict(users)
        self._without = frozenset(name.upper().encode() for name in without)
        self._whole_answers = whole_answers
        self._background: BackgroundLoop | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. A stopped server starts empty again, on the port it had."""
        self._background = BackgroundLoop("imap-server")
        try:
            self._background.run(self._start())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every connection and forget all mail."""
        if self._background is not None:
            with contextlib.suppress(Exception):
                self.pause()
            self._background.stop()
            self._background = None

    def pause(self) -> None:
        """Refuse connections and cut the present ones; the mail stays."""
        self._running.run(self._pause())

    def resume(self) -> None:
        """Listen again on the same port."""
        self._running.run(self._listen())

    def cut(self) -> None:
        """Cut the present connections, as a network that fails does; new ones are taken."""
        self._running.run(self._cut())

    def add_user(self, user: str, password: str) -> None:
        self._users[user] = password
        self._running.run(self._add_user(user, password))

    def append(
        self,
        user: str,
        content: bytes,
        folder: str = "INBOX",
        flags: Iterable[str] = (),
        received_at: datetime | None = None,
    ) -> int:
        """Put one message into a folder, which is made if need be; its UID. Wakes an IDLE."""
        return self._running.run(self._fill(user, [content], folder, flags, received_at))[0]

    def fill(self, user: str, contents: Iterable[bytes], folder: str = "INBOX") -> tuple[int, ...]:
        """Put many messages into a folder at once; their UIDs. Far faster than APPEND over the wire."""
        return self._running.run(self._fill(user, contents, folder, (), None), timeout=600)

    def messages(self, user: str, folder: str = "INBOX") -> tuple[Stored, ...]:
        """What lies in a folder, in order of UID; empty when there is no such folder."""
        return self._running.run(self._messages(user, folder))

    def folders(self, user: str) -> tuple[str, ...]:
        return self._running.run(self._folders(user))

    @property
    def _running(self) -> BackgroundLoop:
        if self._background is None:
            raise RuntimeError("the IMAP server is not running")
        return self._background

    async def _start(self) -> None:
        # Tasks of the server take over the context they are made in, so this comes before listening.
        self._config = _Config(self.host, self._without)
        self._config.apply_context()
        self._login = Login(self._config)
        for user, password in self._users.items():
            await self._add_user(user, password)
        reader = ProxyProtocolReader(ProxyProtocolVersion.get(None))
        self._serve = reader.get_callback(IMAPServer(self._login, self._config))
        await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, host=self.host, port=self.port, limit=LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers = {known for known in self._writers if not known.is_closing()} | {writer}
        await self._serve(reader, _WholeAnswers(writer, reader) if self._whole_answers else writer)

    async def _pause(self) -> None:
        self._server.close()
        await self._cut()
        await self._server.wait_closed()

    async def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _add_user(self, user: str, password: str) -> None:
        self._login.users_dict[user] = UserMetadata(self._config, user, password=password)

    async def _mailboxes(self, user: str) -> MailboxSet:
        async with Identity(user, self._login, None, frozenset()).new_session() as session:
            return session.mailbox_set

    async def _folder(self, user: str, folder: str) -> MailboxData:
        mailboxes = await self._mailboxes(user)
        try:
            return await mailboxes.get_mailbox(folder)
        except KeyError:
            await mailboxes.add_mailbox(folder)
            return await mailboxes.get_mailbox(folder)

    async def _fill(
        self,
        user: str,
        contents: Iterable[bytes],
        folder: str,
        flags: Iterable[str],
        received_at: datetime | None,
    ) -> tuple[int, ...]:
        mailbox = await self._folder(user, folder)
        moment = received_at or datetime.now(UTC)
        flag_set = frozenset(Flag(flag.encode()) for flag in flags)
        uids = []
        for content in contents:
            message = await mailbox.append(AppendMessage(content, moment, flag_set), recent=True)
            uids.append(message.uid)
            await asyncio.sleep(0)  # a long fill must not silence the connections
        return tuple(uids)

    async def _messages(self, user: str, folder: str) -> tuple[Stored, ...]:
        if folder.upper() != "INBOX" and folder not in await self._folders(user):
            return ()
        mailbox = await self._folder(user, folder)
        found = []
        async for message in mailbox.messages():
            loaded = await message.load_content(FetchRequirement.CONTENT)
            flags = frozenset(str(flag) for flag in message.permanent_flags)
            found.append(Stored(message.uid, flags, message.internal_date, bytes(loaded.get_body())))
        return tuple(sorted(found, key=lambda stored: stored.uid))

    async def _folders(self, user: str) -> tuple[str, ...]:
        mailboxes = await self._mailboxes(user)
        return tuple(sorted(entry.name for entry in (await mailboxes.list_mailboxes()).list() if entry.exists))
