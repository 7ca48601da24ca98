"""`mailflow run [--once]`: the daemon, or one pass."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from datetime import datetime
from types import FrameType
from typing import Annotated

import typer

from mailflow.adapters.clock import FixedClock, SystemClock
from mailflow.build import Parts, courier_of, intakes
from mailflow.commands.opening import at_work, require
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import complain, counted, say
from mailflow.daemon import Daemon
from mailflow.home import Home
from mailflow.lock import only_one
from mailflow.passes import Passed, one_pass

_CLOSING = 5.0


def run(
    home: Home,
    once: Annotated[bool, typer.Option("--once", help="One pass: mailboxes, timers, outbox; then exit.")] = False,
    now: NowOption = "",
) -> int:
    """Run the daemon: take mail in, fire timers, send."""
    if now and not once:
        raise typer.BadParameter("a daemon goes by the clock; --now goes with --once", param_hint="--now")
    at = moment(now, home)
    require(home)
    with only_one(home.lock), at_work(home, at) as parts:
        if not once:
            daemon = Daemon(parts, SystemClock())
            asyncio.run(daemon.run())
            return 130 if daemon.ended_by is signal.SIGINT else 0
        with _interruptible():
            passed = asyncio.run(_pass(parts, at if now else None))
    for trouble in passed.troubles:
        complain(f"mailflow: {trouble}")
    say(told(passed))
    return 75 if passed.troubles else 0


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a pass at once: asyncio alone would wait for the server that is being talked to."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _pass(parts: Parts, at: datetime | None) -> Passed:
    clock = FixedClock(at) if at else SystemClock()
    boxes = intakes(parts.force.settings)
    courier = courier_of(parts.force.settings, parts.engine.policy.site.address)
    try:
        passed = await one_pass(parts.engine, boxes, courier, clock)
        parts.store.index()
        return passed
    finally:
        for each in boxes:
            each.mailbox.close()
        if courier is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(courier.close(), _CLOSING)


def told(passed: Passed) -> str:
    """What a pass did, on one line."""
    sent = passed.dispatched
    places = [receipt.place for receipt in passed.receipts]
    words = [counted(len(places), "message")]
    words += [f"{places.count(each)} {each}" for each in ("unfiled", "quarantine", "duplicate") if each in places]
    words += [counted(passed.fired, "timer"), f"{sent.sent} sent"]
    rest = (("deferred", sent.deferred), ("rejected", sent.rejected), ("superseded", sent.superseded))
    words += [f"{number} {name}" for name, number in rest if number]
    return ", ".join(words)
