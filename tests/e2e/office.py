"""A home on real mail servers, seen from outside: mail in by IMAP, time as the test wants it, mail out by SMTP.

`Office.work(moment)` is `mailflow run --once --now moment` without the cost of a new process;
`command` is the real command line.
"""

import asyncio
import email
import email.policy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from mailflow.adapters.clock import FixedClock
from mailflow.adapters.smtp import SmtpCourier
from mailflow.build import Parts, build, courier_of, intakes
from mailflow.core.model import Record
from mailflow.demo.servers import ImapServer, Received, SmtpSink
from mailflow.home import Home
from mailflow.intake import Intake
from mailflow.passes import Passed, one_pass
from tests.servers.dovecot import DovecotServer

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
US = "requests@example.com"

# The people of rules/people.yaml, by the part they play.
REQUESTER = "zhang.wei@example.com"
CONTACT, HEAD, LEADER = "li.na@example.com", "sun.qiang@example.com", "zhao.min@example.com"
IT_CONTACT, IT_HEAD = "chen.jing@example.com", "wang.lei@example.com"
ENGLISH = "tom.green@example.com"

SITE = """
name: {{zh: 信息技术部服务邮箱, en: IT requests}}
address: requests@example.com
aliases: [it@example.com]
language: zh
admin: [wang.lei@example.com]
mailboxes:
{mailboxes}
smtp: {{host: 127.0.0.1, port: {smtp}, security: none}}
accept_from: ["*@example.com"]
commands: {{trust: {trust}}}
{more}
"""
MAILBOX = (
    "  - {{name: {name}, host: 127.0.0.1, port: {port}, security: none, user: {user}, password: secret,"
    " filed: {filed}, poll: 1s}}"
)


def local(text: str) -> datetime:
    """`2026-03-02 09:30` by the clock on the wall of the site, as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def clock(moment: datetime) -> str:
    """A moment as `local` takes it."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


class Server(Protocol):
    """Where mail for the office comes in."""

    port: int

    def put(self, user: str, content: bytes, received_at: datetime) -> None: ...
    def lying(self, user: str, folder: str) -> tuple[bytes, ...]: ...


@dataclass(frozen=True, slots=True)
class Pymap:
    server: ImapServer

    @property
    def port(self) -> int:
        return self.server.port

    def put(self, user: str, content: bytes, received_at: datetime) -> None:
        self.server.append(user, content, received_at=received_at)

    def lying(self, user: str, folder: str) -> tuple[bytes, ...]:
        return tuple(each.content for each in self.server.messages(user, folder))


@dataclass(frozen=True, slots=True)
class Dovecot:
    server: DovecotServer

    @property
    def port(self) -> int:
        return self.server.port

    def put(self, user: str, content: bytes, received_at: datetime) -> None:
        self.server.deliver(user, content)

    def lying(self, user: str, folder: str) -> tuple[bytes, ...]:
        return self.server.stored(user, folder)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail of ours as one reader got it: when by the office's clock, and everything in it."""

    at: datetime
    reader: str
    envelope_from: str
    content: bytes
    message: EmailMessage

    def _header(self, name: str) -> str:
        return " ".join(str(self.message.get(name, "")).split())

    @property
    def subject(self) -> str:
        return self._header("Subject")

    @property
    def rule(self) -> str:
        """The last part of the rule's name, as in the rule file."""
        return self._header("X-Mailflow-Rule")

    @property
    def message_id(self) -> str:
        return self._header("Message-ID").strip("<>")

    @property
    def in_reply_to(self) -> str:
        return self._header("In-Reply-To").strip("<>")

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(each.strip("<>") for each in self._header("References").split())

    @property
    def to(self) -> str:
        return self._header("To")

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @property
    def is_answer(self) -> bool:
        return self._header("Auto-Submitted") == "auto-replied"

    @property
    def when(self) -> str:
        return clock(self.at)

    def __str__(self) -> str:
        return f"{self.when} {self.reader} {self.rule}: {self.subject}"


