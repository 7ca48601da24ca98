"""What every server of the tests needs: a port, a certificate, a place, and a word when it cannot run."""

import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

HOST = "127.0.0.1"
SYSTEM_FOLDERS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))


def unavailable(reason: str) -> NoReturn:
    """Skip the test, saying what is missing; where MAILFLOW_REQUIRE_SERVERS is 1, fail it."""
    if os.environ.get("MAILFLOW_REQUIRE_SERVERS") == "1":
        pytest.fail(f"MAILFLOW_REQUIRE_SERVERS is set, but {reason}", pytrace=False)
    pytest.skip(reason)


def program(name: str) -> str:
    """The path of a system program, also of those that only root has on the PATH; "" when there is none."""
    return shutil.which(name, path=SYSTEM_FOLDERS) or ""


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now; all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for taken in sockets:
            taken.bind((HOST, 0))
        return [taken.getsockname()[1] for taken in sockets]
    finally:
        for taken in sockets:
            taken.close()


def wait_until(ready: Callable[[], bool], what: str, timeout: float = 15.0) -> None:
    """Look every hundredth of a second; TimeoutError names `what` when it does not come."""
    until = time.monotonic() + timeout
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {timeout} s")
        time.sleep(0.01)


def greets(port: int) -> bool:
    """Whether a server on this port says anything to a connection."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            return bool(connection.recv(1024))
    except OSError:
        return False


def place(name: str) -> Path:
    """A new folder that servers under other users can enter, with a path short enough for sockets in it."""
    folder = Path(tempfile.mkdtemp(prefix=f"mailflow-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom delivered mail belongs to: an unprivileged account when we are root, else ourselves."""

    name: str
    group: str
    uid: int
    gid: int

    @classmethod
    def of_mail(cls) -> "Owner":
        entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        return cls(entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name, entry.pw_uid, entry.pw_gid)

    def take(self, *paths: Path) -> None:
        """Make the paths this account's."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and localhost, which is its own authority."""

    cafile: Path
    keyfile: Path

    def for_server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.cafile, self.keyfile)
        return context

    def for_client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.cafile))


def make_certificate(folder: Path) -> Certificate:
    made = Certificate(folder / "server.crt", folder / "server.key")
    if not program("openssl"):
        unavailable("there is no openssl to make a certificate with")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
    subprocess.run(
        [
            *command.split(),
            *("-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(made.keyfile), "-out", str(made.cafile)),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    made.keyfile.chmod(0o600)
    return made
