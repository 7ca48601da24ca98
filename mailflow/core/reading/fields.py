"""The fields of a kind, read from what its writer sent: `label: value` lines, tables, attached and quoted forms.

Only what stands at the head of a line or alone in a cell is a label; a word in a sentence never is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mailflow.core.policy import Policy
from mailflow.core.reading.canonical import canonical
from mailflow.core.reading.forms import BLANK, MANY_LINES, Labels, form_values, spaced
from mailflow.core.reading.lines import (
    header_lines,
    is_chapter,
    is_closing,
    is_fence,
    label_key,
    label_line,
    lines_of,
    meaning_of,
    own_tables,
    quoted_tables,
    row_of,
    rows_of,
    unquoted,
    where_of,
    without_courtesies,
    without_mark,
)
from mailflow.core.reading.text import fold, key
from mailflow.core.workflow import Field, FieldType
from mailflow.mail.model import Address, Mail, Table

LONGEST = 4_000
"""Characters of a value."""

MOST_LINES = 5_000
"""Lines of a text, and rows of a table, that are looked at."""

_QUOTED = re.compile(r"[ \t]{0,3}[>＞]")
_NEXT = re.compile(r"(\s{0,3}[；;，,。]\s{0,3}|\s{1,8})(?=[^；;，,。:：\s]{1,30}\s?[:：])")
_SHORT_LABEL = 12
# What ends a line of names that another goes on; and what shows that a line is a sentence and no more names.
_GOING_ON = ("、", ",", "，", ";", "；", "和", "及", "与", "&", "/")
_SENTENCE = re.compile(
    r"[。！？!?.]$|^(?:请|烦请|麻烦|附件|详见|见附|如有|如需|以上|谢谢|感谢|希望|另外|注意)|"
    r"^(?:please|thanks|thank you|see attached|see the|the|we|it|this|attached|as|for)(?![a-z])|"
    r"\s(?:is|are|will|please)\s",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"(?:(?:tel|phone|mobile|ext|电话|手机|分机)\s?[.:]?\s?)?\+?\d[\d ()-]{2,18}\d")
_NAMES = (FieldType.PEOPLE, FieldType.DEPARTMENTS)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a field was found to say.

    `value` is canonical: days, moments and spans ISO 8601, a choice's key, addresses and department ids joined
    by ", " (a name that nobody bears stays as it is), amounts as `Money` writes them, text trimmed. It is ""
    where `raw` was not understood; then `problem` says why: `vague date 尽快`, `unknown choice 特急: 高, 中, 低`.
    `where` is `line 3`, `table`, `file NAME`, `form` (filled in inside a quote: older than what the record may hold by
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


def read_fields(
    mail: Mail,
    fields: Sequence[Field],
    policy: Policy,
    today: date,
    tables: Sequence[Table] = (),
    told: Sequence[Mail] = (),
) -> tuple[Reading, ...]:
    """The fields that a message fills, in the order of `fields`; of several values the first found.

    Lines come before the tables of the mail, those before `tables` (of attached files), and what was filled in
    inside a quote comes last; what stands there as it does in `told`, the quotes of what is answered, is no answer.
    `today` is the site's; working days are counted by the site's calendar.
    """
    labels = labels_of(fields)
    writer = mail.sender.address if mail.sender else ""
    lines = mail.own.split("\n")[:MOST_LINES]
    shown = rows_of(own_tables(mail.tables))
    lines = ["" if shown and row_of(line) in shown else line for line in lines]  # which the table itself tells better
    lines = _closed_up(lines, labels)
    found, used = _from_lines(lines, labels)
    if not found:
        found, used = _from_lines(_with_colons(lines, labels), labels)
    found += [raw for table in own_tables((*mail.tables, *tables)) for raw in _from_table(table, labels)]
    readings: dict[str, Reading] = {}
    for raw in found:
        if raw.field.name not in readings:
            readings[raw.field.name] = _reading(raw, policy, today, writer)
    said = {(raw.field.name, key(raw.text)) for each in told for raw in _from_quote(each, labels)}
    filled = (raw for raw in _from_quote(mail, labels) if (raw.field.name, key(raw.text)) not in said)
    for raw in (*_from_between(mail, labels), *filled):
        if raw.field.name not in readings and (reading := _reading(raw, policy, today, writer)).value:
            readings[raw.field.name] = reading  # choices left as the form offers them are no answer
    for field in fields:
        if field.body and field.name not in readings and (text := _rest(mail, lines, used)):
            readings[field.name] = _reading(_Raw(field, text, "body"), policy, today, writer)
    return tuple(readings[field.name] for field in fields if field.name in readings)


def missing(record_fields: Mapping[str, str], fields: Sequence[Field]) -> tuple[Field, ...]:
    """The required fields that are not set."""
    return tuple(field for field in fields if field.required and not record_fields.get(field.name, "").strip())


def labels_of(fields: Sequence[Field]) -> dict[str, Field]:
    """Each label, alias and name, comparable, to its field; the first field that claims a word has it."""
    labels: dict[str, Field] = {}
    claims = (
        [(word, field) for field in fields for word in field.label.values()]
        + [(word, field) for field in fields for word in field.aliases]
        + [(field.name, field) for field in fields]
    )
    for word, field in claims:
        labels.setdefault(label_key(word), field)
    return labels


def _reading(raw: _Raw, policy: Policy, today: date, writer: str) -> Reading:
    value, problem = canonical(raw.field, raw.text, policy, today, writer)
    return Reading(raw.field.name, value, raw.text, raw.where, problem)


def _rest(mail: Mail, lines: Sequence[str], used: set[int]) -> str:
    """The writer's text without labelled lines, the rows of tables, greeting and closing."""
    rows = rows_of(mail.tables)
    kept = (line for number, line in enumerate(lines) if number not in used and row_of(line) not in rows)
    text = without_courtesies(kept)
    while text and mail.sender and (not text[-1].strip() or _signs(text[-1], mail.sender)):
        text.pop()
    return "\n".join(text)[:LONGEST].strip()


