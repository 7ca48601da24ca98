"""The life of a change as the shipped rules walk it (process P3)."""

import pytest

from tests.world import ENGLISH, FINANCE_HEAD, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = "变更内容：修改客户编码\n变更原因：合并重复客户\n变更时间：2026-03-20\n涉及部门：财务部\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def opened(world: World, at: str = "Mon 10:00") -> str:
    return world.mail(at, REQUESTER, "[变更] 客户编码", BODY).record


def assessed(world: World, at: str = "Mon 11:00") -> str:
    record = opened(world)
    world.mail(at, IT_CONTACT, f"Re: [{record}]", "评估\n影响范围：客户主数据\n成本：2人天\n进度影响：无\n")
    assert world.record(record).state == "approval"
    return record


def test_a_later_answer_of_the_same_side_replaces_its_earlier_one(world: World) -> None:
    record = assessed(world)
    world.mail("Mon 14:00", IT_HEAD, f"Re: [{record}]", "同意")
    world.mail("Mon 14:10", IT_HEAD, f"Re: [{record}]", "不同意：窗口太紧")
    world.mail("Mon 15:00", HEAD, f"Re: [{record}]", "同意")
    assert world.record(record).state == "approval"
    world.mail("Mon 15:30", IT_HEAD, f"Re: [{record}]", "同意")
    assert world.record(record).state == "approved"


def approved(world: World, window: str, at: str = "Mon 15:00", edits: str = "") -> str:
    body = BODY.replace("2026-03-20", window) + edits
    record = world.mail("Mon 10:00", REQUESTER, "[变更] 客户编码", body).record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "评估\n影响范围：客户主数据\n成本：2人天\n进度影响：无\n")
    for who in (IT_HEAD, HEAD):
        world.mail(at, who, f"Re: [{record}]", "同意")
    assert world.record(record).state == "approved"
    return record


def test_the_notice_ahead_counts_from_the_beginning_of_the_window_by_the_clock(world: World) -> None:
    approved(world, "2026-03-12 14:20-16:00")
    world.until("Fri+1 18:00")
    assert world.times(FINANCE_HEAD, "notice-ahead") == ["Wed+1 14:20"]


def test_a_window_in_the_night_is_told_of_at_the_close_a_working_day_ahead(world: World) -> None:
    approved(world, "3月12日 22:00-次日02:00")
    world.until("Fri+1 18:00")
    assert world.times(FINANCE_HEAD, "notice-ahead") == ["Wed+1 18:00"]


def test_the_leader_may_approve_for_a_head(world: World) -> None:
    record = assessed(world)
    world.mail("Mon 14:00", LEADER, f"Re: [{record}]", "同意")
    assert world.record(record).state == "approved"


def test_a_window_that_collides_with_another_change_of_the_same_system_is_said_at_once(world: World) -> None:
    first = approved(world, "3月12日 22:00-次日02:00", edits="影响系统：CRM、ERP\n")
    body = BODY.replace("2026-03-20", "3月13日 01:00-03:00") + "影响系统：ERP系统\n"
    second = world.mail("Tue 10:00", ENGLISH, "[变更] 升级", body).record
    told = world.sent(ENGLISH, "collision")
    assert [world.times(ENGLISH, "collision"), told[0].style] == [["Tue 10:00"], "reply"]
    assert first in world.text(told[0]) and "22:00" in world.text(told[0])
    assert world.times(IT_CONTACT, "please-assess-collides", second) == ["Tue 10:00"]
    assert first in world.text(world.sent(IT_CONTACT, "please-assess-collides", second)[0])
    assert len(world.sent(IT_CONTACT, "please-assess", second)) == 1


@pytest.mark.parametrize(
    ("systems", "window"), [("OA", "3月13日 01:00-03:00"), ("ERP", "3月13日 02:00-03:00"), ("", "3月13日 01:00-03:00")]
)
def test_another_system_or_another_time_is_no_collision(world: World, systems: str, window: str) -> None:
    approved(world, "3月12日 22:00-次日02:00", edits="影响系统：CRM、ERP\n")
    body = BODY.replace("2026-03-20", window) + (f"影响系统：{systems}\n" if systems else "")
    second = world.mail("Tue 10:00", ENGLISH, "[变更] 升级", body).record
    assert world.times(ENGLISH, "collision") == []
    assert world.times(IT_CONTACT, "please-assess", second) == ["Tue 10:00"]


def test_of_a_confidential_change_that_collides_outsiders_see_the_number_alone(world: World) -> None:
    body = BODY.replace("2026-03-20", "3月12日 22:00-次日02:00") + "影响系统：ERP\n"
    first = world.mail("Mon 10:00", REQUESTER, "[变更][机密] 并购数据迁移", body).record
    world.mail("Tue 10:00", ENGLISH, "[变更] 升级", body)
    text = world.text(world.sent(ENGLISH, "collision")[0])
    assert first in text and "并购" not in text


