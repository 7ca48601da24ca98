"""What follows from a message: filed before any rule speaks, it opens a record, joins one, or is kept as unfiled."""

from datetime import datetime

from mailflow.core.commands import hear_any
from mailflow.core.decision import Decision, Unfiled
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.alarms import is_over
from mailflow.core.reading.text import fold
from mailflow.core.receiving.confirming import confirmed, offered
from mailflow.core.receiving.invited import invited
from mailflow.core.receiving.machines import machine, machines_of
from mailflow.core.receiving.matters import OWED, matters_text
from mailflow.core.receiving.notices import notice
from mailflow.core.receiving.opening import open_record
from mailflow.core.receiving.questions import answer, changes_something, question, words_of
from mailflow.core.receiving.replies import belongs, joined, outsider
from mailflow.core.receiving.writers import accepted, answerable, cap_replies, message_values, reply, sender_of
from mailflow.core.triggers import MailReceived
from mailflow.mail.model import Mail

_LONGEST_COMMAND = 40
_ANSWERED = ("untagged", "unknown record", "several records", "question")


def receive(trigger: MailReceived, record: Record | None, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision on a message; pure."""
    mail = trigger.mail
    sender = sender_of(mail, policy)
    if change := offered(trigger, facts, policy):
        return confirmed(trigger, change, record, facts, policy, now)
    if opens_record(trigger, record, policy):
        return open_record(trigger, record, facts, policy, now)
    if record is None:
        return _unfiled(trigger, facts, policy, now)
    if machines := machines_of(mail, record.kind, policy):
        return machine(trigger, record, machines, policy, now)
    if trigger.found_by == "calendar":
        return invited(trigger, record, policy, now)
    if mail.automatic:
        return notice(trigger, record, facts, policy, now)
    # What was passed on to somebody shows its reference, and makes them no part of what is confidential (P0.7).
    closed = record.confidential or bool(policy.workflow(record.kind).private)
    if (closed or trigger.found_by == "id") and not belongs(sender, record, policy, now):
        return outsider(trigger, record, facts, policy, now)
    return joined(trigger, record, facts, policy, now)


def opens_record(trigger: MailReceived, record: Record | None, policy: Policy) -> bool:
    """Whether a message begins a record of its own (so that an id must be drawn for it).

    A tag in a mail that is no reply by its subject begins something new even inside a thread with another title, or
    where the record is of another kind: minutes of a requirement or a meeting, a change to one (P2.6, P3.1, P6.4).
    """
    mail, found = trigger.mail, trigger.classification
    sender = sender_of(mail, policy)
    if found.kind is None or not sender or sender in policy.site.addresses or not accepted(sender, policy):
        return False
    if mail.automatic and sender not in policy.directory.monitors:
        return False
    if changes_something(mail, policy):
        return False
    machines = machines_of(mail, found.kind, policy)
    if machines is not None:
        return record is None and not is_over(mail, machines)
    if record is None:
        return not trigger.found_by
    if mail.replied:
        return False
    if trigger.found_by == "id":
        return found.kind != record.kind
    other = found.kind != record.kind or fold(found.title) != fold(record.title)
    return trigger.found_by == "reference" and other


def _unfiled(trigger: MailReceived, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Kept, listed, answered once with how to write a tag, or with what could be meant by an unknown id."""
    mail, found = trigger.mail, trigger.classification
    draft = Draft(policy, now, sender_of(mail, policy))
    reason = _why_unfiled(trigger, facts, policy)
    if reason in _ANSWERED and answerable(mail, policy):
        template, values = "site/untagged", {"suggested": ", ".join(found.suggested)}
        if reason == "unknown record":
            template, values = "site/unknown-record", {"named": ", ".join(found.record_ids)}
        elif reason == "several records":
            template, values = "site/which-record", {"named": ", ".join(_several(facts))}
        elif reason == "untagged" and (waiting := _waiting(draft, facts)):
            template, values = "site/which-record", {"named": ", ".join(waiting), "reason": "new"}
        if reason == "question" and (asked := question(words_of(mail), policy)):
            answer(draft, asked, mail, facts)
        else:
            reply(draft, template, {**message_values(mail), **values})
        cap_replies(draft, facts, allowed=True)
    return draft.decision(Unfiled(reason))


def _why_unfiled(trigger: MailReceived, facts: Facts, policy: Policy) -> str:
    mail = trigger.mail
    sender = sender_of(mail, policy)
    if machines_of(mail, trigger.classification.kind, policy):
        return "over already"
    if mail.automatic:
        return "automatic"
    if not sender:
        return "no sender"
    if sender in policy.site.addresses:
        return "our own"
    if not accepted(sender, policy):
        return "stranger"
    if trigger.classification.record_ids:
        return "unknown record"
    if len(_several(facts)) > 1:
        return "several records"
    return "question" if question(words_of(mail), policy) else "untagged"


def is_command(mail: Mail, policy: Policy, now: datetime) -> bool:
    """Whether a message that belongs to no record is nothing but a command, such as a lone `同意`."""
    said = words_of(mail).strip()
    if "\n" in said or len(said) > _LONGEST_COMMAND:
        return False
    return any(hear_any(said, kind, policy, now).said for kind in policy.kinds.values())


def _waiting(draft: Draft, facts: Facts) -> tuple[str, ...]:
    """The open records that wait for the writer; looked up where they gave nothing but a command."""
    rows = (
        line.split("|") for line in matters_text(draft.by, facts.open_records, draft.policy, draft.now).splitlines()
    )
    return tuple(dict.fromkeys(record for what, record, *_ in rows if what == OWED))


def _several(facts: Facts) -> tuple[str, ...]:
    """The records of the bundle that a message answers without saying which one it means."""
    return tuple(dict.fromkeys(record for each in facts.sent_to for record in each.records))
