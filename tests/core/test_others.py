"""Conditions on other records: which count, by what they have to do with this one, and what is looked up for them."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mailflow.core.calendar import Calendar
from mailflow.core.conditions import evaluate, states_asked
from mailflow.core.directory import Directory
from mailflow.core.facts import RecordsIn
from mailflow.core.foreseeing import records_asked
from mailflow.core.model import Record, Visit
from mailflow.core.policy import Policy, Site
from mailflow.core.rule import All, Compare, Goto, Others, Send, Style
from mailflow.core.triggers import CommandGiven, RecordOpened, TimerFired
from mailflow.core.workflow import Command, State, Workflow

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
HIGH = Others("fault", All((Compare("priority", "is", ("high",)), Compare("open", "is", ("true",)))), like="nature")
ENDED = Others("fault", Compare("state", "in", ("closed",)), like="nature")
COLLIDES = Others("change", Compare("state", "in", ("approved",)), share="systems", overlap="window")


def tell(when: Others) -> Send:
    return Send(Style.TELL, "x", ("requester",), when=when)


FAULT = Workflow(
    "fault",
    "FLT",
    ("故障",),
    {},
    {
        "new": State(
            "new",
            initial=True,
            enter=(tell(HIGH),),
            commands=(Command("check", ("check",), ("requester",), actions=(Goto("checked"),)),),
        ),
        "checked": State("checked", enter=(tell(ENDED),)),
        "closed": State("closed", final=True),
    },
    suggest=("无法登录", "系统故障", "打不开", "system is down"),
)
CHANGE = Workflow("change", "CHG", (), {}, {"approved": State("approved", initial=True, enter=(tell(COLLIDES),))})
POLICY = Policy(
    Site({}, "requests@example.com"),
    Directory({}, {}),
    {"": Calendar.of("", ZoneInfo("Asia/Shanghai"), (((time(9), time(18)),),) * 7)},
    {"fault": FAULT, "change": CHANGE},
)


def record(number: int, kind: str, state: str, title: str = "", **fields: str) -> Record:
    return Record(
        id=f"X-{number}",
        kind=kind,
        title=title,
        requester="tom@example.com",
        language="zh",
        opened_at=NOW,
        state=state,
        fields=fields,
        visits=(Visit(state, 1, NOW),),
        entries=1,
    )


def met(condition: Others, one: Record, *others: Record) -> tuple[str, ...]:
    return tuple(each.id for each in evaluate(condition, one, POLICY, NOW, others=others).met)


def test_only_open_records_count_where_no_state_is_named_and_never_the_record_itself() -> None:
    texts = {"title": "ERP 登录失败", "nature": "提示超时", "priority": "high"}
    one = record(1, "fault", "new", **texts)
    others = (record(2, "fault", "new", **texts), record(3, "fault", "closed", **texts), one)
    assert met(HIGH, one, *others) == ("X-2",)
    assert met(ENDED, one, *others) == ("X-3",)
    assert states_asked(HIGH, POLICY) == ("new", "checked")
    assert states_asked(ENDED, POLICY) == ("closed",)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("ERP 登录不了，提示超时", "ERP系统无法登录", True),
        ("财务系统打不开", "财务系统登录后打不开，一直转圈", True),
        ("Cannot log in to the CRM since 9", "CRM: nobody can log in", True),
        ("打印机卡纸", "ERP系统无法登录", False),
        ("CRM系统无法登录", "ERP系统无法登录", False),
        ("The payment system is down", "The payroll system is down", False),
        ("三楼打印机卡纸 2026-11-20 09:30", "邮箱收不到邮件 2026-11-20 09:30", False),
    ],
)
def test_two_that_speak_of_the_same_have_words_in_common(one: str, other: str, alike: bool) -> None:
    ours = record(1, "fault", "new", one, priority="high")
    theirs = record(2, "fault", "new", other, priority="high")
    assert bool(met(HIGH, ours, theirs)) is alike


@pytest.mark.parametrize(
    ("systems", "window", "collides"),
    [
        ("ERP、OA", "2026-12-01T23:00+08:00/2026-12-02T01:00+08:00", True),
        ("ERP系统", "2026-12-01T23:00+08:00/2026-12-02T01:00+08:00", True),
        ("OA", "2026-12-01T23:00+08:00/2026-12-02T01:00+08:00", False),
        ("ERP", "2026-12-02T02:00+08:00/2026-12-02T04:00+08:00", False),
        ("", "2026-12-01T23:00+08:00/2026-12-02T01:00+08:00", False),
    ],
)
def test_two_collide_when_they_share_a_system_and_their_windows_overlap(
    systems: str, window: str, collides: bool
) -> None:
    one = record(1, "change", "approved", systems="CRM, ERP", window="2026-12-01T22:00+08:00/2026-12-02T02:00+08:00")
    other = record(2, "change", "approved", systems=systems, window=window)
    assert bool(met(COLLIDES, one, other)) is collides


def test_the_verdict_says_how_many_and_which() -> None:
    one, other = record(1, "fault", "new", "ERP 登录失败"), record(2, "fault", "closed", "ERP 登录失败")
    outcome = evaluate(ENDED, one, POLICY, NOW, others=(other,))
    assert (outcome.hit, outcome.saw) == (True, "1 of fault: X-2")
    assert not evaluate(Others("fault", ENDED.when, like="nature", least=2), one, POLICY, NOW, others=(other,)).hit


def test_what_is_looked_up_is_what_the_trigger_may_lead_to() -> None:
    one = record(1, "fault", "new")
    opening = RecordOpened("X-1", "fault", "t", "tom@example.com")
    assert records_asked(opening, None, POLICY) == (RecordsIn("fault", ("new", "checked")),)
    assert records_asked(CommandGiven("check", "tom@example.com"), one, POLICY) == (RecordsIn("fault", ("closed",)),)
    assert records_asked(TimerFired("none", 0, "", 1, NOW), one, POLICY) == ()
