"""What a message costs with many records in the state, against few."""

import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import samples
from bench.site import home
from mailflow.adapters.clock import SystemClock
from mailflow.build import Parts, build
from mailflow.core.deadlines import next_due
from mailflow.dispatch import dispatch
from mailflow.home import Home
from mailflow.ports import RawMail, Transaction
from mailflow.simulate import Imagined

_CHUNK = 1000


def growth(few: int, many: int, messages: int, rounds: int) -> dict[str, object]:
    """Milliseconds a message, received, decided, committed, its mails sent to nowhere; the median of rounds."""
    costs = {count: _cost(count, messages, rounds) for count in (few, many)}
    return {
        "milliseconds_a_message": {str(count): cost for count, cost in costs.items()},
        "ratio": costs[many] / costs[few],
    }


def _cost(records: int, messages: int, rounds: int) -> float:
    with tempfile.TemporaryDirectory(prefix="mailflow-growth-") as folder:
        parts = build(Home(home(Path(folder) / "home", 1, "nobody", 1)), datetime.now(UTC))
        fill(parts, records)
        found = []
        for number in range(rounds + 1):
            contents = [samples.request(n, f"{records}.{number}") for n in range(messages)]
            found.append(_timed(parts, contents) * 1000 / messages)
        parts.close()
        return statistics.median(found[1:])  # the first round warms caches and templates


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
    """Records like one that came by mail, each with its history, its message and its mails that were sent."""
    now = datetime.now(UTC)
    raw = RawMail("bench", 0, 0, now, samples.request(1, "pattern"))
    (receipt,) = parts.engine.receive([raw], now)
    asyncio.run(dispatch(parts.store, Imagined(), parts.engine.policy, SystemClock().now))
    for start in range(0, records, _CHUNK):
        with parts.store.transaction() as tx:
            for number in range(start, min(start + _CHUNK, records)):
                _copy(tx, parts, receipt.record, number, now)


def _copy(tx: Transaction, parts: Parts, pattern: str, number: int, now: datetime) -> None:
    record = tx.record(pattern)
    assert record is not None
    copied = f"OLD-2020-{number:05d}"
    message_id = f"{copied}@client.example"
    clone = replace(record, id=copied, revision=0, thread=(message_id,))
    tx.put_record(clone, tx.history(pattern), next_due(record, parts.engine.policy, now))
    for message in tx.messages(pattern):
        tx.put_message(replace(message, digest=f"{copied}d", record=copied, message_id=message_id), b"bytes")
    for item in tx.items(pattern):
        one = replace(item, id=f"{copied}{item.id}", message_id=f"{copied}.{item.message_id}", records=(copied,))
        tx.put_item(one, b"bytes")
