"""Markdown tokens -> plain text that reads well without any markup, with slots for the values (see `markup`)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from mailflow.adapters.fitting import fill

OPEN, CLOSE = "\ue000", "\ue001"
SLOT = re.compile(f"{OPEN}([0-9]+){CLOSE}")
_WIDEST = 76


@dataclass(frozen=True, slots=True)
class Line:
    """A line of plain text with slots: before it, before the further lines that its values bring."""

    first: str
    further: str
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with slots; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


def plain_parts(tokens: Sequence[Token]) -> tuple[Line | Grid, ...]:
    """The lines and tables of a text, values still in their slots."""
    return tuple(_Text().render(tokens))


class _Text:
    """Tokens -> lines that read well without any markup."""

    def __init__(self) -> None:
        self.parts: list[Line | Grid] = []
        self.prefixes: list[str] = []
        self.counters: list[int] = []
        self.bullet = ""
        self.rows: list[list[str]] | None = None

    def render(self, tokens: Sequence[Token]) -> list[Line | Grid]:
        for token in tokens:
            self._token(token)
        while self.parts and self.parts[-1] == Line("", "", ""):
            self.parts.pop()
        return self.parts

    def _token(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(token)
            case "fence" | "code_block":
                for line in token.content.rstrip("\n").split("\n"):
                    self._line(line)
                self._blank()
            case "hr":
                self._line("-" * 40)
                self._blank()
            case "heading_close":
                pass
            case "paragraph_close":
                if not token.hidden:
                    self._blank()
            case "blockquote_open":
                self.prefixes.append("> ")
            case "blockquote_close":
                self.prefixes.pop()
                if self.parts and self.parts[-1] == Line("> ", "> ", ""):
                    self.parts.pop()
                self._blank()
            case "bullet_list_open":
                self.counters.append(-1)
            case "ordered_list_open":
                self.counters.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self.counters.pop()
                if not self.counters:
                    self._blank()
            case "list_item_open":
                self._item()
            case "list_item_close":
                self.prefixes.pop()
            case "table_open":
                self.rows = []
            case "tr_open":
                if self.rows is not None:
                    self.rows.append([])
            case "table_close":
                self.parts.append(Grid(tuple(tuple(row) for row in self.rows or ())))
                self.rows = None
                self._blank()

    def _item(self) -> None:
        number = self.counters[-1]
        if number < 0:
            self.bullet = "- "
        else:
            self.bullet = f"{number}. "
            self.counters[-1] = number + 1
        self.prefixes.append(" " * len(self.bullet))

    def _inline(self, token: Token) -> None:
        text = _inline_text(token)
        if self.rows is not None:
            self.rows[-1].append(text)
            return
        for line in text.split("\n"):
            self._line(line)

    def _line(self, text: str) -> None:
        further = "".join(self.prefixes)
        first = further
        if self.bullet:
            first = further[: len(further) - len(self.bullet)] + self.bullet
            self.bullet = ""
        self.parts.append(Line(first, further, text))

    def _blank(self) -> None:
        prefix = "".join(each for each in self.prefixes if each == "> ")
        if self.parts and self.parts[-1] != Line(prefix, prefix, ""):
            self.parts.append(Line(prefix, prefix, ""))


def _inline_text(token: Token) -> str:
    parts: list[str] = []
    href = ""
    for child in token.children or ():
        match child.type:
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "link_open":
                href = str(child.attrGet("href"))
            case "link_close":
                parts.append(f" <{href}>")
            case _:
                parts.append(child.content)
    return "".join(parts)


def plain(parts: Sequence[Line | Grid], values: Sequence[str]) -> str:
    """The text, with the values in their slots."""
    lines: list[str] = []

    def put(text: str) -> str:
        return fill(text, SLOT, lambda number: values[int(number)])

    for part in parts:
        match part:
            case Line(first, further, text):
                prefix = first
                for line in put(text).split("\n"):
                    lines.append((prefix + line).rstrip())
                    prefix = further
            case Grid(rows):
                lines.extend(_grid([[put(cell) for cell in row] for row in rows]))
    return "\n".join(lines)


def _grid(rows: list[list[str]]) -> list[str]:
    """A table of facts as `label：value` lines; another in columns where it fits, else row by row."""
    header, *body = rows
    if not any(header):
        return [line for row in body for line in fact(row[0], " ".join(row[1:]))]
    widths = [max(width(row[column]) for row in rows) for column in range(len(header))]
    if sum(widths) + 2 * (len(widths) - 1) <= _WIDEST and not any("\n" in cell for row in rows for cell in row):
        return [
            "  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)).rstrip()
            for row in (header, ["-" * size for size in widths], *body)
        ]
    lines: list[str] = []
    for row in body:
        if lines:
            lines.append("")
        for label, cell in zip(header, row, strict=True):
            if cell:
                lines.extend(fact(label, cell))
    return lines


def fact(label: str, value: str) -> list[str]:
    """`label：value`, further lines of the value indented; the colon is as wide as the label's script."""
    colon = "：" if any(unicodedata.east_asian_width(char) in "WF" for char in label) else ": "
    first, *further = value.split("\n")
    return [f"{label}{colon}{first}".rstrip(), *(f"    {line}".rstrip() for line in further)]


def width(text: str) -> int:
    """Columns in a terminal's type, where a CJK character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
