"""The supervisor: one asyncio process that polls mailboxes, fires timers, delivers, reloads rules, and stops cleanly.

Each mailbox has a thread of its own, which waits in IDLE and files what comes; timers and delivery run when
something was filed, when the ticker wakes them, or when another process wrote to the state.
"""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from watchfiles import awatch

from mailflow.adapters.backoff import Backoff
from mailflow.adapters.ticker import Ticker
from mailflow.build import Parts, courier_of, engine_of, intakes
from mailflow.dispatch import dispatch
from mailflow.engine import Engine
from mailflow.force import InForce, NoPolicy, note_pass, put_in_force
from mailflow.intake import Intake, take_in
from mailflow.passes import tell_of_rejected
from mailflow.policy.load import read_home
from mailflow.ports import Clock, Courier, Refused, Unavailable

log = logging.getLogger("mailflow.daemon")

# The message at hand is finished, and then no more is begun: a stop takes at most so many seconds.
STOP_SECONDS = 5.0
# Rules are reloaded when nothing has been written to them for so long (milliseconds).
SETTLE = 2_000
# How often the state is looked at for what other processes wrote, and how often the pass is noted (seconds).
LOOK = 1.0
NOTE = 30.0
# So many entries, messages and mails are indexed between two looks at what is due.
INDEXED = 2_000
# A mailbox waits so long at most (seconds); the ticker wakes it at its own poll.
IDLE = 540.0
_REFUSED = Backoff(first=30.0, most=600.0)


@dataclass(slots=True)
class Daemon:
    """A home at work. `run` returns when it was told to stop; raises SecretMissing when it cannot start.

    `ended_by` is the signal that told it, None for a call of `shut_down`.
    """

    parts: Parts
    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    engine: Engine = field(init=False)
    ended_by: signal.Signals | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _workers: list["_Worker"] = field(default_factory=list)
    _courier: Courier | None = None
    _noted: float = 0.0

    def __post_init__(self) -> None:
        self.engine = self.parts.engine

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(name, self._signalled, name)
        self._courier = courier_of(self.parts.force.settings, self.engine.policy.site.address)
        self._start_mailboxes(self.parts.force)
        tasks = [asyncio.create_task(each()) for each in (self._beat, self._work, self._reload)]
        log.info("running home=%s mailboxes=%d", self.parts.home.path, len(self._workers))
        try:
            await asyncio.to_thread(self.stop.wait)
        finally:
            await self._end(tasks)

    def _signalled(self, number: signal.Signals) -> None:
        self.ended_by = number
        self.shut_down()

    def shut_down(self) -> None:
        """Finish what is at hand and stop; safe to call from any thread, and twice."""
        self.stop.set()
        for worker in self._workers:
            worker.intake.mailbox.wake()
        self.wake()

    def wake(self) -> None:
        """There may be something to do."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        _, pending = await asyncio.wait(tasks, timeout=STOP_SECONDS - 2)
        for task in pending:
            task.cancel()
        await asyncio.to_thread(self._stop_mailboxes)
        close = getattr(self._courier, "close", None)
        if close is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(close(), 1.0)
        log.info("stopped")

    # --- what wakes --------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        ticker = Ticker()
        ticker.every(LOOK, self._wake.set)
        for worker in self._workers:
            ticker.every(worker.poll, worker.intake.mailbox.wake)
        while not self.stop.is_set():
            ticker.turn()
            await asyncio.sleep(min(LOOK, 0.5))

    # --- timers and delivery -----------------------------------------------------------------------------

    async def _work(self) -> None:
        trouble = Backoff(first=1.0, most=30.0)
        failed = 0
        while not self.stop.is_set():
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._turn()
                failed = 0
            except Unavailable as reason:
                failed += 1
                log.error("state cannot be used, trying again: %s", reason)
                await asyncio.sleep(trouble.delay(failed))
                self._wake.set()

    async def _turn(self) -> None:
        """Fire what is due and send what is due; cheap when there is nothing."""
        now = self.clock.now()
        due = await asyncio.to_thread(self._next_due)
        if due is not None and due <= now:
            while (await asyncio.to_thread(self.engine.tick, now)).fired and not self.stop.is_set():
                pass
        if self._loop is not None and self._loop.time() - self._noted > NOTE:
            self._noted = self._loop.time()
            await asyncio.to_thread(note_pass, self.engine.store, now)
        if self._courier is not None:
            dispatched = await dispatch(
                self.engine.store,
                self._courier,
                self.engine.policy,
                self.clock.now,
                stopping=self.stop.is_set,
            )
            await asyncio.to_thread(tell_of_rejected, self.engine, dispatched, self.clock)
        if await asyncio.to_thread(self.engine.store.index, INDEXED) >= INDEXED:
            self._wake.set()

    def _next_due(self) -> datetime | None:
        with self.engine.store.transaction(write=False) as tx:
            return tx.next_due()

    # --- rules -------------------------------------------------------------------------------------------

    async def _reload(self) -> None:
        """Take changed rules whole or not at all, two seconds after the last change."""
        home = self.parts.home
        changes = awatch(home.rules, home.templates, debounce=SETTLE * 5, step=SETTLE, stop_event=self.stop)
        async for _ in changes:
            try:
                await asyncio.to_thread(self._take_rules)
            except (Unavailable, NoPolicy, OSError) as trouble:
                log.error("rules were not reloaded: %s", trouble)

    def _take_rules(self) -> None:
        now = self.clock.now()
        force = put_in_force(self.engine.store, read_home(self.parts.home.path), now)
        if force.adopted or force.news:
            self.engine = engine_of(self.engine.store, force, now)
            for worker in self._workers:
                worker.engine = self.engine
            self.wake()

    # --- mailboxes ---------------------------------------------------------------------------------------

    def _start_mailboxes(self, force: InForce) -> None:
        polls = [each.server.poll for each in force.settings.mailboxes]
        for intake, poll in zip(intakes(force.settings), polls, strict=True):
            worker = _Worker(intake, poll, self.engine, self.clock, self.stop, self.wake)
            self._workers.append(worker)
            worker.thread.start()

    def _stop_mailboxes(self) -> None:
        for worker in self._workers:
            worker.thread.join(STOP_SECONDS - 1)


@dataclass(slots=True)
class _Worker:
    """One mailbox in a thread: take in what is there, wait for more, come back when the connection was lost."""

    intake: Intake
    poll: float
    engine: Engine
    clock: Clock
    stop: threading.Event
    wake: Callable[[], None]
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name=self.intake.mailbox.name, daemon=True)

    def _run(self) -> None:
        lost = Backoff(seed=self.intake.mailbox.name)
        failed = 0
        while not self.stop.is_set():
            try:
                for _ in take_in(self.intake, self.engine, self.clock.now, self.stop.is_set):
                    self.wake()
                failed = 0
                if not self.stop.is_set():
                    self.intake.mailbox.wait(IDLE)
            except Unavailable as trouble:
                failed += 1
                self._pause(lost.delay(failed), trouble)
            except Refused as trouble:
                failed += 1
                self._pause(_REFUSED.delay(failed), trouble)
        self.intake.mailbox.close()

    def _pause(self, seconds: float, trouble: Exception) -> None:
        log.warning("mailbox=%s %s; trying again in %.0f s", self.intake.mailbox.name, trouble, seconds)
        self.stop.wait(seconds)
