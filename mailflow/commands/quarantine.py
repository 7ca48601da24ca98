"""`mailflow quarantine list|show|release|drop`: messages that could not be read or decided, and unfiled ones."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from mailflow.build import Parts
from mailflow.commands.opening import at_work, looked_at
from mailflow.commands.options import AllOption, Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, complain, say, say_json, say_table
from mailflow.commands.reading import raw_text
from mailflow.core.calendar import Calendar
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import kind_named
from mailflow.core.reading.text import fold
from mailflow.home import Home
from mailflow.policy.problem import suggestion
from mailflow.ports import Message, Transaction

PLACE = "quarantine"
UNFILED = "unfiled"
_SHOWN = 16
_COLUMNS = ("id", "at", "from", "subject", "reason")

MessageArgument = Annotated[str, typer.Argument(metavar="ID", help="A message, by its id or the beginning of it.")]


UnfiledOption = Annotated[
    bool, typer.Option("--unfiled", help="Messages that were read but belong to no record, instead.")
]


def list_messages(home: Home, unfiled: UnfiledOption = False, format: FormatOption = Format.TEXT) -> int:
    """List messages that could not be read or decided.

    With the reason of each; or those that belong to no record (--unfiled).
    """
    with looked_at(home) as view, view.store.transaction(write=False) as tx:
        calendar = view.policy.calendar("")
        messages = [discreet(each, view.policy) for each in tx.messages(place=UNFILED if unfiled else PLACE)]
    if format is Format.JSON:
        say_json([_sheet(each, calendar) for each in messages])
    else:
        rows = [
            [m.digest[:_SHOWN], f"{calendar.local(m.at):%Y-%m-%d %H:%M}", m.sender, m.subject, m.reason]
            for m in messages
        ]
        say_table(_COLUMNS, rows, empty="there is no unfiled message" if unfiled else "the quarantine is empty")
    return 0


def show(
    home: Home,
    digest: MessageArgument,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they came, and nothing else.")] = False,
    format: FormatOption = Format.TEXT,
) -> int:
    """Show one message: why it is here, and its bytes as text.

    It is not parsed again.
    """
    with looked_at(home) as view, view.store.transaction(write=False) as tx:
        message = _found(tx, digest)
        content = tx.content(message.digest)
        sheet = _sheet(message, view.policy.calendar(""))
    if raw:
        typer.echo(content, nl=False)
    elif format is Format.JSON:
        say_json({**sheet, "message": raw_text(content)})
    else:
        for name, value in sheet.items():
            say(f"{name + ':':<12} {'' if value is None else value}")
        say()
        say(raw_text(content))
    return 0


def release(
    home: Home,
    digest: Annotated[str, typer.Argument(metavar="ID", help="A message, by its id or the beginning of it.")] = "",
    every: AllOption = False,
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="Begin a record of this kind with it.")] = "",
    now: NowOption = "",
) -> int:
    """Try a message again, or all of them (--all).

    What still cannot be read stays. With --as, an unfiled message begins a record after all.
    """
    at = moment(now, home)
    if bool(digest) == every or (kind and every):
        raise typer.BadParameter("name one message" + ("" if kind else ", or give --all"), param_hint="ID")
    with at_work(home, at) as parts:
        if kind:
            return _begin(parts, digest, kind, at)
        with parts.store.transaction(write=False) as tx:
            wanted = tx.messages(place=PLACE) if every else (_found(tx, digest),)
        if not wanted:
            say("the quarantine is empty")
        failed = 0
        for message in wanted:
            receipt = parts.engine.release(message.digest, at)
            if receipt is None or receipt.place == PLACE:
                failed += 1
                unfiled = "it was read, and belongs to no record; begin one with --as KIND"
                gone = unfiled if message.place == UNFILED else "it is gone"
                complain(f"{message.digest[:_SHOWN]} stays: {receipt.reason if receipt else gone}")
            else:
                say(f"{message.digest[:_SHOWN]} {receipt.place} {receipt.record}".rstrip())
    return 1 if failed else 0


def _begin(parts: Parts, digest: str, kind: str, at: datetime) -> int:
    """Make a record of an unfiled message."""
    policy = parts.engine.policy
    named = kind_named(kind, policy)
    if named is None:
        hint = suggestion(kind, policy.kinds) or f"kinds are {', '.join(policy.kinds)}"
        raise typer.BadParameter(f"{kind!r} is no kind; {hint}", param_hint="--as")
    with parts.store.transaction(write=False) as tx:
        message = _found(tx, digest)
    receipt = parts.engine.make_record(message.digest, named, at)
    if receipt is None:
        raise Trouble(f"{message.digest[:_SHOWN]} is not unfiled, so no record can begin with it")
    say(f"{message.digest[:_SHOWN]} {receipt.place} {receipt.record}")
    return 0


def drop(home: Home, digest: MessageArgument) -> int:
    """Put a message out of the way for good; its bytes are kept."""
    with looked_at(home) as view, view.store.transaction() as tx:
        message = _found(tx, digest)
        tx.put_message(replace(message, place="dropped"), b"")
    say(f"{message.digest[:_SHOWN]} dropped")
    return 0


COMMANDS: Mapping[str, Callable[..., int]] = {"list": list_messages, "show": show, "release": release, "drop": drop}


def _found(tx: Transaction, digest: str) -> Message:
    """The one quarantined or unfiled message whose id begins so; raises Trouble."""
    there = (*tx.messages(place=PLACE), *tx.messages(place=UNFILED))
    near = [each for each in there if digest and each.digest.startswith(digest.lower())]
    if len(near) == 1:
        return near[0]
    if near:
        raise Trouble(f"{len(near)} messages have an id that begins with {digest}", *(m.digest for m in near[:5]))
    raise Trouble(f"there is no message {digest} in quarantine; 'mailflow quarantine list' shows them")


def discreet(message: Message, policy: Policy) -> Message:
    """A message to be listed: without its subject where that says that it is confidential (P0.7)."""
    subject = fold(message.subject)
    secret = any(fold(mark) in subject for mark in policy.site.confidential)
    return replace(message, subject="(confidential)") if secret else message


def _sheet(message: Message, calendar: Calendar) -> dict[str, Any]:
    return {
        "id": message.digest,
        "at": calendar.local(message.at).isoformat(),
        "from": message.sender,
        "subject": message.subject,
        "message_id": message.message_id,
        "reason": message.reason,
    }
