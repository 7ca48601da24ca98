"""What a message gives away besides tags and fields: a forgotten attachment, its first writer, foreign numbers."""

import re

from mailflow.core.directory import Directory
from mailflow.core.reading.values.people import read_people
from mailflow.mail.model import Mail

_LOOKED_AT = 20_000
_SPEAKS_OF_ATTACHMENT = re.compile(
    r"(?:见|詳?見|详见|如|参见|參見|查看|查收|在)\s?附件|附件(?:中|里|裡|是|为|為|所示|见|見|如)|"
    r"\b(?:see|find|in)\s+(?:the\s+)?(?:attached|attachment)|\battached (?:is|are|you|please)|"
    r"\bI(?:'ve| have)? attached",
    re.IGNORECASE,
)
_FROM = r"^[ \t>*]*(?:发件人|發件人|寄件者|寄件人|差出人|From|Von|De)[ \t*]*[:：][ \t*]*"
_ADDRESS = r"[^\n<>@]{0,200}?<?([\w.+-]{1,64}@[\w.-]{1,190}\w)"
_WROTE = re.compile(_FROM + _ADDRESS, re.MULTILINE | re.IGNORECASE)
# Within an organization Outlook prints names only; the day in the next line tells that it is a mail's header.
_NAMED = re.compile(
    _FROM
    + r"([^\n<>@]{1,80})\n[ \t>*]*(?:发送时间|发送日期|日期|寄件日期|傳送時間|Sent|Date|Gesendet|Datum)[ \t*]*[:：]",
    re.MULTILINE | re.IGNORECASE,
)
_FOLD = re.compile(r"\n[ \t]+")
_FOREIGN = re.compile(
    r"\[(?:\w{2,12} )?#([A-Za-z0-9-]{2,24})\]|"
    r"(?:工单号|工單號|工单|ticket(?: no\.?| number)?)\s*[:：#]\s*#?([A-Za-z0-9-]{3,24})",
    re.IGNORECASE,
)


def lacks_attachment(mail: Mail) -> bool:
    """Whether the writer speaks of an attachment that is not there."""
    return not mail.attachments and bool(_SPEAKS_OF_ATTACHMENT.search(mail.own[:_LOOKED_AT]))


def original_sender(mail: Mail, directory: Directory) -> str:
    """The address that a forwarded message names, in the text or in the header of what is attached; else "".

    A name alone is the address of whom it can only mean.
    """
    text = mail.text[:_LOOKED_AT]
    attached = (each.content for each in mail.attachments if each.type == "message/rfc822")
    header = next(attached, b"")[:_LOOKED_AT].replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("ascii", "replace")
    if found := _WROTE.search(text) or _WROTE.search(_FOLD.sub(" ", header)):
        return found[1].lower()
    named = _NAMED.search(text)
    people = read_people(named[1], directory) if named else ()
    return people[0].address if len(people) == 1 else ""


def foreign_numbers(mail: Mail) -> tuple[str, ...]:
    """The numbers that other ticket programs gave this matter, as `[#12345]` or `工单号：…` in the subject or text."""
    found = _FOREIGN.findall(f"{mail.subject}\n{mail.own[:_LOOKED_AT]}")
    numbers = (first or second for first, second in found)
    return tuple(dict.fromkeys(number for number in numbers if any(c.isdigit() for c in number)))
