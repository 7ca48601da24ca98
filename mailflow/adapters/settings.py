"""What a mailbox and a courier must be told: plain values, filled in from rules/site.yaml.

Invariant: a password or a token is never part of a `repr`, so it can reach no log and no report.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["tls", "starttls", "none"]
NullSender = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """One folder of one account.

    `filed` and `quarantine` are folder names with "/" between the levels whatever the server uses, None for
    none. `poll` and `since` are seconds. `cafile` replaces the system's certificate authorities. `token`
    gives an OAuth2 access token (XOAUTH2) and is then used instead of the password.
    """

    name: str
    host: str
    user: str
    password: str = field(default="", repr=False)
    port: int = 993
    security: Security = "tls"
    folder: str = "INBOX"
    filed: str | None = "Filed"
    quarantine: str | None = "Quarantine"
    poll: float = 30.0
    since: float = 86400.0
    cafile: str | None = None
    token: Callable[[], str] | None = field(default=None, repr=False)
    connect_timeout: float = 30.0
    read_timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class SmtpTimeouts:
    """Seconds to wait for each answer; the figures of RFC 5321 §4.5.3.2, but for `connect`."""

    connect: float = 60.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    final_dot: float = 600.0


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The relay that takes our mail.

    `user` "" does not log in. `hello` is the name given in EHLO, "" for this machine's. `keep` is how many
    seconds an unused connection stays open for the next batch.
    """

    host: str
    user: str = ""
    password: str = field(default="", repr=False)
    port: int = 587
    security: Security = "starttls"
    cafile: str | None = None
    connections: int = 4
    null_sender: NullSender = "auto"
    hello: str = ""
    keep: float = 10.0
    token: Callable[[], str] | None = field(default=None, repr=False)
    timeouts: SmtpTimeouts = SmtpTimeouts()
