"""What a message is once it has been read: plain frozen values, shared by every layer above.

Invariant: every string here is valid Unicode that can be encoded as UTF-8 (no lone surrogates),
header values are one line each without control characters, and moments are aware and in UTC.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header. `address` is the addr-spec in lower case."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the body, with its bytes after the transfer encoding was undone."""

    filename: str
    type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells as text, the header row first, and where it was found: "own", "quote", a file's name.

    Rows of one cell are the lines of a text, such as the paragraphs of a document.
    """

    where: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient that a bounce names. `status` is the enhanced code (RFC 3463), "" where none is given."""

    address: str
    permanent: bool
    status: str = ""


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """What a mail program says to an invitation. `method` is reply or counter, `answer` accepted, declined,
    tentative, delegated or needs-action (RFC 5545 §3.2.12); `start` is when a counter proposes to begin, `sequence`
    the version of the event that is answered, None where it does not say."""

    method: str
    uid: str
    attendee: str
    answer: str
    delegate: str = ""
    comment: str = ""
    start: datetime | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A message (RFC 5322) as a value. Reading never fails: what was wrong stands in `defects`.

    `digest` is the message's identity: a digest of From, Date, Subject, Message-ID and the body with
    line ends normalised, so that trace headers added on the way do not make another message of it.
    Message-IDs are without angle brackets. `labels` are the bracketed words that lead the subject
    (behind any chain of reply and forward prefixes), `title` is what remains of it.
    `text` is the whole readable body with "\\n" line ends, `own` what its writer added, `removed`
    what was cut from it: quotes, signatures, footers. `automatic` and `unanswerable` name the signs by
    which the message was found to be a machine's, or not to be acknowledged (two verdicts, never one).
    `failures` are the recipients that a bounce names, `original_message_id` is the mail it bounced.
    `calendar` is what the writer's calendar answers to invitations.
    """

    digest: str
    subject: str
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    labels: tuple[str, ...] = ()
    title: str = ""
    replied: bool = False
    forwarded: bool = False
    text: str = ""
    own: str = ""
    removed: str = ""
    language: str = ""
    tables: tuple[Table, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    confidential: bool = False
    automatic: tuple[str, ...] = ()
    unanswerable: tuple[str, ...] = ()
    loop_marks: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    original_message_id: str = ""
    calendar: tuple[CalendarAnswer, ...] = ()
    defects: tuple[str, ...] = ()
