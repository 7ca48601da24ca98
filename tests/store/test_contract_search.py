"""What every engine promises about search."""

from pathlib import Path

import pytest

from mailflow.adapters.store import DocumentStore, MemoryStore, SqliteStore, copy_into_memory
from mailflow.core.apply import apply
from mailflow.core.changes import Entry, FieldSet
from mailflow.ports import Message, Transaction
from tests.store.samples import HOUR, NOW, item, message, put_new
from tests.store.test_layouts import restore


def found(store: DocumentStore, words: str, limit: int = 20) -> list[tuple[str, str, str]]:
    with store.transaction(write=False) as transaction:
        return [(each.record, each.place, each.key) for each in transaction.search(words, limit)]


def put_text(transaction: Transaction, number: int, text: str, **changes: object) -> Message:
    record = f"REQ-2026-{number:04d}"
    kept = message(f"d{number}", record=record, subject="", text=text, attachments=(), **changes)
    put_new(transaction, record)
    transaction.put_message(kept, b"x")
    return kept


def test_a_record_is_found_by_its_title_its_fields_its_messages_and_our_mails(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        transaction.put_message(message(text="登录时卡住\n很久", attachments=(("截图.png", "image/png", 1),)), b"x")
        transaction.put_item(item(), b"x")
    assert store.index() == 6
    assert found(store, "報表 更快") == [("REQ-2026-0001", "record", "")]
    assert found(store, "req-2026-0001") == [("REQ-2026-0001", "record", "")]
    assert found(store, "登录") == found(store, "截图") == [("REQ-2026-0001", "message", "digest")]
    assert found(store, "please ASSESS") == [("REQ-2026-0001", "mail", "item")]
    assert found(store, "报表 assess") == []
    assert found(store, "！") == []


def test_a_hit_has_the_line_and_the_moment(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_text(transaction, 1, "第一行\n打印机 故障 了", at=NOW + HOUR)
    store.index()
    with store.transaction(write=False) as transaction:
        (hit,) = transaction.search("故障")
    assert (hit.text, hit.at) == ("打印机 故障 了", NOW + HOUR)


def test_each_record_is_found_once_the_best_first_then_the_newest(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_text(transaction, 1, "打印机又不能用了")
        put_text(transaction, 2, "打印机又不能用了")
        put_text(transaction, 3, "打印机，打印机")
        put_text(transaction, 4, "别的事")
        transaction.put_message(message("more", record="REQ-2026-0001", text="打印机是什么时候送去修的呢"), b"x")
        for number in range(5, 15):
            put_text(transaction, number, "无关")
    store.index()
    assert [record for record, *_ in found(store, "打印机")] == ["REQ-2026-0003", "REQ-2026-0002", "REQ-2026-0001"]
    assert len(found(store, "打印机", limit=2)) == 2


def test_what_belongs_to_no_record_is_not_found(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_message(message("a", place="unfiled", record="", text="打印机"), b"x")
        transaction.put_message(message("b", place="quarantine", record="", text="打印机"), b"x")
    store.index()
    assert found(store, "打印机") == []
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        transaction.put_message(message("a", text="打印机"), b"")
    assert found(store, "打印机") == [("REQ-2026-0001", "message", "a")]


def test_a_field_is_found_by_its_present_value_only(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        record = put_new(transaction, "REQ-2026-0001")
    store.index()
    with store.transaction() as transaction:
        entry = Entry(record.entries + 1, NOW, "ann@example.com", "", FieldSet("goal", "打印更清楚", "line 1"))
        transaction.put_record(apply(record, entry), [entry], None)
    assert store.index() == 1
    assert found(store, "月度 清楚") == [("REQ-2026-0001", "record", "")]
    assert found(store, "更快") == []


def test_a_copy_and_a_bundle_are_not_found_by_their_subjects(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
        put_new(transaction, "REQ-2026-0002")
        transaction.put_item(item("copy", copy_of="item", subject="打印机"), b"x")
        transaction.put_item(item("two", records=("REQ-2026-0001", "REQ-2026-0002"), subject="打印机"), b"x")
    store.index()
    assert found(store, "打印机") == []


def test_a_part_of_what_waits_can_be_indexed_and_the_rest_later(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        for number in range(1, 8):
            put_text(transaction, number, "打印机")
    taken = []
    while not taken or taken[-1]:
        with store.transaction() as transaction:
            taken.append(transaction.index(5))
    assert (taken[:2], sum(taken), store.index()) == ([5, 5], 35, 0)
    assert len(found(store, "打印机")) == 7


def test_an_index_that_was_not_committed_is_made_again(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_text(transaction, 1, "打印机")
    with pytest.raises(ZeroDivisionError), store.transaction() as transaction:
        transaction.index()
        assert transaction.search("打印机")
        raise ZeroDivisionError
    assert found(store, "打印机") == []
    assert store.index() == 5
    assert [record for record, *_ in found(store, "打印机")] == ["REQ-2026-0001"]


def test_reindex_makes_the_index_anew(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_text(transaction, 1, "打印机")
    store.index()
    assert store.reindex() == 1
    assert [record for record, *_ in found(store, "打印机")] == ["REQ-2026-0001"]
    assert (store.index(), store.problems()) == (0, ())


def test_a_copy_in_memory_finds_the_same(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        put_text(transaction, 1, "打印机")
    store.index()
    copy = copy_into_memory(store)
    assert copy.index() == 5
    assert found(copy, "打印机") == found(store, "打印机")


def test_both_engines_rank_alike(sqlite_store: SqliteStore) -> None:
    memory = MemoryStore()
    texts = ["打印机 故障", "故障 " * 4, "打印机打印机 故障 a long text 无关的话" * 3, "printer", "无关", "x"]
    scores = []
    for store in (sqlite_store, memory):
        with store.transaction() as transaction:
            for number, text in enumerate(texts, start=1):
                put_text(transaction, number, text)
        store.index()
        with store.transaction(write=False) as transaction:
            for query in ("打印机 故障", "故障", "print", "机"):
                scores.append([(each.record, round(each.score, 4)) for each in transaction.search(query)])
    assert scores[: len(scores) // 2] == scores[len(scores) // 2 :]


def test_a_state_of_the_layout_before_is_searched(tmp_path: Path) -> None:
    restore(1, tmp_path / "mailflow.db")
    store = SqliteStore(tmp_path / "mailflow.db")
    store.index()
    assert [record for record, *_ in found(store, "报表")] == ["REQ-2026-0001"]
    store.close()
