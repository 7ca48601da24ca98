"""`mailflow init DIR`: a new home with working defaults."""

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from mailflow.commands.output import Trouble, complain, say
from mailflow.defaults import defaults

_STATE_PAGE = """# state/

What mailflow remembers: `mailflow.db` (records, messages with their bytes, history, outbox) and what belongs to it,
made on the first run. Nothing here belongs in version control.

It holds people's mail: the folder has mode 700 and its files 600; keep it so.
"""
_NEXT = """{home} is a home now. What to do next:

  1. rules/site.yaml: the shared mailbox's address, its IMAP and SMTP servers; passwords come from the environment
  2. rules/people.yaml: departments and people
  3. mailflow --home {home} check --connect
  4. mailflow --home {home} run
"""


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make a home of.")]) -> int:
    """Make a new home with working defaults."""
    home = directory.resolve()
    files = dict(_defaults())
    try:
        there = [path for path in files if (home / path).exists() or (home / path).is_symlink()]
        if not there:
            _write(home, files)
    except OSError as error:
        raise Trouble(f"{error.filename or home}: {error.strerror}") from error
    if there:
        for path in there:
            complain(f"{home / path} is there already")
        complain("mailflow: nothing was written; move these files away, or choose another folder")
        return 1
    say(_NEXT.format(home=directory).rstrip())
    return 0


def _write(home: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    for path, content in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(content)
    state = home / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    state.chmod(0o700)
    if not (state / "README.md").exists():
        (state / "README.md").write_text(_STATE_PAGE, encoding="utf-8")


def _defaults() -> Iterator[tuple[PurePosixPath, bytes]]:
    """The rules and templates to write out, path in the home -> content."""
    source = defaults()
    for name in ("rules", "templates"):
        yield from _files(source / name, PurePosixPath(name))


def _files(place: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, bytes]]:
    for each in sorted(place.iterdir(), key=lambda entry: entry.name):
        if each.is_dir():
            yield from _files(each, path / each.name)
        elif not each.name.startswith("."):
            yield path / each.name, each.read_bytes()
