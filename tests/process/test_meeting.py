"""A meeting in the calendar (P6.4): materials, invitation, reminder, answers, minutes; and the series that call it."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage

import pytest
from icalendar import Calendar, Event

from mailflow.core.model import Record
from mailflow.ports import Item
from tests.world import CONTACT, ENGLISH, FINANCE_HEAD, HEAD, IT_CONTACT, REQUESTER, World

BODY = "会议时间：2026-03-05 10:00\n时长：90 分钟\n地点：三楼会议室\n参会人：李娜、陈静、Tom Green\n议程：一、进度；二、风险\n"


@pytest.fixture
def world() -> World:
    return World(trust="address")


def called(world: World, at: str = "Mon 10:00", body: str = BODY) -> str:
    return world.mail(at, REQUESTER, "[会议] 客户编码协调会", body).record


def calendar(world: World, item: Item) -> tuple[Calendar, Event]:
    """The iCalendar object of a mail of ours, and its event."""
    with world.store.transaction(write=False) as tx:
        message = message_from_bytes(tx.content(item.id))
    (part,) = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
    found = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = found.walk("VEVENT")
    return found, event


def invitation(world: World, to: str) -> Item:
    return world.sent(to, "planned.invite")[-1]


def answer(
    world: World, at: str, who: str, item: Item, said: str, *, method: str = "REPLY", more: str = "", uid: str = ""
) -> None:
    """What a calendar program sends: no In-Reply-To, no id in the subject, only the name of the event."""
    _, event = calendar(world, item)
    text = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{uid or event['UID']}\r\n"
        f"ATTENDEE;PARTSTAT={said}:mailto:{who}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = who, "requests@example.com", "Accepted: 会议"
    message["Message-ID"], message["Date"] = f"<{at}{said}{who}>".replace(" ", ""), world.moment(at)
    message.set_content("\n")
    message.add_alternative(text.encode(), maintype="text", subtype="calendar", params={"method": method})
    world.deliver(at, message.as_bytes())


# --- from the call to the minutes ---------------------------------------------------------------------


def test_a_meeting_is_registered_and_materials_are_asked_for(world: World) -> None:
    record = world.record(called(world))
    assert (record.id, record.state) == ("MTG-2026-0001", "planned")
    assert record.fields["start"] == "2026-03-05T10:00+08:00"
    assert world.times(REQUESTER, "planned.received") == ["Mon 10:00"]
    assert {each.to[0] for each in world.sent(rule="materials")} == {CONTACT, IT_CONTACT, ENGLISH}


def test_the_invitation_goes_24_hours_ahead_with_agenda_and_recorder_and_a_reminder_15_minutes_before(
    world: World,
) -> None:
    called(world)
    world.until("Thu 12:00")
    assert world.times(CONTACT, "planned.invite") == ["Wed 10:00"]
    text = world.text(invitation(world, CONTACT))
    assert all(word in text for word in ("一、进度；二、风险", "张伟", "三楼会议室", "2026年3月5日（周四）10:00"))
    assert world.times(CONTACT, "invited.soon") == ["Thu 09:45"]
    assert world.record("MTG-2026-0001").state == "invited"


def test_where_24_hours_ahead_is_a_weekend_the_invitation_goes_in_the_last_working_moment_before(world: World) -> None:
    called(world, body=BODY.replace("2026-03-05 10:00", "2026-03-09 10:00"))
    world.until("Mon+1 12:00")
    assert world.times(CONTACT, "planned.invite") == ["Fri 17:55"]


def test_an_emergency_skips_the_preparation_and_is_invited_to_at_once(world: World) -> None:
    record = called(world, body=BODY + "紧急会议：是\n")
    assert world.record(record).state == "invited"
    assert world.sent(rule="materials") == []
    assert world.times(CONTACT, "planned.invitation") == ["Mon 10:00"]


def test_a_meeting_of_tomorrow_is_invited_to_at_once(world: World) -> None:
    record = called(world, body=BODY.replace("2026-03-05 10:00", "2026-03-03 09:30"))
    assert world.record(record).state == "invited"


def test_a_time_that_comes_late_leads_to_the_invitation(world: World) -> None:
    record = called(world, body="参会人：李娜\n议程：进度\n")
    world.mail("Tue 11:00", REQUESTER, f"Re: [{record}]", "会议时间：2026-03-04 09:30")
    world.until("Tue 12:00")
    assert world.record(record).state == "invited"
    assert len(world.sent(CONTACT, "invite-late")) == 1


def test_a_department_invited_without_a_name_names_one_who_is_invited_too(world: World) -> None:
    record = called(world, body=BODY + "参会部门：财务部\n")
    assert [each.to for each in world.sent(rule="name-someone")] == [(FINANCE_HEAD,)]
    (asked,) = world.sent(rule="name-someone")
    world.mail("Wed 11:00", FINANCE_HEAD, f"Re: [{record}]", "派 孙强", answers=asked)
    assert HEAD in world.record(record).fields["attendees"]
    (invited,) = world.sent(HEAD, "send.invitation")
    assert "mailto:" + HEAD in {str(each) for each in calendar(world, invited)[1]["ATTENDEE"]}


def test_the_recorder_owes_minutes_and_then_the_head_hears_of_it(world: World) -> None:
    called(world)
    world.until("Wed+1 18:00")
    assert world.times(REQUESTER, "minutes-owed")[:2] == ["Fri 10:00", "Tue+1 10:00"]
    assert world.times(HEAD, "minutes-overdue") == ["Mon+1 10:00"]


def test_a_meeting_that_needs_no_minutes_is_over_by_a_word(world: World) -> None:
    record = called(world)
    world.mail("Thu 12:00", REQUESTER, f"Re: [{record}]", "无需纪要")
    assert world.record(record).state == "held"
    world.until("Wed+1 18:00")
    assert world.sent(rule="minutes-owed") == []


# --- the calendar -------------------------------------------------------------------------------------


def test_each_who_comes_gets_an_invitation_that_their_calendar_understands(world: World) -> None:
    called(world)
    world.until("Wed 12:00")
    events = {to: calendar(world, invitation(world, to)) for to in (CONTACT, IT_CONTACT, ENGLISH)}
    assert len({str(event["UID"]) for _, event in events.values()}) == 1
    found, event = events[ENGLISH]
    assert str(found["METHOD"]) == "REQUEST"
    assert event["DTSTART"].dt.isoformat() == "2026-03-05T02:00:00+00:00"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=90)
    assert str(event["LOCATION"]) == "三楼会议室"
    assert str(event["ORGANIZER"]) == "mailto:requests@example.com"
    # The recorder, who is the requester here, comes too.
    invited = (CONTACT, IT_CONTACT, ENGLISH, REQUESTER)
    assert {str(each) for each in event["ATTENDEE"]} == {f"mailto:{each}" for each in invited}
    assert event["DTSTAMP"].dt == world.moment("Wed 10:00")


def test_a_meeting_that_is_moved_is_sent_anew_under_the_same_name_and_a_higher_number(world: World) -> None:
    record = called(world)
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "改期至 2026-03-06 15:00")
    world.until("Fri 18:00")
    (moved,) = world.sent(ENGLISH, "move.moved")
    _, first = calendar(world, invitation(world, ENGLISH))
    _, second = calendar(world, moved)
    assert str(first["UID"]) == str(second["UID"]) and int(second["SEQUENCE"]) > int(first["SEQUENCE"])
    assert second["DTSTART"].dt.isoformat() == "2026-03-06T07:00:00+00:00"
    assert world.times(ENGLISH, "invited.soon") == ["Fri 14:45"]


def test_a_meeting_that_is_cancelled_leaves_the_calendars(world: World) -> None:
    record = called(world)
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "取消：客户改期")
    (told,) = world.sent(ENGLISH, "cancel.cancelled")
    found, event = calendar(world, told)
    assert (str(found["METHOD"]), str(event["STATUS"])) == ("CANCEL", "CANCELLED")
    assert int(event["SEQUENCE"]) > int(calendar(world, invitation(world, ENGLISH))[1]["SEQUENCE"])
    assert "客户改期" in world.text(told)
    world.until("Wed+1 18:00")
    assert world.sent(rule="invited.soon") == [] and world.sent(rule="minutes-owed") == []


# --- who comes ----------------------------------------------------------------------------------------


def test_an_acceptance_from_a_calendar_is_kept_and_never_acknowledged(world: World) -> None:
    record = called(world)
    world.until("Wed 11:00")
    before = len(world.sent())
    answer(world, "Wed 11:10", CONTACT, invitation(world, CONTACT), "ACCEPTED")
    assert world.record(record).attendance[CONTACT].answer == "accepted"
    assert len(world.sent()) == before


@pytest.mark.parametrize(
    ("said", "method", "more", "kept", "word"),
    [
        ("DECLINED", "REPLY", "COMMENT:出差\r\n", "declined", "出差"),
        ("TENTATIVE", "REPLY", "", "tentative", "尚不能确定"),
        ("TENTATIVE", "COUNTER", "DTSTART:20260306T070000Z\r\n", "counter", "2026-03-06 15:00"),
        ("DELEGATED;DELEGATED-TO=\"mailto:tom.green@example.com\"", "REPLY", "", "delegated", "Tom Green"),
    ],
)  # fmt: skip
def test_who_does_not_simply_accept_is_told_to_the_recorder(
    world: World, said: str, method: str, more: str, kept: str, word: str
) -> None:
    record = called(world)
    world.until("Wed 11:00")
    answer(world, "Wed 11:10", CONTACT, invitation(world, CONTACT), said, method=method, more=more)
    assert world.record(record).attendance[CONTACT].answer == kept
    (told,) = world.sent(REQUESTER, "event.answer")
    assert "李娜" in told.subject and word in world.text(told)


def test_a_calendar_that_answers_twice_is_told_of_once(world: World) -> None:
    called(world)
    world.until("Wed 11:00")
    for at in ("Wed 11:10", "Wed 11:20"):
        answer(world, at, CONTACT, invitation(world, CONTACT), "DECLINED")
    assert len(world.sent(REQUESTER, "event.answer")) == 1


def test_an_answer_by_words_counts_as_one_by_calendar(world: World) -> None:
    record = called(world)
    world.until("Wed 11:00")
    for at, who, text in (("Wed 11:10", CONTACT, "参加"), ("Wed 11:20", ENGLISH, "decline: on leave")):
        world.mail(at, who, f"Re: [{record}]", text, answers=invitation(world, who))
    found = world.record(record).attendance
    assert (found[CONTACT].answer, found[ENGLISH].answer, found[ENGLISH].comment) == (
        "accepted",
        "declined",
        "on leave",
    )


def test_before_the_meeting_the_recorder_learns_who_comes_and_who_does_not(world: World) -> None:
    called(world)
    world.until("Wed 11:00")
    answer(world, "Wed 11:10", CONTACT, invitation(world, CONTACT), "ACCEPTED")
    answer(world, "Wed 11:20", IT_CONTACT, invitation(world, IT_CONTACT), "DECLINED")
    world.until("Thu 09:59")
    text = world.text(world.sent(REQUESTER, "invited.attendance")[-1])
    assert [word for word in ("李娜", "参加", "陈静", "不参加", "尚未答复") if word not in text] == []


def test_what_was_answered_for_another_time_counts_no_more(world: World) -> None:
    record = called(world)
    world.until("Wed 11:00")
    answer(world, "Wed 11:10", CONTACT, invitation(world, CONTACT), "ACCEPTED")
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "改期至 2026-03-06 15:00")
    text = world.text(world.mail("Wed 15:00", REQUESTER, f"Re: [{record}]", "状态").items[0])
    assert "李娜 | 尚未答复" in text


def test_an_answer_to_the_invitation_before_the_move_counts_no_more(world: World) -> None:
    """RFC 5546 §2.1.5: what names an older version is obsolete, however late it comes."""
    record = called(world)
    world.until("Wed 11:00")
    first = invitation(world, CONTACT)
    old = int(calendar(world, first)[1]["SEQUENCE"])
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "改期至 2026-03-06 15:00")
    answer(world, "Wed 15:00", CONTACT, first, "ACCEPTED", more=f"SEQUENCE:{old}\r\n")
    assert world.record(record).attendance == {}
    new = int(calendar(world, world.sent(CONTACT, "move.moved")[-1])[1]["SEQUENCE"])
    answer(world, "Wed 15:10", CONTACT, first, "ACCEPTED", more=f"SEQUENCE:{new}\r\n")
    assert world.record(record).attendance[CONTACT].answer == "accepted"


def test_whom_somebody_sends_by_their_calendar_may_answer_too(world: World) -> None:
    record = called(world)
    world.until("Wed 11:00")
    first = invitation(world, CONTACT)
    answer(world, "Wed 11:10", CONTACT, first, f'DELEGATED;DELEGATED-TO="mailto:{HEAD}"')
    answer(world, "Wed 11:20", HEAD, first, "ACCEPTED")
    assert world.record(record).attendance[HEAD].answer == "accepted"
    world.until("Thu 09:50")
    assert world.times(HEAD, "invited.soon") == ["Thu 09:45"]
    assert world.times(CONTACT, "invited.soon") == []


def test_nobody_answers_for_a_meeting_that_they_were_not_invited_to_nor_by_a_name_they_guess(world: World) -> None:
    record = called(world)
    world.until("Wed 11:00")
    answer(world, "Wed 11:10", HEAD, invitation(world, CONTACT), "DECLINED")
    answer(
        world,
        "Wed 11:20",
        CONTACT,
        invitation(world, CONTACT),
        "DECLINED",
        uid=f"{record}-0123456789abcdef@example.com",
    )
    assert world.record(record).attendance == {}


# --- series -------------------------------------------------------------------------------------------


def dated(world: World, kind: str = "meeting") -> list[tuple[str, str]]:
    with world.store.transaction(write=False) as tx:
        return [(each.title.split(" /")[0], each.fields["start"][:16]) for each in tx.records(kind=kind)]


def test_a_series_opens_a_record_so_long_ahead_of_each_time() -> None:
    """P6.2: every other Wednesday, three working days ahead."""
    world = World(trust="address", meetings=True)
    world.until("2026-12-18 18:00")
    found = [when for title, when in dated(world) if title == "业务与信息化协调会"]
    assert found == ["2026-12-02T10:00", "2026-12-16T10:00"]
    record = next(r for r in _records(world) if r.fields["start"].startswith("2026-12-16"))
    assert record.opened_at == world.moment("2026-12-11 10:00")
    assert record.requester == IT_CONTACT
    assert {CONTACT, IT_CONTACT, FINANCE_HEAD} <= set(record.fields["attendees"].split(", "))
    assert record.title == "业务与信息化协调会 / Business and IT coordination"


def test_a_stand_up_wants_no_materials_and_no_minutes() -> None:
    """P6.3."""
    world = World(
        trust="address",
        meetings=True,
        edits={"rules/rhythm.yaml": [("from: 2026-12-02", "from: 2027-12-01"), ("BYDAY=1TU", "BYDAY=3FR")]},
    )
    world.until("2026-12-08 18:00")
    stand_ups = [r for r in _records(world) if r.title.startswith("信息技术部站会")]
    assert [r.fields["start"][:10] for r in stand_ups][:5] == [f"2026-12-0{day}" for day in (1, 2, 3, 4, 7)]
    assert {r.state for r in stand_ups[:5]} == {"held"}
    ids = {r.id for r in stand_ups}
    sent = [each for each in world.sent() if ids & set(each.records)]
    assert not any("materials" in rule or "minutes" in rule for each in sent for rule in each.rules)
    assert any("invit" in rule for each in sent for rule in each.rules)


def test_of_meetings_missed_while_nobody_watched_none_is_called_that_has_begun() -> None:
    world = World(trust="address", meetings=True)
    world.pass_at("2026-11-20 09:00")
    world.pass_at("2026-12-15 16:00")
    world.pass_at("2026-12-15 16:05")
    assert sorted(when for _, when in dated(world)) == ["2026-12-16T09:15", "2026-12-16T10:00"]


def test_a_changed_series_opens_no_past_meeting_and_none_twice() -> None:
    world = World(trust="address", meetings=True)
    world.until("2026-12-01 08:00")
    before = dated(world)
    world.reload(rhythm=[("ahead: 3 working days", "ahead: 4 working days"), ('at: "10:00"', 'at: "10:30"')])
    world.until("2026-12-01 09:00")
    assert dated(world) == [(title, when.replace("T10:00", "T10:30")) for title, when in before]


def test_a_series_whose_weekday_is_edited_moves_what_has_not_been_invited_and_calls_none_twice() -> None:
    """P6.2: the coordination of 16 December was called on the 11th, and is edited to Thursdays on the 14th."""
    world = World(trust="address", meetings=True)
    world.until("2026-12-14 09:00")
    (record,) = (r for r in _records(world) if r.fields["start"].startswith("2026-12-16T10:00"))
    world.reload(rhythm=[("INTERVAL=2;BYDAY=WE", "INTERVAL=2;BYDAY=TH")])
    world.until("2026-12-14 09:30")
    assert world.record(record.id).fields["start"][:16] == "2026-12-17T10:00"
    assert {each.to[0] for each in world.sent(rule="on-rescheduled", record=record.id)} >= {CONTACT, FINANCE_HEAD}
    world.until("2026-12-17 12:00")
    assert world.times(CONTACT, "planned.invite")[-1].endswith("10:00")
    found = [when for title, when in dated(world) if title == "业务与信息化协调会"]
    assert found == ["2026-12-02T10:00", "2026-12-17T10:00"]


def test_a_series_that_is_edited_after_the_invitation_leaves_that_meeting_where_it_is() -> None:
    world = World(trust="address", meetings=True)
    world.until("2026-12-15 11:00")
    world.reload(rhythm=[("INTERVAL=2;BYDAY=WE", "INTERVAL=2;BYDAY=TH")])
    world.until("2026-12-28 18:00")
    found = [when for title, when in dated(world) if title == "业务与信息化协调会"]
    assert found == ["2026-12-02T10:00", "2026-12-16T10:00", "2026-12-31T10:00"]


def test_a_series_that_is_edited_to_an_earlier_day_comes_earlier() -> None:
    world = World(trust="address", meetings=True)
    world.until("2026-12-14 08:30")
    world.reload(rhythm=[("INTERVAL=2;BYDAY=WE", "INTERVAL=2;BYDAY=TU")])
    world.until("2026-12-29 18:00")
    found = [when for title, when in dated(world) if title == "业务与信息化协调会"]
    assert found == ["2026-12-02T10:00", "2026-12-15T10:00", "2026-12-29T10:00"]


def test_a_meeting_of_a_series_that_was_cancelled_is_not_called_again_by_an_edit() -> None:
    world = World(trust="address", meetings=True)
    world.until("2026-12-14 09:00")
    (record,) = (r for r in _records(world) if r.fields["start"].startswith("2026-12-16T10:00"))
    world.mail("2026-12-14 09:10", IT_CONTACT, f"Re: [{record.id}]", "取消：年末盘点")
    world.reload(rhythm=[('at: "10:00"', 'at: "10:30"')])
    world.until("2026-12-18 18:00")
    found = [when for title, when in dated(world) if title == "业务与信息化协调会"]
    assert found == ["2026-12-02T10:00", "2026-12-16T10:00"]


# --- by a line in a reply -----------------------------------------------------------------------------


def test_a_paused_series_calls_nobody_and_begins_with_the_next_time_once_it_is_not() -> None:
    world = World(trust="address")
    world.until("2026-12-14 09:30")
    assert dated(world) == []
    world.meetings = True
    world.reload()
    world.until("2026-12-14 18:00")
    assert sorted(when for _, when in dated(world)) == ["2026-12-15T09:15", "2026-12-16T10:00"]


def test_a_reply_with_another_time_moves_the_meeting_and_invites_anew(world: World) -> None:
    record = called(world)
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "会议时间：2026-03-06 15:00\n地点：五楼")
    assert world.record(record).fields["start"] == "2026-03-06T15:00+08:00"
    (moved,) = world.sent(ENGLISH, "changed.moved")
    _, first = calendar(world, invitation(world, ENGLISH))
    found, second = calendar(world, moved)
    assert str(found["METHOD"]) == "REQUEST" and str(first["UID"]) == str(second["UID"])
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])
    assert second["DTSTART"].dt.isoformat() == "2026-03-06T07:00:00+00:00" and str(second["LOCATION"]) == "五楼"
    assert world.times(REQUESTER, "changed.moved") == ["Wed 14:00"]
    world.until("Fri 18:00")
    assert world.times(ENGLISH, "invited.soon") == ["Fri 14:45"]


def test_a_time_that_somebody_else_writes_moves_nothing(world: World) -> None:
    record = called(world)
    world.mail("Wed 14:00", ENGLISH, f"Re: [{record}]", "Time: 2026-03-06 15:00")
    assert world.record(record).fields["start"] == "2026-03-05T10:00+08:00"
    assert world.sent(rule="moved") == []


def test_who_is_added_by_a_reply_is_invited_too(world: World) -> None:
    record = called(world)
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "参会人：李娜、陈静、Tom Green、孙强")
    (invited,) = world.sent(HEAD, "changed.invitation")
    assert f"mailto:{HEAD}" in {str(each) for each in calendar(world, invited)[1]["ATTENDEE"]}


def test_who_is_named_no_more_is_taken_out_alone(world: World) -> None:
    record = called(world)
    world.mail("Wed 14:00", REQUESTER, f"Re: [{record}]", "参会人：李娜、陈静")
    (told,) = world.sent(ENGLISH, "changed.uninvited")
    found, event = calendar(world, told)
    assert str(found["METHOD"]) == "CANCEL" and "STATUS" not in event
    assert str(event["ATTENDEE"]) == f"mailto:{ENGLISH}"
    world.mail("Wed 15:00", REQUESTER, f"Re: [{record}]", "参会人：李娜、陈静、Tom Green")
    (again,) = world.sent(ENGLISH, "changed.invitation")
    assert int(calendar(world, again)[1]["SEQUENCE"]) > int(event["SEQUENCE"])


def _records(world: World) -> list[Record]:
    with world.store.transaction(write=False) as tx:
        return list(tx.records(kind="meeting"))
