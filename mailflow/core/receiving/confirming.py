"""What changes something beside the rules takes effect on its confirmation by the person themselves (design §9). Pure.

A mail of ours proposes the change; it went to the registered address alone, under a Message-ID and with a token that
nobody can guess. A reply that names either of them, from that very address, is the confirmation.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailflow.core.changes import Joined
from mailflow.core.decision import Decision, Filed, Unfiled
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.arguments import word_at
from mailflow.core.receiving.away import Asked, away_asked, away_values, back_asked, tell_of_absence, tell_of_return
from mailflow.core.receiving.muting import may_mute, scope_meant, scope_said, withheld_text
from mailflow.core.receiving.writers import answerable, cap_replies, message_values, reply, sender_of
from mailflow.core.standing import Away, Back, Muted, Standing, Unmuted
from mailflow.core.triggers import MailReceived
from mailflow.mail.model import Mail

AWAY, BACK, MUTE, UNMUTE = "site/away", "site/back", "site/mute", "site/unmute"
CONFIRM = "confirm"
SEND, DROP = "send", "drop"
# What becomes of the withheld mail, in the words of the answer that offers both.
CHOICES = {SEND: ("补发", "補發", "send"), DROP: ("丢弃", "丟棄", "drop")}
_JOIN_RULE = "join"
_MARKS = " \t。.!！~～,，"


def confirms(mail: Mail, policy: Policy) -> str:
    """The confirmation that the first line of a message is: confirm, send or drop; "" when it is none."""
    words = {CONFIRM: policy.site.questions.get(CONFIRM, ()), **CHOICES}
    first = next((line.strip() for line in mail.own.splitlines() if line.strip()), "")
    for name, each in words.items():
        found = word_at(first, each)
        if found and not found[1].strip(_MARKS):
            return name
    return ""


def offered(trigger: MailReceived, facts: Facts, policy: Policy) -> Standing | None:
    """The change that a message confirms, as it was proposed to its very writer; None when it confirms none."""
    said = confirms(trigger.mail, policy)
    if not said or trigger.mail.automatic:
        return None
    sender = sender_of(trigger.mail, policy)
    for notice in facts.sent_to:
        change = notice.proposal
        if change is None or policy.directory.person(notice.address).address != sender:
            continue
        if isinstance(change, Unmuted):
            return replace(change, send=said != DROP)
        return change if said == CONFIRM else None
    return None


def confirmed(
    trigger: MailReceived, change: Standing, record: Record | None, facts: Facts, policy: Policy, now: datetime
) -> Decision:
    """The decision on a confirmation: the change is in force, and its writer hears so."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    if record is not None:
        draft.change(Joined(mail.digest, mail.message_id, draft.by), _JOIN_RULE)
    _do(draft, change, facts, message_values(mail))
    cap_replies(draft, facts, answerable(mail, policy))
    return draft.decision(Filed(record.id) if record else Unfiled("confirmation"))


def propose(draft: Draft, template: str, text: str, mail: Mail, facts: Facts, *, proven: bool = False) -> None:
    """Answer a request to change something: what it would do, or what is unclear; it is done where its writer is
    `proven`, and on a closed network."""
    values, change = _asked(draft, template, text, facts)
    values = {**message_values(mail), **values}
    # What was withheld is a choice, which must be made wherever the network ends.
    proven = proven or draft.policy.site.trust == "address"
    if change is not None and proven and not isinstance(change, Unmuted):
        _do(draft, change, facts, values)
    else:
        reply(draft, template, values, proposal=change)


def _asked(draft: Draft, template: str, text: str, facts: Facts) -> tuple[dict[str, str], Standing | None]:
    policy, by, now = draft.policy, draft.by, draft.now
    if template in (AWAY, BACK):
        asked = (away_asked if template == AWAY else back_asked)(text, by, policy, now)
        return away_values(asked, by, policy, now), asked.change
    scope = scope_said(text, policy) if template == MUTE else scope_meant(text, policy)
    if scope is None or not may_mute(by, scope, policy, now):
        return {"reason": "scope" if scope is None else "role", "named": text.strip()}, None
    if template == MUTE:
        return {"scope": scope, "reason": "already" if scope in policy.muted else ""}, Muted(scope)
    if scope not in policy.muted:
        return {"scope": scope, "reason": "none", "named": ", ".join(policy.muted)}, None
    return {"scope": scope, "withheld": withheld_text(facts.withheld)}, Unmuted(scope)


def _do(draft: Draft, change: Standing, facts: Facts, values: dict[str, str]) -> None:
    """Let a change be in force, and say so."""
    policy, by, now = draft.policy, draft.by, draft.now
    match change:
        case Away(address, absence):
            if absence.last < policy.calendar_of(address).day_of(now):
                reply(draft, AWAY, {**values, "reason": "past", "named": absence.last.isoformat()})
                return
            after = away_values(Asked(change), address, policy, now)
            reply(draft, AWAY, {**values, **after, "reason": "done"})
            tell_of_absence(draft, change, facts)
            tell_of_return(draft, change)
        case Back():
            reply(draft, BACK, {**values, "reason": "done"})
            tell_of_return(draft, change)
        case Muted(scope) | Unmuted(scope):
            template = MUTE if isinstance(change, Muted) else UNMUTE
            if not may_mute(by, scope, policy, now):
                reply(draft, template, {**values, "reason": "role"})
                return
            sent = isinstance(change, Unmuted) and change.send
            reply(draft, template, {**values, "scope": scope, "reason": "done", "text": SEND if sent else DROP})
        case _:
            assert_never(change)
    draft.standing.append(change)
