"""Markdown with slots -> HTML and plain text; what stands in a slot is text and can never become markup.

A slot is a value of the reader's, hidden from the Markdown parser: it is lifted out before parsing and put in
after rendering, escaped for HTML and as it is for text. Invariant: only the template's own words are parsed.
What the parser made of a skeleton (the words without the values) is kept, as mails of one template share it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailflow.adapters.fitting import fill, html_of, is_number, meets_wide
from mailflow.adapters.plain import CLOSE, OPEN, SLOT, Grid, Line, plain, plain_parts

_HIDDEN = re.compile(f"{OPEN}([0-9a-f]*){CLOSE}")
# Control characters but for line ends and tabs, the marks that turn the direction of text, and noncharacters.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# A fact of a wide table's row between the parser and the values: label, cell.
_LABEL, _CELL_OPEN, _END = "\ue002", "\ue003", "\ue004"
FACT = re.compile(f"{_LABEL}(.*?){_CELL_OPEN}(.*?){_END}", re.DOTALL)
FACTS = re.compile(f"(?:{_LABEL}[^{_END}]*{_END})+")
_EMPTY = ("", "—", "–")

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")

FONT = "-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',Arial,sans-serif"
# Some mail programs let no cell inherit its type from what the table stands in.
_CELL = (
    f"padding:7px 10px 7px 0;border-bottom:1px solid #e6e8eb;vertical-align:top;text-align:left;"
    f"font-family:{FONT};font-size:14px;line-height:1.6;color:#1f2630"
)
_NARROW = 4
"""Columns that a telephone has room for; a wider table is shown row by row."""
_STYLES = {
    "p": "margin:0 0 14px",
    "lead": "margin:0 0 16px;font-size:16px;font-weight:600;line-height:1.5",
    "h": "margin:20px 0 8px;font-size:14px;font-weight:600;color:#4a5361",
    "ul": "margin:0 0 14px;padding-left:22px",
    "ol": "margin:0 0 14px;padding-left:22px",
    "li": "margin:0 0 4px",
    "blockquote": "margin:0 0 14px;padding:10px 14px;border-left:3px solid #b8c4d6;background:#f6f8fa;color:#333c48",
    "pre": "margin:0 0 14px;padding:10px 14px;background:#f6f8fa;border:1px solid #e6e8eb;"
    "font-family:inherit;white-space:pre-wrap",
    "table": "margin:0 0 16px;border-collapse:collapse;border-top:1px solid #e6e8eb;width:100%",
    "th": f"{_CELL};white-space:nowrap;font-weight:600;color:#4a5361",
    "td": _CELL,
    "row": f"{_CELL};padding-right:0",
    "label": f"{_CELL};width:30%;color:#68717f",
    "name": "color:#68717f",
    "hr": "border:0;border-top:1px solid #e6e8eb;margin:16px 0",
    "em": "font-size:12px;color:#8a929e",
    "nested": "margin:0",
    "a": "color:#1a5fb4",
    "code": "font-family:Consolas,Menlo,monospace;background:#f0f2f5;padding:1px 4px",
}


def clean(value: object) -> str:
    """A value as text that can be shown: one kind of line end, nothing invisible, valid Unicode."""
    text = str(value)
    if text.isprintable():
        return text
    text = _UNSEEN.sub("", _LINE_END.sub("\n", text))
    return text.encode("utf-8", "replace").decode("utf-8")


def hide(value: object) -> str:
    """A value as a slot: letters and digits between two private characters, nothing Markdown could see."""
    return f"{OPEN}{clean(value).encode().hex()}{CLOSE}"


def reveal(text: str, limit: int = 0) -> str:
    """A text with the values back in their slots, each no longer than `limit` characters (0: any)."""

    def shown(value: str) -> str:
        return value if not limit or len(value) <= limit else value[: limit - 1].rstrip() + "…"

    return fill(text, _HIDDEN, lambda hidden: bytes.fromhex(hidden).decode(), shown)


def one_line(text: str) -> str:
    """White space folded, so that it may stand in a header."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What a Markdown text is without its values: HTML with slots, and the plain text's parts."""

    html: str
    text: tuple[Line | Grid, ...]


def convert(source: str) -> tuple[str, str]:
    """(HTML, plain text) of a Markdown text with slots."""
    values: list[str] = []

    def lift(match: re.Match[str]) -> str:
        values.append(bytes.fromhex(match[1]).decode())
        return f"{OPEN}{len(values) - 1}{CLOSE}"

    skeleton = _skeleton(_HIDDEN.sub(lift, source))

    def value_of(number: str) -> str:
        return values[int(number)]

    html = FACTS.sub(lambda match: _facts(match[0], value_of), skeleton.html)
    return fill(html, SLOT, value_of, html_of), plain(skeleton.text, values)


