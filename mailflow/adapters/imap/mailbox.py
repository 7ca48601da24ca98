"""One folder of an IMAP account: what lies in it, its messages, where they go, and waiting for more.

Invariants: nothing sets \\Seen; nothing is expunged but messages of ours that were copied before; UIDs of a
listing are never used on a folder that was renumbered since.
"""

import contextlib
import logging
import socket
import time
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailflow.adapters.imap import folders, reading
from mailflow.adapters.imap.connection import connect, hang_up, is_passing, log_out, sorted_errors
from mailflow.adapters.imap.idle import idle, ready, take_count
from mailflow.adapters.imap.moving import move
from mailflow.ports import RawMail, Refused, Unavailable
from mailflow.settings import ImapSettings

log = logging.getLogger(__name__)

WOKEN_SECONDS = 5.0  # how long the server has to end an IDLE that somebody on our side ended


class ImapMailbox:
    """The port Mailbox over imapclient. One thread owns it; only `wake` may be called from another."""

    def __init__(self, settings: ImapSettings) -> None:
        self.name = settings.name
        self._settings = settings
        self._where = f"{settings.host}:{settings.port}"
        self._client: IMAPClient | None = None
        self._uidvalidity = 0  # of the folder that is selected
        self._exists = 0
        self._listed: int | None = None  # the UIDVALIDITY that the caller's UIDs belong to
        self._received: dict[int, datetime | None] = {}
        self._targets: dict[str, str] = {}
        self._copied: set[tuple[str, int]] = set()
        self._waker, self._wake = socket.socketpair()
        self._waker.setblocking(False)
        self._wake.setblocking(False)
        weakref.finalize(self, _close_both, self._waker, self._wake)

    def listing(self, since: datetime | None) -> tuple[int, tuple[int, ...]]:
        with self._speaking() as client:
            self._select(client)  # again each time: some servers show new mail only then
            if self._listed != self._uidvalidity:
                self._received.clear()
                self._copied.clear()
            self._listed = self._uidvalidity
            uids = reading.uids_since(client, self._exists, since, self._received)
            return self._uidvalidity, uids

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[RawMail, ...]]:
        with self._speaking() as client:
            self._require_same_numbers()
            batches = reading.batches(client, uids)
        for batch in batches:
            with self._speaking() as client:
                self._require_same_numbers()
                found = reading.contents(client, batch)
            if found:
                yield tuple(
                    RawMail(self.name, self._uidvalidity, uid, received or datetime.now(UTC), content)
                    for uid, received, content in found
                )

    def file(self, uids: Sequence[int]) -> None:
        self._move(uids, self._settings.filed)

    def quarantine(self, uids: Sequence[int]) -> None:
        self._move(uids, self._settings.quarantine)

    def wait(self, seconds: float) -> bool:
        """As the port says; a `wake` since the last wait ends it at once. False when it was woken."""
        if self._woken():
            return False
        with self._speaking() as client:
            if client.has_capability("IDLE"):
                return self._idle(client, seconds)
        deadline = time.monotonic() + seconds
        ended = ready(self._waker, None, deadline)
        self._woken()
        return ended == "time"  # nobody told us, so there may be

    def wake(self) -> None:
        with contextlib.suppress(OSError):  # full: woken already; closed: nobody waits
            self._wake.send(b"x")

    def check(self) -> None:
        """Connect, log in and open the folder; raises Unavailable or Refused."""
        with self._speaking() as client:
            self._select(client)

    def close(self) -> None:
        """Log out quietly, within two seconds. The next call would connect again."""
        client, self._client = self._client, None
        if client is not None:
            log_out(client)

    def _idle(self, client: IMAPClient, seconds: float) -> bool:
        news, self._exists = take_count(client, self._exists)
        if news:
            return True
        try:
            news, self._exists = idle(client, self._waker, seconds, self._exists, WOKEN_SECONDS)
            return news
        finally:
            with contextlib.suppress(OSError, ValueError):
                client.socket().settimeout(self._settings.read_timeout)
            self._woken()

    def _woken(self) -> bool:
        """Whether `wake` was called; forgets it."""
        woken = False
        with contextlib.suppress(BlockingIOError):
            while self._waker.recv(512):
                woken = True
        return woken

    @contextlib.contextmanager
    def _speaking(self) -> Iterator[IMAPClient]:
        """The connection, with the folder selected; dropped on any error, so that the next call connects."""
        try:
            with sorted_errors(self._where):
                yield self._connected()
        except BaseException:
            client, self._client = self._client, None
            if client is not None:
                hang_up(client)
            raise

    def _connected(self) -> IMAPClient:
        if self._client is None:
            self._targets.clear()
            self._client = connect(self._settings)
            self._select(self._client)
            log.info("%s: connected to %s", self.name, self._where)
        return self._client

    def _select(self, client: IMAPClient) -> None:
        name = self._targets.get(self._settings.folder, self._settings.folder)
        try:
            answer = client.select_folder(name)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if is_passing(error):
                raise
            found = folders.find(client, self._settings.folder)
            if found is None or found == name:
                raise Refused(f"{self._where}: the folder {name} cannot be opened: {error}") from error
            self._targets[self._settings.folder] = found
            answer = client.select_folder(found)
        self._uidvalidity = int(answer.get(b"UIDVALIDITY", 0))
        self._exists = int(answer[b"EXISTS"])
        take_count(client, self._exists)

    def _require_same_numbers(self) -> None:
        """A folder made anew gives old UIDs to other messages (RFC 3501 §2.3.1.1)."""
        if self._listed is not None and self._listed != self._uidvalidity:
            raise Unavailable(f"{self._where}: the folder was renumbered, it has to be listed again")

    def _move(self, uids: Sequence[int], folder: str | None) -> None:
        if folder is None or not uids:
            return
        with self._speaking() as client:
            self._require_same_numbers()
            move(client, uids, folder, self._targets, self._copied)


def _close_both(waker: socket.socket, wake: socket.socket) -> None:
    waker.close()
    wake.close()
