"""What a decision answers: entries of history, letters to be written, and what other records are to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailflow.core.changes import Entry
from mailflow.core.model import Record
from mailflow.core.rule import Style
from mailflow.core.standing import Standing
from mailflow.core.triggers import RecordOpened, SignalGiven


@dataclass(frozen=True, slots=True)
class Verdict:
    """A condition, whether it hit, and the value it saw."""

    rule: str
    hit: bool
    condition: str
    saw: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {'hit' if self.hit else 'miss'} {self.condition} (saw {self.saw})"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be written: by which rule and template, to whom (addresses), in which style.

    `visit` is the history entry of the state visit on which it rests: a letter that waits is superseded
    when that visit has ended (0: it rests on none). `task` is the task it speaks of, 0 for the record.
    `attach`: the attachments of the message that led here go with it. `values` are what the template may
    say besides the record: reason, question, summary, deadline. `proposal` is what its confirmation puts in force;
    `met` are the other records that led to it.
    `invite`: the event goes with it (see Send).
    """

    style: Style
    template: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    rule: str = ""
    record: str = ""
    task: int = 0
    urgent: bool = False
    visit: int = 0
    occurrence: str = ""
    attach: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    proposal: Standing | None = None
    met: tuple[Record, ...] = ()
    invite: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """The message belongs to this record."""

    record: str


@dataclass(frozen=True, slots=True)
class Unfiled:
    """The message belongs to no record, and why: automatic, untagged, stranger, not a participant."""

    reason: str


Disposition = Filed | Unfiled


@dataclass(frozen=True, slots=True)
class Told:
    """A signal on its way to a record, and the rule that gives it."""

    to: str
    given: SignalGiven
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to be opened, its id yet to be drawn; `relation` is how the one that wants it links to it."""

    opened: RecordOpened
    relation: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a trigger: the entries of history, the mails, and the verdicts that led there.

    `record` is the record after `entries` (the fold of them), None when none is concerned. `unreachable`
    are addresses that were found not to take mail any more. `signals` and `opens` are what is to be done to
    other records; each is decided there, in the same transaction. `standing` is what changes beside the rules.
    """

    record: Record | None
    entries: tuple[Entry, ...] = ()
    letters: tuple[Letter, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    disposition: Disposition | None = None
    unreachable: tuple[str, ...] = ()
    signals: tuple[Told, ...] = ()
    opens: tuple[Wanted, ...] = ()
    standing: tuple[Standing, ...] = ()
