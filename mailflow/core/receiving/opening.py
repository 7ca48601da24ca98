"""A message that begins a record: what it says is read, the record opened, its first rules carried out. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailflow.core.actions import enter, run
from mailflow.core.changes import Joined, Linked, Opened
from mailflow.core.decision import Decision, Filed
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.model import Link, Record
from mailflow.core.policy import Policy
from mailflow.core.reading.alarms import matter_of
from mailflow.core.reading.fields import Reading, read_fields
from mailflow.core.reading.hints import foreign_numbers, lacks_attachment, original_sender
from mailflow.core.reading.items import read_items
from mailflow.core.receiving.questions import on_behalf
from mailflow.core.receiving.severity import begun
from mailflow.core.receiving.writers import answerable, cap_replies, message_values, sender_of
from mailflow.core.role_words import people_fields
from mailflow.core.roles import may
from mailflow.core.tasks import task_of
from mailflow.core.triggers import MailReceived
from mailflow.mail.model import Mail

OPEN_RULE = "open"
JOIN_RULE = "join"
FIELD_RULE = "field"
ITEM_RULE = "item"
LINK_RULE = "link"


def open_record(trigger: MailReceived, thread: Record | None, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision on a message that begins a record."""
    mail, found = trigger.mail, trigger.classification
    sender = sender_of(mail, policy)
    assert found.kind is not None  # incoming.opens_record says so
    draft = Draft(policy, now, sender, others=facts.others)
    requester = _requester(mail, sender, policy)
    language = policy.language_of(requester, mail.language)
    evidence = "; ".join(found.evidence)
    machines = draft.policy.workflow(found.kind).machines if sender in policy.directory.monitors else None
    matter = matter_of(mail, machines) if machines else ""
    draft.open(
        trigger.record_id,
        Opened(found.kind, found.title, requester, language, found.confidential, found.urgent, evidence, matter),
        OPEN_RULE,
    )
    draft.change(Joined(mail.digest, mail.message_id, sender), JOIN_RULE)
    draft.answers_to = requester
    if machines:
        begun(draft, mail, machines)
    unclear = read(draft, _without_name(trigger, policy), defaults=True)
    link(draft, trigger, thread, facts)
    remarks = {
        "remarks": "\n".join(
            (
                *_about_tags(trigger),
                *about_fields(unclear),
                *_about_people(draft),
                *_about_attachments(mail),
                *about_files(trigger),
            )
        )
    }
    enter(draft, draft.workflow.initial.name, {**message_values(mail), **remarks}, OPEN_RULE)
    tasks = draft.workflow.tasks
    for task in draft.open_tasks() if tasks else ():
        if tasks and not task.complete:
            run(draft, tasks.incomplete, {"problem": task.remark}, task)
    draft.fresh = ()
    cap_replies(draft, facts, answerable(mail, policy))
    return draft.decision(Filed(trigger.record_id))


def read(draft: Draft, trigger: MailReceived, *, defaults: bool) -> list[Reading]:
    """Set the fields that a message gives and its writer may set; returns what was not understood.

    What stands filled in inside a quote is older than what the record holds by now. With `defaults` the
    message begins the record: fields get their defaults, and its items are read.
    """
    policy, workflow = draft.policy, draft.workflow
    today = policy.calendar("").day_of(draft.now)
    readings = read_fields(trigger.mail, workflow.fields, policy, today, trigger.tables, trigger.told)
    if not defaults:
        bodies = {each.name for each in workflow.fields if each.body}
        held = draft.now_record.fields
        # A quote is older than the record: what stands in it fills gaps, and changes nothing.
        readings = tuple(
            r
            for r in readings
            if not (r.where == "body" and r.name in bodies) and not (r.where == "form" and held.get(r.name))
        )
    found = {each.name: each for each in readings}
    for each in workflow.fields:
        reading = found.get(each.name)
        stale = reading is not None and reading.where == "form" and each.name in draft.now_record.fields
        if reading and reading.value and not stale and may_set(draft, each.by):
            draft.set_field(each.name, reading.value, reading.where, FIELD_RULE)
        elif defaults and each.default and each.name not in draft.now_record.fields:
            draft.set_field(each.name, each.default, "default", FIELD_RULE)
    if workflow.tasks and workflow.tasks.read and defaults:
        _read_items(draft, trigger)
    return [each for each in readings if each.problem]


