"""What a person has open (P9 `mine`): what they asked for, what waits for them, what they must sign. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailflow.core.conditions import open_tasks
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.timers.deadlines import answer_by

ASKED, OWED, TASK = "asked", "owed", "task"


def matters_text(address: str, records: Iterable[Record], policy: Policy, now: datetime) -> str:
    """A person's matters as lines of `what|record|kind|state|due|title`, for a letter to carry."""
    rows = (row for record in records for row in _rows(address, record, policy, now))
    return "\n".join("|".join(row) for row in rows)


def _rows(address: str, record: Record, policy: Policy, now: datetime) -> Iterator[tuple[str, ...]]:
    state = policy.workflow(record.kind).states.get(record.state)
    if state is None or state.final:
        return
    base = (record.id, record.kind, record.state)
    title = " ".join(record.title.replace("|", " ").split())
    if address in resolve(state.responsible, record, policy, now):
        by = answer_by(record, policy, now)
        yield (OWED, *base, by[0].isoformat() if by else "", title)
    elif record.requester == address:
        yield (ASKED, *base, record.fields.get("due", ""), title)
    for task in open_tasks(record, policy):
        if task.owner == address:
            yield (TASK, *base, task.due, f"{task.number}. {' '.join(task.title.replace('|', ' ').split())}")
