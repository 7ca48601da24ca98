"""What a rule does: mails, transitions, fields, roles, signatures, tasks. Each action is one function on a Draft."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from mailflow.core.draft import Draft
from mailflow.core.model import Noted, Task, TaskChanged
from mailflow.core.triggers import Letter
from mailflow.core.workflow import (
    Action,
    Alter,
    Give,
    Goto,
    Reset,
    Send,
    SetField,
    Sign,
    Style,
)


def run(draft: Draft, actions: Sequence[Action], values: Mapping[str, str], task: Task | None = None) -> None:
    """Do what a rule says, in its order; `values` are the arguments that a command was given with."""
    for action in actions:
        if action.when is not None and not draft.holds(action.when, action.rule, task):
            continue
        match action:
            case Send():
                send(draft, action, values, task)
            case Goto():
                _goto(draft, action, values)
            case SetField():
                draft.set_field(action.name, _value(action.value, values), action.rule, action.rule)
            case Give():
                _give(draft, action, values, task)
            case Sign():
                _sign(draft, action, values)
            case Reset():
                draft.reset(action.agreement, action.rule)
            case Alter():
                _alter(draft, action, values, task)
            case _:
                assert_never(action)


def enter(draft: Draft, state: str, values: Mapping[str, str], rule: str) -> None:
    """Enter a state and do what its rules say on entering."""
    entered = draft.enter(state, rule)
    if entered:
        run(draft, entered.enter, values)


def send(draft: Draft, action: Send, values: Mapping[str, str], task: Task | None) -> None:
    """Write a mail by template. Where nobody holds the role, the admin gets it: a mail never falls on the floor."""
    record = draft.now_record
    if action.style is Style.REPLY:
        writer = draft.answers_to or draft.by
        to: tuple[str, ...] = (writer,) if writer else ()
    else:
        to = draft.people(action.to, task)
        if not to:
            optional = action.style is Style.TELL or _empty_by_nature(action.to, draft)
            if not optional:
                draft.change(Noted(f"nobody is {', '.join(action.to)}; the admin was told"), action.rule)
                to = draft.policy.site.admin
    urgent = action.urgent
    hit = urgent if isinstance(urgent, bool) else draft.holds(urgent, action.rule, task)
    # The urgent mark is for those who have to act (P0.12), not for whoever set it.
    marked = record.urgent and action.style is Style.NOTIFY and record.requester not in to
    draft.write(
        Letter(
            style=action.style,
            template=action.template,
            to=to,
            cc=() if action.style is Style.REPLY else draft.people(action.cc, task),
            rule=action.rule,
            record=record.id,
            task=task.number if task else 0,
            urgent=hit or marked,
            occurrence=draft.occurrence,
            attach=action.attach,
            values=dict(values),
        )
    )


def _empty_by_nature(roles: Sequence[str], draft: Draft) -> bool:
    """Whether these roles may mean nobody: fields nobody filled in, parties who have all answered."""
    workflow = draft.workflow
    fields = {each.name for each in workflow.fields}
    bases = {role.partition(".")[0] for role in roles}
    return all(
        base in fields or base in workflow.agreements or base in ("departments", "owners", "owner") for base in bases
    )


def _goto(draft: Draft, action: Goto, values: Mapping[str, str]) -> None:
    enter(draft, draft.previous() if action.state == "previous" else action.state, values, action.rule)


def _value(text: str, values: Mapping[str, str]) -> str:
    return values.get(text[1:], "") if text.startswith("$") else text


def _give(draft: Draft, action: Give, values: Mapping[str, str], task: Task | None) -> None:
    if action.to == "actor":
        draft.give(action.role, draft.by, action.rule)
    elif action.to.startswith("$"):
        draft.give(action.role, _value(action.to, values), action.rule)
    else:
        for address in draft.people((action.to,), task)[:1]:
            draft.give(action.role, address, action.rule)


def _sign(draft: Draft, action: Sign, values: Mapping[str, str]) -> None:
    reason = values.get("reason", "")
    if draft.sign(action.agreement, action.agrees, reason, action.rule):
        run(draft, draft.workflow.agreements[action.agreement].agreed, values)


def _alter(draft: Draft, action: Alter, values: Mapping[str, str], task: Task | None) -> None:
    if task is None:
        return
    changes = {name: _value(value, values) for name, value in action.values.items()}
    changes = {name: value for name, value in changes.items() if value}
    had_open = bool(draft.open_tasks())
    draft.change(TaskChanged(task.number, changes), action.rule)
    tasks = draft.workflow.tasks
    if tasks and had_open and not draft.open_tasks():
        run(draft, tasks.complete, values)
