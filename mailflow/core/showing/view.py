"""What a template may say: a letter and its record as plain values in the reader's language. Pure.

Invariant: nothing of a confidential record but its id, kind and state is in the view of anybody outside its
participants and roles (P0.7). Moments stand in the recipient's own zone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailflow.core.changes import Entry
from mailflow.core.commands import every_command
from mailflow.core.decision import Letter
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.core.showing.answers import commands_view, form_view, reply_subject, word_shown
from mailflow.core.showing.asking import asked_by, asks, insider, phone, why
from mailflow.core.showing.introducing import duties
from mailflow.core.showing.later import Later
from mailflow.core.showing.reader import Reader, Subject, subject_of
from mailflow.core.showing.sheet import message_view, own_tasks, record_view, task_view, title_view
from mailflow.core.showing.standing import choices_view, standing_view
from mailflow.core.wording import (
    argument_text,
    choice_text,
    list_text,
    role_text,
    span_text,
    stored_day,
    text_of,
    tongue,
)
from mailflow.core.workflow import Field, Workflow
from mailflow.mail.model import Mail

VALUES = (
    "answer",
    "attendee",
    "attends",
    "came",
    "command",
    "day",
    "delegate",
    "digest",
    "file",
    "kind",
    "limit",
    "most",
    "named",
    "origin",
    "person_named",
    "problems",
    "proposed",
    "reason",
    "recipient",
    "subject",
    "text",
    "until",
)
"""What letters may carry besides (Letter.values); "" where one does not. What the kind's commands take is
there too, under its name in the rule file."""

# Values that may be a day, which is said in the reader's words.
_DAYS = ("day", "named", "until")

# Values that a template gets in another form, or not at all.
_TURNED = (
    "absences",
    "answers",
    "candidates",
    "due",
    "duties",
    "found",
    "from",
    "matters",
    "message_id",
    "notice_id",
    "remarks",
    "report",
    "scope",
    "suggested",
    "token",
    "withheld",
)


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

    `mail` is the message that led to the letter; `entries` are the decision's, which say where fields were
    read.
    """
    reader = Reader(recipient, language, policy, now)
    subject = subject_of(letter, record, policy, now)
    told = subject is None or not subject.record.confidential or insider(reader, subject)
    asked = asks(letter, subject, reader)
    title = title_view(subject, reader, told)
    answer_under = reply_subject(subject.record.id if subject else "", title, letter.values.get("token", ""))
    waits = bool(subject and not subject.task and reader.address in subject.responsible)
    deadline = asked_by(letter, subject, reader) if told and (asked or waits) else None
    found: dict[str, object] = {
        **_values(letter, subject, told, language),
        "language": language,
        "style": letter.style.value,
        "template": letter.template,
        "rule": letter.rule,
        "urgent": letter.urgent,
        "asked": asked,
        "waits": waits,
        "site": {
            "name": text_of(policy.site.name, language, policy.site.address),
            "address": policy.site.address,
        },
        "person": {"name": reader.name(recipient), "address": recipient},
        "record": record_view(subject, reader, told, entries) if subject else None,
        "task": task_view(subject.task, subject, reader) if subject and subject.task and told else None,
        "own_tasks": own_tasks(subject, reader) if subject and told else (),
        "message": message_view(mail, reader) if mail and told else None,
        "answers": _answers(letter.values.get("answers", ""), subject, language),
        "remarks": _remarks(letter.values.get("remarks", ""), subject, language),
        "matters": _matters(letter.values.get("matters", ""), reader),
        "report": json.loads(letter.values.get("report", "null")),
        "found": _found(letter.values.get("found", ""), reader),
        **standing_view(letter.values, reader),
        "writer": reader.name(letter.values.get("from", "")),
        "title": title,
        "heading": f"[{subject.record.id}] {title}" if subject else title,
        "reply_subject": answer_under,
        "answer_subject": _answer_subject(mail if told else None, title or policy.site.address),
        "deadline": reader.moment(deadline[0]) if deadline else "",
        "deadline_at": deadline[0].isoformat() if deadline else "",
        "escalates_to": reader.names(each for each in deadline[1] if each != recipient) if deadline else (),
        "commands": (),
        "blank": None,
        "others": reader.names(each for each in letter.to if each != recipient),
        "cc": reader.names(each for each in letter.cc if each != recipient),
        "why": why(letter, subject, reader),
        "shadow": (),
        "phone": phone(subject, reader),
        "waited": span_text(now - subject.record.visit.at, language) if subject and subject.record.visits else "",
        "kinds": Later(lambda: _kinds(policy, letter.values, language)),
        "matches": _matches(letter, reader) if told else (),
        "duties": duties(recipient, policy, language) if "duties" in letter.values else (),
    }
    if subject and told:
        # The Message-ID of this very mail: a reply that names it proves who gives a command.
        notice = letter.values.get("notice_id", "")
        invites = letter.invite == "request"
        found["commands"] = commands_view(subject, reader, answer_under, notice, invites=invites)
        found["blank"] = form_view(subject, reader, answer_under, notice)
    elif letter.proposal is not None:
        under = f"{_answer_subject(mail, policy.site.address)} {letter.values.get('token', '')}".strip()
        found["commands"] = choices_view(letter.proposal, reader, under, letter.values.get("notice_id", ""))
    return found


