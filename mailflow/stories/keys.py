"""Every key that a story may have: the one list, which the documentation is held against."""

from dataclasses import fields

from mailflow.core.model import Mark, Task
from mailflow.policy.reader import Keys

STORY = Keys("a story", ("item", "title", "rules", "rhythm", "also", "story", "until"))
MAIL = Keys(
    "a mail of a story",
    (
        "at",
        "from",
        "subject",
        "body",
        "html",
        "answers",
        "of",
        "about",
        "to",
        "cc",
        "headers",
        "attach",
        "automatic",
        "calendar",
        "quote",
        "message",
        "becomes",
    ),
)
BOUNCE = Keys("a bounce", ("at", "bounces", "of", "about", "status"))
ACT = Keys("a command of a story", ("at", "act", "by", "about"))
DAEMON = Keys("'daemon'", ("at", "daemon"))
SENT = Keys("'sent'", ("at", "sent"))
RECORD = Keys("'record'", ("at", "record"))
# What tells one point of a story from another, each with all that it may say.
DEEDS = {"from": MAIL, "message": MAIL, "bounces": BOUNCE, "act": ACT, "daemon": DAEMON, "sent": SENT, "record": RECORD}

EXPECTED = Keys(
    "a mail that is sent", ("template", "to", "cc", "about", "subject", "says", "lacks", "urgent", "invite")
)
ATTACHED = Keys("an attachment", ("name", "rows", "text", "file"))

ATTRIBUTES = ("kind", "state", "title", "requester", "language", "urgent", "confidential", "participants")
STANDS = Keys("'record'", ("id", *ATTRIBUTES, "fields", "roles", "tasks", "links", "attendance"))
_MARKS = {each.name for each in fields(Task) if each.type == (Mark | None)}
TASK = Keys("a task", tuple(each.name for each in fields(Task) if each.name not in _MARKS))

ANSWERS = ("accepted", "declined", "tentative")
INVITES = ("request", "cancel")
PLACES = ("filed", "unfiled", "duplicate", "quarantine")
