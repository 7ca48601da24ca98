"""What the store knows that a decision must: the record a message belongs to, and the answers to what `needs` asks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailflow import tokens
from mailflow.core.decide import answered
from mailflow.core.facts import (
    AnswersSince,
    Facts,
    Finding,
    Found,
    HeldUnder,
    Notice,
    OpenRecords,
    Proven,
    Query,
    RecordsIn,
    RecordsNamed,
    SentIn,
    SentTo,
    Withheld,
)
from mailflow.core.model import CONTINUED, Record
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import record_ids
from mailflow.core.receiving.machines import machines_of, same_matter
from mailflow.core.receiving.notices import failed
from mailflow.core.receiving.questions import question
from mailflow.core.receiving.writers import sender_of
from mailflow.core.rule import Style
from mailflow.core.triggers import Classification
from mailflow.mail.model import Mail, Table
from mailflow.mail.parse import parse
from mailflow.mail.tables import text_tables
from mailflow.ports import Transaction
from mailflow.standing import held_under

# So many records of a kind, the latest, are looked at for what has to do with a new one.
LOOKED_THROUGH = 200
# A mail that could have come back: the statuses of what was handed to a server, or may have been.
_LEFT = ("sent", "in-doubt")
# So much of a bounce's text is looked at for the subject it returns, and so many records that it names.
_BOUNCE_TEXT, _MOST_NAMED = 20_000, 10
# A mail of ours is kept under the first characters of its Message-ID; so many are read again.
_ITEM, _MOST_TOLD = 16, 3
# So many times may a record have gone on in another.
_GONE_ON = 10


def thread_of(
    tx: Transaction, mail: Mail, found: Classification, policy: Policy, secret: bytes, now: datetime
) -> tuple[Record | None, str]:
    """The record that a message belongs to, and how it was found: "reference" by what it answers, "id" by its subject,
    "matter" by what a monitor says each time, "calendar" by the invitation that it answers.

    (None, "") when there is none. What a person answers to a record that is over and goes on in another belongs there.
    """
    events = (tokens.event_of(secret, each.uid) for each in mail.calendar)
    invited = next((record for each in events if each and (record := tx.record(each)) is not None), None)
    if invited is not None:
        return invited, "calendar"
    record, found_by = _thread_of(tx, mail, found, policy, now)
    if record is None or mail.automatic or question(mail.own, policy, in_record=True):
        return record, found_by
    return _gone_on(tx, record, policy), found_by


def told_in(tx: Transaction, mail: Mail) -> tuple[Mail, ...]:
    """The mails of ours that a message answers, as it quotes them, the nearest first; none where it quotes nothing."""
    if not mail.removed and all(each.where != "quote" for each in mail.tables):
        return ()
    named = ((each, tx.item(each[:_ITEM])) for each in answered(mail)[:_MOST_NAMED])
    ours = [item.id for message_id, item in named if item is not None and item.message_id == message_id]
    return tuple(as_quoted(parse(tx.content(each))) for each in ours[:_MOST_TOLD])


def as_quoted(told: Mail) -> Mail:
    """A mail of ours as who answers it quotes it: its lines, and its tables also where they are shown as lines."""
    tables = (*told.tables, *(Table("quote", rows) for rows in text_tables(told.text)))
    return replace(told, removed=told.text, tables=tuple(replace(each, where="quote") for each in tables))


def _gone_on(tx: Transaction, record: Record, policy: Policy) -> Record:
    """The record in which this one goes on, itself where it does not; not from an open one into a confidential one."""
    for _ in range(_GONE_ON):
        workflow = policy.kinds.get(record.kind)
        state = workflow.states.get(record.state) if workflow else None
        following = next((each.record for each in reversed(record.links) if each.relation == CONTINUED), "")
        there = tx.record(following) if following and state is not None and state.final else None
        if there is None or there.kind not in policy.kinds or (there.confidential and not record.confidential):
            break
        record = there
    return record


def _thread_of(
    tx: Transaction, mail: Mail, found: Classification, policy: Policy, now: datetime
) -> tuple[Record | None, str]:
    named = answered(mail)
    records = tx.records_of(named) if named else {}
    # A reply to a bundle names its record in the subject, which tells it from the others in the bundle.
    asked = question(mail.own, policy)
    ids = (*found.record_ids, *((asked[1]["named"],) if asked and asked[1]["named"] else ()))
    there = [record for each in ids if (record := tx.record(each)) is not None]
    # Of several numbers that of the mail answered is meant.
    meant = next((each for each in there if each.id in records.values() or _answers(tx, named, each.id)), None)
    if there:
        return (meant, "reference") if meant is not None else (there[0], "id")
    returned = _returned(tx, mail, policy) if mail.automatic and not records else None
    if returned is not None:
        return returned, "reference"
    by_reference = next((records[each] for each in named if each in records), None)
    record = tx.record(by_reference) if by_reference else None
    if record is not None:
        return record, "reference"
    matter = _matter(tx, mail, found, policy, now)
    return (matter, "matter") if matter is not None else (None, "")


def _matter(tx: Transaction, mail: Mail, found: Classification, policy: Policy, now: datetime) -> Record | None:
    """The record of a monitor's matter (P4.9)."""
    machines = machines_of(mail, found.kind, policy)
    if machines is None or found.kind is None:
        return None
    states = {each.name for each in policy.workflow(found.kind).states.values() if not each.final} | {machines.on_over}
    records = tx.records(kind=found.kind, state=sorted(states), requester=sender_of(mail, policy))
    return same_matter(mail, found.kind, records, policy, now)


