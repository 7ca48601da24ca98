"""The life of a change as the shipped rules walk it (process P3)."""

import pytest

from tests.world import FINANCE_HEAD, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

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
