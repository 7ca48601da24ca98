"""Who a role expression (`core.role_words`) means: addresses, for one record, now (P1, P11).

It is settled when it is asked (P10), deputies included; a place in the chain that nobody fills falls to the next one
up (P1.2).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailflow.core.directory import Directory
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.role_words import BASES, CHANGES, department_fields
from mailflow.core.workflow import FieldType, Workflow

# Answers to an invitation by which whoever gives them does not come themselves.
STAYING = ("declined", "delegated")


@dataclass(frozen=True, slots=True)
class Scope:
    """Within which an expression is resolved, each once; `now` settles deputies and rosters.

    `above`: nobody is above themselves; where an expression ends with the head, that of a head is the leader in charge.
    """

    record: Record
    policy: Policy
    now: datetime
    task: Task | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    above: bool = False
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def meant(self, expression: str) -> tuple[str, ...]:
        """The addresses of those who hold a role themselves, present or not."""
        if expression not in self._known:
            self._known[expression] = tuple(_expression(expression, self))
        return self._known[expression]

    @property
    def held(self) -> "Scope":
        """The scope of those who hold the roles that an expression begins with, whoever is above them."""
        return replace(self, above=False) if self.above else self

    @property
    def workflow(self) -> Workflow:
        return self.policy.workflow(self.record.kind)

    @property
    def directory(self) -> Directory:
        return self.policy.directory


def resolve(
    expressions: Iterable[str],
    record: Record,
    policy: Policy,
    now: datetime,
    task: Task | None = None,
    values: Mapping[str, str] | None = None,
    *,
    above: bool = False,
) -> tuple[str, ...]:
    """The addresses that role expressions mean now, deputies in place of who is away, each once.

    `values` are the arguments of the command that was given, which `$NAME` means. `above`: as an escalation means
    them, which goes to nobody because they are their own head (P1.2).
    """
    return resolve_in(Scope(record, policy, now, task, values or {}, above), expressions)


def resolve_in(scope: Scope, expressions: Iterable[str]) -> tuple[str, ...]:
    """As `resolve`, where one scope is asked for many roles."""
    return tuple(dict.fromkeys(_present(address, scope) for each in expressions for address in scope.meant(each)))


def holders(
    expressions: Iterable[str], record: Record, policy: Policy, now: datetime, task: Task | None = None
) -> tuple[str, ...]:
    """As `resolve`, but those who hold the roles themselves, present or not."""
    return _holders(Scope(record, policy, now, task), expressions)


def _holders(scope: Scope, expressions: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for each in expressions for address in scope.meant(each)))


def may(
    address: str,
    expressions: Iterable[str],
    record: Record,
    policy: Policy,
    now: datetime,
    task: Task | None = None,
) -> bool:
    """Whether a person holds one of the roles, deputises for who does, or stands above them (P1.4)."""
    return may_in(Scope(record, policy, now, task), address, expressions)


def may_in(scope: Scope, address: str, expressions: Iterable[str]) -> bool:
    """As `may`, where one scope is asked for many roles."""
    who = scope.directory.person(address).address
    if scope.workflow.private:
        return within(who, scope.record, scope.policy, scope.now) and who in _there_or_not(expressions, scope)
    return any(
        who == holder or who == _present(holder, scope) or who in scope.directory.chain(holder)
        for holder in _holders(scope, expressions)
    )


def within(address: str, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a person is one of the few who may see a record of a private kind (P7.2): themselves or as a deputy, and
    nobody for standing above them. True of all other kinds."""
    private = policy.workflow(record.kind).private
    who = policy.directory.person(address).address
    return not private or who in _there_or_not(private, Scope(record, policy, now))


def _there_or_not(expressions: Iterable[str], scope: Scope) -> set[str]:
    """Those who hold roles, and who stands in for them now."""
    found = {address for each in expressions for address in scope.meant(each)}
    return found | {_present(address, scope) for address in found}


