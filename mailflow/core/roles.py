"""Role expressions: `requester`, `it.contact`, `departments.head`, `approval.pending.leader` … to addresses (P1, P11).

An expression is a base and any number of steps. Who a role means is settled when it is asked (P10),
deputies included; a place in the chain that nobody fills falls to the next one up (P1.2).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.directory import Directory
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.workflow import FieldType, Workflow

STEPS = ("contact", "manager", "head", "leader", "on-call")
BASES = ("requester", "it", "departments", "owner", "owners", "participants", "admin", "overseer")
AGREEMENT_STEPS = ("parties", "pending", "agreed")


@dataclass(frozen=True, slots=True)
class Scope:
    """Within which an expression is resolved; `now` settles deputies and rosters."""

    record: Record
    policy: Policy
    now: datetime
    task: Task | None = None

    @property
    def workflow(self) -> Workflow:
        return self.policy.workflow(self.record.kind)

    @property
    def directory(self) -> Directory:
        return self.policy.directory


def resolve(
    expressions: Iterable[str], record: Record, policy: Policy, now: datetime, task: Task | None = None
) -> tuple[str, ...]:
    """The addresses that role expressions mean now, deputies in place of who is away, each once."""
    scope = Scope(record, policy, now, task)
    found = (_present(address, scope) for each in expressions for address in _expression(each, scope))
    return tuple(dict.fromkeys(found))


def holders(
    expressions: Iterable[str], record: Record, policy: Policy, now: datetime, task: Task | None = None
) -> tuple[str, ...]:
    """As `resolve`, but those who hold the roles themselves, present or not."""
    scope = Scope(record, policy, now, task)
    return tuple(dict.fromkeys(address for each in expressions for address in _expression(each, scope)))


def may(
    address: str,
    expressions: Iterable[str],
    record: Record,
    policy: Policy,
    now: datetime,
    task: Task | None = None,
) -> bool:
    """Whether a person holds one of the roles, deputises for who does, or stands above them (P1.4)."""
    who = policy.directory.person(address).address
    scope = Scope(record, policy, now, task)
    for holder in holders(expressions, record, policy, now, task):
        if who == holder or who == _present(holder, scope) or who in policy.directory.above(holder):
            return True
    return False


def stands_for(address: str, party: str, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a person may sign for one party of an agreement."""
    return may(address, (party,), record, policy, now)


def problem(expression: str, workflow: Workflow, directory: Directory) -> str:
    """What is wrong with a role expression, "" when nothing is."""
    base, *steps = expression.split(".")
    if "@" in expression:
        return ""
    known = {*BASES, *workflow.roles, *directory.groups, *workflow.agreements, *people_fields(workflow)}
    if base not in known:
        return f"unknown role '{base}'; roles here are {', '.join(sorted(known))}"
    allowed: tuple[str, ...] = STEPS
    if base in workflow.agreements and base not in BASES:
        if not steps or steps[0] not in AGREEMENT_STEPS:
            return f"write {base}.parties, {base}.pending or {base}.agreed"
        steps = steps[1:]
    if base in ("it", "departments") and not steps:
        return f"'{base}' is a department; write {base}.contact, {base}.head or {base}.leader"
    wrong = [step for step in steps if step not in allowed]
    return f"unknown step '.{wrong[0]}'; steps are {', '.join(allowed)}" if wrong else ""


def people_fields(workflow: Workflow) -> tuple[str, ...]:
    """The fields whose values are people: they are roles too."""
    return tuple(f.name for f in workflow.fields if f.type in (FieldType.PERSON, FieldType.PEOPLE))


def pending(agreement: str, record: Record, policy: Policy) -> tuple[str, ...]:
    """The parties (expressions) of an agreement that have not agreed."""
    signatures = record.agreements.get(agreement, {})
    parties = policy.workflow(record.kind).agreements[agreement].parties
    return tuple(p for p in parties if p not in signatures or not signatures[p].agrees)


def unanswered(agreement: str, record: Record, policy: Policy) -> tuple[str, ...]:
    """The parties (expressions) of an agreement that have not answered at all."""
    signatures = record.agreements.get(agreement, {})
    return tuple(p for p in policy.workflow(record.kind).agreements[agreement].parties if p not in signatures)


