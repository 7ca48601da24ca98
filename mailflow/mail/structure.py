"""Bytes to a tree of parts: mail-parser reads the structure, bounded readers of ours stand around it.

Invariant: whatever the bytes are, there is a tree, of at most PARTS parts and DEPTH levels, in linear time.
"""

import email
import logging
import re
from email.message import Message

from mailparser import MailParser

from mailflow.mail.headers import raw_field

PARTS = 1000
DEPTH = 20
# Above these the standard library's line-wise reader is too slow, or recurses too deep.
_LINES = 400_000
_BOUNDARIES = 30
_HEADER_LIMIT = 1_000_000
_FIELD_LINES = 5000

_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_PARAMETER = re.compile(rb"(?:boundary|charset|name|filename|type|format|micalg|protocol|report-type)\*?\d*\*?=", re.I)
# The same within the header of a part: the marks that such a line can have, and the line above it.
_MARGINAL = tuple(
    b";" + end + name for end in (b"\n", b"\r\n") for name in (b"name", b"filename", b"charset", b"boundary")
)
_PART_FIELD = re.compile(
    rb"^(content-(?:type|disposition):[^\n]{1,998};[ \t]*\r?\n)(?=(?:name|filename|charset|boundary)\*?\d*\*?=)",
    re.IGNORECASE | re.MULTILINE,
)
_BOUNDARY = re.compile(r"boundary\s{0,20}=\s{0,20}(?:\"([^\"]{1,300})\"|([^\s;]{1,300}))", re.IGNORECASE)

logging.getLogger("mailparser").setLevel(logging.CRITICAL)


class _Structure(MailParser):  # type: ignore[misc]
    """mail-parser without its decoding: we take the tree it builds and decode the text ourselves."""

    def parse(self) -> "_Structure":
        return self


def structure(content: bytes) -> tuple[Message, bytes, tuple[str, ...]]:
    """The tree of a message, its raw body, and what was wrong with its form."""
    content, defects = _begin(content)
    head, body, more = _split(content)
    defects += more
    if any(mark in body for mark in _MARGINAL):
        body = _PART_FIELD.sub(rb"\1 ", body)
    content = head + b"\n" + body
    if body.count(b"\n") > _LINES or _too_many_parts(head, body):
        return (
            _bounded(head, body, 0, [PARTS]),
            body,
            (*defects, "not read as usual: too large or too many parts"),
        )
    try:
        message = _Structure.from_bytes(content).message
    except Exception as problem:  # whatever it raises, the message is read in another way
        tree = _bounded(head, body, 0, [PARTS])
        return tree, body, (*defects, f"structure not readable: {type(problem).__name__}")
    return message, body, tuple(defects)


def _begin(content: bytes) -> tuple[bytes, list[str]]:
    """Drop what stands before the first field: byte order mark, blank lines, mbox envelope lines."""
    defects: list[str] = []
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    if content[:3] == b"\xef\xbb\xbf":
        content = content[3:]
    begin = content[:1000]
    if begin[:1] in b"\r\n \t" and begin.lstrip()[:1] and _FIELD.match(begin.lstrip()):
        content = content.lstrip()
        defects.append("blank lines before the header")
    while content[:5] == b"From " or content[:6] == b">From ":
        first, _, content = content.partition(b"\n")
        if len(first) > 1000:
            break
    return content, defects


def _split(content: bytes) -> tuple[bytes, bytes, list[str]]:
    """Header and body. A garbage line amid the fields is left out instead of ending the header."""
    if content[:1] == b"\n" or content[:2] == b"\r\n":
        return b"", content.partition(b"\n")[2], ["no header"]
    head, body, ended = _at_gap(content)
    defects: list[str] = []
    if len(head) > _HEADER_LIMIT:
        head = head[:_HEADER_LIMIT]
        defects.append("header too large: cut")
    lines = _continued(head.splitlines())
    sound = [bool(one[:1] in b" \t" or _FIELD.match(one)) for one in lines]
    if all(sound) and lines and lines[0][:1] not in b" \t":
        return b"\n".join(lines) + b"\n", body, defects
    return _repaired(lines, sound, body, defects, ended)