def stands_for(address: str, party: str, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a person may sign for one party of an agreement."""
    return may(address, (party,), record, policy, now)


def signatories(agreement: str, record: Record, policy: Policy, now: datetime) -> Mapping[str, str]:
    """Whose signatures an agreement wants: the key of each, and the role expression that gives it.

    A party is its expression; one that stands for each of several people (`each:`) is EXPRESSION=ADDRESS for
    every one of them. A party that nobody holds is not waited for.
    """
    found = {}
    agreed = policy.workflow(record.kind).agreements[agreement]
    for party in agreed.parties:
        people = holders((party,), record, policy, now)
        if party in agreed.each:
            found.update({f"{party}={address}": address for address in people})
        elif people:
            found[party] = party
    return found


def pending(agreement: str, record: Record, policy: Policy, now: datetime) -> tuple[str, ...]:
    """The parties of an agreement (keys of `signatories`) that have not agreed."""
    signatures = record.agreements.get(agreement, {})
    parties = signatories(agreement, record, policy, now)
    return tuple(p for p in parties if p not in signatures or not signatures[p].agrees)


def _present(address: str, scope: Scope) -> str:
    return scope.policy.present(address, scope.now)


def _expression(expression: str, scope: Scope) -> Iterable[str]:
    if "@" in expression:
        return (expression,)
    base, *steps = expression.split(".")
    if base.startswith("$"):
        changed = steps[:1] if steps and steps[0] in CHANGES else []
        return _said(scope.values.get(".".join([base[1:], *changed]), ""), steps[len(changed) :], scope)
    if base == "task":
        return _said(scope.task.fields.get(steps[0], "") if scope.task and steps else "", steps[1:], scope)
    if base == "fields":
        return _said(scope.record.fields.get(steps[0], "") if steps else "", steps[1:], scope)
    if base not in BASES and base in department_fields(scope.workflow):
        return _said(scope.record.fields.get(base, ""), steps, scope)
    if base in scope.workflow.agreements and base not in BASES:
        found = _agreement(base, steps[0] if steps else "parties", scope)
        steps = steps[1:]
    elif base == "it":
        return _stepped(_it(steps[0] if steps else "contact", scope), steps[1:], scope)
    elif base == "departments":
        return _stepped(_departments(steps[0] if steps else "contact", scope), steps[1:], scope)
    elif base == "unnamed":
        found = _departments(steps[0] if steps else "contact", scope, without=_named(scope))
        return _stepped(found, steps[1:], scope)
    else:
        found = _base(base, scope)
    return _stepped(found, steps, scope)


def _said(value: str, steps: list[str], scope: Scope) -> Iterable[str]:
    """Whom a value means: people by address, those of a department at a step (its contact), or a group."""
    found: list[str] = []
    for part in value.split(", "):
        if "@" in part:
            found += _stepped((part,), steps, scope)
        elif part in scope.directory.departments:
            first = _of_department(part, steps[0] if steps else "contact", scope)
            found += _stepped(first, steps[1:], scope)
        elif part in scope.directory.groups:
            found += _stepped(scope.directory.groups[part], steps, scope)
    return tuple(dict.fromkeys(found))


def _stepped(found: Iterable[str], steps: list[str], scope: Scope) -> Iterable[str]:
    for number, step in enumerate(steps, 1):
        where = scope if number == len(steps) else scope.held
        found = tuple(dict.fromkeys(above for each in found if (above := _step(each, step, where))))
    return found


def _base(base: str, scope: Scope) -> tuple[str, ...]:
    record = scope.record
    match base:
        case "requester" if record.requester in scope.directory.monitors:
            return _it("contact", scope)  # a machine has nobody to answer for it but who looks after it (P4.9)
        case "requester":
            return (record.requester,) if record.requester else ()
        case "participants":
            return record.participants
        case "owner":
            return (scope.task.owner,) if scope.task and scope.task.owner else ()
        case "collaborators":
            return scope.task.collaborators if scope.task else ()
        case "owners":
            return tuple(task.owner for task in record.tasks if task.owner)
        case "owing":
            done = scope.workflow.tasks.done if scope.workflow.tasks else ()
            return tuple(task.owner for task in record.tasks if task.owner and task.state not in done)
        case "attending":
            return _attending(scope)
        case "admin":
            return scope.policy.site.admin
        case "overseer":
            return (scope.directory.overseer,) if scope.directory.overseer else ()
    if record.roles.get(base):
        return tuple(record.roles[base].split(", "))
    if base in scope.workflow.roles:
        return tuple(a for each in scope.workflow.roles[base] for a in scope.held.meant(each))
    if base in scope.directory.groups:
        return scope.directory.groups[base]
    value = record.fields.get(base, "")
    return tuple(part for part in value.split(", ") if scope.policy.accepts(part))


def _attending(scope: Scope) -> tuple[str, ...]:
    """Who is invited to the event and does not stay away from it at its present time; whom they send instead."""
    event, record = scope.workflow.event, scope.record
    if event is None:
        return ()
    moved = record.marks.get(event.start)
    since = moved.entry if moved else 0

    def comes(address: str, seen: tuple[str, ...] = ()) -> str:
        """They themselves, whom they send, or nobody."""
        said = record.attendance.get(address) or record.attendance.get(_present(address, scope))
        if said is None or said.entry <= since or said.answer not in STAYING or said.delegate == address:
            return address
        return comes(said.delegate, (*seen, address)) if said.delegate and said.delegate not in seen else ""

    invited = (each for role in event.invited for each in scope.meant(role))
    return tuple(dict.fromkeys(who for each in invited if (who := comes(each))))


def _named(scope: Scope) -> set[str]:
    """The departments of those who are invited to the event or have answered for somebody."""
    event = scope.workflow.event
    invited = [each for role in (event.invited if event else ()) for each in _expression(role, scope)]
    return {scope.directory.person(each).department for each in (*invited, *scope.record.attendance)}


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


def _departments(step: str, scope: Scope, without: Collection[str] = ()) -> tuple[str, ...]:
    """One person of each department that the record's fields name, but for those of `without`."""
    names = [
        part
        for each in scope.workflow.fields
        if each.type is FieldType.DEPARTMENTS
        for part in scope.record.fields.get(each.name, "").split(", ")
        if part in scope.directory.departments and part not in without
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
    if scope.above and step in ("manager", "head", "leader"):
        leader = _of_department(person.department, "leader", scope)
        found = leader if found == (person.address,) else found
        found = () if leader == (person.address,) else found
    return found[0] if found else ""


def _filled(*candidates: str) -> tuple[str, ...]:
    return next(((each,) for each in candidates if each), ())


def _agreement(name: str, step: str, scope: Scope) -> tuple[str, ...]:
    signatures = scope.record.agreements.get(name, {})
    parties = signatories(name, scope.record, scope.policy, scope.now)
    match step:
        case "pending":
            wanted = [who for key, who in parties.items() if key not in signatures]
        case "agreed":
            wanted = [who for key, who in parties.items() if key in signatures and signatures[key].agrees]
        case _:
            wanted = list(parties.values())
    return tuple(dict.fromkeys(address for each in wanted for address in scope.held.meant(each)))
