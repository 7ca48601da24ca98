"""A record, its tasks and the message that led to a mail, as plain values in the reader's language. Pure."""

from collections.abc import Sequence
from datetime import datetime

from mailflow.core.changes import Entry, FieldSet
from mailflow.core.event import Happening, attendance, happening
from mailflow.core.model import Record, Task
from mailflow.core.roles import resolve, signatories
from mailflow.core.rule import Sign
from mailflow.core.showing.asking import day_of
from mailflow.core.showing.lacking import remark_text
from mailflow.core.showing.reader import Reader, Subject
from mailflow.core.wording import role_text, short_day, stored_day, text_of, tongue, value_text, where_text
from mailflow.core.workflow import Field, FieldType
from mailflow.mail.model import Mail

_LONGEST_QUOTE = 6000
_HIDDEN = {"zh": "（机密事项）", "en": "(confidential)"}


def title_view(subject: Subject | None, reader: Reader, told: bool) -> str:
    """The record's title, for outsiders to a confidential one that it is confidential (P0.7)."""
    if subject is None:
        return ""
    return subject.record.title if told else _HIDDEN[tongue(reader.language)]


def record_view(subject: Subject, reader: Reader, told: bool, entries: Sequence[Entry]) -> dict[str, object]:
    """The record; when its reader may not be `told`, its id, kind and state alone."""
    record, workflow, language = subject.record, subject.workflow, reader.language
    found: dict[str, object] = {
        "id": record.id,
        "kind": record.kind,
        "kind_label": text_of(workflow.label, language, record.kind),
        "title": title_view(subject, reader, told),
        "state": record.state,
        "state_label": text_of(subject.state.label, language, record.state),
        "final": subject.state.final,
        "stopped": subject.state.stopped,
        "opened_at": reader.moment(record.opened_at),
        "since": reader.moment(record.visit.at) if record.visits else "",
        "next_by": reader.moment(subject.escalation[0]) if subject.escalation else "",
        "urgent": record.urgent,
        "confidential": record.confidential,
        "requester": _requester(subject, reader) if told else {"name": "", "address": "", "department": ""},
        "responsible": reader.names(subject.responsible) if told else (),
        "roles": {role: _holders(role, subject, reader) if told else "" for role in workflow.roles},
        "signatures": _signatures(subject, reader) if told else (),
        "tasks": tuple(task_view(each, subject, reader) for each in record.tasks) if told else (),
        "links": tuple(each.record for each in record.links) if told else (),
        "participants": reader.names(record.participants) if told else (),
        **_event(record, reader, told),
    }
    return {**found, **_fields(subject, reader, told, entries)}


def _event(record: Record, reader: Reader, told: bool) -> dict[str, object]:
    """When an event begins and ends by the reader's clock, and who comes."""
    found = happening(record, reader.policy, reader.now) if told else None
    return {
        "begins": reader.moment(found.begins) if found else "",
        "ends": _end(found, reader) if found else "",
        "room": found.room if found else "",
        "attendance": tuple(
            {
                "name": reader.name(address),
                "answer": said.answer if said else "",
                "delegate": reader.name(said.delegate) if said and said.delegate else "",
                "comment": said.comment if said else "",
                "proposed": reader.moment(datetime.fromisoformat(said.proposed)) if said and said.proposed else "",
            }
            for address, said in attendance(record, reader.policy, reader.now)
        )
        if told
        else (),
    }


def _end(event: Happening, reader: Reader) -> str:
    """When it ends; without the day, where that is the one on which it begins."""
    begins, ends = reader.day(event.begins), reader.day(event.ends)
    return reader.moment(event.ends) if begins != ends else f"{event.ends.astimezone(reader.zone):%H:%M}"


def _fields(subject: Subject, reader: Reader, told: bool, entries: Sequence[Entry]) -> dict[str, object]:
    record, language = subject.record, reader.language
    where = {each.change.name: each.change.where for each in entries if isinstance(each.change, FieldSet)}
    shown, missing = {}, []
    for field in subject.workflow.fields:
        value = record.fields.get(field.name, "") if told and not field.hidden else ""
        label, hint = text_of(field.label, language, field.name), text_of(field.hint, language)
        if value:
            said = value_text(field, value, reader.policy, language, reader.zone)
            source = where_text(where.get(field.name, ""), language)
            shown[field.name] = {"name": field.name, "label": label, "value": said, "where": source, "hint": hint}
        elif told and field.required:
            missing.append({"name": field.name, "label": label, "hint": hint})
    return {
        "field": {f.name: shown[f.name]["value"] if f.name in shown else "" for f in subject.workflow.fields},
        "fields": tuple(shown.values()),
        "missing": tuple(missing),
    }


