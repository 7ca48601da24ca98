"""Which recipients a bounce names, for good or for now, and which mail of ours it was."""

import pytest

from mailflow.mail.model import Failure
from mailflow.mail.parse import parse

REPORT = """Return-Path: <>
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; Gone@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

Final-Recipient: rfc822; full@example.com
Action: delayed
Status: 4.2.2

Final-Recipient: rfc822; late@example.com
Action: failed
Status: 4.4.7 (delivery time expired)

Final-Recipient: rfc822; fine@example.com
Action: delivered
Status: 2.0.0

Final-Recipient: rfc822; list@example.com
Action: expanded
Status: 2.0.0

--b
Content-Type: message/rfc822

Message-ID: <req-1.ack@requests.example.com>
Subject: [REQ] x
From: requests@example.com

text
--b--
"""


def test_a_report_tells_who_failed_and_whether_for_good() -> None:
    mail = parse(REPORT.encode())
    assert mail.failures == (
        Failure("gone@example.com", True, "5.1.1"),
        Failure("full@example.com", False, "4.2.2"),
        Failure("late@example.com", False, "4.4.7"),
    )
    assert mail.original_message_id == "req-1.ack@requests.example.com"
    assert mail.labels == ()


def test_a_report_of_success_names_no_failure() -> None:
    only = REPORT.split("Final-Recipient")
    assert parse((only[0] + "Final-Recipient" + only[4] + only[5].partition("\n\n--b")[1]).encode()).failures == ()


def test_the_original_is_found_in_its_headers_alone() -> None:
    content = REPORT.replace("Content-Type: message/rfc822\n", "Content-Type: text/rfc822-headers\n")
    assert parse(content.encode()).original_message_id == "req-1.ack@requests.example.com"


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (
            "<gone@example.com>: host mx said: 550 5.1.1 User unknown",
            Failure("gone@example.com", True, "5.1.1"),
        ),
        (
            "The following address failed:\n\n  gone@example.com\n    Unrouteable address",
            Failure("gone@example.com", True),
        ),
        ("收件人：gone@example.com\n失败原因：邮箱不存在", Failure("gone@example.com", True)),
        ("收件人 gone@example.com\n退信原因：对方邮箱空间已满", Failure("gone@example.com", False)),
        (
            "There was a temporary problem delivering to gone@example.com. We will retry.",
            Failure("gone@example.com", False),
        ),
        ("无法投递到 gone@example.com\n550 User not found", Failure("gone@example.com", True)),
        ("gone@example.com\n452 4.2.2 Mailbox full", Failure("gone@example.com", False, "4.2.2")),
    ],
)
def test_a_bounce_in_words_is_read(text: str, failure: Failure) -> None:
    head = (
        "From: Mail Delivery System <mailer-daemon@mx.example.com>\nTo: requests@example.com\nSubject: failure notice"
    )
    assert parse(f"{head}\n\n{text}\n".encode()).failures == (failure,)


def test_addresses_in_an_automatic_reply_have_not_failed() -> None:
    head = "From: wang@example.com\nAuto-Submitted: auto-replied\nSubject: 自动回复: x"
    content = f"{head}\n\n请联系 li@example.com，收件人已离职"
    assert parse(content.encode()).failures == ()


def test_a_persons_mail_about_a_bounce_names_no_failure() -> None:
    content = "From: wang@example.com\nSubject: why?\n\n550 5.1.1 <gone@example.com>: User unknown"
    assert parse(content.encode()).failures == ()
