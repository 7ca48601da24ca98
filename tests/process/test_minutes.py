"""The life of minutes as the shipped rules walk it (process P5)."""

import pytest

from tests.world import CONTACT, ENGLISH, FINANCE_HEAD, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = """会议主题：报表项目例会
会议日期：2026-03-02
参会人：张伟、陈静、Tom Green

行动项：
1. 整理需求清单 —— 张伟，3月4日前
2. Prepare test data: Tom Green, by 2026-03-06
"""


@pytest.fixture
def world() -> World:
    return World(trust="address")


def opened(world: World, body: str = BODY, at: str = "Mon 10:00") -> str:
    return world.mail(at, CONTACT, "[纪要] 报表项目例会", body).record


def test_minutes_go_to_attendees_their_heads_and_the_heads_of_those_with_items(world: World) -> None:
    opened(world)
    told = {address for item in world.sent(rule="distribution", copies=True) for address in item.recipients}
    assert told == {REQUESTER, IT_CONTACT, ENGLISH, HEAD, IT_HEAD, FINANCE_HEAD}


def test_items_get_their_owner_and_date(world: World) -> None:
    record = opened(world)
    tasks = [(task.owner, task.due) for task in world.record(record).tasks]
    assert tasks == [(REQUESTER, "2026-03-04"), (ENGLISH, "2026-03-06")]


def test_an_item_without_owner_or_date_goes_back_to_the_recorder(world: World) -> None:
    opened(world, BODY + "3. 确认服务器\n")
    assert world.times(CONTACT, "item-incomplete") == ["Mon 10:00"]


def test_an_owner_is_asked_daily_and_round_the_due_date(world: World) -> None:
    opened(world)
    world.until("Thu 18:00")
    assert world.times(REQUESTER, "progress") == ["Mon 16:00", "Tue 16:00", "Wed 16:00", "Thu 16:00"]
    assert world.times(REQUESTER, "due-soon") == ["Tue 09:00"]
    assert world.times(REQUESTER, "due-today") == ["Wed 09:00"]
    assert world.times(REQUESTER, "late") == ["Thu 09:00"]


def test_three_and_five_days_late_go_to_head_and_leader_in_working_hours(world: World) -> None:
    opened(world)
    world.until("Tue+1 18:00")
    # Three days after Wednesday is Saturday, five days after is Monday.
    assert world.times(HEAD, "late-head") == ["Mon+1 09:00"]
    assert world.times(LEADER, "late-leader") == ["Mon+1 09:00"]


def test_done_by_reply_ends_the_follow_up_and_the_last_one_closes_the_minutes(world: World) -> None:
    record = opened(world)
    world.mail("Tue 09:30", REQUESTER, f"Re: [{record}]", "完成 1")
    world.mail("Tue 10:00", ENGLISH, f"Re: [{record}]", "done\n")
    assert [task.state for task in world.record(record).tasks] == ["done", "done"]
    world.until("Wed 18:00")
    assert world.record(record).state == "closed"
    assert world.times(REQUESTER, "due-today") == []


def test_minutes_stand_after_a_working_day_and_close_at_once_without_items(world: World) -> None:
    record = opened(world, "会议主题：例会\n会议日期：2026-03-02\n参会人：张伟、陈静\n")
    world.until("Tue 10:00")
    assert world.record(record).state == "closed"


def test_a_postponed_item_has_new_dates(world: World) -> None:
    record = opened(world)
    world.mail("Tue 09:30", REQUESTER, f"Re: [{record}]", "延期至 1 2026-03-10：等财务的数据")
    world.until("Fri 18:00")
    assert world.record(record).tasks[0].due == "2026-03-10"
    assert world.times(REQUESTER, "due-today") == []
    assert world.times(REQUESTER, "late") == []


def test_reminders_of_one_person_at_one_moment_are_one_mail(world: World) -> None:
    opened(world, BODY.replace("Tom Green, by 2026-03-06", "张伟，3月4日前"))
    world.until("Mon 16:00")
    bundles = world.sent(REQUESTER, "progress")
    assert len(bundles) == 1 and len(bundles[0].rules) == 2
