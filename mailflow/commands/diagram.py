"""`mailflow diagram KIND`: a workflow drawn from its rule file."""

from enum import StrEnum
from typing import Annotated

import typer

from mailflow.commands.inspect import rules_of
from mailflow.commands.output import Trouble, say
from mailflow.home import Home
from mailflow.policy.problem import suggestion
from mailflow.report.diagram import as_dot, as_mermaid, as_text


class DiagramFormat(StrEnum):
    TEXT = "text"
    DOT = "dot"
    MERMAID = "mermaid"


_DRAWN = {DiagramFormat.TEXT: as_text, DiagramFormat.DOT: as_dot, DiagramFormat.MERMAID: as_mermaid}


def diagram(
    home: Home,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind, such as requirement.")],
    format: Annotated[
        DiagramFormat, typer.Option("--format", help="mermaid is shown by many sites; dot is Graphviz's.")
    ] = DiagramFormat.TEXT,
    language: Annotated[
        str, typer.Option("--language", metavar="LANG", help="Of the labels; the site's otherwise.", show_default=False)
    ] = "",
) -> int:
    """Draw a workflow: states, commands and timers."""
    policy = rules_of(home)
    if kind not in policy.kinds:
        hint = suggestion(kind, policy.kinds)
        raise Trouble(f"there is no kind '{kind}'" + (f"; {hint}" if hint else ""))
    if language and language not in policy.site.languages:
        raise typer.BadParameter(f"write {' or '.join(policy.site.languages)}", param_hint="--language")
    say(_DRAWN[format](policy.workflow(kind), language or policy.site.language))
    return 0
