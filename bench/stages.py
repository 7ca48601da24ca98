"""What each stage costs, in this process, one after the other: milliseconds a message."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from bench import samples
from bench.site import Maker, Site
from mailflow.adapters.clock import SystemClock
from mailflow.build import Parts, build, courier_of, intakes
from mailflow.core.decide import decide
from mailflow.core.facts import Facts
from mailflow.core.reading.classify import classify
from mailflow.core.triggers import MailReceived
from mailflow.dispatch import dispatch
from mailflow.home import Home
from mailflow.intake import BATCH
from mailflow.mail.model import Mail
from mailflow.mail.parse import parse
from mailflow.ports import Mailbox, RawMail
from mailflow.post import Matter

T = TypeVar("T")
STAGES = ("fetch", "parse", "decide", "render and compose", "commit", "move", "send")


def stages(maker: Maker, messages: int, rounds: int) -> dict[str, object]:
    """Milliseconds a message of each stage; the median of some rounds."""
    found: dict[str, list[float]] = {name: [] for name in STAGES}
    for _ in range(rounds):
        site = maker.site()
        site.imap.deliver(site.user, *(samples.request(number, site.user) for number in range(messages)))
        for name, seconds in _round(site).items():
            found[name].append(seconds * 1000 / messages)
    return {name: statistics.median(values) for name, values in found.items()}


def _round(site: Site) -> dict[str, float]:
    parts = build(Home(site.home), datetime.now(UTC))
    spent: dict[str, float] = {}
    (intake,) = intakes(parts.force.settings)
    mailbox = intake.mailbox
    _, uids = mailbox.listing(None)
    raws = _timed(spent, "fetch", lambda: [raw for batch in mailbox.fetch(uids) for raw in batch])
    mails = _timed(spent, "parse", lambda: [parse(raw.content, received=raw.received) for raw in raws])
    decided = _timed(spent, "decide", lambda: _decided(parts, mails))
    _timed(spent, "render and compose", lambda: _written(parts, decided))
    # The engine does the three above again; what it needs beyond them is threading, storing and the fsync.
    groups = [raws[start : start + BATCH] for start in range(0, len(raws), BATCH)]
    _timed(spent, "commit", lambda: [parts.engine.receive(group, datetime.now(UTC)) for group in groups])
    spent["commit"] -= spent["parse"] + spent["decide"] + spent["render and compose"]
    _timed(spent, "move", lambda: _moved(mailbox, groups))
    _timed(spent, "send", lambda: asyncio.run(_sent(parts)))
    mailbox.close()
    parts.close()
    return spent


def _timed(spent: dict[str, float], name: str, work: Callable[[], T]) -> T:
    start = time.perf_counter()
    result = work()
    spent[name] = time.perf_counter() - start
    return result


def _decided(parts: Parts, mails: Sequence[Mail]) -> list[list[Matter]]:
    policy, now = parts.engine.policy, datetime.now(UTC)
    found = []
    for number, mail in enumerate(mails):
        trigger = MailReceived(mail, classify(mail, policy), record_id=f"REQ-2026-{number:04d}")
        decision = decide(trigger, None, Facts(), policy, now)
        found.append([Matter(each, decision.record, mail, mail.digest) for each in decision.letters])
    return found


def _written(parts: Parts, decided: list[list[Matter]]) -> None:
    now = datetime.now(UTC)
    for matters in decided:
        for _ in parts.engine.post.written(matters, now):
            pass


def _moved(mailbox: Mailbox, groups: Sequence[Sequence[RawMail]]) -> None:
    for group in groups:
        mailbox.file([raw.uid for raw in group])


async def _sent(parts: Parts) -> None:
    courier = courier_of(parts.force.settings, samples.US)
    assert courier is not None
    await dispatch(parts.store, courier, parts.engine.policy, SystemClock().now)
    await courier.close()
