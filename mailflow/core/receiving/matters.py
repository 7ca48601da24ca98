"""What a person has open (P9 `mine`): what they asked for, what waits for them, what they must sign. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailflow.core.conditions import open_tasks
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve, within
from mailflow.core.showing.asking import sees
from mailflow.core.timers.deadlines import answer_by

ASKED, OWED, TASK = "asked", "owed", "task"


def matters_text(address: str, records: Iterable[Record], policy: Policy, now: datetime, reader: str = "") -> str:
    """A person's matters as lines of `what|record|kind|state|due|title`, for a letter to carry.

    `reader` is who reads it where that is somebody else: of what is confidential they are told no more than they
    may see (P0.7).
    """
    rows = (row for record in records for row in _rows(address, record, policy, now, reader or address))
    return "\n".join("|".join(row) for row in rows)


def _rows(address: str, record: Record, policy: Policy, now: datetime, reader: str) -> Iterator[tuple[str, ...]]:
    state = policy.workflow(record.kind).states.get(record.state)
    if state is None or state.final or not within(reader, record, policy, now):
        return
    base = (record.id, record.kind, record.state)
    told = reader == address or not record.confidential or sees(reader, record, policy, now)
    title = _plain(record.title) if told else ""
    if address in resolve(state.responsible, record, policy, now):
        by = answer_by(record, policy, now)
        yield (OWED, *base, by[0].isoformat() if by else "", title)
    elif record.requester == address:
        yield (ASKED, *base, record.fields.get("due", ""), title)
    for task in open_tasks(record, policy):
        if task.owner == address:
            yield (TASK, *base, task.due, f"{task.number}. {_plain(task.title) if told else ''}")


def _plain(text: str) -> str:
    return " ".join(text.replace("|", " ").split())
