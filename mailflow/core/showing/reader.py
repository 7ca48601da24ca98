"""For whom a mail is written, and about what: the reader's language and zone, the letter's record. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailflow.core.decision import Letter
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Send
from mailflow.core.timers.acks import send_named
from mailflow.core.timers.deadlines import Deadline, next_escalation, told_by
from mailflow.core.wording import list_text, moment_text
from mailflow.core.workflow import State, Workflow


@dataclass(frozen=True, slots=True)
class Reader:
    """One recipient of a letter, what they understand, and the moment of the decision."""

    address: str
    language: str
    policy: Policy
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The clocks where the reader is."""
        return self.policy.calendar_of(self.address).zone

    def moment(self, moment: datetime) -> str:
        """In words, by the clock where the reader is."""
        return moment_text(self.policy.calendar_of(self.address).local(moment), self.language)

    def day(self, moment: datetime) -> str:
        """The ISO date by the calendar where the reader is."""
        return self.policy.calendar_of(self.address).day_of(moment).isoformat()

    def name(self, address: str) -> str:
        return self.policy.directory.person(address).name or address

    def names(self, addresses: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.name(each) for each in addresses)

    def listed(self, addresses: Iterable[str]) -> str:
        return list_text(self.names(addresses), self.language)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter speaks of: a record, perhaps one of its tasks.

    `coming` is the next escalation, `escalation` by when and to whom it says to answer (`told_by`).
    """

    record: Record
    workflow: Workflow
    task: Task | None
    escalation: tuple[datetime, tuple[str, ...]] | None
    responsible: tuple[str, ...]
    coming: Deadline | None = None

    @property
    def state(self) -> State:
        return self.workflow.states.get(self.record.state) or State(self.record.state)


def subject_of(letter: Letter, record: Record | None, policy: Policy, now: datetime) -> Subject | None:
    """None for a letter that belongs to no record, or to one whose kind has gone from the rules."""
    workflow = policy.kinds.get(record.kind) if record else None
    if record is None or workflow is None:
        return None
    state = workflow.states.get(record.state)
    coming = next_escalation(record, policy, now) if state else None
    return Subject(
        record,
        workflow,
        record.task(letter.task) if letter.task else None,
        told_by(coming, record, policy, now),
        resolve(state.responsible, record, policy, now) if state else (),
        coming,
    )


def holds(reader: Reader, roles: Sequence[str], subject: Subject) -> bool:
    """Whether the reader is one of those whom the roles mean now."""
    return reader.address in resolve(roles, subject.record, reader.policy, reader.now, subject.task)


def send_of(letter: Letter, workflow: Workflow) -> Send | None:
    """The line of the rules that wrote a letter."""
    return send_named(letter.rule, workflow)
