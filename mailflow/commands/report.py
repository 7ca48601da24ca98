"""`mailflow report [NAME]`: what rhythm.yaml defines as a report, now, as a table, JSON, CSV or a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from mailflow.agenda import records_of
from mailflow.commands.list import ListFormat, write
from mailflow.commands.opening import looked_at
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import clean, say_json, say_table
from mailflow.core.policy import Policy
from mailflow.core.series import Report
from mailflow.core.showing.reader import Reader
from mailflow.core.showing.tables import Table, table_of
from mailflow.core.wording import text_of
from mailflow.home import Home
from mailflow.policy.problem import suggestion
from mailflow.report.tables import table_csv, table_json, table_rows, table_xlsx


def report(
    home: Home,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A report of rules/rhythm.yaml; without one, they are listed.")
    ] = "",
    format: Annotated[ListFormat, typer.Option("--format", help="How to print it.")] = ListFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write to this file.", show_default=False)
    ] = None,
    language: Annotated[
        str, typer.Option("--language", metavar="LANGUAGE", help="In this language; else the site's.")
    ] = "",
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Show confidential records whole, not by their id alone.")
    ] = False,
    now: NowOption = "",
) -> int:
    """Print a report as it stands now.

    Without a name, say which reports there are.
    """
    at = moment(now, home)
    with looked_at(home) as view:
        if not name:
            _list(view.policy, format)
            return 0
        found = _known(name, view.policy)
        reader = Reader("", language_said(language, view.policy), view.policy, at)
        with view.store.transaction(write=False) as tx:
            table = table_of(found, records_of(tx, found.of), reader, whole=confidential)
    match format:
        case ListFormat.XLSX:
            write(table_xlsx(table, at), output)
        case ListFormat.CSV:
            write(table_csv(table), output)
        case _ if output is not None:
            raise typer.BadParameter("text and json go to standard output; redirect it", param_hint="--output")
        case ListFormat.JSON:
            say_json(table_json(table))
        case ListFormat.TEXT:
            _say(table)
    return 0


def _say(table: Table) -> None:
    say_table(table.labels, [[clean(each) for each in row] for row in table_rows(table)], empty=f"{table.title}: –")


def _list(policy: Policy, format: ListFormat) -> None:
    """Which reports there are; raises typer.BadParameter where a file of one is wanted."""
    if format in (ListFormat.CSV, ListFormat.XLSX):
        raise typer.BadParameter("name the report that the file is to hold", param_hint="NAME")
    rows = [
        (each.name, text_of(each.title, policy.site.language, each.name), ", ".join(each.to))
        for each in policy.rhythm.reports.values()
    ]
    if format is ListFormat.JSON:
        say_json([dict(zip(("report", "title", "to"), row, strict=True)) for row in rows])
        return
    say_table(("report", "title", "to"), rows, empty="rules/rhythm.yaml defines no report")


def _known(name: str, policy: Policy) -> Report:
    reports = policy.rhythm.reports
    if name not in reports:
        hint = suggestion(name, reports) or f"there are {', '.join(reports) or 'none'}"
        raise typer.BadParameter(f"there is no report {name!r}; {hint}", param_hint="NAME")
    return reports[name]


def language_said(said: str, policy: Policy) -> str:
    """The language asked for, else the site's; raises typer.BadParameter."""
    if said and said not in policy.site.languages:
        known = ", ".join(policy.site.languages)
        raise typer.BadParameter(f"the site has no language {said!r}; it has {known}", param_hint="--language")
    return said or policy.site.language
