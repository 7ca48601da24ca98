"""Automatic messages into a record: kept as notices; a bounce goes to the deputy, an absence is told. Pure.

They never count as an answer and never change a state (RFC 3834; process P1.4).
"""

from datetime import datetime

from mailflow.core.changes import Absent, Joined, Noted
from mailflow.core.decision import Decision, Filed, Letter
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts, Notice
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.receiving.opening import JOIN_RULE
from mailflow.core.receiving.writers import message_values, sender_of
from mailflow.core.rule import Style
from mailflow.core.triggers import MailReceived
from mailflow.mail.model import Failure, Mail

BOUNCE_RULE = "bounce"
ABSENCE_RULE = "absence"

_ASKING = (Style.NOTIFY.value, Style.REMIND.value, Style.ESCALATE.value)


def notice(trigger: MailReceived, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision on a machine's message that belongs to a record."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    draft.change(Joined(mail.digest, mail.message_id, draft.by, notice=True), JOIN_RULE)
    lost = [each for each in mail.failures if each.permanent]
    unreachable = [address for each in lost if (address := _bounced(draft, trigger, facts, each))]
    if mail.failures and not lost:
        late = ", ".join(f"{each.address} {each.status}".strip() for each in mail.failures)
        draft.change(Noted(f"not delivered yet: {late}"), BOUNCE_RULE)
    elif not lost:
        draft.change(Noted(f"automatic message: {', '.join(mail.automatic)}"), JOIN_RULE)
        _absent(draft, trigger, facts)
    return draft.decision(Filed(record.id), unreachable=tuple(unreachable))


def failed(mail: Mail, policy: Policy) -> tuple[str, ...]:
    """The people whom a bounce names, by the address that they are known under."""
    return tuple(dict.fromkeys(policy.directory.person(each.address).address for each in mail.failures))


def _bounced(draft: Draft, trigger: MailReceived, facts: Facts, failure: Failure) -> str:
    """A hard bounce: the contact is told, and what was asked goes to the deputy; the address that it marks.

    Anybody can write a bounce that names a record: one for somebody to whom no mail of it went marks nobody.
    """
    person = draft.policy.directory.person(failure.address)
    bounced = next((each for each in facts.sent_to if each.address == person.address), None)
    if bounced is None:
        draft.change(Noted(f"a bounce names {person.address}, who was not written to"), BOUNCE_RULE)
        return ""
    draft.change(Noted(f"cannot be reached: {person.address} {failure.status}".strip()), BOUNCE_RULE)
    contact = draft.policy.directory.department_of(person.address).contact
    told = contact if contact and contact != person.address else ""
    values = {"recipient": person.address, "reason": failure.status or "5.0.0", "subject": trigger.mail.subject}
    draft.write(
        Letter(
            style=Style.TELL,
            template="site/undeliverable",
            to=(told,) if told else draft.policy.site.admin,
            rule=BOUNCE_RULE,
            record=draft.now_record.id,
            occurrence=person.address,
            values=values,
        )
    )
    _to_deputy(draft, bounced, person.deputy)
    return person.address


def _absent(draft: Draft, trigger: MailReceived, facts: Facts) -> None:
    """An out-of-office answer of somebody who was asked: noted, and their deputy is asked instead, once a stay."""
    mine = [each for each in facts.sent_to if each.address == draft.by and each.style in _ASKING]
    record = draft.now_record
    if not mine or record.absent.get(draft.by) == record.visit.entry or draft.state.final:
        return
    draft.change(Absent(draft.by, record.visit.entry), ABSENCE_RULE)
    person = draft.policy.directory.person(draft.by)
    deputy = draft.policy.present(person.deputy, draft.now)
    if not person.deputy or deputy == person.address:
        return
    draft.write(
        Letter(
            style=Style.TELL,
            template="site/absent",
            to=(deputy,),
            rule=ABSENCE_RULE,
            record=record.id,
            values={
                **message_values(trigger.mail),
                "person_named": person.name or person.address,
                "text": trigger.mail.own[:1000],
            },
        )
    )


def _to_deputy(draft: Draft, bounced: Notice, deputy: str) -> None:
    """The very notice that bounced, once more to the deputy of whom it was for."""
    if not deputy or deputy == bounced.address or bounced.style not in _ASKING or not bounced.template:
        return
    draft.write(
        Letter(
            style=Style.NOTIFY,
            template=bounced.template,
            to=(deputy,),
            rule=bounced.rule,
            record=draft.now_record.id,
            occurrence=f"bounce of {bounced.message_id}",
        )
    )
