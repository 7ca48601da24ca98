"""A .docx file as what stands in it: its tables as rows of text, its paragraphs between them as lines."""

import io
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.table import Table

from mailflow.mail.cells import COLUMNS, ROWS, TABLES, shown

_TEXT, _TAB, _BREAKS = qn("w:t"), qn("w:tab"), (qn("w:br"), qn("w:cr"))
_PARAGRAPH, _TABLE, _CONTROL, _CONTENT = qn("w:p"), qn("w:tbl"), qn("w:sdt"), qn("w:sdtContent")
# What a text box holds a second time, for programs that cannot show it, and the stops of tabulators.
_LEFT_OUT = ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", qn("w:pPr"))
_LONGEST = 4000


def blocks(data: bytes) -> Iterator[list[tuple[str, ...]]]:
    """Tables as rows of cells, and the paragraphs between two of them as rows of one cell, in their order."""
    document = docx.Document(io.BytesIO(data))
    styles = {each.style_id: each.name or "" for each in document.styles}  # the ids are the program's language's
    parts = groupby(_parts(document.element.body), key=lambda part: part.tag == _TABLE)
    for number, (is_table, elements) in enumerate(parts):
        if number >= 2 * TABLES:
            return
        if is_table:
            for element in elements:
                yield _rows(Table(element, document))
        else:
            lines = (line.rstrip() for element in elements for line in _lines(element, styles))
            yield [(line,) for line, _ in zip(lines, range(ROWS), strict=False)]


def _parts(element: Any) -> Iterator[Any]:
    """The paragraphs and tables, also those inside a content control of a form."""
    for child in element:
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag == _CONTROL:
            for content in child.iterchildren(_CONTENT):
                yield from _parts(content)


def _lines(paragraph: Any, styles: Mapping[str, str]) -> list[str]:
    """A paragraph's lines; one of a list has a bullet, and a heading its mark: Word does not keep them as text."""
    text = "".join(_pieces(paragraph))[:_LONGEST]
    numbered = paragraph.pPr is not None and paragraph.pPr.numPr is not None
    style = styles.get(paragraph.style or "", "").casefold()
    mark = "# " if style.startswith("heading") else ""
    if not mark and (numbered or style.startswith(("list bullet", "list number"))):
        mark = "- "
    return (mark + text if text.strip() else text).split("\n")


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag == _TAB:
            yield "\t"
        elif child.tag in _BREAKS:
            yield "\n"
        elif child.tag not in _LEFT_OUT:
            yield from _pieces(child)


def _rows(table: Table) -> list[tuple[str, ...]]:
    """The rows of a table; a cell over several rows stands in each, one over several columns in the first."""
    rows: list[tuple[str, ...]] = []
    for row in table.rows[:ROWS]:
        cells = row.cells[:COLUMNS]
        first = [number == 0 or cell._tc is not cells[number - 1]._tc for number, cell in enumerate(cells)]
        texts = ("\n".join(_cell(cell._tc)) for cell in cells)
        rows.append(tuple(shown(text) if own else "" for text, own in zip(texts, first, strict=True)))
    return rows


def _cell(element: Any) -> Iterator[str]:
    for part in _parts(element):
        if part.tag == _PARAGRAPH:
            yield from _lines(part, {})
