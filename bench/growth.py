"""What a message costs with many records in the state, against few."""

import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import samples
from bench.site import home
from mailflow.adapters.clock import SystemClock
from mailflow.build import Parts, build
from mailflow.core.timers.deadlines import next_due
from mailflow.dispatch import dispatch
from mailflow.home import Home
from mailflow.ports import RawMail, Transaction
from mailflow.simulate import Imagined

_CHUNK = 1000
_AGO = timedelta(days=30)


def growth(few: int, many: int, messages: int, rounds: int) -> dict[str, object]:
    """Milliseconds a message, received, decided, committed, its mails sent to nowhere; in turn with few and many."""
    costs: dict[int, list[float]] = {few: [], many: []}
    with tempfile.TemporaryDirectory(prefix="mailflow-growth-") as folder, ExitStack() as stack:
        homes = {}
        for count in costs:
            path = home(Path(folder) / str(count), 1, "nobody", 1)
            homes[count] = build(Home(path), datetime.now(UTC))
            stack.callback(homes[count].close)
            fill(homes[count], count)
        for number in range(rounds + 1):
            for count, found in costs.items():
                contents = [samples.request(n, f"{count}.{number}") for n in range(messages)]
                found.append(_timed(homes[count], contents) * 1000 / messages)
    # The first round warms caches and templates.
    ratios = [late / early for early, late in zip(costs[few][1:], costs[many][1:], strict=True)]
    return {
        "milliseconds_a_message": {str(count): statistics.median(found[1:]) for count, found in costs.items()},
        "ratio": statistics.median(ratios),
    }


def _timed(parts: Parts, contents: list[bytes]) -> float:
    start = time.perf_counter()
    for at in range(0, len(contents), 16):
        now = datetime.now(UTC)
        raws = [RawMail("bench", 0, 0, now, content) for content in contents[at : at + 16]]
        receipts = parts.engine.receive(raws, now)
        assert all(each.place == "filed" for each in receipts)
    asyncio.run(dispatch(parts.store, Imagined(), parts.engine.policy, SystemClock().now))
    return time.perf_counter() - start


def fill(parts: Parts, records: int) -> None:
    """Records like one that came by mail, each with its history, its message and its mails that were sent, long ago."""
    now = datetime.now(UTC)
    raw = RawMail("bench", 0, 0, now, samples.request(1, "pattern"))
    (receipt,) = parts.engine.receive([raw], now)
    asyncio.run(dispatch(parts.store, Imagined(), parts.engine.policy, SystemClock().now))
    for start in range(0, records, _CHUNK):
        with parts.store.transaction() as tx:
            for number in range(start, min(start + _CHUNK, records)):
                _copy(tx, parts, receipt.record, number, now - _AGO)


def _copy(tx: Transaction, parts: Parts, pattern: str, number: int, at: datetime) -> None:
    record = tx.record(pattern)
    assert record is not None
    copied = f"OLD-2020-{number:05d}"
    message_id = f"{copied}@client.example"
    clone = replace(record, id=copied, revision=0, thread=(message_id,))
    tx.put_record(clone, tx.history(pattern), next_due(record, parts.engine.policy, at + _AGO))
    for message in tx.messages(pattern):
        tx.put_message(replace(message, digest=f"{copied}d", record=copied, message_id=message_id, at=at), b"bytes")
    for item in tx.items(pattern):
        one = replace(item, id=f"{copied}{item.id}", message_id=f"{copied}.{item.message_id}", records=(copied,), at=at)
        tx.put_item(one, b"bytes")
