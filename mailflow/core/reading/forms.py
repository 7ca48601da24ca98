"""Forms as people draw them: labels beside their values or above them, in cells or set apart by spaces."""

import re
from collections.abc import Iterator, Mapping, Sequence

from mailflow.core.reading.lines import label_line, meaning_of, without_mark
from mailflow.core.reading.text import fold
from mailflow.core.workflow import Field, FieldType

Labels = Mapping[str, Field]
Row = Sequence[str]

BLANK = re.compile(r"[\s_＿.…。/—–-]*|[(（\[［<＜][^()（）\[\]［］<>＜＞]{0,60}[)）\]］>＞]")
"""What a form shows where nothing is filled in."""

MANY_LINES = frozenset([FieldType.TEXT, FieldType.PEOPLE, FieldType.DEPARTMENTS, FieldType.TASKS])

_APART = re.compile(r"[ \u3000]*\t\s*|[ \xa0]{2,}|[ \xa0]*\u3000[\s\u3000]*")
_WIDEST = 20
# Signs that people put between a label and its value where a colon would do.
_SIGN = re.compile(r"\s{0,3}(?:——?|—>|-{1,2}>|={1,2}>|→|⇒|>>|»)\s{0,3}|\s{1,3}[-–]{1,2}\s{1,3}")
# A column of a form that is to be filled in, beside others that say how.
_FILLED_IN = frozenset(
    ["内容", "填写", "填写内容", "填写处", "请填写", "值", "答复", "回答", "填报内容", "您的填写", "value", "answer",
     "content", "your answer", "your input", "response", "details", "please fill in"]
)  # fmt: skip


def form_values(rows: Sequence[Row], labels: Labels) -> Iterator[tuple[Field, str]]:
    """The values of a form: `label | value`, also several in a row, and labels above their values.

    A label over several rows has what stands beside it in all of them.
    """
    rows = _without_hints(list(_without_gaps(rows)), labels)
    heads = [[meaning_of(cell.strip(), labels) for cell in row] for row in rows]
    found: list[tuple[int, Field, str]] = []
    below = -1
    for number, row in enumerate(rows):
        if number == below:
            continue
        if _is_head(rows, heads, number):
            below = number + 1
            found += [(number, *each) for each in _below(heads[number], rows[below])]
            continue
        for field, text in _across(row, heads[number], labels):
            last = found[-1] if found else None
            if last and last[:2] == (number - 1, field) and field.type in MANY_LINES:
                text = last[2] if text == last[2] else f"{last[2]}\n{text}"
                found.pop()
            found.append((number, field, text))
    for _, field, text in found:
        yield field, text


def _without_gaps(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows without the columns that are empty wherever a row has two cells; a title goes over all of them."""
    told = [row[:100] for row in rows if sum(bool(cell.strip()) for cell in row[:100]) > 1]
    used = sorted({at for row in told for at, cell in enumerate(row) if cell.strip()})
    for row in rows:
        cells = [row[at] for at in used if at < len(row)]
        yield cells if any(cells) else row[:1]


def _without_hints(rows: list[Row], labels: Labels) -> list[Row]:
    """Each label and what stands in the column to be filled in, where a head names it and others lie between."""
    for number, row in enumerate(rows[:3]):
        filled = [at for at, cell in enumerate(row) if fold(cell) in _FILLED_IN]
        if len(row) > 2 and len(filled) == 1 and filled[0] > 1:
            return [*rows[:number], *(_beside(one, filled[0], labels) for one in rows[number + 1 :])]
    return rows


def _beside(row: Row, at: int, labels: Labels) -> Row:
    label = next((cell for cell in row[:at] if meaning_of(cell.strip(), labels)), "")
    return [label, *row[at : at + 1]] if label else row


def _is_head(rows: Sequence[Row], heads: Sequence[Sequence[Field | None]], number: int) -> bool:
    """Whether a row names what the one below it holds: labels over a row without any, which is no list's first.

    One label alone is one where the cell below it is the only one of its row.
    """
    named = [at for at, head in enumerate(heads[number]) if head is not None]
    if not named or number + 1 >= len(rows) or any(heads[number + 1]):
        return False
    filled, below = _filled(rows[number]), _filled(rows[number + 1])
    if len(filled) == 1:
        return below == filled
    pairs = named == filled[::2] and len(filled) == 2 * len(named)
    after = number + 2
    alone = after == len(rows) or any(heads[after]) or len(_filled(rows[after])) == 1
    return len(named) >= 2 and len(below) >= 2 and not pairs and alone


def _filled(row: Row) -> list[int]:
    return [at for at, cell in enumerate(row) if cell.strip()]


def _below(heads: Sequence[Field | None], row: Row) -> Iterator[tuple[Field, str]]:
    for head, cell in zip(heads, row, strict=False):
        if head is not None and not BLANK.fullmatch(cell.strip()):
            yield head, cell.strip()


def _across(row: Row, heads: Sequence[Field | None], labels: Labels) -> Iterator[tuple[Field, str]]:
    """`label | value`, several such pairs in a row, and `label: value` in one cell."""
    for number, cell in enumerate(row[:_WIDEST]):
        field = heads[number]
        value = row[number + 1].strip() if number + 1 < len(row) else ""
        if field and not BLANK.fullmatch(value) and heads[number + 1] is None:
            yield field, value
        elif field is None and (number == 0 or heads[number - 1] is None) and (labelled := label_line(cell)):
            named = meaning_of(labelled.label, labels)
            if named and not BLANK.fullmatch(labelled.value):
                yield named, labelled.value


def spaced(line: str, labels: Labels) -> tuple[Field, str] | None:
    """The field and value of `业务目标      缩短对账时间` or `业务目标 → 缩短对账时间`.

    None for a row of several words, as of a table's head.
    """
    signed = _SIGN.split(without_mark(line)[0], maxsplit=1)
    if len(signed) == 2 and signed[1] and (named := meaning_of(signed[0].strip(), labels)):
        return named, signed[1].strip()
    pieces = _APART.split(line.strip(), maxsplit=2)
    field = meaning_of(pieces[0].strip(), labels) if len(pieces) == 2 else None
    return (field, pieces[1].strip()) if field and meaning_of(pieces[1], labels) is None else None
