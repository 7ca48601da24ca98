"""A message into an existing record: fields and commands in it, or words to be passed on. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailflow.core.actions import announce, run
from mailflow.core.changes import Joined, Noted
from mailflow.core.commands import TRUSTED, Answer, Proof, answers_text, hear, hear_any, obey
from mailflow.core.decision import Decision, Filed, Letter, Unfiled
from mailflow.core.draft import Draft
from mailflow.core.event import invited
from mailflow.core.facts import Facts
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import record_ids
from mailflow.core.reading.fields import Reading
from mailflow.core.reading.items import read_items
from mailflow.core.reading.speech import Heard, lists_tasks
from mailflow.core.receiving.opening import JOIN_RULE, about_fields, about_files, link, may_set, read
from mailflow.core.receiving.questions import answer, previewed, question
from mailflow.core.receiving.writers import accepted, answerable, cap_replies, message_values, reply, sender_of
from mailflow.core.roles import may, within
from mailflow.core.rule import Send, Style
from mailflow.core.timers import paces
from mailflow.core.timers.acks import every_action
from mailflow.core.triggers import Classification, CommandGiven, MailReceived
from mailflow.core.workflow import LISTS, OnReply
from mailflow.mail.model import Address, Mail

OUTSIDER_RULE = "outsider"
PASS_ON_RULE = "pass-on"
SUMMARY_RULE = "summary"
PREVIEW_RULE = "preview"
PREVIEWED = "site/preview"
UNCLEAR = "site/unclear"
# The number of a record at the head of a line.
_NUMBER = re.compile(r"^(?:[-*•·\s]{0,4})[\[【(（]?[A-Za-z]{1,10}-\d{4}-\d{4,9}[\]】)）]?[\s：:,，—–-]{0,6}")
_LINES, _HEAD = 40, 60


def belongs(sender: str, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a person is of the record: took part, or holds a role that its workflow asks, obeys or writes to."""
    workflow = policy.workflow(record.kind)
    if workflow.private:
        return within(sender, record, policy, now)
    if sender in record.participants:
        return True
    roles = {"requester.contact", "requester.head", "it.contact", *workflow.roles}
    for state in workflow.states.values():
        roles.update(state.responsible)
        roles.update(role for command in state.commands for role in command.by)
    roles.update(party for each in workflow.agreements.values() for party in each.parties)
    roles.update(role for each in every_action(workflow) if isinstance(each, Send) for role in (*each.to, *each.cc))
    roles.update(role for command in (workflow.tasks.commands if workflow.tasks else ()) for role in command.by)
    named = sorted(role for role in roles if not role.startswith("$"))
    return any(may(sender, named, record, policy, now, task) for task in (None, *record.tasks))


