"""The files that come with a mail of a story: rows as CSV or as a spreadsheet, a text, or a file beside the story."""

import csv
import io
from collections.abc import Callable, Sequence

from openpyxl import Workbook

from mailflow.policy.nodes import Listing, Node
from mailflow.policy.reader import Reader
from mailflow.stories.keys import ATTACHED
from mailflow.stories.values import Attached


def attached(node: Node, reader: Reader, beside: Callable[[str], bytes]) -> Attached:
    """An attachment as its mapping says; `beside` gives a file's bytes by its name, or raises OSError."""
    block = reader.block(node, ATTACHED)
    block.require("name")
    name, rows = block.text("name"), block.get("rows")
    if sum(key in block for key in ("rows", "text", "file")) != 1:
        reader.error(block.place, "an attachment has one of 'rows', 'text' and 'file'")
    if rows is not None:
        return Attached(name, _sheet(name, [_row(each, reader) for each in reader.items(rows)]))
    if "file" in block:
        return Attached(name, _read(block.text("file"), block.get("file") or node, reader, beside))
    return Attached(name, block.text("text").encode())


def _read(path: str, node: Node, reader: Reader, beside: Callable[[str], bytes]) -> bytes:
    try:
        return beside(path)
    except OSError as error:
        reader.error(node.place, f"cannot read {path}: {error.strerror}", "name it from where the story lies")
        return b""


def _row(node: Node, reader: Reader) -> list[str]:
    if not isinstance(node, Listing):
        reader.error(node.place, "a row is a list of cells", "write it like [采购, 李娜, 2026-12-01]")
        return []
    return [reader.text(each, "a cell") if not getattr(each, "empty", False) else "" for each in node.items]


def _sheet(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    if name.casefold().endswith(".xlsx"):
        book = Workbook()
        sheet = book.active or book.create_sheet()
        for row in rows:
            sheet.append(list(row))
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")
