"""The same mail by whatever way is one mail; a device that uses a Message-ID again sends several."""

import shutil

import pytest

from tests.e2e.office import REQUESTER, Office, OfficeMaker, message

TRACE = (
    b"Return-Path: <zhang.wei@example.com>\r\nDelivered-To: second@example.com\r\n"
    b"Received: from mx (mx [192.0.2.1]) by imap; Mon, 2 Mar 2026 09:00:03 +0800\r\n"
)


def request(office: Office, title: str = "报表导出") -> bytes:
    return message(
        REQUESTER,
        f"[需求] {title}",
        "业务目标：快\n期望交付时间：2026-12-01",
        message_id=f"same.{title.encode().hex()}@client.example",
        date=office.now,
    )


def test_a_mail_that_is_delivered_twice_is_one(office: Office) -> None:
    content = request(office)
    office.put(content)
    office.put(content)
    office.work()
    office.put(content.replace(b"\r\n", b"\n"))
    office.put(TRACE + content)
    office.work()
    assert len(office.letters) == 3
    assert len(office.records()) == 1 and office.places() == ["filed"]
    assert office.lying() == () and len(office.lying("Filed")) == 4


def test_a_mail_in_two_mailboxes_is_one(make_office: OfficeMaker) -> None:
    office = make_office(boxes=("requests", "second"))
    content = request(office)
    office.put(content, "requests")
    office.put(TRACE + content, "second")
    office.work()
    assert len(office.letters) == 3 and len(office.records()) == 1
    assert office.lying(user="requests") == () == office.lying(user="second")


def test_two_mails_with_one_message_id_are_two(office: Office) -> None:
    for title in ("一", "二"):
        subject = f"[需求] {title}"
        office.put(
            message(
                REQUESTER,
                subject,
                "业务目标：快\n期望交付时间：2026-12-01",
                message_id="scanner@client.example",
                date=office.now,
            )
        )
    office.work()
    assert sorted(each.title for each in office.records()) == ["一", "二"]


def test_mail_that_stays_in_the_inbox_is_taken_once(make_office: OfficeMaker) -> None:
    office = make_office(filed="null")
    office.put(request(office))
    for minute in range(3):
        office.work(f"2026-03-02 09:0{minute}")
        office.close()
    assert len(office.letters) == 3 and len(office.lying()) == 1


@pytest.mark.timeout(60)
def test_a_mailbox_that_was_renumbered_brings_nothing_twice(dovecot_office: Office) -> None:
    office = dovecot_office
    office.filed = "null"
    office.write_site()
    office.put(request(office))
    office.put(request(office, "第二个"))
    office.work()
    assert len(office.records()) == 2 and len(office.letters) == 6
    office.close()
    server = office.server.server  # type: ignore[attr-defined]
    inbox = server.maildir(office.boxes[0])
    content = office.lying()
    before = (inbox / "dovecot-uidlist").read_text().split()[1]
    # What an administrator does who puts a mailbox back from a backup: the numbers begin anew.
    for path in inbox.glob("dovecot*"):
        path.unlink()
    uidlist = inbox / "dovecot-uidlist"
    uidlist.write_text(f"3 V{int(before.removeprefix('V')) + 77} N1\n")
    server.owner.take(uidlist)
    office.put(request(office, "第三个"))
    assert office.work("2026-03-02 09:05").troubles == []
    assert len(office.lying()) == len(content) + 1
    assert len(office.records()) == 3 and len(office.letters) == 9


def test_a_restored_state_takes_the_mail_of_the_folder_again_and_answers_nothing_twice(office: Office) -> None:
    """An older copy of the state: what it does not know of is taken in again from the folder of filed mail by hand."""
    office.put(request(office))
    office.work()
    office.close()
    shutil.copytree(office.path / "state", office.path / "backup")
    second = request(office, "第二个")
    office.put(second)
    office.work("2026-03-02 09:01")
    sent = {each.message_id for each in office.letters}
    office.close()
    shutil.rmtree(office.path / "state")
    shutil.copytree(office.path / "backup", office.path / "state")
    office.put(second)
    office.work("2026-03-02 09:01")
    assert {each.message_id for each in office.letters} == sent, "the same mails, which a reader's program can tell"
    assert len(office.records()) == 2


def test_after_reindex_nothing_new_is_sent(office: Office) -> None:
    office.put(request(office))
    office.work()
    assert office.open.store.reindex() == 1
    office.put(request(office))
    office.work("2026-03-02 09:01")
    assert len(office.letters) == 3
    office.work("2026-03-02 14:30")
    assert len(office.letters) == 4, "the timers go on"
