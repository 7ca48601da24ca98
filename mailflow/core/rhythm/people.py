"""Whom rhythm.yaml means: addresses, groups, and the roles that need no record. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailflow.core.directory import Department, Directory
from mailflow.core.policy import Policy

ALL = "all"


def people(expressions: Iterable[str], policy: Policy, now: datetime) -> tuple[str, ...]:
    """Their addresses now, deputies in place of who is away, each once, without ourselves."""
    found = dict.fromkeys(policy.present(each, now) for each in named(expressions, policy, now))
    return tuple(each for each in found if each and each not in policy.site.addresses)


def named(expressions: Iterable[str], policy: Policy, now: datetime) -> tuple[str, ...]:
    """Those who hold the roles themselves, present or not."""
    return tuple(dict.fromkeys(address for each in expressions for address in _named(each, policy, now) if address))


def _named(expression: str, policy: Policy, now: datetime) -> Iterator[str]:
    directory = policy.directory
    if "@" in expression:
        yield directory.person(expression).address
        return
    base, *steps = expression.split(".")
    match base:
        case "departments":
            chosen = directory.departments if steps[:1] == [ALL] else steps[:1]
            for name in chosen:
                yield from _above(_of(directory.department(name), steps[1:2], policy, now), steps[2:], directory)
        case "it":
            yield from _above(_of(directory.department(directory.it), steps[:1], policy, now), steps[1:], directory)
        case "admin":
            for address in policy.site.admin:
                yield from _above(address, steps, directory)
        case "overseer":
            yield from _above(directory.overseer, steps, directory)
        case _:
            for address in directory.groups.get(base, ()):
                yield from _above(address, steps, directory)


def _of(department: Department, step: list[str], policy: Policy, now: datetime) -> str:
    """Who holds a place in a department; one that nobody fills falls to the next above (P1.2)."""
    chain = (department.contact, department.head, department.leader)
    match (*step, "contact")[0]:
        case "leader":
            chain = (department.leader, department.head, department.contact)
        case "head" | "manager":
            chain = (department.head, department.leader, department.contact)
        case "on-call":
            on_call = policy.directory.on_call(department.id, policy.calendar("").local(now))
            chain = (on_call or department.contact, department.head, department.leader)
    return next((each for each in chain if each), "")


def _above(address: str, steps: list[str], directory: Directory) -> Iterator[str]:
    for step in steps:
        department = directory.department_of(address)
        manager = directory.person(address).manager
        match step:
            case "manager":
                address = manager or department.head
            case "head":
                address = department.head
            case "leader":
                address = department.leader
            case _:
                address = department.contact
    yield address
