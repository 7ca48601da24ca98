"""What several people and departments do together: groups, help, records that are the same (P4.3 to P4.8, P9)."""

import pytest

from mailflow.core.model import Link
from tests.world import CONTACT, ENGLISH, FINANCE_HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

HIGH = "现象：订单系统无法登录\n影响：全公司\n紧急程度：高\n"


@pytest.fixture
def world() -> World:
    return World(trust="address", edits={"rules/people.yaml": [("groups: {}", "groups: {值班组: [孙强, Tom Green]}")]})


def reported(world: World, body: str = HIGH, at: str = "Mon 10:00") -> str:
    return world.mail(at, REQUESTER, "[故障] 订单系统无法登录", body).record


def said(world: World, at: str, who: str, record: str, text: str) -> None:
    world.mail(at, who, f"Re: [{record}]", text)


def test_a_coordination_group_is_told_at_once_and_gets_every_update(world: World) -> None:
    record = reported(world)
    said(world, "Mon 10:05", IT_HEAD, record, "启动协调组 组长 王磊 成员 陈静、Tom Green")
    assert world.record(record).roles["group-leader"] == IT_HEAD
    assert world.times(ENGLISH, "convened") == ["Mon 10:05"]
    said(world, "Mon 10:20", IT_CONTACT, record, "进展：数据库已重启，正在验证")
    assert world.times(ENGLISH, "update") == world.times(IT_HEAD, "update") == ["Mon 10:20"]
    assert world.times(REQUESTER, "update") == ["Mon 10:20"]
    assert "数据库已重启" in world.text(world.sent(ENGLISH, "update")[0])


def test_a_group_may_be_named_in_english_and_its_leader_may_ask_for_help(world: World) -> None:
    record = reported(world)
    said(world, "Mon 10:05", LEADER, record, "convene Tom Green, Emma Brown and 陈静")
    assert world.record(record).roles["group"] == f"{ENGLISH}, {FINANCE_HEAD}, {IT_CONTACT}"
    said(world, "Mon 10:10", ENGLISH, record, "help-from sales: a list of open orders")
    assert world.times(CONTACT, "please-help") == ["Mon 10:10"]


def test_a_name_that_is_nobodys_convenes_no_group(world: World) -> None:
    record = reported(world)
    said(world, "Mon 10:05", IT_HEAD, record, "启动协调组 组长 王磊 成员 陈静、诸葛无名")
    assert "group" not in world.record(record).roles


def test_a_department_asked_for_help_is_reminded_and_then_its_head_hears(world: World) -> None:
    record = reported(world, "现象：报表打不开\n")
    said(world, "Mon 10:10", IT_CONTACT, record, "认领")
    said(world, "Mon 10:30", IT_CONTACT, record, "协办 销售部：请提供出错的报表")
    assert world.record(record).fields["departments"] == "sales"
    task = world.record(record).tasks[0]
    assert (task.title, task.owner, task.due) == ("请提供出错的报表", CONTACT, "2026-03-02")
    world.until("Tue 12:00")
    assert world.times(CONTACT, "please-help") == ["Mon 10:30"]
    assert world.times(CONTACT, "help-reminder") == ["Mon 16:00"]
    assert world.times("sun.qiang@example.com", "help-overdue") == ["Tue 10:30"]


def test_help_that_was_given_is_asked_for_no_more(world: World) -> None:
    record = reported(world, "现象：报表打不开\n")
    said(world, "Mon 10:30", IT_CONTACT, record, "协办 销售部：请提供出错的报表")
    said(world, "Mon 11:00", CONTACT, record, "完成 1")
    world.until("Tue 18:00")
    assert world.times(IT_CONTACT, "helped") == ["Mon 11:00"]
    assert world.times(CONTACT, "help-reminder") == []


def test_a_broadcast_goes_to_the_group_that_is_named(world: World) -> None:
    record = reported(world)
    said(world, "Mon 10:10", IT_CONTACT, record, "广播 值班组：订单系统中断，预计十一点恢复")
    assert world.times(ENGLISH, "broadcast") == world.times("sun.qiang@example.com", "broadcast") == ["Mon 10:10"]
    assert "预计十一点恢复" in world.text(world.sent(ENGLISH, "broadcast")[0])


def test_a_broadcast_to_no_group_is_refused(world: World) -> None:
    record = reported(world)
    said(world, "Mon 10:10", IT_CONTACT, record, "广播 全世界：订单系统中断")
    assert world.sent(rule="broadcast") == []


def test_a_record_that_is_the_same_is_linked_and_closed_with_a_word_to_its_requester(world: World) -> None:
    first = reported(world)
    second = world.mail("Mon 10:10", CONTACT, "[故障] 订单登录不了", HIGH).record
    said(world, "Mon 10:20", IT_CONTACT, second, f"合并 {first}")
    assert world.record(second).state == "joined"
    assert world.record(second).links == (Link(first, "continued"),)
    assert world.times(CONTACT, "joined") == ["Mon 10:20"]
    assert first in world.text(world.sent(CONTACT, "joined")[0])


@pytest.mark.parametrize("number", ["INC-2026-0099", "itself", "it"])
def test_nothing_is_merged_into_what_is_not_there_or_is_itself(world: World, number: str) -> None:
    record = reported(world)
    said(world, "Mon 10:20", IT_CONTACT, record, f"合并 {record if number == 'itself' else number}")
    assert world.record(record).state == "working"  # what the person on call writes is an answer all the same
    assert world.record(record).links == ()


def test_a_requirement_merged_into_another_says_so_to_its_requester(world: World) -> None:
    body = "业务目标：每天看到销售额\n期望交付时间：2026-04-30\n"
    first = world.mail("Mon 10:00", CONTACT, "[需求] 日报", body).record
    second = world.mail("Mon 10:10", REQUESTER, "[需求] 销售日报", body).record
    said(world, "Mon 10:20", IT_CONTACT, second, f"duplicate {first}")
    assert world.record(second).state == "merged"
    assert world.times(REQUESTER, "requirement.always.duplicate.duplicate") == ["Mon 10:20"]


def test_a_department_more_is_asked_for_its_part_of_a_requirement(world: World) -> None:
    record = world.mail(
        "Mon 10:00", REQUESTER, "[需求] 日报", "业务目标：看到销售额\n期望交付时间：2026-04-30\n涉及部门：销售部\n"
    ).record
    said(world, "Mon 10:20", IT_CONTACT, record, "协办 财务部")
    assert world.record(record).fields["departments"] == "sales, finance"
    assert world.times(FINANCE_HEAD, "please-help") == ["Mon 10:20"]
