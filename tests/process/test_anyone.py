"""What anyone may write at any time (process P9), and what comes back by itself: bounces, absences."""

import pytest

from tests.world import CONTACT, ENGLISH, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def last(world: World, to: str):
    return world.sent(to)[-1]


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("帮助", "site/help"),
        ("HELP", "site/help"),
        ("幫助", "site/help"),
        ("我的", "site/mine"),
        ("mine", "site/mine"),
        ("表单 需求", "site/form"),
        ("form change", "site/form"),
        ("状态", "site/status"),
        ("您好，\n\n帮助\n\n谢谢", "site/help"),
        ("Hi,\nmine", "site/mine"),
        ("REQ-2026-0009 状态", "site/status"),
        ("Search is slow today", "site/untagged"),
    ],
)
def test_a_question_outside_any_record_is_answered(world: World, text: str, template: str) -> None:
    world.mail("Mon 20:00", REQUESTER, "请问", text)
    assert last(world, REQUESTER).templates == (template,)


def test_mine_names_what_waits_for_whom(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Mon 10:30", IT_CONTACT, "?", "我的")
    assert record in world.text(last(world, IT_CONTACT)) and "待您处理" in world.text(last(world, IT_CONTACT))
    world.mail("Mon 10:31", REQUESTER, "?", "我的")
    assert "您提出" in world.text(last(world, REQUESTER))
    world.mail("Mon 10:32", ENGLISH, "?", "mine")
    assert record not in world.text(last(world, ENGLISH))


def test_the_state_of_a_record_is_told_to_its_people_by_its_number_alone(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Mon 11:00", REQUESTER, "问一下", f"状态 {record}")
    assert last(world, REQUESTER).records == (record,)
    assert "待评估" in world.text(last(world, REQUESTER))
    world.mail("Mon 11:10", ENGLISH, "question", f"status {record}")
    (told,) = world.sent(ENGLISH)
    assert (told.templates, told.records) == (("site/outside",), ())
    assert "received" not in world.text(told) and "销售报表" not in world.text(told)
    world.mail("Mon 11:20", ENGLISH, f"Re: [{record}]", "status", answers=told)
    assert [each.templates for each in world.sent(ENGLISH)] == [("site/outside",)] * 2


def test_a_preview_says_what_would_happen_and_does_nothing(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "预览\n受理", answers=ask)
    assert last(world, IT_CONTACT).templates == ("site/preview",)
    assert "可以执行" in world.text(last(world, IT_CONTACT))
    assert world.record(record).state == "received"


def test_an_untagged_mail_is_answered_with_how_to_write_a_tag(world: World) -> None:
    receipt = world.mail("Mon 10:00", REQUESTER, "报表", "希望增加一个新功能")
    assert receipt.place == "unfiled"
    assert last(world, REQUESTER).templates == ("site/untagged",)


def test_an_unknown_number_is_answered(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "Re: [REQ-2026-0815] x", "怎么样了")
    assert last(world, REQUESTER).templates == ("site/unknown-record",)


def test_an_unknown_word_is_answered_with_what_would_be_understood(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "frobnicate", answers=ask)
    refusal = last(world, IT_CONTACT)
    assert refusal.templates == ("site/refused",)
    assert "受理" in world.text(refusal)


def test_somebody_outside_who_names_the_record_is_kept_and_the_contact_is_told(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    receipt = world.mail("Mon 11:00", ENGLISH, f"[{record}] me too", "Please also for finance.")
    assert (receipt.place, receipt.reason) == ("unfiled", "not a participant")
    assert last(world, IT_CONTACT).templates == ("site/not-participant",)


def test_a_stranger_is_kept_and_not_answered(world: World) -> None:
    receipt = world.mail("Mon 10:00", "someone@elsewhere.org", "[REQ] buy this", "now")
    assert (receipt.place, receipt.reason) == ("unfiled", "stranger")
    assert world.sent() == []


def test_an_automatic_message_opens_nothing_and_is_not_answered(world: World) -> None:
    receipt = world.mail("Mon 10:00", REQUESTER, "[REQ] Auto", "x", headers={"Auto-Submitted": "auto-replied"})
    assert receipt.place == "unfiled" and world.sent() == []


def test_an_absence_is_noted_and_the_deputy_told_once(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    for minute in ("05", "06"):
        world.mail(
            f"Mon 10:{minute}",
            IT_CONTACT,
            f"自动回复: [{record}]",
            "本人休假至周五。",
            answers=ask,
            headers={"X-Autoreply": "yes"},
        )
    assert world.times(IT_HEAD, "absence") == ["Mon 10:05"]
    assert world.record(record).state == "received"
    world.until("Mon 15:30")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Mon 15:30"]


def test_a_hard_bounce_is_told_and_goes_to_the_deputy_from_then_on(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    world.bounce("Mon 10:05", ask, IT_CONTACT, "5.1.1")
    assert world.times(IT_HEAD, "please-assess") == ["Mon 10:05"]
    world.until("Mon 15:30")
    assert world.times(IT_HEAD, "assess-reminder") == ["Mon 15:30"]
    assert world.record(record).state == "received"


def test_a_temporary_failure_does_neither(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    world.bounce("Mon 10:05", ask, IT_CONTACT, "4.4.1")
    assert world.times(IT_HEAD) == []
    world.until("Mon 15:30")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Mon 15:30"]


def test_a_request_that_it_forwards_belongs_to_its_original_sender(world: World) -> None:
    body = f"请登记。\n\n-----原始邮件-----\n发件人: 李娜 <{CONTACT}>\n发送时间: 2026年3月2日\n收件人: 陈静\n主题: 报表\n\n每天看到销售额\n"
    record = world.mail("Mon 10:00", IT_CONTACT, "转发: [需求] 报表", body).record
    assert world.record(record).requester == CONTACT
    assert world.times(CONTACT, "received") == ["Mon 10:00"]


@pytest.mark.parametrize("line", ["代 张伟", "for zhang.wei@example.com", "代：张伟"])
def test_it_opens_a_record_for_somebody_who_phoned(world: World, line: str) -> None:
    record = world.mail("Mon 10:00", IT_CONTACT, "[故障] 打印机", f"{line}\n\n三楼打印机不能用\n影响：个人\n").record
    opened = world.record(record)
    assert (opened.requester, opened.fields["nature"], opened.fields["impact"]) == (
        REQUESTER,
        "三楼打印机不能用",
        "low",
    )
    assert world.times(REQUESTER, "received") == ["Mon 10:00"]
    assert [item for item in world.sent(IT_CONTACT) if "received" in item.rules[0]] == []


def test_nobody_else_opens_a_record_for_others(world: World) -> None:
    record = world.mail("Mon 10:00", CONTACT, "[故障] 打印机", "代 张伟\n\n三楼打印机不能用\n").record
    assert world.record(record).requester == CONTACT


def test_a_sentence_that_begins_with_the_word_names_nobody(world: World) -> None:
    record = world.mail("Mon 10:00", IT_CONTACT, "[故障] 打印机", "for Tom Green the printer is broken\n").record
    assert world.record(record).requester == IT_CONTACT


def test_the_acknowledgement_says_what_was_not_understood(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[REQUIRMENT][变更] 报表", "期望交付时间：尽快\n说明见附件。\n")
    text = world.text(last(world, REQUESTER))
    assert "REQUIRMENT" in text and "变更" in text
    assert "尽快" in text
    assert "没有收到附件" in text


def test_numbers_of_other_programs_are_kept_with_the_record(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] [#12345] 报表", "工单号：GD-778\n").record
    assert {link.record for link in world.record(record).links} == {"12345", "GD-778"}


def test_a_message_too_large_is_kept_and_its_writer_told() -> None:
    world = World(edits={"rules/site.yaml": [("message_size: 25MB", "message_size: 1MB")]})
    receipt = world.mail("Mon 10:00", REQUESTER, "[需求] 大文件", "x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000)
    assert receipt.place == "quarantine"
    assert last(world, REQUESTER).templates == ("site/too-large",)
    assert "1.5 MB" in world.text(last(world, REQUESTER))
    world.mail("Mon 10:01", REQUESTER, "[需求] 大文件", "请看附件里的所有照片\n" + ("照片" * 20 + "\n") * 40_000)
    assert "最大允许 | 1 MB" in (text := world.text(last(world, REQUESTER))), text


def test_what_is_said_to_a_bundle_without_a_number_is_asked_back(world: World) -> None:
    first = world.mail("Mon 10:00", REQUESTER, "[需求] 甲", BODY).record
    second = world.mail("Mon 10:00", REQUESTER, "[需求] 乙", BODY).record
    world.until("Mon 15:30")
    bundle = world.sent(IT_CONTACT, "assess-reminder")[-1]
    assert set(bundle.records) == {first, second}
    world.mail("Mon 16:00", IT_CONTACT, "Re: 2 件事项", "受理", answers=bundle)
    assert last(world, IT_CONTACT).templates == ("site/which-record",)
    world.mail("Mon 16:05", IT_CONTACT, f"Re: [{second}] 乙", "受理", answers=bundle)
    assert world.record(second).state == "analysis"
    assert world.record(first).state == "received"


def test_anyone_above_hears_no_more_than_their_part(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    assert world.sent(LEADER) == []


def test_encrypted_mail_is_registered_and_its_writer_told_that_it_could_not_be_read(world: World) -> None:
    message = (
        f"From: {REQUESTER}\r\nSubject: [REQ] secret\r\nMessage-ID: <e@x>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nxx\r\n--b--\r\n"
    )
    world.deliver("Mon 10:00", message.encode())
    text = world.text(last(world, REQUESTER))
    assert "加密" in text or "encrypted" in text
