"""`mailflow deliver` behind a real MTA: Postfix pipes to it, and keeps what it could not make safe."""

import os
import shutil
import smtplib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.homes import ADDRESS, WRITER, TestHome, letter, make
from tests.servers.postfix import PostfixServer
from tests.servers.support import Owner, place, unavailable, wait_until

REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31")


def program(owner: Owner) -> list[str]:
    """The command line as an account without rights can call it: by this Python, else by the system's."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = f"PYTHONPATH={os.pathsep.join(path for path in (os.getcwd(), *sys.path) if path)}"
    for python in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        words = ["/usr/bin/env", "PYTHONDONTWRITEBYTECODE=1", paths, str(python), "-m", "mailflow"]
        try:
            done = subprocess.run(
                [*words, "--version"],
                user=owner.uid,
                group=owner.gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                timeout=30,
            )
        except PermissionError:
            continue
        if done.returncode == 0:
            return words
    unavailable(f"no {version} that {owner.name} may run")


@pytest.fixture
def piped() -> Iterator[tuple[TestHome, PostfixServer]]:
    """A home of an account without rights, and a Postfix that pipes the site's mail to `mailflow deliver`."""
    if os.geteuid() != 0:
        unavailable("Postfix can be started by root alone")
    folder = place("piped")
    owner = Owner.of_mail()
    try:
        home = make(folder / "home")
        owner.take(folder, home.path, *home.path.rglob("*"))
        command = [*program(owner), "--home", str(home.path), "deliver"]
        with PostfixServer(pipes={ADDRESS: command}) as server:
            yield home, server
    finally:
        shutil.rmtree(folder)


def send(server: PostfixServer) -> None:
    with smtplib.SMTP(server.host, server.port, timeout=10) as connection:
        connection.sendmail(WRITER, [ADDRESS], REQUIREMENT)


def test_mail_that_postfix_pipes_becomes_a_record(piped: tuple[TestHome, PostfixServer]) -> None:
    home, server = piped
    send(server)
    wait_until(lambda: "status=sent" in server.log, "delivery", 20)
    (found,) = home("list", "--format", "json").json
    assert (found["title"], found["requester"]) == ("报表增加导出功能", WRITER)
    assert (home.path / "state" / "mailflow.db").stat().st_mode & 0o777 == 0o600


def test_postfix_keeps_what_could_not_be_made_safe(piped: tuple[TestHome, PostfixServer]) -> None:
    home, server = piped
    state = home.path / "state"
    state.chmod(0o500)
    os.chown(state, 0, 0)
    send(server)
    wait_until(lambda: "status=deferred" in server.log, "deferral", 20)
    assert "try again later" in server.log
    os.chown(state, server.owner.uid, server.owner.gid)
    state.chmod(0o700)
    server.flush()
    wait_until(lambda: "status=sent" in server.log, "a second attempt", 20)
    assert len(home("list", "--format", "json").json) == 1
