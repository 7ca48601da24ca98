"""Rows as CSV and as a spreadsheet. Invariant: what came by mail is text in them, never a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """RFC 4180, with a line for the columns. A cell that a spreadsheet would take for a formula begins with `'`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return text.getvalue()


def xlsx_bytes(columns: Sequence[str], rows: Sequence[Sequence[str]], made: datetime) -> bytes:
    """One sheet with a heading row that stays; `made` is the moment that the file says it was made."""
    book = Workbook()
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    sheet = book.active or book.create_sheet()
    for number, row in enumerate([columns, *rows], start=1):
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
            cell.data_type = "s"
            if number == 1:
                cell.font = Font(bold=True)
    for column, name in enumerate(columns, start=1):
        widest = max([len(name), *(len(row[column - 1]) for row in rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(widest + 2, _WIDEST)
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
