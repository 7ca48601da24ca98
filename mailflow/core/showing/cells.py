"""What a report's column says of a record or a task, as it is kept and as its reader would write it. Pure."""

from dataclasses import dataclass

from mailflow.core.model import Record, Task
from mailflow.core.roles import resolve
from mailflow.core.showing.reader import Reader
from mailflow.core.timers.deadlines import answer_by
from mailflow.core.wording import has_words, list_text, role_text, short_day, text_of, tongue, value_text
from mailflow.core.workflow import Field, FieldType, Labels, State, Tasks, Workflow

# What every record has, whatever its kind; a kind's fields and roles are columns under their own names besides.
RECORD_COLUMNS: dict[str, Labels] = {
    "id": {"zh": "编号", "en": "Number"},
    "kind": {"zh": "类别", "en": "Kind"},
    "title": {"zh": "内容", "en": "Title"},
    "requester": {"zh": "提出人", "en": "Requester"},
    "department": {"zh": "提出部门", "en": "Department"},
    "state": {"zh": "状态", "en": "State"},
    "since": {"zh": "状态起始", "en": "Since"},
    "opened": {"zh": "提出时间", "en": "Opened"},
    "closed": {"zh": "结束时间", "en": "Closed"},
    "due": {"zh": "期限", "en": "Due"},
    "responsible": {"zh": "当前负责", "en": "With"},
    "participants": {"zh": "参与人", "en": "Participants"},
    "links": {"zh": "关联", "en": "Links"},
    "urgent": {"zh": "紧急", "en": "Urgent"},
}
TASK_COLUMNS: dict[str, Labels] = {
    "task.number": {"zh": "序号", "en": "No."},
    "task.title": {"zh": "任务", "en": "Task"},
    "task.department": {"zh": "部门", "en": "Department"},
    "task.owner": {"zh": "负责人", "en": "Owner"},
    "task.collaborators": {"zh": "协作人", "en": "Collaborators"},
    "task.standard": {"zh": "验收标准", "en": "Standard"},
    "task.due": {"zh": "期限", "en": "Due"},
    "task.state": {"zh": "状态", "en": "State"},
    "task.finished": {"zh": "实际完成", "en": "Finished"},
    "task.percent": {"zh": "进度", "en": "Percent"},
    "task.remark": {"zh": "备注", "en": "Remark"},
}
_YES = {"zh": ("否", "是"), "en": ("no", "yes")}
_TASK_STATES = {
    "zh": {"open": "未开始", "working": "进行中", "done": "已完成", "at-risk": "有风险"},
    "en": {"open": "not started", "working": "in progress", "at-risk": "at risk"},
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` as it is kept, `text` for its reader; `rank` puts choices in the order of their list."""

    value: str
    text: str
    rank: int = 0


def cell(column: str, record: Record, task: Task | None, workflow: Workflow, reader: Reader) -> Cell:
    """What stands in a column; empty where a record has nothing to say there."""
    if column.startswith("task."):
        return _task_cell(column.removeprefix("task."), task, workflow, reader)
    field = workflow.field(column)
    if field is not None:
        return _field_cell(field, record.fields.get(column, ""), reader)
    if column in workflow.roles:
        return _people(resolve((column,), record, reader.policy, reader.now, task), reader)
    return _record_cell(column, record, workflow, reader)


def column_label(column: str, workflow: Workflow | None, language: str) -> str:
    """What a column is called: a field by its label, a role as the site's words have it."""
    name = column.removeprefix("task.")
    field = None
    if workflow is not None:
        field = workflow.task_field(name) if column.startswith("task.") else workflow.field(column)
    if field is not None:
        return text_of(field.label, language, name)
    known = RECORD_COLUMNS.get(column) or TASK_COLUMNS.get(column)
    if known is None and workflow is not None and has_words(column, workflow):
        words = role_text(column, language, workflow)
        return f"{words[:1].upper()}{words[1:]}"
    return known[tongue(language)] if known else name.replace("-", " ").capitalize()


def _record_cell(column: str, record: Record, workflow: Workflow, reader: Reader) -> Cell:
    state = workflow.states.get(record.state) or State(record.state)
    match column:
        case "id":
            return Cell(record.id, record.id)
        case "kind":
            return Cell(record.kind, text_of(workflow.label, reader.language, record.kind))
        case "title":
            return Cell(record.title, record.title)
        case "requester":
            return _people((record.requester,) if record.requester else (), reader)
        case "department":
            return _department(reader.policy.directory.person(record.requester).department, reader)
        case "state":
            rank = list(workflow.states).index(record.state) if record.state in workflow.states else 0
            return Cell(record.state, text_of(state.label, reader.language, record.state), rank)
        case "since":
            return _day(reader.day(record.visit.at), reader) if record.visits else Cell("", "")
        case "opened":
            return _day(reader.day(record.opened_at), reader)
        case "closed":
            return _day(reader.day(record.visit.at), reader) if record.visits and state.final else Cell("", "")
        case "due":
            found = answer_by(record, reader.policy, reader.now) if record.visits else None
            return _day(reader.day(found[0]), reader) if found else Cell("", "")
        case "responsible":
            return _people(resolve(state.responsible, record, reader.policy, reader.now), reader)
        case "participants":
            return _people(record.participants, reader)
        case "links":
            return _listed(tuple(each.record for each in record.links), reader)
        case "urgent":
            return Cell(str(record.urgent).lower(), _YES[tongue(reader.language)][record.urgent])
    return Cell("", "")


def _task_cell(name: str, task: Task | None, workflow: Workflow, reader: Reader) -> Cell:
    """What a kind gives its tasks goes before what every task has."""
    tasks = workflow.tasks
    if task is None or tasks is None:
        return Cell("", "")
    if (field := tasks.field(name)) is not None:
        return _field_cell(field, task.fields.get(name, ""), reader)
    match name:
        case "number":
            return Cell(str(task.number), str(task.number), task.number)
        case "owner":
            return _people((task.owner,) if task.owner else (), reader)
        case "department":
            return _department(reader.policy.directory.person(task.owner).department if task.owner else "", reader)
        case "collaborators":
            return _people(task.collaborators, reader)
        case "due":
            return _day(task.due, reader)
        case "percent":
            return Cell(str(task.percent), f"{task.percent}%", task.percent)
        case "state":
            return _task_state(task.state, tasks, reader)
        case "finished":
            ended = task.changed if task.state in tasks.done else None
            return _day(reader.day(ended.at), reader) if ended else Cell("", "")
        case "title" | "standard" | "remark":
            text: str = getattr(task, name)
            return Cell(text, text)
    return Cell("", "")


def _task_state(state: str, tasks: Tasks, reader: Reader) -> Cell:
    """As the kind calls it; sorted as the kind lists its states."""
    usual = _TASK_STATES[tongue(reader.language)].get(state, state)
    rank = list(tasks.states).index(state) if state in tasks.states else len(tasks.states)
    return Cell(state, text_of(tasks.states.get(state, {}), reader.language, usual), rank)


def _field_cell(field: Field, value: str, reader: Reader) -> Cell:
    rank = list(field.choices).index(value) if value in field.choices else len(field.choices)
    shown = short_day(value, reader.language) if field.type is FieldType.DATE else ""
    return Cell(value, shown or value_text(field, value, reader.policy, reader.language), rank)


def _people(addresses: tuple[str, ...], reader: Reader) -> Cell:
    return Cell(", ".join(addresses), reader.listed(addresses))


def _department(name: str, reader: Reader) -> Cell:
    return Cell(name, text_of(reader.policy.directory.department(name).name, reader.language, name))


def _listed(values: tuple[str, ...], reader: Reader) -> Cell:
    return Cell(", ".join(values), list_text(values, reader.language))


def _day(value: str, reader: Reader) -> Cell:
    return Cell(value, short_day(value, reader.language))
