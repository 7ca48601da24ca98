"""What follows from a message: it is filed before any rule speaks, then opens a record, commands, or is passed on."""

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from mailflow.core.actions import enter, run
from mailflow.core.classify import kind_named, record_ids
from mailflow.core.commands import Answer, answers_text, hear, obey
from mailflow.core.draft import Draft
from mailflow.core.fields import Reading, read_fields
from mailflow.core.items import read_items
from mailflow.core.model import Concerned, Joined, Link, Linked, Noted, Opened, Record, Task, TaskAdded
from mailflow.core.policy import Policy
from mailflow.core.roles import may
from mailflow.core.speech import word_at
from mailflow.core.text import fold
from mailflow.core.triggers import Decision, Facts, Filed, Letter, MailReceived, Unfiled
from mailflow.core.workflow import Style, Workflow
from mailflow.mail.model import Mail

OPEN_RULE = "open"
JOIN_RULE = "join"
PASS_ON_RULE = "pass-on"
SUMMARY_RULE = "summary"


def sender_of(mail: Mail, policy: Policy) -> str:
    """Who wrote, by the address that the directory has for them; "" when the message does not say."""
    return policy.directory.person(mail.sender.address).address if mail.sender else ""


def accepted(address: str, policy: Policy) -> bool:
    """Whether this person's mail opens records: a colleague, a listed person, a registered monitor."""
    if policy.directory.knows(address) or address in policy.directory.monitors:
        return True
    return any(fnmatchcase(address, pattern.lower()) for pattern in policy.site.accept_from)


def answerable(mail: Mail, policy: Policy) -> bool:
    """Whether a message may be acknowledged: a person's, not our own, with nothing that forbids it (RFC 3834)."""
    sender = sender_of(mail, policy)
    return bool(sender) and not mail.automatic and not mail.unanswerable and sender not in policy.site.addresses


def opens_record(trigger: MailReceived, record: Record | None, policy: Policy) -> bool:
    """Whether a message begins a record of its own (so that an id must be drawn for it).

    A tag in a mail that is no reply begins something new even inside a thread with another title.
    """
    mail, found = trigger.mail, trigger.classification
    sender = sender_of(mail, policy)
    if found.kind is None or not sender or sender in policy.site.addresses or not accepted(sender, policy):
        return False
    if mail.automatic and sender not in policy.directory.monitors:
        return False
    if record is None:
        return not trigger.found_by
    return trigger.found_by == "reference" and not mail.replied and fold(found.title) != fold(record.title)


