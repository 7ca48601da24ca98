"""What a message gives away besides tags and fields: a forgotten attachment, its first writer, foreign numbers."""

import re

from mailflow.mail.model import Mail

_LOOKED_AT = 20_000
_SPEAKS_OF_ATTACHMENT = re.compile(
    r"(?:见|詳?見|详见|如|参见|參見|查看|查收|在)\s?附件|附件(?:中|里|裡|是|为|為|所示)|"
    r"\b(?:see|find|in)\s+(?:the\s+)?(?:attached|attachment)|\battached (?:is|are|you|please)|"
    r"\bI(?:'ve| have)? attached",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"^[ \t>*]*(?:发件人|發件人|寄件者|寄件人|From)[ \t*]*[:：][ \t*]*"
    r"[^\n<>@]{0,80}?<?([\w.+-]{1,64}@[\w.-]{1,190}\w)",
    re.MULTILINE | re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\[(?:\w{2,12} )?#([A-Za-z0-9-]{2,24})\]|"
    r"(?:工单号|工單號|工单|ticket(?: no\.?| number)?)\s*[:：#]\s*#?([A-Za-z0-9-]{3,24})",
    re.IGNORECASE,
)


def lacks_attachment(mail: Mail) -> bool:
    """Whether the writer speaks of an attachment that is not there."""
    return not mail.attachments and bool(_SPEAKS_OF_ATTACHMENT.search(mail.own[:_LOOKED_AT]))


def original_sender(mail: Mail) -> str:
    """The address that a forwarded message's own header block names, "" when there is none."""
    found = _WROTE.search(mail.text[:_LOOKED_AT])
    return found.group(1).lower() if found else ""


def foreign_numbers(mail: Mail) -> tuple[str, ...]:
    """The numbers that other ticket programs gave this matter, as `[#12345]` or `工单号：…` in the subject or text."""
    found = _FOREIGN.findall(f"{mail.subject}\n{mail.own[:_LOOKED_AT]}")
    numbers = (first or second for first, second in found)
    return tuple(dict.fromkeys(number for number in numbers if any(c.isdigit() for c in number)))
