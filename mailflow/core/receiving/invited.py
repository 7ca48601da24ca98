"""What a calendar program answers to an invitation of ours: kept with the record, never acknowledged (RFC 5546 §3.2.3).

Whoever has the invitation has the name of the event, which nobody can guess; so the answer counts for the person whom
it names, if that person was invited, else for its writer.
"""

from datetime import datetime

from mailflow.core.actions import answered
from mailflow.core.changes import Attends, Joined, Noted
from mailflow.core.decision import Decision, Filed
from mailflow.core.draft import Draft
from mailflow.core.event import guests, happening
from mailflow.core.model import Attendance, Record
from mailflow.core.policy import Policy
from mailflow.core.receiving.opening import JOIN_RULE
from mailflow.core.receiving.writers import message_values, sender_of
from mailflow.core.triggers import MailReceived

ATTEND_RULE = "attend"


def invited(trigger: MailReceived, record: Record, policy: Policy, now: datetime) -> Decision:
    """The decision on it; the answer of somebody who was never invited is noted and changes nothing."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    draft.change(Joined(mail.digest, mail.message_id, draft.by, notice=True), JOIN_RULE)
    for each in mail.calendar:
        named = policy.directory.person(each.attendee).address
        who = next((a for a in (named, draft.by) if a in guests(record, policy, now)), "")
        if not who:
            draft.change(Noted(f"{named} answered an invitation that was not for them: {each.answer}"), ATTEND_RULE)
            continue
        event = happening(draft.now_record, policy, now)
        if event is not None and each.sequence is not None and each.sequence < event.version:
            # RFC 5546 §2.1.5: it was said of what has changed since.
            draft.change(Noted(f"{who} answered an invitation of before it changed: {each.answer}"), ATTEND_RULE)
            continue
        proposed = policy.calendar("").local(each.start).isoformat(timespec="minutes") if each.start else ""
        answer = "counter" if each.method == "counter" else each.answer
        delegate = policy.directory.person(each.delegate).address if each.delegate else ""
        said = Attends(who, answer, delegate, each.comment, proposed)
        before = draft.now_record.attendance.get(who)
        if answer != "needs-action" and (before is None or _words(said) != (who, *_kept(before))):
            draft.change(said, ATTEND_RULE)
            if not draft.state.final:
                answered(draft, said, message_values(mail))
    return draft.decision(Filed(record.id))


def _words(said: Attends) -> tuple[str, ...]:
    return (said.address, said.answer, said.delegate, said.comment, said.proposed)


def _kept(before: Attendance) -> tuple[str, ...]:
    return (before.answer, before.delegate, before.comment, before.proposed)
