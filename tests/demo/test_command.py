"""`mailflow demo` as it is called: what it prints and leaves, what stops it, what it says without its servers."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 40.0  # seconds, for each thing that is waited for


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[str], str]]]:
    """The command, its output going to a file; with it what waits for a text in that and gives all of it."""
    shown = folder / "shown"
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}

    def until(text: str) -> str:
        ends = time.monotonic() + PATIENCE
        while text not in (printed := shown.read_text("utf-8", "replace")):
            assert time.monotonic() < ends, printed
            time.sleep(0.05)
        return printed

    with shown.open("wb") as output:
        command = [sys.executable, "-m", "mailflow", "demo", *arguments]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        try:
            yield process, until
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)


def ports(printed: str) -> list[int]:
    return [int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", printed)]


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_piped_it_runs_as_fast_as_it_goes_and_names_a_folder_to_go_on_with(tmp_path: Path) -> None:
    with running(tmp_path) as (process, until):
        assert process.wait(PATIENCE) == 0
        printed = until("outbox list")
    folder = Path(re.search(r"Everything stays in (.+)", printed)[1])  # type: ignore[index]
    assert folder.parent == tmp_path and (folder / "mails" / "index.html").is_file()
    assert "\x1b" not in printed and "\r" not in printed
    assert not any(map(is_open, ports(printed)))
    for command in re.findall(r"^  (.+ --home .+)$", printed, re.MULTILINE):
        done = subprocess.run(shlex.split(command), capture_output=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, (command, done.stderr)


def test_an_interrupt_stops_it_with_its_servers(tmp_path: Path) -> None:
    with running(tmp_path, "--seconds", "600") as (process, until):
        printed = until("Mon 09:05")
        assert all(map(is_open, ports(printed)))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        printed = until("stopped")
    assert not any(map(is_open, ports(printed)))
    assert "Traceback" not in printed


def test_keep_leaves_the_servers_up_for_mail_of_ones_own_until_an_interrupt(tmp_path: Path) -> None:
    with running(tmp_path, "--keep") as (process, until):
        printed = until("notices in working hours")
        command = re.search(r"^  python3 (-c .+)$", printed, re.MULTILINE)
        assert command is not None
        subprocess.run([sys.executable, *shlex.split(command[1])], check=True, timeout=PATIENCE)
        printed = until("[REQ-2026-0003]")
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        printed = until("stopped")
    assert not any(map(is_open, ports(printed)))
    assert "Traceback" not in printed


def test_without_its_servers_it_says_how_to_install_them() -> None:
    without = (
        "import sys; sys.modules['pymap'] = None; sys.argv = ['mailflow', 'demo']; import mailflow.cli as c; c.main()"
    )
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert "pip install 'mailflow[demo]'" in done.stderr.decode()
