"""The demonstration from first to last: servers up, the week, the tables, what to do next, servers down."""

import asyncio
import shlex
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from datetime import time as ClockTime
from email import message_from_bytes
from pathlib import Path

from mailflow.adapters.clock import SteppedClock, SystemClock
from mailflow.build import build
from mailflow.daemon import Daemon
from mailflow.demo.archive import Archive
from mailflow.demo.post_office import PASSWORD, PostOffice
from mailflow.demo.sample_home import ADDRESS, make_home
from mailflow.demo.screen import Screen
from mailflow.demo.servers import Received
from mailflow.demo.story import BEGIN, END, MONDAY, STORY, Scene
from mailflow.demo.telling import RECORD_COLUMNS, Teller
from mailflow.demo.week import Tally, Week, moment_of
from mailflow.lock import only_one

_NEXT = ("list", "show INC-2026-0001", "explain REQ-2026-0002", "outbox list")
_OWN_MAIL = (
    "import smtplib, email.utils; "
    "smtplib.SMTP('{host}', {port}).sendmail('{sender}', ['{to}'], "
    "'Date: ' + email.utils.formatdate() + "
    r"'\nFrom: {sender}\nTo: {to}\nSubject: [REQ] A better coffee machine\n\nBusiness goal: 20 cups an hour\n')"
)


def demonstrate(
    folder: Path,
    screen: Screen,
    seconds: float,
    *,
    program: str = "mailflow",
    keep: bool = False,
    story: Sequence[Scene] = STORY,
) -> Tally:
    """Play the story on a new home in `folder`, within about so many seconds; leaves that folder and no server.

    `program` is how the command is called where this is read. `keep`: afterwards the servers and the daemon stay
    until an interrupt. Raises KeyboardInterrupt, NoPolicy, OSError.
    """
    started = time.monotonic()
    with staged(folder, screen) as week:
        _open(week, folder)
        try:
            asyncio.run(week.play(story, seconds))
        finally:
            screen.end_clock()
        week.archive.close()
        _close(week, time.monotonic() - started)
        _go_on(screen, folder, program)
        if keep:
            _stay(week)
        return week.tally


@contextmanager
def staged(folder: Path, screen: Screen) -> Iterator[Week]:
    """A week about to begin, on a home in `folder` and servers that live as long as this."""
    clock = SteppedClock(datetime.combine(MONDAY, ClockTime(), UTC))
    with PostOffice([ADDRESS], clock.now) as servers:
        parts = build(make_home(folder, servers), clock.now())
        try:
            teller = Teller.of(parts.engine.policy)
            for address in teller.policy.directory.people:
                servers.admit(address)
            clock.moment = moment_of(BEGIN, teller.policy.calendar(""))
            yield Week(parts, servers, clock, screen, Archive(folder / "mails"), teller)
        finally:
            parts.close()


def _open(week: Week, folder: Path) -> None:
    screen, imap, smtp = week.screen, week.servers.imap, week.servers.smtp
    people = len(week.servers.accounts) - 1
    screen.say(f"mailflow demo: {people} people, the mailbox {ADDRESS}, a working week of March 2026", "bold")
    screen.say(f"IMAP {imap.host}:{imap.port} (pymap), SMTP {smtp.host}:{smtp.port} (aiosmtpd), both in this process")
    screen.say(f"Everything stays in {folder}")
    screen.say("→ a mail that came, and what it did   ← a mail of ours (+1: one copy), and the rule that sent it")
    screen.say()


def _close(week: Week, seconds: float) -> None:
    """The records as they are at the end of the week, and the numbers."""
    screen, tally = week.screen, week.tally
    with week.parts.store.transaction(write=False) as tx:
        rows = []
        for record in tx.records():
            sent = sum(item.status == "sent" for item in tx.items(record.id))
            rows.append(week.teller.row(record, week.clock.moment, len(tx.messages(record.id)), sent))
    screen.say()
    screen.say(f"The records on {END}", "bold")
    screen.table(RECORD_COLUMNS, rows, flexible="title")
    screen.say()
    screen.say(
        f"{tally.received} mails in, {tally.sent} out ({tally.copies} of them copies), "
        f"{tally.reminders} reminders, {tally.escalations} escalations; {seconds:.0f} s"
    )
    for trouble in tally.troubles:
        screen.say(f"not as the story wants: {trouble}", "red")


def _go_on(screen: Screen, folder: Path, program: str) -> None:
    screen.say()
    screen.say(f"Every mail to look at: {folder / 'mails' / 'index.html'}")
    screen.say("To go on:")
    for command in _NEXT:
        screen.say(f"  {program} --home {shlex.quote(str(folder))} {command}")


def _stay(week: Week) -> None:
    """The daemon on this home by the real clock, until a signal; an interrupt is raised once all has stopped."""
    clock, servers = SystemClock(), week.servers

    def passing(received: Received) -> None:
        message = message_from_bytes(received.content)
        week.screen.mail(week.teller.seen(received.moment, message, received.rcpt_tos))

    _invite(week)
    servers.clock, servers.told = clock.now, passing
    daemon = Daemon(week.parts, clock)
    with only_one(week.parts.home.lock):
        asyncio.run(daemon.run())
    if daemon.ended_by == signal.SIGINT:
        raise KeyboardInterrupt


def _invite(week: Week) -> None:
    """Where a mail program finds the servers, and how to send a mail without one."""
    screen, teller, servers = week.screen, week.teller, week.servers
    imap, smtp = servers.imap, servers.smtp
    sender = next((each for each in servers.accounts if teller.policy.language_of(each) == "en"), ADDRESS)
    own = _OWN_MAIL.format(host=smtp.host, port=smtp.port, sender=sender, to=ADDRESS)
    now = teller.local(datetime.now(UTC))
    screen.say()
    screen.say("The servers stay up until Ctrl-C. For a mail program:", "bold")
    screen.say(f"  IMAP  {imap.host} port {imap.port}, no TLS; user: one of the addresses below, password: {PASSWORD}")
    screen.say(f"  SMTP  {smtp.host} port {smtp.port}, no TLS, no login")
    for address in servers.accounts:
        screen.say(f"        {address}  {'the shared mailbox' if address == ADDRESS else teller.name(address)}")
    screen.say("A mail of your own, from another terminal:")
    screen.say(f'  python3 -c "{own}"')
    screen.say(
        f"The clock is the real one now ({now:%a %Y-%m-%d %H:%M} at the site), and what became due since that week"
    )
    screen.say("is sent first. Answers go at any hour, notices in working hours.")
    screen.say()
