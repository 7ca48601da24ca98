"""A record as plain values, as `show`, `list` and the board print it. The shapes are a contract (docs/commands.md).

Moments are ISO 8601 in the site's time; days without a time are ISO dates.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from mailflow.core.calendar import Calendar
from mailflow.core.conditions import open_tasks
from mailflow.core.event import attendance
from mailflow.core.model import Record, Signature, Task
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Send, Style
from mailflow.core.timers.anchors import anchor
from mailflow.core.timers.deadlines import answer_by
from mailflow.core.workflow import Agreement, State
from mailflow.ports import Item, Message, Transaction
from mailflow.report.history import entry_sheet

SENT = "sent"
_SHOWN_OF_CONFIDENTIAL = ("id", "kind", "confidential")


def sheet(tx: Transaction, record: Record, policy: Policy, now: datetime) -> dict[str, Any]:
    """All of a record: its summary, the messages in and out, and the history."""
    calendar = policy.calendar("")
    messages, items = tx.messages(record.id), tx.items(record.id)
    return {
        **_summary(record, items, policy, now),
        "messages": _messages(messages, items, policy),
        "history": [entry_sheet(each, calendar) for each in tx.history(record.id)],
    }


def summary(tx: Transaction, record: Record, policy: Policy, now: datetime, *, mails: bool = True) -> dict[str, Any]:
    """What a list shows of a record: all but the messages and the history; without `mails`, not these either."""
    return _summary(record, tx.items(record.id) if mails else (), policy, now)


def hidden(shown: dict[str, Any]) -> dict[str, Any]:
    """A confidential record's summary without what only its people may see (P0.7): the same keys, emptied."""
    return {name: value if name in _SHOWN_OF_CONFIDENTIAL else _nothing(value) for name, value in shown.items()}


def is_open(record: Record, policy: Policy) -> bool:
    state = _state(record, policy)
    return state is None or not state.final


def is_overdue(record: Record, policy: Policy, now: datetime) -> bool:
    """Whether its date or a task's is over, or something that was asked in its present state was escalated."""
    if not is_open(record, policy):
        return False
    today = policy.calendar("").day_of(now)
    days = [_day(record.fields.get("due", ""))]
    if record.kind in policy.kinds:
        days += [_day(task.due) for task in open_tasks(record, policy)]
    return any(day is not None and day < today for day in days) or _escalated(record, policy, now)


def due_of(record: Record, policy: Policy, now: datetime) -> str | None:
    """The date that the record's writer asked for, else the moment of the next escalation, else None."""
    if record.fields.get("due"):
        return record.fields["due"]
    if record.kind not in policy.kinds:
        return None
    found = answer_by(record, policy, now)
    return policy.calendar("").local(found[0]).isoformat() if found else None


def mail_sheet(item: Item, calendar: Calendar) -> dict[str, Any]:
    """A mail of ours; `template` and `rule` are lists for a bundle."""
    return {
        "id": item.id,
        "to": list(item.to),
        "cc": list(item.cc),
        "subject": item.subject,
        "template": _one_or_all(item.templates),
        "rule": _one_or_all(item.rules),
        "status": item.status,
        "attempts": item.attempts,
        "not_before": calendar.local(item.not_before).isoformat(),
        "sent_at": _moment(item.sent_at, calendar),
        "message_id": item.message_id,
        "style": item.style,
        "language": item.language,
        "at": calendar.local(item.at).isoformat(),
        "reply": item.reply,
    }


def _summary(record: Record, items: Sequence[Item], policy: Policy, now: datetime) -> dict[str, Any]:
    calendar = policy.calendar("")
    state = _state(record, policy)
    responsible = resolve(state.responsible, record, policy, now) if state else ()
    return {
        "id": record.id,
        "kind": record.kind,
        "state": record.state,
        "title": record.title,
        "requester": record.requester,
        "priority": record.fields.get("priority"),
        "language": record.language,
        "confidential": record.confidential,
        "urgent": record.urgent,
        "opened_at": calendar.local(record.opened_at).isoformat(),
        "since": calendar.local(record.visit.at).isoformat() if record.visits else None,
        "due": due_of(record, policy, now),
        "open": is_open(record, policy),
        "overdue": is_overdue(record, policy, now),
        "responsible": list(responsible),
        "participants": list(record.participants),
        "roles": dict(record.roles),
        "fields": dict(record.fields),
        "agreements": _agreements(record, policy),
        "tasks": [_task(task) for task in record.tasks],
        "attendance": _attendance(record, policy, now),
        "mails": [mail_sheet(each, calendar) for each in items if not each.copy_of],
        "links": [{"record": link.record, "relation": link.relation} for link in record.links],
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "number": task.number,
        "title": task.title,
        "owner": task.owner,
        "due": task.due or None,
        "state": task.state,
        "percent": task.percent,
        "collaborators": list(task.collaborators),
        "standard": task.standard,
        "remark": task.remark,
        "fields": dict(task.fields),
    }


