"""HTML to readable text and tables, without scripts, styles and hidden text."""

import re
from functools import lru_cache

from lxml import etree

from mailflow.mail.html_tables import TableRows, span

LIMIT = 2_000_000
# The parser looks for the start of every end tag among all that are open: many of both take its time squared.
_MOST_TAGS = 200_000
_MOST_OPEN = 500
# Trying the pattern for what is hidden takes the square of a style's length.
_STYLE = 1000
_FEW_TAGS = 10_000
_SKIP = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "select"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "wbr", "source"})
_BLOCK = frozenset(
    {"div", "section", "article", "header", "footer", "main", "nav", "aside", "address", "center",
     "form", "fieldset", "table", "thead", "tbody", "tfoot", "ul", "ol", "dl", "dt", "dd", "pre",
     "figure", "li", "tr", "caption", "body"}
)  # fmt: skip
_PARAGRAPH = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|!|$)|(?:^|;)\s*height\s*:\s*0(?:px)?\s*;.*overflow\s*:\s*hidden|opacity\s*:\s*0\s*(?:;|!|$)|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)"
)
# Paragraphs without a margin of their own: Word's, and those that say so.
_TIGHT = re.compile(r"MsoNormal|MsoPlainText|MsoListParagraph|margin(?:-(?:top|bottom))?\s*:\s*0", re.IGNORECASE)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)|webkit-indent-blockquote", re.IGNORECASE)
_DATA = re.compile(r"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=\s]{100,}")
_WHITE = re.compile(r"[ \t\r\n\f\v]+")
_BLANKS = re.compile(r"\n{3,}")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,5000}>")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,20})")
# Elements whose end may be left out.
_CLOSED_BY_OTHERS = frozenset(
    {"p", "li", "tr", "td", "th", "dt", "dd", "option", "thead", "tbody", "tfoot", "colgroup"}
)


def declared_charset(data: bytes) -> str:
    """The charset that the page itself declares, "" where it does not."""
    found = _META.search(data[:4096])
    return found[1].decode("ascii") if found else ""


def html_to_text(html: str) -> tuple[str, list[tuple[tuple[str, ...], ...]]]:
    """The page as text, quotes marked with "> ", and its tables of at least two rows and columns as rows."""
    html = _ILLEGAL.sub("", _pictures_out(html)[:LIMIT])
    if html.count("<") > _MOST_TAGS:
        html = "<".join(html.split("<", _MOST_TAGS)[:_MOST_TAGS])
    if not html.strip():
        return "", []
    if _is_deep(html):
        return _TAGS.sub("\n", html), []
    writer = _Writer()
    try:
        parser = etree.HTMLParser(target=writer, huge_tree=True, no_network=True)
        parser.feed(html)
        parser.close()
    except (etree.LxmlError, ValueError, AssertionError, RecursionError):
        if not writer.has_text():
            return _TAGS.sub(" ", html), []
    return writer.text(), writer.tables


def _is_deep(html: str) -> bool:
    """Whether more elements are open at once than any page needs."""
    if html.count("<") < _FEW_TAGS:
        return False
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _VOID or name in _CLOSED_BY_OTHERS:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _MOST_OPEN:
            return True
    return False


def _pictures_out(html: str) -> str:
    """Without pictures that stand in the page itself: they are most of its size, and none of its text."""
    return _DATA.sub("data:,", html) if len(html) > 20_000 and "data:" in html else html


def _hides(style: str) -> bool:
    """Whether a style hides what it is of. A page has few styles, many times over."""
    return bool(style) and _known_to_hide(style[:_STYLE])


@lru_cache(maxsize=1024)
def _known_to_hide(style: str) -> bool:
    return _HIDDEN.search(style.lower()) is not None


