"""The event that a record is: when, where, for whom, and who answered what to the invitation. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailflow.core.duration import parse_duration
from mailflow.core.model import Attendance, Record
from mailflow.core.policy import Policy
from mailflow.core.roles import holders
from mailflow.core.span import read_stored
from mailflow.core.workflow import Event


@dataclass(frozen=True, slots=True)
class Happening:
    """`version` rises whenever time or place change: the number of the history entry that last did it; `edition` also
    when it is for others."""

    begins: datetime
    ends: datetime
    room: str
    about: str
    guests: tuple[str, ...]
    version: int
    edition: int


def happening(record: Record, policy: Policy, now: datetime) -> Happening | None:
    """None for a record that is no event, or has no time yet."""
    event = policy.workflow(record.kind).event
    span = read_stored(record.fields.get(event.start, "")) if event is not None else None
    if event is None or span is None:
        return None
    lasts = span.end - span.begin or _length(record.fields.get(event.lasts, ""), event)
    version = _last(record, event.start, event.lasts, event.room)
    return Happening(
        span.begin,
        span.begin + lasts,
        record.fields.get(event.room, ""),
        record.fields.get(event.about, ""),
        guests(record, policy, now),
        version,
        max(version, _last(record, event.attendees)),
    )


def guests(record: Record, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Who is invited, themselves, by a deputy, or by whom they said to send."""
    sent = (said.delegate for said in record.attendance.values() if said.answer == "delegated" and said.delegate)
    return tuple(dict.fromkeys((*invited(record, policy, now), *sent)))


def invited(record: Record, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Whom the record itself invites, and their deputies."""
    event = policy.workflow(record.kind).event
    people = holders(event.invited, record, policy, now) if event is not None else ()
    return tuple(dict.fromkeys((*people, *(policy.present(each, now) for each in people))))


def attendance(record: Record, policy: Policy, now: datetime) -> Iterator[tuple[str, Attendance | None]]:
    """Each who is invited, and what they answered since the event was last moved; None: nothing yet."""
    event = policy.workflow(record.kind).event
    if event is None:
        return
    moved = record.marks.get(event.start)
    since = moved.entry if moved else 0
    for address in holders(event.invited, record, policy, now):
        said = record.attendance.get(address) or record.attendance.get(policy.present(address, now))
        yield address, said if said is not None and said.entry > since else None


def _last(record: Record, *names: str) -> int:
    """The number of the history entry that last set one of these fields."""
    return max((mark.entry for name in names if (mark := record.marks.get(name)) is not None), default=0)


def _length(text: str, event: Event) -> timedelta:
    """How long it lasts, as somebody wrote it or as usual."""
    try:
        said = parse_duration(text)
    except ValueError:
        return event.usual.elapsed()
    return event.usual.elapsed() if said.working or not said.amount else said.elapsed()
