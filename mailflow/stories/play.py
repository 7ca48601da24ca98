"""A story played from its first point to its end: what was sent, and how it differs from what is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.model import Record, Task
from mailflow.ports import Item
from mailflow.simulate import Rehearsal
from mailflow.stories import letters
from mailflow.stories.compare import Line, Mark, Parcel, compared
from mailflow.stories.stage import Stage
from mailflow.stories.values import (
    Acted,
    Answered,
    Bounced,
    Expected,
    Mails,
    Stands,
    Step,
    Story,
    Switched,
    Written,
)


@dataclass(frozen=True, slots=True)
class Played:
    """`lines` tell what was expected and what came, in order of time; it holds when all of them agree."""

    story: Story
    items: tuple[Item, ...]
    lines: tuple[Line, ...]

    @property
    def holds(self) -> bool:
        return all(each.mark is Mark.KEPT for each in self.lines)


class _Broken(Exception):
    """The story cannot go on: what it builds on did not happen."""


async def play(story: Story, stage: Stage) -> Played:
    """Play a story on a stage; where it cannot go on it ends there, with a line that says why."""
    player = _Player(story, stage.rehearsal(story.policy, story.steps[0].at if story.steps else story.until))
    rehearsal = player.rehearsal
    rehearsal.engine.adopt(rehearsal.clock.now())
    try:
        for step in story.steps:
            await player.play(step)
        await player.on(story.until)
    except _Broken as broken:
        player.wrong(rehearsal.clock.now(), str(broken), player.step)
    sent = rehearsal.sent()
    with rehearsal.engine.store.transaction(write=False) as tx:
        parcels = [Parcel(item, tx.content(item.id)) for item in sent if not item.copy_of]
    lines = compared(player.expected, parcels, story, story.policy)
    lines = sorted((*lines, *player.lines), key=_order)
    return Played(story, tuple(each.item for each in parcels), tuple(lines))


def _order(line: Line) -> tuple[datetime, bool, int]:
    """In order of time, then of the story; what it does not tell comes after what it tells of that minute."""
    return line.at, line.place is None, line.place.line if line.place else 0


@dataclass(slots=True)
class _Player:
    story: Story
    rehearsal: Rehearsal
    lines: list[Line] = field(default_factory=list)
    expected: list[tuple[datetime, Expected]] = field(default_factory=list)
    waiting: list[bytes] | None = None
    step: Step | None = None
    count: int = 0

    async def play(self, step: Step) -> None:
        self.step = step
        match step.deed:
            case Mails(expected):
                self.expected += [(step.at, each) for each in expected]
                await self.on(step.at)
            case Stands():
                await self.on(step.at)
                self._stands(step, step.deed)
            case Written():
                await self._before(step.at)
                await self._arrive(self._letter(step.deed), step)
            case Bounced(mail, status):
                await self._before(step.at)
                item, _ = self._found(mail)
                await self._arrive(letters.bounced(item, mail.of, status, self.story.policy, step.at, self.count), step)
            case Acted():
                await self._before(step.at)
                await self._act(step.deed)
            case Switched(running):
                await self._before(step.at)
                await self._switch(running)

    async def on(self, moment: datetime) -> None:
        """Let time pass; while the daemon is stopped, nothing is done in it."""
        if self.waiting is None:
            await self.rehearsal.until(moment)
        else:
            self.rehearsal.clock.moment = moment

    async def _before(self, moment: datetime) -> None:
        if self.waiting is None:
            await self.rehearsal.just_before(moment)
        else:
            self.rehearsal.clock.moment = moment

    async def _switch(self, running: bool) -> None:
        if running and self.waiting is not None:
            arrived, self.waiting = self.waiting, None
            self.rehearsal.receive(arrived)
            await self.rehearsal.look()
        elif not running:
            await self.rehearsal.look()
            self.waiting = []

    async def _arrive(self, content: bytes, step: Step) -> None:
        self.count += 1
        if self.waiting is not None:
            self.waiting.append(content)
            return
        (receipt,) = self.rehearsal.receive([content])
        wanted = step.deed.becomes if isinstance(step.deed, Written) else ""
        if wanted and receipt.place != wanted:
            self.wrong(step.at, f"the mail becomes {receipt.place} ({receipt.reason}), not {wanted}", step)
        await self.rehearsal.look()

    async def _act(self, acted: Acted) -> None:
        record = self._record(acted.about)
        self.rehearsal.engine.act(record.id, acted.text, acted.by, self.rehearsal.clock.now())
        await self.rehearsal.look()

    def _letter(self, letter: Written) -> bytes:
        answered = self._found(letter.answers) if letter.answers is not None else None
        return letters.written(letter, self.story.policy, self.rehearsal.clock.now(), self.count, answered)

    def _found(self, answered: Answered) -> tuple[Item, bytes]:
        """The mail of ours that is spoken of, as its reader got it."""
        person = self.story.policy.directory.person(answered.of).address
        # Of a mail that was sent to them and one that they got a copy of, the former: it asks for the answer.
        latest = self.rehearsal.sent()[::-1]
        for item in sorted(latest, key=lambda each: bool(each.copy_of)):
            meant = not answered.about or answered.about in item.records
            if answered.template in item.templates and person in item.recipients and meant:
                with self.rehearsal.engine.store.transaction(write=False) as tx:
                    return item, tx.content(item.id)
        about = f" about {answered.about}" if answered.about else ""
        raise _Broken(f"{answered.of} got no {answered.template}{about} by then; the story ends here")

    def _record(self, about: str) -> Record:
        with self.rehearsal.engine.store.transaction(write=False) as tx:
            found = tx.record(about) if about else max(tx.records(), key=lambda each: each.opened_at, default=None)
        if found is None:
            raise _Broken(f"there is no record {about}".rstrip() + "; the story ends here")
        return found

    # --- how records stand ----------------------------------------------------------------------------

    def _stands(self, step: Step, wanted: Stands) -> None:
        record = self._record(wanted.about)
        wrong = list(_differences(record, wanted))
        for each in wrong:
            self.wrong(step.at, f"{record.id}: {each}", step)
        if not wrong:
            state = f"{record.id} is {record.state}"
            self.lines.append(Line(step.at, Mark.KEPT, state, step.place))

    def wrong(self, at: datetime, text: str, step: Step | None) -> None:
        self.lines.append(Line(at, Mark.WRONG, text, step.place if step else None))


def _differences(record: Record, wanted: Stands) -> list[str]:
    found = [_differing(key, _text(getattr(record, key)), value) for key, value in wanted.values.items()]
    found += [_differing(key, record.fields.get(key, ""), value) for key, value in wanted.fields.items()]
    found += [_differing(key, record.roles.get(key, ""), value) for key, value in wanted.roles.items()]
    for who, answer in wanted.attendance.items():
        said = record.attendance.get(who)
        found.append(_differing(f"the answer of {who}", said.answer if said else "", answer))
    if wanted.links is not None:
        found.append(_differing("links", ", ".join(each.record for each in record.links), ", ".join(wanted.links)))
    if wanted.tasks is not None:
        found += _task_differences(record.tasks, wanted.tasks)
    return [each for each in found if each]


def _task_differences(tasks: tuple[Task, ...], wanted: tuple[Mapping[str, str], ...]) -> list[str]:
    if len(tasks) != len(wanted):
        there = "; ".join(f"{each.number} {each.title}" for each in tasks) or "none"
        return [f"there are {len(tasks)} tasks ({there}), not {len(wanted)}"]
    return [
        _differing(f"{key} of task {task.number}", _text(getattr(task, key)), value)
        for task, each in zip(tasks, wanted, strict=True)
        for key, value in each.items()
    ]


def _differing(what: str, saw: str, wanted: str) -> str:
    return "" if saw == wanted else f"{what} is '{saw}', not '{wanted}'"


def _text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
