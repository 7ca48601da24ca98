"""A message on its way in: read within the limits, kept with what was found, its place on the server remembered."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow import tokens
from mailflow.core.changes import Entry
from mailflow.core.policy import Policy
from mailflow.mail.limits import Excess, excess, oversize
from mailflow.mail.model import Mail
from mailflow.mail.parse import parse
from mailflow.ports import Item, Message, RawMail, Seen, Transaction

log = logging.getLogger("mailflow.taking")

# So much of a message's text is kept with it for lists and search; its bytes are kept whole.
TEXT_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: `place` is filed, unfiled, quarantine or duplicate; mails are those it set off."""

    raw: RawMail
    place: str
    record: str = ""
    reason: str = ""
    message_id: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A message as read, with its subject's tokens; without `mail`, `problem` says why, `excess` what is too much."""

    raw: RawMail
    mail: Mail | None
    problem: str = ""
    tokens: tuple[str, ...] = ()
    excess: Excess | None = None


def read(raw: RawMail, policy: Policy, *, limited: bool = True) -> Read:
    """Parse a message; a fault of ours becomes the reason for which it is quarantined.

    What an operator lets through is read whatever its size.
    """
    limits = policy.site.limits
    if limited and (large := oversize(len(raw.content), limits.message_size)):
        return Read(raw, None, str(large), excess=large)
    try:
        mail = parse(raw.content, received=raw.received, mark=policy.site.address)
        mail, found = tokens.taken_out(mail)
        too_much = excess(mail, limits.attachments, limits.unpacked_size) if limited else None
        return Read(raw, None, str(too_much), excess=too_much) if too_much else Read(raw, mail, tokens=found)
    except Exception as fault:
        log.exception("cannot read message %s/%s", raw.mailbox, raw.uid)
        return Read(raw, None, f"cannot be read: {fault!r}")


def kept(mail: Mail, place: str, record: str, reason: str, now: datetime, entries: Sequence[Entry] = ()) -> Message:
    """A message as the store has it; `entries` are those of the decision on it."""
    return Message(
        digest=mail.digest,
        place=place,
        record=record,
        message_id=mail.message_id,
        sender=mail.sender.address if mail.sender else "",
        to=tuple(each.address for each in (*mail.to, *mail.cc)),
        subject=mail.subject,
        date=mail.date,
        at=now,
        reason=reason,
        text=mail.own[:TEXT_KEPT],
        automatic=bool(mail.automatic),
        attachments=tuple((each.filename, each.type, each.size) for each in mail.attachments),
        entry=entries[0].number if entries else 0,
    )


def note(tx: Transaction, receipt: Receipt) -> None:
    """Remember at which place on the server a message lay, so that it is taken once."""
    raw = receipt.raw
    if raw.uid:
        place = "quarantine" if receipt.place == "quarantine" else "filed"
        tx.put_seen(raw.mailbox, raw.uidvalidity, (Seen(raw.uid, place, False, 0),))
