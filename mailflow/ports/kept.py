"""What the store keeps besides records: messages that came, mails of ours, what was done at the servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.standing import Standing

# The key under which the rhythm's agenda is kept; its "due" counts among the moments at which something is due.
RHYTHM = "rhythm"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that came and was kept; its bytes are a blob under `digest`.

    `digest`: its identity (docs/architecture.md), for quarantine the SHA-256 of its bytes. `place`: filed, unfiled or
    quarantine; `reason` says why it is not filed, and `record` is "" then. `date` is its Date header, `at` the moment
    at which it was filed. `attachments` are (file name, content type, size in bytes). `entry` is the number of the
    first history entry that it led to, 0 for none.
    """

    digest: str
    place: str
    record: str
    message_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    date: datetime | None
    at: datetime
    reason: str = ""
    text: str = ""
    automatic: bool = False
    attachments: tuple[tuple[str, str, int], ...] = ()
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A mail of ours, from its decision to its end; its bytes are a blob under `id`.

    What it is: `style` is a Style's value; a bundle has several `rules`, `templates` and `records`. `to` and `cc` are
    the headers, `recipients` and `sender` ("" for the null sender) the envelope. `copy_of` names the item that this is
    an information copy of. `proposal` is what a confirmation of it puts in force.

    When it may go: decided `at`, first meant for `not_before`, tried next `next_at`; `urgent`: also outside working
    hours. `visit` is the history entry of the state visit on which it rests, and it is not sent once that has ended
    (0: it rests on none); `visits` says which visit each record was in when it was written.

    What became of it: `status` is pending, deferred, sent, rejected, in-doubt, superseded, dropped or held (muted);
    `reply` is what the relay said last, `refused` maps recipients it will never take to its answers.
    """

    id: str
    message_id: str
    style: str
    rules: tuple[str, ...]
    templates: tuple[str, ...]
    records: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    at: datetime
    not_before: datetime
    next_at: datetime
    sender: str = ""
    status: str = "pending"
    attempts: int = 0
    visit: int = 0
    copy_of: str = ""
    language: str = ""
    sent_at: datetime | None = None
    reply: str = ""
    refused: Mapping[str, str] | None = None
    visits: Mapping[str, int] = field(default_factory=dict)
    urgent: bool = False
    proposal: Standing | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a UID: taken (attempted), filed, quarantine; `moved` once the server did its part."""

    uid: int
    place: str
    moved: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has what was searched for, and where: `place` is record, message or mail (one of ours).

    `key` is the message's digest or the mail's id, "" for the record itself; `text` the line that has it. The
    higher the `score`, the better it fits.
    """

    record: str
    place: str
    key: str
    at: datetime
    text: str
    score: float
