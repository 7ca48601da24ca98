"""A mistake in a home's files, with its place and what to write instead; collected, never raised."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

# So many alternatives are worth reading; a longer list is no help.
_LISTED = 8


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`source` is relative to the home; lines and columns count from 1. Only errors keep a policy out."""

    source: str
    line: int
    column: int
    message: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        warning = "warning: " if self.severity == "warning" else ""
        return f"{self.source}:{self.line}:{self.column}: {warning}{self.message}" + (
            f", {self.hint}" if self.hint else ""
        )


def suggestion(word: str, known: Iterable[str]) -> str:
    """What the writer may have meant: the nearest of `known`, or all of them where they are few."""
    names = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{names[near[0]]}'?"
    if 0 < len(names) <= _LISTED:
        return f"write {one_of(sorted(names.values()))}"
    return ""


def one_of(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *rest, last = words
    return f"{', '.join(rest)} or {last}" if rest else last
