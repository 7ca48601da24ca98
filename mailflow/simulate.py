"""What would happen with some mails from a moment on: the very pass that `run` does, on a copy that is thrown away."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow.adapters.clock import SteppedClock
from mailflow.adapters.store import MemoryStore, copy_into_memory
from mailflow.adapters.store.store import DocumentStore
from mailflow.build import engine_of
from mailflow.engine import Engine
from mailflow.force import InForce, put_in_force
from mailflow.home import Home
from mailflow.passes import one_pass
from mailflow.policy.load import read_home
from mailflow.ports import Envelope, Item, Outcome, RawMail, Sent
from mailflow.taking import Receipt

# A rule file that sets timers off without end is stopped here.
PASSES = 100_000
_STEP = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


class Imagined:
    """A courier that takes everything and sends nothing."""

    async def send(self, envelopes: Sequence[Envelope]) -> AsyncIterator[tuple[str, Outcome]]:
        for envelope in envelopes:
            yield envelope.id, Sent("imagined", {})

    async def check(self) -> None:
        return


@dataclass(slots=True)
class Rehearsal:
    """An engine on a store in memory, and a clock that stops at every moment at which something is due."""

    engine: Engine
    clock: SteppedClock

    def receive(self, contents: Sequence[bytes]) -> list[Receipt]:
        """Messages that arrive now; what they set off is sent by the next pass."""
        now = self.clock.now()
        return self.engine.receive([RawMail("simulate", 0, 0, now, each) for each in contents], now)

    async def look(self) -> None:
        """A pass, now."""
        await one_pass(self.engine, [], Imagined(), self.clock)

    async def until(self, end: datetime) -> None:
        """Let time pass: a pass at every due moment up to `end`, where the clock then stands."""
        for _ in range(PASSES):
            with self.engine.store.transaction(write=False) as tx:
                due = tx.next_due()
            # What could not be done at its moment must not hold the clock there.
            moment = max(due, self.clock.moment + _STEP) if due is not None else None
            if moment is None or moment > end:
                break
            self.clock.moment = moment
            await self.look()
        self.clock.moment = max(end, self.clock.moment)

    async def just_before(self, end: datetime) -> None:
        """Let time pass up to a moment at which something happens before the pass."""
        await self.until(end - _MICROSECOND)
        self.clock.moment = max(end, self.clock.moment)

    def sent(self) -> list[Item]:
        """What was sent, copies too, in order of time. Of one moment in the order of the rules: ids differ from
        home to home, and two runs are to be compared."""
        with self.engine.store.transaction(write=False) as tx:
            items = [item for item in tx.items() if item.status == "sent"]
        return sorted(items, key=lambda item: item.sent_at or item.at)


@dataclass(frozen=True, slots=True)
class Simulated:
    """The mails that would be sent, in order of time, and what would become of the messages."""

    items: tuple[Item, ...]
    receipts: tuple[Receipt, ...]
    force: InForce
    engine: Engine


async def simulate(
    home: Home, state: DocumentStore | None, messages: Sequence[bytes], now: datetime, span: timedelta
) -> Simulated:
    """Run a copy of a home from `now` for `span`, with these messages arriving at its beginning.

    `state` is the home's store, None when there is none yet. Raises NoPolicy. The mails of other records
    are not shown, unless they share a bundle.
    """
    copy = copy_into_memory(state) if state is not None else MemoryStore()
    force = put_in_force(copy, read_home(home.path), now)
    engine = engine_of(copy, force, now)
    with copy.transaction(write=False) as tx:
        before = {item.id for item in tx.items()}
    rehearsal = Rehearsal(engine, SteppedClock(now))
    receipts = rehearsal.receive(messages)
    touched = {each.record for each in receipts if each.record}
    await rehearsal.look()
    await rehearsal.until(now + span)
    items = [
        item
        for item in rehearsal.sent()
        if not item.copy_of and item.id not in before and (touched.intersection(item.records) or not item.records)
    ]
    return Simulated(tuple(items), tuple(receipts), force, engine)
