"""Tables in text, as rows of cells."""

import re

_RULE = re.compile(r"[\s|:+=-]+")


def text_tables(text: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Pipe and Markdown tables, and lines aligned by tabs: at least two rows of at least two cells."""
    found: list[tuple[tuple[str, ...], ...]] = []
    for separator in ("|", "\t"):
        if separator not in text:
            continue
        rows: list[tuple[str, ...]] = []
        for line in [*text.split("\n"), ""]:
            cells = _cells(line, separator)
            if cells:
                rows.append(cells)
            elif not (rows and separator == "|" and line.strip() and _RULE.fullmatch(line)):
                if len(rows) >= 2:
                    found.append(tuple(rows))
                rows = []
    return tuple(found)


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator not in line or (separator == "|" and _RULE.fullmatch(line)):
        return ()
    stripped = line.strip().removeprefix("|").removesuffix("|") if separator == "|" else line.strip("\n ")
    cells = tuple(cell.strip() for cell in stripped.split(separator))
    return cells if len(cells) >= 2 and any(cells) else ()
