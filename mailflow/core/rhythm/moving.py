"""A series at other times: its meetings to come go along with it, as far as their own rules let them. Pure.

Invariant: each record to come stands for one occurrence, the first for the first, so that none is called a second time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.event import happening
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rhythm.agenda import Agenda, coming, past
from mailflow.core.rhythm.calling import start_of
from mailflow.core.rhythm.occurrences import Occurrence
from mailflow.core.series import MEETINGS, RESCHEDULED, Series, series_of
from mailflow.core.triggers import SignalGiven


@dataclass(frozen=True, slots=True)
class Move:
    """A record of a series, and the occurrence that it stands for now."""

    key: str
    record: Record
    occurrence: Occurrence

    def signal(self, policy: Policy) -> SignalGiven | None:
        """What the record is told; None where it begins then already."""
        start = start_of(self.occurrence, policy)
        event = policy.workflow(self.record.kind).event
        if event is None or self.record.fields.get(event.start) == start:
            return None
        return SignalGiven(RESCHEDULED, self.key, "", {"start": start})


def edited(agenda: Agenda, policy: Policy) -> Mapping[str, Series]:
    """The series that came at other times before, by their keys."""
    meetings = ((f"{MEETINGS}{name}", each) for name, each in policy.rhythm.meetings.items())
    return {key: each for key, each in meetings if key in agenda.done and agenda.done[key].signature != each.signature}


def moves(agenda: Agenda, policy: Policy, records: Iterable[Record], now: datetime) -> tuple[Move, ...]:
    """Each record to come of a series that was edited, with its occurrence."""
    known = tuple(records)
    return tuple(
        Move(key, record, occurrence)
        for key, series in edited(agenda, policy).items()
        for record, occurrence in zip(
            _to_come(key, known, policy, now), coming(series, past(series, policy, now), policy), strict=False
        )
    )


def _to_come(key: str, records: Iterable[Record], policy: Policy, now: datetime) -> Iterator[Record]:
    """The records of a series that have not begun, in order; cancelled ones too, which are not called again."""
    found = [
        (event.begins, record.id, record)
        for record in records
        if f"{MEETINGS}{series_of(record)}" == key
        and record.kind in policy.kinds
        and (event := happening(record, policy, now)) is not None
        and event.begins > now
    ]
    yield from (record for _, _, record in sorted(found, key=lambda each: each[:2]))
