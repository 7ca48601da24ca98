"""A real Postfix of our own: private configuration, queue and ports, mail into Maildirs or a command.

Needs root, as Postfix does. Nothing leaves the machine: what is neither local nor for the relay bounces. The
system's own Postfix is neither used nor disturbed.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

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

MAIN = """
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mail.{domain}
mydestination =
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_banner = $myhostname ESMTP
biff = no
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {mail}
virtual_mailbox_maps = hash:{folder}/etc/mailboxes
virtual_alias_maps =
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
transport_maps = hash:{folder}/etc/transport
default_transport = {default_transport}
relayhost = {relay}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access hash:{folder}/etc/refused, permit_mynetworks, reject
smtpd_delay_reject = yes
smtpd_error_sleep_time = 0
smtpd_tls_security_level = {tls_level}
smtpd_tls_chain_files = {folder}/server.pem
smtpd_tls_session_cache_database =
smtp_tls_security_level = none
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
message_size_limit = {size_limit}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
{sasl}
"""

SASL = """
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {socket}
smtpd_client_restrictions = permit_sasl_authenticated, reject
"""

MASTER = """
{host}:{port} inet n - n - - smtpd
{host}:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixServer:
    """Postfix for one `domain` on `port` (plain, and STARTTLS) and `tls_port`; a context manager.

    `mailboxes`: address -> name of the user whose Maildir gets it, in `<mail>/<user>/Maildir/`; `mail` is the
    folder of the Maildirs, such as `DovecotServer.mail`, or one of its own. `pipes`: address -> command, run
    as the mail's owner with the message on standard input. `relay`: where all other mail goes; without it, it
    bounces. `auth_socket`: of `DovecotServer`; then only clients that log in with its users may send.
    """

    def __init__(
        self,
        mailboxes: Mapping[str, str] | None = None,
        *,
        domain: str = "example.com",
        mail: Path | None = None,
        pipes: Mapping[str, Sequence[str]] | None = None,
        relay: tuple[str, int] | None = None,
        auth_socket: Path | None = None,
        tls_required: bool = False,
        size_limit: int = 50 * 2**20,
    ) -> None:
        self.host = HOST
        self.port = 0
        self.tls_port = 0
        self.owner = Owner.of_mail()
        self._mailboxes = dict(mailboxes or {})
        self._domain = domain
        self._mail = mail
        self._pipes = {address: tuple(command) for address, command in (pipes or {}).items()}
        self._relay = relay
        self._auth_socket = auth_socket
        self._tls_required = tls_required
        self._size_limit = size_limit
        self._refused: dict[str, str] = {}

    def __enter__(self) -> Self:
        if not program("postfix"):
            unavailable("Postfix is not installed (Debian: postfix)")
        if os.geteuid() != 0:
            unavailable("Postfix can be started by root alone")
        self.folder = place("postfix")
        try:
            self.certificate: Certificate = make_certificate(self.folder)
            self.mail = self._mail or self.folder / "mail"
            self.mail.mkdir(exist_ok=True)
            self.owner.take(self.mail)
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
    def log(self) -> str:
        path = self.folder / "postfix.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start; after `stop`, on the same ports and with the same queue."""
        for attempt in range(3):
            if attempt or not self.port:
                self.port, self.tls_port = free_ports(2)
            self._configure()
            done = self._postfix("start")
            if done.returncode == 0:
                wait_until(lambda: self._master() is None or greets(self.port), "Postfix's greeting")
                if self._master() is not None:
                    return
        raise RuntimeError(f"Postfix does not start: {done.stderr}\n{self.log}")

    def stop(self) -> None:
        """End the server; what is queued stays queued."""
        master = self._master()
        if master is None:
            return
        self._postfix("stop")
        if self._master() is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(master, signal.SIGKILL)

    def close(self) -> None:
        """Stop, and remove everything but Maildirs of others."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def refuse(self, address: str, answer: str) -> None:
        """Answer RCPT TO for this address with `answer`, such as "550 5.1.1 no such user"."""
        self._refused[address] = answer
        self._table("refused", self._refused)
        self._postfix("reload")

    def accept(self, address: str) -> None:
        """No longer refuse this address."""
        del self._refused[address]
        self._table("refused", self._refused)
        self._postfix("reload")

    def queue(self) -> list[dict[str, Any]]:
        """What waits to be delivered, as `postqueue -j` says it."""
        listed = self._run("postqueue", "-j")
        return [json.loads(line) for line in listed.stdout.splitlines()]

    def flush(self) -> None:
        """Try everything queued again now."""
        self._run("postqueue", "-f")

    def stored(self, user: str) -> tuple[bytes, ...]:
        """The messages in a user's Maildir, with the header lines that delivery adds."""
        maildir = self.mail / user / "Maildir"
        files = [path for name in ("cur", "new") for path in (maildir / name).glob("*")]
        return tuple(path.read_bytes() for path in sorted(files, key=lambda path: path.name))

    def wait_for(self, user: str, count: int, timeout: float = 15.0) -> tuple[bytes, ...]:
        """What lies in a user's Maildir once it is `count` messages or more."""
        wait_until(lambda: len(self.stored(user)) >= count, f"{count} messages for {user}", timeout)
        return self.stored(user)

    def _configure(self) -> None:
        etc = self.folder / "etc"
        etc.mkdir(exist_ok=True)
        (self.folder / "queue").mkdir(exist_ok=True)
        data = self.folder / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(data, "postfix")
        pem = self.folder / "server.pem"
        pem.write_bytes(self.certificate.keyfile.read_bytes() + self.certificate.cafile.read_bytes())
        pem.chmod(0o600)
        pipes = {address: f"pipe{number}" for number, address in enumerate(self._pipes)}
        master = MASTER.format(host=HOST, port=self.port, tls_port=self.tls_port)
        master += "".join(self._pipe(name, self._pipes[address]) for address, name in pipes.items())
        (etc / "master.cf").write_text(master)
        (etc / "main.cf").write_text(self._main())
        known = {address: f"{user}/Maildir/" for address, user in self._mailboxes.items()}
        self._table("mailboxes", known | dict.fromkeys(pipes, "by-pipe/"))
        self._table("transport", {address: f"{name}:" for address, name in pipes.items()})
        self._table("refused", self._refused)

    def _main(self) -> str:
        return MAIN.format(
            folder=self.folder,
            host=HOST,
            domain=self._domain,
            mail=self.mail,
            uid=self.owner.uid,
            gid=self.owner.gid,
            default_transport="smtp" if self._relay else "error:mail does not leave this test",
            relay=f"[{self._relay[0]}]:{self._relay[1]}" if self._relay else "",
            tls_level="encrypt" if self._tls_required else "may",
            size_limit=self._size_limit,
            sasl=SASL.format(socket=self._auth_socket) if self._auth_socket else "",
        )

    def _pipe(self, name: str, command: Sequence[str]) -> str:
        words = " ".join(f"{{{word}}}" if " " in word else word for word in command)
        return f"{name} unix - n n - - pipe\n  flags=R user={self.owner.name} argv={words}\n"

    def _table(self, name: str, entries: Mapping[str, str]) -> None:
        path = self.folder / "etc" / name
        path.write_text("".join(f"{key} {value}\n" for key, value in entries.items()))
        self._run("postmap", f"hash:{path}").check_returncode()

    def _master(self) -> int | None:
        """The master's process id while it runs."""
        try:
            pid = int((self.folder / "queue/pid/master.pid").read_text())
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def _postfix(self, action: str) -> subprocess.CompletedProcess[str]:
        return self._run("postfix", action)

    def _run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # A daemon inherits what it is given: files, not pipes that would be waited for.
        with (self.folder / "output").open("w+") as output, (self.folder / "errors").open("w+") as errors:
            done = subprocess.run(
                [program(name), "-c", str(self.folder / "etc"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=60,
                cwd="/",
            )
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), errors.read())