def outsider(trigger: MailReceived, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Somebody who knows only the id: kept as unfiled, and the responsible contact is told (design §5).

    A colleague is answered that it is so (P0.2), and learns nothing of the record.
    """
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    day = policy.calendar("").day_of(now).isoformat()
    # A person is told of once a day, strangers all together: nobody can flood the contact (design §9).
    who = draft.by if accepted(draft.by, policy) else "strangers"
    draft.change(Noted(f"mail from {draft.by or 'nobody'} named this record; kept as unfiled"), OUTSIDER_RULE)
    draft.write(
        Letter(
            style=Style.TELL,
            template="site/not-participant",
            to=draft.people(draft.state.responsible if draft.workflow.private else ("it.contact",)),
            rule=OUTSIDER_RULE,
            record=record.id,
            occurrence=f"{who} {day}",
            values={**message_values(mail), "from": draft.by, "digest": mail.digest},
        )
    )
    if accepted(draft.by, policy) and not draft.workflow.private:
        # It is no mail about the record: whoever answers it is still outside.
        values = {**message_values(mail), "named": record.id}
        draft.write(Letter(Style.REPLY, "site/outside", (draft.by,), rule=OUTSIDER_RULE, values=values))
        cap_replies(draft, facts, answerable(mail, policy))
    return draft.decision(Unfiled("not a participant"))


def joined(trigger: MailReceived, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """A person's message into a record that they belong to, or whose mail they answered."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record, others=facts.others)
    draft.records = facts.records
    draft.change(Joined(mail.digest, mail.message_id, draft.by), JOIN_RULE)
    asked = question(mail.own, policy, in_record=True)
    rest = previewed(mail.own, policy)
    if asked and asked[1]["named"] in ("", record.id):
        answer(draft, asked, mail, facts)
    elif rest is not None:
        _preview(draft, rest, trigger, _proof(draft, facts))
    else:
        _speak(draft, trigger, facts)
    link(draft, trigger, None, facts)
    cap_replies(draft, facts, answerable(mail, policy))
    return draft.decision(Filed(record.id))


def commanded(trigger: CommandGiven, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """What a person's words at the machine do: what they would do by mail, without further proof.

    What became of commands stands in a letter to nobody; what is neither command, question nor field does nothing.
    """
    by = policy.directory.person(trigger.by).address
    mail = Mail("", record.title, sender=Address(by), text=trigger.text, own=trigger.text)
    said = MailReceived(mail, Classification(None, record.title))
    draft = Draft(policy, now, by, record, others=facts.others)
    draft.records = facts.records
    asked = question(mail.own, policy, in_record=True)
    rest = previewed(mail.own, policy)
    if asked and asked[1]["named"] in ("", record.id):
        answer(draft, asked, mail, facts, proven=True)
    elif rest is not None:
        _preview(draft, rest, said, TRUSTED)
        draft.letters = [replace(each, to=()) for each in draft.letters]
    else:
        heeded, remarks = _heeded(draft, said, TRUSTED)
        answers = [each for each in heeded if each.reason != "unknown"]
        if answers or remarks:
            template = "site/summary" if answers else UNCLEAR
            values = {**answers_text(answers), "remarks": remarks}
            draft.letters.append(Letter(Style.REPLY, template, (), rule=SUMMARY_RULE, record=record.id, values=values))
        fields = changed(record, draft.now_record, draft.policy, draft.now)
        done = any(each.outcome == "done" for each in answers)
        if (answers or fields) and not done and draft.now_record.state == record.state:
            _on_reply(draft, mail, fields)
    link(draft, said, None, facts)
    return draft.decision()


def _speak(draft: Draft, trigger: MailReceived, facts: Facts) -> None:
    """Fields and commands in a reply; what holds neither is passed on."""
    mail = trigger.mail
    before = draft.now_record
    answers, remarks = _heeded(draft, trigger, _proof(draft, facts))
    done = any(each.outcome == "done" for each in answers)
    if answers or remarks:
        template = UNCLEAR if not answers else "site/summary" if done else "site/refused"
        reply(draft, template, {**message_values(mail), **answers_text(answers), "remarks": remarks}, SUMMARY_RULE)
    if not answers or answers[0].reason == "unknown":
        _pass_on(draft, mail)
    if draft.now_record.state == before.state and not done:
        _on_reply(draft, mail, changed(before, draft.now_record, draft.policy, draft.now))


def _heeded(draft: Draft, trigger: MailReceived, proof: Proof) -> tuple[list[Answer], str]:
    """Set the fields that a text gives, and do its commands; what became of these, and remarks on vague fields."""
    vague: list[str] = []
    heard = _heard(draft, trigger.mail.own, trigger)
    # What a table of tasks calls a standard or a date is a task's, no field of the record.
    if heard.below:
        own = "\n".join("" if line.strip() in heard.below else line for line in trigger.mail.own.split("\n"))
        trigger = replace(trigger, mail=replace(trigger.mail, own=own))
    if not draft.state.final and not draft.items:
        vague = about_fields([each for each in read(draft, trigger, defaults=False) if _said_now(draft, each)])
    vague += [*_elsewhere(draft, trigger.mail.own), *about_files(trigger)]
    answers = _obeyed(draft, heard, proof)
    announce(draft, message_values(trigger.mail))
    return answers, "\n".join(vague)


def _elsewhere(draft: Draft, text: str) -> list[str]:
    """Remarks on lines that give a command for another record (`REQ-2026-0002：同意`): one mail is of one record."""
    kinds = {kind.prefix: kind for kind in draft.policy.kinds.values()}
    remarks = []
    for line in text.splitlines()[:_LINES]:
        named = next(record_ids(line[:_HEAD], draft.policy), "")
        kind = kinds.get(named.partition("-")[0])
        if kind is None or named == draft.now_record.id or named not in draft.records:
            continue
        said = _NUMBER.sub("", line.strip(), count=1)
        if said != line.strip() and hear_any(said, kind, draft.policy, draft.now).said:
            remarks.append(f"elsewhere|{named}|{' '.join(said.replace('|', ' ').split())[:_HEAD]}")
    return remarks


def _said_now(draft: Draft, reading: Reading) -> bool:
    """Whether it stands in the writer's own words, of a field that is theirs to fill in."""
    by = next(each.by for each in draft.workflow.fields if each.name == reading.name)
    return reading.where != "form" and may_set(draft, by)


def _proof(draft: Draft, facts: Facts) -> Proof:
    """What a message proves its writer by (design §9)."""
    visit = draft.now_record.visit.entry if facts.proven else 0
    return Proof(facts.sent_to, visit, draft.policy.site.trust == "address")


def _heard(draft: Draft, text: str, trigger: MailReceived) -> Heard:
    """The commands in a text; where one of them wants tasks, what the message lists is read (P2.6)."""
    heard = hear(text, draft.now_record, draft.policy, draft.now)
    if any(lists_tasks(each.command) for each in heard.said):
        today = draft.policy.calendar("").day_of(draft.now)
        fields = draft.workflow.tasks.fields if draft.workflow.tasks else ()
        draft.items = read_items(trigger.mail, draft.policy, today, trigger.tables, fields)
    return heard


def _obeyed(draft: Draft, heard: Heard, proof: Proof) -> list[Answer]:
    """What became of the commands; a word that was probably meant as one counts as refused."""
    if heard.said:
        return obey(draft, heard.said, proof)
    if heard.unknown and not _waiting_for(draft):
        return [Answer(heard.unknown, "refused", "unknown")]
    return []


def _preview(draft: Draft, text: str, trigger: MailReceived, proof: Proof) -> None:
    """Say what commands would do, and do nothing (P9)."""
    imagined = Draft(draft.policy, draft.now, draft.by, draft.record, records=draft.records, others=draft.others)
    answers = _obeyed(imagined, _heard(imagined, text, trigger), proof)
    values = {**message_values(trigger.mail), **answers_text(answers), "state": imagined.now_record.state}
    reply(draft, PREVIEWED, values, PREVIEW_RULE)


def _waiting_for(draft: Draft) -> tuple[OnReply, ...]:
    """What the state does on a reply of this very person (P2.3); for them one word may be the answer."""
    replies = (*draft.state.replies, *draft.workflow.replies)
    return tuple(each for each in replies if may(draft.by, each.by, draft.now_record, draft.policy, draft.now))


def _on_reply(draft: Draft, mail: Mail, said: Mapping[str, str]) -> None:
    """What a plain reply does: the first entry that is for its writer and whose condition holds.

    `said` are the fields that it changed, each with its new value.
    """
    first = next((each for each in _waiting_for(draft) if draft.holds(each.when, each.rule, None, said)), None)
    if first is not None:
        run(draft, first.actions, {**said, **message_values(mail), "answer": mail.own})


def changed(before: Record, after: Record, policy: Policy, now: datetime) -> Mapping[str, str]:
    """The fields that have another value now; of those that are lists also what is new in them, as NAME.new, and what
    is no more, as NAME.gone. Whoever is invited by another role of an event is neither."""
    workflow = policy.workflow(after.kind)
    found = {name: value for name, value in after.fields.items() if before.fields.get(name) != value}
    for name in tuple(found):
        field = workflow.field(name)
        if field and field.type in LISTS:
            then, there = (each.fields.get(name, "").split(", ") for each in (before, after))
            guests = workflow.event is not None and name == workflow.event.attendees
            was, still = (invited(each, policy, now) if guests else () for each in (before, after))
            found[f"{name}.new"] = ", ".join(each for each in there if each not in (*then, *was))
            found[f"{name}.gone"] = ", ".join(each for each in then if each not in (*there, *still))
    return found


def _pass_on(draft: Draft, mail: Mail) -> None:
    """Any other reply goes to the responsible person and the other participants, and is not acknowledged (P9)."""
    record = draft.now_record
    responsible = draft.people(draft.state.responsible or tuple(draft.workflow.roles))
    ours = draft.policy.site.addresses
    others = tuple(a for a in record.participants if a != draft.by and a not in ours)
    to = tuple(a for a in responsible if a != draft.by)
    at_once = draft.workflow.at_once
    pressing = at_once is not None and draft.holds(at_once, PASS_ON_RULE)
    draft.write(
        Letter(
            style=Style.TELL,
            template="site/forwarded",
            to=to or others,
            cc=others if to else (),
            rule=PASS_ON_RULE,
            record=record.id,
            urgent=pressing or paces.urgent(record, draft.policy, draft.now),
            attach=True,
            values={**message_values(mail), "from": draft.by},
        )
    )
