"""What one record does to others: signals, records that go on in others, what comes along (P2.6, P3.5, P4.1, P9)."""

import pytest

from tests.world import CONTACT, ENGLISH, FINANCE_HEAD, HEAD, IT_CONTACT, IT_HEAD, REQUESTER, World

WISH = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-06-30\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def wish(world: World, at: str = "Mon 10:00", subject: str = "[需求] 销售日报表", by: str = REQUESTER) -> str:
    return world.mail(at, by, subject, WISH).record


def say(world: World, at: str, by: str, record: str, text: str) -> None:
    world.mail(at, by, f"Re: [{record}]", text)


def building(world: World) -> str:
    record = wish(world)
    say(world, "Mon 10:10", IT_CONTACT, record, "受理")
    say(world, "Mon 10:20", IT_CONTACT, record, "规格：按说明书")
    say(world, "Mon 10:30", IT_CONTACT, record, "同意")
    say(world, "Mon 10:40", REQUESTER, record, "同意")
    say(world, "Mon 10:50", IT_CONTACT, record, "启动")
    assert world.record(record).state == "building"
    return record


def links(world: World, record: str) -> set[tuple[str, str]]:
    return {(each.relation, each.record) for each in world.record(record).links}


# --- minutes and the requirement that they name (P2.6) --------------------------------------------------

MINUTES = """会议主题：{named} 例会
会议日期：2026-03-02
参会人：张伟、陈静、Tom Green

行动项：
1. 整理需求清单 —— 张伟，3月4日前
2. Prepare test data: Tom Green, by 2026-03-06
3. 确认服务器
"""


def minutes(world: World, at: str, named: str, subject: str = "[纪要] 例会") -> str:
    return world.mail(at, CONTACT, subject, MINUTES.format(named=named)).record


