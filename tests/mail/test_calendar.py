"""Calendar answers as the mail programs of the world write them, and invitations that their libraries read back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from mailflow.mail.calendar import calendar_answers
from mailflow.mail.compose import Outgoing, compose
from mailflow.mail.invitation import Invitation, calendar_text
from mailflow.mail.model import Address, CalendarAnswer
from mailflow.mail.parse import parse

UID = "MTG-2026-0001-0123456789abcdef@example.com"
START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


def reply(attendee: str, *, method: str = "METHOD:REPLY\r\n", more: str = "") -> str:
    return (
        f"BEGIN:VCALENDAR\r\nPRODID:-//Some//EN\r\nVERSION:2.0\r\n{method}BEGIN:VEVENT\r\nUID:{UID}\r\n{attendee}\r\n"
        f"DTSTAMP:20261201T020000Z\r\nDTSTART:20261202T020000Z\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


WRITTEN = {
    "outlook": 'ATTENDEE;PARTSTAT=ACCEPTED;CN="Li Na":MAILTO:Li.Na@example.com',
    "exchange": "ATTENDEE;PARTSTAT=ACCEPTED;CN=李娜:mailto:li.na@example.com",
    "gmail": "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=li.n\r\n a@example.com;X-NUM-GUESTS=0:mailto:li.na@example.com",
    "apple": "ATTENDEE;CN=\"Li Na\";CUTYPE=INDIVIDUAL;EMAIL=\"li.na@example.com\";PARTSTAT=\r\n ACCEPTED:mailto:li.na@example.com",
    "thunderbird": "ATTENDEE;CN=Li Na;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:li.na@example.com",
    "qq": "ATTENDEE;RSVP=TRUE;PARTSTAT=ACCEPTED:mailto:li.na@example.com",
    "netease": "ATTENDEE;PARTSTAT=accepted;CN=李娜;ROLE=REQ-PARTICIPANT;RSVP=FALSE:MAILTO:<li.na@example.com>".replace("<", "").replace(">", ""),
    "icloud": 'ATTENDEE;CN="Li Na";EMAIL=li.na@example.com;PARTSTAT=ACCEPTED:urn:uuid:6E1B-0',
    "calendar server": 'ATTENDEE;CN="Li Na";EMAIL="Li.Na@example.com";PARTSTAT=ACCEPTED:/principals/__uids__/1/',
    "percent-encoded": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:li.na%40example.com",
    "on behalf": 'ATTENDEE;SENT-BY="mailto:sec@example.com";PARTSTAT=ACCEPTED:mailto:li.na@example.com',
    "a name with signs": 'ATTENDEE;CN="Na, Li: head";PARTSTAT=ACCEPTED:mailto:li.na@example.com',
}  # fmt: skip


def test_an_invitation_that_is_the_whole_message_has_its_description_as_text() -> None:
    head = b"From: a@example.com\r\nSubject: x\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
    event = reply("ATTENDEE:mailto:a@example.com", method="METHOD:REQUEST\r\n", more="DESCRIPTION:请\\n带上报表\r\n")
    assert parse(head + event.encode()).own == "请\n带上报表"


@pytest.mark.parametrize("program", WRITTEN)
def test_an_acceptance_is_understood_from_every_mail_program(program: str) -> None:
    assert calendar_answers([(reply(WRITTEN[program]), "reply")]) == (
        CalendarAnswer("reply", UID, "li.na@example.com", "accepted"),
    )


@pytest.mark.parametrize("said", ["DECLINED", "TENTATIVE", "NEEDS-ACTION"])
def test_what_is_answered_is_kept(said: str) -> None:
    found = calendar_answers([(reply(f"ATTENDEE;PARTSTAT={said}:mailto:a@example.com"), "")])
    assert [each.answer for each in found] == [said.lower()]


def test_an_answer_nobody_knows_counts_as_none() -> None:
    found = calendar_answers([(reply("ATTENDEE;PARTSTAT=X-PERHAPS:mailto:a@example.com"), "")])
    assert [each.answer for each in found] == ["needs-action"]


def test_who_is_sent_instead_is_named() -> None:
    line = 'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Tom@example.com":mailto:a@example.com'
    (found,) = calendar_answers([(reply(line), "reply")])
    assert (found.answer, found.delegate) == ("delegated", "tom@example.com")


def test_words_that_stand_beside_the_name_are_kept() -> None:
    line = 'ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT="on leave":mailto:a@example.com'
    assert [each.comment for each in calendar_answers([(reply(line), "")])] == ["on leave"]


def test_the_words_that_go_with_it_are_kept() -> None:
    (found,) = calendar_answers(
        [(reply("ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.com", more="COMMENT:出差\\, 下周回来\r\n"), "")]
    )
    assert found.comment == "出差, 下周回来"


def test_another_time_that_is_proposed_is_a_moment_also_by_the_names_exchange_has_for_zones() -> None:
    text = (
        "BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nBEGIN:VTIMEZONE\r\nTZID:China Standard Time\r\nBEGIN:STANDARD\r\n"
        "DTSTART:16010101T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        f"BEGIN:VEVENT\r\nUID:{UID}\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.com\r\n"
        "DTSTART;TZID=China Standard Time:20261203T150000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (found,) = calendar_answers([(text, "counter")])
    assert (found.method, found.start) == ("counter", datetime(2026, 12, 3, 7, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "said",
    [
        "20261203T150000",
        ";TZID=tzone://Microsoft/Custom:20261203T150000",
        ":soon",
        ';TZID="Nowhere at all":20261203T150000',
    ],
)
def test_a_time_that_nobody_understands_loses_no_answer(said: str) -> None:
    more = f"DTSTART{said if said[0] in ';:' else ':' + said}\r\n"
    text = reply("ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.com", more=more, method="METHOD:COUNTER\r\n")
    (found,) = calendar_answers([(text.replace("DTSTART:20261202T020000Z\r\n", ""), "")])
    assert (found.answer, found.attendee, found.start) == ("declined", "a@example.com", None)


def test_a_time_that_is_proposed_in_summer_is_one_of_summer() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n"
        "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    )
    text = (
        f"BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\n{zone}BEGIN:VEVENT\r\nUID:{UID}\r\n"
        "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@example.com\r\n"
        'DTSTART;TZID="Customized Time Zone":20260701T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
    )
    (found,) = calendar_answers([(text, "")])
    assert found.start == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def test_a_byte_order_mark_ends_nothing() -> None:
    text = "\ufeff" + reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com")
    assert [each.answer for each in calendar_answers([(text, "")])] == ["accepted"]


def test_a_name_that_is_not_quoted_makes_no_address() -> None:
    assert calendar_answers([(reply("ATTENDEE;CN=a:b;PARTSTAT=ACCEPTED:mailto:a@example.com"), "")]) == ()


def test_the_version_that_is_answered_is_kept() -> None:
    text = reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com", more="SEQUENCE:7\r\n")
    assert [each.sequence for each in calendar_answers([(text, "")])] == [7]
    assert [each.sequence for each in calendar_answers([(text.replace(":7", ":x"), "")])] == [None]


def test_an_invitation_that_somebody_else_sends_is_no_answer() -> None:
    text = reply("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@example.com", method="METHOD:REQUEST\r\n")
    assert calendar_answers([(text, "request")]) == ()


def test_the_method_may_stand_in_the_header_alone() -> None:
    text = reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com", method="")
    assert [each.answer for each in calendar_answers([(text, "REPLY")])] == ["accepted"]
    assert calendar_answers([(text, "")]) == ()


def test_a_line_that_is_none_ends_nothing() -> None:
    text = "<!-- made by nobody -->\r\n" + reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com", more="????\r\n")
    assert len(calendar_answers([(text, "")])) == 1


@pytest.mark.parametrize(
    "text", ["", "BEGIN:VCALENDAR", "END:VEVENT", "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR"]
)
def test_what_is_no_calendar_is_no_answer(text: str) -> None:
    assert calendar_answers([(text, "reply")]) == ()


def test_what_is_too_much_is_left_alone() -> None:
    line = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.com"
    assert calendar_answers([(reply(line) + " " * 300_000, "reply")]) == ()
    many = "\r\n".join(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:a{number}@example.com" for number in range(100))
    assert len(calendar_answers([(reply(many), "reply")])) == 20


@given(st.text(max_size=300), st.sampled_from(["reply", "counter", ""]))
def test_reading_never_fails(text: str, method: str) -> None:
    calendar_answers(
        [(text, method), (f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n{text}\nEND:VEVENT\nEND:VCALENDAR", "")]
    )


def test_an_answer_without_the_method_in_its_header_is_not_acknowledged_either() -> None:
    content = (
        "From: li.na@example.com\r\nSubject: =?utf-8?q?=E6=8E=A5=E5=8F=97?=\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/calendar; charset=utf-8\r\n\r\n"
        + reply("ATTENDEE;PARTSTAT=ACCEPTED:mailto:li.na@example.com")
    )
    mail = parse(content.encode())
    assert "calendar-reply" in mail.unanswerable
    assert [each.answer for each in mail.calendar] == ["accepted"]


# --- invitations --------------------------------------------------------------------------------------


def invitation(method: str = "request", sequence: int = 3) -> Invitation:
    return Invitation(
        method=method,
        uid=UID,
        sequence=sequence,
        stamp=START - timedelta(days=1),
        start=START,
        end=START + timedelta(hours=1),
        summary="业务与信息化协调会; 第一次, 很长的题目" * 4,
        organizer=Address("requests@example.com", '信息技术部 "服务"'),
        attendees=(Address("li.na@example.com", "李娜"), Address("tom.green@example.com", "Tom Green")),
        description="一、进度\n二、风险, 问题",
        place="三楼; 第2会议室",
    )


def test_an_invitation_is_read_back_as_it_was_meant() -> None:
    calendar = Calendar.from_ical(calendar_text(invitation()))
    (event,) = calendar.walk("VEVENT")
    assert str(calendar["METHOD"]) == "REQUEST"
    assert (str(event["UID"]), int(event["SEQUENCE"]), event["DTSTART"].dt) == (UID, 3, START)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert event["DTSTAMP"].dt == START - timedelta(days=1)
    assert str(event["SUMMARY"]) == invitation().summary
    assert str(event["DESCRIPTION"]) == "一、进度\n二、风险, 问题"
    assert str(event["LOCATION"]) == "三楼; 第2会议室"
    assert str(event["ORGANIZER"]) == "mailto:requests@example.com"
    assert [str(each) for each in event["ATTENDEE"]] == ["mailto:li.na@example.com", "mailto:tom.green@example.com"]
    assert {str(each.params["RSVP"]) for each in event["ATTENDEE"]} == {"TRUE"}
    assert not calendar.walk("VALARM")


def test_a_cancelled_one_bears_the_same_name_and_asks_for_nothing() -> None:
    calendar = Calendar.from_ical(calendar_text(invitation("cancel", 4)))
    (event,) = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), str(event["STATUS"]), str(event["UID"])) == ("CANCEL", "CANCELLED", UID)
    assert all("RSVP" not in each.params for each in event["ATTENDEE"])


def test_one_that_some_are_taken_out_of_goes_on_for_the_others() -> None:
    """RFC 5546 §3.2.5: STATUS says that it takes place for nobody, so it is not there."""
    calendar = Calendar.from_ical(calendar_text(replace(invitation("cancel", 4), for_all=False)))
    (event,) = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), str(event["UID"])) == ("CANCEL", UID)
    assert "STATUS" not in event


def test_the_same_invitation_is_the_same_bytes_in_short_lines() -> None:
    text = calendar_text(invitation())
    assert text == calendar_text(invitation())
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_an_invitation_goes_as_one_more_form_of_the_text_and_as_a_file() -> None:
    """So that Outlook and Apple (the form) and those that look at files alone all offer to accept (RFC 6047 §2.4)."""
    text = calendar_text(invitation())
    content = compose(
        Outgoing(
            "id@example.com", START, Address("requests@example.com"), (Address("li.na@example.com"),), (), "会议",
            "正文", "<p>正文</p>", calendar=(text, "request"),
        )
    )  # fmt: skip
    message = message_from_bytes(content, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    form, file = list(message.walk())[-2:]
    assert form["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert form.get_payload(decode=True) == file.get_payload(decode=True) == text.encode()
    assert file.get_filename() == "invite.ics"


def test_an_invitation_has_no_signs_that_a_calendar_may_not_have() -> None:
    """RFC 5545 §3.3.11: no control but the tab; one of them ends the reading in some programs."""
    text = calendar_text(replace(invitation(), description="一\x0b二\x00三\x07\u2028四\t五\r六"))
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["DESCRIPTION"]) == "一\n二三\n四\t五\n六"
    assert max(len(each.encode()) for each in text.split("\r\n")) <= 75
