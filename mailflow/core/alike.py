"""What two records have to do with each other: a part of a field, a stretch of time, what they speak of. Pure."""

import re

from mailflow.core.model import Record
from mailflow.core.reading.words import tokens
from mailflow.core.rule import Others
from mailflow.core.span import read_stored

# What a word in common weighs, a pair of characters being worth less, and how much makes two records speak of the same.
_PAIR, _COMMON, _TELLING, _SAME = 0.5, 0.25, 1.0, 1.25
_GRAMMAR = frozenset(
    tokens(
        "the an is are was were be been to of in on at for and or not no it its this that with from by can cannot "
        "could will would has have had do does did we you my our your their there here since when after before all "
        "any some nobody everybody everyone please help"
    )
)

_PARTS = re.compile(r"[,，、;；/\n]|(?<!\s)\s+(?:and|和|与|及)\s+|[和与及](?=[A-Z])")


def related(condition: Others, record: Record, other: Record, common: frozenset[str]) -> bool:
    """Whether the two share, overlap and are alike as the condition wants it; `common` see `_like`."""
    return (
        (not condition.share or _shares(record, other, condition.share))
        and (not condition.overlap or _overlaps(record, other, condition.overlap))
        and (not condition.like or _like(record, other, condition.like, common))
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


def _like(record: Record, other: Record, field: str, common: frozenset[str]) -> bool:
    """Whether both speak of the same, by the words that a search would find them by.

    What every record of the kind may say (`common`) weighs little, and is never enough by itself.
    """
    shared = _words(record, field) & _words(other, field)
    telling = sum(_weight(each) for each in shared - common)
    return telling >= _TELLING and telling + _COMMON * len(shared & common) >= _SAME


def _weight(word: str) -> float:
    """A pair of characters may lie across two words, and says less than a word."""
    return 1 if word.isascii() else _PAIR


def _words(record: Record, field: str) -> frozenset[str]:
    """Words and pairs of characters; single characters, bare numbers and words of grammar say nothing."""
    found = tokens(f"{record.title}\n{record.fields.get(field, '')}")
    return frozenset(each for each in found if len(each) > 1 and not each.isdigit() and each not in _GRAMMAR)