def receive(trigger: MailReceived, record: Record | None, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """The decision on a message; pure."""
    mail = trigger.mail
    sender = sender_of(mail, policy)
    if opens_record(trigger, record, policy):
        return _open(trigger, record, facts, policy, now)
    if record is None:
        return _unfiled(trigger, facts, policy, now)
    if mail.automatic:
        return _notice(trigger, record, policy, now)
    if trigger.found_by == "id" and not _belongs(sender, record, policy, now):
        return _outsider(trigger, record, policy, now)
    return _joined(trigger, record, facts, policy, now)


# --- a new record ---------------------------------------------------------------------------------


def _open(trigger: MailReceived, thread: Record | None, facts: Facts, policy: Policy, now: datetime) -> Decision:
    mail, found = trigger.mail, trigger.classification
    sender = sender_of(mail, policy)
    assert found.kind is not None  # opens_record says so
    draft = Draft(policy, now, sender)
    evidence = "; ".join(found.evidence)
    language = policy.language_of(sender, mail.language)
    draft.open(
        trigger.record_id,
        Opened(found.kind, found.title, sender, language, found.confidential, found.urgent, evidence),
        OPEN_RULE,
    )
    draft.change(Joined(mail.digest, mail.message_id, sender), JOIN_RULE)
    workflow = draft.workflow
    _read(draft, trigger, workflow, defaults=True)
    _link(draft, trigger, thread, facts)
    enter(draft, workflow.initial.name, _message_values(mail), OPEN_RULE)
    if workflow.tasks:
        for task in draft.open_tasks():
            if not task.complete:
                run(draft, workflow.tasks.incomplete, {"problem": task.remark}, task)
    _cap_replies(draft, facts, answerable(mail, policy))
    return draft.decision(Filed(trigger.record_id))


def _read(draft: Draft, trigger: MailReceived, workflow: Workflow, *, defaults: bool) -> list[Reading]:
    """Set the fields that a message gives and its writer may set; returns what was not understood."""
    today = draft.policy.calendar("").day_of(draft.now)
    mail, policy = trigger.mail, draft.policy
    readings = read_fields(mail, workflow.fields, policy, today, trigger.tables)
    if not defaults:
        bodies = {each.name for each in workflow.fields if each.body}
        readings = tuple(r for r in readings if not (r.name in bodies and r.where == "body"))
    found = {each.name: each for each in readings}
    for each in workflow.fields:
        reading = found.get(each.name)
        if reading and reading.value and _may_set(draft, each.by):
            draft.set_field(each.name, reading.value, reading.where, "field")
        elif defaults and each.default and each.name not in draft.now_record.fields:
            draft.set_field(each.name, each.default, "default", "field")
    if workflow.tasks and workflow.tasks.read and defaults:
        _read_tasks(draft, trigger)
    return [each for each in readings if each.problem]


def _may_set(draft: Draft, roles: Sequence[str]) -> bool:
    return may(draft.by, roles, draft.now_record, draft.policy, draft.now)


def _read_tasks(draft: Draft, trigger: MailReceived) -> None:
    today = draft.policy.calendar("").day_of(draft.now)
    for number, item in enumerate(read_items(trigger.mail, draft.policy, today, trigger.tables), start=1):
        task = Task(
            number=number,
            title=item.title,
            owner=item.owner,
            due=item.due,
            collaborators=item.collaborators,
            standard=item.standard,
            remark="; ".join(item.problems),
        )
        draft.change(TaskAdded(task), "item")
        if item.owner:
            draft.change(Concerned(item.owner), "item")


def _link(draft: Draft, trigger: MailReceived, thread: Record | None, facts: Facts) -> None:
    """Link the records that a message names, and the one in whose thread it began."""
    named = [*facts.records, *([thread.id] if thread else [])]
    for record_id in dict.fromkeys(named):
        if record_id != trigger.record_id:
            draft.change(Linked(Link(record_id)), "link")


def _message_values(mail: Mail) -> dict[str, str]:
    return {"message_id": mail.message_id, "subject": mail.subject}


def _cap_replies(draft: Draft, facts: Facts, allowed: bool) -> None:
    """Take replies out again where the message must not be answered, or its writer got too many today."""
    replies = [each for each in draft.letters if each.style is Style.REPLY]
    if not replies:
        return
    limit = draft.policy.site.limits.acks_per_sender_per_day
    if allowed and facts.answers < limit:
        return
    draft.letters = [each for each in draft.letters if each.style is not Style.REPLY]
    if draft.record is not None:
        why = f"{facts.answers} answers within a day" if allowed else "the message must not be answered"
        draft.change(Noted(f"not acknowledged: {why}"), "no-answer")


# --- a message without a record ---------------------------------------------------------------------


def _unfiled(trigger: MailReceived, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Kept, listed, answered once with how to write a tag, or with what could be meant by an unknown id."""
    mail, found = trigger.mail, trigger.classification
    sender = sender_of(mail, policy)
    draft = Draft(policy, now, sender)
    reason = _why_unfiled(trigger, policy)
    if reason in ("untagged", "unknown record", "question") and answerable(mail, policy):
        template, values = "site/untagged", {"suggested": ", ".join(found.suggested)}
        if reason == "unknown record":
            template, values = "site/unknown-record", {"named": ", ".join(found.record_ids)}
        elif reason == "question":
            template, values = question(mail.own, policy) or (template, values)
        _reply(draft, template, {**_message_values(mail), **values})
        _cap_replies(draft, facts, allowed=True)
    return draft.decision(Unfiled(reason))


def _why_unfiled(trigger: MailReceived, policy: Policy) -> str:
    mail = trigger.mail
    sender = sender_of(mail, policy)
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
    return "question" if question(mail.own, policy) else "untagged"


def question(text: str, policy: Policy) -> tuple[str, dict[str, str]] | None:
    """The template that answers one of the questions anyone may ask (P9), None when the text asks none."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for name, words in policy.site.questions.items():
        found = word_at(first, words)
        if not found:
            continue
        rest = found[1].strip(" \t：:。.?？!！")
        kind = kind_named(rest, policy) if rest else None
        if not rest or kind or next(record_ids(rest, policy), None):
            return f"site/{name}", {"kind": kind or "", "named": "" if kind else rest}
    return None


def _reply(draft: Draft, template: str, values: dict[str, str], rule: str = "") -> None:
    record = draft.record
    draft.write(
        Letter(
            style=Style.REPLY,
            template=template,
            to=(draft.by,) if draft.by else (),
            rule=rule or template.partition("/")[2],
            record=record.id if record else "",
            values=values,
        )
    )


# --- a message into a record ------------------------------------------------------------------------


def _notice(trigger: MailReceived, record: Record, policy: Policy, now: datetime) -> Decision:
    """A machine's message is kept with the record; it answers nothing and changes no state."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    draft.change(Joined(mail.digest, mail.message_id, draft.by, notice=True), JOIN_RULE)
    draft.change(Noted(f"automatic message: {', '.join(mail.automatic)}"), JOIN_RULE)
    return draft.decision(Filed(record.id))


def _belongs(sender: str, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a person is of the record: took part, or holds one of the roles its workflow names."""
    if sender in record.participants:
        return True
    workflow = policy.workflow(record.kind)
    roles = {"requester.contact", "requester.head", "it.contact", *workflow.roles}
    for state in workflow.states.values():
        roles.update(state.responsible)
        roles.update(role for command in state.commands for role in command.by)
    roles.update(party for each in workflow.agreements.values() for party in each.parties)
    return may(sender, sorted(roles), record, policy, now)


def _outsider(trigger: MailReceived, record: Record, policy: Policy, now: datetime) -> Decision:
    """Somebody who knows only the id: kept as unfiled, and the responsible contact is told (design §5)."""
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    draft.change(Noted(f"mail from {draft.by or 'nobody'} named this record; kept as unfiled"), "outsider")
    draft.write(
        Letter(
            style=Style.TELL,
            template="site/not-participant",
            to=draft.people(("it.contact",)),
            rule="outsider",
            record=record.id,
            values={"from": draft.by, "subject": mail.subject},
        )
    )
    return draft.decision(Unfiled("not a participant"))


def _joined(trigger: MailReceived, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    mail = trigger.mail
    draft = Draft(policy, now, sender_of(mail, policy), record)
    draft.change(Joined(mail.digest, mail.message_id, draft.by), JOIN_RULE)
    asked = question(mail.own, policy)
    if asked and (not asked[1]["named"] or record.id in asked[1]["named"].upper()):
        _reply(draft, asked[0], {**_message_values(mail), **asked[1]})
    else:
        _speak(draft, trigger, facts)
    _link(draft, trigger, None, facts)
    _cap_replies(draft, facts, answerable(mail, policy))
    return draft.decision(Filed(record.id))


def _speak(draft: Draft, trigger: MailReceived, facts: Facts) -> None:
    """Fields and commands in a reply; what holds neither is passed on."""
    mail, policy = trigger.mail, draft.policy
    state = draft.now_record.state
    if not draft.state.final:
        _read(draft, trigger, draft.workflow, defaults=False)
    heard = hear(mail.own, draft.now_record, policy, draft.now)
    answers: list[Answer] = []
    if heard.said:
        notices = None if policy.site.trust == "address" else facts.sent_to
        answers = obey(draft, heard.said, notices)
    elif heard.unknown and not _waited_for(draft):
        answers = [Answer(heard.unknown, "refused", "unknown")]
    if answers:
        done = any(each.outcome == "done" for each in answers)
        template = "site/summary" if done else "site/refused"
        _reply(draft, template, {**_message_values(mail), **answers_text(answers)}, SUMMARY_RULE)
    if not heard.said:
        _pass_on(draft, mail)
    if draft.now_record.state == state and not any(each.outcome == "done" for each in answers):
        _on_reply(draft, mail)


def _waited_for(draft: Draft) -> bool:
    """Whether the record waits for just this person's words, so that one word may be their answer."""
    replies = (*draft.state.replies, *draft.workflow.replies)
    return any(may(draft.by, each.by, draft.now_record, draft.policy, draft.now) for each in replies)


def _on_reply(draft: Draft, mail: Mail) -> None:
    """A plain reply may be what the state waits for (P2.3)."""
    for each in (*draft.state.replies, *draft.workflow.replies):
        if may(draft.by, each.by, draft.now_record, draft.policy, draft.now):
            run(draft, each.actions, {**_message_values(mail), "answer": mail.own})
            return


def _pass_on(draft: Draft, mail: Mail) -> None:
    """Any other reply goes to the responsible person and the other participants, and is not acknowledged (P9)."""
    record = draft.now_record
    responsible = draft.people(draft.state.responsible or tuple(draft.workflow.roles))
    ours = draft.policy.site.addresses
    others = tuple(a for a in record.participants if a != draft.by and a not in ours)
    to = tuple(a for a in responsible if a != draft.by)
    draft.write(
        Letter(
            style=Style.TELL,
            template="site/forwarded",
            to=to or others,
            cc=others if to else (),
            rule=PASS_ON_RULE,
            record=record.id,
            values={**_message_values(mail), "from": draft.by},
        )
    )
