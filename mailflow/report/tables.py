"""A report's table for a program or a terminal: as text, JSON, CSV or a spreadsheet."""

from datetime import datetime
from typing import Any

from mailflow.core.showing.tables import Table
from mailflow.report.spreadsheet import csv_text, xlsx_bytes


def table_rows(table: Table) -> list[list[str]]:
    """The cells as their reader would write them."""
    return [[each.text for each in row.cells] for row in table.rows]


def table_json(table: Table) -> dict[str, Any]:
    """The values as they are kept, under the names of the columns; a row that hides says so."""
    rows = [
        {**{name: each.value for name, each in zip(table.columns, row.cells, strict=True)}, "hidden": not row.told}
        for row in table.rows
    ]
    return {"title": table.title, "columns": list(table.columns), "rows": rows}


def table_csv(table: Table) -> bytes:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    return b"\xef\xbb\xbf" + csv_text(table.labels, table_rows(table)).encode()


def table_xlsx(table: Table, made: datetime) -> bytes:
    return xlsx_bytes(table.labels, table_rows(table), made)
