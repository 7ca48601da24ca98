"""How a value fits among the words of a template: the space between scripts, and where a long one may be broken.

Chinese writes a space between its characters and Latin letters or figures, and none between its own; a template
cannot know which of them a value begins or ends with. Invariant: a value itself is never changed.
"""

import re
from collections.abc import Callable
from html import escape

# CJK characters; the full-width punctuation beside them stands close to anything.
_LETTER = "\u3400-\u9fff\uf900-\ufaff"
_WIDE = f"{_LETTER}\u3000-\u303f\uff00-\uffef"
_ENDS_LETTER, _BEGINS_LETTER = re.compile(f"[{_LETTER}]$"), re.compile(f"[{_LETTER}]")
_ENDS_WIDE, _BEGINS_WIDE = re.compile(f"[{_WIDE}]$"), re.compile(f"[{_WIDE}]")
_MARKS = "\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
_BEGINS_SPACE_WIDE, _BEGINS_SPACE_MARK = re.compile(f" [{_WIDE}]"), re.compile(f" [{_MARKS}]")
_ENDS_LATIN, _BEGINS_LATIN = re.compile(r"[A-Za-z0-9%]$"), re.compile(r"[A-Za-z0-9]")

_NUMBER = re.compile(r"[A-Z]+-\d{4}-\d+")
# A word that is wider than a column on a telephone, and how much of it stands on a line there.
_LONG = re.compile("[!-\u024f]{20,}")
_PIECE = 10


def fill(text: str, slot: re.Pattern[str], value_of: Callable[[str], str], show: Callable[[str], str] = str) -> str:
    """A text with the values in its slots, spaced as their scripts want it.

    `slot` matches a slot, its first group is what `value_of` gets; `show` turns a value into what is written.
    """
    written: list[str] = []
    at, before = 0, ""
    for match in slot.finditer(text):
        words, value = text[at : match.start()], value_of(match[1])
        written += [_between(before, words, value), show(value)]
        at, before = match.end(), value
    if not written:
        return text
    return "".join((*written, _between(before, text[at:], "")))


def meets_wide(before: str, after: str) -> bool:
    """Whether a line ends and the next begins in a script that has no spaces."""
    return bool(_ENDS_WIDE.search(before) and _BEGINS_WIDE.match(after))


def is_number(value: str) -> bool:
    """Whether a value is the number of a record."""
    return _NUMBER.fullmatch(value) is not None


def html_of(value: str) -> str:
    """A value as HTML: the number of a record in one piece, a very long word with places to break it."""
    if is_number(value):
        return f'<span style="white-space:nowrap">{value}</span>'
    parts, at = [], 0
    for match in _LONG.finditer(value):
        word = match[0]
        pieces = [escape(word[start : start + _PIECE]) for start in range(0, len(word), _PIECE)]
        parts += [escape(value[at : match.start()]), "<wbr>".join(pieces)]
        at = match.end()
    return "".join((*parts, escape(value[at:]))).replace("\n", "<br>")


def _between(before: str, words: str, after: str) -> str:
    """The template's words between two values, with or without a space at either end."""
    if not words:
        return words
    if before and _ENDS_LATIN.search(before) and _BEGINS_LETTER.match(words):
        words = f" {words}"
    elif before and _ENDS_WIDE.search(before) and _is_loose(before, words):
        words = words[1:]
    if after and _BEGINS_LATIN.match(after) and _ENDS_LETTER.search(words):
        words = f"{words} "
    return words


def _is_loose(before: str, words: str) -> bool:
    """Whether the space behind a value was meant for a figure: a span of time, a date; or stands before a mark.

    Between two words of Chinese a space may be part of what somebody is told to write.
    """
    figure = _BEGINS_LATIN.match(before) and _BEGINS_SPACE_WIDE.match(words)
    return bool(figure or _BEGINS_SPACE_MARK.match(words))
