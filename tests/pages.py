"""The HTML page of a mail of ours, by the standard library's reader."""

import email.policy
from email.message import EmailMessage


def page(content: bytes) -> str:
    """The page that a mail holds, "" where it has none."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("html",))
    return part.get_content() if part is not None else ""
