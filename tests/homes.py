"""Homes for tests: the repository's own rules, people of example.com, servers on loopback, and the command line.

A command runs in this process, which is quick; `home.process(…)` runs it in one of its own, as a shell would.
Whoever tests from end to end begins here:

    with served(tmp_path / "home") as home:
        home.mail(letter("zhang.wei@example.com", "[需求] 导出", "业务目标: 快"))
        done = home("run", "--once", "--now", MONDAY)
        home.sent()
"""

import hashlib
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from email.header import Header
from pathlib import Path
from typing import Any

from mailflow.cli import app
from mailflow.demo.servers import ImapServer, Received, SmtpSink
from mailflow.mail.model import Mail
from mailflow.mail.parse import parse

ADDRESS = "requests@example.com"
USER, PASSWORD = "requests", "secret"
WRITER = "zhang.wei@example.com"  # sales; his manager and head is sun.qiang, the contact li.na
CONTACT = "chen.jing@example.com"  # IT's contact, on call
HEAD = "wang.lei@example.com"  # of IT
NOBODY = 9  # a port where no server listens
MONDAY = "2026-11-23T10:00"  # at the site, in working time

_SITE = """
name: {{zh: 信息技术部服务邮箱, en: IT requests}}
address: {address}
language: zh
admin: [wang.lei@example.com]
mailboxes:
{mailboxes}
{smtp}
accept_from: ["*@example.com"]
commands: {{trust: token}}
state: embedded
"""
_MAILBOX = """
  - host: 127.0.0.1
    port: {port}
    security: none
    user: {user}
    password: ${{MAILFLOW_IMAP_PASSWORD}}
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run of the command line came to."""

    status: int
    out: str
    err: str
    raw: bytes = b""

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it has to be."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class TestHome:
    """A home, and the command line on it."""

    __test__ = False

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> Done:
        """Run `mailflow --home HERE ARGUMENTS…` in this process."""
        return inside("--home", self.path, *arguments, stdin=stdin, **{**self.environment, **environment})

    def process(self, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> Done:
        """Run `mailflow --home HERE ARGUMENTS…` as a process of its own."""
        return command("--home", self.path, *arguments, stdin=stdin, **{**self.environment, **environment})

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file; `old` must stand there."""
        path = self.path / file
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), "utf-8")

    def deliver(self, content: bytes, now: str = MONDAY) -> Done:
        return self("deliver", "--now", now, stdin=content)

    def show(self, record_id: str, now: str = MONDAY) -> Any:
        return self("show", record_id, "--format", "json", "--now", now).json


@dataclass(frozen=True, slots=True)
class ServedHome(TestHome):
    """A home with its IMAP and SMTP servers."""

    imap: ImapServer = field(kw_only=True)
    smtp: SmtpSink = field(kw_only=True)

    def mail(self, content: bytes) -> int:
        """Put a message into the shared mailbox."""
        return self.imap.append(USER, content)

    def sent(self) -> list[tuple[Received, Mail]]:
        """What was sent so far: the envelope, and the message as it is read."""
        return [(each, parse(each.content)) for each in self.smtp.received]


def command(*arguments: str | Path, stdin: bytes = b"", timeout: float = 50, **environment: str) -> Done:
    """Run the command line; without a home in the environment unless one is given."""
    done = subprocess.run(
        [sys.executable, "-m", "mailflow", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=timeout,
        env={**_without_ours(os.environ), **environment},
    )
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8"), done.stdout)


def inside(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Done:
    """Run the command line in this process, with its own output, environment and log. Not within a running loop."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    root = logging.getLogger()
    kept = (root.handlers[:], root.level, dict(os.environ), sys.stdin)
    status = 0
    try:
        os.environ.clear()
        os.environ.update({**_without_ours(kept[2]), **environment})
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
        with redirect_stdout(out), redirect_stderr(err):
            app([str(each) for each in arguments], prog_name="mailflow")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        root.handlers[:], level, before, sys.stdin = kept
        root.setLevel(level)
        os.environ.clear()
        os.environ.update(before)
    raw = out.buffer.getvalue()
    return Done(status, raw.decode("utf-8", "replace"), err.buffer.getvalue().decode(), raw)


def _without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("MAILFLOW_")}


def make(path: Path, *, imap_port: int = 0, smtp_port: int = NOBODY) -> TestHome:
    """A home with the repository's rules and people; no mailbox unless it has a port, nor a relay that answers."""
    assert inside("init", path).status == 0
    boxes = _MAILBOX.format(port=imap_port, user=USER) if imap_port else "  []"
    smtp = f"smtp: {{host: 127.0.0.1, port: {smtp_port}, security: none}}"
    site = _SITE.format(address=ADDRESS, mailboxes=boxes, smtp=smtp)
    (path / "rules" / "site.yaml").write_text(site, "utf-8")
    return TestHome(path, {"MAILFLOW_IMAP_PASSWORD": PASSWORD})


@contextmanager
def served(path: Path) -> Iterator[ServedHome]:
    """A home with an embedded IMAP and an embedded SMTP server of its own."""
    with ImapServer({USER: PASSWORD}) as imap, SmtpSink() as smtp:
        home = make(path, imap_port=imap.port, smtp_port=smtp.port)
        yield ServedHome(home.path, home.environment, imap=imap, smtp=smtp)


def letter(
    sender: str,
    subject: str,
    text: str,
    *,
    date: str = "Mon, 23 Nov 2026 09:59:00 +0800",
    message_id: str = "",
    to: str = ADDRESS,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A plain message as a mail program would send it; the Message-ID follows from what it says."""
    digest = hashlib.sha256("\0".join((sender, subject, text, date)).encode()).hexdigest()
    named = message_id or f"{digest[:16]}@mail.example.com"
    fields = {
        "From": sender,
        "To": to,
        "Subject": Header(subject, "utf-8").encode() if not subject.isascii() else subject,
        "Date": date,
        "Message-ID": f"<{named}>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{head}\n{text}\n".encode()