def test_a_window_without_an_end_is_asked_for_again(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[变更] 客户编码", BODY.replace("2026-03-20", "3月12日 22:00")).record
    assert "window" not in world.record(record).fields
    assert "变更时间" in world.text(world.sent(REQUESTER, "received")[0])
    world.mail("Mon 10:30", REQUESTER, f"Re: [{record}]", "变更时间：3月12日 22:00-24:00")
    assert world.record(record).fields["window"] == "2026-03-12T22:00+08:00/2026-03-13T00:00+08:00"


def test_while_the_requester_is_asked_the_clock_of_the_assessment_stands(world: World) -> None:
    record = opened(world)
    world.mail("Mon 14:00", IT_CONTACT, f"Re: [{record}]", "询问：哪些客户？")
    assert world.record(record).state == "waiting"
    assert world.times(REQUESTER, "question") == ["Mon 14:00"]
    world.until("Thu 13:59")
    assert world.times(REQUESTER, "answer-reminder") == ["Wed 14:00"]
    assert world.times(IT_CONTACT, "assess-reminder") == []
    world.mail("Thu 14:00", REQUESTER, f"Re: [{record}]", "华东区的客户")
    assert world.record(record).state == "applied"
    assert world.times(IT_CONTACT, "answered") == ["Thu 14:00"]
    assert world.times(IT_CONTACT, "please-assess") == ["Mon 10:00"]
    world.until("Fri+1 18:00")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Fri 10:00"]


def test_without_an_answer_the_contact_is_asked_after_five_working_days_and_it_ends_after_ten(world: World) -> None:
    record = opened(world)
    world.mail("Mon 14:00", IT_CONTACT, f"Re: [{record}]", "询问：哪些客户？")
    world.until("Fri+2 18:00")
    assert world.times("li.na@example.com", "answer-overdue") == ["Mon+1 14:00"]
    assert world.times(REQUESTER, "lapsed") == ["Mon+2 14:00"]
    assert world.record(record).state == "withdrawn"


def test_whom_the_head_names_approves_instead(world: World) -> None:
    record = assessed(world)
    world.mail("Mon 14:00", HEAD, f"Re: [{record}]", "请代我批准 李娜")
    assert world.times("li.na@example.com", "delegated") == ["Mon 14:00"]
    world.mail("Mon 14:30", IT_HEAD, f"Re: [{record}]", "同意")
    world.until("Tue 18:00")
    assert world.times("li.na@example.com", "approve-reminder") == ["Tue 11:00"]
    assert world.times(HEAD, "approve-reminder") == []
    world.mail("Wed 09:00", "li.na@example.com", f"Re: [{record}]", "同意")
    assert world.record(record).state == "approved"


def test_what_was_approved_and_has_changed_is_signed_anew_before_it_is_executed(world: World) -> None:
    record = approved(world, "3月12日 22:00-24:00")
    world.mail("Tue 10:00", REQUESTER, f"Re: [{record}]", "变更时间：3月13日 22:00-24:00")
    assert world.record(record).state == "approval"
    assert world.times(IT_HEAD, "please-approve") == ["Mon 11:00", "Tue 10:00"]
    world.mail("Tue 10:30", IT_CONTACT, f"Re: [{record}]", "完成")
    assert world.record(record).state == "approval"


def test_a_dispute_goes_to_the_leader_after_24_hours_or_at_once_when_asked_for(world: World) -> None:
    record = assessed(world)
    world.mail("Mon 15:00", HEAD, f"Re: [{record}]", "争议：影响月结")
    world.until("Tue 15:00")
    assert world.times(LEADER, "dispute-overdue") == ["Tue 15:00"]
    world.mail("Tue 16:00", IT_HEAD, f"Re: [{record}]", "已达成一致")
    world.mail("Tue 16:30", IT_HEAD, f"Re: [{record}]", "争议：仍有分歧")
    world.mail("Tue 16:40", HEAD, f"Re: [{record}]", "上报")
    assert world.times(LEADER, "escalated") == ["Tue 16:40"]


def test_what_was_rolled_back_is_assessed_and_approved_anew(world: World) -> None:
    record = approved(world, "3月3日 14:00-16:00")
    world.mail("Tue 15:00", IT_CONTACT, f"Re: [{record}]", "已回退：脚本报错")
    assert world.record(record).state == "reassess"
    assert world.times(FINANCE_HEAD, "rolled-back") == ["Tue 15:00"]
    assert world.times(IT_CONTACT, "please-reassess") == ["Tue 15:00"]
    world.until("Fri 18:00")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Wed 15:00"]
    assert world.times(IT_HEAD, "assess-overdue") == ["Thu 15:00"]


def test_an_emergency_counts_in_hours_round_the_clock(world: World) -> None:
    body = BODY.replace("2026-03-20", "3月3日 02:00-03:00")
    record = world.mail("Mon 20:00", REQUESTER, "[变更][紧急] 数据库补丁", body).record
    world.until("Mon 23:30")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Mon 21:00"]
    assert world.times(IT_HEAD, "assess-overdue") == ["Mon 22:00"]
    assert world.times(LEADER, "assess-overdue-leader") == ["Mon 23:00"]
    world.mail("Mon 23:40", IT_CONTACT, f"Re: [{record}]", "评估\n影响范围：主库\n成本：无\n进度影响：无\n")
    for who in (IT_HEAD, HEAD):
        world.mail("Mon 23:50", who, f"Re: [{record}]", "同意")
    world.until("Tue 09:00")
    assert world.times(FINANCE_HEAD, "notice-ahead") == ["Tue 01:00"]


def test_the_notice_ahead_of_an_emergency_falls_away_when_its_window_is_within_the_hour(world: World) -> None:
    body = BODY.replace("2026-03-20", "3月2日 21:00-22:00")
    record = world.mail("Mon 20:00", REQUESTER, "[变更][紧急] 数据库补丁", body).record
    world.mail("Mon 20:10", IT_CONTACT, f"Re: [{record}]", "评估\n影响范围：主库\n成本：无\n进度影响：无\n")
    for who in (IT_HEAD, HEAD):
        world.mail("Mon 20:20", who, f"Re: [{record}]", "同意")
    world.until("Tue 18:00")
    assert world.times(FINANCE_HEAD, "notice") == ["Mon 20:20"]
    assert world.times(FINANCE_HEAD, "notice-ahead") == []
