"""`mailflow demo`: the whole program at work on embedded mail servers, a week in a minute."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from mailflow.commands.output import Trouble, say

SECONDS = 60.0
"""How long the week takes where somebody watches."""

_EXTRA = frozenset({"aiosmtpd", "proxyprotocol", "pymap", "pysasl"})
_INTERRUPTED = 130


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the servers and the daemon up, to send mail of your own.")
    ] = False,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds",
            metavar="N",
            min=0,
            help="How long the week takes: 60 on a terminal, elsewhere as fast as it goes (0).",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Show a working week on embedded mail servers.

    Eight people, two languages, every mail as it comes and goes.
    """
    try:
        # Not at the head: the servers are an extra that an installation may lack, and slow to load.
        from mailflow.demo.screen import Screen
        from mailflow.demo.show import demonstrate
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise Trouble(
            f"the demonstration needs the package {missing.name}, which is not installed; "
            "install its servers with: pip install 'mailflow[demo]'"
        ) from missing
    screen = Screen.on_standard_output()
    if seconds is None:
        seconds = SECONDS if screen.on_terminal else 0.0
    folder = Path(tempfile.mkdtemp(prefix="mailflow-demo-"))
    try:
        tally = demonstrate(folder, screen, seconds, program=_program(), keep=keep)
    except KeyboardInterrupt:
        say(f"\nstopped; what there is stays in {folder}")
        return _INTERRUPTED
    return 1 if tally.troubles else 0


def _program() -> str:
    """How this command was called, for the commands to go on with."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{sys.executable} -m mailflow"
    return sys.argv[0] if called.name == "mailflow" else "mailflow"
