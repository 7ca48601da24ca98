"""What a rule does: mails, transitions, fields, roles, signatures, tasks. Each action is one function on a Draft."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from mailflow.core.changes import Asked, Attends, Concerned, Linked, Noted, Sealed, TaskChanged
from mailflow.core.decision import Letter
from mailflow.core.draft import Draft
from mailflow.core.model import Link, Record, Task
from mailflow.core.outward import join, open_other, signal, taken_over
from mailflow.core.reading.canonical import canonical
from mailflow.core.roles import holders
from mailflow.core.rule import (
    Action,
    AddTasks,
    Alter,
    Attend,
    Give,
    Goto,
    Include,
    Involve,
    Join,
    LinkTo,
    Open,
    Reset,
    Seal,
    Send,
    SetField,
    Sign,
    Signal,
    Style,
)
from mailflow.core.tasks import held, task_of
from mailflow.core.timers import paces
from mailflow.core.workflow import FieldType


def run(draft: Draft, actions: Sequence[Action], values: Mapping[str, str], task: Task | None = None) -> None:
    """Do what a rule says, in its order; `values` are the arguments that a command was given with."""
    for action in actions:
        if task is not None:
            # As the actions before this one left it: a new owner is the one who is told (P0.9).
            task = draft.now_record.task(task.number) or task
        if action.when is not None and not draft.holds(action.when, action.rule, task, values):
            continue
        match action:
            case Send():
                send(draft, action, values, task, draft.met if action.when is not None else ())
            case Goto():
                _goto(draft, action, values)
            case SetField(name, value):
                # What a command need not be given, or a signal does not say, changes nothing.
                if not value.startswith("$") or value[1:] in values:
                    draft.set_field(name, _value(value, values), action.rule, action.rule)
            case Give():
                _give(draft, action, values, task)
            case Sign():
                _sign(draft, action, values)
            case Reset():
                draft.reset(action.agreement, action.rule)
            case Alter():
                _alter(draft, action, values, task)
            case AddTasks():
                _add(draft, action, values, task)
            case Include():
                _include(draft, action, values, task)
            case LinkTo():
                if record_id := _value(action.value, values):
                    draft.change(Linked(Link(record_id, action.relation)), action.rule)
            case Attend():
                _attend(draft, action, values)
            case Signal():
                signal(draft, action, values, task)
            case Join():
                join(draft, action)
            case Open():
                open_other(draft, action, values)
            case Seal(confidential):
                if draft.now_record.confidential != confidential:
                    draft.change(Sealed(confidential), action.rule)
            case Involve():
                _involve(draft, action, values, task)
            case _:
                assert_never(action)


def enter(draft: Draft, state: str, values: Mapping[str, str], rule: str) -> None:
    """Enter a state and do what its rules say on entering."""
    entered = draft.enter(state, rule)
    if entered:
        run(draft, entered.enter, values)


def send(
    draft: Draft, action: Send, values: Mapping[str, str], task: Task | None, met: tuple[Record, ...] = ()
) -> None:
    """Write a mail by template. Where nobody holds the role, the admin gets it: a mail never falls on the floor.

    `met` are the other records that its condition found.
    """
    record = draft.now_record
    reply = action.style is Style.REPLY
    to = _writer(draft) if reply else _readers(draft, action, values, task)
    if to is None:
        return
    urgent = _urgent(draft, action, to, values, task)
    if urgent and action.ack and to:
        before = record.asks.get(action.rule)
        # Sent on up the chain, it goes with a copy to whom it asked before.
        asked = (*before.to, *to) if before and action.cc == before.to else to
        draft.change(Asked(action.rule, tuple(dict.fromkeys(asked))), action.rule)
    draft.write(
        Letter(
            style=Style.TELL if reply and draft.unasked else action.style,
            template=action.template,
            to=to,
            cc=() if reply else draft.people(action.cc, task, values),
            rule=action.rule,
            record=record.id,
            task=task.number if task else 0,
            urgent=urgent,
            occurrence=draft.occurrence,
            attach=action.attach,
            values=dict(values),
            met=met,
            invite=action.invite,
        )
    )


def _writer(draft: Draft) -> tuple[str, ...]:
    """Whom a reply goes to; nobody where nobody wrote."""
    writer = draft.answers_to or ("" if draft.unasked else draft.by)
    return (writer,) if writer else ()


def _readers(draft: Draft, action: Send, values: Mapping[str, str], task: Task | None) -> tuple[str, ...] | None:
    """Whom a mail goes to that is no reply; None for an escalation from somebody above whom nobody is."""
    escalates = action.style is Style.ESCALATE
    to = draft.people(action.to, task, values, above=escalates)
    if to:
        return to
    if escalates and draft.people(action.to, task, values):
        draft.change(Noted(f"nobody is above whom {', '.join(action.to)} speaks of"), action.rule)
        return None
    if action.style in (Style.TELL, Style.REPORT) or _empty_by_nature(action.to, draft):
        return ()
    draft.change(Noted(f"nobody is {', '.join(action.to)}; the admin was told"), action.rule)
    return draft.policy.site.admin


def _urgent(draft: Draft, action: Send, to: Sequence[str], values: Mapping[str, str], task: Task | None) -> bool:
    """Whether a mail is urgent (P0.6): by its line, the record's mark or its pace; a reply, or `false`, never."""
    record, said = draft.now_record, action.urgent
    hit = bool(said) if said is None or isinstance(said, bool) else draft.holds(said, action.rule, task, values)
    # The urgent mark is for those who have to act (P0.12), not for whoever set it.
    marked = record.urgent and action.style is Style.NOTIFY and record.requester not in to
    paced = paces.urgent(record, draft.policy, draft.now)
    return action.style is not Style.REPLY and said is not False and (hit or marked or paced)


