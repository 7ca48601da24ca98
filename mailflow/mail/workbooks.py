"""The sheets of an .xlsx file as rows of text: what is shown, a cell over several rows in each of them."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils import coordinate_to_tuple

from mailflow.mail.cells import COLUMNS, ROWS, TABLES, shown

# Spans that a sheet may have; a form has few.
_SPANS = 5000
# A number's format that shows words before or behind it (ECMA-376 18.8.31): `#,##0.00"万元"`, `[$USD] 0`.
_FORM = 200
_LITERAL = r'(?:"[^"]*"|\\.|\[[^\]]*\]|_.|[ ¥￥$€])*'
_UNIT = re.compile(rf"({_LITERAL})(?:[#0?,]*[#0?](?:\.[#0?]+)?)({_LITERAL})")
_WORDS = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)|([¥￥$€])')
_MERGED = re.compile(rb"<(?:\w{1,8}:)?mergeCell\b[^<>]{0,80}?\bref=\"([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})\"")


def sheets(data: bytes) -> Iterator[list[tuple[str, ...]]]:
    """The rows of each sheet that is not hidden: those hold lists of choices, and nothing that anybody wrote."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in [each for each in book.worksheets if each.sheet_state == "visible"][:TABLES]:
            rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows(max_row=ROWS, max_col=COLUMNS)]
            _fill(rows, _spans(data, sheet))
            yield [tuple(row) for row in rows]
    finally:
        book.close()


def _shown(cell: Any) -> str:
    """A cell's text as it is seen; of 0.6 in a column of percents, 60%; of 10 in one of ten thousands, 10万元."""
    value = cell.value
    if not isinstance(value, float | int) or isinstance(value, bool):
        return shown(value)
    form = (cell.number_format or "").split(";")[0][:_FORM]
    if "%" in form:
        return f"{round(value * 100, 2):g}%"
    unit = _UNIT.fullmatch(form)
    return f"{_words(unit[1])}{shown(value)}{_words(unit[2])}" if unit else shown(value)


def _words(form: str) -> str:
    """What a number's format shows beside the number."""
    return "".join("".join(each) for each in _WORDS.findall(form))


def _spans(data: bytes, sheet: Any) -> list[tuple[int, int, int, int]]:
    """The first row and column, the last row and column of each merged cell; the reader itself leaves them out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = _MERGED.findall(archive.read(sheet._worksheet_path))[:_SPANS]
    corners = ((coordinate_to_tuple(first.decode()), coordinate_to_tuple(last.decode())) for first, last in found)
    return [(*first, *last) for first, last in corners]


def _fill(rows: list[list[str]], spans: list[tuple[int, int, int, int]]) -> None:
    for first, column, last, _ in spans:
        if first > len(rows) or column > len(rows[first - 1]):
            continue
        text = rows[first - 1][column - 1]
        for row in rows[first:last]:
            if column <= len(row) and any(row):
                row[column - 1] = text
