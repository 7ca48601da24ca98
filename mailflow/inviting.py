"""The event of a record as the invitation that goes with a mail (RFC 5546), or as its cancellation."""

from datetime import datetime

from mailflow import tokens
from mailflow.core.decision import Letter
from mailflow.core.event import happening, invited
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.mail.invitation import CANCEL, Invitation, calendar_text
from mailflow.mail.model import Address


def invitation(
    letter: Letter, record: Record | None, policy: Policy, secret: bytes, now: datetime, language: str
) -> tuple[str, str] | None:
    """The iCalendar object and its method; None where the letter invites to nothing, or nobody knows when it is.

    It bears all who get it, since a mail program offers to answer to whom it finds named there.
    """
    found = happening(record, policy, now) if record is not None and letter.invite else None
    if record is None or found is None:
        return None
    site, named = policy.site, policy.directory.person
    # Who is asked no more is taken out alone, and the event goes on for the others (RFC 5546 §3.2.5).
    leaving = letter.invite == CANCEL and not set(letter.to) & set(invited(record, policy, now))
    people = tuple(dict.fromkeys((*letter.to, *(() if leaving else found.guests))))
    made = Invitation(
        method=letter.invite,
        uid=tokens.event_uid(secret, record.id, site.address.rpartition("@")[2]),
        # What calls it off must be newer than what called it (RFC 5546 §2.1.4).
        sequence=record.entries if letter.invite == CANCEL else found.edition,
        stamp=now,
        start=found.begins,
        end=found.ends,
        summary=f"[{record.id}] {record.title}",
        organizer=Address(site.address, site.name.get(language, "")),
        attendees=tuple(Address(each, named(each).name) for each in people),
        description=found.about,
        place=found.room,
        private=record.confidential,
        for_all=not leaving,
    )
    return calendar_text(made), letter.invite