def _requester(subject: Subject, reader: Reader) -> dict[str, object]:
    address = subject.record.requester
    directory = reader.policy.directory
    department = directory.department_of(address)
    # A machine is of no department.
    name = "" if address in directory.monitors else text_of(department.name, reader.language, department.id)
    return {"name": reader.name(address), "address": address, "department": name}


def _holders(role: str, subject: Subject, reader: Reader) -> str:
    return reader.listed(resolve((role,), subject.record, reader.policy, reader.now))


def _signatures(subject: Subject, reader: Reader) -> tuple[dict[str, object], ...]:
    """Each party of each agreement that was answered or can be now, and what it answered."""
    found = []
    signing = {
        action.agreement
        for command in subject.state.commands
        for action in command.actions
        if isinstance(action, Sign) and action.agrees
    }
    for agreement in subject.workflow.agreements.values():
        signed = subject.record.agreements.get(agreement.name, {})
        if not signed and agreement.name not in signing:
            continue
        wanted = signatories(agreement.name, subject.record, reader.policy, reader.now)
        for key, who in wanted.items():
            answer, party = signed.get(key), key.partition("=")[0]
            for address in resolve((who,), subject.record, reader.policy, reader.now):
                found.append(
                    {
                        "agreement": agreement.name,
                        "name": reader.name(address),
                        "role": role_text(party, reader.language, subject.workflow),
                        "answered": answer is not None,
                        "agrees": bool(answer and answer.agrees),
                        "reason": answer.reason if answer else "",
                        "at": reader.moment(answer.at) if answer and answer.at else "",
                    }
                )
    return tuple(found)


def task_view(task: Task, subject: Subject, reader: Reader) -> dict[str, object]:
    tasks = subject.workflow.tasks
    done = tasks is not None and task.state in tasks.done
    own = _task_fields(task, subject, reader)
    return {
        "number": task.number,
        "title": task.title,
        "owner": reader.name(task.owner) if task.owner else "",
        "due": stored_day(task.due, reader.language),
        "due_short": short_day(task.due, reader.language),
        "state": task.state,
        "state_label": text_of(tasks.states.get(task.state, {}) if tasks else {}, reader.language, task.state),
        "done": done,
        "percent": task.percent,
        "collaborators": reader.names(task.collaborators),
        "standard": task.standard,
        "remark": remark_text(task, reader.language, reader.name),
        "complete": task.complete,
        "late_days": 0 if done else _late_days(task, reader),
        "field": {name: each["value"] for name, each in own.items()},
        "fields": tuple(each for each in own.values() if each["value"]),
    }


def _task_fields(task: Task, subject: Subject, reader: Reader) -> dict[str, dict[str, str]]:
    """The fields that the kind gives to its tasks, in the reader's words; "" where a task does not say one."""
    language = reader.language
    return {
        field.name: {
            "name": field.name,
            "label": text_of(field.label, language, field.name),
            "value": _task_value(field, value, reader) if value else "",
        }
        for field in (subject.workflow.tasks.fields if subject.workflow.tasks else ())
        for value in (task.fields.get(field.name, ""),)
    }


def _task_value(field: Field, value: str, reader: Reader) -> str:
    """A day as narrow columns want it, anything else as of a record."""
    if field.type is FieldType.DATE:
        return short_day(value, reader.language)
    return value_text(field, value, reader.policy, reader.language)


def _late_days(task: Task, reader: Reader) -> int:
    """Calendar days past the due date (P2.10), 0 before and on it."""
    due = day_of(task.due)
    today = reader.policy.calendar_of(task.owner).day_of(reader.now)
    return max(0, (today - due).days) if due else 0


def own_tasks(subject: Subject, reader: Reader) -> tuple[dict[str, object], ...]:
    """The reader's own tasks, which come first in minutes (P11)."""
    mine = (task for task in subject.record.tasks if task.owner == reader.address)
    return tuple(task_view(each, subject, reader) for each in mine)


def message_view(mail: Mail, reader: Reader) -> dict[str, object]:
    """Who wrote what, and when."""
    text = mail.own or mail.text
    sender = mail.sender.address if mail.sender else ""
    known = reader.policy.directory.person(sender).name if sender else ""
    return {
        "sender": known or (mail.sender.name if mail.sender else "") or sender,
        "address": sender,
        "subject": mail.subject,
        "text": text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE].rstrip() + " …",
        "at": reader.moment(mail.date or reader.now),
        "attachments": tuple(each.filename for each in mail.attachments),
    }
