"""What a person's mail program makes of what they type: bytes, in their character set, quoting what they answer."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header, decode_header, make_header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parsedate_to_datetime

from mailflow.demo.story import Attached, Scene

_QUOTE = {
    "zh": "------------------ 原始邮件 ------------------\n发件人: {sender}\n主题: {subject}\n\n",
    "en": "On {date}, {sender} wrote:\n",
}


_ANSWERED = re.compile(r"^(?:(?:re|回复|答复)\s*[:：]\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


def written(scene: Scene, writer: Person, to: Person, at: datetime, answered: Message | None) -> bytes:
    """The message of a scene; `answered` is the mail it replies to, as it lies in the writer's mailbox."""
    message = _body(scene, answered)
    subject = scene.subject
    if answered is not None:
        subject = subject.format(subject=_ANSWERED.sub("", header(answered, "Subject")))
    message["From"] = formataddr((writer.name, writer.address), scene.charset)
    message["To"] = formataddr((to.name, to.address), scene.charset)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{at:%Y%m%d%H%M}.{writer.address}>"
    message["Subject"] = subject if subject.isascii() else Header(subject, scene.charset).encode()
    if answered is not None:
        answered_id = str(answered["Message-ID"])
        message["In-Reply-To"] = answered_id
        message["References"] = " ".join(filter(None, (str(answered["References"] or ""), answered_id)))
    if scene.automatic:
        message["Auto-Submitted"] = "auto-replied"
    return message.as_bytes().replace(b"\n", b"\r\n")


def header(message: Message, name: str) -> str:
    """A header as people see it, on one line."""
    return " ".join(str(make_header(decode_header(str(message[name] or "")))).split())


def _body(scene: Scene, answered: Message | None) -> Message:
    """The text, in the writer's character set, with the files."""
    said = scene.text
    if answered is not None and not scene.automatic:
        said += "\n" + _quoted(answered, scene.language)
    text = MIMEText(said, "plain", scene.charset)
    if not scene.attached:
        return text
    whole = MIMEMultipart()
    whole.attach(text)
    for each in scene.attached:
        whole.attach(_file(each))
    return whole


def _file(attached: Attached) -> Message:
    part = MIMEApplication(attached.content.encode("utf-8"), "octet-stream")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", attached.name))
    return part


def _quoted(answered: Message, language: str) -> str:
    """The mail answered, below the answer."""
    head = _QUOTE[language].format(
        sender=header(answered, "From"),
        subject=header(answered, "Subject"),
        date=parsedate_to_datetime(str(answered["Date"])).strftime("%d %b %Y"),
    )
    said = "".join(
        payload.decode(part.get_content_charset() or "utf-8", "replace")
        for part in answered.walk()
        if part.get_content_type() == "text/plain" and isinstance(payload := part.get_payload(decode=True), bytes)
    )
    return head + "".join(f"> {line}\n" if line else ">\n" for line in said.splitlines())
