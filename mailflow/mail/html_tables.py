"""A table of an HTML page as rows of cells, those that go over several rows or columns in their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_ROWS = 2000
_WIDEST = 200
_LINES = re.compile(r"\S[ \t]*\n\s*\S")
_WHITE = re.compile(r"[ \t\r\n\f\v]+")


def span(attributes: dict[str, str], name: str) -> int:
    """How many rows or columns a cell goes over, by its `rowspan` or `colspan`."""
    text = attributes.get(name, "").strip()
    return min(int(text), _WIDEST) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1


@dataclass(slots=True)
class _Cell:
    text: str
    rows: int
    columns: int


class TableRows:
    """Rows of one table, while it is read. `flat`: no cell holds several lines or more than a sentence."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        self.nested = False
        self.flat = True
        self._rows: list[list[_Cell]] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._spanned = False

    def row(self) -> None:
        self.end_cell()
        if len(self._rows) < _MOST_ROWS:
            self._rows.append([])

    def cell(self, rows: int = 1, columns: int = 1) -> None:
        self.end_cell()
        if not self._rows:
            self._rows.append([])
        self._cell, self._spans = [], (rows, columns)
        self._spanned = self._spanned or rows > 1 or columns > 1

    def data(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)
        elif text.strip():
            self.flat = False  # text outside cells must not get lost

    def end_cell(self) -> None:
        if self._cell is not None and len(self._rows[-1]) < _WIDEST:
            text = "".join(self._cell).replace("\xa0", " ").strip()
            self.flat = self.flat and len(text) < 300 and not _LINES.search(text)
            self._rows[-1].append(_Cell(_WHITE.sub(" ", text), *self._spans))
        self._cell = None

    def done(self) -> tuple[tuple[str, ...], ...]:
        self.end_cell()
        grid = _laid_out(self._rows) if self._spanned else ([cell.text for cell in row] for row in self._rows)
        rows = tuple(tuple(row) for row in grid if any(row))
        return rows if not self.nested and len(rows) >= 2 and max(len(row) for row in rows) >= 2 else ()


def _laid_out(rows: list[list[_Cell]]) -> Iterator[list[str]]:
    """Rows whose cells stand in their columns: a cell over several rows is in each of them."""
    below: dict[int, tuple[str, int]] = {}
    for row in rows:
        line: list[str] = []
        width = 0
        for cell in row:
            _from_above(line, below)
            if cell.rows > 1 and len(line) < _WIDEST:
                below[len(line)] = (cell.text, cell.rows - 1)
            line.append(cell.text)
            width = len(line)
            line += [""] * min(cell.columns - 1, _WIDEST - width)
        if not below.keys().isdisjoint(range(width, len(line) + 1)):
            _from_above(line, below)
            width = len(line)
        yield line[:width]


def _from_above(line: list[str], below: dict[int, tuple[str, int]]) -> None:
    while (here := below.get(len(line))) is not None:
        text, left = here
        if left > 1:
            below[len(line)] = (text, left - 1)
        else:
            del below[len(line)]
        line.append(text)
