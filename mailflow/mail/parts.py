"""The parts of a message: which are its text, which are attachments; transfer encodings undone.

Attached messages stay closed (message/rfc822): a tag quoted in a bounce must not file a record.
"""

import binascii
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import unquote_to_bytes

from mailflow.mail.charset import decode
from mailflow.mail.flowed import unflowed
from mailflow.mail.headers import Fields, line, parameters, raw_field
from mailflow.mail.html import declared_charset
from mailflow.mail.model import Attachment
from mailflow.mail.structure import DEPTH, PARTS
from mailflow.mail.tnef import unpack

_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NAME_LIMIT = 180
_UNSAFE = re.compile(r'[/\\:*?"<>|]+')
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]|(?<=\w) (?=\w)")
_BASE64_LINES = _BASE64 + b"\r\n"
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_BODY_TYPES = frozenset(
    {"text/plain", "text/html", "text/markdown", "text/enriched", "text/x-markdown", "text/richtext"}
)
_CALENDARS = frozenset({"text/calendar", "application/ics"})
_ANSWERED = ("reply", "counter")
_ANSWER = re.compile(r"^METHOD:(?:REPLY|COUNTER)\s*$", re.IGNORECASE | re.MULTILINE)
_PERCENTS = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){2}")
# A file amid a text, as programs older than MIME send it.
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n((?:[ -`]{2,90}\r?\n){1,200000})(?:`\r?\n)?end[ \t]*\r?$",
    re.MULTILINE,
)
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")


@dataclass(frozen=True, slots=True)
class _Part:
    message: Message
    type: str
    options: Mapping[str, str]
    disposition: str
    filename: str


@dataclass(slots=True)
class Contents:
    """What the walk over the parts finds; filled while walking, then read once."""

    types: list[str] = field(default_factory=list)
    # Each piece of the body in order: (text/plain text, "") or ("", html); an alternative has both.
    pieces: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    charset: str = ""
    # A calendar program answers an invitation (RFC 5546 3.2.3).
    calendar_reply: bool = False
    # A text with a file's name that is shown like one without.
    shown: _Part | None = None
    # The text of each calendar part, and the method that its header names.
    calendars: list[tuple[str, str]] = field(default_factory=list)


def contents(message: Message) -> Contents:
    """Walk the tree of a message; never enters attached messages, nor more than PARTS parts.

    Where nothing else is to be read, a text that calls itself a file is: all of the message, or one shown inline.
    """
    found = Contents()
    _walk(message, found, 0, alone=True)
    if not found.pieces and found.shown is not None:
        _add_body(found.shown, found)
    return found


def children(message: Message) -> list[Message]:
    """The parts of a multipart, the message of an attached one, the field groups of a report; else none."""
    payload = message.get_payload() if message.is_multipart() else []
    return [one for one in payload if isinstance(one, Message)]


def body_charset(message: Message) -> str:
    """The charset of the first part that names one, for header bytes that name none."""
    for count, part in enumerate(message.walk()):
        value = raw_field(part, "content-type")[:1000]
        if "charset" in value.lower():
            return parameters(value)[1].get("charset", "")
        if count > 20:
            break
    return ""


def _walk(message: Message, found: Contents, depth: int, alone: bool) -> None:
    if len(found.types) >= PARTS or depth > DEPTH:
        if "too many parts" not in found.defects:
            found.defects.append("too many parts")
        return
    part = _described(message, found.charset)
    found.types.append(part.type)
    if part.type in _CALENDARS:
        _add_calendar(part, found)
    payload = children(message)
    if part.type.startswith("multipart/") and payload:
        _walk_multipart(part, payload, found, depth)
    elif payload:
        found.types.extend(_inner_types(message))
        found.attachments.append(_attached_message(part, payload))
    elif _is_body(part, alone):
        _add_body(part, found)
    else:
        _add_file(part, found)
    if part.type in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
        signed = part.options.get("smime-type", "").startswith("signed")
        found.defects.append("signed content is closed" if signed else "encrypted")


def _add_calendar(part: _Part, found: Contents) -> None:
    """Some name the method in the header, some only in the text, and Gmail sends the same once more as a file."""
    text = decode(decoded(part.message), part.options.get("charset", "") or "utf-8")
    method = part.options.get("method", "").lower()
    found.calendars.append((text, method))
    if method in _ANSWERED or _ANSWER.search(text[:2000]):
        found.calendar_reply = True


def _walk_multipart(part: _Part, payload: list[Message], found: Contents, depth: int) -> None:
    if part.type != "multipart/alternative":
        for child in payload:
            _walk(child, found, depth + 1, alone=False)
        return
    first = len(found.pieces)
    for child in payload:
        _walk(child, found, depth + 1, alone=True)
    pieces = found.pieces[first:]
    # Of alternatives one is read; the plain ones stand in one piece beside the HTML ones.
    plain = "\n\n".join(text for text, _ in pieces if text.strip())
    html = "\n".join(html for _, html in pieces if html)
    found.pieces[first:] = [(plain, html)] if plain or html else []


def _described(message: Message, fallback: str) -> _Part:
    declared = raw_field(message, "content-type")
    content_type, options = parameters(declared, fallback)
    if content_type == "text":
        content_type = "text/plain"
    if not re.fullmatch(r"[a-z0-9.+_-]{1,100}/[a-z0-9.+_-]{1,100}", content_type):
        content_type = message.get_default_type() if not content_type else "application/octet-stream"
        if declared.strip().lower().startswith("text"):
            content_type = "text/plain"
    disposition, more = parameters(raw_field(message, "content-disposition"), fallback)
    name = _unpercented(more.get("filename") or options.get("name", ""))
    return _Part(message, content_type, options, disposition, name)


def _unpercented(name: str) -> str:
    """A name whose sender percent-encoded it, as RFC 2231 has it, without saying so."""
    if not _PERCENTS.search(name):
        return name
    try:
        return unquote_to_bytes(name.removeprefix("utf-8''").removeprefix("UTF-8''")).decode("utf-8")
    except UnicodeError:
        return name


def _is_body(part: _Part, alone: bool) -> bool:
    if part.type.startswith("multipart/"):
        return True  # no boundary was found in it: what stands there is text
    if part.type not in _BODY_TYPES or part.disposition == "attachment":
        return False
    return alone or not part.filename


def _add_body(part: _Part, found: Contents) -> None:
    data = decoded(part.message)
    charset = part.options.get("charset", "")
    is_html = part.type in ("text/html", "text/enriched", "text/richtext")
    if is_html and not charset:
        charset = declared_charset(data)
    found.charset = found.charset or charset
    if not is_html and b"begin " in data:
        # Where nothing else is written, the text stays, and the file is taken from it all the same.
        left = _UUENCODED.sub(lambda file: _take_out(file, found), data)
        data = left if left.strip() else data
    text = decode(data, charset).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return
    if part.options.get("format", "").lower() == "flowed" and not is_html:
        text = unflowed(text, part.options.get("delsp", "").lower() == "yes")
    if not is_html and part.type != "text/plain" and text.lstrip()[:6].lower() in ("<html>", "<!doct"):
        is_html = True
    found.pieces.append(("", text) if is_html else (text, ""))


def _take_out(file: re.Match[bytes], found: Contents) -> bytes:
    """Keep a uuencoded file that stands in a text; the text is left without it."""
    name = safe_name(decode(file[1]).strip())
    kind = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
    found.attachments.append(Attachment(name, kind, uudecoded(file[0])))
    return b""


def _add_file(part: _Part, found: Contents) -> None:
    data = decoded(part.message)
    if part.type in _BODY_TYPES and (part.disposition == "inline" or len(found.types) == 1):
        found.shown = found.shown or part
    packed = unpack(data) if part.type in _TNEF or part.filename.lower() == "winmail.dat" else None
    if packed is None:
        found.attachments.append(Attachment(_filename(part, found), part.type, data))
        return
    for name, content in packed.files:
        kind = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
        found.attachments.append(Attachment(safe_name(name), kind, content))
    if not found.pieces and (packed.text or packed.html):
        found.pieces.append((packed.text, packed.html))


def decoded(message: Message) -> bytes:
    """The part's bytes, its transfer encoding undone leniently; what cannot be decoded stays as it is."""
    # get_payload() decodes 8-bit text by its label, and loses what does not fit.
    payload: object = getattr(message, "_payload", None)
    if not isinstance(payload, str):
        return b""
    try:
        data = payload.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        data = payload.encode("utf-8", "surrogatepass")
    encoding = raw_field(message, "content-transfer-encoding")[:100].lower().split(";")[0].split("(")[0].strip()
    match encoding:
        case "base64":
            return base64(data)
        case "quoted-printable":
            return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data))
        case "x-uuencode" | "uuencode" | "uue" | "x-uue":
            return uudecoded(data)
        case _:
            return data


