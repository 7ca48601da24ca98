"""The life of an incident as the shipped rules walk it (process P4)."""

import pytest

from tests.world import CONTACT, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

HIGH = "影响：全公司\n紧急程度：高\n现象：邮件系统无法登录\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def test_a_high_incident_is_heard_of_at_once_at_night(world: World) -> None:
    world.mail("Sat 23:00", REQUESTER, "[故障] 邮件系统宕机", HIGH)
    assert world.times(REQUESTER, "received") == ["Sat 23:00"]
    assert world.times(IT_CONTACT, "please-respond") == ["Sat 23:00"]
    assert world.times(IT_HEAD, "high") == ["Sat 23:00"]
    assert world.times(HEAD, "high") == ["Sat 23:00"]
    assert world.times(CONTACT) == []


def test_a_high_incident_is_escalated_round_the_clock(world: World) -> None:
    world.mail("Sat 23:00", REQUESTER, "[故障] 邮件系统宕机", HIGH)
    world.until("Sun 00:30")
    assert world.times(IT_HEAD, "response-overdue") == ["Sat 23:15"]
    assert world.times(LEADER, "response-overdue") == ["Sat 23:30"]
    assert world.times(LEADER, "restore-overdue") == ["Sun 00:00"]
    assert world.times(REQUESTER, "progress") == ["Sat 23:30", "Sun 00:00", "Sun 00:30"]


def test_a_medium_incident_has_an_hour_and_a_day_of_working_time(world: World) -> None:
    world.mail("Mon 17:30", REQUESTER, "[INC] 打印机", "现象：不能打印\n")
    world.until("Wed 18:00")
    assert world.times(IT_HEAD, "response-overdue") == ["Tue 09:30"]
    assert world.times(LEADER, "response-overdue") == ["Tue 10:30"]
    assert world.times(IT_HEAD, "restore-overdue") == ["Tue 17:30"]
    assert world.times(LEADER, "restore-overdue") == ["Wed 17:30"]
    assert world.times(REQUESTER, "progress") == ["Tue 10:00", "Tue 15:00", "Wed 10:00", "Wed 15:00"]


def test_a_low_incident_has_word_at_four_and_four_working_hours_to_respond(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[INC] 鼠标", "影响：单人\n紧急程度：不急\n现象：鼠标不灵\n")
    world.until("Tue 18:00")
    assert world.times(REQUESTER, "progress") == ["Mon 16:00", "Tue 16:00"]
    assert world.times(IT_HEAD, "response-overdue") == ["Mon 15:30"]


def test_a_new_priority_counts_from_the_reports_time(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 系统慢", "现象：很慢\n").record
    world.mail("Mon 10:40", IT_CONTACT, f"Re: [{record}]", "定级 高")
    assert world.record(record).fields["priority"] == "high"
    # 15 and 30 minutes after 10:00 have passed by 10:40.
    assert world.times(IT_HEAD, "response-overdue") == ["Mon 10:40"]
    assert world.times(LEADER, "response-overdue") == ["Mon 10:40"]
    assert world.times(IT_HEAD, "priority.high") == ["Mon 10:40"]


def test_taking_it_stops_the_response_clock_and_tells_the_reporter(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 系统慢", "现象：很慢\n").record
    world.mail("Mon 10:30", IT_CONTACT, f"Re: [{record}]", "认领")
    world.until("Mon 18:00")
    assert world.record(record).roles["handler"] == IT_CONTACT
    assert world.times(REQUESTER, "taken") == ["Mon 10:30"]
    assert world.times(IT_HEAD, "response-overdue") == []


def test_silence_confirms_after_two_working_days(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 系统慢", "现象：很慢\n").record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "已解决")
    world.until("Wed 10:59")
    assert world.record(record).state == "resolved"
    world.until("Wed 11:00")
    assert world.record(record).state == "confirmed"
    assert world.times(IT_CONTACT, "please-review") == ["Wed 11:00"]
    world.until("Mon+1 18:00")
    assert world.times(IT_CONTACT, "review-reminder") == ["Mon+1 11:00"]


def test_not_solved_reopens_and_the_restore_clock_goes_on(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 系统慢", "现象：很慢\n").record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "已解决")
    world.mail("Mon 15:00", REQUESTER, f"Re: [{record}]", "未解决：还是很慢")
    assert world.record(record).state == "working"
    assert world.times(IT_CONTACT, "reopened") == ["Mon 15:00"]
    world.until("Wed 18:00")
    # 1 working day from Monday 10:00, and the 2.5 working hours during which it counted as resolved.
    assert world.times(IT_HEAD, "restore-overdue") == ["Tue 14:00"]


def test_the_urgent_mark_alone_opens_an_incident_and_wakes_who_is_on_call(world: World) -> None:
    record = world.mail("Sat 23:00", REQUESTER, "[紧急] 网络断了", "全部断网").record
    assert record.startswith("INC-")
    assert world.times(IT_CONTACT, "please-respond") == ["Sat 23:00"]


def test_a_low_incident_closes_without_a_review(world: World) -> None:
    body = "影响：单人\n紧急程度：不急\n现象：鼠标不灵\n"
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 鼠标", body).record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "已解决")
    world.mail("Mon 11:30", REQUESTER, f"Re: [{record}]", "确认")
    assert world.record(record).state == "closed"
    assert world.times(IT_CONTACT, "please-review") == []


def test_who_is_asked_to_review_is_not_told_besides_that_it_was_confirmed(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 系统慢", "现象：很慢\n").record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "已解决")
    before = len(world.sent(IT_CONTACT))
    world.mail("Mon 11:30", REQUESTER, f"Re: [{record}]", "确认")
    assert [item.templates for item in world.sent(IT_CONTACT)[before:]] == [("incident/please-review",)]


def test_the_urgent_mark_does_not_wake_whoever_set_it(world: World) -> None:
    record = world.mail("Sat 23:00", REQUESTER, "[紧急] 网络断了", "全部断网").record
    world.mail("Sat 23:10", IT_CONTACT, f"Re: [{record}]", "已解决")
    world.until("Mon+1 09:00")
    assert world.times(REQUESTER, "please-confirm") == ["Mon+1 09:00"]
