"""What Outlook packs into winmail.dat (TNEF): the attachments and the body. Facts from [MS-OXTNEF].

Bounded: no length in the data is believed beyond the data that is there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from mailflow.mail.charset import decode

_SIGNATURE = 0x223E9F78
_MANY = 500
# Attribute ids, [MS-OXTNEF] 2.1.3.
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_RENDERING, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# MAPI properties, [MS-OXPROPS].
_PLAIN, _HTML, _LONG_NAME, _OBJECT = 0x1000, 0x1013, 0x3707, 0x3701
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _OBJECTS, _BINARY = 0x1E, 0x1F, 0x0D, 0x102


@dataclass(frozen=True, slots=True)
class Packed:
    """`text` and `html` are "" where the package has none; each file is (name, bytes)."""

    text: str
    html: str
    files: tuple[tuple[str, bytes], ...]


def unpack(data: bytes) -> Packed | None:
    """The contents of a winmail.dat, None where it is none. Ends quietly where the data ends early."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    charset, text, html = "cp1252", "", ""
    names: list[str] = []
    contents: list[bytes] = []
    for attribute, value in _attributes(data):
        if attribute == _CODE_PAGE and len(value) >= 4:
            charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif attribute == _BODY:
            text = _text(value, charset)
        elif attribute == _MESSAGE_PROPERTIES:
            properties = dict(_properties(value))
            text = text or _string(properties.get(_PLAIN), charset)
            html = html or _string(properties.get(_HTML), charset)
        elif attribute == _RENDERING and len(names) < _MANY:
            names.append("")
            contents.append(b"")
        elif names and attribute == _TITLE:
            names[-1] = names[-1] or _text(value, charset)
        elif names and attribute == _DATA:
            contents[-1] = value
        elif names and attribute == _ATTACHMENT_PROPERTIES:
            properties = dict(_properties(value))
            names[-1] = _string(properties.get(_LONG_NAME), charset) or names[-1]
            contents[-1] = contents[-1] or properties.get(_OBJECT, (0, b""))[1]
    return Packed(text, html, tuple(zip(names, contents, strict=True)))


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Level (1), id (2), type (2), length (4), value, checksum (2)."""
    at = 6
    while at + 9 <= len(data):
        attribute, _, length = struct.unpack_from("<HHI", data, at + 1)
        yield attribute, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """MAPI properties as (id, (type, bytes)); stops at a type it does not know, since lengths end there."""
    if len(data) < 4:
        return
    count, at = struct.unpack_from("<I", data)[0], 4
    for _ in range(min(count, 5000)):
        if at + 4 > len(data):
            return
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        many, kind = bool(kind & 0x1000), kind & 0x0FFF
        if name >= 0x8000:
            at = _behind_name(data, at)
        if kind in _FIXED and not many:
            yield name, (kind, data[at : at + _FIXED[kind]])
            at += _FIXED[kind]
            continue
        if kind not in (_STRING, _UNICODE, _OBJECTS, _BINARY, *_FIXED) or at + 4 > len(data):
            return
        values = struct.unpack_from("<I", data, at)[0]
        at += 4
        for _ in range(min(values, 1000)):
            if kind in _FIXED:
                at += _FIXED[kind]
                continue
            if at + 4 > len(data):
                return
            length = struct.unpack_from("<I", data, at)[0]
            value = data[at + 4 : at + 4 + length]
            yield name, (kind, value[16:] if kind == _OBJECTS else value)
            at += 4 + length + (-length % 4)


def _behind_name(data: bytes, at: int) -> int:
    """Named properties carry a set's GUID and a number or a name ([MS-OXTNEF] 2.1.3.4)."""
    if at + 24 > len(data):
        return len(data)
    kind, length = struct.unpack_from("<II", data, at + 16)
    return at + 24 if kind == 0 else at + 24 + length + (-length % 4)


def _string(value: tuple[int, bytes] | None, charset: str) -> str:
    if value is None:
        return ""
    kind, data = value
    return _text(data, "utf-16-le" if kind == _UNICODE else charset)


def _text(data: bytes, charset: str) -> str:
    if charset == "utf-16-le":
        return decode(data, charset).partition("\0")[0]
    return decode(data.partition(b"\0")[0], charset)
