"""How tasks come to be: what was read becomes one with its kind's defaults; one that is there already changes. Pure."""

from dataclasses import replace

from mailflow.core.changes import Change, TaskAdded, TaskChanged
from mailflow.core.directory import Directory
from mailflow.core.model import Record, Task
from mailflow.core.reading.items import Item
from mailflow.core.reading.text import fold
from mailflow.core.workflow import FieldType, Workflow

OWNERS = "owner"
"""The default of a field that is a department: the one of the task's owner."""


def task_of(item: Item) -> Task:
    """An item that was read, as a task without a number; what it lacks stands as its remark (P5.3)."""
    return Task(
        number=0,
        title=item.title,
        owner=item.owner,
        due=item.due,
        collaborators=item.collaborators,
        standard=item.standard,
        remark="; ".join(item.problems),
        fields=item.fields,
    )


def added(task: Task, record: Record, open_tasks: tuple[Task, ...], workflow: Workflow, directory: Directory) -> Change:
    """What adding a task does: the one with its title that has the same owner or none yet takes what is new of it."""
    for each in open_tasks:
        if fold(each.title) == fold(task.title) and each.owner in ("", task.owner):
            values = {"owner": task.owner, "due": task.due, "standard": task.standard}
            values = {**values, "origin": task.origin, **task.fields}
            news = {name: value for name, value in values.items() if value and value != held(each, name)}
            return TaskChanged(each.number, {**news, "remark": task.remark} if news else {})
    number = max((each.number for each in record.tasks), default=0) + 1
    return TaskAdded(replace(task, number=number, fields=_with_defaults(task, workflow, directory)))


def held(task: Task, name: str) -> str:
    """What a task has under a name, as text."""
    if name in task.fields:
        return task.fields[name]
    value = getattr(task, name, "")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _with_defaults(task: Task, workflow: Workflow, directory: Directory) -> dict[str, str]:
    found = dict(task.fields)
    for field in workflow.tasks.fields if workflow.tasks else ():
        default = field.default
        if field.type is FieldType.DEPARTMENTS and default == OWNERS:
            default = directory.person(task.owner).department if task.owner else ""
        if default:
            found.setdefault(field.name, default)
    return found
