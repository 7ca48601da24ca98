"""What every engine promises about transactions, small values, policies, repair and copies."""

import threading

import pytest

from mailflow.adapters.store import DocumentStore, copy_into_memory
from mailflow.adapters.store.engine import Where
from tests.store.samples import HOUR, NOW, item, message, put_new, put_next


def test_small_values_and_policies_are_kept(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put("policy", {"hash": "a", "since": NOW, "names": ("x", "y")})
        transaction.put("policy", {"hash": "b", "since": NOW, "names": ("x", "y")})
        transaction.put_policy("a", {"rules/site.yaml": "name: IT\n"}, NOW)
        transaction.put_policy("a", {"rules/site.yaml": "name: another\n"}, NOW)
    with store.transaction(write=False) as transaction:
        since = "2026-03-02T09:00:00.000000Z"
        assert transaction.get("policy") == {"hash": "b", "since": since, "names": ["x", "y"]}
        assert transaction.get("series REQ-2026") is None
        assert transaction.policy("a") == {"rules/site.yaml": "name: IT\n"}
        assert transaction.policy("b") is None


def test_an_exception_undoes_everything_the_transaction_wrote(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        before = put_new(transaction, "REQ-2026-0001", due=NOW)
        transaction.put_message(message(), b"first")
    with pytest.raises(ZeroDivisionError), store.transaction() as transaction:
        put_next(transaction, before, "analysis", due=NOW + HOUR)
        put_new(transaction, "REQ-2026-0002")
        transaction.put_message(message(subject="changed"), b"second")
        transaction.put_item(item(), b"mail")
        transaction.put("key", "value")
        raise ZeroDivisionError
    with store.transaction(write=False) as transaction:
        assert list(transaction.records()) == [before]
        assert transaction.due(NOW) == (("REQ-2026-0001", NOW),)
        assert len(transaction.history("REQ-2026-0001")) == 4
        assert (transaction.message("digest"), transaction.content("digest")) == (message(), b"first")
        assert (transaction.item("item"), transaction.content("item")) == (None, b"")
        assert transaction.get("key") is None
    assert store.problems() == ()


def test_a_transaction_for_reading_cannot_write(store: DocumentStore) -> None:
    with store.transaction(write=False) as transaction, pytest.raises(RuntimeError, match="reading"):
        transaction.put("key", "value")


def test_a_transaction_is_over_after_its_block(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    with pytest.raises(RuntimeError, match="over"):
        transaction.record("REQ-2026-0001")


def test_a_write_inside_a_write_of_the_same_thread_is_told_at_once(store: DocumentStore) -> None:
    with (
        store.transaction(),
        pytest.raises(RuntimeError, match="inside"),
        store.transaction(),
    ):
        raise AssertionError("not reached")


def test_a_closed_store_says_so(store: DocumentStore) -> None:
    store.close()
    with pytest.raises(RuntimeError, match="closed"), store.transaction():
        raise AssertionError("not reached")


def test_threads_write_one_after_the_other_and_lose_nothing(store: DocumentStore) -> None:
    def count_up() -> None:
        for _ in range(25):
            with store.transaction() as transaction:
                put_new(transaction, f"REQ-2026-{transaction.next_number('REQ-2026'):04d}")
            with store.transaction(write=False) as transaction:
                assert transaction.record("REQ-2026-0001") is not None

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with store.transaction(write=False) as transaction:
        assert len(list(transaction.records())) == 100
    assert store.problems() == ()


def test_a_sound_store_has_no_problems_and_reindex_changes_nothing(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001", due=NOW)
        transaction.put_message(message(), b"mail")
        transaction.put_item(item("bundle", records=("REQ-2026-0001", "REQ-2026-0001")), b"mail")
    assert store.problems() == ()
    assert store.reindex() == 1
    with store.transaction(write=False) as transaction:
        assert list(transaction.records()) == [record]
        assert transaction.due(NOW) == (("REQ-2026-0001", NOW),)
        assert len(transaction.tables.rows("mentions")) == 1


def test_problems_names_what_does_not_hold_together(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        put_new(transaction, "REQ-2026-0002")
        put_new(transaction, "REQ-2026-0003")
        records, history = transaction.tables.rows("records"), transaction.tables.rows("history")
        records.update({"title": "another"}, doc_ids=[1])
        history.remove(doc_ids=[one.doc_id for one in history if one["record"] == "REQ-2026-0002"])
        records.remove(doc_ids=[3])
        transaction.put_message(message(record="REQ-2026-0007"), b"")
        transaction.put_item(item("bundle", records=("REQ-2026-0001", "REQ-2026-0008")), b"")
    found = "\n".join(store.problems())
    assert "REQ-2026-0001 is not what its history makes" in found
    assert "REQ-2026-0002 has no history" in found
    assert "history of REQ-2026-0003, but no such record" in found
    assert "message digest is filed with REQ-2026-0007" in found
    assert "mail bundle is about REQ-2026-0008" in found
    assert "the bytes of message digest are missing" in found
    assert "the bytes of mail bundle are missing" in found


def test_reindex_makes_records_from_their_history_again(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        first = put_new(transaction, "REQ-2026-0001", due=NOW)
        second = put_new(transaction, "REQ-2026-0002")
        records = transaction.tables.rows("records")
        records.update({"title": "another", "state": "closed"}, doc_ids=[1])
        records.remove(doc_ids=[2])
    assert store.reindex() == 2
    assert store.problems() == ()
    with store.transaction(write=False) as transaction:
        restored = transaction.record("REQ-2026-0001")
        assert restored is not None
        assert (restored.title, restored.state, restored.revision) == (first.title, "received", 2)
        assert transaction.record("REQ-2026-0002") == second
        assert transaction.due(NOW) == (("REQ-2026-0001", NOW),)


def test_reindex_makes_columns_and_mentions_from_the_documents_again(store: DocumentStore) -> None:
    bundle = item("bundle", records=("REQ-2026-0001", "REQ-2026-0002"))
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        put_new(transaction, "REQ-2026-0002")
        transaction.put_item(bundle, b"mail")
        mentions = transaction.tables.rows("mentions")
        mentions.truncate()
        mentions.insert({"item": "none", "record": "REQ-2026-0001", "reply_to": None, "at": ""})
    with store.engine.session(write=True) as session:
        rows = session.select("records", ("doc_id", "doc"), Where())
        session.put("records", [(doc_id, text, (f"x{doc_id}", *[None] * 5)) for doc_id, text in rows])
    assert any("columns" in problem for problem in store.problems())
    assert store.reindex() == 2
    assert store.problems() == ()
    with store.transaction(write=False) as transaction:
        assert transaction.items("REQ-2026-0002") == (bundle,) == transaction.items("REQ-2026-0001")


def test_a_copy_in_memory_has_everything_and_writes_nothing_back(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001", due=NOW)
        transaction.put_message(message(), b"bytes of the original")
        transaction.next_number("REQ-2026")
    copy = copy_into_memory(store)
    with copy.transaction() as transaction:
        assert list(transaction.records()) == [record]
        assert transaction.content("digest") == b"bytes of the original"
        assert transaction.next_number("REQ-2026") == 2
        put_next(transaction, record, "analysis")
        transaction.put_message(message("new"), b"mail")
        transaction.put_item(item(), b"mail")
    assert copy.problems() == ()
    with store.transaction() as transaction:
        assert list(transaction.records()) == [record]
        assert not transaction.has_message("new") and transaction.content("new") == b""
        assert transaction.items() == ()
        assert transaction.next_number("REQ-2026") == 2


def test_in_a_copy_what_is_changed_does_not_take_the_place_of_what_comes(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        for year in range(2020, 2030):
            transaction.next_number(f"REQ-{year}")
    copy = copy_into_memory(store)
    with copy.transaction() as transaction:
        assert transaction.next_number("REQ-2021") == 2
        assert transaction.next_number("CHG-2026") == 1
        assert [transaction.next_number(f"REQ-{year}") for year in range(2020, 2030)] == [2, 3, *[2] * 8]
