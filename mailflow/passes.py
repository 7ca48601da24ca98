"""One pass: drain every mailbox, fire what is due, send what is due. `run --once` and `simulate` run this very pass."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from mailflow.dispatch import Dispatched, dispatch
from mailflow.engine import Engine
from mailflow.force import note_pass
from mailflow.intake import Intake, take_in
from mailflow.ports import Clock, Courier, Item, Refused, Unavailable
from mailflow.taking import Receipt

log = logging.getLogger("mailflow.pass")


@dataclass(slots=True)
class Passed:
    """What a pass did. `troubles` are servers that could not be used, with the reason; the rest was done."""

    receipts: list[Receipt] = field(default_factory=list)
    fired: int = 0
    dispatched: Dispatched = field(default_factory=Dispatched)
    troubles: list[str] = field(default_factory=list)


async def one_pass(
    engine: Engine,
    intakes: Sequence[Intake],
    courier: Courier | None,
    clock: Clock,
    told: Callable[[Item], None] = lambda item: None,
) -> Passed:
    """Do one pass; never raises for a server that is away, whatever the state of the others."""
    passed = Passed()
    for intake in intakes:
        try:
            passed.receipts.extend(take_in(intake, engine, clock.now))
        except (Unavailable, Refused) as trouble:
            log.warning("mailbox=%s %s", intake.mailbox.name, trouble)
            passed.troubles.append(f"{intake.mailbox.name}: {trouble}")
    try:
        fire_all(engine, clock, passed)
        if courier is not None:
            sending = partial(dispatch, engine.store, courier, engine.policy, clock.now, told=told)
            passed.dispatched = await sending()
            if tell_of_rejected(engine, passed.dispatched, clock):
                passed.dispatched = passed.dispatched.with_more(await sending())
            if passed.dispatched.reason:
                passed.troubles.append(passed.dispatched.reason)
    except Unavailable as trouble:
        log.warning("state: %s", trouble)
        passed.troubles.append(str(trouble))
    return passed


def tell_of_rejected(engine: Engine, dispatched: Dispatched, clock: Clock) -> bool:
    """The admin hears of mails that a server refused for good; not of those to the admin, which would go round.

    True when there is a mail to be sent for it.
    """
    told = False
    for item in dispatched.given_up:
        if not set(item.recipients) <= set(engine.policy.site.admin):
            values = {"recipient": ", ".join(item.recipients), "subject": item.subject, "reason": item.reply}
            told |= bool(engine.tell_admin("site/undeliverable", values, clock.now(), occasion=item.id))
    return told


def fire_all(engine: Engine, clock: Clock, passed: Passed) -> None:
    """Fire the timers due at or before now until none is left."""
    now = clock.now()
    while True:
        fired = engine.tick(now).fired
        passed.fired += fired
        if not fired:
            break
    note_pass(engine.store, now)