def _facts(marked: str, value_of: Callable[[str], str]) -> str:
    """A wide table's row: its first cell set off, the others in one line, each with its label; empty ones left out.

    A record's number is set off together with what stands next to it.
    """
    (_, head), *rest = FACT.findall(marked)
    if is_number(fill(head, SLOT, value_of).strip()) and rest:
        head = f"{head} {rest.pop(0)[1]}"
    said = [
        f'<span style="{_STYLES["name"]}">{label}</span> {cell}'
        for label, cell in rest
        if fill(cell, SLOT, value_of).strip() not in _EMPTY
    ]
    return "<br>".join((f"<strong>{head}</strong>", *(["&nbsp;· ".join(said)] if said else [])))


@lru_cache(maxsize=1024)
def _skeleton(source: str) -> Skeleton:
    tokens = _parser.parse(source)
    return Skeleton(_Html().render(tokens), plain_parts(tokens))


class _Html:
    """Tokens -> HTML with styles in the tags, as mail programs drop style sheets.

    `labels`: the header's cells of a table too wide for a telephone, whose rows are written as running text.
    """

    def __init__(self) -> None:
        self.lead = True
        self.facts = False
        self.labels: tuple[str, ...] = ()
        self.head = False
        self.cell = 0

    def render(self, tokens: Sequence[Token]) -> str:
        return "".join(self._block(tokens, index) for index in range(len(tokens)))

    def _block(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        match token.type:
            case "fence" | "code_block":
                return f'<pre style="{_STYLES["pre"]}">{escape(token.content)}</pre>'
            case "hr":
                return f'<hr style="{_STYLES["hr"]}">'
            case "paragraph_open" | "paragraph_close" if token.hidden:
                return ""
            case "table_open":
                self.facts = is_facts(tokens[index:])
                labels = _header(tokens[index:])
                self.labels = labels if len(labels) > _NARROW and not self.facts else ()
            case "tr_open":
                self.cell = 0
        if self.facts and token.type.startswith(("thead", "th_")):
            return ""
        if self.facts and token.type == "inline" and not token.content:
            return ""
        if self.labels and token.type.startswith(("thead", "th", "tr", "td", "inline")):
            return self._wide(token)
        if token.type == "inline":
            return inline_html(token)
        if token.type == "table_close":
            self.facts, self.labels = False, ()
        if token.nesting < 0:
            return f"</{token.tag}>"
        return self._open(token)

    def _wide(self, token: Token) -> str:
        """The parts of a wide table: one cell a row, the first value set off, the others with their labels."""
        if token.type.startswith("thead"):
            self.head = token.nesting > 0
        if self.head:
            return ""
        match token.type:
            case "tr_open":
                return f'<tr><td style="{_STYLES["row"]}">'
            case "tr_close":
                return "</td></tr>"
            case "td_open":
                self.cell += 1
                return f"{_LABEL}{self.labels[self.cell - 1]}{_CELL_OPEN}"
            case "td_close":
                return _END
            case "inline":
                return inline_html(token)
        return ""

    def _open(self, token: Token) -> str:
        key = "h" if token.type == "heading_open" else token.tag
        attributes = ""
        if token.tag == "p":
            key = "lead" if self.lead else "p" if token.level == 0 else "nested"
        if token.tag == "table":
            attributes = ' cellpadding="0" cellspacing="0" border="0" width="100%"'
        if token.tag == "td":
            self.cell += 1
            key = "label" if self.facts and self.cell == 1 else "td"
        self.lead = False
        style = _STYLES.get(key, "")
        return f'<{token.tag}{attributes} style="{style}">' if style else f"<{token.tag}{attributes}>"


def _header(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The header's cells of the table that begins the tokens, as HTML."""
    end = next(index for index, token in enumerate(tokens) if token.type == "thead_close")
    return tuple(inline_html(token) for token in tokens[:end] if token.type == "inline")


def is_facts(tokens: Sequence[Token]) -> bool:
    """Whether a table has an empty header: its rows are a label and a value."""
    for token in tokens:
        if token.type == "thead_close":
            return True
        if token.type == "inline" and token.content.strip():
            return False
    return False


def inline_html(token: Token) -> str:
    parts: list[str] = []
    children = token.children or []
    for index, child in enumerate(children):
        match child.type:
            case "text" | "text_special":
                parts.append(escape(child.content))
            case "softbreak":
                around = children[index - 1].content, children[index + 1].content if children[index + 1 :] else ""
                parts.append("" if meets_wide(*around) else "\n")
            case "hardbreak":
                parts.append("<br>")
            case "code_inline":
                parts.append(f'<code style="{_STYLES["code"]}">{escape(child.content)}</code>')
            case "link_open":
                parts.append(f'<a href="{escape(str(child.attrGet("href")))}" style="{_STYLES["a"]}">')
            case "em_open":
                parts.append(f'<span style="{_STYLES["em"]}">')
            case "em_close":
                parts.append("</span>")
            case "strong_open":
                parts.append('<strong style="white-space:nowrap">')
            case "strong_close" | "link_close":
                parts.append(f"<{'/' if child.nesting < 0 else ''}{child.tag}>")
            case _:
                parts.append(escape(child.content))
    return "".join(parts)
