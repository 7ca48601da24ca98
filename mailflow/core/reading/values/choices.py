"""A choice among a field's words: the word, with what people put around it."""

import re
from collections.abc import Mapping

from mailflow.core.reading.text import fold, key

_BRACKETED = re.compile(r"[(\[【「『<《{]([^()\[\]【】「」『』<>《》{}]{0,80})[)\]】」』>》}]")
_BREAKS = re.compile(r"[:,;/|、。!\-–—\s]+")
_TAIL = re.compile(r"(?:优先级|优先|紧急程度|级别|级|度| ?priority| ?level| ?urgency| ?impact)$")
# Boxes of a form: `□高 ☑中 □低`, `[ ] High [x] Medium`, `(√)中`; only what is ticked is chosen.
_BOX = re.compile(
    r"(?P<open>[□☐◻○〇]|[(\[【]\s{0,3}[)\]】])|(?P<ticked>[☑☒■●√✓✔✅]|[(\[【]\s?[x√✓✔v*■]\s?[)\]】])", re.IGNORECASE
)
_NOT = frozenset(["not", "no", "non", "不", "非", "不是"])
LONGEST = 200


def read_choice(text: str, choices: Mapping[str, tuple[str, ...]]) -> str | None:
    """The key that a text means, by the key itself or one of its words: `高（P1）`, `P1.`, `High priority`.

    None where no word is found, or words of different choices are, as in an untouched form's `高/中/低`.
    """
    words: dict[str, str] = {}
    for name, meant in choices.items():
        for word in (name, *meant):
            words.setdefault(key(word), name)
    text = _ticked(text[:LONGEST])
    folded = fold(text).strip(" .。!,;*_`\"'")
    whole = words.get(key(folded))
    if whole is not None:
        return whole
    outside = _BRACKETED.sub(" ", folded)
    pieces = [outside, *_BRACKETED.findall(folded)]
    if not any(_one(piece, words) for piece in pieces):
        pieces = [part for piece in pieces for part in _BREAKS.split(piece)]
    elif not _one(outside, words):
        pieces += _BREAKS.split(outside)
    if any(piece in _NOT for piece in pieces):
        return None
    found = {name for name in (_one(piece, words) for piece in pieces) if name}
    return found.pop() if len(found) == 1 else None


def _ticked(text: str) -> str:
    """Of a row of boxes what stands behind the ticked ones; a text without boxes as it is."""
    boxes = list(_BOX.finditer(text))
    if len(boxes) == 1 and boxes[0]["ticked"]:
        return f"{text[: boxes[0].start()]} {text[boxes[0].end() :]}"
    if len(boxes) < 2:
        return text
    ends = [box.start() for box in boxes[1:]] + [len(text)]
    return "; ".join(text[box.end() : end].strip() for box, end in zip(boxes, ends, strict=True) if box["ticked"])


def _one(piece: str, words: Mapping[str, str]) -> str | None:
    piece = piece.strip(" .。!,;:*_`\"'")
    return words.get(key(piece)) or words.get(key(_TAIL.sub("", piece)))
