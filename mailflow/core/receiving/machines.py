"""A registered monitor's mail (P4.9): it opens its record, joins it while it is open, and says when it is over. Pure.

Machines are never answered, and who is told follows from the states the record enters, as of any record.
"""

from collections.abc import Iterable
from datetime import datetime

from mailflow.core.actions import enter, run
from mailflow.core.changes import Joined, Noted
from mailflow.core.decision import Decision, Filed
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.alarms import is_over, matter_of
from mailflow.core.receiving.opening import JOIN_RULE
from mailflow.core.receiving.severity import raised
from mailflow.core.receiving.writers import cap_replies, message_values, sender_of
from mailflow.core.triggers import MailReceived
from mailflow.core.workflow import Machines
from mailflow.mail.model import Mail

OVER_RULE, AGAIN_RULE = "machine-over", "machine-again"


def machines_of(mail: Mail, kind: str | None, policy: Policy) -> Machines | None:
    """How a message of a registered monitor is read, None where it is no alarm: a person's, a bounce, of a kind that
    says nothing of machines."""
    workflow = policy.kinds.get(kind or "")
    if workflow is None or sender_of(mail, policy) not in policy.directory.monitors or mail.failures:
        return None
    return workflow.machines


def same_matter(mail: Mail, kind: str, records: Iterable[Record], policy: Policy, now: datetime) -> Record | None:
    """The latest of a monitor's records that is about the same: open, or over for no longer than `again`."""
    machines = machines_of(mail, kind, policy)
    if machines is None or machines.same != "subject":
        return None
    matter = matter_of(mail, machines)
    found = [each for each in records if each.matter == matter and _alive(each, machines, mail, policy, now)]
    return found[-1] if found else None


def machine(trigger: MailReceived, record: Record, machines: Machines, policy: Policy, now: datetime) -> Decision:
    """The decision on a monitor's message into its record."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    draft.change(Joined(mail.digest, mail.message_id, draft.by, notice=True), JOIN_RULE)
    over = machines.on_over
    if is_over(mail, machines):
        draft.change(Noted("the monitor says that it is over"), OVER_RULE)
        if over and record.state != over and not draft.state.final:
            enter(draft, over, message_values(mail), f"{record.kind}.{OVER_RULE}")
    else:
        draft.change(Noted("the monitor says it again"), AGAIN_RULE)
        graver = not draft.state.final and raised(draft, mail, machines)
        if over and record.state == over:
            enter(draft, draft.previous(), message_values(mail), f"{record.kind}.{AGAIN_RULE}")
            run(draft, machines.reopened, message_values(mail))
        if graver:
            run(draft, machines.graver, message_values(mail))
    cap_replies(draft, Facts(), allowed=False)
    return draft.decision(Filed(record.id))


def _alive(record: Record, machines: Machines, mail: Mail, policy: Policy, now: datetime) -> bool:
    state = policy.workflow(record.kind).states.get(record.state)
    if record.state == machines.on_over and not is_over(mail, machines):
        return machines.again is not None and now - record.visit.at <= machines.again.elapsed()
    return state is not None and (not state.final or record.state == machines.on_over)