class _Writer:
    """Receives the parser's events and writes text."""

    def __init__(self) -> None:
        self.tables: list[tuple[tuple[str, ...], ...]] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self._space = False
        self._stack: list[tuple[str, str, bool]] = []
        self._hidden = 0
        self._pre = 0
        self._quotes: list[bool] = []
        self._depth = 0
        self._lists: list[int] = []
        self._open_tables: list[TableRows] = []

    def has_text(self) -> bool:
        return bool(self._lines or self._line)

    def text(self) -> str:
        self._break()
        return _BLANKS.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _VOID:
            if not self._hidden:
                self._void(tag)
            return
        hidden = tag in _SKIP or (bool(attributes) and ("hidden" in attributes or _hides(attributes.get("style", ""))))
        tight = tag == "p" and bool(_TIGHT.search(attributes.get("class", "") + attributes.get("style", "")))
        self._stack.append(("div" if tight else tag, tag, hidden))
        self._hidden += hidden
        if self._hidden:
            return
        if tag in _PARAGRAPH and not tight:
            self._paragraph()
        elif tag in _BLOCK or tight:
            self._break()
        self._open(tag, attributes)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "blockquote":
            # Editors indent with it too; only without a border of "none" does it mean a quotation.
            quoted = not _INDENT.search(attributes.get("style", "") + attributes.get("class", ""))
            self._quotes.append(quoted)
            self._depth += quoted
        elif tag == "pre":
            self._pre += 1
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._line.append(self._bullet())
        elif tag == "table":
            if self._open_tables:
                self._open_tables[-1].nested = True
            self._open_tables.append(TableRows(len(self._lines)))
        elif tag == "tr" and self._open_tables:
            self._open_tables[-1].row()
        elif tag in ("td", "th") and self._open_tables:
            if self._line and any(piece.strip() for piece in self._line):
                self._line.append("\t")
            self._space = False
            self._open_tables[-1].cell(span(attributes, "rowspan"), span(attributes, "colspan"))

    def end(self, tag: str) -> None:
        if tag in _VOID:
            return
        # The parser closes what was left open, but hostile nesting may not match: unwind to the tag.
        while self._stack:
            shape, name, hidden = self._stack.pop()
            was_hidden = self._hidden
            self._hidden -= hidden
            if not was_hidden:
                self._close(shape)
            if name == tag:
                break

    def _close(self, tag: str) -> None:
        if tag in ("td", "th") and self._open_tables:
            self._open_tables[-1].end_cell()
        if tag == "blockquote":
            self._break()
            self._depth -= self._quotes.pop() if self._quotes else 0
        if tag in _PARAGRAPH:
            self._paragraph()
        elif tag in _BLOCK:
            self._break()
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "table" and self._open_tables:
            self._end_table(self._open_tables.pop())

    def _end_table(self, table: "TableRows") -> None:
        """A table of short cells becomes one line a row, whatever stood in its cells."""
        rows = table.done()
        if not rows:
            return
        self.tables.append(rows)
        if table.flat and not table.nested:
            del self._lines[table.begin :]
            mark = self._mark()
            self._lines += [mark + " | ".join(row) for row in rows]

    def _mark(self) -> str:
        return "> " * min(self._depth, 5)

    def data(self, text: str) -> None:
        if self._hidden:
            return
        if self._open_tables:
            self._open_tables[-1].data(text)
        if self._pre:
            first, *rest = text.replace("\r", "").split("\n")
            self._line.append(first)
            for one in rest:
                self._newline()
                self._line.append(one)
            return
        words = " " if text == "\n" else _WHITE.sub(" ", text)
        if words.startswith(" ") and not self._at_begin():
            self._space = True
        words = words.strip(" ")
        if words:
            self._line.append(" " + words if self._space and not self._at_begin() else words)
            self._space = text[-1] in " \t\r\n\f\v"

    def comment(self, text: str) -> None:
        """Comments, conditional ones for Word too, are no text."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Processing instructions are no text."""

    def close(self) -> None:
        return None

    def _at_begin(self) -> bool:
        return not self._line or self._line[-1].endswith(("\t", " "))

    def _void(self, tag: str) -> None:
        if tag == "br":
            self._newline()
            if self._open_tables:
                self._open_tables[-1].data("\n")
        elif tag == "hr":
            self._break()
            self._lines.append(self._mark() + "-" * 20)

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _newline(self) -> None:
        self._lines.append(self._mark() + "".join(self._line).replace("\xa0", " ").rstrip())
        self._line, self._space = [], False

    def _break(self) -> None:
        """End the line, if one is begun. A block of a hard space is the blank line that it looks like."""
        if self._line:
            if "".join(self._line).strip(" \t\r\n"):
                self._newline()
            self._line, self._space = [], False
        if self._open_tables:
            self._open_tables[-1].data("\n")

    def _paragraph(self) -> None:
        self._break()
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._mark().rstrip())
