"""What a mail program says about a calendar: the answer to an invitation, another time that it proposes. Never raises.

RFC 5546 §3.2.3 (REPLY), §3.2.7 (COUNTER), carried by mail as RFC 6047 has it. Everybody writes them a little
otherwise: Exchange names its own time zones, some give no method in the header, some break lines.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from urllib.parse import unquote

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress

from mailflow.mail.model import CalendarAnswer

# More than this is no answer to an invitation.
_LARGEST = 200_000
_MOST_PARTS = 4
_MOST_ANSWERS = 20
_LONGEST = 1000

_METHODS = frozenset({"reply", "counter"})
_ANSWERS = frozenset({"accepted", "declined", "tentative", "needs-action", "delegated"})
# What stands at the beginning of a line that is one (RFC 5545 §3.1): a name, then parameters or the value.
_LINE = re.compile(r"[A-Za-z0-9-]+[;:]")
# What an answer cannot do without.
_NEEDED = re.compile(
    r"(?:BEGIN:(?:VCALENDAR|VEVENT)|END:(?:VCALENDAR|VEVENT)|(?:METHOD|UID|ATTENDEE|COMMENT|SEQUENCE)[;:])", re.I
)


def calendar_answers(parts: Iterable[tuple[str, str]]) -> tuple[CalendarAnswer, ...]:
    """What the calendar parts of a message answer; each part is its text and the method its header names ("")."""
    found: dict[tuple[str, str], CalendarAnswer] = {}
    for number, (text, method) in enumerate(parts):
        if number >= _MOST_PARTS or len(text) > _LARGEST:
            continue
        for each in _answers(text, method.lower()):
            found.setdefault((each.uid, each.attendee), each)
            if len(found) >= _MOST_ANSWERS:
                break
    return tuple(found.values())


def calendar_words(parts: Iterable[tuple[str, str]]) -> str:
    """What the first event of the calendar parts says in words: its description, else its title; "" without any."""
    for text, _ in list(parts)[:_MOST_PARTS]:
        try:
            events = Calendar.from_ical("\r\n".join(_lines(text[:_LARGEST])) + "\r\n").walk("VEVENT")
            said = (_text(event.get("DESCRIPTION")) or _text(event.get("SUMMARY")) for event in events)
            if words := next(filter(None, said), ""):
                return words
        except Exception:  # as below
            continue
    return ""


def _answers(text: str, method: str) -> Iterable[CalendarAnswer]:
    """As it stands; else, since a line that cannot be read may end the reading, by the lines that an answer needs."""
    lines = _lines(text)
    for each in (lines, [line for line in lines if _NEEDED.match(line)]):
        try:
            return tuple(_read("\r\n".join(each) + "\r\n", method))
        except Exception:  # the reader raises what it likes on what is no calendar; then there is no answer
            continue
    return ()


def _read(text: str, method: str) -> Iterator[CalendarAnswer]:
    calendar = Calendar.from_ical(text)
    said = str(calendar.get("METHOD", method)).strip().lower()
    if said in _METHODS:
        for event in calendar.walk("VEVENT"):
            if isinstance(event, Event):
                yield from _of_event(event, said)


def _lines(text: str) -> list[str]:
    """Long lines put together again (RFC 5545 §3.1), without what can be no line, which ends the reading."""
    text = re.sub(r"\r?\n[ \t]", "", text.replace("\0", "").removeprefix("\ufeff"))
    return [line for line in text.splitlines() if _LINE.match(line)]


def _of_event(event: Event, method: str) -> Iterator[CalendarAnswer]:
    uid = str(event.get("UID", "")).strip()[:_LONGEST]
    comment = _text(event.get("COMMENT"))
    for attendee in _listed(event.get("ATTENDEE")):
        given = _parameters(attendee)
        # Some calendars name people by numbers of their own, and the address beside it (RFC 7986 §6.2).
        address = _address(str(attendee)) or _address(str(given.get("EMAIL", "")))
        said = str(given.get("PARTSTAT", "needs-action")).lower()
        if not uid or not address:
            continue
        yield CalendarAnswer(
            method=method,
            uid=uid,
            attendee=address,
            answer=said if said in _ANSWERS else "needs-action",
            delegate=_delegate(attendee),
            comment=comment or _text(given.get("X-RESPONSE-COMMENT")),
            start=_moment(event) if method == "counter" else None,
            sequence=_number(event.get("SEQUENCE")),
        )


def _delegate(attendee: object) -> str:
    """To whom they gave it (RFC 5545 §3.2.5), "" when to nobody."""
    return next((_address(str(each)) for each in _listed(_parameters(attendee).get("DELEGATED-TO"))), "")


def _parameters(attendee: object) -> dict[str, object]:
    return dict(attendee.params) if isinstance(attendee, vCalAddress) else {}


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _address(text: str) -> str:
    address = unquote(text.strip().strip('"')).lower().removeprefix("mailto:").strip()
    return address if re.fullmatch(r"[^\s@<>\";:,]{1,64}@[^\s@<>\";:,/]{1,255}", address) else ""


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int) else None


def _text(value: object) -> str:
    return "\n".join(str(each).strip() for each in _listed(value))[:_LONGEST].strip()


def _moment(event: Event) -> datetime | None:
    """When it would begin, in UTC; None where the text does not say it in a way that means one moment."""
    start = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(start, date) or not isinstance(start, datetime) or start.tzinfo is None:
        return None
    return start.astimezone(UTC)
