"""Where the rules and templates lie that `mailflow init` writes out.

A wheel carries them inside the package (`_home`, put there by pyproject.toml); in a source checkout the
repository itself is the home they come from, so that there is one copy and not two.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def defaults() -> Traversable:
    """The default home: a folder with `rules` and `templates`, to be read and never written.

    Raises FileNotFoundError where an installation has been stripped of them.
    """
    package = files("mailflow")
    carried = package / "_home"
    if _is_home(carried):
        return carried
    if isinstance(package, Path) and _is_home(package.parent):
        return package.parent
    raise FileNotFoundError("this installation of mailflow carries no default rules and templates")


def _is_home(place: Traversable) -> bool:
    return (place / "rules").is_dir() and (place / "templates").is_dir()
