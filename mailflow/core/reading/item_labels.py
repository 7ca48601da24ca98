"""The labelled parts of an item's text: `测试计划 责任人：张工 截止：10月5日`."""

import re

from mailflow.core.reading.item_words import INLINE, PARTS, Part
from mailflow.core.reading.text import key

ENDS = " \t,，;；。|、*—–-:："
_LABEL = re.compile(
    r"(?:^|(?<=[\s,，;；。、|()（）\[\]【】*—–-]))\*{0,2}(?P<label>"
    + "|".join(re.escape(word) for word in sorted(INLINE, key=len, reverse=True))
    + r"|負責人|責任人|截止時間|截止日期|協作人?|驗收標準|完成時間|期限)(?:\(s\))?\*{0,2}\s{0,3}[:：]\*{0,2}\s{0,4}",
    re.IGNORECASE,
)
_HEAD_LABEL = re.compile(r"\*{0,2}(?P<label>[^:：,，;；。\n]{1,30}?)\*{0,2}\s{0,3}[:：]\s{0,4}")


def labelled_parts(text: str) -> tuple[str, list[tuple[Part, str]]]:
    """What stands before the first label, and each labelled value."""
    marks = [(match.start(), match.end(), PARTS[key(match["label"])]) for match in _LABEL.finditer(text)]
    first = _HEAD_LABEL.match(text)
    if first and key(first["label"]) in PARTS and (not marks or marks[0][0] > 0):
        marks.insert(0, (0, first.end(), PARTS[key(first["label"])]))
    if not marks:
        return text, []
    ends = [start for start, _, _ in marks[1:]] + [len(text)]
    values = [(part, trimmed(text[begin:end])) for (_, begin, part), end in zip(marks, ends, strict=True)]
    return trimmed(text[: marks[0][0]]), [(part, value) for part, value in values if value]


def trimmed(text: str) -> str:
    """Without separators at its ends, nor a bracket that lost its other half."""
    text = " ".join(text.split()).strip(ENDS)
    for opening, closing in ("()", "（）", "[]", "【】"):
        if text.count(opening) > text.count(closing):
            text = text.removesuffix(opening) if text.endswith(opening) else text + closing
        elif text.count(closing) > text.count(opening):
            text = text.removesuffix(closing)
    return text.strip(ENDS)
