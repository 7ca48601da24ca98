"""Absence by mail (process P1.4, P9): read, confirmed, in force while it lasts, and shown."""

import pytest

from mailflow.ports import Item
from tests.world import CONTACT, ENGLISH, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def last(world: World, to: str) -> Item:
    return world.sent(to)[-1]


def away(world: World, who: str, text: str, at: str = "Mon 09:00") -> Item:
    """Say it and confirm it; the answer to the confirmation."""
    world.mail(at, who, "外出", text)
    offer = last(world, who)
    assert offer.proposal is not None, world.text(offer)
    world.mail(at, who, "Re: 外出", "确认", answers=offer)
    return last(world, who)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("外出 3月3日到5日，代理 王磊", ("2026-03-03", "2026-03-05")),
        ("外出 明天", ("2026-03-03", "2026-03-03")),
        ("外出 3.3-3.6，由王磊代理", ("2026-03-03", "2026-03-06")),
        ("外出：明天起3天，代理人：王磊", ("2026-03-03", "2026-03-05")),
        ("away Mar 3 - Mar 5, deputy Wang.Lei", ("2026-03-03", "2026-03-05")),
        ("外出 3月3日至3月5日\n代理 王磊", ("2026-03-03", "2026-03-05")),
        ("休假 下周一到周三，代理 王磊\n\n谢谢", ("2026-03-09", "2026-03-11")),
    ],
)
def test_days_and_deputy_are_read_and_count_once_confirmed(world: World, text: str, days: tuple[str, str]) -> None:
    world.mail("Mon 09:00", IT_CONTACT, "外出", text)
    assert world.engine.policy.away == {}
    offer = last(world, IT_CONTACT)
    world.mail("Mon 09:01", IT_CONTACT, "Re: 外出", "确认", answers=offer)
    (absence,) = world.engine.policy.away[IT_CONTACT]
    assert (absence.first.isoformat(), absence.last.isoformat()) == days
    assert absence.deputy in ("", IT_HEAD)
    assert "已生效" in world.text(last(world, IT_CONTACT))


def test_the_subject_alone_is_enough(world: World) -> None:
    world.mail("Mon 09:00", IT_CONTACT, "[外出] 3月3日到5日，代理 王磊")
    assert last(world, IT_CONTACT).proposal is not None


def test_the_button_confirms_where_the_mail_program_drops_the_reference(world: World) -> None:
    world.mail("Mon 09:00", IT_CONTACT, "外出", "外出 明天")
    world.mail("Mon 09:01", IT_CONTACT, f"Re: 外出 {{{last(world, IT_CONTACT).id}}}", "确认")
    assert IT_CONTACT in world.engine.policy.away


def test_nobody_else_can_confirm_it_and_it_is_answered_to_the_registered_address(world: World) -> None:
    world.mail("Mon 09:00", IT_CONTACT, "外出", "外出 明天", headers={"Reply-To": "thief@elsewhere.org"})
    offer = last(world, IT_CONTACT)
    assert offer.recipients == (IT_CONTACT,)
    world.mail("Mon 09:01", ENGLISH, "Re: 外出", "confirm", answers=offer)
    world.mail("Mon 09:02", IT_CONTACT, "Re: 外出", "确认")
    assert world.engine.policy.away == {}


def test_on_a_closed_network_it_counts_at_once() -> None:
    world = World(trust="address")
    world.mail("Mon 09:00", IT_CONTACT, "外出", "外出 明天")
    assert IT_CONTACT in world.engine.policy.away
    assert last(world, IT_CONTACT).proposal is None


def test_while_it_lasts_the_deputy_is_asked_and_may_answer_and_then_no_more(world: World) -> None:
    away(world, IT_CONTACT, "外出 明天到周四，代理 李娜")
    world.mail("Mon 10:00", REQUESTER, "[需求] 甲", BODY)
    assert len(world.sent(IT_CONTACT, "please-assess")) == 1
    record = world.mail("Tue 10:00", REQUESTER, "[需求] 乙", BODY).record
    ask = world.sent(CONTACT, "please-assess")[-1]
    assert ask.records == (record,) and len(world.sent(IT_CONTACT, "please-assess")) == 1
    world.mail("Tue 10:30", CONTACT, f"Re: [{record}]", "受理", answers=ask)
    assert world.record(record).state != "received"
    world.mail("Fri 10:00", REQUESTER, "[需求] 丙", BODY)
    assert len(world.sent(IT_CONTACT, "please-assess")) == 2


def test_the_deputy_hears_of_it_with_what_waits(world: World) -> None:
    record = world.mail("Mon 09:00", REQUESTER, "[需求] 甲", BODY).record
    away(world, IT_CONTACT, "外出 明天，代理 李娜", "Mon 09:10")
    told = world.sent(CONTACT, "deputy")[-1]
    assert record in world.text(told) and "陈静" in world.text(told)


