"""The anatomy of lines that people write: bullets and numbers, `label: value`, headings, greetings, closings."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from mailflow.core.reading.text import fold, is_han, key
from mailflow.mail.model import Table

Meaning = TypeVar("Meaning")

LONGEST_LABEL = 60

_MARK = re.compile(
    r"[ \t\u3000]{0,40}(?P<mark>#{1,6}(?=[ \t\w【])|[-*+](?=[ \t\[【☐☑])|[-•·●○▪■◆◇►▶➢※](?![-*\d])|[①-⑳]|"
    r"[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:[)）、．]|\.(?![\d.]))|[(（][a-zA-Z][)）]|[a-z][)）])?"
    r"[ \t\u3000]{0,40}"
)
_CHAPTER = re.compile(r"\s{0,40}(?:#|【|[(（]?[一二三四五六七八九十]{1,3}[)）、.．])")
_BRACKETED = re.compile(
    r"[【\[［〔〖「『](?P<label>[^】\]］〕〗」』\n]{1,60})[】\]］〕〗」』]\s{0,8}[:：︰﹕∶]?\s{0,8}(?P<value>.*)"
)
_PLAIN = re.compile(
    r"(?P<bold>\*\*|__|\*)?\s{0,3}(?P<label>[^:：︰﹕∶=＝\n|]{1,60}?)\s{0,3}(?:\*\*|__|\*)?\s{0,3}"
    r"(?:[:：︰﹕∶](?!//)|[=＝])\s{0,3}(?:\*\*|__|\*(?!\s))?\s{0,8}(?P<value>.*)"
)
_BOLD = re.compile(r"(?:\*\*|__)(?P<label>[^*_\n]{1,60})(?:\*\*|__)")
# Between a label and the same in another language.
_TONGUES = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?=[\u3400-\u9fff])")
_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】]{0,60}[)）\]】]")
_FENCE = re.compile(r"\s{0,3}(?:`{3,}\w{0,10}|~{3,}|[-=_*#—－＿]{3,})\s*")

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings)\b.{0,40}|"
    r"to whom it may concern.{0,5}|(?:尊敬的|亲爱的|親愛的|各位).{0,20}|大家(?:好|早上好|下午好)?|"
    r"[^\s，,。：:]{1,3}(?:工|总|總|经理|經理|主任|主管|部长|部長|处长|處長|科长|科長|老师|老師|哥|姐)(?:们|們)?好?|"
    r".{0,16}(?:您好|你好|早上好|上午好|下午好|晚上好).{0,6})[,，:：!！。.~、 ]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:非常|十分|万分|多)?(?:谢谢|謝謝|感谢|感謝|多谢|多謝|谢了|有劳|辛苦).{0,24}|"
    r"此致.{0,6}|敬礼.{0,3}|敬禮.{0,3}|祝好.{0,3}|顺颂.{0,6}|順頌.{0,6}|顺祝.{0,6}|祝.{0,12}|以上.{0,3}|"
    r"(?:many |best |kind |warm |with )?"
    r"(?:thanks|thank you|regards|wishes|cheers|sincerely|yours|best|br|thx)\b.{0,40}",
    re.IGNORECASE,
)
# What a label may have before or behind it that does not make it mean another thing: 希望完成时间, 背景说明.
_BEFORE = re.compile(
    r"(?:希望|期望|期待|预期|预计|预估|计划|拟|要求|最迟|最晚|建议|本次|此次|具体|详细|主要|简要|大致|初步|总体|整体|项目|客户)的?|"
    r"(?:the|our|my|your|expected|desired|requested|required|preferred|proposed|planned|estimated|target|main|"
    r"detailed|brief|project|overall|approximate|approx\.?)\s"
)
_BEHIND = re.compile(
    r"(?:的?(?:说明|描述|介绍|概述|详情|要求|金额|如下|是|为))$|\s(?:is|are|details?|description|statement|overview)$"
)
_FROM = frozenset(["发件人", "寄件者", "寄件人", "发信人", "from", "差出人"])
_HEADER_WORDS = (
    "to|cc|date|sent|subject|reply-to|message-id|received|return-path|收件人|收件者|抄送|副本|日期|时间|主题|标题|主旨|"
    "发送时间|发件时间|发送日期|寄件日期|传送时间"
)
_HEADERS = _FROM.union(_HEADER_WORDS.split("|"))
_HEADER_LINES = 12


@dataclass(frozen=True, slots=True)
class LabelLine:
    """`label: value` at the head of a line. `heading`: a label alone, marked as one (`##`, bold, 【】, a number)."""

    label: str
    value: str
    heading: bool = False


def without_mark(line: str) -> tuple[str, bool]:
    """The line behind its bullet or number, and whether it had one."""
    match = _MARK.match(line)
    if match is None:
        return line.strip(), False
    return line[match.end() :].strip(), match["mark"] is not None


def is_chapter(line: str) -> bool:
    """Whether the mark before a line is that of a chapter: `##`, `一、`, `【`."""
    return _CHAPTER.match(line) is not None


def is_fence(line: str) -> bool:
    """Whether a line only separates: three backquotes, a ruled line."""
    return _FENCE.fullmatch(line) is not None


def label_line(line: str) -> LabelLine | None:
    """What stands before and behind the first colon, equals sign or closing bracket of a line."""
    text, marked = without_mark(line)
    if match := _BRACKETED.fullmatch(text):
        value = match["value"].strip()
        return LabelLine(match["label"].strip(), value, not value)
    if match := _BOLD.fullmatch(text):
        return LabelLine(match["label"].strip(" :："), "", True)
    if match := _PLAIN.fullmatch(text):
        value, bold = match["value"].strip(), match["bold"]
        if bold and value.endswith(bold) and bold not in value[: -len(bold)]:
            value = value.removesuffix(bold)
        label = match["label"].strip(" *_`")
        return LabelLine(label, value) if _may_be_label(label) else None
    if marked and 0 < len(text) <= LONGEST_LABEL:
        return LabelLine(text.strip(" *_`#"), "", True)
    return None


def _may_be_label(label: str) -> bool:
    """Not the hour of 10:30, nor a drive's letter."""
    return (len(label) > 1 or is_han(label)) and not label.replace(" ", "").isdecimal()


