"""Words that differ from one another by a slip of the keyboard."""

from collections.abc import Sequence

from mailflow.core.reading.text import fold


def near(word: str, words: Sequence[str]) -> tuple[str, ...]:
    """Those of `words` that differ from a word by a slip of the keyboard."""
    wanted = fold(word)
    return tuple(each for each in words if len(fold(each)) >= 5 and _slip(wanted, fold(each)))


def _slip(a: str, b: str) -> bool:
    """Whether two words differ by one letter added, lost, changed or swapped."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]:
        return True
    return rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]
