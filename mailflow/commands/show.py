"""`mailflow show ID`: all of one record."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from mailflow.commands.opening import looked_at
from mailflow.commands.options import Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, complain, say, say_json
from mailflow.home import Home
from mailflow.mail.filenames import safe_names
from mailflow.mail.parse import parse
from mailflow.ports import Transaction
from mailflow.report.sheet import sheet

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="A record, such as REQ-2026-0001.")]


AttachmentsOption = Annotated[
    Path | None, typer.Option("--attachments", metavar="DIR", help="Write what was attached to its messages there.")
]


def show(
    home: Home,
    record_id: IdArgument,
    format: FormatOption = Format.TEXT,
    attachments: AttachmentsOption = None,
    now: NowOption = "",
) -> int:
    """Show a record: its fields, tasks, messages, mails and history."""
    at = moment(now, home)
    with looked_at(home) as view, view.store.transaction(write=False) as tx:
        record = tx.record(record_id) or tx.record(record_id.upper())
        if record is None:
            raise Trouble(unknown(tx, record_id))
        shown = sheet(tx, record, view.policy, at)
        contents = [tx.content(message.digest) for message in tx.messages(record.id)] if attachments else []
    if attachments:
        _write_out(contents, attachments)
    if format is Format.JSON:
        say_json(shown)
    else:
        say("\n".join(_text(shown)))
    return 0


def _write_out(contents: list[bytes], folder: Path) -> None:
    """Write the attachments of messages, byte for byte; raises Trouble. What is there already stays."""
    found = [attachment for content in contents for attachment in parse(content).attachments]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, attachment in zip(safe_names(found), found, strict=True):
            with (folder / name).open("xb") as file:
                file.write(attachment.content)
            complain(f"{folder / name}: {attachment.size} bytes")
    except OSError as error:
        raise Trouble(f"{error.filename or folder}: {error.strerror}") from error


def unknown(tx: Transaction, record_id: str) -> str:
    """That there is no such record, with the nearest ones."""
    ids = [record.id for record in tx.records()]
    near = difflib.get_close_matches(record_id.upper(), ids, n=3, cutoff=0.6)
    return f"there is no record {record_id}; " + (
        f"did you mean {', '.join(near)}?" if near else "'mailflow list' shows them"
    )


def _text(shown: dict[str, Any]) -> Iterator[str]:
    """The sheet for people."""
    marks = [word for word in ("urgent", "confidential", "overdue") if shown[word]]
    yield f"{shown['id']}  {shown['title']}" + (f"  [{', '.join(marks)}]" if marks else "")
    yield ""
    for name in ("kind", "state", "since", "responsible", "requester", "opened_at", "due", "participants"):
        value = shown[name]
        text = ", ".join(value) if isinstance(value, list) else value or ""
        yield f"  {name + ':':<14}{text}"
    for name, address in shown["roles"].items():
        yield f"  {name + ':':<14}{address}"
    yield from _section("fields", [f"{name}: {value}" for name, value in shown["fields"].items()])
    yield from _section("agreements", [_agreement(each) for each in shown["agreements"]])
    yield from _section("tasks", [_task(each) for each in shown["tasks"]])
    yield from _section("attendance", [_attends(each) for each in shown["attendance"]])
    yield from _section("links", [f"{each['relation']} {each['record']}" for each in shown["links"]])
    yield from _section("messages", [line for each in shown["messages"] for line in _message(each)])
    yield from _section("mails", [_mail(each) for each in shown["mails"]])
    yield from _section("history", [_entry(each) for each in shown["history"]])


def _section(name: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield name
        yield from (f"  {line}".replace("\n", "\n    ") for line in lines)


def _agreement(each: dict[str, Any]) -> str:
    said = "waiting" if each["agrees"] is None else "agrees" if each["agrees"] else "does not agree"
    by = f" ({each['by']})" if each["by"] else ""
    return f"{each['agreement']}: {each['party']}{by} {said}" + (f": {each['reason']}" if each["reason"] else "")


def _task(each: dict[str, Any]) -> str:
    words = f"{each['number']}. {each['title']}: {each['owner'] or 'nobody'}, due {each['due'] or 'never'}"
    return f"{words}, {each['state']}" + (f" {each['percent']}%" if each["percent"] else "")


def _attends(each: dict[str, Any]) -> str:
    more = [f"sends {each['delegate']}" if each["delegate"] else "", _minute(each["proposed"]), each["comment"]]
    return f"{each['address']}: {each['answer'] or 'no answer yet'}" + "".join(f"; {one}" for one in more if one)


def _message(each: dict[str, Any]) -> Iterator[str]:
    arrow = "→" if each["direction"] == "out" else "←"
    other = ", ".join(each["to"]) if each["direction"] == "out" else each["from"]
    yield f"{_minute(each['at'])} {arrow} {other}: {each['subject']}"
    for one in each["attachments"]:
        yield f"    attachment {one['filename']} ({one['type']}, {one['size']} bytes)"


def _mail(each: dict[str, Any]) -> str:
    to = ", ".join([*each["to"], *(f"cc {address}" for address in each["cc"])])
    rules = ", ".join(each["rule"]) if isinstance(each["rule"], list) else each["rule"]
    moment = each["sent_at"] or each["not_before"]
    trouble = f" ({each['reply']})" if each["status"] not in ("sent", "pending") and each["reply"] else ""
    return f"{_minute(moment)} {each['id']} {each['status']} → {to}: {each['subject']} [{rules}]{trouble}"


def _entry(each: dict[str, Any]) -> str:
    by = each["by"] or "clock"
    return f"{each['number']:>3} {_minute(each['at'])} {by}: {each['text']} [{each['rule']}]"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
