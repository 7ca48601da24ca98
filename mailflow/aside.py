"""What cannot be read or decided is put aside with its bytes and its reason; whoever must know is told."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailflow.core.decision import Letter
from mailflow.core.receiving.writers import accepted, answerable, sender_of
from mailflow.core.rule import Style
from mailflow.mail.limits import EXCESS, Excess
from mailflow.mail.model import Mail
from mailflow.mail.parse import parse
from mailflow.ports import Item, Message, RawMail, Transaction
from mailflow.post import Matter, Post, put
from mailflow.taking import Receipt, kept

log = logging.getLogger("mailflow.aside")

# The head of a message that is too large, which shows who sent it.
_HEAD = 100_000


def quarantine(
    tx: Transaction, post: Post, raw: RawMail, reason: str, now: datetime, mail: Mail | None = None
) -> Receipt:
    """Keep a message aside; the admin hears of it, unless it is merely too much."""
    digest = hashlib.sha256(raw.content).hexdigest()
    if not tx.has_message(digest):
        if mail is not None:
            message = replace(kept(mail, "quarantine", "", reason, now), digest=digest, message_id="")
        else:
            message = Message(digest, "quarantine", "", "", "", (), "", None, now, reason)
        tx.put_message(message, raw.content)
    log.error("quarantined digest=%s %s", digest[:16], reason)
    if not reason.startswith(EXCESS):
        # Once a day for one cause: a fault of ours must not flood the admin.
        sender = mail.sender.address if mail is not None and mail.sender else ""
        values = {"digest": digest[:16], "from": sender, "subject": mail.subject if mail else "", "reason": reason}
        to_admin(tx, post, "site/quarantined", values, now, f"{now.date().isoformat()} {reason[:40]}")
    return Receipt(raw, "quarantine", reason=reason)


def tell_writer(tx: Transaction, post: Post, raw: RawMail, too_much: Excess | None, now: datetime) -> tuple[Item, ...]:
    """Whoever sent what is too much to take hears of it; its head is enough to see who that is."""
    if too_much is None:
        return ()
    policy = post.policy
    mail = parse(raw.content[:_HEAD], received=raw.received, mark=policy.site.address)
    writer = sender_of(mail, policy)
    if not answerable(mail, policy) or not accepted(writer, policy):
        return ()
    values = {"message_id": mail.message_id, "subject": mail.subject, **too_much.values}
    letter = Letter(Style.REPLY, "site/too-large", (writer,), rule="too-large", values=values)
    return put(tx, post.written([Matter(letter, None, mail, mail.digest)], now))


def to_admin(
    tx: Transaction, post: Post, template: str, values: Mapping[str, str], now: datetime, occasion: str
) -> tuple[Item, ...]:
    """A mail to the admin about the home itself; that of one occasion is sent once."""
    letter = Letter(Style.NOTIFY, template, post.policy.site.admin, rule=template, urgent=True, values=dict(values))
    return put(tx, post.written([Matter(letter, None, None, f"{template} {occasion}")], now))
