"""The lists that a letter carries as lines of text with `|` between their parts, as a template gets them. Pure.

Who writes such lines is named beside each.
"""

from datetime import datetime

from mailflow.core.showing.answers import word_shown
from mailflow.core.showing.reader import Reader, Subject
from mailflow.core.wording import argument_text, list_text, role_text, stored_day, text_of
from mailflow.core.workflow import Workflow


def answers_view(lines: str, subject: Subject | None, language: str) -> tuple[dict[str, object], ...]:
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


def remarks_view(lines: str, subject: Subject | None, language: str) -> tuple[dict[str, str], ...]:
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


def matters_view(lines: str, reader: Reader) -> tuple[dict[str, str], ...]:
    """What the reader has open, from lines of `what|record|kind|state|due|title` (core.receiving.matters)."""
    found = []
    for line in lines.splitlines():
        what, record, kind, state, due, title = line.split("|", 5)
        workflow = reader.policy.kinds[kind]
        label = text_of(workflow.states[state].label, reader.language, state)
        moment = reader.moment(datetime.fromisoformat(due)) if "T" in due else stored_day(due, reader.language)
        found.append({"what": what, "record": record, "state": label, "due": moment, "title": title})
    return tuple(found)


def found_view(lines: str, reader: Reader) -> tuple[dict[str, str], ...]:
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
