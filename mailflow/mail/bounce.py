"""Which recipients a bounce names, for good or for now, and which mail of ours it was (RFC 3464, RFC 3463)."""

from collections.abc import Iterator
from email.message import Message

from mailflow.mail.headers import Fields, message_ids
from mailflow.mail.model import Failure

_PARTS = 200


def failures(message: Message, text: str) -> tuple[Failure, ...]:
    """The failed or delayed recipients. Delivered, relayed and expanded ones are none."""
    found: dict[str, Failure] = {}
    for group in _report_groups(message):
        failure = _reported(Fields(group))
        if failure:
            found.setdefault(failure.address, failure)
    return tuple(found.values())


def bounced_id(message: Message, text: str) -> str:
    """The Message-ID of the mail that came back, "" where the bounce does not hold it."""
    for part in _parts(message):
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
            return next(iter(message_ids(Fields(payload[0]).first("message-id"))), "")
    return ""


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count > _PARTS:
            return
        yield part


def _report_groups(message: Message) -> Iterator[Message]:
    for part in _parts(message):
        payload = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(payload, list):
            yield from payload


def _reported(fields: Fields) -> Failure | None:
    recipient = fields.first("final-recipient") or fields.first("original-recipient")
    address = recipient.partition(";")[2].strip().strip("<>").lower() or recipient.strip().lower()
    action = fields.first("action").lower().split(" ")[0]
    status = fields.first("status").split(" ")[0].split("(")[0]
    if "@" not in address or action in ("delivered", "relayed", "expanded"):
        return None
    return Failure(address, action != "delayed" and not status.startswith("4"), status)
