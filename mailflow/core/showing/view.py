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
from mailflow.core.showing.answers import commands_view, form_view, reply_subject
from mailflow.core.showing.asking import asked_by, asks, insider, phone, why
from mailflow.core.showing.introducing import duties
from mailflow.core.showing.kinds import kinds_view
from mailflow.core.showing.later import Later
from mailflow.core.showing.lists import answers_view, found_view, matters_view, remarks_view
from mailflow.core.showing.reader import Reader, Subject, subject_of
from mailflow.core.showing.sheet import message_view, own_tasks, record_view, task_view, title_view
from mailflow.core.showing.standing import choices_view, standing_view
from mailflow.core.wording import (
    list_text,
    span_text,
    stored_day,
    text_of,
    tongue,
)
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
    waits = bool(subject and not subject.task and reader.address in subject.responsible)
    deadline = asked_by(letter, subject, reader) if told and (asked or waits) else None
    title = title_view(subject, reader, told)
    answer_under = reply_subject(subject.record.id if subject else "", title, letter.values.get("token", ""))
    return {
        **_values(letter, subject, told, language),
        **_letter_lists(letter, subject, reader),
        **_record_views(subject, reader, told, entries),
        **_deadline_view(deadline, reader),
        "language": language,
        "style": letter.style.value,
        "template": letter.template,
        "rule": letter.rule,
        "urgent": letter.urgent,
        "asked": asked,
        "waits": waits,
        "site": {"name": text_of(policy.site.name, language, policy.site.address), "address": policy.site.address},
        "person": {"name": reader.name(recipient), "address": recipient},
        "message": message_view(mail, reader) if mail and told else None,
        "matches": _matches(letter, reader) if told else (),
        "writer": reader.name(letter.values.get("from", "")),
        "title": title,
        "heading": f"[{subject.record.id}] {title}" if subject else title,
        "reply_subject": answer_under,
        "answer_subject": _answer_subject(mail if told else None, title or policy.site.address),
        "others": reader.names(each for each in letter.to if each != recipient),
        "cc": reader.names(each for each in letter.cc if each != recipient),
        "why": why(letter, subject, reader),
        "shadow": (),
        "phone": phone(subject, reader),
        **_offers(letter, subject if told else None, reader, answer_under, mail),
    }


def _letter_lists(letter: Letter, subject: Subject | None, reader: Reader) -> dict[str, object]:
    """What the letter carries as lines of text or JSON, in the form that templates get."""
    said, language = letter.values, reader.language
    return {
        "answers": answers_view(said.get("answers", ""), subject, language),
        "remarks": remarks_view(said.get("remarks", ""), subject, language),
        "matters": matters_view(said.get("matters", ""), reader),
        "report": json.loads(said.get("report", "null")),
        "found": found_view(said.get("found", ""), reader),
        "kinds": Later(lambda: kinds_view(reader.policy, said, language)),
        "duties": duties(reader.address, reader.policy, language) if "duties" in said else (),
        **standing_view(said, reader),
    }


def _record_views(subject: Subject | None, reader: Reader, told: bool, entries: Sequence[Entry]) -> dict[str, object]:
    """The record, its task, and the reader's own tasks; `told`: whether the reader may see more than its id."""
    if subject is None:
        return {"record": None, "task": None, "own_tasks": (), "waited": ""}
    return {
        "record": record_view(subject, reader, told, entries),
        "task": task_view(subject.task, subject, reader) if subject.task and told else None,
        "own_tasks": own_tasks(subject, reader) if told else (),
        "waited": span_text(reader.now - subject.record.visit.at, reader.language) if subject.record.visits else "",
    }


def _deadline_view(deadline: tuple[datetime, tuple[str, ...]] | None, reader: Reader) -> dict[str, object]:
    """By when the reader is asked to act, and who else hears of it if they do not (see asking.asked_by)."""
    if deadline is None:
        return {"deadline": "", "deadline_at": "", "escalates_to": ()}
    moment, escalates_to = deadline
    return {
        "deadline": reader.moment(moment),
        "deadline_at": moment.isoformat(),
        "escalates_to": reader.names(each for each in escalates_to if each != reader.address),
    }


def _offers(
    letter: Letter, subject: Subject | None, reader: Reader, answer_under: str, mail: Mail | None
) -> dict[str, object]:
    """The commands that the reader may answer with, and the empty form; `subject` is None where there is none to tell.

    `notice_id` is the Message-ID of this very mail: a reply that names it proves who gives a command.
    """
    notice = letter.values.get("notice_id", "")
    if subject is not None:
        invites = letter.invite == "request"
        return {
            "commands": commands_view(subject, reader, answer_under, notice, invites=invites),
            "blank": form_view(subject, reader, answer_under, notice),
        }
    if letter.proposal is not None:
        site = reader.policy.site.address
        under = f"{_answer_subject(mail, site)} {letter.values.get('token', '')}".strip()
        return {"commands": choices_view(letter.proposal, reader, under, notice), "blank": None}
    return {"commands": (), "blank": None}


def bundle_view(
    views: Sequence[Mapping[str, Any]], template: str = "bundle", style: Style = Style.REMIND
) -> dict[str, object]:
    """Several views of one recipient as one mail (P10, P6.5): `parts`, one a record, each with one set of answers.

    A part is the first view of its record; `further` has the other views of the same record. Of several about one
    task the last one is shown, in the place of the first.
    """
    parts: dict[str, dict[str, Any]] = {}
    for each in _once_a_task(views):
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


def _once_a_task(views: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    shown: dict[tuple[object, object], Mapping[str, Any]] = {}
    for number, each in enumerate(views):
        of_task = each["record"] and each["task"]
        shown[(each["record"]["id"], each["task"]["number"]) if of_task else ("", number)] = each
    return list(shown.values())


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
