"""What a message gives away besides tags and fields."""

import pytest

from mailflow.core.directory import Directory, Person
from mailflow.core.reading.hints import original_sender
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
