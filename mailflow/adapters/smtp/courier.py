"""The courier: a batch of envelopes over a few connections, each envelope's outcome as soon as it is known.

Invariants: every envelope gets exactly one outcome; a server that cannot be reached, or refuses us, is asked
once a connection and batch, not once an envelope; what the world does never raises.
"""

import asyncio
import contextlib
import logging
import math
import ssl
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from mailflow.adapters.smtp.connection import Connection, Verdict
from mailflow.adapters.tls import client_context
from mailflow.ports import Deferred, Envelope, Outcome, Refused, Sent, Unavailable
from mailflow.settings import SmtpSettings

log = logging.getLogger(__name__)

ENVELOPES_A_CONNECTION = 5  # fewer are not worth another login


class SmtpCourier:
    """The port Courier over aiosmtplib. Belongs to one event loop; `close` it there.

    `fallback_sender`: the site's address, the envelope sender in place of the null sender where the relay
    does not take that.
    """

    def __init__(self, settings: SmtpSettings, fallback_sender: str) -> None:
        self._settings = settings
        self._fallback = fallback_sender
        self._null_refused = settings.null_sender == "never"
        self._context: ssl.SSLContext | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._idle: list[Connection] = []
        self._timer: asyncio.TimerHandle | None = None
        self._goodbyes: set[asyncio.Task[None]] = set()

    async def check(self) -> None:
        """Connect and log in; raises Unavailable or Refused."""
        connection = await self.open()
        await connection.close()

    async def send(self, envelopes: Sequence[Envelope]) -> AsyncIterator[tuple[str, Outcome]]:
        """Yields (id, outcome) of each envelope as it is known, in no certain order."""
        batch = _Batch(self, envelopes)
        running = asyncio.create_task(batch.run())
        try:
            for _ in envelopes:
                done = await batch.done.get()
                if done is None:  # it has come to grief; the error is raised below
                    break
                yield done
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    async def close(self) -> None:
        """Say goodbye on the connections that were kept."""
        self._say_goodbye()
        await asyncio.gather(*self._goodbyes)

    def connections(self, envelopes: int) -> int:
        """How many connections to use for that many envelopes."""
        return max(1, min(self._settings.connections, math.ceil(envelopes / ENVELOPES_A_CONNECTION)))

    async def take(self) -> Connection:
        """A connection that was kept, or a new one."""
        self._belong()
        while self._idle:
            kept = self._idle.pop()
            if kept.usable:
                return kept
        return await self.open()

    async def open(self) -> Connection:
        """A new connection; raises Unavailable or Refused."""
        if self._settings.security != "none" and self._context is None:
            self._context = client_context(self._settings.cafile)
        return await Connection.open(self._settings, self._context)

    def keep(self, connection: Connection) -> None:
        """Leave a connection open for the next batch, for as long as the settings say."""
        self._belong()
        if not connection.usable:
            connection.abort()
            return
        self._idle.append(connection)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self._settings.keep, self._say_goodbye)

    async def deliver(self, connection: Connection, envelope: Envelope) -> Verdict:
        """One envelope, with the site's address for sender where the null sender is not taken."""
        if envelope.sender or not self._fallback:
            return await connection.deliver(envelope)
        ours = replace(envelope, sender=self._fallback)
        if self._null_refused:
            return await connection.deliver(ours)
        verdict = await connection.deliver(envelope)
        if self._settings.null_sender == "always" or not verdict.sender_refused:
            return verdict
        if not connection.usable:
            self._null_refused = True
            return Verdict(Deferred(f"the null sender was refused: {verdict.outcome}"))
        second = await connection.deliver(ours)
        if isinstance(second.outcome, Sent):
            self._null_refused = True
            log.warning("the relay does not take the null sender; from now on %s is used", self._fallback)
        return second

    def _belong(self) -> None:
        """Connections cannot follow us from one event loop into another."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._timer = loop, None
            self._idle.clear()

    def _say_goodbye(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for connection in self._idle:
            task = asyncio.ensure_future(connection.close())
            self._goodbyes.add(task)
            task.add_done_callback(self._goodbyes.discard)
        self._idle.clear()


class _Batch:
    """Envelopes that wait, several connections that take the next one each, and a queue of outcomes.

    `done` ends with None.
    """

    def __init__(self, courier: SmtpCourier, envelopes: Sequence[Envelope]) -> None:
        self._courier = courier
        self._waiting = deque(envelopes)
        self._trouble: Unavailable | Refused | None = None
        self.done: asyncio.Queue[tuple[str, Outcome] | None] = asyncio.Queue()

    async def run(self) -> None:
        try:
            await self._share_out()
            reason = _reason(self._trouble)
            while self._waiting:
                self.done.put_nowait((self._waiting.popleft().id, Deferred(reason)))
        finally:
            self.done.put_nowait(None)

    async def _share_out(self) -> None:
        """One connection comes first: whether we are let in at all need not be asked four times."""
        if not self._waiting:
            return
        try:
            first = await self._courier.take()
        except (Unavailable, Refused) as error:
            self._trouble = error
            return
        async with asyncio.TaskGroup() as workers:
            workers.create_task(self._work(first))
            for _ in range(self._courier.connections(len(self._waiting)) - 1):
                workers.create_task(self._work(None))

    async def _work(self, connection: Connection | None) -> None:
        """Take envelopes until there are none, or no connection can be had, or a new one fails at once."""
        try:
            while self._waiting:
                if connection is None:
                    connection = await self._courier.take()
                if not self._waiting:  # the others were faster
                    return
                envelope = self._waiting.popleft()
                proved = connection.proved
                verdict = await self._courier.deliver(connection, envelope)
                if not connection.usable:
                    connection = None
                if connection is None and proved and verdict.untouched:
                    self._waiting.appendleft(envelope)  # closed since it was last used, or after its share
                    continue
                self.done.put_nowait((envelope.id, verdict.outcome))
                if connection is None and not proved:
                    self._trouble = Unavailable(f"a new connection was lost at once: {verdict.outcome}")
                    return
        except (Unavailable, Refused) as error:
            self._trouble = error
        finally:
            if connection is not None:
                self._courier.keep(connection)


def _reason(trouble: Unavailable | Refused | None) -> str:
    if isinstance(trouble, Refused):
        return f"the configuration is wrong: {trouble}"
    return str(trouble) if trouble is not None else "the connection was lost"
