"""What a message gives away besides tags and fields: a forgotten attachment, its first writer, foreign numbers."""

import re

from mailflow.core.directory import Directory
from mailflow.core.reading.values.people import read_people
from mailflow.mail.model import Mail

_LOOKED_AT = 20_000
_SPEAKS_OF_ATTACHMENT = re.compile(
    r"(?:见|詳?見|详见|如|参见|參見|查看|查收|请看|請看|参考|參考|参阅|參閱|在)\s?附(?:件|檔|档|图|圖|表)|"
    r"附件(?:中|里|裡|是|为|為|所示|见|見|如|[请請]查[收看]|\s?\d{0,2}\s?[:：](?!\s{0,3}(?:无|無|没有|none|n/a|-|$)))|"
    r"(?:随信|隨信|[现現]|一[并併])附上(?![^，。\n]{0,10}(?:链接|連結|网址|網址|地址|如下))|"
    r"\b(?:see|find|in|per)\s+(?:the\s+)?(?:attached|attachment|enclosed)|"
    r"\b(?:attached|enclosed) (?:is|are|you|please)|"
    r"\bI(?:'ve| have)? attached|(?:^|[.,;!]\s{0,3})I(?:'m| am)? attach(?:ing)?\b|\bPFA\b|\(attached\)|"
    r"\bthe attached (?:document|file|report|form|sheet|spreadsheet|list|table|screenshot|pdf)\b",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = (
    r"^[ \t>*|]*(?:发件人|發件人|寄件者|寄件人|差出人|보낸 ?사람|From|Von|De|Da|Van|Fra|Från|Od|От)"
    r"[ \t*]*[:：|][ \t*]*"
)
_ADDRESS = r"[^\n<>@]{0,200}?<?(?:mailto:)?([\w.+-]{1,64}@[\w.-]{1,190}\w)"
_WROTE = re.compile(_FROM + _ADDRESS, re.MULTILINE | re.IGNORECASE)
# Some put the line of a reply above what they forward.
_SAID = re.compile(
    r"^[ \t>]*[^\n<>@]{0,100}<?([\w.+-]{1,64}@[\w.-]{1,190}\w)>?[^\n<>@]{0,60}"
    r"(?:写道|寫道|wrote|schrieb|a écrit)\s?[:：]",
    re.MULTILINE | re.IGNORECASE,
)
# Within an organization Outlook prints names only; the day in the next line tells that it is a mail's header.
_NAMED = re.compile(
    _FROM
    + r"([^\n<>@]{1,80})\n[ \t>*]*(?:发送时间|发送日期|日期|寄件日期|傳送時間|Sent|Date|Gesendet|Datum)[ \t*]*[:：]",
    re.MULTILINE | re.IGNORECASE,
)
_FOLD = re.compile(r"\n[ \t]+")
_FOREIGN = re.compile(
    r"\[(?:\w{2,12} )?#([A-Za-z0-9-]{2,24})\]|"
    r"(?:工[单單](?:编?[号號]|編號)?|服务单号|服務單號|案件[编編][号號]|事件[编編][号號]|受理[编編]?[号號]|流水[号號]|"
    r"\b(?:ticket|case|incident|reference|ref)(?: id| no\.?| number)?)\s*[:：#]\s*#?([A-Za-z0-9-]{3,24})|"
    r"(?<![\w-])((?-i:[A-Z]{2,10})-?\d{7,12})(?![\w-])|\[((?-i:[A-Z][A-Z0-9]{1,9})-\d{1,7})\]",
    re.IGNORECASE,
)
# One of a program like this one: where it is ours, it is known as what it is.
_RECORD = re.compile(r"[A-Za-z]{1,10}-\d{4}-\d{4,9}")


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
    if found := _WROTE.search(text) or _WROTE.search(_FOLD.sub(" ", header)) or _SAID.search(text):
        return found[1].lower()
    named = _NAMED.search(text)
    people = read_people(named[1], directory) if named else ()
    return people[0].address if len(people) == 1 else ""


def foreign_numbers(mail: Mail) -> tuple[str, ...]:
    """The numbers that other ticket programs gave this matter, as `[#12345]` or `工单号：…` in the subject or text."""
    found = _FOREIGN.findall(f"{mail.subject}\n{mail.own[:_LOOKED_AT]}")
    numbers = ("".join(each) for each in found)
    return tuple(
        dict.fromkeys(each for each in numbers if any(c.isdigit() for c in each) and not _RECORD.fullmatch(each))
    )
