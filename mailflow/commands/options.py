"""Options that mean the same in every command, and how their values are read."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from mailflow.home import Home
from mailflow.policy.load import CALENDAR_FILE
from mailflow.policy.nodes import Scalar, Table, parse

NowOption = Annotated[
    str,
    typer.Option(
        "--now",
        metavar="TIME",
        help="Act as if it were TIME: ISO 8601; without an offset, the site's time.",
        show_default=False,
    ),
]


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", help="json: one JSON document on standard output and nothing else.")
]

AllOption = Annotated[bool, typer.Option("--all", help="All of them.")]

FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE", help="Messages, one a file (RFC 5322).")]


def moment(now: str, home: Home) -> datetime:
    """The moment that --now names, the present one without it; raises typer.BadParameter.

    A time without an offset is the site's, by the timezone of rules/calendar.yaml.
    """
    if not now:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(now.strip())
    except ValueError:
        hint = "write it as 2026-11-20T09:30 or 2026-11-20T09:30+08:00"
        raise typer.BadParameter(f"{now!r} is no time; {hint}", param_hint="--now") from None
    try:
        if found.tzinfo is None:
            zone = zone_of(home)
            if zone is None:
                raise typer.BadParameter(
                    "rules/calendar.yaml names no timezone; write an offset, as in 2026-11-20T09:30+08:00",
                    param_hint="--now",
                )
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except OverflowError:
        raise typer.BadParameter(f"{now!r} is out of range", param_hint="--now") from None


def zone_of(home: Home) -> ZoneInfo | None:
    """The site's time zone, also where other rules are broken; None when the calendar names none."""
    path = home.path / CALENDAR_FILE
    if not path.is_file():
        return None
    node, _ = parse(CALENDAR_FILE, path.read_bytes().decode("utf-8-sig", "surrogateescape"))
    named = node.entries.get("timezone") if isinstance(node, Table) else None
    try:
        return ZoneInfo(named.text) if isinstance(named, Scalar) else None
    except (ValueError, KeyError, OSError):
        return None