def meaning_of(label: str, labels: Mapping[str, Meaning]) -> Meaning | None:
    """What a label means, whatever its case, width, script, notes in brackets (`（必填）`) or second language."""
    if not label or len(label) > LONGEST_LABEL:
        return None
    whole = labels.get(label_key(label))
    if whole is not None:
        return whole
    bare = _NOTE.sub("", label)
    pieces = (bare, *re.split(r"[/|]", bare), *_TONGUES.split(bare), *(note[1:-1] for note in _NOTE.findall(label)))
    words = (word for piece in pieces if piece.strip() for word in (piece, *_without_qualifiers(piece)))
    found = (labels.get(label_key(word)) for word in words)
    return next((meant for meant in found if meant is not None), None)


def _without_qualifiers(label: str) -> Iterator[str]:
    """The label without what only qualifies it, before it, behind it and on both sides."""
    whole = fold(label).strip(" :")
    ahead = _BEFORE.match(whole)
    rest = whole[ahead.end() :] if ahead else whole
    for each in (rest, _BEHIND.sub("", whole), _BEHIND.sub("", rest)):
        if each != whole and len(each) > 1:
            yield each


@lru_cache(maxsize=8192)
def label_key(label: str) -> str:
    return key(label).strip("*_`:.#-").replace("_", "")


def header_lines(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines of quoted mail headers: a From line, others just before it, all to the next blank."""
    found: set[int] = set()
    before: list[int] = []
    left = 0
    for number, line in enumerate(lines):
        labelled = label_line(line) if not left and line.strip() else None
        word = label_key(labelled.label) if labelled else ""
        left = max(left - 1, 0) if line.strip() else 0
        if word in _FROM:
            left = _HEADER_LINES
            found.update(before)
        before = [*before[-_HEADER_LINES:], number] if word in _HEADERS else []
        if left:
            found.add(number)
    return found


def unquoted(line: str) -> str:
    """A line without the marks of quotation before it."""
    return re.sub(r"^[ \t>＞|]{0,40}", "", line)


def is_closing(line: str) -> bool:
    return len(line) <= 60 and bool(_CLOSING.fullmatch(line.strip(" \t\u3000*_,，。.!！~")))


def is_greeting(line: str) -> bool:
    return len(line) <= 60 and bool(_GREETING.fullmatch(line.strip()))


def without_courtesies(lines: Iterable[str]) -> list[str]:
    """The lines between a greeting and a closing with its signature."""
    kept = _trimmed(list(lines))
    for _ in range(2):
        if kept and is_greeting(kept[0]):
            kept = _trimmed(kept[1:])
    for number in range(max(0, len(kept) - 8), len(kept)):
        if is_closing(kept[number]) and all(len(line) <= 60 for line in kept[number + 1 :]):
            return _trimmed(kept[:number])
    return kept


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def lines_of(table: Table) -> list[str] | None:
    """The lines of a table that is a text, its rows being of one cell; None for any other."""
    if max(map(len, table.rows), default=0) != 1:
        return None
    return ["".join(row) for row in table.rows]


def own_tables(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table.where != "quote")


def quoted_tables(tables: Iterable[Table]) -> tuple[Table, ...]:
    return tuple(table for table in tables if table.where == "quote")


def where_of(table: Table) -> str:
    """How a reading from a table says where it was found."""
    if table.where == "quote":
        return "form"
    return "table" if table.where in ("", "body", "own") else f"file {table.where}"


def row_of(line: str) -> tuple[str, ...]:
    """The cells of a line that shows the row of a table as text; () for other lines."""
    separator = "|" if "|" in line else "\t"
    if separator not in line:
        return ()
    cells = tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split(separator))
    return cells if len(cells) > 1 else ()


def rows_of(tables: Iterable[Table]) -> frozenset[tuple[str, ...]]:
    """All rows, as `row_of` gives them: what the text shows of a table is not to be read twice."""
    rows = [tuple(" ".join(cell.split()) for cell in row) for table in tables for row in table.rows]
    return frozenset(rows).union(row_of(" | ".join(row)) for row in rows if not all(row)) - {()}
