"""Service requests (process P7.4): a kind made by its rule file and templates alone."""

import pytest

from tests.world import CONTACT, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

REQUEST = "申请内容：报表系统查询权限\n系统：报表系统\n申请原因：月末对账\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def opened(world: World) -> str:
    return world.mail("Mon 10:00", REQUESTER, "[权限申请] 报表系统", REQUEST).record


def test_the_head_is_asked_before_anything_is_done(world: World) -> None:
    record = opened(world)
    assert record.startswith("SVC-2026-")
    assert "报表系统查询权限" in world.text(world.sent(HEAD, "please-approve")[0])
    assert world.times(CONTACT, "copy") == ["Mon 10:00"] and not world.sent(IT_CONTACT)


def test_it_is_done_confirmed_and_closed(world: World) -> None:
    record = opened(world)
    for at, who, word in (
        ("Mon 11:00", HEAD, "同意"),
        ("Mon 15:00", IT_CONTACT, "完成"),
        ("Mon 16:00", REQUESTER, "确认"),
        ("Mon 16:30", REQUESTER, "满意"),
    ):
        world.mail(at, who, f"Re: [{record}]", word)
    assert world.record(record).state == "closed"
    assert world.times(REQUESTER, "please-confirm") == ["Mon 15:00"]


def test_what_is_not_agreed_to_is_said_with_its_reason(world: World) -> None:
    record = opened(world)
    world.mail("Mon 11:00", HEAD, f"Re: [{record}]", "不同意：请用公共账号")
    assert "请用公共账号" in world.text(world.sent(REQUESTER, "rejected")[0])
    assert world.record(record).state == "rejected"


def test_what_is_not_answered_is_reminded_of_and_escalated(world: World) -> None:
    record = opened(world)
    world.until("Thu 18:00")
    assert len(world.sent(HEAD, "approve-reminder")) >= 2 and world.sent(LEADER, "approve-overdue")
    world.mail("Fri 09:00", HEAD, f"Re: [{record}]", "同意")
    world.until("Mon+1 10:00")
    assert world.sent(IT_CONTACT, "do-reminder") and world.sent(IT_HEAD, "do-overdue")
