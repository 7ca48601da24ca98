"""What a template may say: a letter and its record as plain values in the reader's language. Pure.

Invariant: nothing of a confidential record but its id and kind is in the view of anybody outside its
participants and roles (P0.7). Dates stand in the recipient's own zone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from mailflow.core.answers import commands_view, mailto, reply_subject
from mailflow.core.calendar import Calendar
from mailflow.core.commands import every_command
from mailflow.core.deadlines import answer_by, deadlines
from mailflow.core.duration import Duration, Unit
from mailflow.core.model import Entry, FieldSet, Record, Task
from mailflow.core.policy import Policy
from mailflow.core.roles import may, resolve
from mailflow.core.triggers import Letter
from mailflow.core.wording import (
    argument_text,
    list_text,
    moment_text,
    role_text,
    span_text,
    stored_day,
    text_of,
    tongue,
    value_text,
    where_text,
)
from mailflow.core.workflow import Action, Send, Style, Timer, Workflow
from mailflow.mail.model import Mail

VALUES = (
    "answer",
    "command",
    "digest",
    "kind",
    "named",
    "person_named",
    "problems",
    "reason",
    "recipient",
    "subject",
    "text",
    "until",
)
"""What letters may carry besides (Letter.values); "" where a letter does not. The arguments of the kind's commands
are there too, under their names in the rule file."""

_TURNED = ("answers", "due", "from", "message_id", "suggested", "token")
"""Values that a template gets in another form, or not at all."""

_ROLES = (
    "requester",
    "owner",
    "requester.contact",
    "requester.manager",
    "requester.head",
    "requester.leader",
    "it.contact",
    "it.on-call",
    "it.head",
    "it.leader",
    "departments.contact",
    "departments.head",
    "owner.head",
    "owner.leader",
    "owners",
)
_LONGEST_QUOTE = 6000
_HIDDEN = {"zh": "（机密事项）", "en": "(confidential)"}
_REPLIED = {"zh": "您给我们写了邮件", "en": "you wrote to us"}
_ROLE = {"zh": "您是{record}的{roles}", "en": "you are {roles} of {record}"}
_COPIED = {
    "zh": "您与 {record} 有关，本邮件抄送给您",
    "en": "you are concerned with {record} and kept informed",
}
_ADMIN = {"zh": "您是本邮箱的管理员", "en": "you administer this mailbox"}
_GENERAL = {"zh": "您与本邮箱有邮件往来", "en": "you correspond with this mailbox"}


@dataclass(frozen=True, slots=True)
class _Reader:
    """For whom a view is made, and when."""

    address: str
    language: str
    calendar: Calendar
    policy: Policy
    now: datetime

    def moment(self, moment: datetime) -> str:
        return moment_text(self.calendar.local(moment), self.language)

    def name(self, address: str) -> str:
        return self.policy.directory.person(address).name or address

    def names(self, addresses: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.name(each) for each in addresses)


def view(
    letter: Letter,
    record: Record | None,
    policy: Policy,
    now: datetime,
    recipient: str,
    language: str,
    mail: Mail | None = None,
    entries: Sequence[Entry] = (),
) -> dict[str, object]:
    """The values that the letter's template may use for one recipient; docs/templates.md describes each.

    `mail` is the message that led to the letter; `entries` are the decision's, to say where fields were read.
    """
    reader = _Reader(recipient, language, policy.calendar_of(recipient), policy, now)
    workflow = policy.kinds.get(record.kind) if record else None
    task = record.task(letter.task) if record and letter.task else None
    told = record is None or not record.confidential or _insider(reader, record, task)
    asked = _asked(letter, record, task, workflow, reader)
    commands: tuple[dict[str, object], ...] = ()
    deadline: tuple[datetime, tuple[str, ...]] | None = None
    title = _title(record, reader, told)
    subject = reply_subject(record.id if record else "", title, letter.values.get("token", ""))
    if record and workflow and told:
        commands = commands_view(
            recipient, record, policy, now, language, task, subject, letter.values.get("message_id", "")
        )
        if asked:
            deadline = _deadline(letter, record, task, workflow, reader)
    found: dict[str, object] = {
        **_values(letter, workflow),
        "language": language,
        "style": letter.style.value,
        "template": letter.template,
        "rule": letter.rule,
        "urgent": letter.urgent,
        "asked": asked,
        "site": {
            "name": text_of(policy.site.name, language, policy.site.address),
            "address": policy.site.address,
        },
        "person": {"name": reader.name(recipient), "address": recipient},
        "record": _record(record, workflow, reader, told, entries) if record and workflow else None,
        "task": _task(task, workflow, reader) if task and workflow and told else None,
        "own_tasks": _own_tasks(record, workflow, reader) if record and workflow and told else (),
        "answers": _answers(letter.values.get("answers", ""), workflow, language),
        "writer": reader.name(letter.values.get("from", "")),
        "message": _message(mail, reader) if mail and told else None,
        "title": title,
        "heading": f"[{record.id}] {title}" if record else title,
        "reply_subject": subject,
        "deadline": reader.moment(deadline[0]) if deadline else "",
        "escalates_to": reader.names([each for each in deadline[1] if each != recipient]) if deadline else (),
        "commands": commands,
        "others": reader.names([each for each in letter.to if each != recipient]),
        "cc": reader.names([each for each in letter.cc if each != recipient]),
        "why": _why(letter, record, task, workflow, reader),
        "phone": _phone(record, task, reader),
        "waited": span_text(now - record.visit.at, language) if record and record.visits else "",
        "today": reader.calendar.local(now).strftime("%Y-%m-%d"),
        "kinds": _kinds(policy, letter.values, language),
    }
    return found


def bundle_view(views: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """Several views of one recipient as one mail (P10): `parts`, one a record, each with one set of answers.

    A part is the first view of its record; what the others ask stands in its `further`.
    """
    parts: dict[str, dict[str, Any]] = {}
    for each in views:
        key = each["record"]["id"] if each["record"] else each["heading"]
        if key not in parts:
            parts[key] = {**each, "further": ()}
            continue
        part = parts[key]
        part["further"] = (*part["further"], each)
        known = {command["line"] for command in part["commands"]}
        added = tuple(command for command in each["commands"] if command["line"] not in known)
        part["commands"] = (*part["commands"], *added)
    first = views[0]
    kept = ("language", "site", "person", "today", "kinds", "phone", "cc", "others")
    return {
        **{name: first[name] for name in kept},
        "parts": tuple(parts.values()),
        "style": Style.REMIND.value,
        "template": "bundle",
        "urgent": any(each["urgent"] for each in views),
        "asked": True,
        "commands": (),
        "deadline": "",
        "why": list_text(tuple(dict.fromkeys(each["why"] for each in views)), first["language"]),
        "record": None,
        "title": "",
        "reply_subject": "",
        "escalates_to": (),
    }


# --- the record -----------------------------------------------------------------------------------


def _title(record: Record | None, reader: _Reader, told: bool) -> str:
    if record is None:
        return ""
    return record.title if told else _HIDDEN[tongue(reader.language)]


def _insider(reader: _Reader, record: Record, task: Task | None) -> bool:
    """Whether a person takes part in a record or holds a role in it (P0.7)."""
    if reader.address in (record.requester, *record.participants, *record.roles.values()):
        return True
    workflow = reader.policy.workflow(record.kind)
    responsible = tuple(each for state in workflow.states.values() for each in state.responsible)
    parties = tuple(each for agreement in workflow.agreements.values() for each in agreement.parties)
    roles = (*_ROLES, *workflow.roles, *responsible, *parties)
    return may(reader.address, roles, record, reader.policy, reader.now, task)


def _record(
    record: Record, workflow: Workflow, reader: _Reader, told: bool, entries: Sequence[Entry]
) -> dict[str, object]:
    state = workflow.states.get(record.state)
    policy, language = reader.policy, reader.language
    requester = policy.directory.department_of(record.requester)
    shown = {
        field.name: value_text(field, record.fields[field.name], policy, language)
        for field in workflow.fields
        if told and record.fields.get(field.name)
    }
    where = {e.change.name: e.change.where for e in entries if isinstance(e.change, FieldSet)}
    missing = [field for field in workflow.fields if field.required and not record.fields.get(field.name)]
    responsible = resolve(state.responsible, record, policy, reader.now) if state else ()
    return {
        "id": record.id,
        "kind": record.kind,
        "kind_label": text_of(workflow.label, language, record.kind),
        "title": _title(record, reader, told),
        "state": record.state,
        "state_label": text_of(state.label, language, record.state) if state else record.state,
        "final": bool(state and state.final),
        "requester": {
            "name": reader.name(record.requester) if told else "",
            "address": record.requester if told else "",
            "department": text_of(requester.name, language, requester.id) if told else "",
        },
        "responsible": reader.names(responsible) if told else (),
        "roles": {
            role: list_text(reader.names(resolve((role,), record, policy, reader.now)), language)
            if told
            else ""
            for role in workflow.roles
        },
        "opened_at": reader.moment(record.opened_at),
        "since": reader.moment(record.visit.at) if record.visits else "",
        "next_by": _next_by(record, reader),
        "urgent": record.urgent,
        "confidential": record.confidential,
        "field": {field.name: shown.get(field.name, "") for field in workflow.fields},
        "fields": tuple(
            {
                "name": field.name,
                "label": text_of(field.label, language, field.name),
                "value": shown[field.name],
                "where": where_text(where.get(field.name, ""), language),
            }
            for field in workflow.fields
            if field.name in shown
        ),
        "missing": tuple(
            {"name": field.name, "label": text_of(field.label, language, field.name)}
            for field in missing
            if told
        ),
        "signatures": _signatures(record, workflow, reader) if told else (),
        "tasks": tuple(_task(each, workflow, reader) for each in record.tasks) if told else (),
        "links": tuple(each.record for each in record.links) if told else (),
        "participants": reader.names(record.participants) if told else (),
    }


def _next_by(record: Record, reader: _Reader) -> str:
    """By when whoever is responsible now has to have done it, as far as the rules say."""
    found = answer_by(record, reader.policy, reader.now)
    return reader.moment(found[0]) if found else ""


def _own_tasks(record: Record, workflow: Workflow, reader: _Reader) -> tuple[dict[str, object], ...]:
    return tuple(_task(each, workflow, reader) for each in record.tasks if each.owner == reader.address)


def _signatures(record: Record, workflow: Workflow, reader: _Reader) -> tuple[dict[str, object], ...]:
    """Each party of each agreement, and what it answered."""
    found = []
    for agreement in workflow.agreements.values():
        signed = record.agreements.get(agreement.name, {})
        for party in agreement.parties:
            answer = signed.get(party)
            for address in resolve((party,), record, reader.policy, reader.now):
                found.append(
                    {
                        "agreement": agreement.name,
                        "name": reader.name(address),
                        "role": role_text(party, reader.language, workflow),
                        "answered": answer is not None,
                        "agrees": bool(answer and answer.agrees),
                        "reason": answer.reason if answer else "",
                    }
                )
    return tuple(found)


def _task(task: Task, workflow: Workflow, reader: _Reader) -> dict[str, object]:
    done = workflow.tasks is not None and task.state in workflow.tasks.done
    return {
        "number": task.number,
        "title": task.title,
        "owner": reader.name(task.owner) if task.owner else "",
        "due": stored_day(task.due, reader.language),
        "state": task.state,
        "done": done,
        "percent": task.percent,
        "collaborators": reader.names(task.collaborators),
        "standard": task.standard,
        "remark": task.remark,
        "complete": task.complete,
        "late_days": 0 if done else _late_days(task, reader),
    }


def _late_days(task: Task, reader: _Reader) -> int:
    """Calendar days past the due date (P2.10), 0 before and on it."""
    due = _day(task.due)
    return max(0, (reader.calendar.day_of(reader.now) - due).days) if due else 0


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _message(mail: Mail, reader: _Reader) -> dict[str, object]:
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


# --- what is asked, and why it comes ----------------------------------------------------------------


def _asked(
    letter: Letter, record: Record | None, task: Task | None, workflow: Workflow | None, reader: _Reader
) -> bool:
    """Whether the letter asks this person, and does not only tell them (P11). One whose addressees were all
    asked already goes to those whom it was to tell."""
    if reader.address not in letter.to:
        return False
    send = _send(letter, workflow) if workflow else None
    if send is None or record is None or not send.cc:
        return True
    told = resolve(send.cc, record, reader.policy, reader.now, task)
    meant = resolve(send.to, record, reader.policy, reader.now, task)
    return reader.address not in told or reader.address in meant


def _answers(lines: str, workflow: Workflow | None, language: str) -> tuple[dict[str, object], ...]:
    """What became of each command, from lines of `word|outcome|reason|detail`."""
    found = []
    for line in lines.splitlines():
        word, outcome, reason, detail = (line.split("|", 3) + [""] * 3)[:4]
        said = [_detail(each, reason, workflow, language) for each in detail.split(", ") if each]
        found.append(
            {
                "word": word,
                "done": outcome == "done",
                "reason": reason,
                "detail": list_text(tuple(dict.fromkeys(said)), language),
            }
        )
    return tuple(found)


def _detail(detail: str, reason: str, workflow: Workflow | None, language: str) -> str:
    """A role, a state or an argument in words."""
    if workflow is None:
        return detail
    if reason == "role":
        return role_text(detail, language, workflow)
    if reason in ("state", "closed") and detail in workflow.states:
        return text_of(workflow.states[detail].label, language, detail)
    field = workflow.field(detail)
    return text_of(field.label, language, detail) if field else argument_text(detail, language)


def _deadline(
    letter: Letter, record: Record, task: Task | None, workflow: Workflow, reader: _Reader
) -> tuple[datetime, tuple[str, ...]]:
    """By when the recipient is asked to act, and who hears of it if nothing happens.

    The next escalation of the state; else the next thing that the state's timers do; else the close of the due
    day for a task, of the working day for a reminder; else one working day on (ours).
    """
    policy, now, calendar = reader.policy, reader.now, reader.calendar
    if task is not None:
        return _task_deadline(letter, task, calendar, now), ()
    state = workflow.states.get(record.state)
    responsible = resolve(state.responsible, record, policy, now) if state else ()
    if letter.style in (Style.REMIND, Style.ESCALATE) or reader.address in responsible:
        found = answer_by(record, policy, now)
        if found is not None:
            return found
        own = {timer.rule for timer in state.timers} if state else set()
        for each in deadlines(record, policy, now):
            if each.timer.rule in own and not each.task and each.due > now:
                return each.due, ()
    if letter.urgent:
        return now + timedelta(minutes=15), ()
    return calendar.add(now, Duration(1, Unit.WORKING_DAYS)), ()


def _task_deadline(letter: Letter, task: Task, calendar: Calendar, now: datetime) -> datetime:
    due = _day(task.due)
    close = (calendar.close_of(due) or calendar.at(due, time(18))) if due else None
    if letter.style is Style.NOTIFY and close is not None and close > now:
        return close
    if letter.style is Style.REMIND:
        today = calendar.close_of(calendar.day_of(calendar.next_opening(now)))
        if today is not None and today > now:
            return today
    return calendar.add(now, Duration(1, Unit.WORKING_DAYS))


def _why(
    letter: Letter, record: Record | None, task: Task | None, workflow: Workflow | None, reader: _Reader
) -> str:
    spoken = tongue(reader.language)
    if letter.style is Style.REPLY:
        return _REPLIED[spoken]
    if record is None or workflow is None:
        return _ADMIN[spoken] if reader.address in reader.policy.site.admin else _GENERAL[spoken]
    send = _send(letter, workflow)
    held: list[str] = []
    for wanted in ((*send.to, *send.cc) if send else (), _ROLES, tuple(workflow.roles)):
        held = held or [
            each
            for each in wanted
            if reader.address in resolve((each,), record, reader.policy, reader.now, task)
        ]
    if not held:
        return _COPIED[spoken].format(record=record.id)
    roles = tuple(dict.fromkeys(role_text(each, reader.language, workflow) for each in held[:2]))
    joined = list_text([f"the {role}" for role in roles], "en").replace(", ", " and ")
    said = joined if spoken == "en" else list_text(roles, reader.language)
    return _ROLE[spoken].format(record=f" {record.id} " if spoken == "zh" else record.id, roles=said)


def _send(letter: Letter, workflow: Workflow) -> Send | None:
    """The rule that wrote the letter."""
    sends = (action for action in _actions(workflow) if isinstance(action, Send))
    return next((send for send in sends if send.rule == letter.rule), None)


def _actions(workflow: Workflow) -> list[Action]:
    timers: list[Timer] = list(workflow.timers)
    commands = list(workflow.commands)
    replies = list(workflow.replies)
    found: list[Action] = [action for each in workflow.agreements.values() for action in each.agreed]
    for state in workflow.states.values():
        found.extend(state.enter)
        timers.extend(state.timers)
        commands.extend(state.commands)
        replies.extend(state.replies)
    if workflow.tasks:
        timers.extend(workflow.tasks.timers)
        commands.extend(workflow.tasks.commands)
        found.extend((*workflow.tasks.complete, *workflow.tasks.incomplete))
    lists = (*(t.actions for t in timers), *(c.actions for c in commands), *(r.actions for r in replies))
    return [*found, *(action for each in lists for action in each)]


def _phone(record: Record | None, task: Task | None, reader: _Reader) -> str:
    """Whom to call (P0.6): the person responsible now, else IT's number; "" when neither is known."""
    directory = reader.policy.directory
    if record is not None:
        state = reader.policy.workflow(record.kind).states.get(record.state)
        for address in resolve(state.responsible, record, reader.policy, reader.now, task) if state else ():
            person = directory.person(address)
            if person.phone and address != reader.address:
                return f"{person.name} {person.phone}"
    department = directory.department(directory.it)
    name = text_of(department.name, reader.language, department.id)
    return f"{name} {department.phone}" if department.phone else ""


