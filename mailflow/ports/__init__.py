"""The edges the engine talks to, as it sees them: mailbox, store, courier, clock.

Errors are sorted by what the caller may do next: `Unavailable` (the world's trouble: try again later),
`Conflict` (decide again on what is there now), `Refused` (the configuration is wrong: tell a person).
"""

from datetime import datetime
from typing import Protocol

from mailflow.ports.courier import Courier, Deferred, Envelope, InDoubt, Outcome, Rejected, Sent
from mailflow.ports.errors import Conflict, Refused, Unavailable
from mailflow.ports.kept import RHYTHM, Hit, Item, Message, Seen
from mailflow.ports.mailbox import Mailbox, RawMail
from mailflow.ports.store import Store, Transaction


class Clock(Protocol):
    """What says the present moment, aware and in UTC."""

    def now(self) -> datetime: ...


__all__ = [
    "RHYTHM",
    "Clock",
    "Conflict",
    "Courier",
    "Deferred",
    "Envelope",
    "Hit",
    "InDoubt",
    "Item",
    "Mailbox",
    "Message",
    "Outcome",
    "RawMail",
    "Refused",
    "Rejected",
    "Seen",
    "Sent",
    "Store",
    "Transaction",
    "Unavailable",
]
