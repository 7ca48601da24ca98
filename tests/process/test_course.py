"""What keeps requirements and changes on course: reports, lateness, holds, rounds, disputes, emergencies (P2, P3)."""

import pytest

from tests.world import (
    CONTACT,
    ENGLISH,
    FINANCE_HEAD,
    HEAD,
    IT_CONTACT,
    IT_HEAD,
    LEADER,
    REQUESTER,
    World,
)

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"
CHANGE = "变更内容：修改客户编码\n变更原因：合并重复客户\n变更时间：2026-03-20\n涉及部门：财务部\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def requirement(world: World, at: str = "Mon 10:00", body: str = BODY, sender: str = REQUESTER) -> str:
    return world.mail(at, sender, "[需求] 销售报表", body).record


def say(world: World, record: str, *lines: tuple[str, str, str]) -> None:
    for at, who, text in lines:
        world.mail(at, who, f"Re: [{record}]", text)


def signed(world: World, record: str, who: str = REQUESTER) -> None:
    say(
        world,
        record,
        ("Mon 11:00", IT_CONTACT, "受理"),
        ("Mon 11:30", IT_CONTACT, "规格：第一版"),
        ("Mon 14:00", who, "同意"),
        ("Mon 14:10", IT_CONTACT, "同意"),
    )


# --- requirements ------------------------------------------------------------------------------------


def test_the_head_of_each_contributing_department_signs(world: World) -> None:
    record = requirement(world, body=BODY + "涉及部门：销售部、财务部\n")
    signed(world, record)
    assert world.record(record).state == "signing"
    say(world, record, ("Mon 15:00", HEAD, "同意"))
    assert world.record(record).state == "signing"
    say(world, record, ("Mon 15:10", FINANCE_HEAD, "同意"))
    assert world.record(record).state == "planning"


def test_the_weekly_report_is_one_mail_a_person_on_friday_at_15(world: World) -> None:
    records = [requirement(world), requirement(world, "Mon 10:05")]
    for record in records:
        signed(world, record)
    world.until("Fri 18:00")
    for who in (REQUESTER, IT_CONTACT, CONTACT):
        (report,) = world.sent(who, "always.report")
        assert (world.local(report.sent_at), set(report.records)) == ("Fri 15:00", set(records))


def test_one_requirement_alone_is_reported_by_its_own_template(world: World) -> None:
    signed(world, requirement(world))
    world.until("Fri 18:00")
    assert world.sent(REQUESTER, "always.report")[0].templates == ("requirement/report",)


def test_more_than_three_days_late_it_is_with_the_leader_once(world: World) -> None:
    record = requirement(world, body=BODY.replace("2026-04-30", "2026-03-04"))
    signed(world, record)
    world.until("Fri+1 18:00")
    assert world.times(LEADER, "late") == ["Mon+1 09:00"]


# --- changes -----------------------------------------------------------------------------------------


def change(world: World, at: str, subject: str = "[变更] 客户编码", body: str = CHANGE) -> str:
    return world.mail(at, REQUESTER, subject, body).record


def test_a_word_that_it_was_seen_stops_the_chain(world: World) -> None:
    record = change(world, "Mon 22:00", "[变更][紧急] 客户编码")
    say(world, record, ("Mon 22:05", IT_CONTACT, "已知悉"))
    world.until("Mon 23:30")
    assert world.times(IT_HEAD, "please-assess") == []


def test_a_change_that_is_made_an_emergency_counts_so_from_then_on(world: World) -> None:
    record = change(world, "Mon 16:00")
    say(world, record, ("Mon 16:30", IT_CONTACT, "紧急变更"))
    world.until("Mon 18:30")
    assert world.times(IT_HEAD, "assess-overdue") == ["Mon 18:00"]


def test_a_date_within_a_freeze_is_said_at_once() -> None:
    world = World(trust="address", edits={"rules/calendar.yaml": [("freeze: []", "freeze: [2026-03-18..2026-03-21]")]})
    change(world, "Mon 10:00")
    world.mail("Mon 11:00", ENGLISH, "[CHG] Queue", "What: queue\nWhy: old\nWhen: 2026-03-23\n")
    assert world.times(REQUESTER, "frozen") == ["Mon 10:00"]
    assert world.sent(ENGLISH, "frozen") == []


# --- incidents and minutes ---------------------------------------------------------------------------


def test_a_high_incident_handed_over_goes_up_the_chain_when_nobody_has_seen_it(world: World) -> None:
    record = world.mail("Mon 21:00", REQUESTER, "[紧急] 全公司无法登录", "影响：全公司\n紧急程度：高\n").record
    say(world, record, ("Mon 21:05", IT_CONTACT, "认领"), ("Mon 21:10", IT_CONTACT, "转给 李娜"))
    world.until("Mon 21:45")
    assert world.times(CONTACT, "assign.assigned") == ["Mon 21:10"]
    assert world.times(HEAD, "assign.assigned") == ["Mon 21:25"]
    say(world, record, ("Mon 21:50", HEAD, "已知悉"))
    assert world.record(record).asks == {}


def test_a_closed_incident_is_reopened_within_thirty_days(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[故障] 打印机", "影响：小\n紧急程度：低\n").record
    say(world, record, ("Mon 11:00", IT_CONTACT, "已解决"), ("Mon 12:00", REQUESTER, "确认"))
    assert world.record(record).state == "closed"
    say(world, record, ("Mon+1 11:00", REQUESTER, "重开：又坏了"))
    assert world.record(record).state == "working"


def test_minutes_later_than_a_working_day_are_counted_as_late(world: World) -> None:
    body = "会议主题：周会\n会议日期：{}\n参会人：李娜、陈静\n"
    for day, late in (("2026-03-02", "no"), ("2026-02-27", "yes")):
        record = world.mail("Tue 10:00", REQUESTER, "[纪要] 周会", body.format(day)).record
        assert world.record(record).fields["late"] == late