def test_items_of_minutes_become_tasks_of_the_requirement_that_they_name(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    tasks = [(task.owner, task.due, task.origin) for task in world.record(record).tasks]
    assert tasks == [(REQUESTER, "2026-03-04", f"{held}#1"), (ENGLISH, "2026-03-06", f"{held}#2")]
    assert ("minutes", held) in links(world, record)
    assert ("mentions", record) in links(world, held)


def test_one_piece_of_work_is_followed_up_in_one_place(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    world.until("Thu 18:00")
    reminded = world.sent(REQUESTER, "due-today")
    assert [item.records for item in reminded] == [(record,)]
    assert [task.state for task in world.record(held).tasks] == ["elsewhere", "elsewhere", "open"]


def test_what_is_done_in_the_requirement_is_done_in_the_minutes(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    say(world, "Tue 10:00", REQUESTER, record, "完成 1")
    assert [task.state for task in world.record(held).tasks] == ["done", "elsewhere", "open"]


def test_what_is_done_in_the_minutes_is_done_in_the_requirement(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    say(world, "Tue 10:00", ENGLISH, held, "done 2")
    assert [task.state for task in world.record(record).tasks] == ["open", "done"]


def test_an_item_that_gets_its_owner_and_date_later_comes_along_then(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    say(world, "Mon 14:00", CONTACT, held, "延期至 3 3月9日：等采购")
    say(world, "Mon 14:10", CONTACT, held, "负责人 3 张伟")
    assert [task.origin for task in world.record(record).tasks] == [f"{held}#{n}" for n in (1, 2, 3)]
    assert world.record(held).tasks[2].state == "elsewhere"


def test_until_it_is_built_the_minutes_follow_up(world: World) -> None:
    record = wish(world)
    held = minutes(world, "Mon 11:00", record)
    assert len(world.record(record).tasks) == 2
    assert [task.state for task in world.record(held).tasks] == ["open"] * 3
    world.until("Mon 18:00")
    assert [item.records for item in world.sent(REQUESTER, "progress")] == [(held,)]


def test_items_of_a_requirement_that_ends_go_back_to_the_minutes(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    say(world, "Mon 14:00", REQUESTER, record, "撤回")
    assert [task.state for task in world.record(held).tasks] == ["open"] * 3


def test_items_of_minutes_that_are_withdrawn_are_no_tasks_any_more(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record)
    say(world, "Mon 14:00", CONTACT, held, "撤回")
    assert {task.state for task in world.record(record).tasks} == {"dropped"}


def test_the_same_minutes_by_another_way_add_nothing(world: World) -> None:
    record = building(world)
    minutes(world, "Mon 11:00", record)
    with world.store.transaction(write=False) as tx:
        content = tx.content(tx.messages("MIN-2026-0001")[0].digest)
    before = len(world.sent(copies=True))
    assert world.deliver("Mon 11:00", content).place == "duplicate"
    assert len(world.record(record).tasks) == 2
    assert len(world.sent(copies=True)) == before


# --- an approved change (P3.5) ---------------------------------------------------------------------------


def test_the_requirement_follows_the_approved_change(world: World) -> None:
    record = building(world)
    body = f"变更内容：增加字段\n变更原因：监管要求\n变更时间：2026-03-20 20:00 到 22:00\n关联需求：{record}\n"
    change = world.mail("Mon 11:00", REQUESTER, "[变更] 增加字段", body).record
    say(
        world,
        "Mon 11:10",
        IT_CONTACT,
        change,
        "评估\n影响范围：加两列\n成本：2人日\n进度影响：晚两周\n调整后交付时间：2026-07-14\n",
    )
    say(world, "Mon 11:20", HEAD, change, "同意")
    assert world.record(record).fields["due"] == "2026-06-30"
    say(world, "Mon 11:30", IT_HEAD, change, "同意")
    fields = world.record(record).fields
    assert (fields["due"], fields["scope"]) == ("2026-07-14", "加两列")
    assert ("change", change) in links(world, record)
    told = {address for item in world.sent(rule="changed", copies=True) for address in item.recipients}
    assert told == {REQUESTER, IT_CONTACT, CONTACT}
    with world.store.transaction(write=False) as tx:
        assert any("change-approved" in str(each.change) for each in tx.history(change))
        assert any("change-approved" in str(each.change) for each in tx.history(record))


def test_a_change_of_a_requirement_that_is_not_there_says_so_in_its_history(world: World) -> None:
    body = "变更内容：增加字段\n变更原因：监管要求\n变更时间：2026-03-20 20:00 到 22:00\n关联需求：REQ-2026-0099\n"
    change = world.mail("Mon 11:00", REQUESTER, "[变更] 增加字段", body).record
    say(world, "Mon 11:10", IT_CONTACT, change, "评估\n影响范围：加两列\n成本：2人日\n进度影响：晚两周\n")
    say(world, "Mon 11:20", HEAD, change, "同意")
    say(world, "Mon 11:30", IT_HEAD, change, "同意")
    with world.store.transaction(write=False) as tx:
        assert any("outcome='missing'" in str(each.change) for each in tx.history(change))


# --- a like incident, joined (P4.1) ------------------------------------------------------------------------


def incident(world: World, at: str, by: str, subject: str = "[事件] 邮件系统打不开") -> str:
    return world.mail(at, by, subject, "性质：打不开\n影响：中\n紧急程度：中\n").record


def joined(world: World) -> tuple[str, str]:
    first = incident(world, "Mon 10:00", REQUESTER)
    second = incident(world, "Mon 10:05", ENGLISH, "[incident] mail is down")
    say(world, "Mon 10:08", IT_CONTACT, first, "认领")
    say(world, "Mon 10:10", IT_CONTACT, second, f"合并 {first}")
    assert world.record(second).state == "joined"
    return first, second


def test_who_reported_the_like_incident_gets_every_word_of_the_one_it_joined(world: World) -> None:
    first, second = joined(world)
    say(world, "Mon 10:30", IT_CONTACT, first, "进展：正在重启")
    assert {address for item in world.sent(rule="update") for address in item.recipients} >= {REQUESTER, ENGLISH}
    assert ("continues", second) in links(world, first)
    assert ("continued", first) in links(world, second)


def test_what_its_reporter_answers_to_the_old_number_comes_to_the_one_it_joined(world: World) -> None:
    first, second = joined(world)
    receipt = world.mail("Mon 10:40", ENGLISH, f"Re: [{second}] mail is down", "It is slow as well.")
    assert receipt.record == first


def test_its_reporter_is_told_when_it_is_over(world: World) -> None:
    first, second = joined(world)
    say(world, "Mon 11:00", IT_CONTACT, first, "已解决")
    say(world, "Mon 11:10", REQUESTER, first, "确认")
    over = world.sent(ENGLISH, "over")
    assert [item.records for item in over] == [(second,)]
    assert first in world.text(over[0])


# --- split, merge, convert (P9) ------------------------------------------------------------------------------


def test_a_part_split_off_is_a_record_of_its_own_linked_both_ways(world: World) -> None:
    record = wish(world)
    say(world, "Mon 10:10", IT_CONTACT, record, "拆分：移动端日报")
    part = world.record("REQ-2026-0002")
    assert (part.title, part.requester, part.state) == ("移动端日报", REQUESTER, "received")
    assert ("split", part.id) in links(world, record)
    assert ("origin", record) in links(world, part.id)
    told = world.sent(REQUESTER, "received", part.id)
    assert len(told) == 1 and record in world.text(told[0])


def test_what_is_made_another_kind_keeps_what_it_says_and_its_answers(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 加字段", WISH + "范围：报表\n涉及部门：财务部\n").record
    say(world, "Mon 10:10", IT_CONTACT, record, "转为 变更")
    change = world.record("CHG-2026-0001")
    assert (change.requester, change.fields["departments"]) == (REQUESTER, world.record(record).fields["departments"])
    assert "业务目标: 每天九点前看到昨日销售额" in change.fields["what"]
    assert world.record(record).state == "converted"
    assert ("continued", change.id) in links(world, record)
    told = world.sent(REQUESTER, "received", change.id)
    assert len(told) == 1 and change.id in told[0].subject
    answer = world.mail("Mon 10:30", REQUESTER, f"Re: [{record}] 加字段", "变更原因：监管要求\n")
    assert answer.record == change.id
    assert world.record(change.id).fields["why"] == "监管要求"


def test_a_kind_that_it_is_already_is_refused(world: World) -> None:
    record = wish(world)
    say(world, "Mon 10:10", IT_CONTACT, record, "转为 需求")
    assert world.record(record).state == "received"
    assert world.sent(IT_CONTACT, "summary")


def test_merging_takes_people_and_tasks_along(world: World) -> None:
    first = building(world)
    second = wish(world, "Mon 11:00", "[需求] 日报", ENGLISH)
    say(world, "Mon 11:10", IT_CONTACT, second, "受理")
    minutes(world, "Mon 11:15", second)
    say(world, "Mon 11:20", IT_CONTACT, second, f"合并 {first}")
    assert world.record(second).state == "merged"
    assert ENGLISH in world.record(first).participants
    assert len(world.record(first).tasks) == 2
    answer = world.mail("Mon 11:30", ENGLISH, f"Re: [{second}]", "One more thing: the colours.")
    assert answer.record == first


# --- what is confidential (P0.7) --------------------------------------------------------------------------


def test_confidential_minutes_tell_an_open_requirement_nothing_of_their_items(world: World) -> None:
    record = building(world)
    held = minutes(world, "Mon 11:00", record, "[纪要][机密] 例会")
    assert world.record(held).confidential
    assert world.record(record).tasks == ()
    assert [task.state for task in world.record(held).tasks] == ["open"] * 3


def test_nobody_gets_into_a_confidential_requirement_by_minutes_that_name_it(world: World) -> None:
    record = wish(world, subject="[需求][机密] 并购报表")
    minutes(world, "Mon 11:00", record)
    assert ENGLISH not in world.record(record).participants
    assert FINANCE_HEAD not in world.record(record).participants
    assert [task.owner for task in world.record(record).tasks] == [REQUESTER]


def test_a_confidential_record_cannot_be_merged_into_another(world: World) -> None:
    first = wish(world)
    second = wish(world, "Mon 10:30", "[需求][机密] 日报")
    say(world, "Mon 11:20", IT_CONTACT, second, f"合并 {first}")
    assert world.record(second).state == "received"


def test_who_joins_a_confidential_incident_hears_when_it_is_over_and_no_word_of_it(world: World) -> None:
    first = incident(world, "Mon 10:00", REQUESTER, "[事件][机密] 账号泄露")
    second = incident(world, "Mon 10:05", ENGLISH, "[incident] odd logins")
    say(world, "Mon 10:08", IT_CONTACT, first, "认领")
    say(world, "Mon 10:10", IT_CONTACT, second, f"合并 {first}")
    assert ENGLISH not in world.record(first).participants
    say(world, "Mon 10:30", IT_CONTACT, first, "进展：正在重置")
    receipt = world.mail("Mon 10:40", ENGLISH, f"Re: [{second}] odd logins", "Still there.")
    assert receipt.record == second
    say(world, "Mon 11:00", IT_CONTACT, first, "已解决")
    say(world, "Mon 11:10", REQUESTER, first, "确认")
    texts = [world.text(item) for item in world.sent(ENGLISH, copies=True)]
    assert world.sent(ENGLISH, "update") == []
    assert not any("账号泄露" in text or "正在重置" in text for text in texts)
    assert world.sent(ENGLISH, "over")


def test_what_is_split_off_a_confidential_record_is_confidential(world: World) -> None:
    record = wish(world, subject="[需求][机密] 并购报表")
    say(world, "Mon 10:10", IT_CONTACT, record, "拆分：第二部分")
    assert world.record("REQ-2026-0002").confidential


# --- what holds always ----------------------------------------------------------------------------------------


def test_signals_that_go_round_end_and_say_so(world: World) -> None:
    there = "    on_signal:\n      - signal: over\n        from: requirement\n"
    back = "    on_signal:\n      - {signal: back, do: [{signal: merged, to: $record}]}\n"
    world.reload(
        requirement=[
            ("        - join: participants\n", "        - {signal: back, to: $record}\n"),
            (there, back + there.partition("\n")[2]),
        ]
    )
    first = wish(world)
    second = wish(world, "Mon 10:30", "[需求] 日报")
    say(world, "Mon 11:20", IT_CONTACT, second, f"合并 {first}")
    with world.store.transaction(write=False) as tx:
        changes = [str(each.change) for record in (first, second) for each in tx.history(record)]
    assert sum("outcome='taken'" in each for each in changes) == 5
    assert sum("outcome='stopped'" in each for each in changes) == 1
