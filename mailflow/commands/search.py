"""`mailflow search WORDS`: the records that have these words, in either script, as a table or for a program."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mailflow.commands.list import ListFormat, write
from mailflow.commands.opening import looked_at
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import clean, complain, say_json, say_table, working
from mailflow.core.calendar import Calendar
from mailflow.core.model import Record
from mailflow.core.reading.words import terms
from mailflow.home import Home
from mailflow.ports import Hit, Store, Unavailable
from mailflow.report.sheet import hidden
from mailflow.report.spreadsheet import csv_text, xlsx_bytes

COLUMNS = ("id", "state", "opened_at", "requester", "title", "text")


def search(
    home: Home,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All must be there, in any order.")],
    format: Annotated[ListFormat, typer.Option("--format", help="How to print what is found.")] = ListFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write to this file.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many records.")] = 50,
    now: NowOption = "",
) -> int:
    """Find records by words, the best first.

    The words of their titles, fields, mails and attachments' names.
    """
    at = moment(now, home)
    query = " ".join(words)
    if not terms(query):
        raise typer.BadParameter(f"{query!r} has no word to search for", param_hint="WORDS")
    with looked_at(home) as view:
        _index(view.store)
        calendar = view.policy.calendar("")
        with view.store.transaction(write=False) as tx:
            hits = [(hit, tx.record(hit.record)) for hit in tx.search(query, limit)]
        shown = [_sheet(record, hit, calendar) for hit, record in hits if record is not None]
    _print(shown, format, output, at)
    return 0


def _index(store: Store) -> None:
    """Take in what came since; what is there is searched also when that cannot be done now."""
    try:
        with working("indexing what came since"):
            store.index()
    except Unavailable as trouble:
        complain(f"mailflow: the newest mails are not searched: {trouble}")


def _sheet(record: Record, hit: Hit, calendar: Calendar) -> dict[str, Any]:
    """A record and where it has the words; of a confidential one its id and kind (P0.7)."""
    found = {
        "id": record.id,
        "kind": record.kind,
        "state": record.state,
        "title": record.title,
        "requester": record.requester,
        "confidential": record.confidential,
        "opened_at": calendar.local(record.opened_at).isoformat(),
        "place": hit.place,
        "key": hit.key,
        "at": calendar.local(hit.at).isoformat(),
        "text": hit.text,
    }
    return hidden(found) if record.confidential else found


def _print(shown: list[dict[str, Any]], format: ListFormat, output: Path | None, now: datetime) -> None:
    rows = [[_cell(each, name) for name in COLUMNS] for each in shown]
    match format:
        case ListFormat.XLSX:
            write(xlsx_bytes(COLUMNS, rows, now), output)
        case ListFormat.CSV:
            write(csv_text(COLUMNS, rows).encode(), output)
        case ListFormat.JSON if output is None:
            say_json(shown)
        case ListFormat.TEXT if output is None:
            say_table(COLUMNS, [[*row[:2], row[2][:10], *row[3:]] for row in rows], empty="nothing found")
        case _:
            raise typer.BadParameter("text and json go to standard output; redirect it", param_hint="--output")


def _cell(sheet: dict[str, Any], name: str) -> str:
    if name == "title" and sheet["confidential"]:
        return "(confidential)"
    return clean(str(sheet[name] or ""))
