"""`mailflow simulate FILE…`: what would happen with these mails from then on; nothing is stored or sent."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailflow.build import open_state
from mailflow.commands.deliver import without_envelope
from mailflow.commands.opening import require
from mailflow.commands.options import FilesArgument, Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, complain, say, say_json, say_table
from mailflow.core.calendar import Calendar
from mailflow.core.duration import parse_duration
from mailflow.core.explain import citations
from mailflow.home import Home
from mailflow.policy.load import read_home
from mailflow.ports import Item
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
    """Show every mail that would be sent with these mails, with its rule; nothing is stored or sent."""
    require(home)
    at = moment(now, home)
    found = asyncio.run(_imagined(home, _contents(files), at, _span(span)))
    for problem in found.force.problems:
        complain(str(problem))
    site = found.engine.policy.calendar("")
    if format is Format.JSON:
        say_json([row(item, site) for item in found.items])
    else:
        _show(found, site)
    return 1 if found.force.problems else 0


def row(item: Item, calendar: Calendar) -> dict[str, object]:
    """One mail as `simulate --format json` prints it; for a bundle, template and rule are lists."""
    single = len(item.rules) == 1
    return {
        "at": calendar.local(item.sent_at or item.at).isoformat(),
        "to": list(item.to),
        "cc": list(item.cc),
        "subject": item.subject,
        "template": item.templates[0] if single else list(item.templates),
        "rule": item.rules[0] if single else list(item.rules),
    }


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


def _show(found: Simulated, site: Calendar) -> None:
    for receipt in found.receipts:
        say(" ".join(word for word in ("message", receipt.place, receipt.record, receipt.reason) if word))
    cited = {
        rule: each for workflow in found.engine.policy.kinds.values() for rule, each in citations(workflow).items()
    }
    rows = []
    for item in found.items:
        places = [str(cited[rule].place).removeprefix("rules/") for rule in item.rules if rule in cited]
        told = f" (cc {', '.join(item.cc)})" if item.cc else ""
        local = site.local(item.sent_at or item.at)
        reader = ", ".join(item.to) + told
        rules = ", ".join(item.rules)
        rows.append((f"{local:%a %m-%d %H:%M}", rules, ", ".join(places), reader, item.subject))
    say_table(("when", "rule", "where", "to", "subject"), rows, empty="no mail would be sent")
