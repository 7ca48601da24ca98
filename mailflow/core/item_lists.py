"""The items of lists in minutes: which lines are items, by their bullets, their headings and what they carry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mailflow.core.item_text import Parts, Reader
from mailflow.core.item_words import PARTS, SECTIONS, Part, Section
from mailflow.core.lines import LabelLine, header_lines, is_closing, label_line, meaning_of, without_mark

MOST_LINES = 5_000
LONG_LINE = 60
"""Characters from which on a line may run on in the next without being indented."""


@dataclass(slots=True)
class _Block:
    """A line of a list with the lines that belong to it."""

    section: Section
    line: int
    marked: bool
    text: str
    labelled: list[tuple[Part, str]] = field(default_factory=list)


def list_parts(lines: Sequence[str], labels: frozenset[str], reader: Reader) -> Iterator[Parts]:
    """The items among the lines of a message. `labels` are the keys of field labels: a field is no item."""
    for block in _blocks(lines[:MOST_LINES], labels):
        parts = reader.parts_of(block.text)
        for part, value in block.labelled:
            parts = reader.with_labelled(parts, part, value)
        if _is_item(block, parts):
            yield replace(parts, where=f"line {block.line}")


def _is_item(block: _Block, parts: Parts) -> bool:
    """Under a heading of items each line of a list is one; elsewhere what carries an owner or a date."""
    if not parts.title or block.section is Section.OTHER:
        return False
    complete = bool(parts.owner and parts.due)
    match block.section:
        case Section.ITEMS:
            return block.marked or bool(parts.owner or parts.due)
        case Section.TALK:
            return block.marked and (complete or (parts.labelled and bool(parts.owner)))
        case _:
            return block.marked and bool(parts.owner or parts.due)


def _blocks(lines: Sequence[str], labels: frozenset[str]) -> Iterator[_Block]:
    section, block = Section.NONE, None
    skipped = header_lines(lines)
    for number, line in enumerate(lines):
        text, marked = without_mark(line)
        indented = line[:2].isspace() or line[:1] in "\t\u3000"
        if number in skipped or not text or text.startswith("|") or is_closing(text):
            if block and (is_closing(text) or number in skipped):
                yield block
                block = None
            continue
        labelled = label_line(line)
        part = meaning_of(labelled.label, PARTS) if labelled and labelled.value else None
        if block and labelled and part and part is not Part.TITLE and (indented or not _numbered(line)):
            block.labelled.append((part, labelled.value))
            continue
        heading = _heading(line, labelled, marked, section)
        if heading is None and block and not marked and (indented or len(lines[number - 1]) >= LONG_LINE):
            if lines[number - 1].strip():
                block.text = f"{block.text} {text}"[:4000]
                continue
        if block:
            yield block
            block = None
        if heading is not None:
            section = heading
            if section is Section.ITEMS and labelled and labelled.value:
                block = _Block(section, number + 1, True, without_mark(labelled.value)[0])
        elif not (labelled and labelled.value and _is_field(labelled, labels)):
            block = _Block(section, number + 1, marked, text)
    if block:
        yield block


def _heading(line: str, labelled: LabelLine | None, marked: bool, section: Section) -> Section | None:
    """The section that a line begins, None where it is no heading."""
    label = labelled.label if labelled else line.strip()
    named = meaning_of(label, SECTIONS)
    if labelled and labelled.value and marked and section is Section.ITEMS and not _chapter(line):
        return None
    if named is not None:
        return named
    if labelled and labelled.heading and _chapter(line):
        return Section.NONE
    return None


def _chapter(line: str) -> bool:
    """Whether the mark before a line is that of a chapter: `##`, `一、`, `【`."""
    return line.lstrip()[:1] in "#【一二三四五六七八九十"


def _numbered(line: str) -> bool:
    return line.lstrip()[:1].isdigit()


def _is_field(labelled: LabelLine, labels: frozenset[str]) -> bool:
    return meaning_of(labelled.label, dict.fromkeys(labels, True)) is not None
