"""The sample week played: people write, mail is fetched, decided, sent and received, and the clock goes on.

All of it is the program's own way of working: the same pass as in the daemon, over IMAP and SMTP, at each
moment at which somebody writes or something is due.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as ClockTime
from email.message import Message

from mailflow.adapters.clock import SteppedClock
from mailflow.adapters.smtp import SmtpCourier
from mailflow.build import Parts, courier_of, intakes
from mailflow.core.calendar import Calendar
from mailflow.core.rule import Style
from mailflow.demo.archive import Archive
from mailflow.demo.letters import Person, header, written
from mailflow.demo.post_office import PostOffice
from mailflow.demo.screen import Screen
from mailflow.demo.story import BEGIN, DAYS, END, MONDAY, Answers, Scene
from mailflow.demo.telling import RULE_HEADER, Teller
from mailflow.intake import Intake
from mailflow.passes import one_pass
from mailflow.ports import Item
from mailflow.taking import Receipt

_STEP = timedelta(seconds=1)
_FRAME = 0.1  # seconds between two looks at the running clock


@dataclass(slots=True)
class Tally:
    """How the week went: how many mails, and what did not go as the story wants."""

    received: int = 0
    sent: int = 0
    copies: int = 0
    reminders: int = 0
    escalations: int = 0
    troubles: list[str] = field(default_factory=list)

    def count(self, item: Item) -> None:
        if item.status != "sent":
            return
        self.sent += 1
        self.copies += bool(item.copy_of or not item.to)
        if not item.copy_of and item.to:
            self.reminders += item.style == Style.REMIND
            self.escalations += item.style == Style.ESCALATE


@dataclass(frozen=True, slots=True)
class Pace:
    """How the clock of the week runs: `seconds` for its working time, which passes evenly; 0 does not wait."""

    calendar: Calendar
    begin: datetime
    end: datetime
    seconds: float
    started: float = field(default_factory=time.monotonic)

    async def until(self, moment: datetime, before: datetime, screen: Screen) -> None:
        """Wait for a moment of the week; the one before it was `before`."""
        start, ready = time.monotonic(), self._due(moment)
        while (left := ready - time.monotonic()) > 0:
            passed = 1 - left / (ready - start)
            screen.clock(self.calendar.local(before + (moment - before) * passed))
            await asyncio.sleep(min(left, _FRAME))

    def _due(self, moment: datetime) -> float:
        whole = self.calendar.between(self.begin, self.end)
        return self.started + self.seconds * (self.calendar.between(self.begin, moment) / whole)


@dataclass(slots=True)
class Week:
    """The week on one home; `play` goes through it once."""

    parts: Parts
    servers: PostOffice
    clock: SteppedClock
    screen: Screen
    archive: Archive
    teller: Teller
    tally: Tally = field(default_factory=Tally)

    async def play(self, story: Sequence[Scene], seconds: float) -> Tally:
        """Everything that happens from BEGIN to END, in order. A server that fails is noted in the tally."""
        calendar = self.teller.policy.calendar("")
        begin, end = moment_of(BEGIN, calendar), moment_of(END, calendar)
        pace = Pace(calendar, begin, end, seconds)
        waiting = [(moment_of(scene.at, calendar), scene) for scene in story]
        async with self._edges() as (boxes, courier):
            while self.clock.moment < end:
                coming = [at for at in (*(at for at, _ in waiting[:1]), self._next_due()) if at is not None]
                # What could not be done at its moment must not hold the clock there.
                moment = min(end, max(min(coming, default=end), self.clock.moment + _STEP))
                await pace.until(moment, self.clock.moment, self.screen)
                self.clock.moment = moment
                while waiting and waiting[0][0] <= moment:
                    self.write(waiting.pop(0)[1])
                await self._pass(boxes, courier)
        return self.tally

    def write(self, scene: Scene) -> None:
        """A person writes to the shared mailbox; not when the mail they would answer never came."""
        answered = self._received(scene.writer, scene.answers) if scene.answers else None
        if scene.answers and answered is None:
            self.tally.troubles.append(
                f"{scene.at}: {scene.writer} got no mail by rule {scene.answers.rule} about {scene.answers.record}"
            )
            return
        policy = self.teller.policy
        site = Person(policy.site.name.get(scene.language, ""), policy.site.address)
        writer = Person(policy.directory.person(scene.writer).name, scene.writer)
        at = policy.calendar("").local(self.clock.moment)
        self.servers.submit(scene.writer, [site.address], written(scene, writer, site, at, answered))

    def _received(self, address: str, answers: Answers) -> Message | None:
        """The last mail of a rule about a record that lies in a person's mailbox."""
        for letter in reversed(self.servers.letters(address)):
            rules = [name.rpartition(".")[2] for name in header(letter, RULE_HEADER).split(", ")]
            if answers.rule in rules and answers.record in header(letter, "Subject"):
                return letter
        return None

    async def _pass(self, boxes: Sequence[Intake], courier: SmtpCourier | None) -> None:
        items: list[Item] = []
        passed = await one_pass(self.parts.engine, boxes, courier, self.clock, items.append)
        self.tally.troubles += passed.troubles
        for receipt in passed.receipts:
            self._came(receipt)
        for item in items:
            self._went(item)

    def _came(self, receipt: Receipt) -> None:
        engine, now = self.parts.engine, self.clock.moment
        with engine.store.transaction(write=False) as tx:
            history = tx.history(receipt.record) if receipt.record else ()
        mail = engine.read(receipt.raw).mail
        line = self.teller.came(now, receipt, mail, history)
        self.screen.mail(line)
        sender = mail.sender.address if mail and mail.sender else ""
        self.archive.put(line.at, "in", sender, line.subject, receipt.raw.content)
        self.tally.received += 1

    def _went(self, item: Item) -> None:
        """A mail of ours; a copy goes into the folder, and on the line of the mail that it is a copy of."""
        with self.parts.store.transaction(write=False) as tx:
            content = tx.content(item.id)
        line = self.teller.went(self.clock.moment, item)
        if not item.copy_of:
            self.screen.mail(line)
        self.archive.put(line.at, "out", item.recipients[0], line.subject, content)
        self.tally.count(item)

    def _next_due(self) -> datetime | None:
        with self.parts.store.transaction(write=False) as tx:
            return tx.next_due()

    @asynccontextmanager
    async def _edges(self) -> AsyncIterator[tuple[Sequence[Intake], SmtpCourier | None]]:
        settings = self.parts.force.settings
        boxes = intakes(settings)
        courier = courier_of(settings, self.parts.engine.policy.site.address)
        try:
            yield boxes, courier
        finally:
            for each in boxes:
                each.mailbox.close()
            if courier is not None:
                await courier.close()


def moment_of(at: str, calendar: Calendar) -> datetime:
    """`Mon 09:05` as a moment of the sample week, in the site's zone."""
    day, _, clock = at.partition(" ")
    return calendar.at(MONDAY + timedelta(days=DAYS.index(day)), ClockTime.fromisoformat(clock))
