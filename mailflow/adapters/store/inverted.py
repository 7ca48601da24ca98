"""An index of words in memory, which ranks as FTS5 does."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import log

from mailflow.core.reading.words import Term, places

# BM25 as FTS5 computes it: https://www.sqlite.org/fts5.html#the_bm25_function
_K1, _B = 1.2, 0.75
_LEAST = 1e-6


class Inverted:
    """Which texts have which token."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[str, ...]] = {}
        self._numbers: dict[str, set[int]] = {}
        self._sorted: list[str] | None = None
        self._length = 0

    def add(self, number: int, tokens: Sequence[str]) -> None:
        self._texts[number] = tuple(tokens)
        self._length += len(tokens)
        for token in tokens:
            if token not in self._numbers:
                self._numbers[token] = set()
                self._sorted = None
            self._numbers[token].add(number)

    def remove(self, number: int) -> None:
        tokens = self._texts.pop(number)
        self._length -= len(tokens)
        for token in set(tokens):
            self._numbers[token].discard(number)

    def matching(self, terms: Sequence[Term]) -> list[tuple[int, float]]:
        """The texts that have all the terms, the best first, then the newest."""
        counts = [self._counts(term) for term in terms]
        common = set.intersection(*(set(each) for each in counts)) if counts else set()
        average = self._length / len(self._texts) if self._texts else 1
        scored = [(number, self._score(number, counts, average)) for number in common]
        return sorted(scored, key=lambda each: (-each[1], -each[0]))

    def _score(self, number: int, counts: Sequence[dict[int, int]], average: float) -> float:
        length = _K1 * (1 - _B + _B * len(self._texts[number]) / average)
        score = 0.0
        for each in counts:
            rare = log((len(self._texts) - len(each) + 0.5) / (len(each) + 0.5))
            score += max(rare, _LEAST) * each[number] * (_K1 + 1) / (each[number] + length)
        return score

    def _counts(self, term: Term) -> dict[int, int]:
        """How often each text has a term."""
        numbers = set.intersection(*(self._having(token, term.prefix) for token in set(term.tokens)))
        found = {number: sum(1 for _ in places(term, self._texts[number])) for number in numbers}
        return {number: count for number, count in found.items() if count}

    def _having(self, token: str, prefix: bool) -> set[int]:
        if not prefix:
            return self._numbers.get(token, set())
        return {number for each in self._beginning(token) for number in self._numbers[each]}

    def _beginning(self, prefix: str) -> Iterator[str]:
        if self._sorted is None:
            self._sorted = sorted(self._numbers)
        for place in range(bisect_left(self._sorted, prefix), len(self._sorted)):
            if not self._sorted[place].startswith(prefix):
                return
            yield self._sorted[place]