def base64(data: bytes) -> bytes:
    """Base64 as it is sent: with stray characters, without padding, with a list's footer behind it, or none at all."""
    data = data.strip()
    if b" " in data or data.translate(None, _BASE64_LINES):  # which takes a fraction of the time
        gap = _BLANK_LINE.search(data)
        if gap and _NO_BASE64.search(data, gap.end()):
            data = data[: gap.start()]
        stray = len(_NO_BASE64.findall(data[:2000]))
        if stray > 4 and stray * 20 > len(data[:2000]):
            return data  # it is called base64, and is text
    padding_at = data.find(b"=")
    if padding_at < 0 or padding_at >= len(data) - 2:
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:  # then as far as it goes
            pass
    clean = data.translate(None, _NOT_BASE64)
    body, padding, _ = clean.partition(b"=")
    if padding:
        clean = body
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return data


def uudecoded(data: bytes) -> bytes:
    """The first file of uuencoded text; lines that are none are left out."""
    lines = iter(data.splitlines())
    for one in lines:
        if one.startswith(b"begin "):
            break
    out = []
    for one in lines:
        if one.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(one))
        except binascii.Error:
            # Some encoders leave out the last blanks: take as many characters as the length byte says.
            count = (((one[0] - 32) & 63) * 4 + 5) // 3 if one else 0
            try:
                out.append(binascii.a2b_uu(one[:count]))
            except binascii.Error:
                continue
    return b"".join(out)


