"""Where a requirement goes back to after a rest, and what its readers are told to do and by when."""

from tests.world import CONTACT, ENGLISH, IT_CONTACT, LEADER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：{due}\n"


def opened(world: World, due: str = "2026-04-30") -> str:
    return world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY.format(due=due)).record


def say(world: World, record: str, at: str, who: str, text: str) -> None:
    world.mail(at, who, f"Re: [{record}]", text)


def test_a_question_that_rested_on_hold_leads_back_to_where_it_was_asked() -> None:
    world = World(trust="address")
    record = opened(world)
    say(world, record, "Mon 10:10", IT_CONTACT, "询问：按门店还是按大区？")
    say(world, record, "Mon 10:20", REQUESTER, "暂停至 2026-03-06：等预算")
    world.until("Fri 10:00")
    assert world.record(record).state == "waiting"
    say(world, record, "Fri 10:10", REQUESTER, "按门店。")
    assert world.record(record).state == "received"


def test_a_dispute_that_rested_on_hold_is_settled_to_where_it_began() -> None:
    world = World(trust="address")
    record = opened(world)
    say(world, record, "Mon 10:10", IT_CONTACT, "受理")
    say(world, record, "Mon 10:20", REQUESTER, "争议：范围")
    say(world, record, "Mon 10:30", REQUESTER, "暂停至 2026-03-06：等预算")
    say(world, record, "Tue 10:30", REQUESTER, "继续")
    assert world.record(record).state == "disputed"
    say(world, record, "Tue 10:40", IT_CONTACT, "已达成一致：按申请")
    assert world.record(record).state == "analysis"


def test_a_summary_names_the_command_in_its_readers_language() -> None:
    world = World(trust="address")
    record = world.mail("Mon 10:00", ENGLISH, "[REQ] Report", "Business goal: x\nExpected delivery: 2026-04-30").record
    say(world, record, "Mon 10:10", ENGLISH, "withdraw")
    (summary,) = [each for each in world.sent(ENGLISH) if each.templates == ("site/summary",)]
    assert "withdraw" in world.text(summary)
    assert "撤回" not in world.text(summary)


def test_a_copy_of_what_asks_nothing_names_nobody_who_should_act() -> None:
    world = World(trust="address")
    record = opened(world)
    say(world, record, "Mon 10:10", IT_CONTACT, "受理")
    (copy,) = [each for each in world.sent(CONTACT, copies=True) if each.templates == ("requirement/accepted",)]
    assert "无需您操作。" in world.text(copy)


def test_whoever_works_is_asked_by_the_expected_delivery_and_the_leader_hears_when_more_than_3_days_late() -> None:
    world = World(trust="address")
    record = opened(world, due="2026-03-10")
    say(world, record, "Mon 10:10", IT_CONTACT, "受理")
    (summary,) = [each for each in world.sent(IT_CONTACT) if each.templates == ("site/summary",)]
    assert "期限 2026年3月10日（周二）18:00" in world.text(summary)
    world.until("Mon+2 12:00")
    assert world.times(LEADER, "late") == ["Mon+2 09:00"]  # the fourth day is a Saturday


def test_the_coordinator_in_copy_of_a_late_task_is_not_told_that_it_is_theirs() -> None:
    world = World(trust="address")
    record = opened(world)
    say(world, record, "Mon 10:10", IT_CONTACT, "受理")
    say(world, record, "Mon 10:20", IT_CONTACT, "规格：一张日报")
    say(world, record, "Mon 10:30", REQUESTER, "同意")
    say(world, record, "Mon 10:40", IT_CONTACT, "同意")
    say(world, record, "Mon 10:50", IT_CONTACT, "任务\n1. 开发报表 —— 王磊，2026-03-04")
    say(world, record, "Mon 11:00", IT_CONTACT, "启动")
    world.until("Mon+1 18:00")
    (copy,) = [e for e in world.sent(IT_CONTACT, "late-leader", copies=True) if e.copy_of][:1]
    assert "仍由您负责" not in world.text(copy)
