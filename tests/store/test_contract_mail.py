"""What every engine promises about messages, their bytes, UIDs, and the outbox."""

from dataclasses import replace

import pytest

from mailflow.adapters.store import DocumentStore
from mailflow.core.facts import Notice
from mailflow.ports import Seen
from tests.store.samples import HOUR, NOW, item, message

# Random-looking and repetitive bytes, bytes that are no text, an empty line: what mail brings.
CONTENT = bytes(range(256)) * 3 + b"Subject: \xb1\xa8\xb1\xed\r\n\r\n" + b"the same line\r\n" * 400


def test_a_message_comes_back_with_its_very_bytes(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_message(message(), CONTENT)
    with store.transaction(write=False) as transaction:
        assert transaction.has_message("digest")
        assert transaction.message("digest") == message()
        assert transaction.content("digest") == CONTENT


def test_short_bytes_that_do_not_pack_come_back_too(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_message(message(), b"\x00\xff")
        assert transaction.content("digest") == b"\x00\xff"


def test_a_message_that_is_not_there_is_none_and_has_no_bytes(store: DocumentStore) -> None:
    with store.transaction(write=False) as transaction:
        assert not transaction.has_message("digest")
        assert transaction.message("digest") is None
        assert transaction.content("digest") == b""


def test_an_unfiled_message_that_becomes_a_record_is_replaced_and_keeps_its_bytes(
    store: DocumentStore,
) -> None:
    with store.transaction() as transaction:
        transaction.put_message(message(place="unfiled", record=""), CONTENT)
        transaction.put_message(message(), b"")
        assert transaction.messages() == (message(),)
        assert transaction.messages(place="unfiled") == ()
        assert transaction.content("digest") == CONTENT


def test_messages_are_found_by_record_and_place_in_the_order_they_came(store: DocumentStore) -> None:
    one, two = message("one"), message("two", record="REQ-2026-0002")
    three, four = message("three"), message("four", place="quarantine", record="", date=None)
    with store.transaction() as transaction:
        for each in (three, two, one, four):
            transaction.put_message(each, b"mail")
        assert transaction.messages("REQ-2026-0001") == (three, one)
        assert transaction.messages(place="quarantine") == (four,)
        assert transaction.messages("REQ-2026-0002", "filed") == (two,)
        assert transaction.messages() == (three, two, one, four)


@pytest.mark.parametrize("text", ["a\0b", "lone \udce9 surrogate", "🗓️ 报表 " * 20])
def test_text_that_databases_dislike_is_kept(store: DocumentStore, text: str) -> None:
    odd = message(subject=text, message_id=f"<{text}>", sender=text)
    with store.transaction() as transaction:
        transaction.put_message(odd, b"mail")
        assert transaction.message("digest") == odd
        assert transaction.records_of([f"<{text}>"]) == {f"<{text}>": "REQ-2026-0001"}


def test_message_ids_of_mails_in_and_out_lead_to_their_records(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_message(message("in"), b"mail")
        transaction.put_message(message("stray", record="", place="unfiled"), b"mail")
        transaction.put_item(item("out", records=("REQ-2026-0002",)), b"mail")
        asked = ["<in@example.com>", "<stray@example.com>", "<out@requests.example.com>", "<unknown@x>", ""]
        assert transaction.records_of(asked) == {
            "<in@example.com>": "REQ-2026-0001",
            "<out@requests.example.com>": "REQ-2026-0002",
        }
        assert transaction.records_of([]) == {}


def test_of_several_messages_with_one_message_id_the_last_counts(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_message(message("one", message_id="<device@x>"), b"mail")
        transaction.put_message(message("two", message_id="<device@x>", record="REQ-2026-0002"), b"mail")
        assert transaction.records_of(["<device@x>"]) == {"<device@x>": "REQ-2026-0002"}


def test_a_bundle_names_no_single_record(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_item(item("bundle", records=("REQ-2026-0001", "REQ-2026-0002")), b"mail")
        assert transaction.records_of(["<bundle@requests.example.com>"]) == {}


def test_uids_are_a_set_for_each_mailbox_and_uidvalidity(store: DocumentStore) -> None:
    taken, filed = Seen(7, "taken", False, 1), Seen(9, "filed", False, 1)
    with store.transaction() as transaction:
        transaction.put_seen("INBOX", 1, [taken, filed])
        transaction.put_seen("INBOX", 2, [Seen(7, "filed", True, 1)])
        transaction.put_seen("INBOX", 1, [replace(filed, moved=True), taken])
        assert transaction.seen("INBOX", 1, [7, 8, 9]) == {7: taken, 9: replace(filed, moved=True)}
        assert transaction.seen("INBOX", 1, range(8, 5000)) == {9: replace(filed, moved=True)}
        assert transaction.seen("INBOX", 2, [7]) == {7: Seen(7, "filed", True, 1)}
        assert transaction.seen("Other", 1, [7]) == {} == transaction.seen("INBOX", 1, [])


def test_the_first_contact_of_a_mailbox_is_kept(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        assert transaction.first_contact("INBOX", NOW) == NOW
    with store.transaction() as transaction:
        assert transaction.first_contact("INBOX", NOW + HOUR) == NOW
        assert transaction.first_contact("Other", NOW + HOUR) == NOW + HOUR


def test_a_mail_of_ours_is_put_once(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        assert transaction.put_item(item(), CONTENT)
        assert not transaction.put_item(item(subject="again"), b"other")
    with store.transaction() as transaction:
        assert not transaction.put_item(item(subject="again"), b"other")
        assert transaction.item("item") == item()
        assert transaction.content("item") == CONTENT
        assert transaction.item("other") is None


def test_an_item_is_replaced_when_it_is_there(store: DocumentStore) -> None:
    sent = item(status="sent", attempts=1, sent_at=NOW, reply="250 ok", refused={"x@example.com": "550 no"})
    with store.transaction() as transaction:
        transaction.put_item(item(), CONTENT)
        transaction.set_item(sent)
        assert transaction.item("item") == sent
        assert transaction.content("item") == CONTENT
        with pytest.raises(KeyError):
            transaction.set_item(item("other"))


def test_items_are_found_by_record_and_status_bundles_by_each_of_theirs(store: DocumentStore) -> None:
    bundle = item("bundle", records=("REQ-2026-0003", "REQ-2026-0001", "REQ-2026-0002"))
    single, sent = item("single"), item("sent", status="sent")
    with store.transaction() as transaction:
        for each in (single, bundle, sent):
            transaction.put_item(each, b"mail")
        assert transaction.items("REQ-2026-0001") == (single, bundle, sent)
        assert transaction.items("REQ-2026-0002") == (bundle,)
        assert transaction.items("REQ-2026-0001", "pending") == (single, bundle)
        assert transaction.items(status="sent") == (sent,)
        assert transaction.items() == (single, bundle, sent)
        smaller = replace(bundle, records=("REQ-2026-0003", "REQ-2026-0002"))
        transaction.set_item(smaller)
        assert transaction.items("REQ-2026-0001") == (single, sent)
        assert transaction.items("REQ-2026-0002") == (smaller,)


def test_what_waits_is_sendable_from_its_moment_on_earliest_first(store: DocumentStore) -> None:
    later = item("later", next_at=NOW + HOUR, status="deferred")
    doubt = item("doubt", next_at=NOW - HOUR, status="in-doubt")
    now, gone = item("now"), item("gone", status="superseded", next_at=NOW - HOUR)
    with store.transaction() as transaction:
        for each in (later, now, gone, doubt):
            transaction.put_item(each, b"mail")
        assert transaction.sendable(NOW) == (doubt, now)
        assert transaction.sendable(NOW + HOUR) == (doubt, now, later)
        assert transaction.sendable(NOW + HOUR, limit=1) == (doubt,)
        transaction.set_item(replace(doubt, status="sent"))
        assert transaction.sendable(NOW) == (now,)


def _notice(name: str) -> Notice:
    one = item(name)
    address, record = "it@example.com", ("REQ-2026-0001",)
    return Notice(f"<{name}@requests.example.com>", address, record, {}, one.style, one.rules[0], one.templates[0])


def test_notices_are_told_from_copies(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_item(item("notice", visit=3, cc=("Head@example.com",)), b"mail")
        transaction.put_item(item("copy", copy_of="notice", recipients=("head@example.com",)), b"mail")
        transaction.put_item(
            item("copied", recipients=("it@example.com", "head@example.com"), cc=("Head@example.com",)),
            b"mail",
        )
        asked = [f"<{name}@requests.example.com>" for name in ("notice", "copy", "copied", "unknown")]
        assert transaction.sent_to(asked) == (
            _notice("notice"),
            _notice("copied"),
        )
        assert transaction.sent_to([]) == ()


def test_replies_to_an_address_are_counted_since_a_moment_in_any_case(store: DocumentStore) -> None:
    with store.transaction() as transaction:
        transaction.put_item(item("old", style="reply", at=NOW - HOUR), b"mail")
        transaction.put_item(item("reply", style="reply", recipients=("IT@example.com",)), b"mail")
        transaction.put_item(item("two", style="reply", recipients=("ann@example.com", "it@example.com")), b"mail")
        transaction.put_item(item("notice"), b"mail")
        assert transaction.replies_since("it@example.com", NOW) == 2
        assert transaction.replies_since("it@example.com", NOW - HOUR) == 3
        assert transaction.replies_since("Ann@example.com", NOW) == 1
        assert transaction.replies_since("nobody@example.com", NOW) == 0
