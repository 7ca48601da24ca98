"""The index of words behind the documents: what came since is taken into it, and what has the words is found.

Nothing is queued: documents get ascending ids, and the index knows up to which id of each table it has them. So a
commit costs no more than before, and a crash leaves nothing half indexed. Texts are only added. What a text came
from is looked at again when it is found, as a field may have changed since.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mailflow.adapters.store.engine import DOC_ID, Session, Where
from mailflow.adapters.store.rows import RowDatabase
from mailflow.core.reading.words import Term, excerpt, hits, terms, tokens
from mailflow.ports import Hit

# A text's number: the place of its table here, and the document's id.
_TABLES = ("history", "messages", "outbox")
_SPAN = 1 << 40
# What people wrote and what we read from it comes first: subjects of ours mostly say a title again.
_THEIRS, _OURS = range(2 * _SPAN), range(2 * _SPAN, 3 * _SPAN)
_TELLING = frozenset({"Opened", "FieldSet"})
# So many texts that have common words are looked at for the best; so many at a time.
_RANKED, _CHUNK = 5_000, 50
# So many messages of a record are looked at for a line to show.
_FIRST = 3

_Document = Mapping[str, Any]


class Searching:
    """The part of a transaction that finds words."""

    _rows: RowDatabase
    _session: Session

    def search(self, words: str, limit: int = 20) -> tuple[Hit, ...]:
        wanted = terms(words)
        found: dict[str, Hit] = {}
        for numbers in (_THEIRS, _OURS) if wanted else ():
            ranked = self._session.matching(wanted, numbers, _RANKED)
            for start in range(0, len(ranked), _CHUNK):
                for hit in self._hits(ranked[start : start + _CHUNK], wanted, found):
                    found.setdefault(hit.record, hit)
                    if len(found) >= limit:
                        return tuple(found.values())
        return tuple(found.values())

    def behind(self) -> bool:
        """Whether something is not yet indexed."""
        return any(self._session.indexed_to(name) < self._session.last_id(name) for name in _TABLES)

    def index(self, limit: int = 500) -> int:
        taken = 0
        for place, name in enumerate(_TABLES):
            where = Where(least=self._session.indexed_to(name) + 1, limit=limit - taken)
            documents = self._rows.rows(name).find(where) if taken < limit else []
            if not documents:
                continue
            texts = dict(self._texts(name, documents))
            self._session.add_texts((place * _SPAN + doc_id, tokens(text)) for doc_id, text in texts.items())
            self._session.set_indexed_to(name, documents[-1].doc_id)
            taken += len(documents)
        return taken

    def _texts(self, name: str, documents: Sequence[Any]) -> Iterator[tuple[int, str]]:
        """What is indexed of new documents, under their ids."""
        if name == "history":
            # One text for all that a commit says of a record: the record as it stands, under the latest entry.
            telling = {one["record"]: one.doc_id for one in documents if one["change"]["type"] in _TELLING}
            for record in self._rows.rows("records").find(Where({"id": list(telling)})) if telling else ():
                yield telling[record["id"]], _record_text(record)
            return
        for one in documents:
            text = _message_text(one) if name == "messages" else _item_text(one)
            if text:
                yield one.doc_id, text

    def _hits(
        self, ranked: Sequence[tuple[int, float]], wanted: Sequence[Term], known: Mapping[str, Hit]
    ) -> Iterator[Hit]:
        by_table: dict[int, list[int]] = {}
        for number, _ in ranked:
            by_table.setdefault(number // _SPAN, []).append(number % _SPAN)
        documents = {
            place * _SPAN + one.doc_id: one
            for place, ids in by_table.items()
            for one in self._named(_TABLES[place], ids, known)
        }
        for number, score in ranked:
            if number in documents:
                yield from self._hit(_TABLES[number // _SPAN], documents[number], wanted, score)

    def _named(self, name: str, ids: list[int], known: Mapping[str, Hit]) -> list[Any]:
        """The documents of these ids that belong to records which are not known yet."""
        table = self._rows.rows(name)
        rows = table.pick((DOC_ID, "record"), Where({DOC_ID: ids}))
        return table.find(Where({DOC_ID: [doc_id for doc_id, record in rows if record and record not in known]}))

    def _hit(self, name: str, document: _Document, wanted: Sequence[Term], score: float) -> Iterator[Hit]:
        at = datetime.fromisoformat(document["at"])
        if name == "messages":
            text = excerpt(f"{document['text']}\n{_message_text(document)}", wanted)
            if document["place"] == "filed":
                yield Hit(document["record"], "message", document["digest"], at, text, score)
        elif name == "outbox":
            yield Hit(document["records"][0], "mail", document["id"], at, excerpt(document["subject"], wanted), score)
        else:
            record = self._rows.rows("records").find_one(id=document["record"])
            if record is not None and hits(wanted, _record_text(record)):
                yield Hit(record["id"], "record", "", at, self._record_excerpt(record, wanted), score)

    def _record_excerpt(self, record: _Document, wanted: Sequence[Term]) -> str:
        """A line of its fields or of its first messages that has the words, rather than its title."""
        fields = "\n".join(str(value) for value in record["fields"].values())
        messages = self._rows.rows("messages").find(Where({"record": record["id"]}, limit=_FIRST))
        texts = (fields, *(str(each["text"]) for each in messages), _record_text(record))
        return next(filter(None, (excerpt(text, wanted) for text in texts)), "")


def _record_text(record: _Document) -> str:
    return "\n".join((record["id"], record["title"], *(str(value) for value in record["fields"].values())))


def _message_text(message: _Document) -> str:
    names = (name for name, *_ in message["attachments"])
    return "\n".join((message["subject"], message["text"], *names))


def _item_text(item: _Document) -> str:
    """The subject; "" for an information copy, which says it again, and a bundle, which is about no one record."""
    return "" if item["copy_of"] or len(item["records"]) != 1 else str(item["subject"])
