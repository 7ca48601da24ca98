"""From a mailbox to the store: what lies in the folder less what was taken already; moved only after the commit."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mailflow.engine import Engine
from mailflow.ports import Mailbox, RawMail, Refused, Seen, Unavailable
from mailflow.taking import Receipt

log = logging.getLogger("mailflow.intake")

# So many messages are decided and committed together: one fsync for all, and little to do again after a crash.
BATCH = 16
# A message that ended the process so many times is put aside unread.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Intake:
    """One mailbox and how far back to look on first contact (seconds)."""

    mailbox: Mailbox
    since: float


def take_in(
    intake: Intake, engine: Engine, now: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> Iterator[Receipt]:
    """Take in everything new, message by message; raises Unavailable and Refused as the mailbox and the store do.

    The receipts of a batch come after it is committed and moved. `stopping` is asked between batches.
    """
    mailbox, store = intake.mailbox, engine.store
    with store.transaction() as tx:
        first = tx.first_contact(mailbox.name, min(now(), datetime.now(UTC)))
    uidvalidity, uids = mailbox.listing(first - timedelta(seconds=intake.since))
    with store.transaction(write=False) as tx:
        seen = tx.seen(mailbox.name, uidvalidity, uids)
    _move_again(mailbox, seen)
    fresh = [uid for uid in uids if uid not in seen]
    tried = sorted((uid for uid in uids if uid in seen and seen[uid].place == "taken"), key=lambda u: seen[u].attempts)
    for group in (fresh, *([uid] for uid in tried)):
        for fetched in mailbox.fetch(group) if group else ():
            # What was under way when the process ended is taken by itself: it may have been the cause.
            size = BATCH if group is fresh else 1
            for start in range(0, len(fetched), size):
                if stopping():
                    return
                yield from _batch(mailbox, engine, fetched[start : start + size], seen, now())


def _batch(
    mailbox: Mailbox, engine: Engine, batch: Sequence[RawMail], seen: dict[int, Seen], now: datetime
) -> list[Receipt]:
    attempts = {raw.uid: seen[raw.uid].attempts if raw.uid in seen else 0 for raw in batch}
    deadly = [raw for raw in batch if attempts[raw.uid] >= ATTEMPTS]
    batch = [raw for raw in batch if attempts[raw.uid] < ATTEMPTS]
    receipts = [engine.put_aside(raw, f"ended the process {ATTEMPTS} times", now) for raw in deadly]
    if batch:
        first = batch[0]
        noted = [Seen(raw.uid, "taken", False, attempts[raw.uid] + 1) for raw in batch]
        _note(engine, first, noted)
        try:
            receipts += engine.receive(batch, now)
        except (Unavailable, Refused):
            # The world's trouble is no fault of the messages: it must not count against them.
            with contextlib.suppress(Unavailable):
                _note(engine, first, [replace(each, attempts=each.attempts - 1) for each in noted])
            raise
    aside = [each.raw.uid for each in receipts if each.place == "quarantine"]
    filed = [each.raw.uid for each in receipts if each.place != "quarantine"]
    if filed:
        mailbox.file(filed)
    if aside:
        mailbox.quarantine(aside)
    return receipts


def _note(engine: Engine, raw: RawMail, seen: Sequence[Seen]) -> None:
    with engine.store.transaction() as tx:
        tx.put_seen(raw.mailbox, raw.uidvalidity, seen)


def _move_again(mailbox: Mailbox, seen: dict[int, Seen]) -> None:
    """What is safe with us but still in the folder: an earlier move failed."""
    filed = [uid for uid, each in seen.items() if each.place == "filed" and not each.moved]
    aside = [uid for uid, each in seen.items() if each.place == "quarantine" and not each.moved]
    if filed:
        mailbox.file(filed)
    if aside:
        mailbox.quarantine(aside)
