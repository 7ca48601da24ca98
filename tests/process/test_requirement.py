"""The life of a requirement as the shipped rules walk it (process P2)."""

import pytest

from tests.world import HEAD, IT_CONTACT, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def opened(world: World, at: str = "Mon 10:00") -> str:
    return world.mail(at, REQUESTER, "[需求] 销售报表", BODY).record


def asked(world: World, to: str, rule: str):
    return world.sent(to, rule)[-1]


def test_a_signature_by_the_notice_of_an_old_version_does_not_count(world: World) -> None:
    record = opened(world)
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "受理", answers=asked(world, IT_CONTACT, "please"))
    world.mail("Mon 14:00", IT_CONTACT, f"Re: [{record}]", "规格：一", answers=asked(world, IT_CONTACT, "summary"))
    old = asked(world, REQUESTER, "please-sign")
    world.mail(
        "Mon 14:10",
        IT_CONTACT,
        f"Re: [{record}]",
        "不同意：漏了退货",
        answers=asked(world, IT_CONTACT, "please-sign"),
    )
    assert world.record(record).state == "analysis"
    world.mail("Mon 15:00", IT_CONTACT, f"Re: [{record}]", "规格：二", answers=asked(world, IT_CONTACT, "summary"))
    world.mail("Mon 15:10", REQUESTER, f"Re: [{record}]", "同意", answers=old)
    assert world.record(record).agreements == {}
    assert asked(world, REQUESTER, "summary").templates == ("site/refused",)


def test_what_a_quoted_mail_of_ours_gives_as_an_example_is_no_answer(world: World) -> None:
    record = opened(world)
    please = asked(world, IT_CONTACT, "please")
    quote = "\n".join(f"> {line}" for line in world.text(please).split("\n"))
    world.mail(
        "Mon 11:00",
        IT_CONTACT,
        f"Re: [{record}]",
        f"受理\n\n在 2026/3/2 10:00, 服务邮箱 写道:\n{quote}",
        answers=please,
    )
    assert "category" not in world.record(record).fields


def test_somebody_without_the_role_is_refused_with_the_reason_in_the_history(world: World) -> None:
    record = opened(world)
    ack = asked(world, REQUESTER, "received")
    world.mail("Mon 11:00", REQUESTER, f"Re: [{record}]", "受理", answers=ack)
    refusal = asked(world, REQUESTER, "summary")
    assert refusal.templates == ("site/refused",)
    assert world.record(record).state == "received"
    with world.store.transaction(write=False) as tx:
        outcomes = [getattr(entry.change, "reason", "") for entry in tx.history(record)]
    assert "role it.contact" in outcomes


def test_the_requesters_head_hears_when_a_delivery_is_not_accepted(world: World) -> None:
    record = opened(world)
    for at, command in (("11:00", "受理"), ("11:10", "规格：一")):
        world.mail(f"Mon {at}", IT_CONTACT, f"Re: [{record}]", command, answers=world.sent(IT_CONTACT)[-1])
    for who in (REQUESTER, IT_CONTACT):
        world.mail("Mon 14:00", who, f"Re: [{record}]", "同意", answers=asked(world, who, "please-sign"))
    for at, command in (("15:00", "启动"), ("16:00", "交付")):
        world.mail(f"Mon {at}", IT_CONTACT, f"Re: [{record}]", command, answers=world.sent(IT_CONTACT)[-1])
    assert world.record(record).state == "delivered"
    world.until("Tue 18:00")
    assert world.times(HEAD, "accept-overdue") == ["Tue 16:00"]
