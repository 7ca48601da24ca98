"""Header fields to values: unfolding, encoded words, 8-bit bytes, parameters, Message-IDs.

Invariant: a value is one line without control characters; time is linear in a field's length.
"""

import binascii
import re
from collections.abc import Mapping
from email.message import Message
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from mailflow.mail.charset import codec, decode, scrub

# RFC 5322 sets no limit to a folded field; nothing a person writes comes near this one.
FIELD_LIMIT = 65_536
_FOLD = re.compile(r"(?<![ \t])[ \t]*+[\r\n][ \t\r\n]*+")
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), 8206, 8207, *range(8234, 8239)))
_CONTROLS |= dict.fromkeys((*range(0x2066, 0x206A), 0xFEFF))
_CONTROLS |= dict.fromkeys((9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029), " ")
# RFC 2047 §2; RFC 2231 §5 adds the language. White space inside, no charset and a lost end are wrong, but sent.
_ENCODED = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?([^?]*)(?:\?=(?:[ \t]+(?==\?))?|\??$)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_BASE64_OTHER = re.compile(rb"[^A-Za-z0-9+/]+")
_IDS = re.compile(r"<([^<>]{1,2000})>")
_WHITE = re.compile(r"\s+")


class Fields:
    """The header of a message or part: raw values by lower-case name, in order."""

    __slots__ = ("_fallback", "_first", "raw")

    def __init__(self, message: Message, fallback: str = "") -> None:
        self.raw: dict[str, list[str]] = {}
        self._fallback = fallback
        self._first: dict[str, str] = {}
        for name, value in message.raw_items():
            self.raw.setdefault(name.strip().lower(), []).append(str(value)[:FIELD_LIMIT])

    def __contains__(self, name: str) -> bool:
        return name in self.raw

    def first(self, name: str) -> str:
        """The first field of that name as a line of text, "" where there is none."""
        if name not in self._first:
            values = self.raw.get(name)
            self._first[name] = self.text(values[0]) if values else ""
        return self._first[name]

    def every(self, name: str) -> tuple[str, ...]:
        return tuple(self.text(value) for value in self.raw.get(name, ()))

    def unfolded(self, name: str) -> tuple[str, ...]:
        """All fields of that name with their encoded words left as they are (for addresses)."""
        return tuple(line(eight_bit(value, self._fallback)) for value in self.raw.get(name, ()))

    def text(self, value: str) -> str:
        return header_text(value, self._fallback)


def raw_field(message: Message, name: str) -> str:
    """The first field of that name as the parser keeps it; get() hides the bytes of 8-bit ones."""
    return next((str(value)[:FIELD_LIMIT] for key, value in message.raw_items() if key.lower() == name), "")


def eight_bit(value: str, fallback: str = "") -> str:
    """A raw field as the parser keeps it (bytes as lone surrogates) to text."""
    if value.isascii():
        return value
    try:
        return decode(value.encode("ascii", "surrogateescape"), "", fallback)
    except UnicodeEncodeError:
        return scrub(value)


