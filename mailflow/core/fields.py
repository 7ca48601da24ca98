"""The fields of a kind, read from what its writer sent: `label: value` lines, tables, attached forms, our own form.

Only what stands at the head of a line or alone in a cell is a label; a word in a sentence never is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailflow.core.canonical import canonical
from mailflow.core.lines import (
    header_lines,
    is_closing,
    label_key,
    label_line,
    meaning_of,
    own_tables,
    unquoted,
    where_of,
    without_courtesies,
)
from mailflow.core.policy import Policy
from mailflow.core.workflow import Field, FieldType
from mailflow.mail.model import Mail, Table

LONGEST = 4_000
"""Characters of a value."""

MOST_LINES = 5_000
"""Lines of a text that are looked at."""

_BLANK = re.compile(r"[\s_＿.…。/—–-]*|[(（\[［<＜][^()（）\[\]［］<>＜＞]{0,60}[)）\]］>＞]")
_MANY_LINES = frozenset([FieldType.TEXT, FieldType.PEOPLE, FieldType.DEPARTMENTS])
_SHORT_LABEL = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What a field was found to say.

    `value` is canonical: days ISO 8601, a choice's key, addresses and department ids joined by ", " (a name that
    nobody bears stays as it is), amounts as `Money` writes them, text trimmed. It is "" where `raw` was not
    understood; then `problem` says why: `vague date 尽快`, `unknown choice 特急: 高, 中, 低`. `where` is
    `line 3`, `table`, `file NAME`, `form` (filled in inside a quote: older than what the record may hold by
    now) or `body` (the text itself, for a field that has no line of its own).
    """

    name: str
    value: str
    raw: str = ""
    where: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Raw:
    field: Field
    text: str
    where: str


Labels = Mapping[str, Field]


def read_fields(
    mail: Mail, fields: Sequence[Field], policy: Policy, today: date, tables: Sequence[Table] = ()
) -> tuple[Reading, ...]:
    """The fields that a message fills, in the order of `fields`; of several values the first found.

    Lines come before the tables of the mail, those before `tables` (of attached files), and what was filled in
    inside a quote comes last. `today` is the site's; working days are counted by the site's calendar.
    """
    labels = labels_of(fields)
    lines = mail.own.split("\n")[:MOST_LINES]
    found, used = _from_lines(lines, labels)
    found += [raw for table in (*own_tables(mail), *tables) for raw in _from_table(table, labels)]
    first: dict[str, _Raw] = {}
    for raw in found:
        first.setdefault(raw.field.name, raw)
    readings = {name: _reading(raw, policy, today) for name, raw in first.items()}
    for raw in _from_form(mail.removed.split("\n")[:MOST_LINES], labels):
        if raw.field.name not in readings:
            reading = _reading(raw, policy, today)
            if reading.value:  # choices left as the form offers them are no answer
                readings[raw.field.name] = reading
    body = [field for field in fields if field.body and field.name not in readings]
    text = "\n".join(without_courtesies(line for number, line in enumerate(lines) if number not in used))
    for field in body if text else ():
        readings[field.name] = _reading(_Raw(field, text[:LONGEST], "body"), policy, today)
    return tuple(readings[field.name] for field in fields if field.name in readings)


def missing(record_fields: Mapping[str, str], fields: Sequence[Field]) -> tuple[Field, ...]:
    """The required fields that are not set."""
    return tuple(field for field in fields if field.required and not record_fields.get(field.name, "").strip())


def labels_of(fields: Sequence[Field]) -> dict[str, Field]:
    """Each label, alias and name, comparable, to its field; the first field that claims a word has it."""
    labels: dict[str, Field] = {}
    for words in (
        lambda field: field.label.values(),
        lambda field: field.aliases,
        lambda field: (field.name,),
    ):
        for field in fields:
            for word in words(field):
                labels.setdefault(label_key(word), field)
    return labels


def _reading(raw: _Raw, policy: Policy, today: date) -> Reading:
    value, problem = canonical(raw.field, raw.text, policy, today)
    return Reading(raw.field.name, value, raw.text, raw.where, problem)


def _from_lines(lines: Sequence[str], labels: Labels) -> tuple[list[_Raw], set[int]]:
    """The labelled values, and the numbers of the lines that they take."""
    used = header_lines(lines)
    found: list[_Raw] = []
    number = 0
    while number < len(lines):
        labelled = label_line(lines[number]) if number not in used else None
        field = meaning_of(labelled.label, labels) if labelled else None
        if labelled is None or field is None:
            number += 1
            continue
        value, end = _value(lines, number, labelled.value, labelled.heading, field, labels)
        used.update(range(number, end))
        if value:
            found.append(_Raw(field, value[:LONGEST], f"line {number + 1}"))
        number = end
    return found, used


def _value(
    lines: Sequence[str], start: int, inline: str, heading: bool, field: Field, labels: Labels
) -> tuple[str, int]:
    """The value of the label at `start`, and the number of the line behind it."""
    empty = bool(_BLANK.fullmatch(inline))
    kept = [] if empty else [inline]
    number = start + 1
    if heading and number < len(lines) and not lines[number].strip():
        number += 1
    while number < len(lines) and lines[number].strip() and not is_closing(lines[number]):
        labelled = label_line(lines[number])
        if labelled and meaning_of(labelled.label, labels):
            break
        if kept and (field.type not in _MANY_LINES or (not empty and _looks_labelled(lines[number]))):
            break
        kept.append(lines[number].strip())
        number += 1
    if not kept:
        return "", start + 1
    return "\n".join(kept).strip(), number


def _looks_labelled(line: str) -> bool:
    """Whether a line begins like one of a form, though with a label that is no field of ours."""
    labelled = label_line(line)
    plain = line[:1].strip() and not _begins_with_mark(line)
    return bool(labelled and plain and not labelled.heading and len(labelled.label) <= _SHORT_LABEL)


def _begins_with_mark(line: str) -> bool:
    return line[:1] in "-*+•·●○▪■◆◇►▶➢※(（" or line[:1].isdigit()


def _from_table(table: Table, labels: Labels) -> Iterator[_Raw]:
    rows = table.rows[:MOST_LINES]
    heads = [meaning_of(cell, labels) for cell in rows[0][:100]] if rows else []
    if sum(head is not None for head in heads) >= 2:
        if len(rows) == 2:
            for head, cell in zip(heads, rows[1], strict=False):
                if head is not None and not _BLANK.fullmatch(cell.strip()):
                    yield _Raw(head, cell.strip()[:LONGEST], where_of(table))
            return
        if all(head is not None for head in heads):
            return
    for row in rows:
        yield from _from_row(row[:20], labels, where_of(table))


def _from_row(row: Sequence[str], labels: Labels, where: str) -> Iterator[_Raw]:
    """`label | value`, and forms with several such pairs in a row."""
    for number in range(0, len(row) - 1, 1 if len(row) > 2 else 2):
        field = meaning_of(row[number].strip(), labels)
        value = row[number + 1].strip()
        if field and not _BLANK.fullmatch(value) and meaning_of(value, labels) is None:
            yield _Raw(field, value[:LONGEST], where)


def _from_form(removed: Sequence[str], labels: Labels) -> Iterator[_Raw]:
    """What was filled in inside the quote of a form that we sent."""
    lines = [unquoted(line) for line in removed]
    skipped = header_lines(lines)
    for number, line in enumerate(lines):
        labelled = label_line(line) if number not in skipped else None
        field = meaning_of(labelled.label, labels) if labelled else None
        if labelled and field and not _BLANK.fullmatch(labelled.value):
            yield _Raw(field, labelled.value[:LONGEST], "form")
