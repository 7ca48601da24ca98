"""Which recipients a bounce names, for good or for now, and which mail it was (RFC 3464, RFC 3463).

Read only when the message has been found automatic: in a person's mail all this would be guesswork.
"""

import logging
import re
from collections.abc import Iterator
from email.message import Message

from flufl.bounce import all_failures

from mailflow.mail.addresses import addresses
from mailflow.mail.charset import decode
from mailflow.mail.headers import Fields, message_ids
from mailflow.mail.model import Failure
from mailflow.mail.parts import children, decoded

# It logs a traceback for every detector that stumbles, which is its normal way.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

_PARTS = 200
_TEXT_LIMIT = 100_000
_HEADERS_ONLY = ("text/rfc822-headers", "message/rfc822-headers")
_NO_FAILURE = ("delivered", "relayed", "expanded")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=/!#$&'*?^{}~-]{1,64}@[A-Za-z0-9.-]{1,190}[A-Za-z0-9]")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:])([45]\d\d)(?=[ -])")
_REPORT_LINE = re.compile(
    r"^[ \t>]{0,8}(final-recipient|original-recipient|action|status)[ \t]*:[ \t]*([^\n]{1,500})", re.I | re.M
)
_ID_LINE = re.compile(r"^[ \t>]{0,8}message-id[ \t]*:\s{0,5}<([^<>\s]{3,900})>", re.IGNORECASE | re.MULTILINE)
_ORIGINAL = re.compile(
    r"^[ \t]*-{2,}[^\n]{0,60}(?:original|message|copy|transcript of session|header|原)[^\n]{0,60}$|"
    r"^[ \t>]*(?:received|return-path):\s", re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_WORDS = re.compile(
    r"user unknown|unknown user|no such (?:user|person|recipient)|does(?:n't| not) exist|"
    r"not found|mailbox (?:is )?(?:full|unavailable)|"
    r"over ?quota|quota exceeded|rejected|refused|invalid|undeliver|could not be delivered|"
    r"couldn't be delivered|not delivered|"
    r"problem delivering|(?:not yet|hasn't) been delivered|"
    r"failed|failure|disabled|inactive|recipient|rcpt to|\"emailaddress\"|"
    r"不存在|无法(?:送达|投递|发送)|無法(?:送達|投遞)|未送达|退信|收件人|收件者|邮箱已满|宛先|見つかりません",
    re.IGNORECASE,
)
_FOR_NOW = re.compile(
    r"delay|warning|will (?:continue|keep) (?:to try|trying)|still (?:being )?(?:trying|"
    r"queued)|could not send message for past|"
    r"temporar|延迟|稍后重试|mailbox (?:is )?full|over ?quota|quota exceeded|"
    r"(?:邮箱|郵箱|信箱|空间|空間|容量)(?:空间|空間|容量)?(?:已满|已滿|不足|满)|超出(?:配额|配額)",
    re.IGNORECASE,
)


def failures(message: Message, fields: Fields, text: str) -> tuple[Failure, ...]:
    """The failed or delayed recipients; those delivered, relayed or expanded to a list are none."""
    groups = list(_report_groups(message))
    found = [one for group in groups if (one := _reported(group))]
    if groups and not found and any("action" in group for group in groups):
        return ()
    if not found:
        found = _in_text_report(text)
    if not found and "x-failed-recipients" in fields:
        named = addresses(fields.first("x-failed-recipients"))
        found = [Failure(one.address, *_kind(text, "")) for one in named]
    if not found:
        found = _detected(message, text) or _guessed(fields, text)
    unique: dict[str, Failure] = {}
    for one in found:
        unique.setdefault(one.address, one)
    return tuple(unique.values())


def bounced_id(message: Message, fields: Fields, text: str) -> str:
    """The Message-ID of the mail that came back, "" where the bounce does not tell."""
    for part in _parts(message):
        kind = part.get_content_type()
        inner = children(part)
        if kind == "message/rfc822" and inner:
            if found := message_ids(Fields(inner[0]).first("message-id")):
                return found[0]
        elif kind in _HEADERS_ONLY and (match := _ID_LINE.search(decode(decoded(part)[:_TEXT_LIMIT]))):
            return match[1]
    if match := _ID_LINE.search(text[:_TEXT_LIMIT]):
        return match[1]
    return next(iter(message_ids(fields.first("in-reply-to")) or message_ids(fields.first("references"))[-1:]), "")


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count > _PARTS:
            return
        yield part


def _report_groups(message: Message) -> Iterator[dict[str, str]]:
    """The groups of fields of every delivery report: the first is about the message, then one a recipient."""
    for part in _parts(message):
        if part.get_content_type() not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        groups = children(part)
        if groups:
            for group in groups[:_PARTS]:
                fields = Fields(group)
                yield {name: fields.first(name) for name in fields.raw}
        else:
            yield from _grouped(decode(decoded(part)[:_TEXT_LIMIT]))


def _grouped(text: str) -> Iterator[dict[str, str]]:
    """Recipient groups of a report that stands in plain text."""
    group: dict[str, str] = {}
    for match in _REPORT_LINE.finditer(text[:_TEXT_LIMIT]):
        name = match[1].lower()
        if name in group or (name == "final-recipient" and "action" in group):
            yield group
            group = {}
        group[name] = match[2].strip()
    if group:
        yield group


def _in_text_report(text: str) -> list[Failure]:
    return [one for group in _grouped(text) if "action" in group and (one := _reported(group))]


def _reported(group: dict[str, str]) -> Failure | None:
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        match = _ADDRESS.search(group.get(name, "").replace("rfc822;", " ")[:500])
        if match:
            break
    else:
        return None
    action = group.get("action", "").lower().split(" ")[0].strip(";,")
    if action in _NO_FAILURE:
        return None
    status = _STATUS.search(group.get("status", ""))
    code = status[1] if status else ""
    return Failure(match[0].lower(), action != "delayed" and code[:1] != "4", code)


def _detected(message: Message, text: str) -> list[Failure]:
    """What flufl.bounce finds. It raises on some ordinary messages, so whatever it raises means nothing."""
    if len(text) > _TEXT_LIMIT:
        return []
    try:
        transient, permanent = all_failures(message)
    except Exception:
        return []
    found: list[Failure] = []
    for group, for_good in ((permanent, True), (transient, False)):
        for raw in sorted(group):
            address = raw.decode("utf-8", "replace").lower()
            if _ADDRESS.fullmatch(address) and all(one.address != address for one in found):
                status = _kind(text, address)[1]
                found.append(Failure(address, for_good and status[:1] != "4", status))
    return found


def _guessed(fields: Fields, text: str) -> list[Failure]:
    """Addresses that stand beside a failure's words or code, other than those of the bounce itself."""
    names = ("from", "to", "cc", "reply-to", "sender")
    ours = {one.address for name in names for value in fields.unfolded(name) for one in addresses(value)}
    original = _ORIGINAL.search(text, 200) if len(text) > 200 else None
    text = text[: original.start() if original else _TEXT_LIMIT][:_TEXT_LIMIT]
    lines = text.split("\n")[:500]
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        around = " ".join(lines[max(0, number - 2) : number + 4])[:3000]
        if not (_STATUS.search(around) or _REPLY.search(around) or _WORDS.search(around)):
            continue
        for address in _ADDRESS.findall(line[:2000]):
            address = address.lower().strip("'")
            if address not in ours and not address.startswith(("postmaster@", "mailer-daemon@")):
                found.setdefault(address, around)
    if len(found) == 1:  # then all that is said, at whatever distance, is of this one
        return [Failure(address, *_kind(text, address)) for address in found]
    return [Failure(address, *_kind(around, address)) for address, around in found.items()]


def _kind(text: str, address: str) -> tuple[bool, str]:
    """Permanent or not, and the enhanced status, from the text near an address."""
    at = max(0, text.lower().find(address)) if address else 0
    near = text[max(0, at - 300) : at + 800]
    status = _STATUS.search(near)
    if status:
        return status[1][0] == "5", status[1]
    reply = _REPLY.search(near)
    if reply:
        return reply[1][0] == "5", ""
    return not _FOR_NOW.search(near), ""
