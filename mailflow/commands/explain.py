"""`mailflow explain ID [--mail N]`: why each mail of a record was sent, or not: rule and line, conditions, clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from mailflow.commands.opening import View, looked_at
from mailflow.commands.options import Format, FormatOption, NowOption, moment
from mailflow.commands.output import Trouble, say, say_json
from mailflow.commands.show import unknown
from mailflow.core.calendar import Calendar
from mailflow.core.changes import Entry
from mailflow.core.explain import Cited, Reason, reason, waiting
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.roles import holders
from mailflow.home import Home
from mailflow.policy.load import load
from mailflow.ports import Item, Transaction

MailOption = Annotated[
    int | None, typer.Option("--mail", metavar="N", help="Only the mail of this number.", min=1, show_default=False)
]


@dataclass(frozen=True, slots=True)
class _Told:
    """One mail of the record with its number and why it was sent, rule by rule."""

    number: int
    item: Item
    reasons: tuple[Reason, ...]
    stood_in: tuple[str, ...] = ()


def explain(
    home: Home,
    record_id: Annotated[str, typer.Argument(metavar="ID", help="The record.")],
    mail: MailOption = None,
    format: FormatOption = Format.TEXT,
    now: NowOption = "",
) -> int:
    """Say why each mail of a record was sent.

    And what each of its timers waits for.
    """
    at = moment(now, home)
    with looked_at(home) as view, view.store.transaction(write=False) as tx:
        record = tx.record(record_id.upper())
        if record is None:
            raise Trouble(unknown(tx, record_id))
        told = list(_told(tx, record, view))
        if mail and mail > len(told):
            raise Trouble(f"{record.id} has {len(told)} mails, so there is no mail {mail}")
        told = [each for each in told if mail in (None, each.number)]
        timers = [] if mail else list(_timers(record, view.policy, at))
    site = view.policy.calendar("")
    if format is Format.JSON:
        say_json({"id": record.id, "mails": [_json(each, site) for each in told], "timers": timers})
    else:
        _show(record, told, timers, site)
    return 0


def _told(tx: Transaction, record: Record, view: View) -> Iterator[_Told]:
    history = tx.history(record.id)
    items = sorted((each for each in tx.items(record.id) if not each.copy_of), key=lambda each: (each.at, each.id))
    policies: dict[str, Policy] = {}
    for number, item in enumerate(items, start=1):
        policy = _policy_at(tx, item.at, history, view.policy, policies)
        found = [
            reason(rule, item.at, record.id, history, policy)
            for rule in item.rules
            if rule.partition(".")[0] == record.kind or "." not in rule
        ]
        yield _Told(number, item, tuple(found), tuple(_stood_in(item, record, view.policy)))


def _stood_in(item: Item, record: Record, policy: Policy) -> Iterator[str]:
    """For whom of the record's people the reader stood in, while they were away."""
    known = {*record.participants, *(a for value in record.roles.values() for a in value.split(", "))}
    workflow = policy.kinds.get(record.kind)
    roles = [role for state in workflow.states.values() for role in state.responsible] if workflow else []
    for address in sorted({*known, *holders(roles, record, policy, item.at)} - {*item.to, ""}):
        absence = policy.absent(address, item.at)
        if absence is not None and policy.present(address, item.at) in item.to:
            yield f"{', '.join(item.to)} stood in for {address}, away {absence.first} to {absence.last}"


def _policy_at(
    tx: Transaction, at: datetime, history: Sequence[Entry], present: Policy, known: dict[str, Policy]
) -> Policy:
    """The policy by which was decided at a moment, so that lines that have changed since can be cited."""
    name = next((entry.policy for entry in history if entry.at == at and entry.policy), "")
    if not name or name == present.hash:
        return present
    if name not in known:
        files = tx.policy(name)
        known[name] = (load(files).policy if files else None) or present
    return known[name]


def _timers(record: Record, policy: Policy, at: datetime) -> Iterator[dict[str, object]]:
    if record.kind not in policy.kinds:
        return
    for each in waiting(record, policy, at):
        found = each.deadline
        yield {
            "rule": each.timer.rule,
            "place": str(each.timer.place),
            "task": each.task or None,
            "at": policy.calendar("").local(found.fires_at).isoformat() if found else None,
            "why": found.arithmetic if found else each.why,
        }


def _json(told: _Told, site: Calendar) -> dict[str, object]:
    item = told.item
    return {
        "mail": told.number,
        "to": list(item.to),
        "cc": list(item.cc),
        "subject": item.subject,
        "status": item.status,
        "stood_in": list(told.stood_in),
        "decided_at": site.local(item.at).isoformat(),
        "not_before": site.local(item.not_before).isoformat(),
        "sent_at": site.local(item.sent_at).isoformat() if item.sent_at else None,
        "because": [
            {
                "rule": each.cited.rule,
                "place": str(each.cited.place),
                "source": each.cited.source,
                "arithmetic": each.arithmetic,
                "conditions": list(each.verdicts),
            }
            for each in told.reasons
        ],
    }


def _show(record: Record, told: list[_Told], timers: list[dict[str, object]], site: Calendar) -> None:
    say(f"{record.id} {record.title} ({record.kind}, {record.state})")
    for each in told:
        item = each.item
        say()
        say(f"mail {each.number}: {item.subject}")
        say(f"  to {', '.join(item.to) or '-'}{'; cc ' + ', '.join(item.cc) if item.cc else ''}")
        say(f"  {_course(item, site)}")
        for line in each.stood_in:
            say(f"  {line}")
        for why in each.reasons:
            say(f"  because of {_cited(why.cited)}")
            if why.arithmetic:
                say(f"    {why.arithmetic}")
            for verdict in why.verdicts:
                say(f"    {verdict}")
    if timers:
        say()
        say("timers:")
    for timer in timers:
        task = f" item {timer['task']}" if timer["task"] else ""
        when = f"due {timer['at']}" if timer["at"] else "not counting"
        say(f"  {timer['rule']}{task} ({timer['place']}): {when}: {timer['why']}")


def _course(item: Item, site: Calendar) -> str:
    decided = f"decided {site.local(item.at):%Y-%m-%d %H:%M:%S}"
    waited = f", waited for working time until {site.local(item.not_before):%m-%d %H:%M}"
    ended = f", sent {site.local(item.sent_at):%m-%d %H:%M:%S}" if item.sent_at else f", {item.status}"
    return decided + (waited if item.not_before > item.at else "") + ended


def _cited(cited: Cited) -> str:
    source = f", {cited.source}" if cited.source else ""
    return f"{cited.rule} ({cited.place}{source})"
