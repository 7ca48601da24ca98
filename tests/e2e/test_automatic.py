"""Machines are never answered and decide nothing; loops end; one sender's flood is capped."""

import pytest

from tests.e2e.office import CONTACT, IT_CONTACT, REQUESTER, US, Office, OfficeMaker

AUTOMATIC = {
    "RFC 3834": [("Auto-Submitted", "auto-replied")],
    "a subject in Chinese": [("Subject", "自动回复: [REQ-2026-0001] 报表导出")],
    "out of office": [("Subject", "Automatic reply: [REQ-2026-0001] 报表导出"), ("X-Auto-Response-Suppress", "All")],
    "QQ": [("X-QQ-AUTO-REPLY", "1")],
    "a bounce": [("From", "MAILER-DAEMON@example.com"), ("Subject", "Undelivered Mail Returned to Sender")],
    "a Chinese bounce": [("From", "postmaster@qq.com"), ("Subject", "来自qq.com的退信"), ("Return-Path", "<>")],
}
UNANSWERED = {
    "a list": [("List-Id", "<it.example.com>")],
    "bulk": [("Precedence", "bulk")],
    "noreply": [("From", "noreply@example.com")],
    "our own address": [("From", US)],
    "our alias": [("From", "it@example.com")],
    "our loop mark": [("X-Mailflow-Loop", US)],
    "no sender": [("From", "<>")],
}


def opened(office: Office) -> None:
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.news()


@pytest.mark.parametrize("sign", AUTOMATIC)
def test_an_automatic_reply_is_filed_and_answers_nothing_and_changes_nothing(office: Office, sign: str) -> None:
    opened(office)
    notice = office.last(IT_CONTACT)
    office.write(IT_CONTACT, "Re: [REQ-2026-0001] 报表导出", "受理", answers=notice, headers=AUTOMATIC[sign])
    office.work()
    assert [each for each in office.news() if each.is_answer] == []
    assert office.record().state == "received" and office.places() == ["filed", "filed"]


@pytest.mark.parametrize("sign", AUTOMATIC)
def test_an_automatic_mail_with_a_tag_opens_nothing(office: Office, sign: str) -> None:
    headers = [(name, value.replace("REQ-2026-0001", "需求")) for name, value in AUTOMATIC[sign]]
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01", headers=headers)
    office.work()
    assert office.letters == [] and office.records() == [] and office.places() == ["unfiled"]


@pytest.mark.parametrize("sign", UNANSWERED)
def test_what_must_not_be_answered_is_not(office: Office, sign: str) -> None:
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01", headers=UNANSWERED[sign])
    office.write(REQUESTER, "没有标签", "能看一下吗？", headers=UNANSWERED[sign])
    office.work()
    assert [str(each) for each in office.letters if each.is_answer] == []
    assert office.lying() == () and len(office.lying("Filed")) == 2


def test_a_mail_of_ours_that_comes_back_sets_nothing_off(office: Office) -> None:
    opened(office)
    for each in office.letters:
        office.put(each.content)
    office.work()
    assert office.news() == [] and len(office.records()) == 1


def test_two_robots_that_answer_each_other_fall_silent(office: Office) -> None:
    """A helpdesk of somebody else that acknowledges each of our mails, with no sign that it is a machine."""
    office.write("helpdesk@example.com", "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    read = 0
    for minute in range(0, 300):
        office.work(f"2026-03-02 {10 + minute // 60}:{minute % 60:02}")
        letters = [each for each in office.letters if each.reader == "helpdesk@example.com"]
        if len(letters) == read:
            break
        for each in letters[read:]:
            office.write(
                "helpdesk@example.com", f"Re: {each.subject}", "We received your mail. Ticket 1.", answers=each
            )
        read = len(letters)
    assert read < 20


def test_a_flood_of_one_sender_is_filed_and_answered_up_to_the_limit(make_office: OfficeMaker) -> None:
    office = make_office(more="limits: {acks_per_sender_per_day: 20}")
    for number in range(30):
        office.write(REQUESTER, f"[需求] 报表{number}", "业务目标：快\n期望交付时间：2026-12-01")
    for number in range(10):
        office.write(REQUESTER, f"问题{number}", "能看一下吗？")
    office.work()
    assert sum(each.is_answer for each in office.letters) == 20
    assert len(office.records()) == 30 and office.lying() == ()
    office.write(REQUESTER, "[需求] 明天", "业务目标：快\n期望交付时间：2026-12-01")
    office.work("2026-03-03 09:01")
    assert office.last(REQUESTER).is_answer, "the next day there is an answer again"


def test_a_flood_of_outsiders_about_a_record_does_not_flood_its_contact(office: Office) -> None:
    opened(office)
    for number in range(120):
        office.write(f"spam{number}@elsewhere.example", "Re: [REQ-2026-0001] 报表导出", f"buy {number}")
    office.work()
    assert len([each for each in office.news() if each.reader == IT_CONTACT]) <= 100


def test_mail_of_strangers_is_kept_and_not_answered(office: Office) -> None:
    office.write("someone@elsewhere.example", "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.write("someone@elsewhere.example", "hello", "hello")
    office.work()
    assert office.letters == [] and office.places() == ["unfiled", "unfiled"]


def test_a_list_members_request_is_filed_though_not_acknowledged(office: Office) -> None:
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01", headers=UNANSWERED["a list"])
    office.work()
    assert office.record().requester == REQUESTER
    assert {each.reader for each in office.letters} == {IT_CONTACT, CONTACT}
