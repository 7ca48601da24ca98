"""What a message gives away besides tags and fields."""

import pytest

from mailflow.core.directory import Directory, Person
from mailflow.core.reading.hints import foreign_numbers, lacks_attachment, original_sender
from mailflow.mail.model import Attachment, Mail

LI, EMMA = "li.na@example.com", "emma.brown@example.com"
DIRECTORY = Directory(
    people={LI: Person(LI, "李娜", "sales"), EMMA: Person(EMMA, "Emma Brown", "finance")}, departments={}
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"发件人: 李娜 <{LI}>\n发送时间: 2026年3月1日\n主题: x", LI),
        (f"From: 李娜 [mailto:{LI}]\nSent: Sunday\nSubject: x", LI),
        (f"---------- Forwarded message ---------\nFrom: Na Li <{LI}>\nDate: Sun\nSubject: x", LI),
        ("发件人: 李娜\n发送时间: 2026年3月1日 9:09\n收件人: 陈静\n主题: x", LI),
        ("From: Emma Brown\nSent: Sunday, March 1, 2026\nTo: Chen Jing\nSubject: x", EMMA),
        ("Von: Emma Brown\nGesendet: Sonntag\nAn: Chen Jing\nBetreff: x", EMMA),
        (f"| 发件人 | 李娜<{LI}> |\n| 日期 | 2026年3月1日 |", LI),
        (f"*From:* Na Li <mailto:{LI}>\n*Sent:* Sunday", LI),
        (f"보낸 사람: Li <{LI}>\n보낸 날짜: x", LI),
        (f"Van: Li <{LI}>\nVerzonden: x", LI),
        (f"李娜 <{LI}> 于2026年3月1日周日 10:44写道：", LI),
        (f'在 2026-03-01 10:44:00，"李娜" <{LI}> 写道：', LI),
        ("From: Nobody Known\nSent: Sunday\nSubject: x", ""),
        ("From: Beijing\nTo: Shanghai\nSubject: x", ""),
        ("请登记", ""),
    ],
)
def test_the_first_writer_of_what_is_forwarded_is_named_in_its_header(text: str, address: str) -> None:
    assert original_sender(Mail("digest", "subject", text=f"FYI\n\n{text}\n\nbody"), DIRECTORY) == address


def test_the_first_writer_of_an_attached_message_is_named_in_its_header() -> None:
    content = b"Subject: x\r\nFrom: =?utf-8?B?5p2O5aic?=\r\n <li.na@example.com>\r\n\r\nFrom: a@b.example\r\n"
    message = Attachment("x.eml", "message/rfc822", content)
    assert original_sender(Mail("digest", "subject", attachments=(message,)), DIRECTORY) == LI


@pytest.mark.parametrize(
    "text",
    ["请见附件", "附件请查收", "如附檔", "现附上清单", "附件1：需求说明书.docx", "请参阅附表", "PFA the report",
     "Please find enclosed the report", "I am attaching the form.", "Fill in the attached form, please", "as per attached"],
)  # fmt: skip
def test_an_attachment_that_is_spoken_of_is_missed(text: str) -> None:
    assert lacks_attachment(Mail("digest", "subject", own=text))
    assert not lacks_attachment(
        Mail("digest", "subject", own=text, attachments=(Attachment("a.txt", "text/plain", b""),))
    )


@pytest.mark.parametrize(
    "text",
    ["附件大小限制是多少", "邮件附件打不开", "附件：无", "现附上链接 https://x.example", "The attached printer is broken",
     "How do I attach a file?", "We need attachments in the form"],
)  # fmt: skip
def test_who_speaks_of_attachments_has_not_forgotten_one(text: str) -> None:
    assert not lacks_attachment(Mail("digest", "subject", own=text))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("[#12345] x", "12345"),
        ("[Ticket#2026112010000123] x", "2026112010000123"),
        ("工單編號：A-123", "A-123"),
        ("服务单号：S123", "S123"),
        ("Case ID: 00012345", "00012345"),
        ("Incident #4567", "4567"),
        ("[JIRA-123] x", "JIRA-123"),
        ("see INC0012345", "INC0012345"),
    ],
)
def test_the_numbers_of_other_programs_are_seen(text: str, number: str) -> None:
    assert foreign_numbers(Mail("digest", text)) == (number,)


@pytest.mark.parametrize("text", ["工单号：REQ-2026-0001", "[covid-19] x", "ref: the letter", "2026112010"])
def test_what_is_no_number_of_another_program_is_none(text: str) -> None:
    assert foreign_numbers(Mail("digest", text)) == ()
