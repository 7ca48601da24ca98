"""What can be searched for in a text, and what a person searches for: tokens of ours. Pure.

Chinese, Japanese and Korean are written without spaces, so a run of their characters is cut into overlapping
pairs, and a word of two characters is found: 月度报表 gives 月度, 度报, 报表 and its last character. Other words,
numbers and ids stay whole; the parts of a compound (a file's name, an address) are found too.

Invariant: `tokens` and `terms` fold alike (width, case, script), so what is written is found as it is written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailflow.core.reading.text import fold

_DENSE = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_LETTER = f"(?:(?![{_DENSE}])[^\\W_])"
_PART = re.compile(f"[{_DENSE}]+|{_LETTER}+(?:[-_.@+]{_LETTER}+)*")
_JOINT = re.compile(r"[-_.@+]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_FIRST_DENSE = "\u3005"
# No word is longer: what is, is a key or an encoding, and found by its beginning.
LONGEST = 64
# A word of so many letters is also found as the beginning of a longer one: invoice, invoices.
_STEM = 3
# So many words of a query count.
MOST_TERMS = 20
_BEFORE, _AROUND = 20, 100


@dataclass(frozen=True, slots=True)
class Term:
    """One word that is searched for, folded. Its tokens follow one another in a text that has it; with `prefix`
    the (only) token is the beginning of one."""

    text: str
    tokens: tuple[str, ...]
    prefix: bool = False


def tokens(text: str) -> list[str]:
    """What a text is found by, in its order."""
    found: list[str] = []
    for part in _parts(text):
        if _is_dense(part):
            found += _pairs(part)
            # Every character begins a token, so that one alone is found as the beginning of a pair.
            if len(part) > 1:
                found.append(part[-1])
            continue
        found.append(part[:LONGEST])
        pieces = _JOINT.split(part)
        if len(pieces) > 1:
            found += [piece[:LONGEST] for piece in pieces if not piece.isdigit()]
    return found


def terms(query: str) -> tuple[Term, ...]:
    """The words of a query, each once; a text must have all of them."""
    found = {part: _term(part) for part in _parts(query)}
    return tuple(found.values())[:MOST_TERMS]


def hits(wanted: Sequence[Term], text: str) -> bool:
    """Whether a text has all the words."""
    there = tokens(text)
    return all(any(True for _ in places(term, there)) for term in wanted)


def places(term: Term, there: Sequence[str]) -> Iterator[int]:
    """Where a term begins in a text's tokens."""
    first, length = term.tokens[0], len(term.tokens)
    for place, token in enumerate(there):
        begins = token == first or (term.prefix and token.startswith(first))
        if begins and (length == 1 or tuple(there[place : place + length]) == term.tokens):
            yield place


def excerpt(text: str, wanted: Sequence[Term]) -> str:
    """The line of a text that has most of the words, cut to what stands round the first; "" where none has any."""
    best, most = "", 0
    for line in text.splitlines():
        folded = fold(line)
        count = sum(term.text in folded for term in wanted)
        if count > most:
            best, most = " ".join(line.split()), count
    if len(best) <= _AROUND:
        return best
    folded = fold(best)
    at = min(place for place in (folded.find(term.text) for term in wanted) if place >= 0)
    start = 0 if at + _BEFORE < _AROUND else at - _BEFORE
    cut = best[start : start + _AROUND]
    return ("…" if start else "") + cut + ("…" if start + _AROUND < len(best) else "")


def _term(part: str) -> Term:
    if _is_dense(part):
        return Term(part, tuple(_pairs(part)), prefix=len(part) == 1)
    whole = part[:LONGEST]
    return Term(part, (whole,), prefix=len(part) > LONGEST or (len(whole) >= _STEM and whole.isalpha()))


def _parts(text: str) -> Iterator[str]:
    for found in _PART.finditer(_THOUSANDS.sub("", fold(text))):
        yield found.group()


def _is_dense(part: str) -> bool:
    return part[0] >= _FIRST_DENSE and re.match(f"[{_DENSE}]", part) is not None


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]
