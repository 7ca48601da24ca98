"""`mailflow list [FILTER…]`: records, as a table, JSON, CSV or a spreadsheet."""

import sys
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mailflow.commands.opening import looked_at
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import Trouble, clean, say_json, say_table
from mailflow.core.policy import Policy
from mailflow.core.reading.text import fold
from mailflow.home import Home
from mailflow.policy.problem import suggestion
from mailflow.report.sheet import hidden, summary
from mailflow.report.spreadsheet import csv_text, xlsx_bytes

COLUMNS = ("id", "kind", "state", "priority", "requester", "opened_at", "due", "title")
_ABSENCE = ("person", "first", "last", "deputy", "by")
FLAGS = ("open", "closed", "overdue", "urgent", "confidential")
_KEYS = ("id", "kind", "state", "requester", "priority", "language", "responsible")


class ListFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def list_records(
    home: Home,
    filters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILTER",
            help="kind=incident state=working requester=a@b, open, closed, overdue, urgent, or words of the title "
            "or linked numbers.",
        ),
    ] = None,
    format: Annotated[ListFormat, typer.Option("--format", help="How to print them.")] = ListFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write to this file.", show_default=False)
    ] = None,
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Show confidential records whole, not by their id alone.")
    ] = False,
    away: Annotated[bool, typer.Option("--away", help="Who is away or will be, and who stands in.")] = False,
    now: NowOption = "",
) -> int:
    """List records; all filters must hold."""
    at = moment(now, home)
    with looked_at(home) as view:
        if away:
            if filters:
                raise typer.BadParameter("--away lists people; it takes no filters", param_hint="FILTER")
            _print_rows(_ABSENCE, _absences(view.policy, at), format, output, at, empty="nobody is away")
            return 0
        wanted = Filter(filters or (), view.policy)
        with view.store.transaction(write=False) as tx:
            mails = format is ListFormat.JSON
            sheets = [summary(tx, record, view.policy, at, mails=mails) for record in tx.records()]
    found = [each for each in sheets if wanted.matches(each, confidential)]
    shown = [hidden(each) if each["confidential"] and not confidential else each for each in found]
    _print(shown, format, output, at)
    return 0


def _absences(policy: Policy, now: datetime) -> list[list[str]]:
    """Absences that are not over, those of people.yaml and those said by mail; who stands in, by which."""
    found = []
    for address in dict.fromkeys((*policy.directory.people, *policy.away)):
        person = policy.directory.person(address)
        today = policy.calendar_of(address).day_of(now)
        for by, absences in (("mail", policy.away.get(address, ())), ("people.yaml", person.away)):
            for each in absences:
                if each.last >= today:
                    days = (each.first.isoformat(), each.last.isoformat())
                    found.append([address, *days, each.deputy or person.deputy, by])
    return sorted(found, key=lambda row: row[1:3])


class Filter:
    """Words and `key=value` pairs, checked against what there is to ask for; raises typer.BadParameter."""

    def __init__(self, filters: Sequence[str], policy: Policy) -> None:
        fields = {field.name for workflow in policy.kinds.values() for field in workflow.fields}
        self.flags = {each for each in filters if each in FLAGS}
        self.words = [fold(each) for each in filters if "=" not in each and each not in FLAGS]
        self.pairs = [_pair(each, policy, fields) for each in filters if "=" in each]

    def matches(self, sheet: dict[str, Any], confidential: bool) -> bool:
        """Whether a record is wanted. What a confidential one hides cannot be asked for either."""
        seen = sheet if confidential or not sheet["confidential"] else hidden(sheet)
        return (
            all(self._flag(sheet, each) for each in self.flags)
            and all(_value(seen, name) & values for name, values in self.pairs)
            and all(word in _searched(seen) for word in self.words)
        )

    @staticmethod
    def _flag(sheet: dict[str, Any], flag: str) -> bool:
        return not sheet["open"] if flag == "closed" else bool(sheet[flag])


def _searched(sheet: dict[str, Any]) -> str:
    """What words are looked for in: a record's id and title, and the numbers of other records and programs it bears."""
    numbers = " ".join(each["record"] for each in sheet.get("links") or ())
    return fold(f"{sheet['id']} {sheet['title'] or ''} {numbers}")


def _pair(text: str, policy: Policy, fields: Collection[str]) -> tuple[str, frozenset[str]]:
    """`key=value,value` as the key and the comparable values, one of which a record must have."""
    name, _, value = text.partition("=")
    _known(name, (*_KEYS, *fields), f"records have no {name!r}")
    values = value.split(",")
    if name in ("kind", "state"):
        states = [state for workflow in policy.kinds.values() for state in workflow.states]
        for each in values:
            _known(each, policy.kinds if name == "kind" else states, f"there is no {name} {each!r}")
    return name, frozenset(fold(each) for each in values)


def _known(word: str, known: Collection[str], problem: str) -> None:
    if word not in known:
        hint = suggestion(word, known)
        raise typer.BadParameter(f"{problem}; {hint}" if hint else problem, param_hint="FILTER")


def _value(sheet: dict[str, Any], name: str) -> set[str]:
    """The comparable values that a record has under a key or a field's name."""
    value = sheet[name] if name in _KEYS else sheet["fields"].get(name)
    match value:
        case None:
            return {""}
        case list():
            return {fold(each) for each in value}
        case _:
            return {fold(str(value)), *(fold(each) for each in str(value).split(", "))}


def _print(shown: list[dict[str, Any]], format: ListFormat, output: Path | None, now: datetime) -> None:
    if format is ListFormat.JSON and output is None:
        say_json(shown)
        return
    rows = [[_cell(each, name) for name in COLUMNS] for each in shown]
    told = [_short(row) for row in rows] if format is ListFormat.TEXT else rows
    _print_rows(COLUMNS, told, format, output, now, empty="no records")


def _print_rows(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    format: ListFormat,
    output: Path | None,
    now: datetime,
    *,
    empty: str,
) -> None:
    """A table in the form asked for; raises typer.BadParameter for a file that would hold no spreadsheet."""
    match format:
        case ListFormat.XLSX:
            write(xlsx_bytes(columns, rows, now), output)
        case ListFormat.CSV:
            write(csv_text(columns, rows).encode(), output)
        case _ if output is not None:
            raise typer.BadParameter("text and json go to standard output; redirect it", param_hint="--output")
        case ListFormat.JSON:
            say_json([dict(zip(columns, row, strict=True)) for row in rows])
        case ListFormat.TEXT:
            say_table(columns, rows, empty=empty)


def write(content: bytes, output: Path | None) -> None:
    """A file's content to where it was asked for; raises typer.BadParameter and Trouble."""
    if output is None:
        if sys.stdout.isatty() and b"\0" in content:
            raise typer.BadParameter("a spreadsheet is no text: name a file, --output FILE", param_hint="--format")
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Trouble(f"{output}: {error.strerror}") from error


def _cell(sheet: dict[str, Any], name: str) -> str:
    if name == "title" and sheet["confidential"] and sheet["title"] is None:
        return "(confidential)"
    return clean(str(sheet[name] if sheet[name] is not None else ""))


def _short(row: list[str]) -> list[str]:
    """Moments to the minute, for people."""
    return [each[:16].replace("T", " ") if name in ("opened_at", "due") else each for name, each in
            zip(COLUMNS, row, strict=True)]  # fmt: skip
