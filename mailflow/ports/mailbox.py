"""The mailbox: one folder on an IMAP server, as the engine sees it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RawMail:
    """A message as a mailbox gave it. `uid` is 0 and `mailbox` says how when it came otherwise."""

    mailbox: str
    uidvalidity: int
    uid: int
    received: datetime
    content: bytes


class Mailbox(Protocol):
    """One folder on an IMAP server. Not thread-safe: one thread owns it.

    Every method raises Unavailable when the connection is lost (the next call connects anew) and
    Refused when the server says no for good.
    """

    name: str

    def listing(self, since: datetime | None) -> tuple[int, tuple[int, ...]]:
        """UIDVALIDITY and the UIDs that lie in the folder (of mail received since a moment)."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[tuple[RawMail, ...]]:
        """The messages, in batches bounded by the sum of their sizes; what has vanished is left out."""
        ...

    def file(self, uids: Sequence[int]) -> None:
        """Move these to the folder for filed mail; nothing when there is none."""
        ...

    def quarantine(self, uids: Sequence[int]) -> None:
        """Move these to the folder for mail that could not be read; nothing when there is none."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait for new mail with IDLE, or just wait; True as soon as there may be something new."""
        ...

    def wake(self) -> None:
        """End a `wait` early; the one method that another thread may call."""
        ...

    def close(self) -> None: ...