def line(text: str) -> str:
    """Text as one line: folds to one space, control and direction characters gone."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return scrub(_FOLD.sub(" ", text).translate(_CONTROLS)).strip()


def header_text(value: str, fallback: str = "") -> str:
    """A raw unstructured field as a line of text, encoded words decoded."""
    text = eight_bit(value, fallback)
    if "\n" in text or "\r" in text:
        text = _FOLD.sub(" ", text)
    return line(decode_words(text)) if "=?" in text or "\x1b" in text else line(text)


def decode_words(text: str) -> str:
    """RFC 2047: neighbours of one charset are joined before decoding, since senders split characters, and base64."""
    if "\x1b" in text:
        text = decode(text.encode("utf-8", "surrogateescape"), "iso-2022-jp")
    pieces: list[str] = []
    held, charset, end, begun = b"", "", 0, ""
    for match in _ENCODED.finditer(text):
        label = match[1].split("*")[0].lower()
        label = codec(label) or label  # gb2312 and gbk are one to their senders
        if (held or begun) and (match.start() > end or label != charset):
            pieces.append(decode(held + _base64(begun), charset))
            held, begun = b"", ""
        pieces.append(text[end : match.start()])
        charset, end = label, match.end()
        if match[2] in "bB":
            begun += match[3]
            if len(begun) % 4 == 0 or begun.endswith("="):
                held, begun = held + _base64(begun), ""
        else:
            held, begun = held + _base64(begun) + _quoted(match[3]), ""
    pieces.append(decode(held + _base64(begun), charset))
    pieces.append(text[end:])
    return "".join(pieces)


def _base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # then as it is meant
        pass
    data = _BASE64_OTHER.sub(b"", text.encode("ascii", "ignore"))
    data = data[: len(data) - 1] if len(data) % 4 == 1 else data
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def _quoted(text: str) -> bytes:
    data = text.replace("_", " ").encode("utf-8", "surrogateescape")
    return _HEX.sub(lambda match: bytes.fromhex(match[1].decode()), data)


def message_ids(value: str) -> tuple[str, ...]:
    """Message-IDs of a References, In-Reply-To or Message-ID field, without brackets, each once, in order."""
    found = [_WHITE.sub("", one) for one in _IDS.findall(value)]
    if not found:
        found = [word.strip("<>,;") for word in value.split() if "@" in word]
    return tuple(dict.fromkeys(one for one in found if one))[:1000]


def parameters(value: str, fallback: str = "") -> tuple[str, Mapping[str, str]]:
    """A Content-Type or Content-Disposition field: its value in lower case, and its parameters (RFC 2231)."""
    return _known_parameters(value, fallback) if len(value) < 200 else _parameters(value, fallback)


@lru_cache(maxsize=1024)
def _known_parameters(value: str, fallback: str) -> tuple[str, Mapping[str, str]]:
    """The same few Content-Type fields stand in most parts of most mail."""
    return _parameters(value, fallback)


def _parameters(value: str, fallback: str) -> tuple[str, Mapping[str, str]]:
    text = line(eight_bit(value, fallback))
    head, *rest = _split_parameters(text)
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for piece in rest:
        name, sign, content = piece.partition("=")
        if sign:
            key, order, extended = _parameter_name(name.strip().lower())
            pieces.setdefault(key, []).append((order, extended, _unquoted(content.strip())))
    return head.strip().lower(), MappingProxyType({key: _joined(values) for key, values in pieces.items()})


def _split_parameters(text: str) -> list[str]:
    """Split at semicolons that stand outside quoted strings; an unclosed quote ends with the field."""
    parts, start, quoted, skip = [], 0, False, False
    for index, char in enumerate(text):
        if skip:
            skip = False
        elif char == "\\" and quoted:
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            parts.append(text[start:index])
            start = index + 1
            if len(parts) > 200:
                break
    return [*parts, text[start:]]


def _parameter_name(name: str) -> tuple[str, int, bool]:
    """`filename*1*` to (filename, 1, extended). A plain name counts as the last choice (order -1)."""
    extended = name.endswith("*")
    base, star, number = name.rstrip("*").partition("*")
    return (
        base,
        int(number) if star and number.isdigit() and len(number) < 5 else (0 if extended else -1),
        extended,
    )


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == '"':
        text = text[1:-1] if text.endswith('"') else text[1:]
        return re.sub(r"\\(.)", r"\1", text)
    return text


def _joined(values: list[tuple[int, bool, str]]) -> str:
    numbered = sorted((order, extended, text) for order, extended, text in values if order >= 0)
    if not numbered:
        return line(decode_words(values[0][2]))
    charset, data = "", b""
    for position, (_, extended, text) in enumerate(numbered):
        if extended and position == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if extended else text.encode("utf-8", "replace")
    joined = decode(data, charset)
    return line(decode_words(joined) if "=?" in joined else joined)
