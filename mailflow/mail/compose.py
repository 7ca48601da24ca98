"""Values to bytes: the mail we send. The same letter always gives the same bytes.

Invariant: no value can end a header line (CR, LF, NUL and other controls are neutralised), no line is
longer than 998 octets (RFC 5322 §2.1.1), lines end with CRLF.
"""

import binascii
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

import idna

from mailflow.mail.headers import line
from mailflow.mail.model import Address, Attachment

_WIDTH = 76
_REFERENCES = 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_OURS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references",
     "reply-to", "sender", "mime-version", "content-type", "content-transfer-encoding",
     "content-disposition"}
)  # fmt: skip
_NOT_IN_ADDRESS = re.compile(r"[\s<>()\[\],;:\"\\\x00-\x1f\x7f]+")
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_NOT_IN_ID = re.compile(r"[\s<>\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter to be sent. Message-IDs without angle brackets; `date` is aware.

    `boundary_seed` makes the MIME boundaries: the same seed gives the same bytes. `headers` are further
    fields (Auto-Submitted, the loop mark); those that the letter sets itself are not taken from there.
    `calendar` is an iCalendar object and its method: it goes as one more form of the text, by which mail
    programs offer to accept (RFC 6047 §2.4), and as a file for those that look at files alone.
    """

    message_id: str
    date: datetime
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: tuple[Address, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    boundary_seed: str = ""
    attachments: tuple[Attachment, ...] = ()
    calendar: tuple[str, str] | None = None


def compose(letter: Outgoing) -> bytes:
    """The bytes of a letter, ready for SMTP: CRLF line ends, no Bcc, deterministic."""
    head = [
        _field("Date", format_datetime(letter.date.astimezone(UTC))),
        _field("From", _mailboxes((letter.sender,))),
        _field("To", _mailboxes(letter.to)) if letter.to else "",
        _field("Cc", _mailboxes(letter.cc)) if letter.cc else "",
        _field("Reply-To", _mailboxes(letter.reply_to)) if letter.reply_to else "",
        _field("Subject", encoded(letter.subject, len("Subject: "))),
        _field("Message-ID", _ids((letter.message_id,))),
        _field("In-Reply-To", _ids((letter.in_reply_to,))) if letter.in_reply_to else "",
        _field("References", _ids(limited(letter.references))) if letter.references else "",
    ]
    for name, value in letter.headers:
        if _NAME.fullmatch(name) and name.lower() not in _OURS:
            head.append(_field(name, encoded(value, len(name) + 2)))
    head.append("MIME-Version: 1.0\r\n")
    return "".join(head).encode("utf-8") + _content(letter)


def limited(references: tuple[str, ...]) -> tuple[str, ...]:
    """The first, which names the thread, and the last ones: the field must not grow for ever."""
    return references if len(references) <= _REFERENCES + 1 else (references[0], *references[-_REFERENCES:])


def encoded(value: str, used: int = 0) -> str:
    """Unstructured text for a header: as it is where it is plain ASCII, else encoded words (RFC 2047)."""
    text = line(value)
    if text.isascii() and "=?" not in text and all(len(word) < 900 for word in text.split(" ")):
        return text
    return _encoded_words(text, used)


def _encoded_words(text: str, used: int) -> str:
    """Base64 words of at most 75 characters (RFC 2047 §2) that never split a character."""
    words: list[str] = []
    room = max(12, (_WIDTH - used - 12) // 4 * 3)
    current = b""
    for char in text:
        raw = char.encode("utf-8", "replace")
        if len(current) + len(raw) > room:
            words.append(_word(current))
            current, room = b"", 45
        current += raw
    words.append(_word(current))
    return " ".join(words)


def _word(data: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(data, newline=False).decode('ascii')}?="


def _field(name: str, value: str) -> str:
    """One header field, folded at single spaces so that unfolding gives the very same text."""
    out, width = f"{name}:", len(name) + 1
    for index, word in enumerate(value.split(" ")):
        alone = word and out[-1] != " " and index
        if alone and width + 1 + len(word) > _WIDTH:
            out += f"\r\n {word}"
            width = 1 + len(word)
        else:
            out += f" {word}"
            width += 1 + len(word)
    return out.rstrip(" ") + "\r\n"


def _mailboxes(addresses: tuple[Address, ...]) -> str:
    return ", ".join(shown for one in addresses if (shown := _mailbox(one)))


def _mailbox(one: Address) -> str:
    local, _, domain = _NOT_IN_ADDRESS.sub("", one.address).rpartition("@")
    if not domain.isascii():
        with suppress(idna.IDNAError):  # then as it is, for SMTPUTF8 (RFC 6531)
            domain = idna.encode(domain, uts46=True).decode("ascii")
    address = f"{local}@{domain}" if local else domain
    name = line(one.name)
    if not name:
        return address
    if name.isascii() and "=?" not in name and len(name) < 300:
        quoted = name if _ATEXT.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{quoted} <{address}>"
    return f"{_encoded_words(name, 10)} <{address}>"


def _ids(ids: tuple[str, ...]) -> str:
    return " ".join(f"<{clean}>" for one in ids if (clean := _NOT_IN_ID.sub("", line(one))[:900]))


def _content(letter: Outgoing) -> bytes:
    """The body with its content fields: text, or text and HTML, or those with attachments."""
    forms = [_text_part("plain", letter.text)]
    if letter.html:
        forms.append(_text_part("html", letter.html))
    files = [_file_part(one) for one in letter.attachments]
    if letter.calendar:
        text, method = letter.calendar
        forms.append(_calendar_part(text, method))
        files.append(_file_part(Attachment("invite.ics", "application/ics", text.encode("utf-8"))))
    body = _multipart("alternative", letter.boundary_seed, forms) if len(forms) > 1 else forms[0]
    if files:
        body = _multipart("mixed", letter.boundary_seed, [body, *files])
    return body


def _multipart(kind: str, seed: str, parts: list[bytes]) -> bytes:
    """The boundary holds "=_", which neither base64 nor quoted-printable can produce (RFC 2045 §6.7)."""
    boundary = f"=_{kind[:3]}_{hashlib.sha256(f'{kind}:{seed}'.encode('utf-8', 'replace')).hexdigest()[:24]}"
    mark = b"--" + boundary.encode("ascii")
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + b"--\r\n"


def _text_part(kind: str, text: str) -> bytes:
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    clean = clean if clean.endswith("\n") else clean + "\n"
    data = clean.encode("utf-8", "replace")
    sample = data[:20_000]
    if len(sample.translate(None, _BEYOND_ASCII)) * 6 >= len(sample) * 5:
        encoding, body = "quoted-printable", binascii.b2a_qp(data, istext=True).replace(b"\n", b"\r\n")
    else:
        encoding, body = "base64", _base64(data.replace(b"\n", b"\r\n"))
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def _calendar_part(text: str, method: str) -> bytes:
    """In base64: its lines end as RFC 5545 wants and must arrive so, whatever a relay does to text."""
    head = (
        f"Content-Type: text/calendar; charset=utf-8;\r\n method={method.upper()}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + _base64(text.encode("utf-8"))


def _file_part(one: Attachment) -> bytes:
    kind = one.type if re.fullmatch(r"[a-z0-9.+-]{1,60}/[a-z0-9.+_-]{1,90}", one.type) else "application/octet-stream"
    if kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    name = line(one.filename).replace("/", "_").replace("\\", "_")[:200]
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;{_parameter('filename', name)}\r\n\r\n"
    )
    return head.encode("ascii") + _base64(one.content)


def _parameter(name: str, value: str) -> str:
    """A parameter on lines of its own: quoted where it is short ASCII, else in pieces (RFC 2231 §4)."""
    if value.isascii() and len(value) < 60:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'\r\n {name}="{escaped}"'
    pieces, current = [], "utf-8''"
    for char in value:
        raw = "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
        raw = char if char.isascii() and char.isalnum() else raw
        if len(current) + len(raw) > 58:
            pieces.append(current)
            current = ""
        current += raw
    pieces.append(current)
    return ";".join(f"\r\n {name}*{index}*={piece}" for index, piece in enumerate(pieces))


def _base64(data: bytes) -> bytes:
    text = binascii.b2a_base64(data, newline=False)
    return b"".join(text[at : at + 76] + b"\r\n" for at in range(0, len(text), 76))
