"""What only a few may see (process P7.2, P0.7): reports of violations, from their first mail to the answer."""

import pytest

from mailflow.core.changes import Concerned, Sealed
from mailflow.ports import Item
from tests.world import CONTACT, ENGLISH, HEAD, IT_CONTACT, IT_HEAD, LEADER, OVERSEER, REQUESTER, World

SECRET = "王磊没有按规定审批"
BODY = f"情况：{SECRET}\n涉及部门：信息技术部\n"


@pytest.fixture
def world() -> World:
    return World()


def reported(world: World, at: str = "Mon 10:00") -> str:
    return world.mail(at, REQUESTER, "[违规] 审批缺失", BODY).record


def last(world: World, to: str) -> Item:
    return world.sent(to)[-1]


def told(world: World) -> set[str]:
    """Everybody who got anything."""
    return {each for item in world.sent(copies=True) for each in item.recipients}


def test_it_is_checked_and_answered_between_two_people(world: World) -> None:
    record = reported(world)
    assert world.record(record).confidential
    ask = world.sent(OVERSEER, "please-check")[0]
    assert SECRET in world.text(ask)
    world.mail("Mon 11:00", OVERSEER, f"Re: [{record}]", "受理", answers=ask)
    world.mail("Tue 11:00", OVERSEER, f"Re: [{record}]", "已处理：已补办审批手续", answers=last(world, OVERSEER))
    assert world.record(record).state == "closed"
    assert "已补办审批手续" in world.text(last(world, REQUESTER))
    assert told(world) == {REQUESTER, OVERSEER}


def test_days_of_silence_reach_nobody_else(world: World) -> None:
    record = reported(world)
    world.until("Fri+1 18:00")
    shown = {each for item in world.sent(copies=True) if record in world.text(item) for each in item.recipients}
    assert shown == {REQUESTER, OVERSEER}
    assert len(world.sent(OVERSEER, "check-reminder")) >= 3


@pytest.mark.parametrize("who", [HEAD, LEADER, IT_HEAD, IT_CONTACT, CONTACT, ENGLISH])
def test_nobody_else_finds_it_by_any_question(world: World, who: str) -> None:
    record = reported(world)
    for text in ("查询 审批", "我的", f"状态 {record}"):
        world.mail("Mon 11:00", who, "问", text)
        for item in world.sent(who):
            assert record not in world.text(item) or item.templates == ("site/unknown-record",)
            assert SECRET not in world.text(item) and "审批缺失" not in world.text(item)


@pytest.mark.parametrize("who", [HEAD, LEADER, IT_CONTACT])
def test_a_mail_from_outside_is_told_to_the_overseer_alone(world: World, who: str) -> None:
    record = reported(world)
    before = told(world)
    receipt = world.mail("Mon 11:00", who, f"Re: [{record}] 审批缺失", "这是怎么回事？")
    assert (receipt.place, receipt.reason) == ("unfiled", "not a participant")
    assert told(world) == before == {REQUESTER, OVERSEER}
    assert last(world, OVERSEER).templates == ("site/not-participant",)


def test_standing_above_gives_no_authority_nor_does_a_forwarded_mail(world: World) -> None:
    record = reported(world)
    mine = world.sent(REQUESTER)[0]
    world.mail("Mon 11:00", HEAD, f"Re: [{record}]", "撤回", answers=mine)
    world.mail("Mon 11:05", LEADER, f"Re: [{record}]", "不成立：没有的事", answers=world.sent(OVERSEER)[0])
    assert world.record(record).state == "reported"
    assert {HEAD, LEADER}.isdisjoint(world.record(record).participants)
    assert {HEAD, LEADER}.isdisjoint(told(world))


def test_a_plain_reply_goes_between_the_two(world: World) -> None:
    record = reported(world)
    world.mail("Mon 11:00", REQUESTER, f"Re: [{record}]", "补充：还有第二次。", answers=world.sent(REQUESTER)[0])
    assert "第二次" in world.text(last(world, OVERSEER))
    assert told(world) == {REQUESTER, OVERSEER}


def test_a_bounce_tells_nobody_of_the_department(world: World) -> None:
    record = reported(world)
    world.bounce("Mon 10:30", world.sent(REQUESTER)[0], REQUESTER, "5.1.1")
    assert told(world) <= {REQUESTER, OVERSEER, IT_HEAD}
    for item in world.sent(IT_HEAD):
        assert SECRET not in world.text(item) and REQUESTER not in world.text(item) and record in world.text(item)


def test_whoever_the_overseer_hands_it_to_sees_it(world: World) -> None:
    record = reported(world)
    ask = world.sent(OVERSEER, "please-check")[0]
    world.mail("Mon 11:00", OVERSEER, f"Re: [{record}]", "转给 赵敏", answers=ask)
    assert SECRET in world.text(last(world, LEADER))


def test_who_deputises_for_the_overseer_sees_it_meanwhile(world: World) -> None:
    world.mail("Mon 09:00", OVERSEER, "外出", "外出 明天，代理 赵敏")
    world.mail("Mon 09:01", OVERSEER, "Re", "确认", answers=last(world, OVERSEER))
    record = reported(world, "Tue 10:00")
    assert SECRET in world.text(last(world, LEADER)) and world.sent(LEADER, record=record)


def test_the_head_shares_what_is_confidential_with_whom_he_names_not_with_who_stands_in() -> None:
    away = ("name: Tom Green,", "name: Tom Green, deputy: li.na@example.com, away: 2026-03-02..2026-03-06,")
    world = World(trust="address", edits={"rules/people.yaml": [away]})
    record = world.mail("Mon 10:00", REQUESTER, "[需求][机密] 薪酬测算", "业务目标：测算薪酬\n").record
    world.mail("Mon 10:10", REQUESTER, f"Re: [{record}]", "公开给 Tom Green")
    assert ENGLISH not in world.record(record).participants
    world.mail("Mon 10:20", HEAD, f"Re: [{record}]", "公开给 Tom Green")
    assert ENGLISH in world.record(record).participants and CONTACT not in world.record(record).participants
    assert world.record(record).confidential
    world.mail("Mon 10:30", LEADER, f"Re: [{record}]", "解除保密")
    assert not world.record(record).confidential
    with world.store.transaction(write=False) as tx:
        changes = [(entry.by, entry.change) for entry in tx.history(record)]
    assert (HEAD, Concerned(ENGLISH)) in changes and (LEADER, Sealed(False)) in changes
