"""Role expressions as rule files have them (P11): `requester`, `it.contact`, `departments.head`, `approval.pending` …

An expression is a base and any number of steps, with dots between them.
"""

from mailflow.core.directory import Directory
from mailflow.core.workflow import FieldType, Workflow

STEPS = ("contact", "manager", "head", "leader", "on-call")
BASES = (
    "requester",
    "it",
    "departments",
    "owner",
    "owners",
    "owing",
    "collaborators",
    "participants",
    "admin",
    "overseer",
    "fields",
    "task",
    "attending",
    "unnamed",
)
# Of a field that a reply changed: whom it names that were not named before, and the other way round.
CHANGES = ("new", "gone")
# The first step after the name of an agreement.
AGREEMENT_STEPS = ("parties", "pending", "agreed")


def problem(expression: str, workflow: Workflow, directory: Directory) -> str:
    """What is wrong with a role expression, "" when nothing is."""
    base, *steps = expression.split(".")
    if "@" in expression or base.startswith("$"):
        return ""
    if base == "fields":
        return "" if steps and workflow.field(steps[0]) else f"there is no field '{'.'.join(steps)}'; write fields.NAME"
    if base == "task":
        return _task_problem(steps, workflow)
    if base in ("attending", "unnamed") and workflow.event is None:
        return "nobody is invited to records of this kind; write event: in this file"
    departments = department_fields(workflow)
    known = {*BASES, *workflow.roles, *directory.groups, *workflow.agreements, *people_fields(workflow), *departments}
    if base not in known:
        return f"unknown role '{base}'; roles here are {', '.join(sorted(known))}"
    if base in workflow.agreements and base not in BASES:
        if not steps or steps[0] not in AGREEMENT_STEPS:
            return f"write {base}.parties, {base}.pending or {base}.agreed"
        steps = steps[1:]
    if base in ("it", "departments", "unnamed", *departments) and not steps:
        return f"'{base}' is a department; write {base}.contact, {base}.head or {base}.leader"
    return _step_problem(steps)


def _step_problem(steps: list[str]) -> str:
    wrong = [step for step in steps if step not in STEPS]
    return f"unknown step '.{wrong[0]}'; steps are {', '.join(STEPS)}" if wrong else ""


def _task_problem(steps: list[str], workflow: Workflow) -> str:
    """What is wrong with `task.NAME` and its steps: a field of the kind's tasks that is people or departments."""
    fields = {
        each.name: each
        for each in (workflow.tasks.fields if workflow.tasks else ())
        if each.type in (FieldType.PERSON, FieldType.PEOPLE, FieldType.DEPARTMENTS)
    }
    if not steps or steps[0] not in fields:
        known = ", ".join(f"task.{name}" for name in fields) or "none here"
        return f"tasks have no people or departments called '{'.'.join(steps[:1])}'; such fields are {known}"
    if fields[steps[0]].type is FieldType.DEPARTMENTS and len(steps) == 1:
        return f"'task.{steps[0]}' is a department; write task.{steps[0]}.contact, or another step"
    return _step_problem(steps[1:])


def people_fields(workflow: Workflow) -> tuple[str, ...]:
    """The fields whose values are people: they are roles too."""
    return tuple(f.name for f in workflow.fields if f.type in (FieldType.PERSON, FieldType.PEOPLE))


def department_fields(workflow: Workflow) -> tuple[str, ...]:
    """The fields whose values are departments: with a step, they are roles of their own names."""
    return tuple(f.name for f in workflow.fields if f.type is FieldType.DEPARTMENTS)
