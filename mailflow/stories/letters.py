"""The bytes of what arrives in a story: mails as a mail program would write them, and bounces (RFC 3464)."""

import mimetypes
import re
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from mailflow.core.policy import Policy
from mailflow.mail.parse import parse
from mailflow.ports import Item
from mailflow.stories.values import Written

_ANSWERED = re.compile(r"^(?:(?:re|回复|答复)\s*[:：]\s*)+", re.IGNORECASE)
_BOUNCE = """\
From: MAILER-DAEMON@{domain}
To: {site}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: <{id}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{domain}

Final-Recipient: rfc822; {reader}
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: <{original}>

--b--
"""


def written(
    letter: Written, policy: Policy, now: datetime, number: int, answered: tuple[Item, bytes] | None = None
) -> bytes:
    """A mail of a story; `answered` is the mail of ours it replies to, `number` what its Message-ID follows from."""
    if letter.message:
        return letter.message
    if letter.calendar and answered is not None:
        return _by_calendar(letter, policy, now, number, answered[1])
    message = EmailMessage()
    message["From"] = _mailbox(letter.sender, policy)
    message["To"] = [_mailbox(each, policy) for each in (policy.site.address, *letter.to)]
    if letter.cc:
        message["Cc"] = [_mailbox(each, policy) for each in letter.cc]
    message["Date"] = format_datetime(policy.calendar("").local(now))
    message["Message-ID"] = f"<{number}.story@{letter.sender.partition('@')[2]}>"
    message["Subject"] = _subject(letter, answered)
    text = letter.body
    if answered is not None:
        item, content = answered
        message["In-Reply-To"] = message["References"] = f"<{item.message_id}>"
        text += _quoted(item, content, policy, now) if letter.quote and not letter.automatic else ""
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied"
    for name, value in letter.headers.items():
        del message[name]
        message[name] = value
    message.set_content(text + "\n")
    if letter.html:
        message.add_alternative(letter.html + "\n", subtype="html")
    for each in letter.attached:
        kind = mimetypes.guess_type(each.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return message.as_bytes()


def _by_calendar(letter: Written, policy: Policy, now: datetime, number: int, invitation: bytes) -> bytes:
    """What a calendar program answers to an invitation (RFC 5546 §3.2.3): it names the event, and no message."""
    uid = re.search(r"^UID:(.*)$", _unfolded(_calendar(invitation)), re.MULTILINE)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{uid[1].strip() if uid else ''}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"ATTENDEE;PARTSTAT={letter.calendar.upper()}:mailto:{letter.sender}",
        *([f"COMMENT:{' '.join(letter.body.split())}"] if letter.body else []),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    message = EmailMessage()
    message["From"] = _mailbox(letter.sender, policy)
    message["To"] = _mailbox(policy.site.address, policy)
    message["Date"] = format_datetime(policy.calendar("").local(now))
    message["Message-ID"] = f"<{number}.calendar@{letter.sender.partition('@')[2]}>"
    message["Subject"] = letter.subject or letter.calendar.title()
    message.set_content(f"{letter.body}\n")
    content = "\r\n".join(lines).encode()
    message.add_alternative(content, maintype="text", subtype="calendar", params={"method": "REPLY"})
    return message.as_bytes()


def invite_of(content: bytes) -> str:
    """What a mail of ours says to its reader's calendar, request or cancel; "" nothing."""
    method = re.search(r"^METHOD:(\w+)", _unfolded(_calendar(content)), re.MULTILINE)
    return method[1].lower() if method else ""


def _calendar(content: bytes) -> str:
    """The iCalendar object of a mail of ours; "" where it has none."""
    parts = (each for each in message_from_bytes(content).walk() if each.get_content_type() == "text/calendar")
    body = next((each.get_payload(decode=True) for each in parts), b"")
    return body.decode("utf-8") if isinstance(body, bytes) else ""


def _unfolded(text: str) -> str:
    return re.sub(r"\r?\n[ \t]", "", text)


def bounced(item: Item, reader: str, status: str, policy: Policy, now: datetime, number: int) -> bytes:
    """What a mail server says about a mail of ours to this reader; 5.y.z is for good, 4.y.z for now."""
    site = policy.site.address
    domain = site.partition("@")[2]
    return _BOUNCE.format(
        domain=domain,
        site=site,
        date=format_datetime(policy.calendar("").local(now)),
        id=f"{number}.bounce@{domain}",
        reader=reader,
        action="failed" if status.startswith("5") else "delayed",
        status=status,
        original=item.message_id,
    ).encode()


def _mailbox(address: str, policy: Policy) -> Address:
    return Address(policy.directory.person(address).name, addr_spec=address)


def _subject(letter: Written, answered: tuple[Item, bytes] | None) -> str:
    named = f"[{letter.about}] " if letter.about and answered is None else ""
    if letter.subject or answered is None:
        return f"{named}{letter.subject}".strip()
    return f"Re: {_ANSWERED.sub('', answered[0].subject)}"


def _quoted(item: Item, content: bytes, policy: Policy, now: datetime) -> str:
    """The mail answered, below the answer."""
    day = policy.calendar("").local(item.sent_at or now)
    head = f"On {day:%d %b %Y}, {policy.site.address} wrote:"
    lines = parse(content).text.splitlines()
    return "\n".join(["\n", head, *(f"> {line}".rstrip() for line in lines)])
