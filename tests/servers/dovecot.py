"""A real Dovecot of our own: private configuration, free loopback ports, Maildirs in a temporary folder.

Runs as root (mail then belongs to an unprivileged account) and as any other user. The system's own Dovecot is
neither used nor disturbed.
"""

import imaplib
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from imapclient.imap_utf7 import encode as modified_utf7

from tests.servers.support import (
    HOST,
    Certificate,
    Owner,
    free_ports,
    greets,
    make_certificate,
    place,
    program,
    unavailable,
    wait_until,
)

CAPABILITIES = (
    *("IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "ENABLE", "IDLE", "NAMESPACE", "UNSELECT", "CHILDREN"),
    *("UIDPLUS", "ESEARCH", "CONDSTORE", "MOVE"),
)

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {host}
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
default_process_limit = 200
first_valid_uid = 1
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{mail}/%u/Maildir
mail_max_userip_connections = 200
{capability}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users/%u
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {listener_port}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {folder}/smtp-auth {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
"""


class DovecotServer:
    """Dovecot with IDLE, MOVE and UIDPLUS on `port` (plain, and STARTTLS) and `tls_port`; a context manager.

    `without`: capabilities not to announce. `separator`: of folder names; "." and "/" are both in use.
    Without `tls` there is neither STARTTLS nor a listener on `tls_port`.
    Users: those given here and by `add_user`.
    """

    def __init__(
        self,
        users: dict[str, str] | None = None,
        *,
        without: Iterable[str] = (),
        separator: str = "/",
        prefix: str = "",
        tls: bool = True,
    ) -> None:
        self.host = HOST
        self.port = 0
        self.tls_port = 0
        self.owner = Owner.of_mail()
        self._users = dict(users or {})
        self._without = frozenset(name.upper() for name in without)
        self._separator = separator
        self._prefix = prefix
        self._tls = tls
        self._names = count()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if not program("dovecot"):
            unavailable("Dovecot is not installed (Debian: dovecot-imapd)")
        self.folder = place("dovecot")
        try:
            self.certificate: Certificate = make_certificate(self.folder)
            self.mail = self.folder / "mail"
            self.mail.mkdir()
            self.owner.take(self.mail)
            for user, password in self._users.items():
                self.add_user(user, password)
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def cafile(self) -> Path:
        return self.certificate.cafile

    @property
    def auth_socket(self) -> Path:
        """Where an SMTP server asks about passwords."""
        return self.folder / "smtp-auth"

    @property
    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start; after `stop`, on the same ports and with the same mail."""
        for attempt in range(3):
            if attempt or not self.port:
                self.port, self.tls_port = free_ports(2)
            self._configure()
            with (self.folder / "stderr").open("ab") as errors:
                self._process = subprocess.Popen(
                    [program("dovecot"), "-F", "-c", str(self._configuration)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                )
            wait_until(lambda: self._ended() or greets(self.port), "Dovecot's greeting")
            if not self._ended():
                return
        said = (self.folder / "stderr").read_text(errors="replace")
        raise RuntimeError(f"Dovecot does not start: {said}\n{self.log}")

    def stop(self) -> None:
        """End the server and every connection; the mail stays."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def cut(self) -> None:
        """Cut the present connections of all users; new ones are taken."""
        command = [program("doveadm"), "-c", str(self._configuration), "kick", "*"]
        subprocess.run(command, capture_output=True, timeout=20)

    def close(self) -> None:
        """Stop, and remove everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_user(self, user: str, password: str = "secret") -> None:
        self._users[user] = password
        # A file a user: Dovecot looks no more than once a second whether a file has changed.
        (self.folder / "users").mkdir(exist_ok=True)
        (self.folder / "users" / user).write_text(f"{user}:{{PLAIN}}{password}\n")
        maildir = self.maildir(user)
        for path in (maildir.parent, maildir, *(maildir / name for name in ("cur", "new", "tmp"))):
            path.mkdir(exist_ok=True)
            self.owner.take(path)

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """The Maildir of a user's folder, whether it exists or not (Maildir++ layout)."""
        inbox = self.mail / user / "Maildir"
        if folder.upper() == "INBOX":
            return inbox
        name: str = modified_utf7(folder.replace(self._separator, ".")).decode("ascii")
        return inbox / f".{name}"

    def deliver(self, user: str, content: bytes, *more: bytes) -> None:
        """Put messages into the user's INBOX as an MTA does, byte for byte. Fast; wakes an IDLE."""
        maildir = self.maildir(user)
        for message in (content, *more):
            name = f"{int(time.time())}.M{next(self._names):09d}P{os.getpid()}.test"
            written = maildir / "tmp" / name
            written.write_bytes(message)
            self.owner.take(written)
            written.rename(maildir / "new" / name)

    def append(self, user: str, folder: str, content: bytes, flags: Sequence[str] = ()) -> None:
        """APPEND a message over IMAP; the folder is made if need be."""
        name = '"' + modified_utf7(folder).decode("ascii") + '"'
        with imaplib.IMAP4(self.host, self.port, timeout=20) as connection:
            connection.login(user, self._users[user])
            if folder.upper() != "INBOX":
                connection.create(name)
            status, answer = connection.append(name, " ".join(flags), "", content)
            if status != "OK":
                raise RuntimeError(f"APPEND to {folder}: {answer!r}")

    def stored(self, user: str, folder: str = "INBOX") -> tuple[bytes, ...]:
        """The messages in a user's folder as they lie on disk, in the order of their file names."""
        maildir = self.maildir(user, folder)
        files = [path for name in ("cur", "new") for path in (maildir / name).glob("*")]
        return tuple(path.read_bytes() for path in sorted(files, key=lambda path: path.name))

    @property
    def _configuration(self) -> Path:
        return self.folder / "dovecot.conf"

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _configure(self) -> None:
        root = os.geteuid() == 0
        announced = " ".join(name for name in CAPABILITIES if name not in self._without)
        self._configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                mail=self.mail,
                host=HOST,
                port=self.port,
                internal="dovecot" if root else self.owner.name,
                internal_group="dovecot" if root else self.owner.group,
                login="dovenull" if root else self.owner.name,
                uid=self.owner.uid,
                gid=self.owner.gid,
                ssl="yes" if self._tls else "no",
                listener_port=self.tls_port if self._tls else 0,
                cert=self.certificate.cafile,
                key=self.certificate.keyfile,
                capability=f"imap_capability = {announced}" if self._without else "",
                separator=self._separator,
                prefix=self._prefix,
            )
        )