def _attendance(record: Record, policy: Policy, now: datetime) -> list[dict[str, Any]]:
    """Who is invited, and what they answered: null until they have, or since it was moved."""
    if record.kind not in policy.kinds:
        return []
    calendar = policy.calendar("")
    return [
        {
            "address": address,
            "answer": said.answer if said else None,
            "at": calendar.local(said.at).isoformat() if said else None,
            "delegate": said.delegate if said else "",
            "proposed": said.proposed if said else "",
            "comment": said.comment if said else "",
        }
        for address, said in attendance(record, policy, now)
    ]


def _agreements(record: Record, policy: Policy) -> list[dict[str, Any]]:
    """Each party of each agreement, and what it answered: null until it has."""
    workflow = policy.kinds.get(record.kind)
    found = []
    for agreement in workflow.agreements.values() if workflow else ():
        signed = record.agreements.get(agreement.name, {})
        for party in _signing(agreement, signed):
            answer = signed.get(party)
            found.append(
                {
                    "agreement": agreement.name,
                    "party": party,
                    "by": answer.address if answer else None,
                    "agrees": answer.agrees if answer else None,
                    "reason": answer.reason if answer else "",
                }
            )
    return found


def _signing(agreement: Agreement, signed: Mapping[str, Signature]) -> Iterator[str]:
    """The parties in their order; of one that several people sign for, each of those who has."""
    for party in agreement.parties:
        yield from [key for key in signed if key.partition("=")[0] == party] or [party]


def _messages(messages: Sequence[Message], items: Sequence[Item], policy: Policy) -> list[dict[str, Any]]:
    """What came and what we sent, in order of time."""
    calendar = policy.calendar("")
    found = [(each.at, _incoming(each, calendar)) for each in messages]
    for item in items:
        if item.sent_at is not None and not item.copy_of:
            found.append((item.sent_at, _outgoing(item, policy)))
    return [shown for _, shown in sorted(found, key=lambda pair: pair[0])]


def _incoming(message: Message, calendar: Calendar) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "direction": "in",
        "from": message.sender,
        "to": list(message.to),
        "subject": message.subject,
        "date": _moment(message.date, calendar),
        "at": calendar.local(message.at).isoformat(),
        "automatic": message.automatic,
        "text": message.text,
        "attachments": [{"filename": name, "type": kind, "size": size} for name, kind, size in message.attachments],
    }


def _outgoing(item: Item, policy: Policy) -> dict[str, Any]:
    calendar = policy.calendar("")
    moment = _moment(item.sent_at, calendar)
    return {
        "message_id": item.message_id,
        "direction": "out",
        "from": policy.site.address,
        "to": [*item.to, *item.cc],
        "subject": item.subject,
        "date": moment,
        "at": moment,
        "automatic": True,
        "text": "",
        "attachments": [],
    }


def _state(record: Record, policy: Policy) -> State | None:
    workflow = policy.kinds.get(record.kind)
    return workflow.states.get(record.state) if workflow else None


def _escalated(record: Record, policy: Policy, now: datetime) -> bool:
    """Whether an escalation that hangs on the record as it stands has fired."""
    workflow = policy.kinds.get(record.kind)
    state = _state(record, policy)
    if workflow is None or state is None:
        return False
    for timer in (*state.timers, *workflow.timers):
        if any(isinstance(each, Send) and each.style is Style.ESCALATE for each in timer.actions):
            start = anchor(timer, record, policy, now, None)
            if start is not None and f"{timer.rule}|0|{start.entry}" in record.fired:
                return True
    return False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(moment: datetime | None, calendar: Calendar) -> str | None:
    return calendar.local(moment).isoformat() if moment else None


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def _nothing(value: Any) -> Any:
    match value:
        case list():
            return []
        case dict():
            return {}
        case _:
            return None
