"""Sending held back (process P9): by whom, of what, and what becomes of the withheld mail."""

import pytest

from mailflow.ports import Item
from tests.world import CONTACT, ENGLISH, IT_CONTACT, IT_HEAD, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def last(world: World, to: str) -> Item:
    return world.sent(to)[-1]


def say(world: World, at: str, who: str, *texts: str) -> None:
    """A request, and the answers to what comes back."""
    world.mail(at, who, "发送", texts[0])
    for text in texts[1:]:
        world.mail(at, who, "Re: 发送", text, answers=last(world, who))


def held(world: World) -> list[Item]:
    with world.store.transaction(write=False) as tx:
        return list(tx.items(status="held"))


def test_nothing_is_muted_before_it_is_confirmed(world: World) -> None:
    say(world, "Mon 09:00", IT_HEAD, "暂停发送")
    assert world.engine.policy.muted == ()
    say(world, "Mon 09:01", IT_HEAD, "暂停发送", "确认")
    assert world.engine.policy.muted == ("all",)


def test_a_muted_kind_is_kept_and_answers_go_all_the_same(world: World) -> None:
    say(world, "Mon 09:00", IT_HEAD, "暂停发送 需求", "确认")
    world.mail("Mon 10:00", REQUESTER, "[需求] 甲", BODY)
    assert last(world, REQUESTER).templates == ("requirement/received",)
    assert not world.sent(IT_CONTACT) and {item.recipients for item in held(world)} >= {(IT_CONTACT,)}
    world.mail("Mon 10:10", REQUESTER, "[变更] 索引", "变更内容：索引\n")
    assert world.sent(IT_CONTACT, "please-assess")


def test_of_all_that_is_muted_the_admin_still_hears_and_can_take_it_back(world: World) -> None:
    say(world, "Mon 09:00", IT_HEAD, "暂停发送", "确认")
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 甲", BODY).record
    assert not world.sent(REQUESTER)
    world.mail("Mon 10:10", IT_HEAD, "发送", "恢复")
    shown = world.text(last(world, IT_HEAD))
    assert record in shown and "陈静" in shown
    world.mail("Mon 10:11", IT_HEAD, "Re: 发送", "补发", answers=last(world, IT_HEAD))
    assert world.sent(REQUESTER) and world.sent(IT_CONTACT) and not held(world)


def test_what_was_withheld_may_be_dropped(world: World) -> None:
    say(world, "Mon 09:00", IT_HEAD, "mute 李娜", "confirm")
    world.mail("Mon 10:00", REQUESTER, "[需求] 甲", BODY)
    assert world.sent(IT_CONTACT) and not world.sent(CONTACT) and held(world)
    say(world, "Mon 10:10", IT_HEAD, "unmute 李娜", "drop")
    assert not world.sent(CONTACT) and not held(world)


def test_what_speaks_of_a_state_that_has_ended_falls_away(world: World) -> None:
    say(world, "Mon 09:00", IT_HEAD, "暂停发送 陈静", "确认")
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 甲", BODY).record
    with world.store.transaction(write=False) as tx:
        mine = next(item for item in tx.items(record) if item.style == "reply")
    world.mail("Mon 10:05", REQUESTER, f"Re: [{record}]", "撤回", answers=mine)
    assert world.record(record).state == "withdrawn" or world.record(record).state != "received"
    say(world, "Mon 10:10", IT_HEAD, "恢复 陈静", "补发")
    assert not world.sent(IT_CONTACT, "please-assess") and not held(world)


def test_whoever_is_responsible_for_a_kind_may_mute_it_and_nobody_else_anything(world: World) -> None:
    say(world, "Mon 09:00", IT_CONTACT, "暂停发送 需求", "确认")
    assert world.engine.policy.muted == ("kind:requirement",)
    for who, text in ((ENGLISH, "mute requirement"), (IT_CONTACT, "暂停发送"), (ENGLISH, "mute Zhang.Wei")):
        world.mail("Mon 09:10", who, "?", text)
        assert last(world, who).proposal is None
    assert world.engine.policy.muted == ("kind:requirement",)
