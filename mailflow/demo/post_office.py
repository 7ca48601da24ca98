"""The company's mail: an SMTP server that puts what it is sent into its recipients' mailboxes on an IMAP server.

Invariant: whoever is written to has a mailbox; it is made with the first mail, so nothing is lost here.
"""

import contextlib
import smtplib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from types import TracebackType
from typing import Self

from mailflow.demo.servers import ImapServer, Received, SmtpSink

PASSWORD = "demo"
"""Of every sample account."""

_TIMEOUT = 20.0


class PostOffice:
    """Both servers on free loopback ports, from `start` to `stop`; a context manager.

    `clock` gives the moment at which a message arrives. `told` hears of each message, on a thread of the server.
    """

    def __init__(
        self,
        addresses: Iterable[str],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        told: Callable[[Received], None] = lambda received: None,
    ) -> None:
        self.clock = clock
        self.told = told
        self._accounts = set(addresses)
        self.imap = ImapServer(dict.fromkeys(sorted(self._accounts), PASSWORD))
        self.smtp = SmtpSink(deliver=self._deliver, clock=lambda: self.clock())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        try:
            self.imap.start()
            self.smtp.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        with contextlib.ExitStack() as both:
            both.callback(self.imap.stop)
            both.callback(self.smtp.stop)

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(sorted(self._accounts))

    def admit(self, address: str) -> None:
        """Give somebody a mailbox, who has none yet."""
        if address not in self._accounts:
            self._accounts.add(address)
            self.imap.add_user(address, PASSWORD)

    def submit(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Send a message as a person's mail program does; raises smtplib.SMTPException or OSError."""
        with smtplib.SMTP(self.smtp.host, self.smtp.port, timeout=_TIMEOUT) as connection:
            connection.sendmail(sender, list(recipients), content)

    def letters(self, address: str, folder: str = "INBOX") -> tuple[Message, ...]:
        """What lies in a person's mailbox, the oldest first."""
        return tuple(message_from_bytes(each.content) for each in self.imap.messages(address, folder))

    def _deliver(self, received: Received) -> None:
        for address in received.rcpt_tos:
            self.admit(address)
            self.imap.append(address, received.content, received_at=received.moment)
        self.told(received)
