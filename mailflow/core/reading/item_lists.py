"""The items of lists in minutes: which lines are items, by their bullets, their headings and what they carry."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mailflow.core.reading.item_text import Parts, Reader
from mailflow.core.reading.item_words import PARTS, SECTIONS, Part, Section, section_of
from mailflow.core.reading.lines import (
    LabelLine,
    header_lines,
    is_chapter,
    is_closing,
    is_fence,
    label_line,
    meaning_of,
    row_of,
    without_mark,
)

MOST_LINES, _MOST_ITEMS = 5_000, 1_500
_CLAUSES = re.compile("[，,；;]")

LONG_LINE = 60
"""Characters from which on a line may run on in the next without being indented."""


@dataclass(slots=True)
class _Block:
    """A line of a list with the lines that belong to it.

    `named`: it begins with the label of a field. `apart`: a blank line stands between it and those before.
    `owner` is the name that it stands under.
    `bare` is the text without the notes below it, such as `说明：含回归`.
    """

    section: Section
    line: int
    marked: bool
    indent: int
    text: str
    bare: str
    named: bool = False
    apart: bool = False
    owner: str = ""
    labelled: list[tuple[Part, str]] = field(default_factory=list)


def list_parts(
    lines: Sequence[str], labels: frozenset[str], rows: frozenset[tuple[str, ...]], reader: Reader
) -> Iterator[Parts]:
    """The items among the lines of a message.

    `labels` are the keys of field labels, as `目标：` begins a field and no item; `rows` are those of the tables
    that the lines show as text.
    """
    blocks = list(_Blocks(labels, rows, reader.names_people).of(lines[:MOST_LINES]))
    may_be = [number for number, block in enumerate(blocks) if _may_be_item(block)][:_MOST_ITEMS]
    filled = {number: _filled(blocks[number], reader) for number in may_be}
    parts = [filled.get(number, Parts()) for number in range(len(blocks))]
    details = _details(blocks)
    for number, (block, each) in enumerate(zip(blocks, parts, strict=True)):
        bearing = bool(each.owner or each.due)
        if number in details and not bearing:
            continue
        group = number + 1 in details and not bearing
        if group and any(parts[at].owner or parts[at].due for at in _children(number, details)):
            continue
        if _is_item(block, each, reader) and not reader.names_people(each.title):
            yield replace(each, where=f"line {block.line}")


def _filled(block: _Block, reader: Reader) -> Parts:
    parts = reader.parts_of(block.text)
    if block.bare != block.text and not (parts.owner and parts.due):
        bare = reader.parts_of(block.bare)
        if bare.owner and bare.due:
            parts = replace(bare, own=parts.own)
    for part, value in block.labelled:
        parts = reader.with_labelled(parts, part, value)
    under = block.owner and (block.section is Section.ITEMS or reader.dates(parts.due))
    return replace(parts, owner=parts.owner or block.owner) if under else parts


def _details(blocks: Sequence[_Block]) -> frozenset[int]:
    """The numbers of the lines that are indented under another of the same list."""
    found: set[int] = set()
    above: _Block | None = None
    for number, block in enumerate(blocks):
        if above and block.marked and block.section is above.section and block.indent > above.indent + 1:
            found.add(number)
        else:
            above = block
    return frozenset(found)


def _children(number: int, details: frozenset[int]) -> Iterator[int]:
    number += 1
    while number in details:
        yield number
        number += 1


def _may_be_item(block: _Block) -> bool:
    return block.marked if block.section is not Section.ITEMS else True


def _is_item(block: _Block, parts: Parts, reader: Reader) -> bool:
    """Under a heading of items each line of a list is one; elsewhere what carries an owner or a date."""
    complete = bool(parts.owner) and reader.dates(parts.due)
    if not parts.title or (block.named and not complete):
        return False
    match block.section:
        case Section.ITEMS:
            return block.marked or bool(parts.owner or (parts.due and not block.apart))
        case Section.NONE:
            return block.marked and (reader.dates(parts.due) or reader.lists(parts.owner))
        case Section.TALK:
            return block.marked and (complete or (parts.labelled and bool(parts.owner)))
        case Section.OTHER:
            return False


@dataclass(slots=True)
class _Blocks:
    """Gathers lines into blocks, under the headings that they stand under."""

    labels: frozenset[str]
    rows: frozenset[tuple[str, ...]]
    is_person: Callable[[str], bool]
    owner: str = ""
    section: Section = Section.NONE
    block: _Block | None = None
    long: bool = False
    apart: bool = False

    def of(self, lines: Sequence[str]) -> Iterator[_Block]:
        skipped = header_lines(lines)
        for number, line in enumerate(lines):
            finished = self.block
            if number in skipped or self._ends(line):
                self.block = None
            elif line.strip() and row_of(line) not in self.rows:
                self._take(line, number + 1)
            self.long, self.apart = len(line) >= LONG_LINE, not line.strip()
            if finished and finished is not self.block:
                yield finished
        if self.block:
            yield self.block

    def _ends(self, line: str) -> bool:
        """A closing ends a list; so does a blank line that of the people who were there."""
        if not line.strip() and self.section is Section.OTHER and self.block:
            self.section = Section.NONE
            return True
        return is_closing(line) or is_fence(line)

    def _take(self, line: str, number: int) -> None:
        text, marked = without_mark(line)
        indent = len(line) - len(line.lstrip())
        labelled = label_line(line)
        if self.block and labelled and labelled.value and (indent or not line.lstrip()[:1].isdigit()):
            part = meaning_of(labelled.label, PARTS)
            if part is not None and part is not Part.TITLE:
                self.block.labelled.append((part, labelled.value))
                return
        heading = self._heading(line, labelled, marked)
        if labelled and not labelled.value and self.is_person(labelled.label):
            self.owner, self.block = labelled.label, None  # whose items follow
        elif heading is not None:
            self.owner = ""
            self._begin(heading, labelled, number, indent)
        elif self.block and not marked and (indent or self.long):
            noted = self.block.bare != self.block.text or bool(indent and labelled and labelled.value)
            self.block.text = f"{self.block.text} {text}"[:4000]
            self.block.bare = self.block.bare if noted else self.block.text
        elif text:
            named = bool(labelled and labelled.value and self._is_field(labelled))
            owner = self.owner if marked else ""
            self.block = _Block(self.section, number, marked, indent, text, text, named, self.apart, owner)

    def _heading(self, line: str, labelled: LabelLine | None, marked: bool) -> Section | None:
        """The section that a line begins, None where it is no heading."""
        if labelled and labelled.value and marked and self.section is Section.ITEMS and not is_chapter(line):
            return None
        named = meaning_of(labelled.label if labelled else line.strip(" :："), SECTIONS)
        if labelled and marked and self.section is Section.ITEMS and _CLAUSES.search(labelled.label):
            return named  # `一、测试计划，责任人张伟` under a heading without a number
        if named is None and labelled and not labelled.value and (is_chapter(line) or not labelled.heading):
            return section_of(labelled.label) or (Section.NONE if labelled.heading else None)
        return named

    def _begin(self, section: Section, labelled: LabelLine | None, number: int, indent: int) -> None:
        """What stands behind a heading on its line is its first item, or all there is of it."""
        value = labelled.value if labelled else ""
        self.section, self.block = section, None
        if value and section is Section.OTHER:
            self.section = Section.NONE
        elif value and section is Section.ITEMS:
            first = without_mark(value)[0]
            self.block = _Block(section, number, True, indent, first, first)

    def _is_field(self, labelled: LabelLine) -> bool:
        return meaning_of(labelled.label, dict.fromkeys(self.labels, True)) is not None
