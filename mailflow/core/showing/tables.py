"""A report's definition and the records to its rows: the one function that mails and the command line show. Pure.

Invariant: of a confidential record nobody outside its people sees more than its id, nor where it would stand (P0.7).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailflow.core.conditions import holds
from mailflow.core.model import Record, Task
from mailflow.core.series import Report
from mailflow.core.showing.asking import insider
from mailflow.core.showing.cells import Cell, cell, column_label
from mailflow.core.showing.reader import Reader, Subject
from mailflow.core.wording import text_of, tongue
from mailflow.core.workflow import Workflow

_HIDDEN = {"zh": "（机密）", "en": "(confidential)"}


@dataclass(frozen=True, slots=True)
class Row:
    """One record or task of it; `told`: whether its reader may see more than its id."""

    record: str
    cells: tuple[Cell, ...]
    told: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A report for one reader. `columns` are the names of its definition, `labels` what they are called."""

    title: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[Row, ...]


def table_of(report: Report, records: Iterable[Record], reader: Reader, *, whole: bool = False) -> Table:
    """What a report shows its reader; `whole`: confidential records too."""
    found = list(_rows(report, records, reader, whole))
    told = [each for each in found if each[0].told]
    for said in reversed(report.sort):
        told = _sorted(told, said.removeprefix("-"), downwards=said.startswith("-"))
    hidden = sorted((row for row, _ in found if not row.told), key=lambda row: row.record)
    kind = reader.policy.kinds.get(report.of)
    return Table(
        text_of(report.title, reader.language, report.name),
        report.columns,
        tuple(column_label(each, kind, reader.language) for each in report.columns),
        (*(row for row, _ in told), *hidden),
    )


def _rows(
    report: Report, records: Iterable[Record], reader: Reader, whole: bool
) -> Iterator[tuple[Row, dict[str, Cell]]]:
    """Each row, with the cells that it is sorted by."""
    sorting = [name.removeprefix("-") for name in report.sort]
    for record in records:
        workflow = reader.policy.kinds.get(record.kind)
        if workflow is None or (report.of and record.kind != report.of):
            continue
        for task in record.tasks if report.tasks else (None,):
            if report.when is None or holds(report.when, record, reader.policy, reader.now, task):
                told = whole or not record.confidential or insider(reader, _subject(record, workflow, task))
                if told:
                    cells = tuple(cell(each, record, task, workflow, reader) for each in report.columns)
                    keys = {name: cell(name, record, task, workflow, reader) for name in sorting}
                    yield Row(record.id, cells), keys
                elif not workflow.private:
                    yield Row(record.id, _hidden(report, record, reader), told=False), {}


def _hidden(report: Report, record: Record, reader: Reader) -> tuple[Cell, ...]:
    """The id, wherever it stands, and that the rest is confidential."""
    cells = [Cell(record.id, record.id) if name == "id" else Cell("", "") for name in report.columns]
    said = "title" if "title" in report.columns else next((n for n in report.columns if n != "id"), "")
    if said:
        cells[report.columns.index(said)] = Cell("", _HIDDEN[tongue(reader.language)])
    return tuple(cells)


def _subject(record: Record, workflow: Workflow, task: Task | None) -> Subject:
    return Subject(record, workflow, task, None, ())


def _sorted(rows: list[tuple[Row, dict[str, Cell]]], name: str, downwards: bool) -> list[tuple[Row, dict[str, Cell]]]:
    """Both ways what is empty comes last."""
    filled = sorted((each for each in rows if each[1][name].value), key=lambda e: _key(e[1][name]), reverse=downwards)
    return filled + [each for each in rows if not each[1][name].value]


def _key(found: Cell) -> tuple[int, str]:
    """By the order of choices, then by the value."""
    return (found.rank, found.value)
