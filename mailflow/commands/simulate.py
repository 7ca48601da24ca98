"""`mailflow simulate FILE…`: what would happen with these mails from then on, or whether a story of them holds."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailflow.build import open_state
from mailflow.commands.deliver import without_envelope
from mailflow.commands.opening import require
from mailflow.commands.options import FilesArgument, Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, complain, say, say_json
from mailflow.commands.timeline import SUFFIXES, row, show, told
from mailflow.core.duration import parse_duration
from mailflow.home import Home
from mailflow.policy.load import read_home
from mailflow.simulate import Simulated
from mailflow.simulate import simulate as imagine

ForOption = Annotated[str, typer.Option("--for", metavar="DURATION", help="How far to look, such as 10d or 36h.")]


def simulate(
    home: Home,
    files: FilesArgument,
    span: ForOption = "10d",
    format: FormatOption = Format.TEXT,
    now: NowOption = "",
) -> int:
    """Show every mail that would follow from these messages.

    Each with its rule; nothing is stored or sent.

    A FILE.yaml is a story: its own times, and the mails that have to go out; exit 1 where others do.
    """
    require(home)
    stories = [path for path in files if path.suffix in SUFFIXES]
    if stories and len(stories) < len(files):
        raise typer.BadParameter("stories and messages are simulated one after the other", param_hint="FILE")
    if stories:
        return told(home, stories, format)
    at = moment(now, home)
    found = asyncio.run(_imagined(home, _contents(files), at, _span(span)))
    for problem in found.force.problems:
        complain(str(problem))
    policy = found.engine.policy
    if format is Format.JSON:
        say_json([row(item, policy.calendar("")) for item in found.items])
    else:
        for receipt in found.receipts:
            say(" ".join(word for word in ("message", receipt.place, receipt.record, receipt.reason) if word))
        show(found.items, policy)
    return 1 if found.force.problems else 0


async def _imagined(home: Home, messages: list[bytes], at: datetime, span: timedelta) -> Simulated:
    """The simulation, on a copy of the state where there is one."""
    if not home.state.is_dir() or not any(home.state.glob("*.db")):
        return await imagine(home, None, messages, at, span)
    state = open_state(home, read_home(home.path))
    try:
        return await imagine(home, state, messages, at, span)
    finally:
        state.close()


def _contents(files: list[Path]) -> list[bytes]:
    contents, problems = [], []
    for path in files:
        try:
            contents.append(without_envelope(path.read_bytes()))
        except OSError as error:
            problems.append(f"{path}: {error.strerror}")
    if problems:
        raise Trouble(*problems)
    return contents


def _span(text: str) -> timedelta:
    try:
        return parse_duration(text).elapsed()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from None