def _continued(lines: list[bytes]) -> list[bytes]:
    """A parameter that stands at the margin, behind a semicolon, belongs to the field above."""
    out: list[bytes] = []
    for one in lines:
        behind = out and out[-1].rstrip().endswith(b";") and _PARAMETER.match(one)
        out.append(b" " + one if behind else one)
    return out


def _repaired(
    lines: list[bytes], sound: list[bool], body: bytes, defects: list[str], ended: bool
) -> tuple[bytes, bytes, list[str]]:
    """Lines that are no fields: dropped when fields follow them, else they are where the body begins."""
    last = max((index for index, good in enumerate(sound) if good and lines[index][:1] not in b" \t"), default=-1)
    first = next((index for index, good in enumerate(sound) if not good), len(lines))
    garbage = sum(1 for index in range(first, last + 1) if not sound[index])
    if last > first and garbage * 2 < last + 2:
        kept, dropping = [], True
        for index in range(last + 1):
            if sound[index] and not (dropping and lines[index][:1] in b" \t"):
                kept.append(lines[index])
                dropping = False
            else:
                dropping = True
        while last + 1 < len(lines) and lines[last + 1][:1] in b" \t" and lines[last + 1]:
            last += 1
            kept.append(lines[last])
        rest = lines[last + 1 :]
        defects.append("lines in the header that are no fields")
    else:
        kept, rest = lines[:first], lines[first:]
    if rest:
        defects.append("no blank line behind the header")
        body = b"\n".join(rest) + (b"\n\n" + body if ended else b"")
    while kept and kept[0][:1] in b" \t":
        kept.pop(0)
    return b"".join(one + b"\n" for one in kept), body, defects


def _too_many_parts(head: bytes, body: bytes) -> bool:
    lowered = head.lower()
    if b"multipart" not in lowered and b"message/" not in lowered:
        return False
    if body.lower().count(b"boundary") > _BOUNDARIES:
        return True
    return body.count(b"\n--") > PARTS and body.lower().count(b"\ncontent-") > PARTS


def _bounded(head: bytes, body: bytes, depth: int, left: list[int]) -> Message:
    """Our own reader: splits at boundaries by search. `left` counts the parts that may still be read."""
    message = email.message_from_bytes(_clipped(head) + b"\n")
    left[0] -= 1
    kind = message.get_content_maintype()
    match = _BOUNDARY.search(raw_field(message, "content-type")[:2000])
    if kind == "multipart" and match and depth < DEPTH:
        children = _pieces(body, (match[1] or match[2]).encode("utf-8", "surrogateescape"), left)
        if children:
            message.set_payload([_bounded(*_head_and_body(one), depth + 1, left) for one in children])
            return message
    if message.get_content_type() == "message/rfc822" and depth < DEPTH and left[0] > 0:
        message.set_payload([_bounded(*_head_and_body(body), depth + 1, left)])
    else:
        message.set_payload(body.decode("ascii", "surrogateescape"))
    return message


def _clipped(head: bytes) -> bytes:
    return b"\n".join(head[:_HEADER_LIMIT].splitlines()[:_FIELD_LINES]) + b"\n"


def _pieces(body: bytes, boundary: bytes, left: list[int]) -> list[bytes]:
    mark = b"\n--" + boundary
    body = b"\n" + body
    found: list[bytes] = []
    start = body.find(mark)
    while start >= 0 and len(found) < left[0]:
        begin = start + len(mark)
        if body[begin : begin + 2] == b"--":
            break
        line_end = body.find(b"\n", begin)
        stop = body.find(mark, begin)
        if line_end < 0:
            break
        found.append(body[line_end + 1 : stop if stop >= 0 else len(body)])
        start = stop
    return found


def _head_and_body(piece: bytes) -> tuple[bytes, bytes]:
    if piece[:1] == b"\n" or piece[:2] == b"\r\n":
        return b"", piece.partition(b"\n")[2]
    return _at_gap(piece)[:2]


def _at_gap(content: bytes) -> tuple[bytes, bytes, bool]:
    """What stands before and behind the first blank line, and whether there is one."""
    plain = content.find(b"\n\n")
    full = content.find(b"\n\r\n", 0, plain if plain >= 0 else len(content))
    if full >= 0:
        return content[:full], content[full + 3 :], True
    return (content[:plain], content[plain + 2 :], True) if plain >= 0 else (content, b"", False)
