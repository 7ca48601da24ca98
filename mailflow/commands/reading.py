"""A message's bytes as people read them: the headers decoded, then the text."""

from email import message_from_bytes, policy
from email.parser import BytesHeaderParser

from mailflow.mail.headers import header_text
from mailflow.mail.parse import parse
from mailflow.tokens import hidden

_RAW_SHOWN = 20_000


def message_text(content: bytes) -> str:
    """Headers and text of a message of ours: the plain text, which says what the HTML says."""
    plain = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    text = str(plain.get_content()).replace("\r\n", "\n") if plain is not None else parse(content).text
    # Nor what an answer to it would prove its writer by.
    return hidden(f"{_headers(content)}\n\n{text.rstrip()}")


def raw_text(content: bytes) -> str:
    """The beginning of a message that could not be read: shown as it is, not parsed again."""
    text = content[:_RAW_SHOWN].decode("utf-8", "replace").replace("\r\n", "\n")
    more = f"\n… ({len(content)} bytes in all)" if len(content) > _RAW_SHOWN else ""
    return text.rstrip() + more


def _headers(content: bytes) -> str:
    message = BytesHeaderParser(policy=policy.compat32).parsebytes(content)
    return "\n".join(f"{name}: {header_text(str(value))}" for name, value in message.items())
