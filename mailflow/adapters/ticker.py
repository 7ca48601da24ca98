"""Wakes what is to be done every so often, with `schedule`; its jobs only set events and cannot raise.

`schedule` counts in naive local time, so a change of the clocks could make a 30-second job wait for an hour:
the process runs in UTC, and a watchdog on the monotonic clock sets everything when no job ran for two periods.
No deadline of a record lives here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import schedule


@dataclass(slots=True)
class Ticker:
    """Jobs by period in seconds. `turn` is called about once a second by whoever drives it."""

    monotonic: Callable[[], float] = time.monotonic
    _scheduler: schedule.Scheduler = field(default_factory=schedule.Scheduler)
    _jobs: list["_Job"] = field(default_factory=list)

    def every(self, seconds: float, wake: Callable[[], None]) -> None:
        """Call `wake` every so many seconds (whole ones, at least 1); it must only set an event."""
        job = _Job(max(1, round(seconds)), wake, self.monotonic)
        self._jobs.append(job)
        self._scheduler.every(job.period).seconds.do(job)

    def turn(self) -> None:
        """Run what is due, and whatever the scheduler forgot."""
        self._scheduler.run_pending()
        for job in self._jobs:
            if self.monotonic() - job.last > 2 * job.period:
                job()


@dataclass(slots=True)
class _Job:
    period: int
    wake: Callable[[], None]
    monotonic: Callable[[], float]
    last: float = 0.0

    def __post_init__(self) -> None:
        self.last = self.monotonic()

    def __call__(self) -> None:
        self.last = self.monotonic()
        self.wake()
