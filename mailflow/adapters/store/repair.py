"""What an integrity check looks at, and the rebuilding of all that is derived."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from mailflow.adapters.store.engine import DOC, DOC_ID, Engine, Row, Session, Values, Where
from mailflow.adapters.store.layout import HISTORY, OUTBOX, RECORDS, TABLES, Layout
from mailflow.adapters.store.outbox import renew_mentions
from mailflow.adapters.store.records import record_document
from mailflow.adapters.store.rows import encode, scan
from mailflow.adapters.store.transaction import Documents
from mailflow.codec import from_dict
from mailflow.core.apply import fold
from mailflow.core.model import Record
from mailflow.ports import Unavailable

# Rows a transaction: others may write in between, and none waits long.
BATCH = 500
Work = Callable[[Session, list[Values]], None]


def reindex(engine: Engine) -> int:
    """Rebuild indexes, derived columns and tables from the documents, and records from their history.

    Returns the number of records. Runs beside other writers, a batch at a time.
    """
    engine.check(repair=True)
    for layout in TABLES.values():
        _batches(engine, layout, _columns_of(layout))
    _batches(engine, TABLES["mentions"], _drop_stray_mentions)
    _batches(engine, OUTBOX, _renew_mentions)
    _batches(engine, HISTORY, _revive_records)
    return _batches(engine, RECORDS, _refold_records)


def _batches(engine: Engine, layout: Layout, work: Work) -> int:
    count = start = 0
    while True:
        with engine.session(write=True) as session:
            where = Where(least=start, limit=BATCH)
            rows = session.select(layout.name, (DOC_ID, DOC, *layout.names), where)
            work(session, rows)
        count += len(rows)
        if len(rows) < BATCH:
            return count
        start = rows[-1][0] + 1


def _columns_of(layout: Layout) -> Work:
    def work(session: Session, rows: list[Values]) -> None:
        fresh: list[Row] = [(row[0], row[1], layout.values(json.loads(row[1]))) for row in rows]
        changed = [new for new, old in zip(fresh, rows, strict=True) if new[2] != old[2:]]
        if changed:
            session.put(layout.name, changed)

    return work


def _drop_stray_mentions(session: Session, rows: list[Values]) -> None:
    items = {row[0]: json.loads(row[1])["item"] for row in rows}
    known = {item for (item,) in session.select("outbox", ("id",), Where({"id": list(set(items.values()))}))}
    session.delete("mentions", [doc_id for doc_id, item in items.items() if item not in known])


def _renew_mentions(session: Session, rows: list[Values]) -> None:
    tables = Documents(session).tables
    for row in rows:
        renew_mentions(tables, json.loads(row[1]))


def _revive_records(session: Session, rows: list[Values]) -> None:
    """Records that are lost but for their history; their due moments are the engine's to set again."""
    named = sorted({json.loads(row[1])["record"] for row in rows})
    known = {record for (record,) in session.select("records", ("id",), Where({"id": named}))}
    documents = Documents(session)
    for record_id in named:
        if record_id not in known and (record := folded_record(documents, record_id)) is not None:
            document = record_document(replace(record, revision=1), None)
            documents.tables.rows("records").insert(document)


def _refold_records(session: Session, rows: list[Values]) -> None:
    documents, changed = Documents(session), []
    for row in rows:
        document = json.loads(row[1])
        record = from_dict(Record, document)
        folded = folded_record(documents, record.id)
        if folded is None or replace(folded, revision=record.revision) == record:
            continue
        # A new revision: whoever decided on the old record must decide again.
        fresh = record_document(replace(folded, revision=record.revision + 1), None)
        fresh["due"] = document["due"]
        changed.append((row[0], encode(fresh), RECORDS.values(fresh)))
    if changed:
        session.put("records", changed)


def folded_record(documents: Documents, record_id: str) -> Record | None:
    """What the history makes of a record; None when there is none, or it does not fold."""
    history = documents.history(record_id)
    try:
        return fold(record_id, history) if history else None
    except (ValueError, TypeError, IndexError):
        return None


def problems(engine: Engine) -> tuple[str, ...]:
    """Everything that an integrity check of database, documents and their ties finds."""
    found = list(engine.check())
    try:
        with engine.session(write=False) as session:
            for check in (_record_problems, _tie_problems, _column_problems):
                found.extend(check(session))
    except Unavailable as error:
        if not found:
            raise
        # A damaged file, as the database's own check has said already.
        found.append(str(error))
    return tuple(found)


def _record_problems(session: Session) -> Iterator[str]:
    documents = Documents(session)
    for _, document in scan(session, "records"):
        try:
            record = from_dict(Record, document)
        except (ValueError, TypeError, KeyError) as error:
            yield f"record {document.get('id')} cannot be read: {error}"
            continue
        folded = folded_record(documents, record.id)
        if folded is None:
            yield f"{record.id} has no history that makes it"
        elif replace(folded, revision=record.revision) != record:
            yield f"{record.id} is not what its history makes: run `mailflow reindex`"


def _tie_problems(session: Session) -> Iterator[str]:
    records = {record for (record,) in session.select("records", ("id",), Where())}
    for (record,) in sorted(set(session.select("history", ("record",), Where())) - {(one,) for one in records}):
        yield f"there is a history of {record}, but no such record: run `mailflow reindex`"
    digests = []
    for digest, record in session.select("messages", ("digest", "record"), Where()):
        digests.append(digest)
        if record and record not in records:
            yield f"message {digest} is filed with {record}, which does not exist"
    for digest in session.without_blob(digests):
        yield f"the bytes of message {digest} are missing"
    items = session.select("outbox", ("id", "record"), Where())
    items += session.select("mentions", ("item", "record"), Where())
    for item, record in items:
        if record and record not in records:
            yield f"mail {item} is about {record}, which does not exist"
    for item in session.without_blob(sorted({item for item, _ in items})):
        yield f"the bytes of mail {item} are missing"


def _column_problems(session: Session) -> Iterator[str]:
    for layout in TABLES.values():
        for (doc_id, document), row in _with_columns(session, layout):
            if layout.values(document) != row:
                yield f"{layout.name} {doc_id}: columns differ from the document: run `mailflow reindex`"


def _with_columns(session: Session, layout: Layout) -> Iterator[tuple[tuple[int, dict[str, object]], Values]]:
    start = 0
    while rows := session.select(layout.name, (DOC_ID, DOC, *layout.names), Where(least=start, limit=BATCH)):
        for row in rows:
            yield (row[0], json.loads(row[1])), row[2:]
        start = rows[-1][0] + 1