def link(draft: Draft, trigger: MailReceived, thread: Record | None, facts: Facts) -> None:
    """Link the records and other programs' tickets that a message names, and the record in whose thread it began."""
    named = [*facts.records, *([thread.id] if thread else [])]
    for record_id in dict.fromkeys(named):
        if record_id not in (draft.now_record.id, *(each.record for each in draft.now_record.links)):
            draft.change(Linked(Link(record_id)), LINK_RULE)
    for number in foreign_numbers(trigger.mail):
        draft.change(Linked(Link(number, "ticket")), LINK_RULE)


def _requester(mail: Mail, sender: str, policy: Policy) -> str:
    """Whose matter it is: the writer's; of a request that IT's own people forward, its original sender's.

    Or theirs for whom IT's people write, since they phoned or came by (P9).
    """
    if policy.directory.person(sender).department != policy.directory.it:
        return sender
    if told := on_behalf(mail.own, policy):
        return told
    if not mail.forwarded:
        return sender
    written_by = original_sender(mail, policy.directory)
    original = policy.directory.person(written_by).address if written_by else ""
    known = policy.directory.knows(original) or original.rpartition("@")[2] == sender.rpartition("@")[2]
    return original if original and known and original not in policy.site.addresses else sender


def _without_name(trigger: MailReceived, policy: Policy) -> MailReceived:
    """The message without the line that says for whom it is, so that this is no value of a field."""
    mail = trigger.mail
    if not on_behalf(mail.own, policy):
        return trigger
    first = next(line for line in mail.own.split("\n") if line.strip())
    return replace(trigger, mail=replace(mail, own=mail.own.replace(first, "", 1)))


def may_set(draft: Draft, roles: Sequence[str]) -> bool:
    """Whoever opens a record for somebody says what they would say."""
    speakers = dict.fromkeys((draft.by, draft.answers_to or draft.by))
    return any(may(each, roles, draft.now_record, draft.policy, draft.now) for each in speakers)


def _read_items(draft: Draft, trigger: MailReceived) -> None:
    today = draft.policy.calendar("").day_of(draft.now)
    fields = draft.workflow.tasks.fields if draft.workflow.tasks else ()
    for item in read_items(trigger.mail, draft.policy, today, trigger.tables, fields):
        draft.add_task(task_of(item), ITEM_RULE)


# --- what the acknowledgement remarks: lines of `what|detail|detail` ---------------------------------


def _about_tags(trigger: MailReceived) -> list[str]:
    found = trigger.classification
    remarks = [f"near|{found.tag}|{found.kind}"] if found.near else []
    if len(found.tags) > 1:
        remarks.append(f"tags|{found.tags[0]}|{', '.join(found.tags[1:])}")
    return remarks


def about_fields(unclear: Sequence[Reading]) -> list[str]:
    """Remarks on what was said of a field and not understood (P0.8)."""
    return [f"field|{each.name}|{_one_line(each.raw)}" for each in unclear if not each.value]


def _about_people(draft: Draft) -> list[str]:
    """Names that are nobody's, and people whom the site has nothing to do with: they get no mail (P1.8)."""
    remarks = []
    for name in people_fields(draft.workflow):
        said = [each for each in draft.now_record.fields.get(name, "").split(", ") if each]
        nobody = [each for each in said if not draft.policy.accepts(each)]
        if nobody:
            remarks.append(f"people|{name}|{_one_line(', '.join(nobody))}")
    return remarks


def about_files(trigger: MailReceived) -> list[str]:
    """Remarks on attached sheets and documents that are kept, but could not be read."""
    return [f"unreadable|{_one_line(name)}|" for name in trigger.unreadable]


def _about_attachments(mail: Mail) -> list[str]:
    if "encrypted" in mail.defects:
        return ["encrypted||"]
    return ["attachment||"] if lacks_attachment(mail) else []


def _one_line(text: str) -> str:
    return " ".join(text.replace("|", " ").split())[:100]
