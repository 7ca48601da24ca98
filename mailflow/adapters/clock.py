"""Clocks: the system's, one that stands at a moment (`--now`), and one that its owner moves."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Always the same moment: a command acts as if it were then."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(slots=True)
class SteppedClock:
    """A clock that stands wherever `moment` is set to; simulation and the demonstration move it."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment
