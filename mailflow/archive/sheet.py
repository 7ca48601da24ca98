"""The sheet of a record for people: what it is, its tasks, its mails, its history, as sections of rows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow.archive.words import word
from mailflow.core.changes import Entry
from mailflow.core.model import Record
from mailflow.core.showing.cells import TASK_COLUMNS, cell, column_label
from mailflow.core.showing.reader import Reader
from mailflow.core.wording import list_text, role_text, text_of, value_text
from mailflow.core.workflow import Workflow
from mailflow.report.history import change_text

_FACTS = ("kind", "state", "since", "requester", "department", "responsible", "opened", "closed", "due")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and the files of the folder that it leads to, by their paths in it."""

    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading; without `columns` each is a label and a value."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What people open: `made` says when it was made, in the reader's words."""

    title: str
    language: str
    made: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the folder: `files` are its own file and what was attached to it."""

    at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    files: tuple[str, ...]


def sheet(record: Record, history: Sequence[Entry], letters: Sequence[Letter], reader: Reader) -> Sheet:
    """All of a record; sections without rows are left out."""
    workflow = reader.policy.kinds.get(record.kind) or Workflow(record.kind, "", (), {}, {})
    found = (
        Section(word("record", reader.language), (), _rows(_facts(record, workflow, reader))),
        Section(word("fields", reader.language), (), _rows(_fields(record, workflow, reader))),
        _agreements(record, workflow, reader),
        _tasks(record, workflow, reader),
        _letters(letters, reader),
        _history(history, reader),
    )
    made = word("made", reader.language) + reader.moment(reader.now)
    title = f"{record.id} {record.title}"
    return Sheet(title, reader.language, made, tuple(each for each in found if each.rows))


def minute(moment: datetime, reader: Reader) -> str:
    """A moment for a narrow column, by the site's clock: 2026-11-23 10:00."""
    return f"{moment.astimezone(reader.zone):%Y-%m-%d %H:%M}"


def fact(name: str, record: Record, workflow: Workflow, reader: Reader) -> str:
    """What every record has, in words; moments with their year, as folders are kept for long."""
    found = cell(name, record, None, workflow, reader)
    if name == "opened":
        return minute(record.opened_at, reader)
    if name in ("since", "closed") and found.value:
        return minute(record.visit.at, reader)
    return found.value if name == "due" else found.text


def _rows(rows: Iterator[tuple[str, ...]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(Cell(each) for each in row) for row in rows)


def _facts(record: Record, workflow: Workflow, reader: Reader) -> Iterator[tuple[str, str]]:
    for name in _FACTS:
        text = fact(name, record, workflow, reader)
        if text:
            yield column_label(name, None, reader.language), text
    for mark in ("urgent", "confidential"):
        if getattr(record, mark):
            yield (
                column_label("urgent", None, reader.language) if mark == "urgent" else word(mark, reader.language),
                word("yes", reader.language),
            )
    for role, holders in record.roles.items():
        yield role_text(role, reader.language, workflow), reader.listed(each for each in holders.split(", ") if each)
    for name in ("participants", "links"):
        text = cell(name, record, None, workflow, reader).text
        if text:
            yield column_label(name, None, reader.language), text


def _fields(record: Record, workflow: Workflow, reader: Reader) -> Iterator[tuple[str, str]]:
    """In the order of the rule file; those that it does not know any more as they are kept."""
    for field in workflow.fields:
        if record.fields.get(field.name):
            label = text_of(field.label, reader.language, field.name)
            yield label, value_text(field, record.fields[field.name], reader.policy, reader.language, reader.zone)
    yield from ((name, value) for name, value in record.fields.items() if value and workflow.field(name) is None)


def _agreements(record: Record, workflow: Workflow, reader: Reader) -> Section:
    language = reader.language
    rows = []
    for name, signed in record.agreements.items():
        called = text_of(workflow.labels.get(name, {}), language, name)
        for key, answer in signed.items():
            said = word("agrees" if answer.agrees else "disagrees", language)
            party = role_text(key.partition("=")[0], language, workflow)
            at = minute(answer.at, reader) if answer.at else ""
            rows.append((called, party, reader.name(answer.address), said, answer.reason, at))
    columns = tuple(word(each, language) for each in ("agreement", "party", "by", "answer", "reason", "at"))
    return Section(word("agreements", language), columns, _rows(iter(rows)))


def _tasks(record: Record, workflow: Workflow, reader: Reader) -> Section:
    """Every column in which some task says something."""
    own = [f"task.{field.name}" for field in (workflow.tasks.fields if workflow.tasks else ())]
    names = list(dict.fromkeys((*TASK_COLUMNS, *own)))
    rows = [[cell(name, record, task, workflow, reader).text for name in names] for task in record.tasks]
    kept = [index for index in range(len(names)) if any(row[index] for row in rows)]
    columns = tuple(column_label(names[index], workflow, reader.language) for index in kept)
    return Section(word("tasks", reader.language), columns, _rows(tuple(row[index] for index in kept) for row in rows))


def _letters(letters: Sequence[Letter], reader: Reader) -> Section:
    columns = tuple(word(each, reader.language) for each in ("at", "from", "to", "subject", "text", "files"))
    rows = tuple(
        (
            Cell(minute(each.at, reader)),
            Cell(_name(each.sender, reader)),
            Cell(list_text([_name(address, reader) for address in each.to], reader.language)),
            Cell(each.subject),
            Cell(each.text),
            Cell("\n".join(file.rpartition("/")[2] for file in each.files), each.files),
        )
        for each in letters
    )
    return Section(word("mails", reader.language), columns, rows)


def _name(address: str, reader: Reader) -> str:
    site = reader.policy.site
    return text_of(site.name, reader.language, address) if address in site.addresses else reader.name(address)


def _history(history: Sequence[Entry], reader: Reader) -> Section:
    calendar = reader.policy.calendar("")
    columns = tuple(word(each, reader.language) for each in ("number", "at", "who", "what", "rule"))
    rows = (
        (
            str(each.number),
            minute(each.at, reader),
            reader.name(each.by) if each.by else word("clock", reader.language),
            change_text(each.change, calendar),
            each.rule,
        )
        for each in history
    )
    return Section(word("history", reader.language), columns, _rows(rows))
