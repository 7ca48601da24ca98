"""How long to wait before a server is tried again: longer each time, and not all at the same moment."""

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays in seconds that grow by `factor` from `first` up to `most`, spread by up to `jitter` of each.

    The spread comes from `seed` (such as the mailbox's name) and the attempt, so that a delay is a value that
    can be worked out again, while several mailboxes of one server do not come back together.
    """

    first: float = 2.0
    most: float = 300.0
    factor: float = 2.0
    jitter: float = 0.25
    seed: str = ""

    def delay(self, attempt: int) -> float:
        """Seconds to wait after the attempt of this number, which counts from 1."""
        growth = self.factor ** min(max(attempt, 1) - 1, 64)
        longest = min(self.most, self.first * growth)
        digest = blake2b(f"{self.seed}\0{attempt}".encode(), digest_size=8).digest()
        return longest * (1 - self.jitter * int.from_bytes(digest, "big") / 2**64)
