"""What comes to a record without mail: another one or the rhythm opens it, another tells it something. Pure.

A confidential record tells others the bare fact, without words, people or tasks; except for another one that is
confidential, where whoever set it off belongs to that too. And it takes in nobody who does not belong to it (P0.7).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailflow.core.actions import enter, run
from mailflow.core.changes import Change, Concerned, Linked, Opened, Signalled
from mailflow.core.decision import Decision, Letter
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.rule import Alter, Style
from mailflow.core.showing.asking import insider
from mailflow.core.showing.reader import Reader, subject_of
from mailflow.core.triggers import RecordOpened, SignalGiven
from mailflow.core.workflow import OnSignal

OPEN_RULE = "open"
FIELD_RULE = "field"


def opened(trigger: RecordOpened, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision on a record that begins without mail; what would acknowledge it is told to its requester."""
    draft = Draft(policy, now, trigger.by, unasked=True, answers_to=trigger.requester, others=facts.others)
    language = policy.language_of(trigger.requester, trigger.language)
    draft.open(
        trigger.record_id,
        Opened(
            trigger.kind,
            trigger.title,
            trigger.requester,
            language,
            trigger.confidential,
            trigger.urgent,
            trigger.evidence,
            trigger.matter,
        ),
        OPEN_RULE,
    )
    for each in trigger.links:
        draft.change(Linked(each), OPEN_RULE)
    for address in _new(trigger.participants, draft):
        draft.change(Concerned(address), OPEN_RULE)
    for field in draft.workflow.fields:
        value = trigger.fields.get(field.name, "")
        if value:
            draft.set_field(field.name, value, trigger.evidence, FIELD_RULE)
        elif field.default and field.name not in draft.now_record.fields:
            draft.set_field(field.name, field.default, "default", FIELD_RULE)
    for role, address in trigger.roles.items():
        if role in draft.workflow.roles:
            draft.give(role, address, OPEN_RULE)
    tasks = draft.workflow.tasks
    for task in trigger.tasks if tasks else ():
        draft.add_task(task, OPEN_RULE)
    remarks = "\n".join(f"origin|{each.record}|" for each in trigger.links)
    enter(draft, draft.workflow.initial.name, {"remarks": remarks}, OPEN_RULE)
    for task in draft.open_tasks():
        if tasks and not task.complete:
            run(draft, tasks.incomplete, {"problem": task.remark}, task)
    draft.fresh = ()
    return draft.decision()


def told(trigger: SignalGiven, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision on a signal: the first line of the rules that is for it; none, and nothing happens."""
    given = disclosed(trigger, record, policy, now)
    draft = Draft(policy, now, given.by, record, unasked=True, signal=given, others=facts.others)
    task = _same_task(given, record)
    for handler in _handlers(draft):
        if handler.signal != given.name or handler.origin not in ("", given.kind):
            continue
        if task is None and any(isinstance(each, Alter) and each.each is None for each in handler.actions):
            continue  # it is about a task that is not here
        if draft.holds(handler.when, handler.rule, task):
            draft.change(Signalled(given.name, given.record, "taken"), handler.rule, draft.verdicts)
            run(draft, handler.actions, {**given.values, "record": given.record, "origin": given.record}, task)
            break
    return draft.decision()


def noted(record: Record, change: Change, rule: str, by: str, policy: Policy, now: datetime) -> Decision:
    """What became of something that this record wanted done to another, in its history."""
    draft = Draft(policy, now, by, record)
    draft.change(change, rule)
    return draft.decision()


def disclosed(given: SignalGiven, record: Record, policy: Policy, now: datetime) -> SignalGiven:
    """A signal as this record may hear it."""
    if not given.confidential and not record.confidential:
        return given
    subject = subject_of(Letter(Style.TELL, "", (), record=record.id), record, policy, now)

    def belongs(address: str) -> bool:
        return subject is not None and bool(address) and insider(Reader(address, "", policy, now), subject)

    if given.confidential:
        bare = not record.confidential or not belongs(given.by)
        return replace(given, values={}, tasks=(), participants=()) if bare else given
    tasks = tuple(each for each in given.tasks if belongs(each.owner))
    values = {name: value for name, value in given.values.items() if name != "requester"}
    return replace(given, values=values, tasks=tasks, participants=())


def _handlers(draft: Draft) -> tuple[OnSignal, ...]:
    """What the present state does on signals, and all states; what is over hears only what its state says."""
    return draft.state.signals if draft.state.final else (*draft.state.signals, *draft.workflow.signals)


def _same_task(given: SignalGiven, record: Record) -> Task | None:
    """The task here that is the one spoken of: taken over from it, or the one that it was taken over from."""
    if given.task is None:
        return None
    there = f"{given.record}#{given.task.number}"
    return next(
        (each for each in record.tasks if each.origin == there or given.task.origin == f"{record.id}#{each.number}"),
        None,
    )


def _new(people: Iterable[str], draft: Draft) -> tuple[str, ...]:
    ours = draft.policy.site.addresses
    known = draft.now_record.participants
    return tuple(each for each in dict.fromkeys(people) if each not in known and each not in ours)
