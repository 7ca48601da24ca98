"""Bytes to a Mail. Never raises, whatever the bytes: what was wrong stands in the mail's defects."""

import hashlib
import re
from datetime import datetime
from email import message_from_bytes

from mailflow.mail.addresses import addresses
from mailflow.mail.automatic import automatic_signs, is_bounce, unanswerable_signs
from mailflow.mail.bounce import bounced_id, failures
from mailflow.mail.calendar import calendar_answers, calendar_words
from mailflow.mail.dates import first_moment
from mailflow.mail.headers import Fields, line, message_ids
from mailflow.mail.html import html_to_text
from mailflow.mail.model import Address, Mail, Table
from mailflow.mail.parts import Contents, body_charset, contents
from mailflow.mail.reply import Reply, own_words
from mailflow.mail.structure import structure
from mailflow.mail.subject import peel
from mailflow.mail.tables import Rows, text_tables

LOOP_HEADER = "X-Mailflow-Loop"
_TEXT_LIMIT = 2_000_000
_TEXT_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), *range(0x7F, 0xA0), 0xFEFF))
_TEXT_CONTROLS |= {12: "\n", 0x2028: "\n", 0x2029: "\n"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u30ff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_HEADER_LIMIT = 200_000
_LOCAL = re.compile(r"[a-z0-9._+-]{1,64}")
_SHARE = 5


def parse(content: bytes, *, received: datetime | None = None, mark: str = "") -> Mail:
    """Read a message. `received` is the moment it came (aware), `mark` our own loop mark.

    No bytes make this raise. Should our own reading fail, the mail is made from what the raw header gives,
    and says so in its defects.
    """
    try:
        return _read(bytes(content), received, mark)
    except Exception as problem:  # the one promise of this module: a message can always be filed
        return _salvaged(bytes(content), received, f"not readable: {type(problem).__name__}: {problem}")


def _salvaged(content: bytes, received: datetime | None, problem: str) -> Mail:
    """What the raw header gives, when reading the message failed. Not to be acknowledged."""
    subject, sender = "(unreadable message)", None
    try:
        fields = Fields(message_from_bytes(content[:_HEADER_LIMIT].replace(b"\r\n", b"\n").partition(b"\n\n")[0]))
        subject = fields.first("subject") or subject
        sender = _sender(fields)[0]
    except Exception:  # then without them
        problem += "; nor its header"
    return Mail(
        digest=hashlib.sha256(content).hexdigest()[:32],
        subject=subject,
        sender=sender,
        title=subject,
        date=received,
        unanswerable=("unreadable",),
        defects=(line(problem)[:300],),
    )


def _read(content: bytes, received: datetime | None, mark: str) -> Mail:
    message, raw_body, defects = structure(content)
    fields = Fields(message, body_charset(message) if not _header_is_ascii(content) else "")
    found = contents(message)
    subject = fields.first("subject")
    peeled = peel(subject)
    sender, sender_defects = _sender(fields)
    date, own_date = first_moment(fields.first("date"), fields.raw.get("received", ()), received)
    text, from_html = _body(found)
    text = text or calendar_words(found.calendars)  # an invitation may be the whole message
    reply = own_words(text)
    message_id = next(iter(message_ids(fields.first("message-id"))), "")
    marks = tuple(dict.fromkeys(fields.every(LOOP_HEADER.lower())))
    automatic = automatic_signs(fields, found.types, sender, subject)
    return Mail(
        digest=_digest(fields, subject, message_id, raw_body),
        subject=subject,
        message_id=message_id,
        in_reply_to=message_ids(fields.first("in-reply-to")),
        references=message_ids(fields.first("references")),
        sender=sender,
        reply_to=_addresses(fields, "reply-to"),
        to=_addresses(fields, "to"),
        cc=_addresses(fields, "cc"),
        date=date,
        labels=peeled.labels,
        title=peeled.title,
        replied=peeled.replied,
        forwarded=peeled.forwarded,
        text=text,
        own=reply.own,
        removed=reply.removed,
        language=language(reply.own, subject),
        tables=_tables(reply, from_html),
        attachments=tuple(found.attachments),
        confidential=fields.first("sensitivity").lower() in ("private", "company-confidential"),
        automatic=automatic,
        unanswerable=unanswerable_signs(automatic, fields, sender, marks, mark, found.calendar_reply),
        loop_marks=marks,
        failures=failures(message, fields, text) if is_bounce(automatic) else (),
        original_message_id=bounced_id(message, fields, text) if is_bounce(automatic) else "",
        calendar=calendar_answers(found.calendars),
        defects=(*defects, *found.defects, *sender_defects, *(() if own_date else ("no usable date",))),
    )


def language(own: str, subject: str) -> str:
    """ "zh", "en" or "", by what a person wrote: Han characters (but no kana), else Latin words.

    A Chinese name in an English letter does not make it Chinese, nor an English log a Chinese one English.
    """
    for text in (own[:5000], subject):
        han = len(_HAN.findall(text))
        words = len(_LATIN.findall(text))
        if han and not _KANA.search(text) and (han >= 8 or han * 2 >= words):
            return "zh"
        if words:
            return "en"
    return ""


def _header_is_ascii(content: bytes) -> bool:
    head = content[:65536]
    gap = head.find(b"\n\n")
    gap = gap if gap >= 0 else head.find(b"\n\r\n")
    return (head[:gap] if gap >= 0 else head).isascii()


def _sender(fields: Fields) -> tuple[Address | None, tuple[str, ...]]:
    for name in ("from", "reply-to", "sender"):
        for value in fields.unfolded(name):
            found = addresses(value)
            if found:
                return found[0], () if name == "from" else (f"no usable From: {name} taken",)
    name = fields.first("from").split("(")[0].strip(' <>"').lower()
    if _LOCAL.fullmatch(name):
        return Address(name), ("sender without a domain",)
    return None, ("no sender",)


def _addresses(fields: Fields, name: str) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for value in fields.unfolded(name):
        for one in addresses(value):
            found.setdefault(one.address, one)
    return tuple(found.values())


def _body(found: Contents) -> tuple[str, list[Rows]]:
    """The readable text of all pieces, and the tables in the HTML."""
    texts: list[str] = []
    tables: list[Rows] = []
    for plain, html in found.pieces:
        from_html, rows = html_to_text(html) if html else ("", [])
        tables += rows
        # The HTML is what the writer saw, and shows quotes and tables; the plain text may be a stub.
        texts.append(from_html if len(from_html) * _SHARE >= len(plain.strip()) else plain)
    text = clean_text("\n\n".join(one.strip("\n") for one in texts)[:_TEXT_LIMIT])
    return text, tables


def _tables(reply: Reply, from_html: list[Rows]) -> tuple[Table, ...]:
    """The tables of the body, each either the writer's own or quoted."""
    if not from_html:
        quoted = "\n".join(line.lstrip("> ") for line in reply.removed.split("\n"))
        own = [Table("own", rows) for rows in text_tables(reply.own)]
        return (*own, *(Table("quote", rows) for rows in text_tables(quoted)))
    words = " ".join(reply.own.split())
    return tuple(Table("own" if _is_in(words, rows) else "quote", rows) for rows in from_html)


def _is_in(words: str, rows: Rows) -> bool:
    cells = [cell for row in rows[:4] for cell in row if cell][:12]
    return sum(1 for cell in cells if cell in words) * 2 > len(cells)


def clean_text(text: str) -> str:
    """Text with "\\n" line ends only, without control characters and white space at the ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    if _CONTROL.search(text):
        text = text.translate(_TEXT_CONTROLS)
    return text.strip("\n").rstrip()


def _digest(fields: Fields, subject: str, message_id: str, raw_body: bytes) -> str:
    """The message's identity: trace headers, which every hop adds to, are no part of it."""
    head = "\n".join((*fields.unfolded("from")[:1], fields.first("date"), subject, message_id))
    body = raw_body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n \t")
    hashed = hashlib.sha256(head.encode("utf-8", "replace"))
    hashed.update(b"\0" + body)
    return hashed.hexdigest()[:32]