def _empty_by_nature(roles: Sequence[str], draft: Draft) -> bool:
    """Whether these roles may mean nobody: fields nobody filled in, parties who have all answered."""
    workflow = draft.workflow
    fields = {"fields", *(each.name for each in workflow.fields)}
    bases = {role.partition(".")[0] for role in roles}
    return all(
        base.startswith("$")
        or base in fields
        or base in workflow.agreements
        or base in ("departments", "unnamed", "owners", "owing", "owner", "collaborators", "task")
        for base in bases
    )


def _attend(draft: Draft, action: Attend, values: Mapping[str, str]) -> None:
    """What somebody answers to an invitation by words, and what the kind does on it."""
    said = Attends(draft.by, action.answer, _value(action.delegate, values), values.get("reason", ""))
    draft.change(said, action.rule)
    answered(draft, said, values)


def answered(draft: Draft, said: Attends, values: Mapping[str, str]) -> None:
    """What follows from an answer that is more than a plain yes (P6.4)."""
    event = draft.workflow.event
    if event is not None and said.answer != "accepted":
        who, instead = (draft.policy.directory.person(each) for each in (said.address, said.delegate))
        told = {
            "attendee": who.name or who.address,
            "attends": said.answer,
            "delegate": instead.name or instead.address,
            "proposed": said.proposed[:16].replace("T", " "),
            "text": said.comment,
        }
        run(draft, event.answered, {**values, **told})


def _goto(draft: Draft, action: Goto, values: Mapping[str, str]) -> None:
    enter(draft, draft.previous() if action.state == "previous" else action.state, values, action.rule)


def _value(text: str, values: Mapping[str, str]) -> str:
    return values.get(text[1:], "") if text.startswith("$") else text


def _give(draft: Draft, action: Give, values: Mapping[str, str], task: Task | None) -> None:
    if action.to == "actor":
        draft.give(action.role, draft.by, action.rule)
    elif action.to.startswith("$"):
        name, _, first = action.to.partition(".")
        if said := _value(name, values):
            draft.give(action.role, said.partition(", ")[0] if first else said, action.rule)
    else:
        for address in draft.people((action.to,), task)[:1]:
            draft.give(action.role, address, action.rule)


def _sign(draft: Draft, action: Sign, values: Mapping[str, str]) -> None:
    reason = values.get("reason", "")
    if draft.sign(action.agreement, action.agrees, reason, action.rule):
        run(draft, draft.workflow.agreements[action.agreement].agreed, values)


