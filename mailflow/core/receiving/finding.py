"""What a search by mail tells whom (P9 `search`). Pure.

Of the records that they take part in or hold a role in, people are told all that a list shows, with the line that
was found. Of others' they are told what the matter is called and where it stands, so that what was resolved can be
found again (P7.3), without anybody's words; of confidential ones the id (P0.7),
of a private kind's nothing (P7.2). Whoever is no colleague finds
only their own (P1.8).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailflow.core.decision import Letter
from mailflow.core.facts import Finding
from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.core.showing.asking import insider
from mailflow.core.showing.reader import Reader, subject_of

OWN, OTHER, HIDDEN = "own", "other", "hidden"
# So many are told, of so many that are looked at.
TOLD, LOOKED_AT = 20, 200


def found_text(address: str, found: Iterable[Finding], policy: Policy, now: datetime) -> str:
    """The findings as lines of `what|record|kind|state|opened|requester|title|text`, for a letter to carry."""
    told = (each for each in (_row(address, one, policy, now) for one in found) if each)
    return "\n".join("|".join(row) for row, _ in zip(told, range(TOLD), strict=False))


def colleague(address: str, policy: Policy) -> bool:
    """Whether a person is listed, or of a department that their address says (P1.8)."""
    directory = policy.directory
    department = directory.department_of(address)
    named = (department.contact, department.head, *(duty.address for duty in department.on_call))
    return directory.knows(address) or address in named or address.rpartition("@")[2] in department.domains


def _row(address: str, found: Finding, policy: Policy, now: datetime) -> tuple[str, ...]:
    """What one finding tells; empty for nothing at all."""
    record = found.record
    subject = subject_of(Letter(Style.REPLY, "", (address,), record=record.id), record, policy, now)
    own = subject is not None and insider(Reader(address, "", policy, now), subject)
    secret = subject is not None and bool(subject.workflow.private)
    if not own and (secret or not colleague(address, policy)):
        return ()
    if subject is None or (record.confidential and not own):
        return HIDDEN, record.id, record.kind, *[""] * 5
    base = record.id, record.kind, record.state, record.opened_at.isoformat(), record.requester
    # A line that ends with the title is a subject, and tells nothing new.
    text = found.text if own and not found.text.endswith(record.title) else ""
    return OWN if own else OTHER, *base, *_plain(record.title, text)


def _plain(*texts: str) -> Iterator[str]:
    return (" ".join(text.replace("|", " ").split()) for text in texts)
