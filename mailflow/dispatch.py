"""From the outbox to SMTP and back: what is due is sent, and what became of it is committed at once.

Invariant: an item is committed before the courier sees it, and each outcome is committed as soon as it is known,
so that only an answer lost between the relay and us can make a second copy (which bears the same Message-ID).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.ports import (
    Courier,
    Deferred,
    Envelope,
    InDoubt,
    Item,
    Outcome,
    Rejected,
    Sent,
    Store,
    Transaction,
)
from mailflow.standing import HELD, is_withheld, mutes, superseded

log = logging.getLogger("mailflow.dispatch")

# RFC 5321 §4.5.4.1: after two early tries, at least half an hour between tries, for four or five days.
_EARLY = (timedelta(minutes=1), timedelta(minutes=5))
_LATER = timedelta(minutes=30)
_GIVE_UP = timedelta(days=5)
# An answer lost after the final dot: tried again seldom, and at most twice (design §6).
_DOUBT = timedelta(hours=1)
_DOUBTS = 3
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_BATCH = 100
_SENT = "sent"


@dataclass(slots=True)
class Dispatched:
    """How many mails a delivery sent, put off, gave up (and which) and found superseded."""

    sent: int = 0
    deferred: int = 0
    rejected: int = 0
    superseded: int = 0
    reason: str = ""
    given_up: list[Item] = field(default_factory=list)

    def with_more(self, more: "Dispatched") -> "Dispatched":
        """Both taken together."""
        return Dispatched(
            self.sent + more.sent,
            self.deferred + more.deferred,
            self.rejected + more.rejected,
            self.superseded + more.superseded,
            self.reason or more.reason,
            [*self.given_up, *more.given_up],
        )


async def dispatch(
    store: Store,
    courier: Courier,
    policy: Policy,
    now: Callable[[], datetime],
    *,
    told: Callable[[Item], None] = lambda item: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Dispatched:
    """Send everything that is due now. `told` hears of each item whose status changed."""
    done = Dispatched()
    while not stopping():
        items = {item.id: item for item in _due(store, policy, now(), done)}
        if not items:
            return done
        with store.transaction(write=False) as tx:
            envelopes = [
                Envelope(item.id, item.sender, item.recipients, tx.content(item.id)) for item in items.values()
            ]
        async for outcomes in _gathered(courier.send(envelopes)):
            moment = now()
            after = [(concluded(items[item_id], outcome, policy, moment), outcome) for item_id, outcome in outcomes]
            # In a thread, so that the courier goes on meanwhile: what it learns then shares the next commit.
            await asyncio.to_thread(_keep, store, [item for item, _ in after], moment)
            for item, outcome in after:
                _count(done, item, outcome)
                told(item)
                _log(item)
    return done


async def _gathered(
    outcomes: AsyncIterator[tuple[str, Outcome]],
) -> AsyncIterator[list[tuple[str, Outcome]]]:
    """Outcomes as they become known: at once, and together those that came while the last were dealt with."""
    known: asyncio.Queue[tuple[str, Outcome] | None] = asyncio.Queue()

    async def listen() -> None:
        try:
            async for one in outcomes:
                known.put_nowait(one)
        finally:
            known.put_nowait(None)

    listening = asyncio.create_task(listen())
    try:
        ended = False
        while not ended:
            group = [await known.get()]
            while not known.empty():
                group.append(known.get_nowait())
            ended = None in group
            if found := [one for one in group if one is not None]:
                yield found
        await listening
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


def _keep(store: Store, items: Sequence[Item], now: datetime) -> None:
    with store.transaction() as tx:
        for item in items:
            tx.set_item(item)
        tx.put(_SENT, [_day(now), _sent_today(tx, now) + sum(item.status == "sent" for item in items)])


def _sent_today(tx: Transaction, now: datetime) -> int:
    """How many mails went on this day (UTC)."""
    day, count = tx.get(_SENT) or ["", 0]
    return int(count) if day == _day(now) else 0


def _next_day(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _log(item: Item) -> None:
    log.log(
        logging.INFO if item.status == "sent" else logging.WARNING,
        "%s item=%s record=%s rule=%s message_id=%s %s",
        item.status,
        item.id,
        ",".join(item.records) or "-",
        ",".join(item.rules),
        item.message_id,
        "" if item.status == "sent" else item.reply,
    )


def concluded(item: Item, outcome: Outcome, policy: Policy, now: datetime) -> Item:
    """The item after a try to send it; pure."""
    item = replace(item, attempts=item.attempts + 1)
    match outcome:
        case Sent(reply, refused, deferred):
            kept = {**(item.refused or {}), **refused}
            if deferred:
                rest = replace(item, recipients=tuple(deferred), refused=kept, reply="; ".join(deferred.values()))
                return _put_off(rest, policy, now)
            return replace(item, status="sent", sent_at=now, reply=reply, refused=kept or None, next_at=NEVER)
        case Deferred(reason, refused):
            left = tuple(each for each in item.recipients if each not in refused)
            item = replace(item, refused={**(item.refused or {}), **refused} or None, reply=reason)
            if not left:
                return replace(item, status="rejected", next_at=NEVER)
            return _put_off(replace(item, recipients=left), policy, now)
        case Rejected(reason):
            return replace(item, status="rejected", reply=reason, next_at=NEVER)
        case InDoubt(reason):
            moment = now + _DOUBT if item.attempts < _DOUBTS else NEVER
            return replace(item, status="in-doubt", reply=reason, next_at=moment)
        case _:
            assert_never(outcome)


def _put_off(item: Item, policy: Policy, now: datetime) -> Item:
    if now - item.not_before > _GIVE_UP:
        return replace(item, status="rejected", reply=f"given up after 5 days: {item.reply}", next_at=NEVER)
    wait = _EARLY[item.attempts - 1] if item.attempts <= len(_EARLY) else _LATER
    return replace(item, status="deferred", next_at=_sendable(item, policy, now + wait))


def _sendable(item: Item, policy: Policy, moment: datetime) -> datetime:
    """When an item may go, from a moment on: what nobody is waiting for goes in working hours alone (P0.5)."""
    if item.urgent or item.style == Style.REPLY:
        return moment
    return policy.calendar_of(item.recipients[0]).next_opening(moment)


def _due(store: Store, policy: Policy, now: datetime, done: Dispatched) -> list[Item]:
    """What is to be sent now. Notices whose state has ended are superseded (design §5); what was due in working
    hours, but is only looked at outside them, waits for the next; what is muted is held until it is let go (P9)."""
    while True:
        with store.transaction(write=False) as tx:
            items = tx.sendable(now, _BATCH)
            spent = _sent_today(tx, now) >= policy.site.limits.mails_per_day
            stale = [item for item in items if superseded(tx, item)]
            scopes = mutes(tx)
            muted = [item for item in items if item not in stale and is_withheld(tx, item, scopes, policy)]
        gone = {item.id for item in (*stale, *muted)}
        begin = _next_day(now) if spent else now
        held = [item for item in items if item.id not in gone and _sendable(item, policy, begin) > now]
        if spent and held:
            log.error("no more mail today: limits.mails_per_day is %d", policy.site.limits.mails_per_day)
        if stale or held or muted:
            with store.transaction() as tx:
                for item in stale:
                    tx.set_item(replace(item, status="superseded", next_at=NEVER))
                    log.info("superseded item=%s record=%s", item.id, ",".join(item.records))
                for item in muted:
                    tx.set_item(replace(item, status=HELD))
                    log.info("held item=%s record=%s", item.id, ",".join(item.records))
                for item in held:
                    tx.set_item(replace(item, next_at=_sendable(item, policy, begin)))
        done.superseded += len(stale)
        gone.update(item.id for item in held)
        found = [item for item in items if item.id not in gone]
        if found or not items:
            return found


def _count(done: Dispatched, item: Item, outcome: Outcome) -> None:
    match item.status:
        case "sent":
            done.sent += 1
        case "rejected":
            done.rejected += 1
            done.given_up.append(item)
        case _:
            done.deferred += 1
    if isinstance(outcome, Deferred):
        done.reason = outcome.reason
