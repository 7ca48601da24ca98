"""What a person may say by mail, role by role: the heart of the mail that introduces them to the mailbox. Pure."""

from collections.abc import Iterable, Iterator

from mailflow.core.commands import every_command
from mailflow.core.directory import Department, Directory
from mailflow.core.policy import Policy
from mailflow.core.role_words import AGREEMENT_STEPS, people_fields
from mailflow.core.showing.answers import blank_line
from mailflow.core.wording import list_text, role_text, text_of
from mailflow.core.workflow import Command, Workflow

# Roles may stand for roles, so deep at most.
_DEEP = 3
# Anybody can come to be one of these.
_ANYBODY = ("requester", "owner", "owners", "owing", "collaborators", "participants")


def duties(address: str, policy: Policy, language: str) -> tuple[dict[str, object], ...]:
    """For each role that a person holds, or may come to hold: the commands that it gives them, and in which kinds.

    A command that several of their roles give stands under the first of them; one of several kinds stands once.
    """
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for workflow in policy.kinds.values():
        said: set[str] = set()
        for command in every_command(workflow):
            line = blank_line(command, workflow, language)
            role = _role(address, command, workflow, policy.directory)
            if role is None or line in said:
                continue
            said.add(line)
            commands = found.setdefault(role_text(role, language, workflow), {})
            kinds = commands.setdefault((line, text_of(command.label, language)), [])
            kinds.append(text_of(workflow.label, language, workflow.kind))
    # What everybody may do comes first.
    everybodys = role_text(_ANYBODY[0], language)
    ordered = sorted(found.items(), key=lambda each: each[0] != everybodys)
    return tuple(
        {
            "role": role,
            "commands": tuple(
                {"line": line, "label": label, "kinds": list_text(kinds, language)}
                for (line, label), kinds in commands.items()
            ),
        }
        for role, commands in ordered
    )


def _role(address: str, command: Command, workflow: Workflow, directory: Directory) -> str | None:
    """The role by which a person may give a command, None when there is none."""
    return next((each for each in command.by if _holds(address, each, workflow, directory)), None)


def _holds(address: str, expression: str, workflow: Workflow, directory: Directory, depth: int = 0) -> bool:
    """Whether a person is, or may come to be, who a role expression means in some record."""
    if expression == address:
        return True
    base, *steps = expression.split(".")
    if base in workflow.agreements:
        steps = [each for each in steps if each not in AGREEMENT_STEPS]
        if not steps:
            parties = workflow.agreements[base].parties
            return depth < _DEEP and any(_holds(address, e, workflow, directory, depth + 1) for e in parties)
    if base == "it":
        return _in_it(address, steps[0] if steps else "contact", directory)
    if steps and base != "fields":
        return address in _places(steps[-1], directory.departments.values(), directory)
    if base in workflow.roles and depth < _DEEP:
        return any(_holds(address, each, workflow, directory, depth + 1) for each in workflow.roles[base])
    if base == "overseer":
        return address == directory.overseer
    if base in directory.groups:
        return address in directory.groups[base]
    return base in (*_ANYBODY, *people_fields(workflow))


def _in_it(address: str, step: str, directory: Directory) -> bool:
    department = directory.department(directory.it)
    if step == "contact":
        return address in (department.contact, *(each.it_contact for each in directory.departments.values()))
    return address in _places(step, [department], directory)


def _places(step: str, departments: Iterable[Department], directory: Directory) -> Iterator[str]:
    """Everyone who has this place in one of some departments."""
    match step:
        case "contact":
            yield from (each.contact for each in departments)
        case "leader":
            yield from (each.leader for each in departments)
        case "on-call":
            yield from (duty.address for each in departments for duty in each.on_call)
        case "manager":
            yield from (person.manager for person in directory.people.values())
            yield from (each.head for each in departments)
        case _:
            yield from (each.head for each in departments)