def test_without_a_named_deputy_the_one_of_the_list_stands_in(world: World) -> None:
    away(world, IT_CONTACT, "外出 明天")
    world.mail("Tue 10:00", REQUESTER, "[需求] 乙", BODY)
    assert world.sent(IT_HEAD, "please-assess") and not world.sent(IT_CONTACT, "please-assess")


def test_where_nobody_stands_in_the_next_above_is_told(world: World) -> None:
    away(world, HEAD, "外出 明天")
    assert world.sent(LEADER, "deputy")
    record = world.mail("Tue 10:00", REQUESTER, "[变更] 索引", "变更内容：索引\n原因：慢\n").record
    ask = world.sent(IT_CONTACT, "please-assess")[-1]
    form = "评估\n范围：索引\n成本：1人日\n进度：周四\n风险：低\n回退：删除\n"
    world.mail("Tue 10:10", IT_CONTACT, f"Re: [{record}]", form, answers=ask)
    assert world.sent(HEAD, "please-approve")
    assert world.sent(LEADER, "please-approve", copies=True)


def test_a_correction_takes_the_place_of_what_it_touches_and_back_ends_it(world: World) -> None:
    away(world, IT_CONTACT, "外出 3月3日到13日，代理 王磊")
    world.mail("Mon 09:30", IT_CONTACT, "外出", "外出 3月3日到5日，代理 李娜")
    offer = last(world, IT_CONTACT)
    assert "替代" in world.text(offer)
    world.mail("Mon 09:31", IT_CONTACT, "Re", "确认", answers=offer)
    (absence,) = world.engine.policy.away[IT_CONTACT]
    assert (absence.last.isoformat(), absence.deputy) == ("2026-03-05", CONTACT)
    world.mail("Wed 09:00", IT_CONTACT, "回来了", "取消外出")
    world.mail("Wed 09:01", IT_CONTACT, "Re", "确认", answers=last(world, IT_CONTACT))
    (absence,) = world.engine.policy.away[IT_CONTACT]
    assert absence.last.isoformat() == "2026-03-03"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("外出", "没有读到"),
        ("外出 2月3日到2月5日", "已经过去"),
        ("外出 3月5日到3月3日", "早于"),
        ("外出 3月3日起，代理 王磊", "到哪天为止"),
        ("外出 明天，代理 孙悟空", "孙悟空"),
        ("外出 明天，代理 陈静", "本人"),
        ("外出 明天，代理 王磊和李娜", "只写一位"),
        ("取消外出", "没有可以取消"),
    ],
)
def test_what_is_unclear_is_asked_back(world: World, text: str, said: str) -> None:
    world.mail("Mon 09:00", IT_CONTACT, "外出", text)
    answer = last(world, IT_CONTACT)
    assert said in world.text(answer) and answer.proposal is None


def test_a_deputy_who_is_away_too_is_said(world: World) -> None:
    away(world, IT_HEAD, "外出 3月4日，代理 赵敏")
    world.mail("Mon 10:00", IT_CONTACT, "外出", "外出 3月3日到5日，代理 王磊")
    assert "王磊" in world.text(last(world, IT_CONTACT)) and "赵敏" in world.text(last(world, IT_CONTACT))
    world.mail("Mon 10:01", IT_CONTACT, "Re", "确认", answers=last(world, IT_CONTACT))
    world.mail("Wed 10:00", REQUESTER, "[需求] 乙", BODY)
    assert world.sent(LEADER, "please-assess")


def test_it_is_understood_in_a_reply_and_shown_among_ones_own(world: World) -> None:
    record = world.mail("Mon 09:00", REQUESTER, "[需求] 甲", BODY).record
    other = world.mail("Mon 09:01", REQUESTER, "[需求] 乙", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    world.mail("Mon 09:10", IT_CONTACT, f"Re: [{record}]", "外出 明天，代理 王磊", answers=ask)
    offer = last(world, IT_CONTACT)
    assert offer.templates == ("site/away",)
    world.mail("Mon 09:11", IT_CONTACT, f"Re: [{record}]", "确认", answers=offer)
    assert IT_CONTACT in world.engine.policy.away and world.record(record).state == "received"
    assert other in world.text(world.sent(IT_HEAD, "deputy")[-1])
    world.mail("Mon 09:12", IT_CONTACT, "?", "我的")
    assert "王磊" in world.text(last(world, IT_CONTACT))
    world.mail("Mon 09:13", IT_HEAD, "?", "我的")
    assert "陈静" in world.text(last(world, IT_HEAD))


def test_a_sentence_that_begins_with_the_word_is_passed_on(world: World) -> None:
    record = world.mail("Mon 09:00", REQUESTER, "[需求] 甲", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    world.mail("Mon 09:10", IT_CONTACT, f"Re: [{record}]", "外出办事，明天回复您。", answers=ask)
    assert world.sent(REQUESTER, "pass-on")


def test_whoever_is_not_listed_is_told_so(world: World) -> None:
    world.mail("Mon 09:00", "new.hire@example.com", "外出", "外出 明天")
    answer = last(world, "new.hire@example.com")
    assert answer.templates == ("site/away",) and answer.proposal is None
