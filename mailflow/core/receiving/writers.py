"""Who wrote a message and whether they may be answered; the replies of a decision. Pure."""

from mailflow.core.changes import Noted
from mailflow.core.decision import Letter
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.core.standing import Standing
from mailflow.mail.model import Mail


def sender_of(mail: Mail, policy: Policy) -> str:
    """Who wrote, by the address that the directory has for them; "" when the message does not say."""
    return policy.directory.person(mail.sender.address).address if mail.sender else ""


def accepted(address: str, policy: Policy) -> bool:
    """Whether this person's mail opens records: a colleague, a listed person, a registered monitor."""
    return policy.accepts(address)


def answerable(mail: Mail, policy: Policy) -> bool:
    """Whether a message may be acknowledged: a person's, neither our own nor a monitor's, and nothing forbids it
    (RFC 3834)."""
    sender = sender_of(mail, policy)
    machines = (*policy.site.addresses, *policy.directory.monitors)
    return bool(sender) and not mail.automatic and not mail.unanswerable and sender not in machines


def message_values(mail: Mail) -> dict[str, str]:
    """What a letter carries of the message that led to it."""
    return {"message_id": mail.message_id, "subject": mail.subject}


def reply(
    draft: Draft, template: str, values: dict[str, str], rule: str = "", proposal: Standing | None = None
) -> None:
    """Answer whoever wrote; `proposal` is what their confirmation would put in force."""
    record = draft.record
    draft.write(
        Letter(
            style=Style.REPLY,
            template=template,
            to=(draft.by,) if draft.by else (),
            rule=rule or template.partition("/")[2],
            record=record.id if record else "",
            values=values,
            proposal=proposal,
        )
    )


def cap_replies(draft: Draft, facts: Facts, allowed: bool) -> None:
    """Take replies out again where the message must not be answered, or its writer got too many today."""
    if not any(each.style is Style.REPLY for each in draft.letters):
        return
    limits = draft.policy.site.limits
    if not allowed:
        why = "the message must not be answered"
    elif facts.answers >= limits.acks_per_sender_per_day:
        why = f"{facts.answers} answers within a day"
    elif facts.answers_in_record >= limits.acks_per_record:
        why = f"{facts.answers_in_record} answers in this record within a day"
    else:
        return
    draft.letters = [each for each in draft.letters if each.style is not Style.REPLY]
    if draft.record is not None:
        draft.change(Noted(f"not acknowledged: {why}"), "no-answer")
