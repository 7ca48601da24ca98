"""The rhythm at work: which of it is due is kept with the state; meetings are called, reports become letters.

Invariant: what is over is noted in the transaction in which it is done, so that a crash repeats all of it or nothing.
"""

import json
import logging
from collections.abc import Iterator
from datetime import datetime

from mailflow.codec import from_dict, to_dict
from mailflow.core.decision import Letter
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rhythm.agenda import Agenda, Call, Publication, adopted, due_points, over
from mailflow.core.rhythm.calling import called
from mailflow.core.rhythm.moving import edited, moves
from mailflow.core.rhythm.people import people
from mailflow.core.rule import Style
from mailflow.core.showing.reader import Reader
from mailflow.core.showing.tables import Table, table_of
from mailflow.errand import Errand, draw
from mailflow.ports import RHYTHM, Transaction
from mailflow.post import Matter

log = logging.getLogger("mailflow.agenda")

TEMPLATE = "site/report"


def take_rules(tx: Transaction, policy: Policy, secret: bytes, now: datetime) -> list[Matter]:
    """Work out anew what of the rhythm is due when, under rules that came into force; the letters that it led to.

    The meetings to come of a series that comes at other times are told.
    """
    agenda, errand = _kept(tx), Errand(tx, policy, secret, now)
    kinds = dict.fromkeys(each.kind for each in edited(agenda, policy).values())
    found = moves(agenda, policy, (record for kind in kinds for record in tx.records(kind=kind)), now)
    for each in found:
        if (given := each.signal(policy)) is not None:
            log.info("rhythm %s moves record=%s to %s", each.key, each.record.id, each.occurrence.number)
            errand.carry(given, each.record, f"{each.key} {each.occurrence.number}")
    errand.keep()
    _keep(tx, adopted(agenda, policy, now, {each.key: each.occurrence.number for each in found}))
    return errand.matters


def keep_time(tx: Transaction, policy: Policy, secret: bytes, now: datetime) -> tuple[int, list[Matter]]:
    """Do what is due of the rhythm: how much that was, and the letters that it led to."""
    agenda = _kept(tx)
    if agenda.due is None or agenda.due > now:
        return 0, []
    points = due_points(agenda, policy, now)
    _keep(tx, over(agenda, policy, now))
    matters: list[Matter] = []
    for point in points:
        log.info("rhythm %s of %s", point.key, point.occurrence.number)
        match point:
            case Call():
                matters += _called(Errand(tx, policy, secret, now), point)
            case Publication():
                matters += _published(tx, point, policy, now)
    # One that has nothing to do any more, such as a meeting that has begun, is over all the same.
    return max(1, len(points)), matters


def records_of(tx: Transaction, kind: str) -> tuple[Record, ...]:
    """The records that a report is of; "" is every kind."""
    return tuple(tx.records(**({"kind": kind} if kind else {})))


def _called(errand: Errand, point: Call) -> list[Matter]:
    """The record of a meeting, opened as its series says."""
    record_id = draw(errand.tx, point.series.kind, errand.policy, errand.now)
    trigger = called(point, record_id, errand.policy, errand.now)
    errand.carry(trigger, None, f"{point.key} {point.occurrence.number}")
    errand.keep()
    return errand.matters


def _published(tx: Transaction, point: Publication, policy: Policy, now: datetime) -> Iterator[Matter]:
    """A report as a letter to each of its readers, with what this one may see in their language; none while empty."""
    report = point.report
    records = records_of(tx, report.of)
    day = policy.calendar("").day_of(point.occurrence.begins).isoformat()
    for address in people(report.to, policy, now):
        reader = Reader(address, policy.language_of(address), policy, now)
        table = table_of(report, records, reader)
        if not table.rows:
            continue
        values = {"report": _as_value(table), "day": day}
        letter = Letter(Style.REPORT, TEMPLATE, (address,), rule=point.key, values=values)
        yield Matter(letter, None, None, f"{point.key} {point.occurrence.number}")


def _as_value(table: Table) -> str:
    rows = [[each.text for each in row.cells] for row in table.rows]
    return json.dumps({"title": table.title, "labels": table.labels, "rows": rows}, ensure_ascii=False)


def _kept(tx: Transaction) -> Agenda:
    data = tx.get(RHYTHM)
    return from_dict(Agenda, data) if data else Agenda()


def _keep(tx: Transaction, agenda: Agenda) -> None:
    tx.put(RHYTHM, to_dict(agenda))