def _include(draft: Draft, action: Include, values: Mapping[str, str], task: Task | None) -> None:
    """Those who are named themselves, not who stands in for them now, where people are added by their role."""
    record, field = draft.now_record, draft.workflow.field(action.name)
    before = record.fields.get(action.name, "").split(", ")
    if field and field.type is FieldType.PEOPLE and not action.value.startswith("$"):
        more: Sequence[str] = holders((action.value,), record, draft.policy, draft.now, task)
    else:
        more = _value(action.value, values).split(", ")
    joined = dict.fromkeys(each for each in (*before, *more) if each)
    draft.set_field(action.name, ", ".join(joined), action.rule, action.rule)


def _involve(draft: Draft, action: Involve, values: Mapping[str, str], task: Task | None) -> None:
    """Those who are named themselves, not who stands in for them now; whom a role means as ever."""
    named = [part for who in action.who if who.startswith("$") for part in _value(who, values).split(", ")]
    meant = draft.people([who for who in action.who if not who.startswith("$")], task)
    for address in dict.fromkeys((*named, *meant)):
        if "@" in address and address not in draft.now_record.participants:
            draft.change(Concerned(address), action.rule)


def _alter(draft: Draft, action: Alter, values: Mapping[str, str], task: Task | None) -> None:
    had_open = bool(draft.open_tasks())
    wanted: Sequence[Task] = (task,) if task else ()
    if action.each is not None:
        wanted = [each for each in draft.open_tasks() if draft.holds(action.each, action.rule, each)]
    for each in wanted:
        said = {name: _task_value(draft, name, value, values) for name, value in action.values.items()}
        changes = {name: value for name, value in said.items() if value and value != held(each, name)}
        if changes:
            draft.change(TaskChanged(each.number, changes), action.rule)
    tasks = draft.workflow.tasks
    if tasks and had_open and not draft.open_tasks():
        run(draft, tasks.complete, values)


def _task_value(draft: Draft, name: str, said: str, values: Mapping[str, str]) -> str:
    """What a rule's `actor`, `today` or `$NAME` means for a task; in a field of the kind's own, as it keeps it."""
    field = draft.workflow.task_field(name)
    if said == "actor" and (name == "owner" or (field and field.type is FieldType.PERSON)):
        return draft.by
    today = draft.policy.calendar("").day_of(draft.now)
    if said == "today" and (name == "due" or (field and field.type is FieldType.DATE)):
        return today.isoformat()
    value = _value(said, values)
    return canonical(field, value, draft.policy, today)[0] if field and said.startswith("$") and value else value


def _add(draft: Draft, action: AddTasks, values: Mapping[str, str], task: Task | None) -> None:
    """Add tasks, and do what the rules say of each; what was taken over before is told to nobody again."""
    if action.listed:
        wanted = [task_of(item) for item in draft.items] or list(taken_over(draft, action.whole))
    else:
        wanted = [_spelt(draft, action, values, task)]
    known = {each.origin for each in draft.now_record.tasks if each.origin}
    for each in wanted:
        if each.origin not in known:
            draft.add_task(each, action.rule)
    announce(draft, values)


def announce(draft: Draft, values: Mapping[str, str]) -> None:
    """What the rules say of each task that was added since: a whole one, one without an owner or a date (P0.9)."""
    numbers, draft.fresh = dict.fromkeys(draft.fresh), ()
    tasks = draft.workflow.tasks
    for number in numbers:
        found = draft.now_record.task(number)
        if tasks and found:
            done = tasks.added if found.complete else tasks.incomplete
            run(draft, done, {**values, "problem": found.remark}, found)


def _spelt(draft: Draft, action: AddTasks, values: Mapping[str, str], task: Task | None) -> Task:
    """The task that a rule spells out."""
    said = {name: _value(value, values) for name, value in action.values.items()}
    owner, due = action.values.get("owner", ""), said.get("due", "")
    if owner == "actor":
        said["owner"] = draft.by
    elif owner:
        said["owner"] = next(iter(draft.people((owner,), task, values)), "")
    if due == "today":
        due = draft.policy.calendar("").day_of(draft.now).isoformat()
    return Task(
        number=0,
        title=said.get("title", "") or draft.now_record.title,
        owner=said.get("owner", ""),
        due=due,
        standard=said.get("standard", ""),
        remark=said.get("remark", ""),
        fields={
            name: value
            for name in action.values
            if draft.workflow.task_field(name) and (value := _task_value(draft, name, action.values[name], values))
        },
    )
