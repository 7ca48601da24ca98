"""What the demonstration shows: a line a mail, as wide as the terminal, then tables; plain text where it is piped.

Invariant: what came by mail cannot move the cursor or be taken for markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.status import Status
from rich.text import Text

WIDTH = 100
"""Where no terminal says how wide it is."""

_NARROW, _WIDE = 80, 150
_TIME, _ARROW, _WHO = 9, 1, 13
_STYLES = {"reply": "green", "notify": "cyan", "tell": "cyan", "remind": "yellow", "escalate": "bold red"}


@dataclass(frozen=True, slots=True)
class Line:
    """One mail: `way` in or out, `who` the person on the other side, `why` what it became or by which rule.

    `style` is that of a mail of ours, "" for one that came.
    """

    at: datetime
    way: str
    who: str
    subject: str
    why: str
    style: str = ""


class Screen:
    """Prints on a console; a context manager, with a running clock below the lines on a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._shown_time = ""

    @classmethod
    def on_standard_output(cls) -> "Screen":
        console = Console(highlight=False, emoji=False, markup=False)
        if not console.is_terminal:
            console.width = WIDTH
        return cls(console)

    @property
    def on_terminal(self) -> bool:
        return self._console.is_terminal

    def say(self, text: str = "", style: str = "") -> None:
        """Lines as they are, without wrapping: they may be commands to be copied."""
        self._console.print(Text(text, style=style), soft_wrap=True)

    def clock(self, at: datetime) -> None:
        """What time it is in the week; nothing where nobody watches."""
        if not self.on_terminal:
            return
        told = f"{at:%a %H:%M}"
        if self._status is None:
            self._status = self._console.status(told, spinner="dots")
            self._status.start()
        self._status.update(told)

    def end_clock(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def mail(self, line: Line) -> None:
        width = max(_NARROW, min(self._console.width, _WIDE))
        room = width - _TIME - _ARROW - _WHO - 4
        subject = room // 2
        colour = _STYLES.get(line.style, "bold")
        time = f"{line.at:%a %H:%M}"
        shown = "" if time == self._shown_time else time
        self._shown_time = time
        row = Text()
        for words, size, style in (
            (shown, _TIME, "dim"),
            ("→" if line.way == "in" else "←", _ARROW, colour),
            (line.who, _WHO, colour),
            (line.subject, subject, "bold" if line.way == "in" else ""),
            (line.why, room - subject, "dim"),
        ):
            row.append_text(_cell(words, size, style)).append(" ")
        row.rstrip()
        self._console.print(row, no_wrap=True, overflow="crop")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], flexible: str) -> None:
        """A table; the column `flexible` gives way where there is no room."""
        shown = [columns, *([_shown(cell) for cell in row] for row in rows)]
        widths = [max(cell_len(row[number]) for row in shown) for number in range(len(columns))]
        place = columns.index(flexible)
        room = max(_NARROW, min(self._console.width, _WIDE)) - 2 * (len(columns) - 1)
        widths[place] = max(len(flexible), min(widths[place], room - sum(widths) + widths[place]))
        for number, row in enumerate(shown):
            line = Text("  ").join(
                _cell(cell, width, "" if number else "bold") for cell, width in zip(row, widths, strict=True)
            )
            line.rstrip()
            self._console.print(line, no_wrap=True, overflow="crop")


def _cell(words: str, size: int, style: str) -> Text:
    text = Text(_shown(words), style=style)
    text.truncate(size, overflow="ellipsis", pad=True)
    return text


def _shown(words: str) -> str:
    """On one line, and only what can be seen."""
    return "".join(each if each.isprintable() else "\ufffd" for each in " ".join(words.split()))
