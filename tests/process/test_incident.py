"""What an incident has to do with others, and with people besides its reporter (process P4)."""

import pytest

from tests.world import ENGLISH, IT_CONTACT, LEADER, REQUESTER, World

ERP = "现象：ERP系统无法登录，提示超时\n影响：全公司\n紧急程度：高\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def test_while_a_high_one_is_open_a_like_report_is_answered_with_it_and_may_join_it(world: World) -> None:
    first = world.mail("Mon 10:00", REQUESTER, "[故障] ERP系统无法登录", ERP).record
    second = world.mail("Mon 10:05", ENGLISH, "[故障] ERP 登录不了", "现象：ERP 登录超时\n").record
    other = world.mail("Mon 10:06", ENGLISH, "[故障] 三楼打印机卡纸", "现象：打印机卡纸\n").record
    assert world.times(ENGLISH, "reported.like") == ["Mon 10:05"]
    assert f"merge {first}" in world.text(world.sent(ENGLISH, "reported.like")[0])
    assert world.sent(ENGLISH, "reported.like", other) == []
    world.mail("Mon 10:10", ENGLISH, f"Re: [{second}]", f"merge {first}")
    assert world.record(second).state == "joined"


def test_the_lessons_of_like_incidents_are_at_hand(world: World) -> None:
    first = world.mail("Mon 10:00", REQUESTER, "[故障] ERP系统无法登录", "现象：ERP系统无法登录，提示超时\n").record
    world.mail("Mon 10:10", IT_CONTACT, f"Re: [{first}]", "已解决")
    world.mail("Mon 10:20", REQUESTER, f"Re: [{first}]", "确认")
    world.mail(
        "Mon 11:00",
        IT_CONTACT,
        f"Re: [{first}]",
        "复盘\n故障原因：证书过期\n处理过程：更换\n经验教训：到期前一月提醒\n",
    )
    assert world.record(first).state == "closed"
    assert world.record(first).fields["lessons"] == "到期前一月提醒"
    second = world.mail("Tue 10:00", ENGLISH, "[故障] ERP 登录超时", "现象：ERP 登录超时\n").record
    asked = world.sent(IT_CONTACT, "please-respond", second)
    assert len(asked) == 1
    assert "到期前一月提醒" in world.text(asked[0])


def test_a_dispute_about_an_incident_is_with_the_leader_after_24_hours(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[故障] 报表很慢", "现象：报表很慢\n").record
    world.mail("Mon 10:30", IT_CONTACT, f"Re: [{record}]", "认领")
    world.mail("Mon 15:00", REQUESTER, f"Re: [{record}]", "争议：应由供应商处理")
    assert world.times(IT_CONTACT, "disputed") == ["Mon 15:00"]
    world.until("Tue 14:59")
    assert world.times(LEADER, "dispute-overdue") == []
    world.until("Tue 15:00")
    assert world.times(LEADER, "dispute-overdue") == ["Tue 15:00"]
    world.mail("Tue 15:30", LEADER, f"Re: [{record}]", "已达成一致")
    assert world.record(record).state == "working"


def test_whom_an_outage_was_told_hear_of_its_progress_and_its_end() -> None:
    groups = [("groups: {}", "groups: {值班组: [孙强, Tom Green]}")]
    world = World(trust="address", edits={"rules/people.yaml": groups})
    record = world.mail("Mon 10:00", REQUESTER, "[故障] ERP系统无法登录", ERP).record
    world.mail("Mon 10:05", IT_CONTACT, f"Re: [{record}]", "认领")
    world.mail("Mon 10:06", IT_CONTACT, f"Re: [{record}]", "广播 值班组：ERP 中断")
    world.mail("Mon 10:20", IT_CONTACT, f"Re: [{record}]", "进展：正在切换备机")
    world.mail("Mon 10:40", IT_CONTACT, f"Re: [{record}]", "已解决")
    world.mail("Mon 10:50", REQUESTER, f"Re: [{record}]", "确认")
    told = {address for item in world.sent(rule="broadcast.broadcast") for address in item.recipients}
    assert told and told == {address for item in world.sent(rule="all-clear") for address in item.recipients}
    assert told <= {address for item in world.sent(rule="update.update") for address in item.recipients}
    assert {world.local(item.sent_at) for item in world.sent(rule="all-clear") if item.sent_at} == {"Mon 10:40"}
