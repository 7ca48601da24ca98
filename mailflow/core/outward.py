"""What a rule wants done to other records: signals on their way, records to be opened; and what is taken over. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mailflow.core.changes import Concerned
from mailflow.core.decision import Told, Wanted
from mailflow.core.draft import Draft
from mailflow.core.model import CONTINUED, CONTINUES, TICKET, Link, Task
from mailflow.core.policy import Policy
from mailflow.core.reading.canonical import canonical
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Join, Open, Signal
from mailflow.core.triggers import RecordOpened, SignalGiven
from mailflow.core.wording import text_of, value_text
from mailflow.core.workflow import Field, FieldType, Workflow

ORIGIN = "origin"
OPEN_TASK = "open"


def signal(draft: Draft, action: Signal, values: Mapping[str, str], task: Task | None) -> None:
    """Tell other records; with `each`, once for every open task that meets it."""
    spoken_of: tuple[Task | None, ...] = (task,)
    if action.each is not None:
        spoken_of = tuple(each for each in draft.open_tasks() if draft.holds(action.each, action.rule, each))
    for spoken in spoken_of:
        for record_id in dict.fromkeys(_targets(draft, action, values, spoken)):
            if record_id != draft.now_record.id:
                draft.signals.append(Told(record_id, _given(draft, action, values, spoken), action.rule))


def _given(draft: Draft, action: Signal, values: Mapping[str, str], task: Task | None) -> SignalGiven:
    record = draft.now_record
    said = {name: _value(value, draft, values) for name, value in action.values.items()}
    return SignalGiven(
        action.name,
        record.id,
        record.kind,
        {"title": record.title, "requester": record.requester, **{name: text for name, text in said.items() if text}},
        draft.open_tasks(),
        record.participants,
        task,
        draft.by,
        record.confidential,
    )


def _value(text: str, draft: Draft, values: Mapping[str, str]) -> str:
    """`$NAME` is an argument of the command, or else a field."""
    if not text.startswith("$"):
        return text
    return values.get(text[1:]) or draft.now_record.fields.get(text[1:], "")


def _targets(draft: Draft, action: Signal, values: Mapping[str, str], task: Task | None) -> Iterator[str]:
    record = draft.now_record
    for target in action.to:
        base, _, name = target.partition(".")
        if base == "links":
            yield from (
                each.record for each in record.links if (each.relation == name if name else each.relation != TICKET)
            )
        elif base == "fields":
            yield from _ids(record.fields.get(name, ""))
        elif target == "task.origin":
            yield from _ids(task.origin.partition("#")[0] if task else "")
        else:
            yield from _ids(values.get(target[1:], ""))


def _ids(text: str) -> Iterator[str]:
    return (each.strip() for each in text.split(",") if each.strip())


def join(draft: Draft, action: Join) -> None:
    """Take over the people of the record that gave the signal."""
    known = (*draft.now_record.participants, *draft.policy.site.addresses)
    for address in draft.signal.participants if draft.signal else ():
        if address not in known:
            draft.change(Concerned(address), action.rule)


def taken_over(draft: Draft, whole: bool) -> tuple[Task, ...]:
    """The tasks of the record that gave the signal, less those that came from here; `whole`: with owner and date."""
    given = draft.signal
    if given is None:
        return ()
    here = f"{draft.now_record.id}#"
    return tuple(
        came_over(each, given.record, draft.workflow)
        for each in given.tasks
        if not each.origin.startswith(here) and (each.complete or not whole)
    )


def came_over(task: Task, record_id: str, workflow: Workflow) -> Task:
    """A task of another record as one that begins in a record of this kind, with the fields that its tasks have."""
    fields = {name: value for name, value in task.fields.items() if workflow.task_field(name)}
    bare = Task(0, task.title, task.owner, task.due, OPEN_TASK, task.percent, task.collaborators, task.standard)
    return replace(bare, remark=task.remark, origin=f"{record_id}#{task.number}", fields=fields)


def open_other(draft: Draft, action: Open, values: Mapping[str, str]) -> None:
    """Want a record of another kind, or another of this one; as confidential as this one is (P0.7)."""
    record, policy = draft.now_record, draft.policy
    kind = values.get(action.kind[1:], "") if action.kind.startswith("$") else action.kind
    workflow = policy.kinds.get(kind)
    if workflow is None:
        return
    requester = next(iter(draft.people((action.requester,), None, values)), record.requester)
    title = values.get(action.title[1:], "") if action.title.startswith("$") else action.title
    opened = RecordOpened(
        record_id="",
        kind=kind,
        title=title or record.title,
        requester=requester,
        language=record.language,
        confidential=record.confidential,
        urgent=record.urgent,
        fields=_fields(draft, action, workflow),
        participants=record.participants if action.all else (),
        tasks=tuple(came_over(each, record.id, workflow) for each in draft.open_tasks()) if action.all else (),
        links=(Link(record.id, CONTINUES if action.relation == CONTINUED else ORIGIN),),
        by=draft.by,
        evidence=record.id,
    )
    draft.opens.append(Wanted(opened, action.relation, action.rule))


def _fields(draft: Draft, action: Open, workflow: Workflow) -> dict[str, str]:
    """The fields that come along: those of the same name, or else of the same label, as far as they can be read.

    What has no place there stands, line by line, in the field that takes the writer's own words, so that nothing
    the requester said is lost.
    """
    found: dict[str, str] = {}
    rest: list[str] = []
    for field in draft.workflow.fields:
        value = draft.now_record.fields.get(field.name, "")
        if value and (action.all or field.name in action.copy):
            there = workflow.field(field.name) or _alike(field, workflow)
            text = _carried(value, field, there, draft.policy, draft) if there else ""
            if there and text:
                found.setdefault(there.name, text)
            elif action.all and value != field.default:
                label = text_of(field.label, draft.now_record.language, field.name)
                rest.append(f"{label}: {value_text(field, value, draft.policy, draft.now_record.language)}")
    body = next((each.name for each in workflow.fields if each.body), "")
    if body and rest:
        found.setdefault(body, "\n".join(rest))
    return found


def _alike(field: Field, workflow: Workflow) -> Field | None:
    said = _words(field)
    return next((each for each in workflow.fields if said & _words(each)), None)


def _words(field: Field) -> frozenset[str]:
    return frozenset(folded(each) for each in (*field.label.values(), *field.aliases))


def _carried(value: str, field: Field, there: Field, policy: Policy, draft: Draft) -> str:
    """A field's value as that of another field; "" when it cannot be one."""
    if field.type is there.type and field.type is not FieldType.CHOICE:
        return value
    if there.type is FieldType.CHOICE and value in there.choices:
        return value
    words = field.choices.get(value, ())
    text = words[0] if words else value
    today = policy.calendar("").day_of(draft.now)
    return canonical(there, text, policy, today)[0]
