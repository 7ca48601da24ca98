"""What rules/site.yaml says of servers: plain values for the adapters, with the secrets still locked away.

Invariant: a password or a token is never part of a `repr`, so it can reach no log and no report.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, TypeVar

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


class SecretMissing(ValueError):
    """A secret cannot be had: the variable is unset, or the file cannot be read. The text says which."""


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is looked up only where it is used: a text with `${NAME}` in it, or the name of a file."""

    text: str = field(default="", repr=False)
    file: str = ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables it is made of."""
        return tuple(_VARIABLE.findall(self.text))

    def reveal(self, environment: Mapping[str, str], read: Callable[[str], str]) -> str:
        """The secret itself; `read` gives a file's text by its path. Raises SecretMissing."""
        if self.file:
            try:
                return read(self.file).strip("\r\n")
            except OSError as error:
                raise SecretMissing(f"the secret in {self.file} cannot be read: {error.strerror}") from error
        unset = [name for name in self.variables if not environment.get(name)]
        if unset:
            raise SecretMissing(f"the environment variable {unset[0]} is not set")
        return _VARIABLE.sub(lambda found: environment[found[1]], self.text)


Server = TypeVar("Server", ImapSettings, SmtpSettings)


@dataclass(frozen=True, slots=True)
class Locked(Generic[Server]):
    """A server whose password is not looked up yet."""

    server: Server
    password: Secret = Secret()

    def unlock(self, environment: Mapping[str, str], read: Callable[[str], str]) -> Server:
        """The server with its password. Raises SecretMissing."""
        return replace(self.server, password=self.password.reveal(environment, read))


@dataclass(frozen=True, slots=True)
class Settings:
    """The edges' part of rules/site.yaml. `state` is `embedded` or a postgresql:// address, perhaps with a
    secret in it."""

    mailboxes: tuple[Locked[ImapSettings], ...] = ()
    smtp: Locked[SmtpSettings] | None = None
    state: Secret = Secret("embedded")

    @property
    def embedded(self) -> bool:
        return self.state.text == "embedded"
