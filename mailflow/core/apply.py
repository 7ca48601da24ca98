"""The fold: a record and one entry of its history give the next record. The only way a record changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, assert_never

from mailflow.core.changes import (
    Absent,
    AgreementReset,
    Asked,
    Attends,
    Commanded,
    Concerned,
    Entered,
    Entry,
    FieldSet,
    Joined,
    Linked,
    Noted,
    Opened,
    RoleGiven,
    Sealed,
    Signalled,
    Signed,
    TaskAdded,
    TaskChanged,
    TimerEnded,
)
from mailflow.core.model import ORIGIN, TASK_VALUES, Ask, Attendance, Mark, Record, Signature, Task, Visit


def begin(record_id: str, entry: Entry) -> Record:
    """The record as its first entry, an Opened, makes it. ValueError when the entry is another one."""
    opened = entry.change
    if not isinstance(opened, Opened):
        raise ValueError(f"the history of {record_id} begins with {type(opened).__name__}, not Opened")
    return Record(
        id=record_id,
        kind=opened.kind,
        title=opened.title,
        requester=opened.requester,
        language=opened.language,
        opened_at=entry.at,
        confidential=opened.confidential,
        urgent=opened.urgent,
        matter=opened.matter,
        participants=(opened.requester,) if opened.requester else (),
        entries=entry.number,
    )


def fold(record_id: str, history: Iterable[Entry]) -> Record:
    """The record that a whole history makes; what `reindex` and `doctor` compare with what is stored."""
    entries = iter(history)
    record = begin(record_id, next(entries))
    for entry in entries:
        record = apply(record, entry)
    return record


def apply(record: Record, entry: Entry) -> Record:
    """The record after `entry`."""
    record = replace(record, entries=entry.number)
    change = entry.change
    match change:
        case Opened():
            raise ValueError(f"{record.id} is open already")
        case Joined():
            return _joined(record, entry, change)
        case Entered(state):
            return _entered(record, entry, state)
        case FieldSet(name, value):
            return replace(
                record,
                fields={**record.fields, name: value},
                marks={**record.marks, name: Mark(entry.number, entry.at)},
            )
        case RoleGiven(role, address):
            return replace(record, roles={**record.roles, role: address})
        case Signed():
            return _signed(record, entry, change)
        case AgreementReset(agreement):
            rest = {name: value for name, value in record.agreements.items() if name != agreement}
            return replace(record, agreements=rest)
        case TaskAdded(task):
            mark = Mark(entry.number, entry.at)
            marks = dict.fromkeys(task.fields, mark)
            added = replace(task, added=mark, dated=mark, changed=mark, marks=marks)
            return replace(record, tasks=(*record.tasks, added))
        case TaskChanged():
            return _task_changed_in(record, entry, change)
        case Linked(link):
            return record if link in record.links else replace(record, links=(*record.links, link))
        case Concerned(address):
            return _concerned(record, address)
        case Sealed(confidential):
            return replace(record, confidential=confidential)
        case Absent(address, visit):
            return replace(record, absent={**record.absent, address: visit})
        case TimerEnded(key, occurrence):
            return replace(record, fired={**record.fired, key: occurrence})
        case Asked(rule, to):
            before = record.asks.get(rule)
            each = before.each if before and to[: len(before.to)] == before.to else len(to)
            return replace(record, asks={**record.asks, rule: Ask(rule, to, entry.number, entry.at, each)})
        case Attends(address, answer, delegate, comment, proposed):
            said = Attendance(answer, entry.number, entry.at, delegate, comment, proposed)
            return replace(record, attendance={**record.attendance, address: said})
        case Commanded():
            return _heard_of(record, entry.by)
        case Signalled() | Noted():
            return record
        case _:
            assert_never(change)


def _joined(record: Record, entry: Entry, joined: Joined) -> Record:
    if joined.message_id:
        record = replace(record, thread=(*record.thread, joined.message_id))
    if joined.notice or not joined.sender:
        return record
    record = _heard_of(_concerned(record, joined.sender), joined.sender)
    return replace(record, words={**record.words, joined.sender: Mark(entry.number, entry.at)})


def _heard_of(record: Record, address: str) -> Record:
    """A word of whoever was asked ends what waits for it (P0.6): their own part, or all for who stands above."""
    asks = {}
    for rule, ask in record.asks.items():
        place = ask.to.index(address) if address in ask.to else -1
        if place < 0:
            asks[rule] = ask
        elif place < ask.each and ask.each > 1:
            asks[rule] = replace(ask, to=(*ask.to[:place], *ask.to[place + 1 :]), each=ask.each - 1)
    return record if asks == record.asks else replace(record, asks=asks)


def _concerned(record: Record, address: str) -> Record:
    if address in record.participants:
        return record
    return replace(record, participants=(*record.participants, address))


def _entered(record: Record, entry: Entry, state: str) -> Record:
    visits = record.visits
    if visits:
        visits = (*visits[:-1], replace(visits[-1], until=entry.at))
    return replace(record, state=state, visits=(*visits, Visit(state, entry.number, entry.at)), asks={})


def _signed(record: Record, entry: Entry, signed: Signed) -> Record:
    signatures = {
        **record.agreements.get(signed.agreement, {}),
        signed.party: Signature(signed.address, signed.agrees, entry.number, signed.reason, entry.at),
    }
    return replace(record, agreements={**record.agreements, signed.agreement: signatures})


def _task_changed_in(record: Record, entry: Entry, change: TaskChanged) -> Record:
    mark = Mark(entry.number, entry.at)
    tasks = (
        _task_changed(each, change.values, mark) if each.number == change.number else each for each in record.tasks
    )
    return replace(record, tasks=tuple(tasks))


def _task_changed(task: Task, values: Mapping[str, str], mark: Mark) -> Task:
    changes: dict[str, Any] = {name: value for name, value in values.items() if name in (*TASK_VALUES, ORIGIN)}
    if "percent" in changes:
        changes["percent"] = int(changes["percent"])
    if "collaborators" in changes:
        changes["collaborators"] = tuple(part for part in changes["collaborators"].split(", ") if part)
    if "due" in changes:
        changes["dated"] = mark
    if changes.get("state", task.state) != task.state:
        changes["changed"] = mark
    if own := {name: value for name, value in values.items() if name not in (*TASK_VALUES, ORIGIN)}:
        changes["fields"] = {**task.fields, **own}
        changes["marks"] = {**task.marks, **dict.fromkeys(own, mark)}
    return replace(task, **changes)
