"""An invitation to the calendar as text (RFC 5545, RFC 5546 §3.2.2 and §3.2.5); the same values give the same bytes."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress, vText

from mailflow.mail.headers import line
from mailflow.mail.model import Address

REQUEST, CANCEL = "request", "cancel"
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_MAKER = "-//mailflow//mailflow//EN"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to what. Moments are aware; `uid` stays the same for as long as the event is the same one.

    `sequence` rises whenever time or place change, by which calendars know the newer version (RFC 5546 §2.1.4);
    `for_all`: what cancels it does so for everybody, not only for those whom it names (RFC 5546 §3.2.5).
    `stamp` is the moment at which it was decided, not the one at which it is written.
    """

    method: str
    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    summary: str
    organizer: Address
    attendees: tuple[Address, ...]
    description: str = ""
    place: str = ""
    private: bool = False
    for_all: bool = True


def calendar_text(invitation: Invitation) -> str:
    """The iCalendar object, lines folded and ended as RFC 5545 §3.1 wants. Moments are in UTC, so that it needs no
    zone; it sets no alarm, since reminding is ours."""
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method.upper())
    calendar.add_component(_event(invitation))
    text: bytes = calendar.to_ical()
    return text.decode("utf-8")


def _event(invitation: Invitation) -> Event:
    cancelled = invitation.method == CANCEL
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", _utc(invitation.stamp))
    event.add("dtstart", _utc(invitation.start))
    event.add("dtend", _utc(invitation.end))
    event.add("summary", line(invitation.summary))
    if invitation.description:
        event.add("description", _lines(invitation.description))
    if invitation.place:
        event.add("location", line(invitation.place))
    if invitation.for_all or not cancelled:
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("class", "PRIVATE" if invitation.private else "PUBLIC")
    event.add("organizer", _named(invitation.organizer), encode=False)
    for each in invitation.attendees:
        event.add("attendee", _attendee(each, asked=not cancelled), encode=False)
    return event


def _lines(text: str) -> str:
    """Words of several lines, without controls, which no text may have (RFC 5545 §3.3.11)."""
    lines = _BREAK.sub("\n", text)
    return _CONTROL.sub("", lines)


def _attendee(person: Address, *, asked: bool) -> vCalAddress:
    attendee = _named(person)
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    if asked:
        attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
        attendee.params["RSVP"] = vText("TRUE")
    return attendee


def _named(person: Address) -> vCalAddress:
    found = vCalAddress(f"mailto:{person.address}")
    # A parameter's value has no way to hold a quotation mark (RFC 5545 §3.2).
    found.params["CN"] = vText(line(person.name).replace('"', "'") or person.address)
    return found


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
