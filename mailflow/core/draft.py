"""A decision while it is being made: changes are folded into the record one by one, mails are gathered.

A Draft lives within one call of `decide` and is never shared; what comes out is an immutable Decision.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailflow.core.apply import apply, begin
from mailflow.core.changes import (
    AgreementReset,
    Change,
    Concerned,
    Entered,
    Entry,
    FieldSet,
    Noted,
    Opened,
    RoleGiven,
    Signed,
    TaskAdded,
    TaskChanged,
    TimerEnded,
)
from mailflow.core.conditions import evaluate, open_tasks
from mailflow.core.decision import Decision, Disposition, Letter, Told, Verdict, Wanted
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.reading.items import Item, read_listed
from mailflow.core.roles import holders, pending, resolve, signatories, stands_for, within
from mailflow.core.rule import Condition, Style
from mailflow.core.standing import Standing
from mailflow.core.tasks import added, task_of
from mailflow.core.timers.deadlines import overdue
from mailflow.core.triggers import SignalGiven
from mailflow.core.workflow import Field, FieldType, State, Workflow

# Entering a state may lead on to the next one; a rule file that goes round in circles is stopped here.
TRANSITIONS = 20

# Styles of mail that ask their readers to act.
_ASKING = (Style.NOTIFY, Style.REMIND, Style.ESCALATE)


@dataclass(slots=True)
class Draft:
    """`record` as it stands so far; `by` is whose doing it is (an address, "" for the clock).

    `answers_to` is who gets the replies where it is not who wrote: the original sender of a forwarded request.
    `items` are what the message that led here lists, where a command asks for tasks; `records` the
    records that it names. `fresh` are the numbers of tasks that were added and not yet spoken of. `unasked`:
    nobody wrote, so that what would answer is told. `signal` is what another record told; `signals` and
    `opens` are what is to be done to others, `standing` what is to change beside the rules. `others` are the
    further records that conditions may ask about, `met` those that the last one found. `settled` is how many letters
    are of earlier commands of the same message, for which those of this one do not stand.
    """

    policy: Policy
    now: datetime
    by: str
    record: Record | None = None
    entries: list[Entry] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    occurrence: str = ""
    answers_to: str = ""
    items: tuple[Item, ...] = ()
    records: tuple[str, ...] = ()
    transitions: int = 0
    unasked: bool = False
    signal: SignalGiven | None = None
    signals: list[Told] = field(default_factory=list)
    opens: list[Wanted] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    others: tuple[Record, ...] = ()
    met: tuple[Record, ...] = ()
    fresh: tuple[int, ...] = ()
    settled: int = 0

    @property
    def now_record(self) -> Record:
        """The record, which must exist by now."""
        if self.record is None:
            raise ValueError("no record has been opened")
        return self.record

    @property
    def workflow(self) -> Workflow:
        return self.policy.workflow(self.now_record.kind)

    @property
    def state(self) -> State:
        return self.workflow.state(self.now_record.state)

    def open(self, record_id: str, opened: Opened, rule: str) -> None:
        if self.policy.workflow(opened.kind).private:
            opened = replace(opened, confidential=True)
        entry = Entry(1, self.now, self.by, rule, opened, self.policy.hash)
        self.record = begin(record_id, entry)
        self.entries.append(entry)

    def change(self, change: Change, rule: str, verdicts: Sequence[Verdict] = ()) -> None:
        """Let something happen to the record."""
        record = self.now_record
        entry = Entry(
            record.entries + 1,
            self.now,
            self.by,
            rule,
            change,
            self.policy.hash,
            tuple(str(each) for each in verdicts),
        )
        self.record = apply(record, entry)
        self.entries.append(entry)

    def holds(
        self,
        condition: Condition | bool | None,
        rule: str,
        task: Task | None = None,
        said: Mapping[str, str] | None = None,
    ) -> bool:
        """Whether a condition holds now; the verdict is kept. `said` are the arguments of the command."""
        if condition is None or isinstance(condition, bool):
            return condition is not False
        outcome = evaluate(condition, self.now_record, self.policy, self.now, task, self.others, said)
        self.met = outcome.met if outcome.hit else ()
        self.verdicts.append(Verdict(rule, outcome.hit, outcome.condition, outcome.saw))
        return outcome.hit

    def enter(self, name: str, rule: str) -> State | None:
        """Enter a state; timers of the old one that are due end as lapsed. None when it leads in circles."""
        self.transitions += 1
        if self.transitions > TRANSITIONS:
            self.change(Noted(f"stopped before {name}: the rules go round in circles"), rule)
            return None
        record = self.now_record
        if record.visits:
            for each in overdue(record, self.policy, self.now):
                if not each.timer.of and each.key not in self._ended():
                    self.change(TimerEnded(each.key, each.occurrence, each.due, "lapsed"), each.timer.rule)
        self.change(Entered(name), rule)
        return self.state

    def previous(self) -> str:
        """The state from which the record first came to the present one; coming back to a state undoes what followed.

        So a question that rested on hold leads back to where it was asked, not to the hold.
        """
        way: list[str] = []
        for visit in self.now_record.visits:
            way = [*way[: way.index(visit.state)], visit.state] if visit.state in way else [*way, visit.state]
        return way[-2] if len(way) > 1 else self.now_record.state

    def set_field(self, name: str, value: str, where: str, rule: str) -> None:
        """Set a field, and what is derived from it: tasks, matrices, and signatures that count no more."""
        if self.now_record.fields.get(name) == value:
            return
        self.change(FieldSet(name, value, where), rule)
        field = self.workflow.field(name)
        if field and field.type is FieldType.TASKS:
            self._add_lines(field, value, rule)
        for agreement in self.workflow.agreements.values():
            if name in agreement.reset_by and self.now_record.agreements.get(agreement.name):
                self.reset(agreement.name, rule)
        for matrix in self.workflow.matrices:
            if name in (matrix.row, matrix.column):
                row = self.now_record.fields.get(matrix.row, "")
                column = self.now_record.fields.get(matrix.column, "")
                derived = matrix.values.get(row, {}).get(column, "")
                if derived:
                    self.set_field(matrix.target, derived, f"{matrix.row} × {matrix.column}", rule)

    def _add_lines(self, field: Field, text: str, rule: str) -> None:
        """The lines of a field are tasks, of the role that it names where they name nobody."""
        fields = self.workflow.tasks.fields if self.workflow.tasks else ()
        today = self.policy.calendar("").day_of(self.now)
        owner = next(iter(self.people((field.owner,))), "") if field.owner else ""
        for item in read_listed(text, self.policy, today, fields):
            task = task_of(item)
            task = replace(task, fields={**task.fields, **field.task})
            self.add_task(replace(task, owner=owner, remark="") if owner and not item.owners else task, rule)

    def add_task(self, task: Task, rule: str) -> None:
        """Add a task, or change the one that is there already; its owner takes part from now on."""
        change = added(task, self.now_record, self.open_tasks(), self.workflow, self.policy.directory)
        match change:
            case TaskAdded(one):
                self.change(change, rule)
                self.fresh = (*self.fresh, one.number)
            case TaskChanged(number, values):
                if values:
                    self.change(change, rule)
                self.fresh = (*self.fresh, number)
        if task.owner:
            self.change(Concerned(task.owner), rule)

    def reset(self, agreement: str, rule: str) -> None:
        if self.now_record.agreements.get(agreement):
            self.change(AgreementReset(agreement), rule)

    def give(self, role: str, address: str, rule: str) -> None:
        if self.now_record.roles.get(role) != address:
            self.change(RoleGiven(role, address), rule)

    def sign(self, name: str, agrees: bool, reason: str, rule: str) -> bool:
        """The actor's answer for the parties they are, or else stand for; True when all have agreed by it."""
        record = self.now_record
        parties = signatories(name, record, self.policy, self.now)
        own = [p for p, who in parties.items() if self.by in holders((who,), record, self.policy, self.now)]
        mine = own or [p for p, who in parties.items() if stands_for(self.by, who, record, self.policy, self.now)]
        for party in mine:
            self.change(Signed(name, party, self.by, agrees, reason), rule)
        if not agrees or not mine:
            return False
        return not pending(name, self.now_record, self.policy, self.now)

    def open_tasks(self) -> tuple[Task, ...]:
        return open_tasks(self.now_record, self.policy)

    def people(
        self,
        roles: Sequence[str],
        task: Task | None = None,
        values: Mapping[str, str] | None = None,
        *,
        above: bool = False,
    ) -> tuple[str, ...]:
        """Who roles mean now (see roles.resolve), without ourselves and other machines; `values` are the arguments of
        a command."""
        found = resolve(roles, self.now_record, self.policy, self.now, task, values, above=above)
        ours = (*self.policy.site.addresses, *self.policy.directory.monitors)
        return tuple(address for address in found if address not in ours)

    def write(self, letter: Letter) -> None:
        """Add a mail, unless each of its readers got one of this decision already (one copy a person, P11).

        An answer does not stand for a question: who wrote and must also act gets both.
        A rule that speaks of several tasks answers once.
        """
        if letter.style in _ASKING:
            letter = replace(letter, cc=(*letter.cc, *self._in_place(letter.to)))
        if letter.style is Style.REPLY and any(e.style is Style.REPLY and e.rule == letter.rule for e in self.letters):
            return
        if letter.style in (Style.NOTIFY, Style.TELL):
            letter = self._to_the_rest(letter)
        if self.record is not None and self.workflow.private:
            letter = self._within(letter)
        if letter.to:
            cc = tuple(a for a in dict.fromkeys(letter.cc) if a not in letter.to)
            self.letters.append(replace(letter, cc=cc))

    def _to_the_rest(self, letter: Letter) -> Letter:
        """A mail without those who have got one of this command: an order only without those who were asked to act."""
        own = self.letters[self.settled :]
        asked = {a for each in own if each.style in _ASKING for a in each.to}
        # Nothing else says what goes into a calendar.
        had_one = asked | {a for each in own if not letter.invite for a in (*each.to, *each.cc)}
        untold = had_one | {self.by}
        to = tuple(a for a in letter.to if a not in (asked if letter.style is Style.NOTIFY else untold))
        cc = tuple(a for a in letter.cc if a not in untold)
        return replace(letter, to=to or cc, cc=cc if to else ())

    def _within(self, letter: Letter) -> Letter:
        """A mail about a private record, for those alone who may see it (P7.2); the admin gets what reaches nobody,
        and sees no more of it than its number."""
        to, cc = (
            tuple(each for each in people if within(each, self.now_record, self.policy, self.now))
            for people in (letter.to, letter.cc)
        )
        if letter.style is Style.REPLY:
            return replace(letter, cc=())
        return replace(letter, to=to or (self.policy.site.admin if letter.to else ()), cc=cc)

    def _in_place(self, asked: Sequence[str]) -> Iterator[str]:
        """The next one above whoever is asked while they are away and nobody stands in for them (P1.4)."""
        for address in asked:
            if self.policy.absent(address, self.now) and self.policy.present(address, self.now) == address:
                yield from itertools.islice(self.policy.directory.above(address), 1)

    def decision(self, disposition: Disposition | None = None, *, unreachable: tuple[str, ...] = ()) -> Decision:
        """What was decided. What asks for something rests on the state the record is in at the end."""
        visit = self.record.visit.entry if self.record and self.record.visits else 0
        self.settle()
        letters = tuple(
            replace(each, visit=visit) if each.style in (*_ASKING, Style.REPLY) and not each.task else each
            for each in self.letters
        )
        return Decision(
            record=self.record,
            entries=tuple(self.entries),
            letters=letters,
            verdicts=tuple(self.verdicts),
            disposition=disposition,
            unreachable=unreachable,
            signals=tuple(self.signals),
            opens=tuple(self.opens),
            standing=tuple(self.standing),
        )

    def settle(self) -> None:
        """One command of a message is done; what the next one says stands for itself.

        Nobody is told of what another mail of the same command asks them about (P11), or puts into their calendar.
        """
        own = self.letters[self.settled :]
        asked = {a for each in own if each.style is Style.NOTIFY or each.invite for a in each.to}
        self.letters[self.settled :] = [each for letter in own if (each := _told(letter, asked)) is not None]
        self.settled = len(self.letters)

    def _ended(self) -> set[str]:
        return {entry.change.key for entry in self.entries if isinstance(entry.change, TimerEnded)}


def _told(letter: Letter, asked: Collection[str]) -> Letter | None:
    """A mail without those who are asked by another; None where nobody else is told by it."""
    if letter.style is not Style.TELL or letter.invite:
        return letter
    to = tuple(a for a in letter.to if a not in asked)
    cc = tuple(a for a in letter.cc if a not in asked)
    return replace(letter, to=to or cc, cc=cc if to else ()) if to or cc else None
