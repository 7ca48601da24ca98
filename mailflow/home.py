"""A home: the folder with rules/, templates/ and state/. No path is written anywhere else in the program."""

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "MAILFLOW_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """A folder with rules/, templates/ and state/; nothing is read or made by naming it."""

    path: Path

    @property
    def rules(self) -> Path:
        return self.path / "rules"

    @property
    def templates(self) -> Path:
        return self.path / "templates"

    @property
    def state(self) -> Path:
        return self.path / "state"

    @property
    def lock(self) -> Path:
        return self.state / "daemon.lock"

    def exists(self) -> bool:
        return self.rules.is_dir() and self.templates.is_dir()


def find(option: Path | None) -> Home:
    """The home that was asked for: by option, by $MAILFLOW_HOME, else the current folder."""
    return Home((option or Path(os.environ.get(VARIABLE, "."))).resolve())
