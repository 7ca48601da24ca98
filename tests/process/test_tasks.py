"""The tasks of a requirement, from the departments' replies to the last one done (process P2.6 to P2.10)."""

import pytest

from mailflow.core.model import Record
from tests.world import CONTACT, ENGLISH, FINANCE_HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n涉及部门：财务部\n"
TABLE = """tasks

| Task | Owner | Helpers | Standard | Due |
|---|---|---|---|---|
| Extract the ledger | Tom Green | Emma Brown | totals agree | 2026-03-11 |
| Check the totals | Emma Brown | | signed off | 2026-03-13 |
"""


@pytest.fixture
def world() -> World:
    return World(trust="address")


def planning(world: World) -> str:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Mon 10:10", IT_CONTACT, f"Re: [{record}]", "受理")
    world.mail("Mon 10:20", IT_CONTACT, f"Re: [{record}]", "规格：一张日报")
    for who in (REQUESTER, IT_CONTACT, FINANCE_HEAD):
        world.mail("Mon 11:00", who, f"Re: [{record}]", "同意", answers=world.sent(who, "please-sign")[-1])
    assert world.record(record).state == "planning"
    return record


def told(record: Record) -> list[tuple[str, str, str]]:
    return [(task.title, task.owner, task.due) for task in record.tasks]


def test_a_reply_with_a_table_adds_tasks_with_all_that_they_need(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", FINANCE_HEAD, f"Re: [{record}]", TABLE)
    first, second = world.record(record).tasks
    assert (first.title, first.owner, first.due) == ("Extract the ledger", ENGLISH, "2026-03-11")
    assert (first.collaborators, first.standard) == ((FINANCE_HEAD,), "totals agree")
    assert (second.owner, second.due) == (FINANCE_HEAD, "2026-03-13")


def test_a_list_in_the_words_of_minutes_adds_tasks_too(world: World) -> None:
    record = planning(world)
    world.mail(
        "Mon 14:00",
        IT_CONTACT,
        f"Re: [{record}]",
        "任务：\n1. 开发报表 —— 王磊，3月10日前\n2. 上线 —— 陈静，3月12日前\n",
    )
    assert told(world.record(record)) == [
        ("开发报表", IT_HEAD, "2026-03-10"),
        ("上线", IT_CONTACT, "2026-03-12"),
    ]


def test_tasks_of_several_departments_are_merged_into_one_plan(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", FINANCE_HEAD, f"Re: [{record}]", TABLE)
    world.mail("Mon 15:00", IT_CONTACT, f"Re: [{record}]", "任务\n- 开发报表，王磊，3月10日\n")
    assert [task.number for task in world.record(record).tasks] == [1, 2, 3]


def test_each_owner_is_told_once_of_all_that_is_theirs_when_work_begins(world: World) -> None:
    record = planning(world)
    world.mail(
        "Mon 14:00", FINANCE_HEAD, f"Re: [{record}]", TABLE.replace("| Emma Brown | | signed", "| Tom Green | | signed")
    )
    assert world.sent(ENGLISH) == []
    world.mail("Mon 15:00", IT_CONTACT, f"Re: [{record}]", "启动")
    assert world.times(ENGLISH, "your-tasks") == ["Mon 15:00"]
    text = world.text(world.sent(ENGLISH, "your-tasks")[0])
    assert "Extract the ledger" in text and "Check the totals" in text


def test_what_lacks_an_owner_or_a_date_goes_back_to_the_writer_in_one_mail(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", IT_CONTACT, f"Re: [{record}]", "任务\n1. 开发报表 —— 王磊\n2. 上线，3月12日前\n")
    assert world.times(IT_CONTACT, "incomplete") == ["Mon 14:00"]
    assert "第 1 项“开发报表”：缺期限" in world.text(world.sent(IT_CONTACT, "incomplete")[0])
    world.mail("Mon 15:00", IT_CONTACT, f"Re: [{record}]", "任务\n1. 开发报表 —— 王磊，3月10日前\n")
    assert told(world.record(record))[0] == ("开发报表", IT_HEAD, "2026-03-10")
    assert len(world.record(record).tasks) == 2


def test_a_reply_that_lists_nothing_is_answered_with_what_is_missing(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", FINANCE_HEAD, f"Re: [{record}]", "tasks\n")
    assert world.record(record).tasks == ()
    assert world.times(FINANCE_HEAD, "summary")[-1] == "Mon 14:00"


def test_the_columns_of_a_task_table_are_no_fields_of_the_record(world: World) -> None:
    record = planning(world)
    world.mail(
        "Mon 14:00",
        CONTACT,
        f"Re: [{record}]",
        "任务\n\n| 任务 | 负责人 | 验收标准 | 期限 |\n|---|---|---|---|\n| 提供样例 | 李娜 | 十份 | 2026-03-06 |\n",
    )
    assert "acceptance" not in world.record(record).fields


def test_who_has_no_part_in_the_plan_adds_nothing(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", ENGLISH, f"Re: [{record}]", TABLE)
    assert world.record(record).tasks == ()


def test_tasks_are_asked_for_reminded_and_escalated_while_it_is_built(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", FINANCE_HEAD, f"Re: [{record}]", TABLE)
    world.mail("Tue+1 15:00", IT_CONTACT, f"Re: [{record}]", "启动")
    world.until("Wed+2 18:00")
    # The calls before work began were not missed; a date that is near is said at once.
    assert world.times(ENGLISH, "progress-call")[:2] == ["Tue+1 16:00", "Wed+1 16:00"]
    assert world.times(ENGLISH, "due-soon") == ["Tue+1 15:00"]
    assert world.times(ENGLISH, "due-today") == ["Wed+1 09:00"]
    assert world.times(ENGLISH, "late")[:2] == ["Thu+1 09:00", "Fri+1 09:00"]
    # Due on Wednesday, more than 3 days late on Sunday; said when work begins again.
    assert world.times(LEADER, "late-leader")[0] == "Mon+2 09:00"


def test_owners_report_by_reply_and_a_risk_is_passed_on_at_once(world: World) -> None:
    record = planning(world)
    world.mail("Mon 14:00", FINANCE_HEAD, f"Re: [{record}]", TABLE)
    world.mail("Tue 09:30", ENGLISH, f"Re: [{record}]", "progress 1 40%")
    world.mail("Tue 10:00", ENGLISH, f"Re: [{record}]", "risk 1: the export is slow")
    assert world.record(record).tasks[0].percent == 40
    assert world.times(IT_CONTACT, "risk") == ["Tue 10:00"]
    world.mail("Tue 11:00", ENGLISH, f"Re: [{record}]", "done 1")
    assert world.record(record).tasks[0].state == "done"
