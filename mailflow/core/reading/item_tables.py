"""The items of tables in minutes: a row each, under a head that names the task, and its owner or date."""

from collections.abc import Iterator, Mapping, Sequence

from mailflow.core.reading.forms import Labels
from mailflow.core.reading.item_text import Parts
from mailflow.core.reading.item_words import PARTS, Part
from mailflow.core.reading.lines import meaning_of, where_of, without_mark
from mailflow.mail.model import Table

HEAD_ROWS = 10
"""A sheet may have a title and notes above its head."""

MOST_ROWS = 1_000

_TOTALS = frozenset(["合计", "总计", "小计", "合計", "總計", "Total"])


def table_parts(table: Table, own: Labels | None = None) -> Iterator[Parts]:
    """The items of a table; none where it has no such head. `own` are the labels of the kind's task fields."""
    head = _head(table.rows, own or {})
    if head is None:
        return
    columns, fields = _columns(table.rows[head]), _own_columns(table.rows[head], own or {})
    where = where_of(table)
    for number, row in enumerate(table.rows[head + 1 : head + 1 + MOST_ROWS], start=head + 2):
        cells = {part: " ".join(row[at].split()) for part, at in columns.items() if at < len(row)}
        said = {name: " ".join(row[at].split()) for name, at in fields.items() if at < len(row)}
        title = without_mark(cells.get(Part.TITLE, ""))[0]
        total = any(cell.strip() in _TOTALS for cell in row)
        if title and not total and meaning_of(title, PARTS) is None:
            yield Parts(
                title=title,
                owner=cells.get(Part.OWNER, ""),
                due=cells.get(Part.DUE, ""),
                collaborators=cells.get(Part.COLLABORATORS, ""),
                standard=cells.get(Part.STANDARD, ""),
                where=f"{where} row {number}",
                labelled=True,
                own={name: value for name, value in said.items() if value.strip(" -—/")},
            )


def _head(rows: Sequence[Sequence[str]], own: Labels) -> int | None:
    for number, row in enumerate(rows[:HEAD_ROWS]):
        columns = _columns(row)
        if Part.TITLE in columns and (Part.OWNER in columns or Part.DUE in columns or _own_columns(row, own)):
            return number
    return None


def _columns(row: Sequence[str]) -> dict[Part, int]:
    """The first column of each part."""
    columns: dict[Part, int] = {}
    for at, cell in enumerate(row[:50]):
        part = meaning_of(cell.strip(), PARTS)
        if part is not None:
            columns.setdefault(part, at)
    return columns


def _own_columns(row: Sequence[str], own: Labels) -> Mapping[str, int]:
    """The first column of each of the task's own fields; what every task has comes before them."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(row[:50]):
        if meaning_of(cell.strip(), PARTS) is None and (field := meaning_of(cell.strip(), own)):
            columns.setdefault(field.name, at)
    return columns
