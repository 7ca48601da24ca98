"""The command line: arguments to one plain function a command, what it returns or raises to an exit status.

0 fine · 1 the user's input has problems · 2 usage · 3 unexpected · 75 try again later · 130 interrupted.
"""

import functools
import inspect
import io
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mailflow import __version__, logs
from mailflow.commands import (
    act,
    check,
    deliver,
    demo,
    diagram,
    explain,
    export,
    import_,
    init,
    introduce,
    outbox,
    quarantine,
    reindex,
    report,
    run,
    search,
    show,
    simulate,
)
from mailflow.commands import (
    inspect as inspect_,
)
from mailflow.commands import (
    list as list_,
)
from mailflow.commands.output import Trouble, complain
from mailflow.force import NoPolicy
from mailflow.home import Home, find
from mailflow.lock import Held
from mailflow.ports import Refused, Unavailable
from mailflow.settings import SecretMissing

Command = Callable[..., int]

# Wrong usage (2) is typer's to say.
FINE, PROBLEMS, UNEXPECTED, TEMPORARY, INTERRUPTED = 0, 1, 3, 75, 130

# In the order of `mailflow --help`.
COMMANDS: Mapping[str, Command] = {
    "init": init.init,
    "check": check.check,
    "run": run.run,
    "deliver": deliver.deliver,
    "inspect": inspect_.inspect,
    "simulate": simulate.simulate,
    "explain": explain.explain,
    "list": list_.list_records,
    "show": show.show,
    "search": search.search,
    "export": export.export,
    "report": report.report,
    "act": act.act,
    "import": import_.import_records,
    "introduce": introduce.introduce_people,
    "reindex": reindex.reindex,
    "diagram": diagram.diagram,
    "demo": demo.demo,
}
# Commands that have commands of their own, and what these are for.
GROUPS: Mapping[str, tuple[str, Mapping[str, Command]]] = {
    "outbox": ("Mails of ours that wait to be sent or could not be.", outbox.COMMANDS),
    "quarantine": ("Messages that could not be read or decided.", quarantine.COMMANDS),
}

# An MTA takes any other status but 75 for a final no, and returns the mail to its writer.
_KEEPS_THE_MAIL = frozenset({"deliver"})
# Commands whose doings are worth a log line each; the others only complain.
_LOGGED = frozenset({"run", "deliver"})


class _Group(TyperGroup):
    """`--home`, `--verbose` mean the same before and behind the name of the command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, shared_first(args))


def shared_first(args: Sequence[str]) -> list[str]:
    """The arguments with those options in front that every command shares."""
    shared: list[str] = []
    rest: list[str] = []
    waiting = deque(args)
    while waiting:
        each = waiting.popleft()
        if each == "--":
            return [*shared, *rest, each, *waiting]
        if each == "--home" and waiting:
            shared += [each, waiting.popleft()]
        elif each in ("--verbose", "-v") or each.startswith("--home="):
            shared.append(each)
        else:
            rest.append(each)
    return shared + rest


app = typer.Typer(
    name="mailflow",
    cls=_Group,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Mail automation for IT departments: a shared mailbox, rule files, and nothing else to learn.",
)


def _version(asked: bool) -> None:
    if asked:
        print(f"mailflow {__version__}")
        raise typer.Exit


@app.callback()
def shared(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIR", help="The home: $MAILFLOW_HOME, else this folder.", show_default=False),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, step by step.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    logged = ctx.invoked_subcommand in _LOGGED
    logs.set_up(verbose=verbose, quiet=not logged and not verbose)
    ctx.obj = find(home)


def _registered(name: str, function: Command) -> Callable[..., None]:
    """A command as typer wants it: its own arguments without the home, which comes from the shared options."""
    signature = inspect.signature(function, eval_str=True)
    own = [each for each in signature.parameters.values() if each.name != "home"]
    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)

    @functools.wraps(function)
    def command(ctx: typer.Context, **given: Any) -> None:
        home: Home = ctx.obj
        if "home" in signature.parameters:
            given["home"] = home
        raise typer.Exit(_status(name, home, lambda: function(**given)))

    command.__signature__ = signature.replace(parameters=[context, *own])  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in (context, *own)}
    return command


def _status(name: str, home: Home, command: Callable[[], int]) -> int:
    """The exit status of a command, whatever it raises; the one broad `except` of the program."""
    refused = TEMPORARY if name in _KEEPS_THE_MAIL else PROBLEMS
    try:
        status = command()
        sys.stdout.flush()
        return status
    except (typer.BadParameter, typer.Exit):
        raise
    except KeyboardInterrupt:
        complain("mailflow: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Who reads our output has read enough (`mailflow list | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Unavailable as trouble:
        complain(f"mailflow: {trouble}; nothing was lost, try again later")
        return TEMPORARY
    except Held as holder:
        complain(f"mailflow: {home.path} is in use by {holder}; one daemon or pass at a time")
        return TEMPORARY
    except NoPolicy as broken:
        for problem in broken.problems:
            complain(str(problem))
        complain(f"mailflow: {broken}")
        return refused
    except (Trouble, Refused, SecretMissing) as problem:
        complain(f"mailflow: {problem}")
        return refused
    except Exception:
        complain(_report(name, home, traceback.format_exc()))
        return TEMPORARY if name in _KEEPS_THE_MAIL else UNEXPECTED


def _report(name: str, home: Home, trace: str) -> str:
    """Keep what is known of a fault of ours, and say where it is and what to do."""
    text = f"mailflow {__version__}, Python {sys.version.split()[0]}, mailflow {name}\n\n{trace}"
    place = home.state / f"fault-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    try:
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return f"{text}\nmailflow: this is a fault of mailflow; nothing was half done. Please report the lines above."
    fault = trace.strip().splitlines()[-1]
    return f"mailflow: this is a fault of mailflow ({fault}); nothing was half done. Please report it with {place}"


def _register() -> None:
    for name, function in COMMANDS.items():
        app.command(name)(_registered(name, function))
    for name, (purpose, functions) in GROUPS.items():
        group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=purpose)
        for each, function in functions.items():
            group.command(each)(_registered(f"{name} {each}", function))
        app.add_typer(group, name=name)


_register()


def main() -> None:
    """The entry point: output is UTF-8 whatever the locale says, and the process's clock is in UTC."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    os.environ["TZ"] = "UTC"
    time.tzset()
    app(prog_name="mailflow")
