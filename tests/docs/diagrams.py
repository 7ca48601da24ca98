"""The pictures of docs/process.md, drawn from the shipped rules; `python -m tests.docs.diagrams` draws them anew."""

import re
from collections.abc import Mapping

from mailflow.core.workflow import Workflow
from mailflow.policy import load
from mailflow.report.diagram import as_mermaid
from tests.docs.drafts import ROOT, shipped

PAGE = ROOT / "docs" / "process.md"

_PICTURE = re.compile(r"(<!-- diagram: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def kinds() -> Mapping[str, Workflow]:
    policy = load(shipped(), templates=False).policy
    assert policy is not None
    return policy.kinds


def drawn(page: str) -> str:
    """The page with each picture as its rule file makes it now."""
    found = kinds()
    return _PICTURE.sub(
        lambda mark: f"{mark[1]}\n```mermaid\n{as_mermaid(found[mark[2]], 'en')}\n```\n\n{mark[3]}", page
    )


def pictured(page: str) -> list[str]:
    """The kinds that the page has a picture of."""
    return [mark[2] for mark in _PICTURE.finditer(page)]


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8")), "utf-8")
