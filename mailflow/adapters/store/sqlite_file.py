"""The database file itself: made for its owner alone, opened with the settings we rely on, copied whole."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

Identity = tuple[int, int]

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def identity(path: Path) -> Identity | None:
    """Which file lies there now: a connection to a file that was moved away would write into nowhere."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def connect(path: Path, lock_wait: float) -> sqlite3.Connection:
    """A connection in autocommit mode; makes the folder (700) and the file (600) where they are missing.

    Raises OSError and sqlite3.Error.
    """
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    # SQLite makes its -wal and -shm with the mode of the database itself.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
    _restrict(path.parent, FOLDER_MODE)
    _restrict(path, FILE_MODE)
    connection = sqlite3.connect(
        path, timeout=lock_wait, isolation_level=None, check_same_thread=False, cached_statements=300
    )
    try:
        _write_ahead(connection, lock_wait)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -16000")
        connection.execute("PRAGMA journal_size_limit = 67108864")
    except BaseException:
        connection.close()
        raise
    return connection


def _restrict(path: Path, mode: int) -> None:
    """Take from others what they may not have; who does not own it cannot, and `problems` tells."""
    if path.stat().st_mode & 0o777 & ~mode:
        with suppress(PermissionError):
            path.chmod(mode)


def _write_ahead(connection: sqlite3.Connection, lock_wait: float) -> None:
    """WAL is a property of the file. Turning it on needs the file alone, and does not wait for that."""
    deadline = time.monotonic() + lock_wait
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def wide_modes(path: Path) -> tuple[str, ...]:
    """What others than the owner may read or write, which they must not (design: 600 in 700)."""
    return tuple(
        f"{one} has mode {one.stat().st_mode & 0o777:o}: chmod {mode:o} it"
        for one, mode in ((path.parent, FOLDER_MODE), (path, FILE_MODE))
        if one.stat().st_mode & 0o777 & ~mode
    )


def write_backup(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the database to a file of mode 600 that is whole or not there: write, fsync, rename."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            connection.backup(copy)
            # One file, no -wal beside it; the next `connect` turns WAL on again.
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
