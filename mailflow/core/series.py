"""What rhythm.yaml says: series of meetings, reports, and when they come again. Values only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Protocol

from mailflow.core.duration import Duration
from mailflow.core.model import Record
from mailflow.core.rule import Condition, Place
from mailflow.core.workflow import Labels

MEETINGS = "meetings."
"""What the key of a meeting begins with; its name follows."""

RESCHEDULED = "rescheduled"
"""The signal that a record gets whose series has other times now; it says `start`, when it would begin."""


class Recurrence(Protocol):
    """The days of a rule (RFC 5545 §3.3.10)."""

    def since(self, day: date) -> Iterator[date]:
        """Its days from `day` on, that day included, in order."""
        ...


class OnHoliday(StrEnum):
    """What becomes of an occurrence whose day is no working day."""

    NEXT = "next working day"
    PREVIOUS = "previous working day"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Times:
    """At this clock time of the recurrence's days, by the named calendar ("": the site's)."""

    recurrence: Recurrence
    at: time
    holiday: OnHoliday = OnHoliday.SKIP
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A meeting that comes again: a record of `kind` is opened `ahead` of each time.

    `attendees` and `recorder` are role expressions or addresses; `fields` are further values of the record,
    canonical. `signature` tells when the times have changed. While it is `paused`, nothing is opened.
    """

    name: str
    kind: str
    title: Labels
    times: Times
    ahead: Duration
    attendees: tuple[str, ...]
    recorder: str
    lasts: Duration | None = None
    room: str = ""
    brief: bool = False
    paused: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    signature: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Report:
    """What a report shows, and to whom it is mailed when; no `times`: it is printed only.

    `of` is a kind, "" for all; `tasks`: a row is a task of it, not a record. `columns` and `sort` are names of
    core.showing.cells, a `-` before one that sorts downwards.
    """

    name: str
    title: Labels
    of: str
    columns: tuple[str, ...]
    tasks: bool = False
    when: Condition | None = None
    sort: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    times: Times | None = None
    source: str = ""
    signature: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All of rhythm.yaml, by name."""

    meetings: Mapping[str, Series] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)


def series_of(record: Record) -> str:
    """The meeting of rhythm.yaml that called a record, by its name; "" for one that was opened otherwise."""
    head, _, number = record.matter.rpartition(" ")
    return head.removeprefix(MEETINGS) if head.startswith(MEETINGS) and number.isdecimal() else ""
