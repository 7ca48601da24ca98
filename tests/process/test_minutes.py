"""The life of minutes as the shipped rules walk it (process P5)."""

import pytest

from tests.world import CONTACT, REQUESTER, World

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
