"""Rows as CSV and as a spreadsheet. Invariant: what came by mail is text in them, never a formula."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60
# What the name of a sheet must not have.
_NO_NAME = re.compile(r"[\\/*?:\[\]]")


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """RFC 4180, with a line for the columns. A cell that a spreadsheet would take for a formula begins with `'`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return text.getvalue()


def xlsx_bytes(columns: Sequence[str], rows: Sequence[Sequence[str]], made: datetime) -> bytes:
    """One sheet with a heading row that stays; `made` is the moment that the file says it was made."""
    return book_bytes([("", columns, rows)], made)


def book_bytes(sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]], made: datetime) -> bytes:
    """Sheets as (name, columns, rows), each with a heading row that stays; without columns all rows are alike."""
    book = Workbook()
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    for number, (name, columns, rows) in enumerate(sheets):
        sheet = (book.active if number == 0 else None) or book.create_sheet()
        if name:
            sheet.title = _NO_NAME.sub("_", name)[:31]
        _fill(sheet, columns, rows)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Worksheet, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate([columns, *rows] if columns else rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
            cell.data_type = "s"
            if "\n" in text:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            if columns and number == 1:
                cell.font = Font(bold=True)
    heads = columns or ("",) * max((len(row) for row in rows), default=0)
    for column, name in enumerate(heads, start=1):
        widest = max([len(name), *(len(row[column - 1]) for row in rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(widest + 2, _WIDEST)
    if columns:
        sheet.freeze_panes = "A2"
