"""Tables on rows are TinyDB tables: its queries and calls do what they do on a storage of its own."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.operations import delete, increment
from tinydb.storages import Storage
from tinydb.table import Document, Table

from mailflow.adapters.store.engine import Engine, Session, Where
from mailflow.adapters.store.layout import Column, Index, Layout
from mailflow.adapters.store.memory import MemoryEngine
from mailflow.adapters.store.rows import RowDatabase, RowTable
from mailflow.adapters.store.sqlite import SqliteEngine

THINGS = Layout("things", (Column("name"), Column("size", "INTEGER")), (Index(("name", "size")),))
LAYOUTS = {"things": THINGS}


@pytest.fixture(params=["sqlite", "memory"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine: Engine = SqliteEngine(tmp_path / "things.db", layouts=LAYOUTS)
    else:
        engine = MemoryEngine(layouts=LAYOUTS)
    yield engine
    engine.close()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with engine.session(write=True) as session:
        yield session


@pytest.fixture
def things(session: Session) -> RowTable:
    table = RowDatabase(session, LAYOUTS).rows("things")
    table.insert_multiple(
        [
            {"name": "desk", "size": 3, "tags": ["wood", "old"], "owner": {"name": "Ann"}},
            {"name": "lamp", "size": 1, "tags": ["new"], "owner": {"name": "Bob"}},
            {"name": "desk", "size": 2, "tags": [], "owner": {"name": "Bob"}},
        ]
    )
    return table


def names(documents: list[Document]) -> list[tuple[int, str]]:
    return [(document.doc_id, document["name"]) for document in documents]


def test_queries_find_what_they_describe(things: RowTable) -> None:
    thing = Query()
    assert names(things.search(thing.name == "desk")) == [(1, "desk"), (3, "desk")]
    assert names(things.search((thing.owner.name == "Bob") & (thing.size > 1))) == [(3, "desk")]
    assert names(things.search(thing.tags.any(["new"]) | ~(thing.size < 3))) == [(1, "desk"), (2, "lamp")]
    assert names(things.search(thing.name.matches("la.*"))) == [(2, "lamp")]
    assert things.count(where("size").test(lambda size: size < 3)) == 2
    assert things.contains(thing.fragment({"name": "lamp", "size": 1}))
    assert not things.contains(doc_id=4)
    assert things.get(thing.name == "chair") is None


def test_documents_are_got_by_their_ids(things: RowTable) -> None:
    document = things.get(doc_id=2)
    assert document is not None and document.doc_id == 2 and document["name"] == "lamp"
    assert names(things.get(doc_ids=[3, 1, 9])) == [(1, "desk"), (3, "desk")]
    assert len(things) == len(things.all()) == 3


def test_updates_write_what_they_change_in_place(things: RowTable) -> None:
    def grow(document: Any) -> None:
        document["tags"].append("grown")
        document["owner"]["name"] = "Eve"

    assert things.update(grow, where("name") == "desk") == [1, 3]
    assert things.update(increment("size"), doc_ids=[2, 9]) == [2]
    assert things.update(delete("owner"), doc_ids=[2]) == [2]
    assert [one["tags"] for one in things] == [["wood", "old", "grown"], ["new"], ["grown"]]
    assert things.count(where("owner").name == "Eve") == 2
    assert things.get(doc_id=2) == {"name": "lamp", "size": 2, "tags": ["new"]}


def test_columns_follow_every_change(things: RowTable) -> None:
    things.update({"name": "table"}, doc_ids=[1])
    assert names(things.find(Where({"name": "desk"}))) == [(3, "desk")]
    assert things.pick(("doc_id", "size"), Where({"name": "table"})) == [(1, 3)]
    things.remove(where("name") == "table")
    assert things.find(Where({"name": "table"})) == []


def test_look_ups_go_by_equality_lists_ranges_order_and_limit(things: RowTable) -> None:
    def found(**options: Any) -> list[int]:
        return [document.doc_id for document in things.find(Where(**options))]

    assert found(equal={"name": "desk"}, order="size") == [3, 1]
    assert found(equal={"name": "desk"}, order="size", least=3) == [1]
    assert found(equal={"name": "desk"}, order="size", most=2) == [3]
    assert found(equal={"name": ["desk", "lamp", "chair"]}, order="size", limit=2) == [2, 3]
    assert found(equal={"doc_id": [3, 2]}) == [2, 3]
    assert found(equal={"name": []}) == []
    assert found(least=2, limit=1) == [2]
    assert found(order="size", most=2) == [2, 3]


def test_upsert_updates_or_inserts(things: RowTable) -> None:
    assert things.upsert({"size": 7}, where("name") == "lamp") == [2]
    assert things.upsert({"name": "chair", "size": 4}, where("name") == "chair") == [4]
    assert things.upsert(Document({"name": "bed", "size": 9}, doc_id=1)) == [1]
    assert names(things.all()) == [(1, "bed"), (2, "lamp"), (3, "desk"), (4, "chair")]


def test_truncate_begins_anew(things: RowTable) -> None:
    things.truncate()
    assert len(things) == 0
    assert things.insert({"name": "first"}) == 1


def test_nothing_read_or_written_is_shared_with_what_is_kept(things: RowTable) -> None:
    ours = {"name": "shelf", "tags": ["a"]}
    doc_id = things.insert(ours)
    ours["tags"].append("b")  # type: ignore[attr-defined]
    query = where("name") == "shelf"
    things.search(query)[0]["tags"].append("c")
    fetched = things.get(doc_id=doc_id)
    assert fetched is not None
    fetched["tags"].append("d")
    assert things.search(query)[0]["tags"] == ["a"]


def test_a_search_sees_what_others_wrote_since_the_last_one(things: RowTable, session: Session) -> None:
    query = where("name") == "desk"
    assert things.count(query) == 2
    RowDatabase(session, LAYOUTS).rows("things").remove(doc_ids=[1])
    assert things.count(query) == 1


def test_an_update_that_raises_writes_nothing(things: RowTable) -> None:
    def fail_on_the_lamp(document: Any) -> None:
        document["size"] = 100
        if document["name"] == "lamp":
            raise ZeroDivisionError

    before = things.all()
    with pytest.raises(ZeroDivisionError):
        things.update(fail_on_the_lamp)
    assert things.all() == before


def test_tables_can_be_named_and_dropped(things: RowTable, session: Session) -> None:
    database = RowDatabase(session, LAYOUTS)
    assert database.tables() == {"things"}
    database.drop_tables()
    assert len(database.table("things")) == 0


# --- the same calls on a plain TinyDB -------------------------------------------------------------


class TextStorage(Storage):
    """What JSONStorage does, without a file."""

    def __init__(self) -> None:
        self.text = ""

    def read(self) -> Any:
        return json.loads(self.text) if self.text else None

    def write(self, data: Any) -> None:
        self.text = json.dumps(data)


Call = Callable[[Table], Any]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab\0報\ud800", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("xy", max_size=1), inner, max_size=2),
    max_leaves=4,
)
documents = st.fixed_dictionaries(
    {"name": st.sampled_from(["desk", "lamp", "報表"])},
    optional={"size": st.integers(0, 3), "tags": st.lists(values, max_size=2), "other": values},
)
queries = st.one_of(
    st.builds(lambda name: where("name") == name, st.sampled_from(["desk", "lamp", "none"])),
    st.builds(lambda size: where("size") >= size, st.integers(0, 3)),
    st.just(where("tags").exists()),
)
ids = st.lists(st.integers(1, 9), max_size=3, unique=True)


def _append(document: Any) -> None:
    document.setdefault("tags", []).append("more")


def _above(table: Table, document: dict[str, Any], gap: int) -> Any:
    """TinyDB lists documents as they were put, rows as they are numbered: put higher numbers only."""
    highest = max((one.doc_id for one in table), default=0)
    return table.insert(Document(document, highest + gap))


calls: st.SearchStrategy[Call] = st.one_of(
    st.builds(lambda doc: lambda table: table.insert(deepcopy(doc)), documents),
    st.builds(lambda docs: lambda table: table.insert_multiple(deepcopy(docs)), st.lists(documents, max_size=3)),
    st.builds(lambda doc, gap: lambda table: _above(table, deepcopy(doc), gap), documents, st.integers(0, 3)),
    st.builds(lambda doc, query: lambda table: table.update(deepcopy(doc), query), documents, queries),
    st.builds(lambda which: lambda table: table.update(_append, doc_ids=which), ids),
    st.builds(lambda query: lambda table: table.update(_append, query), queries),
    st.just(lambda table: table.update({"other": [1]})),
    st.just(lambda table: table.update(delete("size"))),
    st.builds(
        lambda doc, one, two: lambda table: table.update_multiple([(deepcopy(doc), one), (_append, two)]),
        documents,
        queries,
        queries,
    ),
    st.builds(lambda doc, query: lambda table: table.upsert(deepcopy(doc), query), documents, queries),
    st.builds(lambda query: lambda table: table.remove(query), queries),
    st.builds(lambda which: lambda table: table.remove(doc_ids=which), ids),
    st.just(lambda table: table.truncate()),
    st.builds(lambda query: lambda table: names_of(table.search(query)), queries),
    st.builds(lambda query: lambda table: table.get(query), queries),
    st.builds(lambda which: lambda table: names_of(table.get(doc_ids=which)), ids),
    st.builds(lambda query: lambda table: (table.contains(query), table.count(query)), queries),
    st.builds(lambda doc_id: lambda table: table.get(doc_id=doc_id), st.integers(1, 9)),
)


def names_of(found: list[Document]) -> list[tuple[int, dict[str, Any]]]:
    return [(one.doc_id, dict(one)) for one in found]


def _outcome(call: Call, table: Table) -> Any:
    try:
        return call(table)
    except (ValueError, KeyError) as error:
        return type(error)


@given(st.lists(calls, max_size=12))
def test_any_calls_do_what_they_do_on_a_plain_tinydb(some: list[Call]) -> None:
    plain = TinyDB(storage=TextStorage).table("things")
    engine = MemoryEngine(layouts=LAYOUTS)
    with engine.session(write=True) as session:
        _compare(some, plain, RowDatabase(session, LAYOUTS).rows("things"))


@given(some=st.lists(calls, max_size=12))
def test_any_calls_do_on_sqlite_what_they_do_on_a_plain_tinydb(
    some: list[Call], tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain = TinyDB(storage=TextStorage).table("things")
    engine = SqliteEngine(tmp_path_factory.getbasetemp() / "compared.db", layouts=LAYOUTS)
    with engine.session(write=True) as session:
        table = RowDatabase(session, LAYOUTS).rows("things")
        table.truncate()
        _compare(some, plain, table)
    engine.close()


def _compare(some: list[Call], plain: Table, rows: RowTable) -> None:
    for call in some:
        assert _outcome(call, rows) == _outcome(call, plain)
        assert names_of(rows.all()) == names_of(plain.all())
        for name in ("desk", "lamp"):
            # The index says the same as a look at every document.
            assert names_of(rows.find(Where({"name": name}))) == names_of(plain.search(where("name") == name))
