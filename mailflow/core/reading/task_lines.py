"""What is said of a task's own fields: `2 60% 风险：接口延迟；已花费：3万`, in a report or an item of a list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from mailflow.core.reading.fields import labels_of
from mailflow.core.reading.lines import label_key, without_mark
from mailflow.core.reading.text import fold
from mailflow.core.reading.values.dates import spans_of
from mailflow.core.workflow import Field

_LONGEST_LABEL = 40
_COLON = re.compile(r"[:：]")
_EDGE = re.compile(r"[\s,，;；。、|(（\[【*]")
_ENDS = " \t\n,，;；。、|*"
_NOTHING = frozenset(["无", "没有", "暂无", "待定", "不适用", "none", "nothing", "n/a", "na", "tbd", "-", "—", "/"])


def labelled(text: str, fields: Sequence[Field]) -> tuple[str, dict[str, str]]:
    """A text without the labelled values in it, and what each field is said to be, as it was written.

    A value goes on to the next label; of several for one field the first counts.
    """
    labels = labels_of(fields)
    marks = list(_marks(text, labels)) if labels else []
    if not marks:
        return text, {}
    ends = [start for start, _, _ in marks[1:]] + [len(text)]
    found: dict[str, str] = {}
    for (_, begin, field), end in zip(marks, ends, strict=True):
        if value := text[begin:end].strip(_ENDS):
            found.setdefault(field.name, value)
    return text[: marks[0][0]].rstrip(_ENDS), found


def begins_field(line: str, fields: Sequence[Field]) -> bool:
    """Whether a line begins with the label of one of the fields."""
    text = without_mark(line)[0]
    return next((start == 0 for start, _, _ in _marks(text, labels_of(fields))), False)


def pieces_of(text: str, today: date) -> Iterator[str]:
    """The lines of a field whose lines are tasks: `设计完成：4月15日，开发完成：5月10日` are two."""
    for line in re.split(r"[\n；;]", text):
        line = without_mark(line)[0]
        parts = [part for part in re.split(r"[，、。]|,(?!\d)", line) if part.strip()]
        if len(parts) > 1 and all(spans_of(part, today)[1] for part in parts):
            yield from parts
        elif line and fold(line.strip(_ENDS)) not in _NOTHING:
            yield line


def _marks(text: str, labels: Mapping[str, Field]) -> Iterator[tuple[int, int, Field]]:
    """(where a label begins, where its value does, its field), from left to right."""
    after = 0
    for colon in _COLON.finditer(text):
        begin = max(after, colon.start() - _LONGEST_LABEL)
        starts = [begin] if begin == after else []
        starts += [edge.end() for edge in _EDGE.finditer(text, begin, colon.start())]
        for start in starts:
            field = labels.get(label_key(text[start : colon.start()]))
            if field is not None:
                yield start, colon.end(), field
                after = colon.end()
                break
