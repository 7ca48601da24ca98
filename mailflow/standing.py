"""The state's part of what is in force: who is away or cannot be reached, what is not to be sent (P1.4, P9).

Said by mail or found out, it stands beside the rule files and outlives their changes.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import assert_never

from mailflow.core.directory import Absence
from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.core.standing import Away, Back, Muted, Standing, Unmuted, after_away, after_back, withheld
from mailflow.ports import Item, Transaction

log = logging.getLogger("mailflow.standing")

HELD = "held"
_UNREACHABLE, _AWAY, _MUTED = "unreachable", "away", "muted"
# An absence is kept so long after it ended, so that `explain` can say who stood in.
_KEPT = timedelta(days=400)


def with_standing(tx: Transaction, policy: Policy) -> Policy:
    """The policy with what the state knows beside it; the very same when nothing has changed."""
    unreachable, away, muted = frozenset(tx.get(_UNREACHABLE) or ()), _absences(tx), mutes(tx)
    if (unreachable, away, muted) == (policy.unreachable, policy.away, policy.muted):
        return policy
    return replace(policy, unreachable=unreachable, away=away, muted=muted)


def put_unreachable(tx: Transaction, addresses: frozenset[str]) -> None:
    """Keep all addresses that take no mail any more, in place of those that were kept before."""
    tx.put(_UNREACHABLE, sorted(addresses))


def put_standing(tx: Transaction, changes: Sequence[Standing], policy: Policy, now: datetime) -> None:
    """Put in force what was decided."""
    for change in changes:
        match change:
            case Away(address, absence):
                _put_away(tx, address, after_away(_absences(tx).get(address, ()), absence), now)
            case Back(address, first, last):
                _put_away(tx, address, after_back(_absences(tx).get(address, ()), first, last), now)
            case Muted(scope):
                tx.put(_MUTED, sorted({*mutes(tx), scope}))
            case Unmuted(scope, send):
                tx.put(_MUTED, sorted({*mutes(tx)} - {scope}))
                _let_go(tx, policy, now, send=send)
            case _:
                assert_never(change)
        log.info("in force: %s", type(change).__name__.lower())


def mutes(tx: Transaction) -> tuple[str, ...]:
    """What is not to be sent now, as scopes of core.standing."""
    return tuple(tx.get(_MUTED) or ())


def is_withheld(tx: Transaction, item: Item, scopes: Sequence[str], policy: Policy) -> bool:
    """Whether a mail is to be held back. What concerns the home itself reaches its admins all the same, so that
    whoever said that nothing is to be sent can take it back."""
    if not scopes or (not item.records and set(item.recipients) <= set(policy.site.admin)):
        return False
    found = (tx.record(each) for each in item.records)
    kinds = {record.kind for record in found if record is not None}
    return withheld(scopes, kinds, item.recipients, answer=item.style == Style.REPLY)


def superseded(tx: Transaction, item: Item) -> bool:
    """Whether a notice that waited speaks of a state that the record has left."""
    if item.style == Style.REPLY or not item.visit or len(item.records) != 1:
        return False
    record = tx.record(item.records[0])
    return record is not None and bool(record.visits) and record.visit.entry != item.visit


def held_under(tx: Transaction, scope: str, policy: Policy) -> tuple[Item, ...]:
    """What would be let go if this were not muted any more; without what is superseded."""
    rest = [each for each in mutes(tx) if each != scope]
    held = tx.items(status=HELD)
    return tuple(each for each in held if not is_withheld(tx, each, rest, policy) and not superseded(tx, each))


def _let_go(tx: Transaction, policy: Policy, now: datetime, *, send: bool) -> None:
    """What no mute holds any more: superseded where its state has ended, else sent or dropped."""
    scopes = mutes(tx)
    for item in tx.items(status=HELD):
        if is_withheld(tx, item, scopes, policy):
            continue
        if superseded(tx, item):
            tx.set_item(replace(item, status="superseded"))
        elif send:
            tx.set_item(replace(item, status="pending", next_at=max(now, item.not_before)))
        else:
            tx.set_item(replace(item, status="dropped"))


def _absences(tx: Transaction) -> dict[str, tuple[Absence, ...]]:
    kept = tx.get(_AWAY) or {}
    return {
        address: tuple(Absence(date.fromisoformat(a), date.fromisoformat(b), deputy) for a, b, deputy in each)
        for address, each in kept.items()
    }


def _put_away(tx: Transaction, address: str, absences: tuple[Absence, ...], now: datetime) -> None:
    oldest = (now - _KEPT).date()
    said = [[each.first.isoformat(), each.last.isoformat(), each.deputy] for each in absences if each.last >= oldest]
    rest = {name: each for name, each in (tx.get(_AWAY) or {}).items() if name != address}
    tx.put(_AWAY, {**rest, address: said} if said else rest)