def _attached_message(part: _Part, payload: list[Message]) -> Attachment:
    """An attached message or a report's fields, as bytes again."""
    try:
        content = b"\n".join(one.as_bytes() for one in payload[:PARTS])
    except Exception:  # the generator fails on trees the parser made of broken input
        content = b"".join(_header_bytes(one) for one in payload[:PARTS])
    name = part.filename
    if not name and part.type == "message/rfc822" and payload:
        name = (Fields(payload[0]).first("subject")[:80] or "message") + ".eml"
    elif not name:
        name = part.type.rpartition("/")[2] + ".txt"
    return Attachment(safe_name(name), part.type, content)


def _header_bytes(message: Message) -> bytes:
    fields = "".join(f"{name}: {value}\n" for name, value in message.raw_items())
    return fields.encode("utf-8", "surrogateescape") + b"\n"


def _inner_types(message: Message) -> Iterator[str]:
    """Types inside what is attached are not walked, but for reports that hang a report into another part."""
    if message.get_content_type() == "message/rfc822":
        return
    for count, part in enumerate(message.walk()):
        if count > 20:
            return
        yield part.get_content_type()


def _filename(part: _Part, found: Contents) -> str:
    if part.filename:
        return safe_name(part.filename)
    extension = {"text/calendar": ".ics", "text/rfc822-headers": ".txt", "text/plain": ".txt"}.get(part.type)
    extension = extension or mimetypes.guess_extension(part.type, strict=False) or ".bin"
    return f"attachment-{len(found.attachments) + 1}{extension}"


def safe_name(name: str) -> str:
    """A file name without folders and characters that some system forbids; never empty, never hidden."""
    name = _UNSAFE.sub("_", line(name).replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    if len(name) > _NAME_LIMIT:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: _NAME_LIMIT - 20]}{dot}{extension[:19]}" if dot else name[:_NAME_LIMIT]
    return name or "attachment"
