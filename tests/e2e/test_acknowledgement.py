"""Whoever writes is answered: once, at once, in their language, in their thread, and nobody else is."""

import pytest

from tests.e2e.office import CONTACT, ENGLISH, IT_CONTACT, REQUESTER, Office, clock

TAGS = (
    "[需求] 报表导出",
    "【需求】报表导出",
    "(需求) 报表导出",
    "需求：报表导出",
    "［需求］报表导出",
    "Re: [需求] 报表导出",
)
ENGLISH_TAGS = ("[REQ] Export reports", "[req] Export reports", "REQ: Export reports", "[ＲＥＱ] Export reports")


def test_each_writer_gets_one_acknowledgement_in_their_thread(office: Office) -> None:
    written = {
        office.write(sender, "[需求] 报表导出", "业务目标：快"): sender for sender in (REQUESTER, ENGLISH, CONTACT)
    }
    office.work("2026-03-02 09:30")
    answers = {each.in_reply_to: each for each in office.letters if each.is_answer}
    assert {key: each.reader for key, each in answers.items()} == written
    for each in answers.values():
        assert each.references[-1] == each.in_reply_to
        assert each.envelope_from == "", "an answer bears the empty envelope sender (RFC 3834 section 3.3)"
        assert each.message["Auto-Submitted"] == "auto-replied"
        assert clock(each.at) == "2026-03-02 09:30"
    assert len(office.letters) == len({each.message_id for each in office.letters})
    office.work("2026-03-02 09:31")
    assert sum(each.is_answer for each in office.letters) == 3


def test_an_answer_is_in_the_language_of_the_person_or_else_of_the_mail(office: Office) -> None:
    office.write(ENGLISH, "[需求] 报表导出", "业务目标：每天少花一小时")
    office.write(REQUESTER, "[REQ] Export", "Business goal: save one hour a day\nThank you very much for your help.")
    office.write(REQUESTER, "[需求] 导出", "业务目标：每天少花一小时")
    office.work()
    subjects = [(each.reader, "Business goal" in each.text) for each in office.letters if each.is_answer]
    assert subjects == [(ENGLISH, True), (REQUESTER, True), (REQUESTER, False)]


@pytest.mark.parametrize("subject", TAGS + ENGLISH_TAGS)
def test_a_tag_is_known_in_every_way_people_write_it(office: Office, subject: str) -> None:
    office.write(REQUESTER, subject, "业务目标：快")
    office.work()
    record = office.record()
    assert (record.kind, record.id) == ("requirement", "REQ-2026-0001")
    assert record.title in ("报表导出", "Export reports")


def test_a_subject_in_gb18030_is_read_and_answered(office: Office) -> None:
    subject = "[需求] 报表导出㐂".encode("gb18030")
    raw = b"From: zhang.wei@example.com\r\nTo: requests@example.com\r\nMessage-ID: <gb@client.example>\r\n"
    import base64

    raw += b"Subject: =?gb2312?B?" + base64.b64encode(subject) + b"?=\r\n"
    raw += b"Content-Type: text/plain; charset=gb2312\r\n\r\n" + "业务目标：快㐂".encode("gb18030") + b"\r\n"
    office.put(raw)
    office.work()
    assert office.record().title == "报表导出㐂"
    assert "报表导出㐂" in office.last(REQUESTER).subject
    assert office.record().fields["goal"] == "快㐂"


def test_at_night_the_writer_is_answered_at_once_and_the_others_at_opening(office: Office) -> None:
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快")
    office.work("2026-03-02 22:13")
    assert [(each.reader, each.when) for each in office.news()] == [(REQUESTER, "2026-03-02 22:13")]
    office.work("2026-03-03 08:59")
    assert office.news() == []
    office.work("2026-03-03 09:00")
    assert sorted(each.reader for each in office.news()) == sorted([IT_CONTACT, CONTACT])


def test_untagged_mail_is_answered_with_how_to_write_a_tag(office: Office) -> None:
    asked = office.write(REQUESTER, "报表", "能不能导出报表？")
    office.work()
    (answer,) = office.letters
    assert (answer.reader, answer.in_reply_to) == (REQUESTER, asked)
    assert "[需求]" in answer.text
    assert office.places() == ["unfiled"] and office.records() == []
