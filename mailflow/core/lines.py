"""The anatomy of lines that people write: bullets and numbers, `label: value`, headings, greetings, closings, quoted headers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mailflow.core.text import fold, key
from mailflow.mail.model import Mail, Table

Meaning = TypeVar("Meaning")

LONGEST_LABEL = 60

_MARK = re.compile(
    r"[ \t\u3000]{0,40}(?:(?P<head>#{1,6})\s{0,4}|[-*+](?=[ \t])\s{0,8}|[-•·●○▪■◆◇►▶➢※](?![-*])\s{0,8}|"
    r"(?P<number>[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:[)）、．]|\.(?!\d)))\s{0,8}|[①-⑳]\s{0,8})?"
)
_BRACKETED = re.compile(r"[【\[［〔](?P<label>[^】\]］〕\n]{1,60})[】\]］〕]\s{0,8}[:：]?\s{0,8}(?P<value>.*)")
_PLAIN = re.compile(
    r"(?P<bold>\*\*|__|\*)?\s{0,3}(?P<label>[^:：=＝\n|]{1,60}?)\s{0,3}(?:\*\*|__|\*)?\s{0,3}"
    r"[:：=＝]\s{0,3}(?:\*\*|__|\*(?!\s))?\s{0,8}(?P<value>.*)"
)
_BOLD = re.compile(r"(?:\*\*|__)(?P<label>[^*_\n]{1,60})(?:\*\*|__)")
_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】]{0,60}[)）\]】]")

_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings)\b.{0,40}|to whom it may concern.{0,5}|"
    r"(?:尊敬的|亲爱的|各位).{0,20}|大家(?:好|早上好|下午好)?|.{0,16}(?:您好|你好|早上好|上午好|下午好|晚上好).{0,6})[,，:：!！。.~、 ]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:非常|十分|万分|多)?(?:谢谢|感谢|多谢|谢了|有劳|辛苦).{0,24}|此致.{0,6}|敬礼.{0,3}|祝好.{0,3}|顺颂.{0,6}|顺祝.{0,6}|祝.{0,12}|以上.{0,3}|"
    r"(?:many |best |kind |warm |with )?(?:thanks|thank you|regards|wishes|cheers|sincerely|yours|best|br|thx)\b.{0,40}",
    re.IGNORECASE,
)
_FROM = frozenset(["发件人", "寄件者", "寄件人", "发信人", "from", "差出人"])


@dataclass(frozen=True, slots=True)
class LabelLine:
    """`label: value` at the head of a line. `heading` when nothing but the label stands there, marked as one."""

    label: str
    value: str
    heading: bool = False


def without_mark(line: str) -> tuple[str, bool]:
    """The line behind its bullet or number, and whether it had one."""
    match = _MARK.match(line)
    end = match.end() if match else 0
    return line[end:].strip(), bool(match and match[0].strip())


def label_line(line: str) -> LabelLine | None:
    """What stands before and behind the first colon, equals sign or closing bracket of a line."""
    text, marked = without_mark(line)
    if match := _BRACKETED.fullmatch(text):
        return LabelLine(match["label"].strip(), match["value"].strip(), not match["value"].strip())
    if match := _BOLD.fullmatch(text):
        return LabelLine(match["label"].strip(" :："), "", True)
    if match := _PLAIN.fullmatch(text):
        value = match["value"].strip()
        if match["bold"] and value.endswith(match["bold"]) and match["bold"] not in value[:-2]:
            value = value.removesuffix(match["bold"])
        return LabelLine(match["label"].strip(" *_`"), value)
    if marked and 0 < len(text) <= LONGEST_LABEL:
        return LabelLine(text.strip(" *_`"), "", True)
    return None


def meaning_of(label: str, labels: Mapping[str, Meaning]) -> Meaning | None:
    """What a label means, whatever its case, width, script, notes in brackets (`（必填）`) or second language."""
    if not label or len(label) > LONGEST_LABEL:
        return None
    whole = labels.get(label_key(label))
    if whole is not None:
        return whole
    notes = [note[1:-1] for note in _NOTE.findall(label)]
    bare = _NOTE.sub("", label)
    for piece in (bare, *re.split(r"[/|]", bare), *notes):
        meant = labels.get(label_key(piece)) if piece.strip() else None
        if meant is not None:
            return meant
    return None


def label_key(label: str) -> str:
    return key(label).strip("*_`:.#-")


def header_lines(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines of quoted mail headers: from a From line to the next blank one."""
    found: set[int] = set()
    inside = 0
    for number, line in enumerate(lines):
        labelled = label_line(line) if inside or ":" in line or "：" in line else None
        if labelled is not None and label_key(labelled.label) in _FROM:
            inside = 12
        inside = inside - 1 if line.strip() and inside else 0
        if inside:
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


def own_tables(mail: Mail) -> tuple[Table, ...]:
    """The tables of a message that its writer added: not those whose words stand in the quoted part alone."""
    if not mail.removed or not mail.tables:
        return tuple(table for table in mail.tables if table.where != "quote")
    words = frozenset(fold(mail.own).replace("|", " ").split())

    def own(table: Table) -> bool:
        return all(word in words for row in table.rows[:2] for word in fold(" ".join(row)).replace("|", " ").split())

    return tuple(table for table in mail.tables if table.where == "own" or (table.where != "quote" and own(table)))


def where_of(table: Table) -> str:
    """How a reading from a table says where it was found."""
    return "table" if table.where in ("", "body", "own", "quote") else f"file {table.where}"
