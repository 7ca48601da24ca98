"""The drafts of docs/drafts/ as a home's rules, and the marks in them."""

import re
from pathlib import Path

from mailflow.policy import read_home

ROOT = Path(__file__).resolve().parents[2]
DRAFTS = ROOT / "docs" / "drafts"

_MARK = re.compile(r"#.*\bneeds: ((?:[a-z][a-z-]*)(?:, [a-z][a-z-]*)*)\s*$")
_ROW = re.compile(r"^\| \d+ \| `([a-z-]+)` \|", re.MULTILINE)


def shipped() -> dict[str, str]:
    """The rules that mailflow ships."""
    return {path: text for path, text in read_home(ROOT).items() if path.startswith("rules/")}


def drafted(*names: str) -> dict[str, str]:
    """The shipped rules with some drafts, or all of them, in their places."""
    found = {f"rules/{path.name}": path.read_text("utf-8") for path in sorted(DRAFTS.glob("*.yaml"))}
    chosen = {f"rules/{name}.yaml" for name in names} or found.keys()
    return {**shipped(), **{path: found[path] for path in chosen}}


def marks(line: str) -> tuple[str, ...]:
    """The constructs that a line of a draft is said to need."""
    found = _MARK.search(line)
    return tuple(found.group(1).split(", ")) if found else ()


def planned() -> list[str]:
    """The constructs of the work plan, in its order."""
    return _ROW.findall((DRAFTS / "README.md").read_text("utf-8"))