def _signs(line: str, sender: Address) -> bool:
    """Whether a last line is the writer's own name, or a part of it."""
    names = {*fold(sender.name).split(), *re.split(r"[._-]", sender.address.partition("@")[0]), key(sender.name)}
    words = _TELEPHONE.sub(" ", fold(line)).strip(" -—,.").split()
    return 0 < len(words) <= 4 and all(word in names for word in words)


# --- lines -----------------------------------------------------------------------------------------


def _from_lines(lines: Sequence[str], labels: Labels) -> tuple[list[_Raw], set[int]]:
    """The labelled values, and the numbers of the lines that they take."""
    used = header_lines(lines)
    found: list[_Raw] = []
    number = 0
    while number < len(lines):
        field, inline, heading = _labelled(lines, number, labels) if number not in used else (None, "", False)
        if field is None:
            number += 1
            continue
        inline, *others = _split(inline, labels)
        value, end = _value(lines, number, inline, heading, field, labels)
        used.update(range(number, end))
        if value:
            found.append(_Raw(field, value[:LONGEST], f"line {number + 1}"))
        for other in others:
            labelled = label_line(other)
            named = meaning_of(labelled.label, labels) if labelled else None
            if labelled and named and not BLANK.fullmatch(labelled.value):
                found.append(_Raw(named, labelled.value[:LONGEST], f"line {number + 1}"))
        number = end
    return found, used


def _labelled(lines: Sequence[str], number: int, labels: Labels) -> tuple[Field | None, str, bool]:
    """The field whose label a line begins with, what stands behind it, and whether it stands there as a heading."""
    labelled = label_line(lines[number])
    field = meaning_of(labelled.label, labels) if labelled else None
    if labelled is None or field is None:
        aligned = spaced(lines[number], labels)
        return (*aligned, False) if aligned else (None, "", False)
    if labelled.heading and not is_chapter(lines[number]) and "**" not in lines[number]:
        # `2. 范围` may be one of a list: a heading has text of its own under it
        following = next(iter(lines[number + 1 : number + 2]), "")
        if not following.strip() or without_mark(following)[1]:
            return None, "", False
    return field, labelled.value, labelled.heading


def _split(inline: str, labels: Labels) -> list[str]:
    """A value, and the other labels with theirs that stand behind it on its line: `高；预算：10万`."""
    parts = _NEXT.split(inline[:LONGEST])  # piece, what stands between, piece, …
    pieces = parts[:1]
    for between, piece in zip(parts[1::2], parts[2::2], strict=True):
        labelled = label_line(piece)
        if labelled and meaning_of(labelled.label, labels):
            pieces.append(piece)
        else:
            pieces[-1] += between + piece
    return pieces if len(pieces) > 1 else [inline]


def _value(
    lines: Sequence[str], start: int, inline: str, heading: bool, field: Field, labels: Labels
) -> tuple[str, int]:
    """The value of the label at `start`, and the number of the line behind it."""
    empty = bool(BLANK.fullmatch(inline))
    kept = [] if empty else [inline]
    number = start + 1
    if heading and number < len(lines) and not lines[number].strip():
        number += 1
    while number < len(lines) and _goes_on(lines[number]) and not _labelled(lines, number, labels)[0]:
        if kept and (field.type not in MANY_LINES or (not empty and _ends(lines, number, field))):
            break
        kept.append(without_mark(lines[number])[0] if field.type in _NAMES else lines[number].strip())
        number += 1
    value = "\n".join(kept).strip()
    return (value, number) if value and not BLANK.fullmatch(value) else ("", start + 1)


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and not is_closing(line) and not is_fence(line) and not line.startswith("#")


