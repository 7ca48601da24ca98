"""The list of the records that were exported, each with its folder. Pure."""

from collections.abc import Sequence

from mailflow.archive.folder import folder_name
from mailflow.archive.sheet import Cell, Section, Sheet, fact
from mailflow.archive.words import word
from mailflow.core.model import Record
from mailflow.core.showing.cells import column_label
from mailflow.core.showing.reader import Reader
from mailflow.core.wording import text_of
from mailflow.core.workflow import Workflow

_COLUMNS = ("id", "kind", "title", "requester", "department", "responsible", "state", "opened", "closed", "due")


def overview(records: Sequence[Record], hidden: frozenset[str], reader: Reader) -> Sheet:
    """One row a record; of the `hidden` ones the number alone (P0.7)."""
    columns = tuple(column_label(each, None, reader.language) for each in _COLUMNS)
    rows = tuple(_hidden(each, reader) if each.id in hidden else _row(each, reader) for each in records)
    title = text_of(reader.policy.site.name, reader.language, reader.policy.site.address)
    made = word("made", reader.language) + reader.moment(reader.now)
    return Sheet(title, reader.language, made, (Section(word("matters", reader.language), columns, rows),))


def _row(record: Record, reader: Reader) -> tuple[Cell, ...]:
    workflow = reader.policy.kinds.get(record.kind) or Workflow(record.kind, "", (), {}, {})
    name = folder_name(record.id)
    first, *rest = (fact(each, record, workflow, reader) for each in _COLUMNS)
    return (Cell(first, (f"{name}/{name}.html",)), *(Cell(each) for each in rest))


def _hidden(record: Record, reader: Reader) -> tuple[Cell, ...]:
    said = {"id": record.id, "title": word("hidden", reader.language)}
    return tuple(Cell(said.get(each, "")) for each in _COLUMNS)
