"""A stretch of time as a field keeps it: ISO 8601 with offset, `2026-12-01T22:00+08:00/2026-12-02T02:00+08:00`.

A moment is a stretch without length, and is kept as its one moment.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` to `end`, both aware and in the zone they were kept in; the end itself belongs to it no more."""

    begin: datetime
    end: datetime

    def __str__(self) -> str:
        first = self.begin.isoformat(timespec="minutes")
        return first if self.begin == self.end else f"{first}/{self.end.isoformat(timespec='minutes')}"

    @property
    def days(self) -> tuple[date, date]:
        """Its first and its last day; what ends at midnight ends with the day before."""
        last = self.end - timedelta(minutes=1) if self.end > self.begin else self.end
        return self.begin.date(), last.date()

    def overlaps(self, other: "Span") -> bool:
        return (self.begin < other.end and other.begin < self.end) or self.begin == other.begin


def read_stored(value: str) -> Span | None:
    """A moment or a span as it is kept; None for a date without a time, and for any other text."""
    first, _, last = value.partition("/")
    begin = _moment(first)
    end = _moment(last) if last else begin
    return Span(begin, end) if begin is not None and end is not None and begin <= end else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if "T" in text and moment.tzinfo is not None else None