def _ends(lines: Sequence[str], number: int, field: Field) -> bool:
    """Whether a line is no more of a value that stands behind its label: another label; below names, a list or a
    sentence."""
    line, before = lines[number].strip(), lines[number - 1].rstrip()
    if field.type not in _NAMES or before.endswith(_GOING_ON):
        return _looks_labelled(lines[number])
    return _looks_labelled(lines[number]) or without_mark(line)[1] or _SENTENCE.search(line) is not None


def _looks_labelled(line: str) -> bool:
    """Whether a line begins like one of a form, though with a label that is no field of ours."""
    labelled = label_line(line)
    if labelled is None or labelled.heading or len(labelled.label) > _SHORT_LABEL:
        return False
    return not line[:1].isspace() and not without_mark(line)[1]


def _with_colons(lines: Sequence[str], labels: Labels) -> list[str]:
    """The lines with a colon behind each label that stands alone on its own, over the line with its value."""
    found = (None if label_line(line) else meaning_of(line.strip(), labels) for line in lines)
    return [f"{line}：" if field is not None else line for line, field in zip(lines, found, strict=True)]


def _closed_up(lines: list[str], labels: Labels) -> list[str]:
    """The lines with each value right below its label, where pages put an empty line between.

    What stands between two labels belongs to the first; below the last one, only where another has its value so.
    """
    heads = [number for number, line in enumerate(lines) if line.strip() and _names(line, labels)]
    out, closed = list(lines), False
    for number, after in zip(heads, [*heads[1:], len(lines)], strict=False):
        between = lines[number + 1 : after]
        if not _stands_alone(lines[number], labels) or not any(map(str.strip, between)) or between[0].strip():
            continue
        first = next(at for at, line in enumerate(between) if line.strip())
        last, end = after == len(lines), len(between)
        if not _goes_on(between[first]) or (last and (not closed or between[first].rstrip()[-1] in "?？")):
            continue
        if last:
            end = next((at for at in range(first, end) if not between[at].strip()), end)
        told = [line for line in between[:end] if line.strip()]
        out[number + 1 : number + 1 + end] = told + [""] * (end - len(told))
        closed = True
    return out


def _names(line: str, labels: Labels) -> Field | None:
    labelled = label_line(line)
    return meaning_of(labelled.label if labelled else line.strip(), labels)


def _stands_alone(line: str, labels: Labels) -> bool:
    """Whether a line is a label and nothing else, with a colon or without."""
    labelled = label_line(line)
    return BLANK.fullmatch(labelled.value) is not None if labelled else meaning_of(line.strip(), labels) is not None


def _from_quote(mail: Mail, labels: Labels) -> Iterator[_Raw]:
    """What was filled in inside the quote of a form that we sent."""
    lines = [unquoted(line) for line in mail.removed.split("\n")[:MOST_LINES]]
    skipped = header_lines(lines)
    for number in range(len(lines)):
        labelled = label_line(lines[number]) if number not in skipped else None
        field = meaning_of(labelled.label, labels) if labelled else None
        if labelled and field and not BLANK.fullmatch(labelled.value):
            yield _Raw(field, labelled.value[:LONGEST], "form")
    for table in quoted_tables(mail.tables):
        yield from _from_table(table, labels)


def _from_between(mail: Mail, labels: Labels) -> Iterator[_Raw]:
    """What was written right below a quoted label that the form left empty."""
    if not mail.removed:
        return
    lines = mail.text.split("\n")[:MOST_LINES]
    for number, line in enumerate(lines[:-1]):
        labelled = label_line(unquoted(line)) if _QUOTED.match(line) else None
        field = meaning_of(labelled.label, labels) if labelled else None
        answer = lines[number + 1].strip()
        if labelled and field and BLANK.fullmatch(labelled.value) and answer and not _QUOTED.match(answer):
            yield _Raw(field, answer[:LONGEST], "form")


# --- tables ----------------------------------------------------------------------------------------


def _from_table(table: Table, labels: Labels) -> Iterator[_Raw]:
    """The values of a form; where its rows are of one cell, it is a text."""
    where = where_of(table)
    lines = lines_of(table)
    if lines is not None:
        for raw in _from_lines(_with_colons(lines[:MOST_LINES], labels), labels)[0]:
            yield _Raw(raw.field, raw.text, where)
        return
    for field, text in form_values(table.rows[:MOST_LINES], labels):
        yield _Raw(field, text[:LONGEST], where)
