"""Open matters of a spreadsheet become records: in one transaction, each row once, and nobody is written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.policy import Policy
from mailflow.core.receiving.importing import Heads, Row, heads_of, import_row, read_rows
from mailflow.core.timers.deadlines import next_due
from mailflow.core.wording import role_text
from mailflow.core.workflow import Workflow
from mailflow.errand import draw
from mailflow.ports import Store

# The keys of all rows that were ever imported.
_IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: its head, None where there is none, and its rows."""

    heads: Heads | None
    rows: tuple[Row, ...] = ()


def understood(tables: Sequence[Sequence[Sequence[str]]], workflow: Workflow, policy: Policy, now: datetime) -> Sheet:
    """The first table with a head that is understood."""
    today = policy.calendar("").day_of(now)
    for table in tables:
        heads = heads_of(table, workflow, _role_words(workflow, policy))
        if heads is not None:
            return Sheet(heads, read_rows(table, heads, workflow, policy, today))
    return Sheet(None)


def import_rows(
    store: Store, rows: Sequence[Row], source: str, workflow: Workflow, policy: Policy, now: datetime
) -> Mapping[int, str]:
    """Make a record of each row without problems that was not imported before: its line -> the record's id."""
    made: dict[int, str] = {}
    with store.transaction() as tx:
        had = set(tx.get(_IMPORTED) or ())
        for row in rows:
            if row.problems or row.key in had:
                continue
            record_id = draw(tx, workflow.kind, policy, now)
            decision = import_row(row, record_id, source, workflow, policy, now)
            assert decision.record is not None
            tx.put_record(decision.record, decision.entries, next_due(decision.record, policy, now))
            had.add(row.key)
            made[row.line] = record_id
        tx.put(_IMPORTED, sorted(had))
    return made


def _role_words(workflow: Workflow, policy: Policy) -> dict[str, str]:
    """What a column may be called whose people hold a role of the kind."""
    said = {role_text(role, language, workflow): role for role in workflow.roles for language in policy.site.languages}
    return {**said, **{role: role for role in workflow.roles}}
