"""What docs/process.md shows of the rules: a picture a kind, and the scenarios of each item; from the files.

`python -m tests.docs.diagrams` writes them anew.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mailflow.core.workflow import Workflow
from mailflow.policy import load
from mailflow.policy.nodes import Listing, Scalar, Table, parse
from mailflow.report.diagram import as_mermaid
from tests.docs.drafts import ROOT, shipped

PAGE = ROOT / "docs" / "process.md"
SCENARIOS = ROOT / "tests" / "scenarios"

_PICTURE = re.compile(r"(<!-- diagram: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SCENARIOS = re.compile(r"(<!-- scenarios -->\n).*?(<!-- end -->)", re.DOTALL)


def kinds() -> Mapping[str, Workflow]:
    policy = load(shipped(), templates=False).policy
    assert policy is not None
    return policy.kinds


@cache
def scenarios() -> Mapping[str, tuple[tuple[str, ...], str]]:
    """Each scenario by its file's name: the items that it shows, the one it is named after first, and its title."""
    return {path.name: _scenario(path) for path in sorted(SCENARIOS.glob("*.yaml"), key=_order)}


def drawn(page: str) -> str:
    """The page with each picture as its rule file makes it now, and with the scenarios that there are now."""
    found = kinds()
    page = _PICTURE.sub(
        lambda mark: f"{mark[1]}\n```mermaid\n{as_mermaid(found[mark[2]], 'en')}\n```\n\n{mark[3]}", page
    )
    return _SCENARIOS.sub(lambda mark: f"{mark[1]}\n{_listed()}\n\n{mark[2]}", page)


def pictured(page: str) -> list[str]:
    """The kinds that the page has a picture of."""
    return [mark[2] for mark in _PICTURE.finditer(page)]


def _listed() -> str:
    """A line a scenario, in the order of the items."""
    lines = []
    for name, (items, title) in scenarios().items():
        others = f" ({', '.join(items[1:])})" if items[1:] else ""
        lines.append(f"* {items[0]}{others} [{title}](../tests/scenarios/{name})")
    return "\n".join(lines)


def _scenario(path: Path) -> tuple[tuple[str, ...], str]:
    node, _ = parse(path.name, path.read_text("utf-8"))
    assert isinstance(node, Table), path.name
    said, title = node.entries["item"], node.entries["title"]
    items = [each.text for each in (said.items if isinstance(said, Listing) else (said,)) if isinstance(each, Scalar)]
    assert isinstance(title, Scalar), path.name
    return tuple(items), title.text


def _order(path: Path) -> tuple[list[int], str]:
    return [int(each) for each in re.findall(r"\d+", path.stem.partition("-")[0])], path.stem


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
