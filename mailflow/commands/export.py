"""`mailflow export [ID|FILTER…] DIR`: a folder for each record that people can open (P2.13)."""

import errno
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from mailflow.archive.folder import FILES, MAILS, Folder, folder_name, folder_of, write
from mailflow.archive.overview import overview
from mailflow.archive.page import book, page
from mailflow.commands.list import FLAGS, Filter
from mailflow.commands.opening import View, looked_at
from mailflow.commands.options import Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, complain, counted, counting, say, say_json
from mailflow.commands.report import language_said
from mailflow.commands.show import unknown
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.showing.reader import Reader
from mailflow.home import Home
from mailflow.ports import Transaction, Unavailable
from mailflow.report.sheet import summary

# The disk's troubles that pass.
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


def export(
    home: Home,
    arguments: Annotated[
        list[str],
        typer.Argument(metavar="[ID|FILTER]… DIR", help="Records, or filters as of 'list'; the folder to write to."),
    ],
    language: Annotated[
        str, typer.Option("--language", metavar="LANGUAGE", help="The sheets in this language; else the site's.")
    ] = "",
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Also confidential records that are not named by their id.")
    ] = False,
    new: Annotated[bool, typer.Option("--new", help="Leave out records that have a folder there.")] = False,
    format: FormatOption = Format.TEXT,
    now: NowOption = "",
) -> int:
    """Write records as folders that people can open.

    Each has the sheet, the mails and the attachments. Without ID, all records.
    """
    at = moment(now, home)
    with looked_at(home) as view:
        wanted = _Wanted(arguments, view.policy)
        reader = Reader("", language_said(language, view.policy), view.policy, at)
        with view.store.transaction(write=False) as tx:
            found = wanted.records(tx, view.policy, at, confidential=confidential)
        closed = frozenset(each.id for each in found if each.confidential and not (confidential or wanted.named))
        place = wanted.place
        told = [each for each in found if each.id not in closed]
        there = [place / folder_name(each.id) for each in told if os.path.lexists(place / folder_name(each.id))]
        if there and not new:
            raise Trouble(*(f"{each} is there already" for each in there), "move it, or leave it out with --new")
        written = [each for each in told if place / folder_name(each.id) not in there]
        try:
            done = [_one(each, view, reader, place, confidential) for each in counting("exporting", written)]
            if found and not wanted.named:
                _overview(found, closed, reader, place)
        except OSError as error:
            raise _trouble(error, place) from error
    _say(done, len(closed), format)
    return 0


class _Wanted:
    """What is asked for: `named` records or `filters`, and the `place` to write to; raises typer.BadParameter."""

    def __init__(self, arguments: Sequence[str], policy: Policy) -> None:
        *rest, last = arguments
        prefixes = "|".join(re.escape(each.prefix) for each in policy.kinds.values())
        self._id = re.compile(rf"(?:{prefixes})-\d{{4}}-\d+", re.IGNORECASE)
        self.place = Path(last)
        if not os.path.exists(last) and (self._id.fullmatch(last) or last in FLAGS or re.match(r"\w+=", last)):
            hint = f"the last word is the folder to write to; name one behind it, or write ./{last}"
            raise typer.BadParameter(hint, param_hint="DIR")
        if os.path.exists(last) and not self.place.is_dir():
            raise typer.BadParameter(f"{last} is a file, not a folder", param_hint="DIR")
        self.named = [each for each in rest if self._id.fullmatch(each)]
        self._filter = Filter([each for each in rest if each not in self.named], policy)

    def records(self, tx: Transaction, policy: Policy, now: datetime, *, confidential: bool) -> list[Record]:
        """Those named, or all, that the filters let through; raises Trouble."""
        if self.named:
            ids = {each: tx.record(each) or tx.record(each.upper()) for each in dict.fromkeys(self.named)}
            missing = [unknown(tx, each) for each, record in ids.items() if record is None]
            if missing:
                raise Trouble(*missing)
            found = list({record.id: record for record in ids.values() if record}.values())
        else:
            found = list(tx.records())
        whole = confidential or bool(self.named)
        return [each for each in found if self._filter.matches(summary(tx, each, policy, now, mails=False), whole)]


def _one(record: Record, view: View, reader: Reader, place: Path, whole: bool) -> dict[str, Any]:
    """Write the folder of one record; what was written."""
    with view.store.transaction(write=False) as tx:
        folder = folder_of(tx, tx.record(record.id) or record, reader, whole=whole)
    return _written(record.id, folder, write(folder, place))


def _written(record_id: str, folder: Folder, path: Path) -> dict[str, Any]:
    return {
        "id": record_id,
        "folder": str(path),
        "mails": folder.count(MAILS),
        "attachments": folder.count(FILES),
        "size": sum(len(content) for content in folder.files.values()),
    }


def _overview(found: Sequence[Record], closed: frozenset[str], reader: Reader, place: Path) -> None:
    """The list of all that was asked for, under a name of its moment."""
    shown = overview(found, closed, reader)
    stem = f"overview {reader.now.astimezone(reader.zone):%Y-%m-%d %H%M}"
    number, name = 1, stem
    while any(os.path.lexists(place / f"{name}.{ending}") for ending in ("html", "xlsx")):
        number, name = number + 1, f"{stem}-{number + 1}"
    place.mkdir(parents=True, exist_ok=True)
    for ending, content in (("html", page(shown)), ("xlsx", book(shown, reader.now))):
        with (place / f"{name}.{ending}").open("xb") as file:
            file.write(content)


def _trouble(error: OSError, place: Path) -> Exception:
    text = f"{error.filename or place}: {error.strerror}"
    return Unavailable(text) if error.errno in _PASSING else Trouble(text)


def _say(done: Sequence[dict[str, Any]], closed: int, format: Format) -> None:
    if format is Format.JSON:
        say_json(list(done))
    for each in done if format is Format.TEXT else ():
        files = counted(each["attachments"], "attachment")
        say(f"{each['folder']}: {counted(each['mails'], 'mail')}, {files}")
    if format is Format.TEXT and not done:
        say("no records")
    if closed:
        complain(f"{counted(closed, 'confidential record')} left out; name them, or give --confidential")
