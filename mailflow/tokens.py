"""Tokens: what a button's mail proves its writer by. One for a person, a record and a state visit (design §9).

A token never counts without the matching sender, and it is taken out of everything that is shown or kept as text.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from mailflow.mail.model import Mail

_LENGTH = 12
_EVENT = 16
# Besides, the id of a mail of ours that proposed something: 64 bits, as 16 hexadecimal digits.
# Blanks are taken from their beginning on alone: a long run of them is not tried from each of its places.
_TOKEN = re.compile(r"(?<!\s)\s*\{([A-Za-z2-7]{12}|[0-9A-Fa-f]{16})\}")
# The same in the address of a button (RFC 6068 §2).
_IN_ADDRESS = re.compile(r"(?:%20)*%7B([A-Za-z2-7]{12}|[0-9A-Fa-f]{16})%7D", re.IGNORECASE)
# Both in bytes of whatever charset extends ASCII.
_BYTES, _BYTES_IN_ADDRESS = (re.compile(each.pattern.encode("ascii"), each.flags & re.IGNORECASE) for each in
                             (_TOKEN, _IN_ADDRESS))  # fmt: skip


def token(secret: bytes, record_id: str, address: str, visit: int) -> str:
    """The token of a person for a record's stay in a state: 60 bits, as 12 letters and digits."""
    digest = hmac.new(secret, f"token\0{record_id}\0{address}\0{visit}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii")[:_LENGTH].lower()


def event_uid(secret: bytes, record_id: str, domain: str) -> str:
    """What a record's event is called in calendars (RFC 5545 §3.8.4.7): always the same, and nobody can guess it."""
    digest = hmac.new(secret, f"event\0{record_id}".encode(), hashlib.sha256).hexdigest()
    return f"{record_id}-{digest[:_EVENT]}@{domain}"


def event_of(secret: bytes, uid: str) -> str:
    """The record whose event is called so; "" for a name that is not of our making."""
    local, _, domain = uid.rpartition("@")
    record_id = local[: -_EVENT - 1]
    return record_id if record_id and same(event_uid(secret, record_id, domain), uid) else ""


def in_subject(text: str) -> str:
    """A token as it stands in a subject."""
    return f"{{{text}}}"


def taken_out(mail: Mail) -> tuple[Mail, tuple[str, ...]]:
    """The message without the tokens of its subject, and the tokens."""
    tokens = tuple(found.lower() for found in _TOKEN.findall(mail.subject))
    if not tokens:
        return mail, ()
    return replace(mail, subject=_TOKEN.sub("", mail.subject), title=_TOKEN.sub("", mail.title).strip()), tokens


def hidden(text: str) -> str:
    """A text of ours without its tokens, to be shown."""
    return _IN_ADDRESS.sub("", _TOKEN.sub("", text))


def in_addresses(data: bytes) -> Iterator[str]:
    """The tokens of the buttons in a mail's text."""
    return (found[1].decode("ascii").lower() for found in _BYTES_IN_ADDRESS.finditer(data))


def without(data: bytes, known: Collection[str]) -> bytes:
    """A text as bytes without the tokens of its buttons, and without those that are `known` wherever they stand.

    Words of people in braces, such as {organization}, stay.
    """
    bare = _BYTES_IN_ADDRESS.sub(b"", data)
    return _BYTES.sub(lambda found: b"" if found[1].decode("ascii").lower() in known else found[0], bare)


def same(one: str, other: str) -> bool:
    """Whether two tokens are equal, in a time that does not tell how far."""
    return hmac.compare_digest(one.encode(), other.encode())