def bundle_view(
    views: Sequence[Mapping[str, Any]], template: str = "bundle", style: Style = Style.REMIND
) -> dict[str, object]:
    """Several views of one recipient as one mail (P10, P6.5): `parts`, one a record, each with one set of answers.

    A part is the first view of its record; `further` has the other views of the same record.
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
    earliest = min(
        (each for each in views if each["deadline"]), key=lambda each: str(each["deadline_at"]), default=first
    )
    joint = "；" if tongue(first["language"]) == "zh" else "; "
    return {
        **first,
        "parts": tuple(parts.values()),
        "style": style.value,
        "template": template,
        "rule": "",
        "urgent": any(each["urgent"] for each in views),
        "asked": any(each["asked"] for each in views),
        "waits": False,
        "record": None,
        "task": None,
        "message": None,
        "blank": None,
        "commands": (),
        "deadline": earliest["deadline"],
        "deadline_at": earliest["deadline_at"],
        "escalates_to": (),
        "title": "",
        "heading": "",
        "reply_subject": "",
        "why": joint.join(_whys(views)),
    }


def _whys(views: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Why each of some views comes; one reason of several records is said once, with all their ids."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for each in views:
        record = each["record"]["id"] if each["record"] else ""
        reason = tuple(each["why"].split(record, 1)) if record else (each["why"],)
        found.setdefault(reason, {})[record] = None
    for reason, records in found.items():
        yield list_text(tuple(records), views[0]["language"]).join(reason)


def _matches(letter: Letter, reader: Reader) -> tuple[dict[str, object], ...]:
    """The other records that led to the letter; to outsiders of a confidential one its id alone (P0.7)."""
    found = []
    for each in letter.met:
        subject = subject_of(replace(letter, task=0), each, reader.policy, reader.now)
        if subject is not None:
            told = not each.confidential or insider(reader, subject)
            if told or not subject.workflow.private:
                found.append(record_view(subject, reader, told, ()))
    return tuple(found)


def _answer_subject(mail: Mail | None, otherwise: str) -> str:
    """The subject of an answer that belongs to no record: what was written, so that it is known again."""
    said = mail.subject if mail else otherwise
    return said if mail and mail.replied else f"Re: {said}"


def _values(letter: Letter, subject: Subject | None, told: bool, language: str) -> dict[str, object]:
    """What the letter carries, and "" for everything else that its kind's commands may take."""
    known = dict.fromkeys(VALUES, "")
    for command in every_command(subject.workflow) if subject else ():
        known.update(dict.fromkeys((argument.name for argument in command.arguments), ""))
    if told:
        known.update({name: value for name, value in letter.values.items() if name not in _TURNED})
    return {name: stored_day(value, language) if name in _DAYS else value for name, value in known.items()}


def _answers(lines: str, subject: Subject | None, language: str) -> tuple[dict[str, object], ...]:
    """What became of each command, from lines of `word|outcome|reason|detail` (core.commands)."""
    workflow = subject.workflow if subject else None
    found = []
    for line in lines.splitlines():
        word, outcome, reason, detail = [*line.split("|", 3), "", "", ""][:4]
        said = [_detail(each, reason, workflow, language) for each in detail.split(", ") if each]
        told = list_text(tuple(dict.fromkeys(said)), language)
        shown = word_shown(word, workflow, language) if workflow else word
        found.append({"word": shown, "done": outcome == "done", "reason": reason, "detail": told})
    return tuple(found)