def facts_for(tx: Transaction, queries: Sequence[Query], policy: Policy, secret: bytes) -> Facts:
    """The answers to what a decision must know."""
    facts = Facts()
    for query in queries:
        match query:
            case SentIn(record_id, people):
                facts = replace(facts, sent_to=(*facts.sent_to, *_sent_in(tx, record_id, people)))
            case SentTo(message_ids, found):
                named = (item.message_id for each in found if (item := tx.item(each)) and item.proposal)
                wanted_ids = (*message_ids, *named)
                facts = replace(facts, sent_to=tx.sent_to(wanted_ids) if wanted_ids else ())
            case AnswersSince(address, since, record):
                in_record = tx.replies_since(address, since, record) if address and record else 0
                answers = tx.replies_since(address, since) if address else 0
                facts = replace(facts, answers=answers, answers_in_record=in_record)
            case RecordsNamed(ids):
                facts = replace(facts, records=tuple(each for each in ids if tx.record(each) is not None))
            case Proven(found, record, address, visit):
                wanted = tokens.token(secret, record, address, visit)
                facts = replace(facts, proven=any(tokens.same(each, wanted) for each in found))
            case OpenRecords():
                facts = replace(facts, open_records=tuple(tx.records(**_open(policy))))
            case RecordsIn(kind, states):
                facts = replace(facts, others=(*facts.others, *tx.latest(kind, states, LOOKED_THROUGH)))
            case Found(words, limit):
                facts = replace(facts, found=_findings(tx, words, limit))
            case HeldUnder(scope):
                facts = replace(facts, withheld=_withheld(tx, scope, policy))
            case _:
                assert_never(query)
    return facts


def _returned(tx: Transaction, mail: Mail, policy: Policy) -> Record | None:
    """The record of a mail of ours that a bounce returns without its Message-ID, as Chinese providers do.

    The bounce shows the subject, whose id anybody may know, so it must also name somebody whom we wrote to.
    """
    people = failed(mail, policy)
    named = dict.fromkeys(record_ids(mail.text[:_BOUNCE_TEXT], policy)) if people else {}
    found = (tx.record(each) for each in tuple(named)[:_MOST_NAMED])
    return next((each for each in found if each is not None and _sent_in(tx, each.id, people)), None)


def _sent_in(tx: Transaction, record_id: str, people: Sequence[str]) -> tuple[Notice, ...]:
    """The mails of ours about a record that left for these people, the latest first. Copies were told."""
    wanted = {each.casefold() for each in people}
    left = [item for item in tx.items(record_id) if item.status in _LEFT]
    return tuple(
        Notice(
            item.message_id,
            address.casefold(),
            item.records,
            item.visits,
            Style.TELL.value if item.copy_of or address in item.cc else item.style,
            next(iter(item.rules), ""),
            next(iter(item.templates), ""),
        )
        for item in reversed(left)
        for address in item.recipients
        if address.casefold() in wanted
    )


def _withheld(tx: Transaction, scope: str, policy: Policy) -> tuple[Withheld, ...]:
    """What is held back by a mute; of confidential records without the subject (P0.7)."""
    found = []
    for item in held_under(tx, scope, policy):
        records = [tx.record(each) for each in item.records]
        hide = any(record is not None and record.confidential for record in records)
        record = item.records[0] if item.records else ""
        found.append(Withheld(item.at, item.recipients[0], record, "" if hide else item.subject))
    return tuple(found)


def _answers(tx: Transaction, named: Sequence[str], record_id: str) -> bool:
    """Whether one of these Message-IDs is a mail of ours about a record, also in a bundle."""
    return any(record_id in notice.records for notice in tx.sent_to(named)) if named else False


def _open(policy: Policy) -> dict[str, list[str]]:
    """The filter for records that are not over."""
    states = {state.name for kind in policy.kinds.values() for state in kind.states.values() if not state.final}
    return {"kind": list(policy.kinds), "state": sorted(states)}


def _findings(tx: Transaction, words: str, limit: int) -> tuple[Finding, ...]:
    """The records that have the words; first what came just now is indexed, as far as that takes no time."""
    tx.index()
    hits = ((hit, tx.record(hit.record)) for hit in tx.search(words, limit))
    return tuple(Finding(record, hit.text) for hit, record in hits if record is not None)
