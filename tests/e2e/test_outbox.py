"""A server that is away or unwilling: mail waits and goes later, never twice but in doubt, and what fails is seen."""

from mailflow.demo.servers import ImapServer
from mailflow.mail.parse import parse
from mailflow.ports import Item
from tests.e2e.office import CONTACT, IT_CONTACT, REQUESTER, Office, local


def request(office: Office) -> None:
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")


def items(office: Office, reader: str) -> list[Item]:
    with office.open.store.transaction(write=False) as tx:
        return [each for each in tx.items() if each.recipients == (reader,)]


def copies(office: Office, reader: str) -> list[bytes]:
    return [each.content for each in office.letters if each.reader == reader]


def message_id(content: bytes) -> str:
    return parse(content).message_id


def test_while_the_relay_is_away_mail_is_filed_and_goes_when_it_is_back(office: Office) -> None:
    office.sink.stop()
    request(office)
    passed = office.work("2026-03-02 09:30")
    assert passed.troubles and office.places() == ["filed"] and office.lying() == ()
    assert office.work("2026-03-02 09:35").troubles
    office.sink.start()
    office.work("2026-03-02 10:30")
    assert sorted(each.reader for each in office.letters) == sorted([REQUESTER, CONTACT, IT_CONTACT])
    office.work("2026-03-02 11:30")
    assert len(office.letters) == 3


def test_while_the_mailbox_is_away_timers_fire_and_mail_goes_out(office: Office, imap: ImapServer) -> None:
    request(office)
    office.work("2026-03-02 09:30")
    imap.pause()
    passed = office.work("2026-03-02 15:00")
    assert passed.troubles and office.last(IT_CONTACT).rule.endswith("assess-reminder")
    imap.resume()
    office.write(CONTACT, "[需求] 第二个", "业务目标：快\n期望交付时间：2026-12-01")
    assert office.work("2026-03-02 15:01").troubles == []
    assert office.last(CONTACT).is_answer


def test_a_connection_that_is_cut_is_made_anew(office: Office, imap: ImapServer) -> None:
    office.work()
    imap.cut()
    request(office)
    office.work()
    office.work()
    assert len(office.letters) == 3


def test_a_temporary_refusal_is_tried_again_alone_and_soon(office: Office) -> None:
    request(office)
    office.sink.answer("rcpt", "450 4.2.0 greylisted, try again", address=IT_CONTACT)
    office.work("2026-03-02 09:30")
    assert sorted(each.reader for each in office.news()) == sorted([REQUESTER, CONTACT])
    office.work_minutes("2026-03-02 09:31", "2026-03-02 09:40")
    (late,) = office.news()
    assert late.reader == IT_CONTACT and late.at <= local("2026-03-02 09:35")


def test_a_relay_that_always_puts_off_is_asked_seldom_and_given_up_after_days(office: Office) -> None:
    request(office)
    office.sink.answer("rcpt", "450 4.2.0 not now", address=REQUESTER, times=None)
    office.work("2026-03-02 09:30")
    for minutes in range(0, 3 * 60, 2):
        office.work(f"2026-03-02 {10 + minutes // 60}:{minutes % 60:02}", mailboxes=False)
    (waiting,) = items(office, REQUESTER)
    assert waiting.status == "deferred" and waiting.attempts <= 10
    for day in range(3, 9):
        office.work(f"2026-03-0{day} 10:00", mailboxes=False)
    given_up = items(office, REQUESTER)[0]
    assert given_up.status == "rejected" and "not now" in given_up.reply


def test_a_permanent_refusal_is_kept_where_it_is_seen_and_not_tried_again(office: Office) -> None:
    request(office)
    office.sink.answer("rcpt", "550 5.1.1 no such user", address=CONTACT, times=None)
    office.work("2026-03-02 09:30")
    office.work("2026-03-02 12:00")
    (refused,) = items(office, CONTACT)
    assert (refused.status, refused.attempts) == ("rejected", 1) and "no such user" in refused.reply
    assert "no such user" in office.command("outbox", "list")


def test_an_answer_that_was_lost_is_in_doubt_and_tried_again_at_most_twice_with_the_same_bytes(office: Office) -> None:
    office.sink.answer("content", None, address=REQUESTER, times=None, kept=True)
    request(office)
    office.work("2026-03-02 09:30")
    assert items(office, REQUESTER)[0].status == "in-doubt"
    for hour in range(10, 20):
        office.work(f"2026-03-02 {hour}:31")
    for day in range(3, 6):
        office.work(f"2026-03-0{day} 10:00")
    first = copies(office, REQUESTER)[0]
    found = [each for each in copies(office, REQUESTER) if message_id(each) == message_id(first)]
    assert 1 < len(found) <= 3 and len(set(found)) == 1
    assert items(office, REQUESTER)[0].status == "in-doubt"
    assert "in-doubt" in office.command("outbox", "list")


def test_an_answer_that_was_lost_once_ends_as_sent(office: Office) -> None:
    office.sink.answer("content", None, address=REQUESTER, times=1, kept=True)
    request(office)
    office.work("2026-03-02 09:30")
    office.work("2026-03-02 11:00")
    assert items(office, REQUESTER)[0].status == "sent"
    assert len(set(copies(office, REQUESTER))) == 1


def test_a_relay_that_takes_no_empty_sender_gets_ours(office: Office) -> None:
    office.sink.answer("mail", "550 5.7.1 null sender not allowed", address="", times=None)
    request(office)
    office.work("2026-03-02 09:30")
    assert office.last(REQUESTER).envelope_from == "requests@example.com"


def test_a_notice_that_waited_too_long_for_its_state_is_not_sent(office: Office) -> None:
    """What asks for an assessment is worth nothing once the request was withdrawn."""
    office.now = local("2026-03-02 20:00")
    asked = office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.reply(office.last(REQUESTER, "received"), "撤回")
    office.work("2026-03-02 20:10")
    assert office.record().state == "withdrawn", (asked, office.history())
    office.work("2026-03-03 09:00")
    assert [e for e in office.letters if e.rule.endswith("please-assess")] == []
    assert items(office, IT_CONTACT)[0].status == "superseded"
