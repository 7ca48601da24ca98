"""Takes out of messages what an answer to them would prove its writer by (design §9), and nothing else.

Tokens go. The Message-IDs of our notices, which nobody can guess, become others, each always the same one, so that
mail programs still show the thread. A message without either stays byte for byte as it was.
"""

import binascii
import hashlib
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.generator import BytesGenerator
from email.message import Message
from email.policy import compat32
from io import BytesIO

from mailflow import tokens
from mailflow.mail.compose import encoded
from mailflow.mail.headers import header_text
from mailflow.mail.structure import structure

# Where mail programs keep the subject.
_SUBJECTS = frozenset({"subject", "thread-topic"})


@dataclass(frozen=True, slots=True)
class Proofs:
    """What is taken out: `issued`, the tokens that were given out, wherever they stand; the Message-IDs of `domain`."""

    domain: str
    issued: frozenset[str]

    def without(self, content: bytes) -> bytes:
        """A message without them."""
        renamed = self._renamed(content)
        message, _, _ = structure(renamed)
        found = [self._clean_headers(part) | self._clean_text(part) for part in message.walk()]
        if not any(found):
            return renamed
        out = BytesIO()
        ends = "\r\n" if b"\r\n" in content[:4096] else "\n"
        as_it_was = compat32.clone(max_line_length=None, linesep=ends)
        BytesGenerator(out, mangle_from_=False, policy=as_it_was).flatten(message)
        return out.getvalue()

    def hidden(self, text: str) -> str:
        """A text that is kept without them."""
        return self.cleaned(text.encode()).decode()

    def cleaned(self, data: bytes) -> bytes:
        """Bytes of a charset that extends ASCII without them."""
        return self._renamed(tokens.without(data, self.issued))

    def _renamed(self, data: bytes) -> bytes:
        pattern = rb"[0-9a-f]{40}(?=(?:@|%40)" + re.escape(self.domain.encode()) + rb")"
        return re.sub(pattern, lambda found: hashlib.sha256(found[0]).hexdigest()[:40].encode(), data)

    def _clean_headers(self, part: Message) -> bool:
        """Take them out of the fields of a part; whether there were any."""
        cleaned = {name: self._field(name, value) for name, value in part.raw_items()}
        for name, value in cleaned.items():
            if value is not None:
                part.replace_header(name, value)
        return any(value is not None for value in cleaned.values())

    def _field(self, name: str, value: object) -> str | None:
        """A field without tokens, None where it has none. In a subject whatever looks like one is one."""
        text = header_text(str(value))
        found = tokens.hidden(text) if name.lower() in _SUBJECTS else self.hidden(text)
        return None if found == text else encoded(found, len(name) + 2).replace("?= =?", "?=\n =?")

    def _clean_text(self, part: Message) -> bool:
        """Take them out of a text; whether there were any."""
        data = _text(part)
        cleaned = self.cleaned(data)
        if cleaned != data:
            part.set_payload(_encoded(cleaned, str(part.get("Content-Transfer-Encoding", ""))))
        return cleaned != data


def issued(contents: Iterable[bytes]) -> Iterator[str]:
    """The tokens that mails of ours gave out, by their buttons."""
    for content in contents:
        for part in structure(content)[0].walk():
            yield from tokens.in_addresses(_text(part))


def _text(part: Message) -> bytes:
    """A part of text, its transfer encoding undone; b"" for any other."""
    if part.is_multipart() or part.get_content_maintype() != "text":
        return b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _encoded(data: bytes, encoding: str) -> str:
    """As a part's transfer encoding wants it, for the generator to write."""
    match encoding.strip().lower():
        case "base64":
            lines = [binascii.b2a_base64(data[start : start + 57]) for start in range(0, len(data), 57)]
            return b"".join(lines).decode("ascii")
        case "quoted-printable":
            return quopri.encodestring(data).decode("ascii")
        case _:
            return data.decode("ascii", "surrogateescape")