def arrived(received: Received) -> list[Arrived]:
    message = email.message_from_bytes(received.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return [
        Arrived(received.moment, reader, received.mail_from, received.content, message) for reader in received.rcpt_tos
    ]


def message(
    sender: str,
    subject: str,
    body: str = "",
    *,
    message_id: str,
    date: datetime,
    to: str = US,
    answers: Arrived | str = "",
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A message as a mail program writes it. `answers`: the mail it is a reply to, or its Message-ID."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(date)
    made["Message-ID"] = f"<{message_id}>"
    named = answers.message_id if isinstance(answers, Arrived) else answers
    if named:
        made["In-Reply-To"] = made["References"] = f"<{named}>"
    for name, value in headers:
        del made[name]
        made[name] = value
    made.set_content(body or "\n")
    return made.as_bytes(policy=email.policy.SMTP)


@dataclass(slots=True)
class Office:
    """`boxes` are the users of the server whose INBOX is read; the first is where mail is put."""

    path: Path
    server: Server
    sink: SmtpSink
    boxes: tuple[str, ...] = ("requests",)
    trust: str = "token"
    filed: str = "Filed"
    now: datetime = field(default_factory=lambda: local("2026-03-02 09:00"))
    more: str = ""
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    parts: Parts | None = None
    _intakes: list[Intake] = field(default_factory=list)
    _courier: SmtpCourier | None = None
    _letters: list[Arrived] = field(default_factory=list)
    _taken: int = 0
    _read: int = 0
    _count: int = 0

    def __post_init__(self) -> None:
        for name in ("rules", "templates"):
            shutil.copytree(ROOT / name, self.path / name)
        (self.path / "rules" / "rhythm.yaml").write_text(
            "meetings: []\n", "utf-8"
        )  # of what is regular, tests of its own
        self.write_site()

    # --- the home -----------------------------------------------------------------------------------

    def write_site(self) -> None:
        boxes = "\n".join(
            MAILBOX.format(name=user, user=user, port=self.server.port, filed=self.filed) for user in self.boxes
        )
        text = SITE.format(mailboxes=boxes, smtp=self.sink.port, trust=self.trust, more=self.more)
        (self.path / "rules" / "site.yaml").write_text(text, "utf-8")

    def edit(self, name: str, old: str, new: str, *, times: int = -1) -> None:
        """Change a text in a file of the home; it must be there."""
        file = self.path / name
        text = file.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, times), "utf-8")

    @property
    def open(self) -> Parts:
        if self.parts is None:
            self.parts = build(Home(self.path), self.now)
            self._intakes = intakes(self.parts.force.settings)
            self._courier = courier_of(self.parts.force.settings, US)
        return self.parts

    def close(self) -> None:
        """What the end of a process does; the next `work` opens the home anew."""
        if self.parts is not None:
            for intake in self._intakes:
                intake.mailbox.close()
            if self._courier is not None:
                self.runner.run(self._courier.close())
            self.parts.close()
            self.parts = None

    # --- mail in ------------------------------------------------------------------------------------

    def message_id(self) -> str:
        self._count += 1
        return f"{self._count}.{self.path.name}@client.example"

    def write(
        self,
        sender: str,
        subject: str,
        body: str = "",
        *,
        answers: Arrived | str = "",
        headers: Sequence[tuple[str, str]] = (),
        to: str = US,
    ) -> str:
        """Put a message into the mailbox; its Message-ID."""
        message_id = self.message_id()
        content = message(
            sender, subject, body, message_id=message_id, date=self.now, to=to, answers=answers, headers=headers
        )
        self.put(content)
        return message_id

    def reply(self, to: Arrived, body: str, *, sender: str = "", subject: str = "") -> str:
        """An answer to a mail of ours, by its reader unless another is named."""
        return self.write(sender or to.reader, subject or f"Re: {to.subject}", body, answers=to)

    def put(self, content: bytes, user: str = "") -> None:
        self.server.put(user or self.boxes[0], content, self.now)

    def lying(self, folder: str = "INBOX", user: str = "") -> tuple[bytes, ...]:
        return self.server.lying(user or self.boxes[0], folder)

    # --- time ---------------------------------------------------------------------------------------

    def work(self, at: datetime | str | None = None, *, mailboxes: bool = True) -> Passed:
        """One pass at a moment."""
        if at is not None:
            self.now = local(at) if isinstance(at, str) else at
        parts = self.open
        boxes = self._intakes if mailboxes else []
        return self.runner.run(one_pass(parts.engine, boxes, self._courier, FixedClock(self.now)))

    def work_minutes(self, start: str, end: str) -> None:
        """A pass at every minute of the day's hours, at every tenth of the night's; both ends included."""
        moment, last = local(start), local(end)
        while moment <= last:
            wall = moment.astimezone(ZONE)
            if 8 <= wall.hour < 19 or wall.minute % 10 == 0:
                self.work(moment, mailboxes=wall.minute % 30 == 0)
            moment += timedelta(minutes=1)

    # --- what arrived -------------------------------------------------------------------------------

    @property
    def letters(self) -> list[Arrived]:
        """Everything that was ever sent, one for each reader, in the order of arrival."""
        received = self.sink.received
        for each in received[self._taken :]:
            self._letters += arrived(each)
        self._taken = len(received)
        return list(self._letters)

    def news(self) -> list[Arrived]:
        """What arrived since this was last asked."""
        letters = self.letters
        new, self._read = letters[self._read :], len(letters)
        return new

    def last(self, reader: str, rule: str = "") -> Arrived:
        """The last mail to a reader, by a rule whose name ends so."""
        found = [each for each in self.letters if each.reader == reader and each.rule.endswith(rule)]
        assert found, f"no {rule} for {reader} among\n" + "\n".join(map(str, self.letters))
        return found[-1]

    # --- the records --------------------------------------------------------------------------------

    def records(self) -> list[Record]:
        with self.open.store.transaction(write=False) as tx:
            return list(tx.records())

    def record(self, record_id: str = "") -> Record:
        """The record of this id, or the only one."""
        found = [each for each in self.records() if record_id in ("", each.id)]
        assert len(found) == 1, [each.id for each in found]
        return found[0]

    def history(self, record_id: str = "") -> str:
        """The history as text, to look for words in."""
        with self.open.store.transaction(write=False) as tx:
            return "\n".join(str(entry) for entry in tx.history(self.record(record_id).id))

    def places(self) -> list[str]:
        """Where each message was put, in no certain order: filed, unfiled, quarantine."""
        with self.open.store.transaction(write=False) as tx:
            return sorted(
                each.place for place in ("filed", "unfiled", "quarantine") for each in tx.messages(place=place)
            )

    # --- the command line ---------------------------------------------------------------------------

    def command(self, *arguments: str, stdin: bytes = b"", status: int | None = 0) -> str:
        """Run mailflow as a process; its standard output. `status` is what it must end with, None for any."""
        self.close()
        done = subprocess.run(
            self.command_line(*arguments), input=stdin, capture_output=True, timeout=50, env=environment()
        )
        said = done.stderr.decode(errors="replace")
        assert status is None or done.returncode == status, f"status {done.returncode}: {said}"
        return done.stdout.decode()

    def command_line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "mailflow", "--home", str(self.path), *arguments]

    def json(self, *arguments: str) -> Any:
        return json.loads(self.command(*arguments, "--format", "json"))


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "UTC", "PYTHONUTF8": "1"}


def lines(letters: Sequence[Arrived]) -> list[str]:
    """Mails as `when reader rule`, to compare with what a test writes down."""
    return [f"{each.when} {each.reader.partition('@')[0]} {each.rule}" for each in letters]


OfficeMaker = Callable[..., Office]


def offices(folder: Path, server: Server, made: list[Office]) -> Iterator[OfficeMaker]:
    """A function that makes offices on a server; closes what it made."""
    sinks: list[SmtpSink] = []

    def make(**options: Any) -> Office:
        holder: list[Office] = []
        sink = SmtpSink(clock=lambda: holder[0].now if holder else datetime.now(UTC))
        sink.start()
        sinks.append(sink)
        path = folder / f"home{len(made)}"
        path.mkdir()
        office = Office(path, server, sink, **options)
        holder.append(office)
        made.append(office)
        return office

    try:
        yield make
    finally:
        for office in made:
            office.close()
            office.runner.close()
        for sink in sinks:
            sink.stop()
