"""The regular rhythm (P6): meetings that come again, and reports that are mailed at their times."""

import pytest

from tests.world import CONTACT, FINANCE_HEAD, HEAD, IT_CONTACT, IT_HEAD, OVERSEER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n优先级：高\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


# --- reports ------------------------------------------------------------------------------------------


def test_the_pool_is_mailed_on_monday_at_nine_to_every_contact_and_head(world: World) -> None:
    """P2.14: visible to all departments."""
    world.mail("Tue 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.until("Mon+1 12:00")
    sent = world.sent(rule="reports.pool")
    assert {each.to[0] for each in sent} == {CONTACT, HEAD, IT_CONTACT, IT_HEAD, FINANCE_HEAD, OVERSEER}
    assert set(world.times(rule="reports.pool")) == {"Mon+1 09:00"}


def test_the_pool_shows_each_requirement_classified_rated_and_scheduled_to_each_in_their_language(world: World) -> None:
    world.mail("Tue 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.until("Mon+1 12:00")
    chinese, english = (world.text(world.sent(to, "reports.pool")[0]) for to in (CONTACT, FINANCE_HEAD))
    for word in ("需求池", "REQ-2026-0001", "销售报表", "销售部", "高", "4月30日（周四）", "陈静"):
        assert word in chinese
    for word in ("Requirement pool", "REQ-2026-0001", "Sales", "high", "Thu 30 Apr"):
        assert word in english
    assert "Nothing" in english or "nothing" in english or "No action" in english


def test_what_is_over_is_not_in_the_pool_and_the_pressing_stands_first(world: World) -> None:
    for title, priority in (("甲", "低"), ("乙", "高"), ("丙", "中"), ("丁", "高")):
        world.mail("Tue 10:00", REQUESTER, f"[需求] 报表{title}", BODY.replace("高", priority))
    world.mail("Tue 11:00", REQUESTER, "Re: [REQ-2026-0004]", "撤回")
    world.until("Mon+1 12:00")
    text = world.text(world.sent(CONTACT, "reports.pool")[0])
    assert "报表丁" not in text
    assert sorted((text.index(f"报表{title}"), title) for title in "甲乙丙") == sorted(
        [(text.index("报表乙"), "乙"), (text.index("报表丙"), "丙"), (text.index("报表甲"), "甲")]
    )
    assert text.index("报表乙") < text.index("报表丙") < text.index("报表甲")


def test_of_a_confidential_requirement_outsiders_see_the_id_alone(world: World) -> None:
    """P0.7."""
    world.mail("Tue 10:00", REQUESTER, "[需求][机密] 裁员名单系统", BODY)
    world.until("Mon+1 12:00")
    outsider = world.text(world.sent(FINANCE_HEAD, "reports.pool")[0])
    assert "REQ-2026-0001" in outsider and "裁员" not in outsider and "(confidential)" in outsider
    assert "裁员" in world.text(world.sent(IT_CONTACT, "reports.pool")[0])


def test_on_a_holiday_the_pool_comes_on_the_next_working_day(world: World) -> None:
    """Qingming 2026: Monday 6 April is a day off."""
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.until("2026-04-08 12:00")
    assert [world.local(each.sent_at)[:3] for each in world.sent(CONTACT, "reports.pool") if each.sent_at][-1] == "Tue"


def test_a_pool_missed_for_weeks_is_mailed_once(world: World) -> None:
    """P10: for its latest occurrence."""
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.pass_at("Tue 10:00")
    world.pass_at("Wed+3 10:00")
    world.pass_at("Wed+3 10:05")
    assert len(world.sent(CONTACT, "reports.pool")) == 1


def test_a_report_whose_time_was_changed_does_not_make_up_for_the_past(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.until("Wed 10:00")
    world.reload(rhythm=[("on: mon", "on: tue")])
    world.until("Fri 18:00")
    assert world.sent(rule="reports.pool") == []
    world.until("Tue+1 12:00")
    assert set(world.times(rule="reports.pool")) == {"Tue+1 09:00"}


def test_twice_run_sends_nothing_twice(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.until("Mon+1 12:00")
    world.reload()
    world.pass_at("Mon+1 12:01")
    assert len(world.sent(CONTACT, "reports.pool")) == 1


def test_a_report_with_nothing_in_it_is_not_mailed(world: World) -> None:
    record = world.mail("Tue 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Tue 11:00", REQUESTER, f"Re: [{record}]", "撤回")
    world.until("Mon+1 12:00")
    assert world.sent(rule="reports.pool") == []
