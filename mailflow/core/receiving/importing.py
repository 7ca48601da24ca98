"""Rows of a spreadsheet to open records: what each column means, what a row says, and what is wrong with it. Pure.

An imported record begins in the state that its row names, and nobody is written to: what its rules say on entering
that state happened elsewhere. Its timers count from the import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mailflow.core.changes import Entered, Linked, Noted, Opened, RoleGiven
from mailflow.core.decision import Decision
from mailflow.core.draft import Draft
from mailflow.core.model import Link
from mailflow.core.policy import Policy
from mailflow.core.reading.canonical import canonical
from mailflow.core.reading.fields import labels_of
from mailflow.core.reading.lines import label_key
from mailflow.core.reading.text import fold
from mailflow.core.reading.values.dates import read_date
from mailflow.core.workflow import Field, FieldType, Workflow

IMPORT_RULE = "import"

# Columns that every kind has, by the words that head them.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("编号", "单号", "工单号", "序号", "number", "ticket", "id", "no"),
    "title": ("标题", "主题", "名称", "事项", "内容", "title", "subject", "summary"),
    "requester": ("提出人", "申请人", "报告人", "requester", "reporter", "from"),
    "state": ("状态", "当前状态", "state", "status"),
    "opened": ("提出日期", "提出时间", "创建时间", "登记日期", "opened", "created"),
}
_PERSON = Field("person", {}, type=FieldType.PERSON)


@dataclass(frozen=True, slots=True)
class Heads:
    """What the columns of a table mean, by their position; `unknown` are the heads that mean nothing here.

    `line` is the number of the head's row, from 1.
    """

    line: int
    common: Mapping[int, str]
    fields: Mapping[int, Field]
    roles: Mapping[int, str]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One open matter as its row tells it. `key` tells it from all others, also when the file is imported again."""

    line: int
    key: str
    title: str
    requester: str
    state: str
    number: str = ""
    opened: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def heads_of(rows: Sequence[Sequence[str]], workflow: Workflow, titles: Mapping[str, str]) -> Heads | None:
    """The first row that names a title and one more column; `titles` are more words for the roles of the kind."""
    labels = labels_of(workflow.fields)
    common = {label_key(word): name for name, words in _COLUMNS.items() for word in words}
    roles = {label_key(word): role for word, role in titles.items()}
    for line, row in enumerate(rows, start=1):
        keys = {position: label_key(cell) for position, cell in enumerate(row) if cell.strip()}
        fields = {position: labels[each] for position, each in keys.items() if each in labels}
        held = {p: roles[each] for p, each in keys.items() if each in roles and p not in fields}
        found = {p: common[each] for p, each in keys.items() if each in common and p not in (*fields, *held)}
        if "title" in found.values() and len(fields) + len(held) + len(found) > 1:
            unknown = tuple(row[p].strip() for p in keys if p not in (*fields, *held, *found))
            return Heads(line, found, fields, held, unknown)
    return None


def read_rows(
    rows: Sequence[Sequence[str]], heads: Heads, workflow: Workflow, policy: Policy, today: date
) -> tuple[Row, ...]:
    """The rows below the head, empty ones left out."""
    below = enumerate(rows[heads.line :], start=heads.line + 1)
    return tuple(_row(line, row, heads, workflow, policy, today) for line, row in below if any(map(str.strip, row)))


def import_row(row: Row, record_id: str, source: str, workflow: Workflow, policy: Policy, now: datetime) -> Decision:
    """The record that a row makes; ValueError for one with problems."""
    if row.problems:
        raise ValueError("; ".join(row.problems))
    draft = Draft(policy, now, "")
    since = f", opened {row.opened}" if row.opened else ""
    evidence = f"row {row.line} of {source}{since}"
    language = policy.language_of(row.requester, "")
    draft.open(record_id, Opened(workflow.kind, row.title, row.requester, language, evidence=evidence), IMPORT_RULE)
    for each in workflow.fields:
        if value := row.fields.get(each.name) or each.default:
            draft.set_field(each.name, value, "file" if each.name in row.fields else "default", IMPORT_RULE)
    for role, address in row.roles.items():
        draft.change(RoleGiven(role, address), IMPORT_RULE)
    if row.number:
        draft.change(Linked(Link(row.number, "ticket")), IMPORT_RULE)
    if since:
        draft.change(Noted(evidence), IMPORT_RULE)
    draft.change(Entered(row.state), IMPORT_RULE)
    return draft.decision()


def _row(line: int, row: Sequence[str], heads: Heads, workflow: Workflow, policy: Policy, today: date) -> Row:
    said = {name: row[p].strip() for p, name in heads.common.items() if p < len(row)}
    problems: list[str] = []
    requester = _person(said.get("requester", ""), "requester", policy, today, problems)
    if not requester and not problems:
        problems.append("there is no requester")
    if not said.get("title"):
        problems.append("there is no title")
    state = _state(said.get("state", ""), workflow, problems)
    opened = read_date(said.get("opened", "")[:100], today)
    fields = {}
    for position, each in heads.fields.items():
        text = row[position].strip() if position < len(row) else ""
        value, problem = canonical(each, text, policy, today) if text else ("", "")
        if value and not problem:
            fields[each.name] = value
        elif problem:
            problems.append(f"{each.name}: {problem}")
    roles = {
        role: _person(row[p], role, policy, today, problems)
        for p, role in heads.roles.items()
        if p < len(row) and row[p].strip()
    }
    return Row(
        line=line,
        key=f"{workflow.kind} {said.get('number') or fold(' '.join((said.get('title', ''), requester)))}",
        title=said.get("title", ""),
        requester=requester,
        state=state,
        number=said.get("number", ""),
        opened=opened.isoformat() if opened else "",
        fields=fields,
        roles={role: address for role, address in roles.items() if address},
        problems=tuple(problems),
    )


def _person(text: str, what: str, policy: Policy, today: date, problems: list[str]) -> str:
    """The address of the one person that a cell names; an unknown one counts by address only."""
    if not text.strip():
        return ""
    value, problem = canonical(_PERSON, text, policy, today)
    if problem and "@" not in value:
        problems.append(f"{what}: {problem}")
        return ""
    if value and not policy.accepts(value):  # they would get its mails (P1.8)
        problems.append(f"{what}: {value} is nobody of this site; accept_from in site.yaml says who is")
        return ""
    return value


def _state(text: str, workflow: Workflow, problems: list[str]) -> str:
    """The state that a cell names, by name or label; the first one of the kind when it names none."""
    if not text:
        return workflow.initial.name
    for each in workflow.states.values():
        if fold(text) in {fold(each.name), *map(fold, each.label.values())}:
            if each.final:
                problems.append(f"it is over ({text})")
            return each.name
    open_states = ", ".join(each.name for each in workflow.states.values() if not each.final)
    problems.append(f"unknown state '{text}'; states are {open_states}")
    return ""
