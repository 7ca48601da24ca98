"""What two records have to do with each other: a part of a field, a stretch of time, what they speak of. Pure."""

import re

from mailflow.core.model import Record
from mailflow.core.reading.words import tokens
from mailflow.core.rule import Others
from mailflow.core.span import read_stored

# How much of the shorter text must stand in the other one, and how many words at least, for both to speak of the same.
_SAME, _WORDS = 0.3, 2

_PARTS = re.compile(r"[,，、;；/\n]|\s+(?:and|和|与|及)\s+|[和与及](?=[A-Z])")


def related(condition: Others, record: Record, other: Record) -> bool:
    """Whether the two share, overlap and are alike as the condition wants it."""
    return (
        (not condition.share or _shares(record, other, condition.share))
        and (not condition.overlap or _overlaps(record, other, condition.overlap))
        and (not condition.like or _like(record, other, condition.like))
    )


def _shares(record: Record, other: Record, field: str) -> bool:
    """Whether a part of the field is one of the other's: the same words, or all of the shorter's (ERP, ERP系统)."""
    ours, theirs = _parts(record, field), _parts(other, field)
    return any(one <= two or two <= one for one in ours for two in theirs)


def _parts(record: Record, field: str) -> tuple[frozenset[str], ...]:
    parts = (frozenset(tokens(part)) for part in _PARTS.split(record.fields.get(field, "")))
    return tuple(part for part in parts if part)


def _overlaps(record: Record, other: Record, field: str) -> bool:
    one, two = read_stored(record.fields.get(field, "")), read_stored(other.fields.get(field, ""))
    return one is not None and two is not None and one.overlaps(two)


def _like(record: Record, other: Record, field: str) -> bool:
    """Whether both speak of the same, by the words that a search would find them by."""
    one, two = _words(record, field), _words(other, field)
    common = len(one & two)
    return common >= _WORDS and common >= _SAME * min(len(one), len(two))


def _words(record: Record, field: str) -> frozenset[str]:
    """Words and pairs of characters; single characters and bare numbers say too little."""
    found = tokens(f"{record.title}\n{record.fields.get(field, '')}")
    return frozenset(each for each in found if len(each) > 1 and not each.isdigit())
