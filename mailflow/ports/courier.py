"""The courier: what takes mails to the relay, and what SMTP made of each."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Envelope:
    """What SMTP sees: an outbox item's id, sender ("" for the null sender), recipients, bytes."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took it for at least one recipient.

    `refused` are recipients it will never take, `deferred` those to be tried again, alone: address -> answer.
    """

    reply: str
    refused: Mapping[str, str]
    deferred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now (4yz, no connection): try again by the back-off of RFC 5321 §4.5.4.1.

    `refused` are recipients it will never take, to be left out then: address -> answer.
    """

    reason: str
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never (5yz): tell a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The answer after the final dot was lost: it may have been taken."""

    reason: str


Outcome = Sent | Deferred | Rejected | InDoubt


class Courier(Protocol):
    """The way to the relay."""

    def send(self, envelopes: Sequence[Envelope]) -> AsyncIterator[tuple[str, Outcome]]:
        """Send all, several connections in parallel; yields (id, outcome) as each is known. Never raises."""
        ...

    async def check(self) -> None:
        """Connect and log in; raises Unavailable or Refused."""
        ...
