"""Clocks: the system's, one that stands at a moment (`--now`), and one that runs faster than time."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class SystemClock:
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
    """A clock that goes where it is put; the demonstration moves it through a week."""

    moment: datetime
    started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by