def _values(letter: Letter, workflow: Workflow | None) -> dict[str, object]:
    """What the letter carries, and "" for everything else that its kind's commands may take."""
    known = dict.fromkeys(VALUES, "")
    for command in every_command(workflow) if workflow else ():
        known.update(dict.fromkeys((argument.name for argument in command.arguments), ""))
    known.update({name: value for name, value in letter.values.items() if name not in _TURNED})
    return dict(known)


def _kinds(policy: Policy, values: Mapping[str, str], language: str) -> tuple[dict[str, object], ...]:
    """What may be written to this mailbox: the tag of each kind, its form, a link that begins such a mail."""
    suggested = [part.strip() for part in values.get("suggested", "").split(",")]
    found = []
    for workflow in policy.kinds.values():
        tag = _tag(workflow, language)
        form = tuple(
            text_of(field.label, language, field.name) for field in workflow.fields if "requester" in field.by
        )
        colon = "：" if tongue(language) == "zh" else ": "
        body = "\n".join(f"{label}{colon}" for label in form)
        found.append(
            {
                "kind": workflow.kind,
                "label": text_of(workflow.label, language, workflow.kind),
                "tag": tag,
                "suggested": workflow.kind in suggested,
                "form": form,
                "mailto": mailto(policy.site.address, f"{tag} ", body),
            }
        )
    return tuple(found)


def _tag(workflow: Workflow, language: str) -> str:
    chinese = tongue(language) == "zh"
    own = (tag for tag in workflow.tags if tag.isascii() is not chinese)
    return f"[{next(own, workflow.tags[0] if workflow.tags else workflow.kind)}]"
