"""A home to be measured: Dovecot in, the sink out, working hours round the clock; the daemon as a process."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.samples import WRITERS, writer
from mailflow.demo.servers import ImapServer
from tests.servers.dovecot import DovecotServer

ROOT = Path(__file__).resolve().parents[1]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SITE = """
name: {{zh: 信息技术部服务邮箱, en: IT requests}}
address: requests@example.com
language: zh
admin: [wang.lei@example.com]
mailboxes:
  - {{host: 127.0.0.1, port: {imap}, security: none, user: {user}, password: secret}}
smtp: {{host: 127.0.0.1, port: {smtp}, security: none}}
accept_from: ["*@example.com"]
limits: {{acks_per_sender_per_day: 1000000}}
"""
_CALENDAR = """
timezone: Asia/Shanghai
hours:
{hours}
periods: {{freeze: []}}
calendars: {{round-the-clock: {{always: true}}}}
"""
_PEOPLE = """
it: it
default_department: d0
departments:
  it: {{name: {{zh: 信息技术部, en: IT}}, contact: chen.jing@example.com, head: wang.lei@example.com,
       leader: leader@example.com, phone: "+86 10 5555 0100"}}
{departments}
people:
  - {{address: chen.jing@example.com, name: 陈静, department: it}}
  - {{address: wang.lei@example.com, name: 王磊, department: it}}
  - {{address: leader@example.com, name: 赵敏, department: it}}
{people}
"""


@dataclass(slots=True)
class Sink:
    """The sink's process, and what it told so far: (moment, In-Reply-To) of each mail accepted."""

    process: subprocess.Popen[str] = field(init=False)
    port: int = field(init=False)
    accepted: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.sink"], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            moment, _, answered = line.strip().partition(" ")
            self.accepted.append((float(moment), answered))

    def wait(self, count: int, timeout: float) -> list[tuple[float, str]]:
        """What was accepted, once it is `count` mails; TimeoutError otherwise."""
        until = time.monotonic() + timeout
        while len(self.accepted) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.accepted)} of {count} mails within {timeout:g} s")
            time.sleep(0.005)
        return self.accepted[:count]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)


class Imap(Protocol):
    """A server to bring mail to."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    def add_user(self, user: str, password: str) -> None: ...
    def deliver(self, user: str, content: bytes, *more: bytes) -> None: ...
    def stored(self, user: str, folder: str = "INBOX") -> Sequence[object]: ...


class Embedded(ImapServer):
    """The embedded server: it tells a client in IDLE of new mail at once."""

    def deliver(self, user: str, content: bytes, *more: bytes) -> None:
        for one in (content, *more):
            self.append(user, one)

    def stored(self, user: str, folder: str = "INBOX") -> Sequence[object]:
        return self.messages(user, folder)


@dataclass(slots=True)
class Site:
    """A home with its servers."""

    home: Path
    imap: Imap
    user: str
    sink: Sink

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """`mailflow run`, from when it says that it runs to its clean end."""
        log = self.home / "daemon.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "mailflow", "--home", str(self.home), "run"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        try:
            until = time.monotonic() + 30
            while b"running home=" not in log.read_bytes():
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(log.read_text())
                time.sleep(0.002)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(15)


@contextmanager
def sites() -> Iterator["Maker"]:
    """Makes sites on one Dovecot, and removes all of it."""
    folder = Path(tempfile.mkdtemp(prefix="mailflow-bench-"))
    maker: Maker | None = None
    try:
        with DovecotServer() as imap:
            maker = Maker(folder, imap)
            yield maker
    finally:
        for site in maker.made if maker else ():
            site.sink.close()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class Maker:
    folder: Path
    imap: DovecotServer
    made: list[Site] = field(default_factory=list)

    def site(self, imap: Imap | None = None) -> Site:
        """A fresh home, user and sink; on Dovecot unless another server is named."""
        server = imap or self.imap
        user = f"user{len(self.made)}"
        server.add_user(user, "secret")
        sink = Sink()
        site = Site(home(self.folder / user, server.port, user, sink.port), server, user, sink)
        self.made.append(site)
        return site


def home(path: Path, imap: int, user: str, smtp: int) -> Path:
    """The repository's rules with these servers, at work at any hour of any day."""
    for name in ("rules", "templates"):
        shutil.copytree(ROOT / name, path / name)
    (path / "rules" / "site.yaml").write_text(_SITE.format(imap=imap, user=user, smtp=smtp), "utf-8")
    (path / "rules" / "people.yaml").write_text(_people(), "utf-8")
    hours = "\n".join(f'  {day}: ["00:00-24:00"]' for day in _DAYS)
    (path / "rules" / "calendar.yaml").write_text(_CALENDAR.format(hours=hours), "utf-8")
    return path


def _people() -> str:
    """IT, and departments whose contacts write."""
    departments = "\n".join(
        f"  d{number}: {{name: {{zh: 部门{number}, en: Department {number}}}, contact: {writer(number)},"
        f" head: head{number}@example.com, leader: leader@example.com}}"
        for number in range(WRITERS)
    )
    people = "\n".join(
        f"  - {{address: {kind}{number}@example.com, name: {kind.title()} {number}, department: d{number}}}"
        for number in range(WRITERS)
        for kind in ("contact", "head")
    )
    return _PEOPLE.format(departments=departments, people=people)


def resident(pid: int) -> tuple[float, float]:
    """Megabytes in memory now, and at most so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith("Vm")}
    return int(found["VmRSS"]) / 1024, int(found["VmHWM"]) / 1024
