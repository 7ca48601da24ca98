"""`mailflow check [--connect]`: every problem in rules, templates, people and calendar, all at once."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import typer

from mailflow.adapters.imap import ImapMailbox
from mailflow.adapters.render import Renderer
from mailflow.adapters.smtp import SmtpCourier
from mailflow.build import read_secret
from mailflow.commands.opening import require
from mailflow.commands.options import Format, FormatOption, NowOption, moment, zone_of
from mailflow.commands.output import Trouble, counted, say, say_json, working
from mailflow.core.rule import Place
from mailflow.home import Home
from mailflow.policy.load import SITE_FILE, Loaded, load, read_home
from mailflow.policy.nodes import Listing, Table, parse
from mailflow.policy.problem import Problem
from mailflow.ports import Refused, Unavailable
from mailflow.settings import ImapSettings, Locked, SecretMissing, SmtpSettings
from mailflow.trial import template_problems

_FOLDER = "templates/"


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of logging in at a server."""

    server: str
    place: Place
    outcome: Literal["ok", "refused", "unavailable"]
    said: str = ""


def check(
    home: Home,
    connect: Annotated[bool, typer.Option("--connect", help="Also log in to IMAP and SMTP.")] = False,
    format: FormatOption = Format.TEXT,
    now: NowOption = "",
) -> int:
    """Say every problem in rules, templates, people and calendar."""
    at = moment(now, home)
    require(home)
    try:
        files = read_home(home.path)
    except OSError as error:
        raise Trouble(f"{error.filename}: {error.strerror}") from error
    zone = zone_of(home)
    loaded = load(files, environment=os.environ, today=(at.astimezone(zone) if zone else at).date())
    problems = list(loaded.problems)
    if loaded.policy is not None:
        templates = {path.removeprefix(_FOLDER): text for path, text in files.items() if path.startswith(_FOLDER)}
        problems += template_problems(loaded.policy, Renderer(templates, loaded.policy.site.language), at)
    with working("logging in"):
        reached = list(_reached(loaded, files.get(SITE_FILE, ""))) if connect else []
    problems += [_as_problem(each) for each in reached if each.outcome != "ok"]
    problems = sorted(dict.fromkeys(problems))
    errors = sum(each.severity == "error" for each in problems)
    if format is Format.JSON:
        say_json([_as_json(each) for each in problems])
    else:
        for problem in problems:
            say(str(problem))
        for each in reached:
            say(f"{each.server}: {each.outcome}")
        say(_total(errors, len(problems) - errors))
    return _status(errors, reached)


def _status(errors: int, reached: Sequence[Reached]) -> int:
    """1 where something has to be put right; 75 where all that is wrong is that a server is away."""
    away = sum(each.outcome == "unavailable" for each in reached)
    if errors > away:
        return 1
    return 75 if away else 0


def _total(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "no problems"
    return f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.source,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "hint": problem.hint,
        "severity": problem.severity,
    }


def _as_problem(reached: Reached) -> Problem:
    hint = "try again later" if reached.outcome == "unavailable" else ""
    place = reached.place
    return Problem(place.file, place.line, place.column, f"{reached.server}: {reached.said}", hint)


# --- servers ----------------------------------------------------------------------------------------


def _reached(loaded: Loaded, site: str) -> Iterator[Reached]:
    """Log in at every server; what is wrong with one does not keep the others from being tried."""
    boxes, smtp_place = _places(site)
    for number, box in enumerate(loaded.settings.mailboxes):
        name = f"imap {box.server.host}:{box.server.port} {box.server.user}"
        place = boxes[number] if number < len(boxes) else smtp_place
        yield _tried(name, place, partial(_imap, box))
    if loaded.settings.smtp is not None:
        smtp = loaded.settings.smtp
        yield _tried(f"smtp {smtp.server.host}:{smtp.server.port}", smtp_place, partial(_smtp, smtp))


def _places(site: str) -> tuple[tuple[Place, ...], Place]:
    """Where the mailboxes and the relay stand in site.yaml."""
    node, _ = parse(SITE_FILE, site)
    entries = node.entries if isinstance(node, Table) else {}
    boxes, smtp = entries.get("mailboxes"), entries.get("smtp")
    places = tuple(each.place for each in boxes.items) if isinstance(boxes, Listing) else ()
    return places, smtp.place if smtp is not None else Place(SITE_FILE, 1, 1)


def _tried(server: str, place: Place, login: Callable[[], None]) -> Reached:
    try:
        login()
    except Unavailable as trouble:
        return Reached(server, place, "unavailable", str(trouble))
    except (Refused, SecretMissing) as no:
        return Reached(server, place, "refused", str(no))
    return Reached(server, place, "ok")


def _imap(locked: Locked[ImapSettings]) -> None:
    mailbox = ImapMailbox(locked.unlock(os.environ, read_secret))
    try:
        mailbox.check()
    finally:
        mailbox.close()


def _smtp(locked: Locked[SmtpSettings]) -> None:
    asyncio.run(SmtpCourier(locked.unlock(os.environ, read_secret), "").check())
