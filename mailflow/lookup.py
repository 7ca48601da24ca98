"""What the store knows that a decision must: the record a message belongs to, and the answers to what `needs` asks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from mailflow import tokens
from mailflow.core.decide import answered
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.receiving.questions import question
from mailflow.core.triggers import (
    AnswersSince,
    Classification,
    Facts,
    Finding,
    Found,
    OpenRecords,
    Proven,
    Query,
    RecordsNamed,
    SentTo,
)
from mailflow.mail.model import Mail
from mailflow.ports import Transaction


def thread_of(tx: Transaction, mail: Mail, found: Classification, policy: Policy) -> tuple[Record | None, str]:
    """The record that a message belongs to, and how it was found: "reference" by what it answers, "id" by its subject.

    (None, "") when there is none.
    """
    named = answered(mail)
    records = tx.records_of(named) if named else {}
    # A reply to a bundle names its record in the subject, which tells it from the others in the bundle.
    asked = question(mail.own, policy)
    for record_id in (*found.record_ids, *((asked[1]["named"],) if asked and asked[1]["named"] else ())):
        record = tx.record(record_id)
        if record is not None:
            in_thread = record_id in records.values() or _answers(tx, named, record_id)
            return record, "reference" if in_thread else "id"
    by_reference = next((records[each] for each in named if each in records), None)
    record = tx.record(by_reference) if by_reference else None
    return (record, "reference") if record is not None else (None, "")


def facts_for(tx: Transaction, queries: Sequence[Query], policy: Policy, secret: bytes) -> Facts:
    """The answers to what a decision must know."""
    facts = Facts()
    for query in queries:
        match query:
            case SentTo(message_ids):
                facts = replace(facts, sent_to=tx.sent_to(message_ids) if message_ids else ())
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
            case Found(words, limit):
                facts = replace(facts, found=_findings(tx, words, limit))
            case _:
                assert_never(query)
    return facts


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
