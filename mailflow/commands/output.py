"""What commands print: sheets and tables for people, one JSON document for programs, complaints on standard error.

Invariant: what came by mail cannot move the cursor, colour the terminal or be taken for markup.
"""

import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

T = TypeVar("T")

# No terminal, no limit: one line a row.
WIDTH = 10_000
_KEPT = frozenset("\n\t")
_UNSEEN = ("Cc", "Cs", "Co")
# Characters that turn the direction of what follows them, and could make a name read as another.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Trouble(Exception):
    """The user's input has problems: exit status 1, with one line a problem."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))


def say(text: str = "") -> None:
    print(clean(text))


def complain(text: str) -> None:
    """A line on standard error."""
    print(clean(text), file=sys.stderr)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say on a terminal that something takes its time, while it does."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(Text(f"{what} …")):
        yield


def counting(what: str, things: Sequence[T]) -> Iterator[T]:
    """Go through things, with a bar on a terminal that says how far."""
    if not sys.stderr.isatty():
        yield from things
        return
    yield from track(things, what, console=Console(stderr=True), transient=True)


def say_json(value: object, *, indent: int | None = 2) -> None:
    """One JSON document; non-ASCII as it is."""
    print(json.dumps(value, ensure_ascii=False, indent=indent))


def clean(text: str) -> str:
    """Text that a terminal only shows; line ends and tabs stay."""
    return "".join(
        each if each in _KEPT or not (unicodedata.category(each) in _UNSEEN or each in _TURNS) else "\ufffd"
        for each in text
    )


def say_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """A table on standard output, or `empty` where there are no rows. The last column takes what room is left."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column != columns[-1], overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(" ".join(cell.split()))) for cell in row))
    if not table.row_count:
        say(empty)
        return
    if sys.stdout.isatty():
        Console(highlight=False, emoji=False).print(table)
        return
    console = Console(width=WIDTH, highlight=False, emoji=False, color_system=None, file=io.StringIO())
    with console.capture() as captured:
        console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def counted(number: int, one: str, many: str = "") -> str:
    """`1 mail`, `3 mails`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
