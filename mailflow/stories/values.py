"""What a story is: a row of moments at which somebody does something, or at which something must be so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.policy import Policy
from mailflow.core.rule import Place


@dataclass(frozen=True, slots=True)
class Answered:
    """The last mail by this template that this person got; of this record, where one is named."""

    template: str
    of: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that comes with a mail, as its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody writes to the mailbox. `message` are the bytes of one that is ready, else it is made of the rest.

    `answers` is the mail of ours that it replies to, quoted below unless `quote` is False. `becomes` is what must
    become of it: filed, unfiled, duplicate or quarantine; "" for whatever does. `calendar`: it is what a calendar
    program answers to an invitation, accepted, declined or tentative.
    """

    sender: str
    subject: str = ""
    body: str = ""
    html: str = ""
    answers: Answered | None = None
    about: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    attached: tuple[Attached, ...] = ()
    automatic: bool = False
    calendar: str = ""
    quote: bool = True
    message: bytes = b""
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Bounced:
    """A delivery status notification (RFC 3464) about a mail of ours comes back."""

    mail: Answered
    status: str


@dataclass(frozen=True, slots=True)
class Acted:
    """A command is given as by `mailflow act`; on the newest record unless one is named."""

    text: str
    by: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Switched:
    """The daemon is stopped or started; while it is stopped, mail waits at the server."""

    running: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """A mail that must go out at this minute: to each of `to`, with these copies, by these templates in one mail.

    `says` must stand in its text and `lacks` must not, `subject` in its subject; what is empty is not looked at,
    but for `cc`. `invite` is what it says to the reader's calendar, request or cancel.
    """

    templates: tuple[str, ...]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    place: Place
    about: str = ""
    subject: str = ""
    says: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    urgent: bool | None = None
    invite: str = ""


@dataclass(frozen=True, slots=True)
class Mails:
    """Which mails go out at this minute."""

    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """How a record stands: attribute -> value; `fields` and `roles` by name, `tasks` in their order,
    `attendance` by person."""

    about: str
    values: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Mapping[str, str], ...] | None = None
    links: tuple[str, ...] | None = None
    attendance: Mapping[str, str] = field(default_factory=dict)


Deed = Written | Bounced | Acted | Switched | Mails | Stands


@dataclass(frozen=True, slots=True)
class Step:
    """One point of the story, and where it stands in the file."""

    at: datetime
    deed: Deed
    place: Place


@dataclass(frozen=True, slots=True)
class Story:
    """`items` are those of the process that it shows; `also` are templates whose mails are beside the point.
    The rhythm of `policy` is what of it comes in this story."""

    file: str
    title: str
    items: tuple[str, ...]
    also: tuple[str, ...]
    steps: tuple[Step, ...]
    until: datetime
    policy: Policy
