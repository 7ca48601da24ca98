"""The life of a requirement as the shipped rules walk it (process P2)."""

import pytest

from tests.world import CONTACT, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def opened(world: World, at: str = "Mon 10:00") -> str:
    return world.mail(at, REQUESTER, "[需求] 销售报表", BODY).record


def asked(world: World, to: str, rule: str):
    return world.sent(to, rule)[-1]


def test_the_writer_is_acknowledged_at_once_even_at_night(world: World) -> None:
    opened(world, "Mon 22:15")
    assert world.times(REQUESTER) == ["Mon 22:15"]


def test_notices_of_the_night_wait_for_the_opening(world: World) -> None:
    opened(world, "Mon 22:15")
    world.until("Tue 09:30")
    assert world.times(IT_CONTACT) == ["Tue 09:00"]
    assert world.times(CONTACT) == ["Tue 09:00"]


def test_assessment_is_reminded_and_escalated_on_the_timeline(world: World) -> None:
    opened(world)
    world.until("Fri 18:00")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Mon 15:30"]
    assert world.times(IT_HEAD, "assess-overdue") == ["Tue 10:00"]
    assert world.times(LEADER, "assess-overdue") == ["Thu 10:00"]
    assert world.sent(LEADER, "assess-overdue")[0].cc == (IT_HEAD, IT_CONTACT)


def test_a_request_of_friday_evening_counts_from_monday(world: World) -> None:
    opened(world, "Fri 19:00")
    world.until("Wed+1 18:00")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Mon+1 14:30"]
    assert world.times(IT_HEAD, "assess-overdue")[0] == "Tue+1 09:00"


def test_missed_timers_fire_once_each_at_the_next_pass(world: World) -> None:
    opened(world)
    world.pass_at("Thu 11:00")
    world.pass_at("Thu 11:01")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Thu 11:00"]
    assert world.times(IT_HEAD, "assess-overdue") == ["Thu 11:00"]
    assert world.times(LEADER, "assess-overdue") == ["Thu 11:00"]


def test_a_late_pass_at_night_sends_nothing_before_the_opening(world: World) -> None:
    opened(world)
    world.pass_at("Tue 23:00")
    assert world.times(IT_CONTACT, "assess-reminder") == []
    world.until("Wed 09:00")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Wed 09:00"]


def test_accepting_by_reply_ends_the_reminders_and_tells_the_requester(world: World) -> None:
    record = opened(world)
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "受理\n", answers=asked(world, IT_CONTACT, "please"))
    world.until("Fri 18:00")
    assert world.record(record).state == "analysis"
    assert world.times(REQUESTER, "accepted") == ["Mon 11:00"]
    assert world.times(IT_CONTACT, "assess-reminder") == []


def test_the_clock_stops_while_the_requester_is_asked_and_goes_on_where_it_stood(world: World) -> None:
    record = opened(world)
    ask = asked(world, IT_CONTACT, "please-assess")
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "询问：哪些区域？\n", answers=ask)
    assert world.record(record).state == "waiting"
    question = asked(world, REQUESTER, "question")
    world.mail("Tue 15:00", REQUESTER, f"Re: [{record}]", "华东和华南区域。\n", answers=question)
    assert world.record(record).state == "received"
    world.until("Fri 18:00")
    # One hour had passed on Monday; three are left from Tuesday 15:00.
    assert world.times(IT_CONTACT, "assess-reminder") == ["Tue 18:00"]


def test_an_unanswered_question_is_reminded_escalated_and_closed(world: World) -> None:
    record = opened(world)
    ask = asked(world, IT_CONTACT, "please-assess")
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "询问：哪些区域？\n", answers=ask)
    world.until("Tue+2 18:00")
    assert world.times(REQUESTER, "answer-reminder") == ["Wed 11:00"]
    assert world.times(CONTACT, "answer-overdue") == ["Mon+1 11:00"]
    assert world.times(REQUESTER, "lapsed") == ["Mon+2 11:00"]
    assert world.record(record).state == "lapsed"


def test_each_version_is_signed_by_requester_it_contact_and_contributing_heads(world: World) -> None:
    record = opened(world)
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "受理", answers=asked(world, IT_CONTACT, "please"))
    summary = asked(world, IT_CONTACT, "summary")
    world.mail("Mon 14:00", IT_CONTACT, f"Re: [{record}]", "规格：第一版，见附件。", answers=summary)
    assert world.record(record).state == "signing"
    world.until("Tue 14:30")
    assert world.times(REQUESTER, "sign-reminder") == ["Tue 14:00"]
    sign = asked(world, REQUESTER, "please-sign")
    world.mail("Tue 15:00", REQUESTER, f"Re: [{record}]", "同意", answers=sign)
    assert world.record(record).state == "signing"
    world.mail("Tue 15:10", IT_CONTACT, f"Re: [{record}]", "同意", answers=asked(world, IT_CONTACT, "please-sign"))
    assert world.record(record).state == "planning"


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


def test_a_dispute_goes_to_the_leaders_after_24_hours(world: World) -> None:
    record = opened(world)
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "受理", answers=asked(world, IT_CONTACT, "please"))
    world.mail("Mon 14:00", IT_CONTACT, f"Re: [{record}]", "规格：一", answers=asked(world, IT_CONTACT, "summary"))
    sign = asked(world, REQUESTER, "please-sign")
    world.mail("Mon 16:00", REQUESTER, f"Re: [{record}]", "争议：范围不对", answers=sign)
    world.until("Wed 18:00")
    assert world.times(LEADER, "dispute-overdue") == ["Tue 16:00"]


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


def test_a_head_may_do_what_the_contact_may(world: World) -> None:
    record = opened(world)
    world.until("Tue 10:30")
    world.mail("Tue 11:00", IT_HEAD, f"Re: [{record}]", "受理", answers=asked(world, IT_HEAD, "assess-overdue"))
    assert world.record(record).state == "analysis"


def test_another_reply_is_passed_on_and_not_acknowledged(world: World) -> None:
    record = opened(world)
    before = len(world.sent(REQUESTER))
    world.mail(
        "Mon 11:00",
        REQUESTER,
        f"Re: [{record}]",
        "补充一点：需要按门店分。",
        answers=asked(world, REQUESTER, "received"),
    )
    assert world.times(IT_CONTACT, "pass-on") == ["Mon 11:00"]
    assert len(world.sent(REQUESTER)) == before


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
