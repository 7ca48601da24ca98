"""The daemon as a process: started, killed, stopped, and what it said on standard error."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.office import Office, environment
from tests.servers.support import wait_until


@dataclass(slots=True)
class Daemon:
    """`mailflow run` on an office's home."""

    office: Office
    process: subprocess.Popen[bytes] = field(init=False)
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.office.close()
        number = len(list(self.office.path.glob("daemon*.log")))
        self.log = self.office.path / f"daemon{number}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.office.command_line("run"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment(),
            )

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def wait_for(self, words: str, timeout: float = 15.0) -> None:
        """Until the log has these words; fails with the log when the process ended before."""
        wait_until(lambda: words in self.said or self.process.poll() is not None, words, timeout)
        assert words in self.said, self.said

    def running(self) -> "Daemon":
        self.wait_for("running home=")
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> float:
        """SIGTERM; the seconds until it was gone."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        finally:
            if self.process.poll() is None:
                self.kill()
        return time.monotonic() - start
