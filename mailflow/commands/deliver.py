"""`mailflow deliver [FILE…]`: file messages without IMAP, from files or from an MTA's pipe.

Nothing is sent here: the daemon, or `run --once`, does that.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailflow.commands.opening import at_work
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import complain, counted, say, working
from mailflow.home import Home
from mailflow.ports import RawMail
from mailflow.taking import Receipt

SOURCE = "deliver"


def deliver(
    home: Home,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Messages, one a file; none: one on standard input."),
    ] = None,
    now: NowOption = "",
) -> int:
    """File messages without IMAP.

    From files, or one from standard input, as an MTA's pipe gives it.
    """
    at = moment(now, home)
    contents, unread = _contents(files or [])
    if not contents:
        return 1
    batch = [RawMail(SOURCE, 0, 0, at, without_envelope(each)) for each in contents]
    with at_work(home, at) as parts, working(f"filing {counted(len(batch), 'message')}"):
        receipts = parts.engine.receive(batch, at)
    if files:
        for receipt in receipts:
            say(_told(receipt))
    return 1 if unread else 0


def without_envelope(content: bytes) -> bytes:
    """A message without the `From ` line that some MTAs put before it (RFC 4155)."""
    if content.startswith(b"From "):
        return content.partition(b"\n")[2]
    return content


def _contents(files: list[Path]) -> tuple[list[bytes], int]:
    """The messages, and how many of the files could not be read."""
    if not files:
        if sys.stdin.isatty():
            complain("a message is read from the terminal; end it with Ctrl-D")
        return [sys.stdin.buffer.read()], 0
    contents, unread = [], 0
    for path in files:
        try:
            contents.append(path.read_bytes())
        except OSError as error:
            complain(f"{path}: {error.strerror}")
            unread += 1
    return contents, unread


def _told(receipt: Receipt) -> str:
    words = [receipt.place, receipt.record, receipt.message_id and f"<{receipt.message_id}>", receipt.reason]
    return " ".join(word for word in words if word)
