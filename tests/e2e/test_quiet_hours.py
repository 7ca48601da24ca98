"""P0.5: outside working hours nobody gets a mail but who wrote just now, and who must know of something urgent."""

import random
from datetime import datetime, timedelta

import pytest

from tests.e2e.office import (
    CONTACT,
    ENGLISH,
    HEAD,
    IT_CONTACT,
    REQUESTER,
    ZONE,
    Arrived,
    Office,
    local,
)

OPEN = ((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
URGENT = "[故障] 全公司无法登录", "影响：全公司\n紧急程度：高"
ORDINARY = (
    ("[需求] 报表导出", "业务目标：快\n期望交付时间：2026-03-09"),
    ("[REQ] Export", "Goal: quick\nDelivery date: 2026-03-06"),
    ("[变更] 加索引", "变更内容：加索引\n变更原因：慢\n变更时间：2026-03-07"),
    ("[故障] 打印机坏了", "影响：个人\n紧急程度：低"),
    ("[故障] 财务系统慢", "影响：部门\n紧急程度：一般"),
    (
        "[纪要] 周会",
        "会议日期：2026-03-02\n参会人：张伟、李娜、孙强\n\n"
        "| 事项 | 负责人 | 截止日期 |\n|---|---|---|\n| 整理报表 | 张伟 | 2026-03-06 |\n| 采购 | 李娜 | 2026-03-10 |\n",
    ),
    ("没有标签", "能看一下吗？"),
)
SAID = (
    "受理",
    "同意",
    "驳回：不做",
    "询问：为什么？",
    "认领",
    "已解决",
    "评估",
    "谢谢",
    "完成 1",
    "进度 1 50%",
    "规格：见附件",
    "任意的话",
)


def in_hours(moment: datetime) -> bool:
    """Both ends included (P10); the fortnight from 2 March 2026 has no holiday."""
    wall = moment.astimezone(ZONE)
    minute = wall.hour * 60 + wall.minute + (wall.second > 0)
    return wall.weekday() < 5 and any(start <= minute <= end for start, end in OPEN)


@pytest.mark.parametrize("seed", range(1))
def test_in_a_fortnight_of_random_mail_no_notice_comes_at_night(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    office.now = local("2026-03-02 00:05")
    end = local("2026-03-16 12:00")
    urgent: set[str] = set()
    wrote: dict[str, datetime] = {}
    while office.now < end:
        moment = office.now
        mails = chance.choice((0, 0, 0, 1, 2))
        for _ in range(mails):
            message_id, grave = _mail(office, chance)
            wrote[message_id] = moment
            if grave:
                urgent.add(message_id)
        office.work(moment, mailboxes=mails > 0)
        office.now = moment + timedelta(minutes=chance.choice((41, 67, 150, 270)))
    letters = office.letters
    assert len(letters) > 60
    for each in letters:
        assert in_hours(each.at) or _answers_now(each, wrote) or _grave(each, office, urgent), str(each)
    assert len({each.message_id for each in letters}) == len(letters), "each mail comes once"


def _mail(office: Office, chance: random.Random) -> tuple[str, bool]:
    """Something that somebody writes; whether it is urgent."""
    notices = [each for each in office.letters[-40:] if not each.is_answer]
    if notices and chance.random() < 0.4:
        return office.reply(chance.choice(notices), chance.choice(SAID)), False
    sender = chance.choice((REQUESTER, ENGLISH, CONTACT, HEAD, "someone@example.com"))
    if chance.random() < 0.05:
        return office.write(sender, *URGENT), True
    return office.write(sender, *chance.choice(ORDINARY)), False


def _answers_now(each: Arrived, wrote: dict[str, datetime]) -> bool:
    """An answer to a mail of this reader that came with this very pass."""
    return each.is_answer and wrote.get(each.in_reply_to) == each.at


def _grave(each: Arrived, office: Office, urgent: set[str]) -> bool:
    """A mail about a high incident, which runs round the clock (P0.6)."""
    return each.in_reply_to in urgent and ("incident" in each.rule or each.rule == "pass-on")


def test_a_high_incident_at_night_reaches_who_is_on_call_at_once_and_says_so(office: Office) -> None:
    office.now = local("2026-03-07 23:00")
    office.write(REQUESTER, *URGENT)
    office.work()
    assert {IT_CONTACT, REQUESTER} <= {each.reader for each in office.letters}
    notice = office.last(IT_CONTACT)
    assert "紧急" in notice.subject and "+86" in notice.text, "marked, and with the number to call (P0.6)"
    office.news()
    office.work("2026-03-07 23:14")
    assert office.news() == []
    office.work("2026-03-07 23:15")
    assert "wang.lei@example.com" in {each.reader for each in office.news()}


def test_a_mail_put_off_by_the_relay_does_not_come_at_night(office: Office) -> None:
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.sink.answer("rcpt", "451 4.3.0 later", address=IT_CONTACT)
    office.work("2026-03-02 17:59")
    assert IT_CONTACT not in {each.reader for each in office.letters}
    office.work_minutes("2026-03-02 18:00", "2026-03-02 23:00")
    assert (
        IT_CONTACT not in {each.reader for each in office.letters} or office.last(IT_CONTACT).when == "2026-03-02 18:00"
    )
    office.work("2026-03-03 09:00")
    assert office.last(IT_CONTACT).rule.endswith("please-assess")


def test_a_notice_that_missed_its_hours_waits_for_the_next(office: Office) -> None:
    """Nobody called in the morning for which it was held; a call in the lunch gap or at night sends it not."""
    office.now = local("2026-03-01 23:00")
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.news()
    for moment in ("2026-03-02 12:01", "2026-03-02 18:01", "2026-03-03 08:59"):
        office.work(moment)
        assert office.news() == []
    office.work("2026-03-03 09:00")
    assert {each.reader for each in office.news()} >= {IT_CONTACT, CONTACT}


def test_an_urgent_mail_that_was_put_off_is_tried_again_at_once(office: Office) -> None:
    office.now = local("2026-03-02 17:59")
    office.write(REQUESTER, *URGENT)
    office.sink.answer("rcpt", "451 4.3.0 later", address=IT_CONTACT, times=2)
    office.work()
    assert IT_CONTACT not in {each.reader for each in office.letters}
    office.work_minutes("2026-03-02 18:00", "2026-03-02 18:10")
    assert IT_CONTACT in {each.reader for each in office.letters}