def _matters(lines: str, reader: Reader) -> tuple[dict[str, str], ...]:
    """What the reader has open, from lines of `what|record|kind|state|due|title` (core.receiving.matters)."""
    found = []
    for line in lines.splitlines():
        what, record, kind, state, due, title = line.split("|", 5)
        workflow = reader.policy.kinds[kind]
        label = text_of(workflow.states[state].label, reader.language, state)
        moment = reader.moment(datetime.fromisoformat(due)) if "T" in due else stored_day(due, reader.language)
        found.append({"what": what, "record": record, "state": label, "due": moment, "title": title})
    return tuple(found)


def _found(lines: str, reader: Reader) -> tuple[dict[str, str], ...]:
    """What was searched for and found, from lines of `what|record|kind|state|opened|requester|title|text`
    (core.receiving.finding)."""
    shown = []
    for line in lines.splitlines():
        what, record, kind, state, opened, requester, title, text = line.split("|", 7)
        workflow = reader.policy.kinds.get(kind)
        known = workflow.states.get(state) if workflow else None
        shown.append(
            {
                "what": what,
                "record": record,
                "state": text_of(known.label, reader.language, state) if known else state,
                "opened": reader.day(datetime.fromisoformat(opened)) if opened else "",
                "requester": reader.name(requester) if requester else "",
                "title": title,
                "text": text,
            }
        )
    return tuple(shown)


def _remarks(lines: str, subject: Subject | None, language: str) -> tuple[dict[str, str], ...]:
    """What is to be said of how a message was read, from lines of `what|detail|detail` (core.receiving.opening)."""
    found = []
    for line in lines.splitlines():
        what, first, second = [*line.split("|", 2), "", ""][:3]
        field = subject.workflow.field(first) if subject and what in ("field", "people") else None
        if field:
            first = text_of(field.label, language, field.name)
        if subject and what == "near":
            second = text_of(subject.workflow.label, language, second)
        found.append({"what": what, "first": first, "second": second})
    return tuple(found)


def _detail(detail: str, reason: str, workflow: Workflow | None, language: str) -> str:
    """A role, a state or an argument in words."""
    if workflow is None:
        return detail
    if reason == "role":
        return role_text(detail, language, workflow)
    if reason in ("state", "closed") and detail in workflow.states:
        return text_of(workflow.states[detail].label, language, detail)
    field = workflow.field(detail) or workflow.task_field(detail)
    return text_of(field.label, language, detail) if field else argument_text(detail, language, workflow)


def _kinds(policy: Policy, values: Mapping[str, str], language: str) -> tuple[dict[str, object], ...]:
    """What may be written to this mailbox: the tag of each kind and the labels of its form."""
    suggested = [part.strip() for part in values.get("suggested", "").split(",")]
    return tuple(
        {
            "kind": each.kind,
            "label": text_of(each.label, language, each.kind),
            "tag": _tag(each, language),
            "suggested": each.kind in suggested,
            "form": tuple(text_of(f.label, language, f.name) for f in _asked(each)),
            "hints": tuple(
                {"label": text_of(f.label, language, f.name), "hint": hint}
                for f in _asked(each)
                if (hint := _hint(f, language))
            ),
            "listed": text_of(each.tasks.label, language, "-") if each.tasks and each.tasks.read else "",
        }
        for each in policy.kinds.values()
    )


def _asked(workflow: Workflow) -> tuple[Field, ...]:
    """The fields that a form asks the writer for."""
    return tuple(each for each in workflow.fields if each.form and "requester" in each.by)


def _hint(field: Field, language: str) -> str:
    """What the form says beside a label: the field's hint, else what it may be."""
    said = (choice_text(each, field.choices, language) for each in field.choices)
    return text_of(field.hint, language) or (" / " if tongue(language) == "en" else "、").join(said)


def _tag(workflow: Workflow, language: str) -> str:
    """A tag in the reader's script, as a subject bears it."""
    chinese = tongue(language) == "zh"
    own = (tag for tag in workflow.tags if tag.isascii() is not chinese)
    return f"[{next(own, workflow.tags[0] if workflow.tags else workflow.kind)}]"