def _present(address: str, scope: Scope) -> str:
    local = scope.policy.calendar_of(address).day_of(scope.now)
    present = scope.directory.deputised(address, local)
    deputy = scope.directory.person(present).deputy
    return deputy if present in scope.policy.unreachable and deputy else present


def _expression(expression: str, scope: Scope) -> Iterable[str]:
    if "@" in expression:
        return (expression,)
    base, *steps = expression.split(".")
    if base in scope.workflow.agreements and base not in BASES:
        found = _agreement(base, steps[0] if steps else "parties", scope)
        steps = steps[1:]
    elif base == "it":
        return _stepped(_it(steps[0] if steps else "contact", scope), steps[1:], scope)
    elif base == "departments":
        return _stepped(_departments(steps[0] if steps else "contact", scope), steps[1:], scope)
    else:
        found = _base(base, scope)
    return _stepped(found, steps, scope)


def _stepped(found: Iterable[str], steps: list[str], scope: Scope) -> Iterable[str]:
    for step in steps:
        found = tuple(dict.fromkeys(above for each in found if (above := _step(each, step, scope))))
    return found


def _base(base: str, scope: Scope) -> tuple[str, ...]:
    record = scope.record
    match base:
        case "requester":
            return (record.requester,) if record.requester else ()
        case "participants":
            return record.participants
        case "owner":
            return (scope.task.owner,) if scope.task and scope.task.owner else ()
        case "owners":
            return tuple(task.owner for task in record.tasks if task.owner)
        case "admin":
            return scope.policy.site.admin
        case "overseer":
            return (scope.directory.overseer,) if scope.directory.overseer else ()
    if record.roles.get(base):
        return (record.roles[base],)
    if base in scope.workflow.roles:
        return tuple(a for each in scope.workflow.roles[base] for a in _expression(each, scope))
    if base in scope.directory.groups:
        return scope.directory.groups[base]
    value = record.fields.get(base, "")
    return tuple(part for part in value.split(", ") if "@" in part)


def _it(step: str, scope: Scope) -> tuple[str, ...]:
    """IT's people for this requester: its contact for their department, else its default one (P1.1)."""
    directory = scope.directory
    contact = directory.department_of(scope.record.requester).it_contact
    department = directory.department(directory.it)
    if step == "on-call":
        on_call = directory.on_call(department.id, scope.policy.calendar("").local(scope.now))
        return _filled(on_call, contact, department.contact, department.head, department.leader)
    if step == "contact":
        return _filled(contact, department.contact, department.head, department.leader)
    if step == "leader":
        return _filled(department.leader, department.head)
    return _filled(department.head, department.leader, department.contact)


def _departments(step: str, scope: Scope) -> tuple[str, ...]:
    """One person of each department that the record's fields name."""
    names = [
        part
        for each in scope.workflow.fields
        if each.type is FieldType.DEPARTMENTS
        for part in scope.record.fields.get(each.name, "").split(", ")
        if part in scope.directory.departments
    ]
    return tuple(a for name in dict.fromkeys(names) for a in _of_department(name, step, scope))


def _of_department(name: str, step: str, scope: Scope) -> tuple[str, ...]:
    department = scope.directory.department(name)
    match step:
        case "contact":
            return _filled(department.contact, department.head, department.leader)
        case "leader":
            return _filled(department.leader, department.head)
        case "on-call":
            on_call = scope.directory.on_call(name, scope.policy.calendar("").local(scope.now))
            return _filled(on_call, department.contact, department.head)
        case _:
            return _filled(department.head, department.leader, department.contact)


def _step(address: str, step: str, scope: Scope) -> str:
    person = scope.directory.person(address)
    if step == "manager" and person.manager:
        return person.manager
    found = _of_department(person.department, "head" if step == "manager" else step, scope)
    return found[0] if found else ""


def _filled(*candidates: str) -> tuple[str, ...]:
    return next(((each,) for each in candidates if each), ())


def _agreement(name: str, step: str, scope: Scope) -> tuple[str, ...]:
    signatures = scope.record.agreements.get(name, {})
    parties = scope.workflow.agreements[name].parties
    match step:
        case "pending":
            parties = unanswered(name, scope.record, scope.policy)
        case "agreed":
            parties = tuple(p for p in parties if p in signatures and signatures[p].agrees)
    return tuple(dict.fromkeys(address for each in parties for address in _expression(each, scope)))
