"""Carries a decision out in a transaction: the record it is about, then every other that it tells or opens.

Invariant: all of it is decided before any of it is kept, so that a fault on the way leaves nothing half done;
what is kept, and the letters to be written, come out together.
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailflow.core.changes import Change, Entry, Linked, Signalled
from mailflow.core.decide import decide, needs
from mailflow.core.decision import Decision, Told, Wanted
from mailflow.core.inward import noted
from mailflow.core.model import Link, Record
from mailflow.core.policy import Policy
from mailflow.core.timers.deadlines import next_due
from mailflow.core.triggers import MailReceived, Trigger
from mailflow.lookup import facts_for
from mailflow.mail.model import Mail
from mailflow.ports import Transaction
from mailflow.post import Matter

log = logging.getLogger("mailflow.errand")

# How far one thing may lead to another from record to record, and to how many: rules that go round are stopped here.
DEPTH = 5
OTHERS = 200


def draw(tx: Transaction, kind: str, policy: Policy, now: datetime) -> str:
    """The id of a new record; the year is that of now at the site."""
    prefix = policy.workflow(kind).prefix
    year = policy.calendar("").day_of(now).year
    return f"{prefix}-{year}-{tx.next_number(f'{prefix}-{year}'):04d}"


@dataclass(slots=True)
class Errand:
    """What one message, command or moment leads to. `matters` are the letters, those of what came first first."""

    tx: Transaction
    policy: Policy
    secret: bytes
    now: datetime
    matters: list[Matter] = field(default_factory=list)
    _records: dict[str, Record] = field(default_factory=dict)
    _entries: dict[str, list[Entry]] = field(default_factory=dict)
    _others: int = 0

    def record(self, record_id: str) -> Record | None:
        """A record as it stands so far; None when there is none, or none of a kind that the rules know."""
        found = self._records.get(record_id) or self.tx.record(record_id)
        return found if found is not None and found.kind in self.policy.kinds else None

    def carry(self, trigger: Trigger, record: Record | None, occasion: str) -> Decision:
        """Decide, and carry out what was decided; `occasion` names the trigger (see Matter)."""
        return self._carry(trigger, record, occasion, 0)

    def carry_out(self, decision: Decision, mail: Mail | None, occasion: str, depth: int = 0) -> None:
        """Take a decision for kept, with what it wants done to other records and the letters of all of them."""
        before = len(self.matters)
        self._take(decision)
        for told in decision.signals:
            self._tell(told, decision, occasion, depth + 1)
        for wanted in decision.opens:
            self._open(wanted, decision, occasion, depth + 1)
        # Its letters come first, and show the record with what became of it; those that are about none show none.
        record = self._records.get(decision.record.id) if decision.record is not None else None
        shown = record or decision.record
        letters = decision.letters
        own = [Matter(each, shown if each.record else None, mail, occasion, decision.entries) for each in letters]
        self.matters[before:before] = own

    def keep(self) -> None:
        """Keep every record that has changed, with when it is due next."""
        for record_id, entries in self._entries.items():
            record = self._records[record_id]
            self.tx.put_record(record, entries, next_due(record, self.policy, self.now))
        self._records.clear()
        self._entries.clear()

    def _carry(self, trigger: Trigger, record: Record | None, occasion: str, depth: int) -> Decision:
        facts = facts_for(self.tx, needs(trigger, record, self.policy, self.now), self.policy, self.secret)
        decision = decide(trigger, record, facts, self.policy, self.now)
        mail = trigger.mail if isinstance(trigger, MailReceived) else None
        self.carry_out(decision, mail, occasion, depth)
        return decision

    def _take(self, decision: Decision) -> None:
        if decision.record is not None and decision.entries:
            self._records[decision.record.id] = decision.record
            self._entries.setdefault(decision.record.id, []).extend(decision.entries)

    def _tell(self, told: Told, decision: Decision, occasion: str, depth: int) -> None:
        """Give a signal to a record, and note with the one that gave it what became of that."""
        given, target = told.given, self.record(told.to)
        outcome = "told"
        if target is None:
            outcome = "missing"
        elif self._stopped(depth):
            outcome = "stopped"
        else:
            answer = self._carry(given, target, f"{occasion} {given.name} {given.record}", depth)
            if not answer.entries:
                return
            log.info("signal=%s from=%s to=%s", given.name, given.record, told.to)
        self._note(decision, Signalled(given.name, told.to, outcome), told.rule, given.by)

    def _open(self, wanted: Wanted, decision: Decision, occasion: str, depth: int) -> None:
        """Open a record under a new id, linked with the one that wants it."""
        opened = wanted.opened
        if self._stopped(depth):
            self._note(decision, Signalled("open", opened.kind, "stopped"), wanted.rule, opened.by)
            return
        record_id = draw(self.tx, opened.kind, self.policy, self.now)
        self._carry(replace(opened, record_id=record_id), None, f"{occasion} {wanted.rule}", depth)
        log.info("opened record=%s rule=%s", record_id, wanted.rule)
        self._note(decision, Linked(Link(record_id, wanted.relation)), wanted.rule, opened.by)

    def _stopped(self, depth: int) -> bool:
        self._others += 1
        return depth > DEPTH or self._others > OTHERS

    def _note(self, decision: Decision, change: Change, rule: str, by: str) -> None:
        """Note something with the record that a decision was about; what comes without one has no history."""
        record = self.record(decision.record.id) if decision.record is not None else None
        if record is not None:
            self._take(noted(record, change, rule, by, self.policy, self.now))
