"""`mailflow import FILE --kind KIND`: the open matters of a spreadsheet become records."""

from pathlib import Path
from typing import Annotated

import typer

from mailflow.commands.opening import at_work
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import Trouble, complain, say
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import kind_named
from mailflow.home import Home
from mailflow.importing import Sheet, import_rows, understood
from mailflow.mail.tables import sheet_rows
from mailflow.policy.problem import suggestion


def import_records(
    home: Home,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An .xlsx, .csv or .tsv file, one matter a row.")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="What the rows are; a tag will do.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how each row is read.")] = False,
    now: NowOption = "",
) -> int:
    """Make records of the open matters in a spreadsheet.

    Nobody is written to; timers count from now.
    """
    at = moment(now, home)
    with at_work(home, at) as parts:
        policy = parts.engine.policy
        workflow = policy.workflow(_kind(kind, policy))
        try:
            tables = sheet_rows(file.name, file.read_bytes())
        except (OSError, ValueError) as fault:
            raise Trouble(f"{file}: {getattr(fault, 'strerror', None) or fault}") from fault
        sheet = understood(tables, workflow, policy, at)
        _tell_heads(file, sheet)
        if dry_run:
            return _tell_all(file, sheet)
        made = import_rows(parts.store, sheet.rows, file.name, workflow, policy, at)
        for row in sheet.rows:
            if row.line in made:
                say(f"{made[row.line]} {row.title}")
        wrong = _tell_wrong(file, sheet)
        before = len(sheet.rows) - len(made) - wrong
        complain(f"{len(made)} rows taken, {before} had been before, {wrong} with problems")
        return 1 if wrong else 0


def _kind(word: str, policy: Policy) -> str:
    found = kind_named(word, policy)
    if found is None:
        hint = suggestion(word, policy.kinds) or f"kinds are {', '.join(policy.kinds)}"
        raise typer.BadParameter(f"{word!r} is no kind; {hint}", param_hint="--kind")
    return found


def _tell_heads(file: Path, sheet: Sheet) -> None:
    if sheet.heads is None:
        hint = "write a row with a title column (标题 or title) and one more, such as 提出人 or requester"
        raise Trouble(f"{file}: no row names the columns; {hint}")
    if sheet.heads.unknown:
        complain(f"{file}:{sheet.heads.line}: columns that mean nothing here: {', '.join(sheet.heads.unknown)}")


def _tell_all(file: Path, sheet: Sheet) -> int:
    """Say how each row is read: 1 when one has problems."""
    for row in sheet.rows:
        if not row.problems:
            values = ", ".join(f"{name}: {value}" for name, value in {**row.fields, **row.roles}.items())
            say(f"{file}:{row.line}: {row.title} ({row.requester}, {row.state}) {values}".rstrip())
    return 1 if _tell_wrong(file, sheet) else 0


def _tell_wrong(file: Path, sheet: Sheet) -> int:
    """Say what is wrong with rows; how many there are."""
    wrong = [row for row in sheet.rows if row.problems]
    for row in wrong:
        complain(f"{file}:{row.line}: {'; '.join(row.problems)}")
    return len(wrong)
