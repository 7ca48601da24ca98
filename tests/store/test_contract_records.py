"""What every engine promises about records, their history, due moments and numbers."""

import pytest

from mailflow.adapters.store import DocumentStore
from mailflow.core.apply import fold
from mailflow.core.changes import Entered, Entry
from mailflow.ports import Conflict
from tests.store.samples import HOUR, NOW, entries_of, item, put_new, put_next


def test_a_record_comes_back_as_it_was_put_with_the_next_revision(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with store.transaction(write=False) as transaction:
        record = transaction.record("REQ-2026-0001")
        history = transaction.history("REQ-2026-0001")
    assert record is not None and record.revision == 1
    assert history == entries_of()
    assert fold("REQ-2026-0001", history).fields == record.fields == {"goal": "让报表更快"}


def test_what_is_not_there_is_none_or_empty(store: DocumentStore) -> None:
    with store.transaction(write=False) as transaction:
        assert transaction.record("REQ-2026-0001") is None
        assert transaction.history("REQ-2026-0001") == ()
        assert list(transaction.records()) == []
        assert transaction.next_due() is None
        assert transaction.due(NOW) == ()


def test_a_record_decided_on_an_older_revision_is_a_conflict_and_changes_nothing(
    store: DocumentStore,
) -> None:
    with store.transaction() as transaction:
        old = put_new(transaction, "REQ-2026-0001")
    with store.transaction() as transaction:
        put_next(transaction, old, "analysis")
    with pytest.raises(Conflict), store.transaction() as transaction:
        put_next(transaction, old, "rejected")
    with store.transaction(write=False) as transaction:
        record = transaction.record("REQ-2026-0001")
        assert record is not None and (record.state, record.revision) == ("analysis", 2)
        assert len(transaction.history("REQ-2026-0001")) == 5


def test_a_new_record_under_a_taken_id_is_a_conflict(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with pytest.raises(Conflict), store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")


def test_a_record_that_is_gone_cannot_be_continued(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001")
        transaction.tables.rows("records").truncate()
    with pytest.raises(Conflict), store.transaction() as transaction:
        put_next(transaction, record, "analysis")


def test_a_conflict_over_a_revision_leaves_the_rest_of_the_transaction_usable(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        stale = put_new(transaction, "REQ-2026-0001")
        put_next(transaction, stale, "analysis")
    with store.transaction() as transaction:
        with pytest.raises(Conflict):
            put_next(transaction, stale, "rejected")
        put_new(transaction, "REQ-2026-0002")
    with store.transaction(write=False) as transaction:
        assert [record.state for record in transaction.records()] == ["analysis", "received"]


def test_an_entry_number_that_is_taken_is_a_conflict_that_undoes_the_whole_transaction(
    store: DocumentStore,
) -> None:
    with store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001")
    taken = Entry(4, NOW, "", "", Entered("analysis"))
    with pytest.raises(Conflict), store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0002")
        with pytest.raises(Conflict):
            transaction.put_record(record, [taken], None)
        # Half of put_record is done here; carrying on regardless must not keep it.
    with store.transaction(write=False) as transaction:
        assert [one.id for one in transaction.records()] == ["REQ-2026-0001"]
        assert transaction.record("REQ-2026-0001") == record


def test_history_comes_in_the_order_of_its_numbers(store: DocumentStore) -> None:
    first, *others = entries_of()
    with store.transaction() as transaction:
        record = fold("REQ-2026-0001", [first])
        transaction.put_record(record, [*reversed(others), first], None)
        assert [entry.number for entry in transaction.history("REQ-2026-0001")] == [1, 2, 3, 4]


def test_records_are_found_by_kind_state_and_requester_oldest_first(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        first = put_new(transaction, "REQ-2026-0001")
        put_new(transaction, "INC-2026-0001", kind="incident", requester="bob@example.com")
        put_new(transaction, "REQ-2026-0002", requester="bob@example.com")
        put_next(transaction, first, "analysis")

        def found(**filters: object) -> list[str]:
            return [record.id for record in transaction.records(**filters)]

        assert found() == ["REQ-2026-0001", "INC-2026-0001", "REQ-2026-0002"]
        assert found(kind="requirement") == ["REQ-2026-0001", "REQ-2026-0002"]
        assert found(state="received") == ["INC-2026-0001", "REQ-2026-0002"]
        assert found(kind="requirement", requester="bob@example.com") == ["REQ-2026-0002"]
        assert found(state=["analysis", "received"], kind=["incident"]) == ["INC-2026-0001"]
        assert found(state="closed") == []


def test_a_filter_without_a_column_is_an_error_at_once(store: DocumentStore) -> None:
    with store.transaction(write=False) as transaction, pytest.raises(ValueError, match="priority"):
        transaction.records(priority="high")


def test_the_loop_over_records_may_write(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        for number in range(1, 1103):  # more than one chunk is read at a time
            put_new(transaction, f"REQ-2026-{number:04d}")
        for record in transaction.records(state="received"):
            put_next(transaction, record, "analysis")
        assert sum(1 for _ in transaction.records(state="analysis")) == 1102


def test_due_records_come_earliest_first_up_to_the_limit(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001", due=NOW + 2 * HOUR)
        put_new(transaction, "REQ-2026-0002", due=NOW)
        put_new(transaction, "REQ-2026-0003", due=NOW + HOUR)
        put_new(transaction, "REQ-2026-0004")
        assert transaction.due(NOW + HOUR) == (
            ("REQ-2026-0002", NOW),
            ("REQ-2026-0003", NOW + HOUR),
        )
        assert transaction.due(NOW + 9 * HOUR, limit=1) == (("REQ-2026-0002", NOW),)


def test_a_due_moment_can_be_set_and_taken_away_without_a_new_revision(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001")
        transaction.set_due("REQ-2026-0001", NOW)
        assert transaction.due(NOW) == (("REQ-2026-0001", NOW),)
        transaction.set_due("REQ-2026-0001", None)
        assert transaction.due(NOW) == ()
        assert transaction.record("REQ-2026-0001") == record
        with pytest.raises(KeyError):
            transaction.set_due("REQ-2026-0009", NOW)


def test_the_next_due_moment_is_the_earliest_of_timers_and_waiting_mails(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001", due=NOW + 3 * HOUR)
        assert transaction.next_due() == NOW + 3 * HOUR
        transaction.put_item(item("waiting", next_at=NOW + 2 * HOUR), b"mail")
        transaction.put_item(item("over", next_at=NOW, status="sent"), b"mail")
        assert transaction.next_due() == NOW + 2 * HOUR
        transaction.set_due("REQ-2026-0001", NOW + HOUR)
        assert transaction.next_due() == NOW + HOUR


def test_numbers_count_up_in_each_series_from_one(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        assert [transaction.next_number("REQ-2026") for _ in range(3)] == [1, 2, 3]
        assert transaction.next_number("REQ-2027") == 1
    with store.transaction() as transaction:
        assert transaction.next_number("REQ-2026") == 4


def test_a_number_kept_by_one_transaction_survives_the_rollback_of_another(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        assert transaction.next_number("REQ-2026") == 1
    with pytest.raises(ZeroDivisionError), store.transaction() as transaction:
        transaction.next_number("REQ-2026")
        raise ZeroDivisionError
    with store.transaction() as transaction:
        assert transaction.next_number("REQ-2026") > 1


def test_the_latest_of_a_kind_in_some_states_are_found_the_newest_last(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        records = [put_new(transaction, f"REQ-2026-000{number}") for number in (1, 2, 3, 4)]
        moved = transaction.record(records[1].id)
        assert moved is not None
        put_next(transaction, moved, "analysis")
    with store.transaction(write=False) as transaction:
        kind, state = records[0].kind, records[0].state
        assert [each.id for each in transaction.latest(kind, (state,), 2)] == ["REQ-2026-0003", "REQ-2026-0004"]
        assert [each.id for each in transaction.latest(kind, ("analysis", "no such"), 2)] == ["REQ-2026-0002"]
        assert transaction.latest("other", (state,), 2) == ()
