"""The two verdicts: a machine wrote it, and it must not be acknowledged."""

import pytest

from mailflow.mail.parse import parse


def read(head: str, subject: str = "hello") -> tuple[tuple[str, ...], tuple[str, ...]]:
    mail = parse(f"{head}\nSubject: {subject}\n\ntext\n".encode())
    return mail.automatic, mail.unanswerable


PERSON = "From: Fang Wang <wang@example.com>"


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "X-QQ-AUTO-REPLY: 1",
        "X-QQ-HolidayReply: 1",
        "X-FC-MachineGenerated: true",
        "Precedence: auto_reply",
        "X-Failed-Recipients: a@b.c",
        "X-MS-Exchange-Inbox-Rules-Loop: a@b.c",
        "X-Aliyun-Bounce: 1",
        "X-Bounced-Version: 1",
        "Return-Path: <>",
        "Return-Path: <MAILER-DAEMON>",
        "Return-Path: <MAILER-DAEMON@example.com>",
        "Return-Path: <wang+auto_=requests=example.com@qq.com>",
        "Sender: mailer-daemon@example.com",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "Content-Type: message/delivery-status",
    ],
)
def test_signs_of_a_machine_forbid_an_answer_too(line: str) -> None:
    automatic, unanswerable = read(f"{PERSON}\n{line}")
    assert automatic
    assert set(automatic) <= set(unanswerable)


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@example.com",
        "Mail Delivery System <x@example.com>",
        "mailer-daemon",
        "<post_master@example.com>",
    ],
)
def test_a_daemon_is_a_machine(sender: str) -> None:
    assert read(f"From: {sender}")[0] == ("from-daemon",)


@pytest.mark.parametrize(
    "subject",
    ["自动回复: 需求", "自動回覆：x", "Automatic reply: x", "Re: Out of Office: x", "[外部] 自动回复：x",
     "Re: 自动回复: x", "回复：Out of the office", "系统退信", "退信：x", "来自mail.example.com的退信", "邮件发送失败",
     "Undelivered Mail Returned to Sender", "Undeliverable: x", "Returned mail: see transcript", "failure notice",
     "Delivery Status Notification (Failure)", "Mail delivery failed: returning message", "自動返信", "不在通知：x",
     "자동 회신: x", "Odpowiedź automatyczna: x", "Otomatik yanıt: x", "不在办公室: x", "自动回复 Re: x", "自动回复",
     "Out of Office AutoReply: x", "Out of office until 5 December", "Auto-Reply from Fang", "Automatic reply",
     "[自动回复] 我正在休假", "外出自動回覆：x", "Automated response: x", "Automatikus válasz: x", "Fraværsmelding: x",
     "您的邮件无法投递", "邮件传递失败", "無法傳遞的郵件: x", "郵件退回", "[外部邮件] 系统退信", "Nicht zugestellt: x",
     "Warning: message 1abc-2 delayed 24 hours", "Не удается доставить: x", "配信不可: x", "Message undeliverable: x",
     "Undeliverable Mail: x", "未送达: x", "无法送达: x", "系统退信/Mail Delivery Failure", "邮件被退回: x"],
)  # fmt: skip
def test_subjects_that_begin_like_a_machines_are_a_machines(subject: str) -> None:
    assert read(PERSON, subject)[0]


@pytest.mark.parametrize(
    "subject",
    ["为什么退信", "为什么会收到自动回复", "退信问题怎么办？", "How do I set an out of office reply?",
     "the autoreply of yesterday", "Please deliver", "About mail delivery",
     "邮件发送失败，请处理", "Mail error when sending the report", "需求：退信处理",
     "[REQ] set up my vacation", "Delivery of the new laptops", "自动回复功能怎么设置", "[需求] 自动回复功能",
     "自动回复设置不生效", "[REQ] Automatic reply templates for support", "Out of office calendar sync is broken",
     "Delivery status of order 123", "Mail delivery to customers is slow", "[故障] 邮件发送失败，收不到验证码",
     "[故障] 邮件投递失败", "[需求] 退信自动处理", "Failure notice board needs repair", "未送达的快递怎么登记",
     "[故障] 系统退信", "【故障】无法投递", "不在通知范围内的人员", "離開辦公室前請關燈", "Non-delivery of goods",
     "无法送达的客户名单", "Automated testing requirement", "Delayed mail room deliveries",
     "[REQ] Undeliverable address handling in CRM", "Undelivered parcels of last week"],
)  # fmt: skip
def test_a_persons_question_about_such_mail_is_a_persons(subject: str) -> None:
    assert read(PERSON, subject) == ((), ())


@pytest.mark.parametrize(
    ("line", "sign"),
    [
        ("Precedence: bulk", "precedence-bulk"),
        ("Precedence: list", "precedence-bulk"),
        ("List-Id: <x.example.com>", "list"),
        ("List-Unsubscribe: <mailto:x@y>", "list"),
        ("X-Auto-Response-Suppress: All", "auto-response-suppressed"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "auto-response-suppressed"),
    ],
)
def test_lists_and_people_who_suppress_answers_are_no_machines(line: str, sign: str) -> None:
    assert read(f"{PERSON}\n{line}") == ((), (sign,))


@pytest.mark.parametrize(
    ("sender", "sign"),
    [
        ("From: noreply@example.com", "from-noreply"),
        ("From: No-Reply <no-reply@example.com>", "from-noreply"),
        ("From: postmaster@example.com", "from-postmaster"),
        ("X-Nothing: x", "no-from"),
        ("From: <>", "no-from"),
    ],
)
def test_senders_that_cannot_be_answered_are_not(sender: str, sign: str) -> None:
    assert read(sender) == ((), (sign,))


@pytest.mark.parametrize(
    "line", ["Auto-Submitted: no", "X-Auto-Response-Suppress: DR", "Precedence: first-class", "X: y"]
)
def test_a_persons_mail_is_answered(line: str) -> None:
    assert read(f"{PERSON}\n{line}") == ((), ())


def test_an_answer_to_an_invitation_is_a_persons_but_not_acknowledged() -> None:
    head = f"{PERSON}\nContent-Type: multipart/alternative; boundary=b"
    body = "--b\nContent-Type: text/plain\n\nyes\n--b\nContent-Type: text/calendar; method=REPLY\n\nx\n--b--\n"
    mail = parse(f"{head}\nSubject: Accepted: weekly\n\n{body}".encode())
    assert (mail.automatic, mail.unanswerable) == ((), ("calendar-reply",))
