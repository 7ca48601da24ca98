"""What a subject says: its bracketed labels, and the title behind them and the reply prefixes."""

import re
from dataclasses import dataclass

# Prefixes of mail programs by language. "回复" may carry a number, in brackets or not: Re[2]:, RE^2:.
_REPLY = "re|aw|sv|vs|antw|antwort|rif|r|res|odp|ynt|vá|atb|回复|答复|回覆|答覆|回應|回应|返信|回信|회신|답장"
_FORWARD = "fwd|fw|wg|tr|rv|enc|doorst|vl|vb|转发|轉寄|轉發|转寄|轉送|转送|転送|전달"
_PREFIX = re.compile(
    rf"(?:(?P<reply>{_REPLY})|(?P<forward>{_FORWARD}))(?:\s?[\[(（【^*]?\s?\d{{1,4}}\s?[\])）】]?)?\s{{0,3}}[:：]\s*",
    re.IGNORECASE,
)
_BRACKETS = {"[": "]", "【": "】", "(": ")", "（": "）", "［": "］", "〔": "〕"}
_CLOSING = "]】)）］〕"
_SPACE = " \t\u3000\xa0\u200b"
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Subject:
    """`labels` in order as written but for white space at their ends; `title` without prefixes and labels."""

    labels: tuple[str, ...]
    title: str
    replied: bool
    forwarded: bool


def peel(subject: str) -> Subject:
    """Take prefixes and leading brackets off, in any order and number. Linear."""
    labels: list[str] = []
    replied = forwarded = False
    at = _skip(subject, 0)
    while at < len(subject):
        prefix = _PREFIX.match(subject, at)
        if prefix:
            replied = replied or prefix["reply"] is not None
            forwarded = forwarded or prefix["forward"] is not None
            at = _skip(subject, prefix.end())
            continue
        label, end = _label(subject, at)
        if end == at:
            break
        if label:
            labels.append(label)
        at = _skip(subject, end)
    return Subject(tuple(labels), subject[at:].strip(_SPACE), replied, forwarded)


def _skip(subject: str, at: int) -> int:
    while at < len(subject) and subject[at] in _SPACE:
        at += 1
    return at


def _label(subject: str, at: int) -> tuple[str, int]:
    """The bracket that begins at `at` and its end: closed by its own kind or, as people do, by another."""
    if subject[at] not in _BRACKETS:
        return "", at
    own = _BRACKETS[subject[at]]
    window = subject[at + 1 : at + 1 + _LONGEST]
    inner = window.find(own)
    if inner < 0:
        inner = next((index for index, char in enumerate(window) if char in _CLOSING), -1)
    if inner < 0:
        return "", at
    content = window[:inner].strip(_SPACE)
    end = at + 1 + inner + 1
    while content[:1] in _BRACKETS and content and subject[end : end + 1] in tuple(_CLOSING):
        content, end = content[1:], end + 1  # `[[需求]]`
    colon = subject[end : end + 1] in (":", "：")  # `[需求]：报表`
    return content.lstrip("".join(_BRACKETS)).strip(_SPACE), end + colon
