"""A site in memory with a clock of its own: mail goes in, time passes, and what was sent can be looked at."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from mailflow.adapters.clock import SteppedClock
from mailflow.adapters.store import MemoryStore
from mailflow.build import engine_of
from mailflow.core.model import Record
from mailflow.engine import Engine
from mailflow.force import InForce, put_in_force
from mailflow.passes import one_pass
from mailflow.policy.load import read_home
from mailflow.ports import Item, RawMail, Store
from mailflow.simulate import Imagined
from mailflow.taking import Receipt

ROOT = Path(__file__).resolve().parent.parent
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONDAY = datetime(2026, 3, 2)

# The people of rules/people.yaml, by the part they play.
REQUESTER, CONTACT, HEAD, LEADER = (f"{name}@example.com" for name in ("zhang.wei", "li.na", "sun.qiang", "zhao.min"))
IT_CONTACT, IT_HEAD = "chen.jing@example.com", "wang.lei@example.com"
ENGLISH, FINANCE_HEAD = "tom.green@example.com", "emma.brown@example.com"
OVERSEER = "he.fang@example.com"


@dataclass(slots=True)
class World:
    """`edits` replaces texts in the shipped rules: path -> (old, new) pairs; `trust` is how commands are believed.

    With `meetings` the series of rhythm.yaml are not paused.
    """

    trust: str = "token"
    edits: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    meetings: bool = False
    store: Store = field(default_factory=MemoryStore)
    clock: SteppedClock = field(init=False)
    force: InForce = field(init=False)
    engine: Engine = field(init=False)
    _messages: int = 0

    def __post_init__(self) -> None:
        self.clock = SteppedClock(self.moment("Mon 09:00"))
        self.reload()

    def reload(self, **edits: list[tuple[str, str]]) -> None:
        """Put the rules in force, with edits by the name of the rule file on top."""
        files = dict(read_home(ROOT))
        site = "rules/site.yaml"
        files[site] = files[site].replace("{trust: token}", f"{{trust: {self.trust}}}")
        if self.meetings:
            files["rules/rhythm.yaml"] = files["rules/rhythm.yaml"].replace("    paused: true\n", "")
        self.edits = {**self.edits, **{f"rules/{name}.yaml": pairs for name, pairs in edits.items()}}
        for path, pairs in self.edits.items():
            for old, new in pairs:
                assert old in files[path], f"{old!r} is not in {path}"
                files[path] = files[path].replace(old, new)
        self.force = put_in_force(self.store, files, self.clock.now())
        self.engine = engine_of(self.store, self.force, self.clock.now())

    def moment(self, text: str) -> datetime:
        """`Tue 14:30` of the first week, `Tue+1 14:30` of the next, or an ISO date and time; the site's zone."""
        day, _, clock = text.partition(" ")
        hour, minute = (int(part) for part in clock.split(":"))
        name, _, weeks = day.partition("+")
        if name in DAYS:
            start = MONDAY + timedelta(days=DAYS.index(name) + 7 * int(weeks or 0))
        else:
            start = datetime.fromisoformat(day)
        local = start.replace(hour=hour, minute=minute)
        return (local - timedelta(hours=8)).replace(tzinfo=UTC)

    def mail(
        self,
        at: str,
        sender: str,
        subject: str,
        body: str = "",
        *,
        answers: Item | str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Receipt:
        """Let time pass until `at`, then let a message arrive; `answers` is the mail of ours it replies to."""
        self.until(at)
        message = EmailMessage()
        self._messages += 1
        message["From"] = sender
        message["To"] = "requests@example.com"
        message["Subject"] = subject
        message["Message-ID"] = f"<m{self._messages}@client.example.com>"
        message["Date"] = self.clock.now()
        if answers is not None:
            message["In-Reply-To"] = f"<{answers if isinstance(answers, str) else answers.message_id}>"
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(body or "\n")
        raw = RawMail("test", 0, 0, self.clock.now(), message.as_bytes())
        receipt = self.engine.receive([raw], self.clock.now())[0]
        self._pass()
        return receipt

    def deliver(self, at: str, content: bytes) -> Receipt:
        """Let time pass until `at`, then let these very bytes arrive."""
        self.until(at)
        receipt = self.engine.receive([RawMail("test", 0, 0, self.clock.now(), content)], self.clock.now())[0]
        self._pass()
        return receipt

    def bounce(self, at: str, item: Item, address: str, status: str) -> Receipt:
        """Let time pass until `at`, then let a delivery status notification (RFC 3464) about a mail of ours arrive."""
        self.until(at)
        action = "failed" if status.startswith("5") else "delayed"
        content = (
            "From: MAILER-DAEMON@mx.example.com\r\nTo: requests@example.com\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
            "MIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
            f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{item.message_id}>\r\n\r\n--b--\r\n"
        )
        raw = RawMail("test", 0, 0, self.clock.now(), content.encode())
        receipt = self.engine.receive([raw], self.clock.now())[0]
        self._pass()
        return receipt

    def until(self, at: str) -> None:
        """Let time pass, with a pass at every moment at which something is due."""
        end = self.moment(at)
        while True:
            with self.store.transaction(write=False) as tx:
                due = tx.next_due()
            if due is None or due > end:
                break
            self.clock.moment = max(due, self.clock.moment)
            self._pass()
        self.clock.moment = end

    def pass_at(self, at: str) -> None:
        """One pass at a moment, with none before it."""
        self.clock.moment = self.moment(at)
        self._pass()

    def _pass(self) -> None:
        passed = asyncio.run(one_pass(self.engine, [], Imagined(), self.clock))
        assert not passed.troubles, passed.troubles

    def sent(self, to: str = "", rule: str = "", record: str = "", *, copies: bool = False) -> list[Item]:
        """The mails sent so far, in order of time; information copies only when asked for."""
        with self.store.transaction(write=False) as tx:
            items = [item for item in tx.items() if item.status == "sent"]
        return sorted(
            (
                item
                for item in items
                if (copies or not item.copy_of)
                and (not to or to in item.recipients)
                and (not rule or any(rule in each for each in item.rules))
                and (not record or record in item.records)
            ),
            key=lambda item: (item.sent_at or item.at, item.at),
        )

    def times(self, to: str = "", rule: str = "", record: str = "") -> list[str]:
        """When mails were sent, as `Tue 14:30`."""
        return [self.local(item.sent_at) for item in self.sent(to, rule, record) if item.sent_at]

    def local(self, moment: datetime) -> str:
        local = moment + timedelta(hours=8)
        week = (local.date() - MONDAY.date()).days // 7
        return f"{DAYS[local.weekday()]}{f'+{week}' if week else ''} {local:%H:%M}"

    def record(self, record_id: str) -> Record:
        with self.store.transaction(write=False) as tx:
            found = tx.record(record_id)
        assert found is not None, record_id
        return found

    def text(self, item: Item) -> str:
        """The text part of a mail of ours."""
        from mailflow.mail.parse import parse

        with self.store.transaction(write=False) as tx:
            return parse(tx.content(item.id)).text
