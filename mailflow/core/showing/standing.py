"""What a mail says of absences and of what is held back, and the confirmation that it offers. Pure."""

from collections.abc import Mapping
from datetime import datetime

from mailflow.core.showing.answers import mailto
from mailflow.core.showing.reader import Reader
from mailflow.core.standing import KIND, PERSON, Standing, Unmuted
from mailflow.core.wording import stored_day, text_of, tongue

# The words that confirm, as core.receiving.confirming understands them, and what they do.
_CONFIRM = {"zh": (("确认", "确认生效"),), "en": (("confirm", "put it in force"),)}
_CHOICES = {
    "zh": (("补发", "恢复发送，并补发暂缓的邮件"), ("丢弃", "恢复发送，丢弃暂缓的邮件")),
    "en": (("send", "send again, the withheld mails too"), ("drop", "send again, and drop the withheld mails")),
}
_SCOPES = {"zh": ("全部邮件", "“{}”类邮件", "发给{}的邮件"), "en": ("all mail", "mail about {}", "mail to {}")}


def standing_view(values: Mapping[str, str], reader: Reader) -> dict[str, object]:
    """The values of letters about absences and withheld mail; empty in all others."""
    return {
        "absences": _absences(values.get("absences", ""), reader),
        "candidates": tuple(_named(each, reader) for each in values.get("candidates", "").split(", ") if each),
        "scope": scope_text(values.get("scope", ""), reader),
        "withheld": _withheld(values.get("withheld", ""), reader),
    }


def choices_view(proposal: Standing, reader: Reader, subject: str, notice_id: str) -> tuple[dict[str, object], ...]:
    """The words that confirm a proposal, as commands are shown."""
    words = (_CHOICES if isinstance(proposal, Unmuted) else _CONFIRM)[tongue(reader.language)]
    site = reader.policy.site.address
    return tuple(
        {
            "name": word,
            "word": word,
            "label": label,
            "line": word,
            "own": True,
            "main": True,
            "mailto": mailto(site, subject, word, notice_id),
        }
        for word, label in words
    )


def scope_text(scope: str, reader: Reader) -> str:
    """What is muted, in words."""
    if not scope:
        return ""
    every, kind, person = _SCOPES[tongue(reader.language)]
    what, _, name = scope.partition(":")
    workflow = reader.policy.kinds.get(name)
    if what == KIND:
        return kind.format(text_of(workflow.label, reader.language, name) if workflow else name)
    return person.format(reader.name(name)) if what == PERSON else every


def _absences(lines: str, reader: Reader) -> tuple[dict[str, str], ...]:
    """Absences from lines of `what|person|first|last|deputy` (core.receiving.away)."""
    found = []
    for line in lines.splitlines():
        what, person, first, last, deputy = line.split("|", 4)
        found.append(
            {
                "what": what,
                "person": reader.name(person),
                "first": stored_day(first, reader.language),
                "last": stored_day(last, reader.language),
                "deputy": reader.name(deputy) if deputy else "",
            }
        )
    return tuple(found)


def _withheld(lines: str, reader: Reader) -> tuple[dict[str, str], ...]:
    """Mails that are held back, from lines of `at|recipient|record|subject` (core.receiving.muting)."""
    found = []
    for line in lines.splitlines():
        at, recipient, record, subject = line.split("|", 3)
        moment = reader.moment(datetime.fromisoformat(at))
        found.append({"at": moment, "recipient": reader.name(recipient), "record": record, "subject": subject})
    return tuple(found)


def _named(address: str, reader: Reader) -> str:
    name = reader.name(address)
    return address if name == address else f"{name} <{address}>"
