"""Other processes, and looks at a state behind the store's back."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def statements(path: Path, *script: str) -> list[tuple[object, ...]]:
    """Run these behind the store's back; the rows of the last one."""
    with closing(sqlite3.connect(path)) as connection:
        rows = [connection.execute(statement).fetchall() for statement in script][-1]
        connection.commit()
        return rows


@contextmanager
def process(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A second Python that runs one of our scripts; ended at the latest with the block."""
    command = [sys.executable, "-m", f"tests.store.{script}", *(str(one) for one in arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as child:
        try:
            yield child
        finally:
            child.kill()
