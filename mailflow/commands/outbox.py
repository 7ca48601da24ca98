"""`mailflow outbox list|show|retry|drop|mute|unmute`: mails of ours, from their decision to their end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from mailflow.commands.opening import looked_at
from mailflow.commands.options import AllOption, Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, counted, say, say_json, say_table
from mailflow.commands.reading import message_text
from mailflow.core.calendar import Calendar
from mailflow.core.policy import Policy
from mailflow.core.receiving.muting import scope_said
from mailflow.core.standing import Muted, Unmuted
from mailflow.dispatch import NEVER
from mailflow.home import Home
from mailflow.policy.problem import suggestion
from mailflow.ports import Item, Transaction
from mailflow.report.sheet import mail_sheet
from mailflow.standing import HELD, held_under, mutes, put_standing

_WAITING = ("pending", "deferred", "in-doubt", "rejected", HELD)
_RETRIED = (*_WAITING, "dropped", "superseded")
_DROPPED = _WAITING
_COLUMNS = ("id", "status", "attempts", "next", "to", "rule", "subject")

ItemArgument = Annotated[str, typer.Argument(metavar="ID", help="A mail, by its id or the beginning of it.")]


def list_items(
    home: Home,
    every: Annotated[bool, typer.Option("--all", help="Also what was sent, dropped or superseded.")] = False,
    format: FormatOption = Format.TEXT,
) -> int:
    """List mails of ours that wait to be sent or could not be."""
    with looked_at(home) as view, view.store.transaction(write=False) as tx:
        calendar = view.policy.calendar("")
        items = [item for item in tx.items() if every or item.status in _WAITING]
        hidden = _confidential(tx, items)
    if format is Format.JSON:
        say_json([_sheet(each, calendar, hide=each.id in hidden) for each in items])
    else:
        rows = [_row(each, calendar, hide=each.id in hidden) for each in items]
        say_table(_COLUMNS, rows, empty="nothing waits")
    return 0


def show(
    home: Home,
    item_id: ItemArgument,
    raw: Annotated[bool, typer.Option("--raw", help="The bytes as they are sent, and nothing else.")] = False,
    format: FormatOption = Format.TEXT,
) -> int:
    """Show one mail: what became of it, its headers and text."""
    with looked_at(home) as view:
        with view.store.transaction(write=False) as tx:
            item = _found(tx, item_id)
            content = tx.content(item.id)
        sheet = {**_sheet(item, view.policy.calendar("")), "envelope": list(item.recipients)}
    if raw:
        typer.echo(content, nl=False)
    elif format is Format.JSON:
        say_json({**sheet, "message": message_text(content)})
    else:
        for name, value in sheet.items():
            text = ", ".join(value) if isinstance(value, list) else "" if value is None else value
            say(f"{name + ':':<12} {text}")
        say()
        say(message_text(content))
    return 0


def retry(
    home: Home,
    item_id: Annotated[str, typer.Argument(metavar="ID", help="A mail, by its id or the beginning of it.")] = "",
    every: AllOption = False,
    now: NowOption = "",
) -> int:
    """Send again at the next occasion.

    One mail, whatever became of it, or all that were put off (--all).
    """
    at = moment(now, home)
    _one_or_all(item_id, every)
    with looked_at(home) as view, view.store.transaction() as tx:
        if every:
            items: Sequence[Item] = tx.items(status="deferred")
        else:
            items = [_in_status(_found(tx, item_id), _RETRIED, "sent again")]
        for item in items:
            tx.set_item(replace(item, status="pending", next_at=at, visit=item.visit if every else 0))
    say(f"{counted(len(items), 'mail')} to be sent")
    return 0


def drop(home: Home, item_id: ItemArgument) -> int:
    """Never send a mail; it stays in the list of all."""
    with looked_at(home) as view, view.store.transaction() as tx:
        item = _in_status(_found(tx, item_id), _DROPPED, "dropped")
        tx.set_item(replace(item, status="dropped", next_at=NEVER))
    say(f"{item.id} dropped")
    return 0


ScopeArgument = Annotated[
    str, typer.Argument(metavar="[all|KIND|PERSON]", help="Everything, mail about a kind, or mail to a person.")
]


def mute(home: Home, scope: ScopeArgument = "all", now: NowOption = "") -> int:
    """Send nothing until it is unmuted.

    What is withheld meanwhile is kept in the list as held.
    """
    at = moment(now, home)
    with looked_at(home) as view, view.store.transaction() as tx:
        said = _scope(scope, view.policy)
        put_standing(tx, (Muted(said),), view.policy, at)
        muted = mutes(tx)
    say(f"muted: {', '.join(map(_shown, muted))}")
    return 0


def unmute(
    home: Home,
    scope: ScopeArgument = "all",
    drop: Annotated[bool, typer.Option("--drop", help="Drop what was withheld instead of sending it.")] = False,
    now: NowOption = "",
) -> int:
    """Send again what was muted.

    Also what was withheld, except what speaks of a state that has ended.
    """
    at = moment(now, home)
    with looked_at(home) as view, view.store.transaction() as tx:
        said = _scope(scope, view.policy)
        if said not in mutes(tx):
            muted = ", ".join(map(_shown, mutes(tx))) or "nothing"
            raise Trouble(f"{_shown(said)} is not muted; muted is {muted}")
        held = held_under(tx, said, view.policy)
        put_standing(tx, (Unmuted(said, send=not drop),), view.policy, at)
    say(f"{_shown(said)} unmuted; {counted(len(held), 'mail')} {'dropped' if drop else 'to be sent'}")
    return 0


COMMANDS: Mapping[str, Callable[..., int]] = {
    "list": list_items,
    "show": show,
    "retry": retry,
    "drop": drop,
    "mute": mute,
    "unmute": unmute,
}


def _scope(text: str, policy: Policy) -> str:
    """What is meant, as the state keeps it; raises typer.BadParameter."""
    said = scope_said(text, policy)
    if said is None:
        hint = suggestion(text, ("all", *policy.kinds, *policy.directory.people))
        problem = f"{text!r} is neither all nor a kind nor a person"
        raise typer.BadParameter(f"{problem}; {hint}" if hint else problem, param_hint="[all|KIND|PERSON]")
    return said


def _shown(scope: str) -> str:
    """A scope as it is said to these commands."""
    return scope.partition(":")[2] or scope


def _one_or_all(item_id: str, every: bool) -> None:
    if bool(item_id) == every:
        raise typer.BadParameter("name one mail, or give --all", param_hint="ID")


def _found(tx: Transaction, item_id: str) -> Item:
    """The one item whose id begins so; raises Trouble, and typer.BadParameter for no id at all."""
    if not item_id:
        raise typer.BadParameter("name a mail by its id or the beginning of it", param_hint="ID")
    exact = tx.item(item_id)
    near = [exact] if exact else [item for item in tx.items() if item_id and item.id.startswith(item_id.lower())]
    if len(near) == 1:
        return near[0]
    if near:
        raise Trouble(f"{len(near)} mails have an id that begins with {item_id}", *(item.id for item in near[:5]))
    raise Trouble(f"there is no mail {item_id}; 'mailflow outbox list --all' shows them")


def _in_status(item: Item, statuses: Sequence[str], what: str) -> Item:
    if item.status not in statuses:
        raise Trouble(f"{item.id} is {item.status}{' already' if item.status == what else f' and cannot be {what}'}")
    return item


def _confidential(tx: Transaction, items: Sequence[Item]) -> set[str]:
    """Which of the items speak of confidential records: a list shows their id only (P0.7)."""
    records = {each for item in items for each in item.records}
    secret = {each for each in records if (record := tx.record(each)) and record.confidential}
    return {item.id for item in items if secret.intersection(item.records)}


def _sheet(item: Item, calendar: Calendar, *, hide: bool = False) -> dict[str, Any]:
    next_at = None if item.next_at == NEVER else calendar.local(item.next_at).isoformat()
    sheet = {**mail_sheet(item, calendar), "records": list(item.records), "next_at": next_at, "copy_of": item.copy_of}
    return {**sheet, "subject": None} if hide else sheet


def _row(item: Item, calendar: Calendar, *, hide: bool) -> list[str]:
    next_at = "" if item.next_at == NEVER else f"{calendar.local(item.next_at):%Y-%m-%d %H:%M}"
    subject = "(confidential)" if hide else item.subject
    reply = f" ({item.reply})" if item.reply and item.status != "sent" else ""
    to = ", ".join(item.recipients)
    return [item.id, item.status, str(item.attempts), next_at, to, ", ".join(item.rules), subject + reply]
