"""What people naturally write, and the values that come of it."""

from collections.abc import Mapping
from datetime import date, time

import pytest

from mailflow.core.calendar import Calendar
from mailflow.core.directory import Absence, Directory, Duty
from mailflow.core.policy import Policy
from mailflow.core.rule import Alter, Compare, Goto, Not, Send, Sign, Timer
from mailflow.core.workflow import Argument, ArgumentType, Workflow
from mailflow.policy import load
from tests.policy.home import edited, small_home

PEOPLE, CALENDAR, ORDER = "rules/people.yaml", "rules/calendar.yaml", "rules/order.yaml"


def policy(files: Mapping[str, str]) -> Policy:
    loaded = load(files)
    assert loaded.policy is not None, [str(each) for each in loaded.problems]
    return loaded.policy


def directory(text: str) -> Directory:
    site = edited(small_home(), "rules/site.yaml", "admin: [Ann]", "admin: []")
    files = edited({**site, PEOPLE: text}, ORDER, "to: board", "to: it.leader")
    return policy(files).directory


def calendars(text: str) -> Mapping[str, Calendar]:
    return policy({**small_home(), CALENDAR: text}).calendars


def order(old: str = "", new: str = "") -> Workflow:
    files = edited(small_home(), ORDER, old, new) if old else small_home()
    return policy(files).workflow("order")


def timer(new: str) -> Timer:
    return (
        order("        after: 4 working hours", "\n".join(f"        {line}" for line in new.split("\n")))
        .states["open"]
        .timers[0]
    )


# -- people ----------------------------------------------------------------------------------------------

LISTS = """
departments:
  - {id: it, name: {zh: 信息技术部, en: IT}, contact: Ann, head: Ann, leader: Ann, it_contact: Ann}
  - {name: Sales, contact: Ann, head: Ann, leader: Ann}
people:
  - {address: Ann@Example.com, name: Ann, department: 信息技术部}
  - {address: bob@example.com, name: Bob, department: sales}
"""
MAPPINGS = """
departments:
  it: {name: {zh: 信息技术部, en: IT}, contact: Ann, head: Ann, leader: Ann, it_contact: Ann}
  Sales: {contact: Ann, head: Ann, leader: Ann}
people:
  Ann@Example.com: {name: Ann, department: it}
  bob@example.com: {name: Bob, department: SALES}
"""


def test_people_and_departments_may_be_lists_or_mappings() -> None:
    assert directory(LISTS) == directory(MAPPINGS)
    assert directory(LISTS).departments["Sales"].head == "ann@example.com"
    assert directory(LISTS).people["bob@example.com"].department == "Sales"


@pytest.mark.parametrize(
    ("said", "roster"),
    [
        ("Ann", (Duty("ann@example.com"),)),
        ("[ann@example.com, Bob]", (Duty("ann@example.com"), Duty("bob@example.com"))),
        (
            "[{person: Bob, from: 2026-12-01, until: 2026-12-05}, Ann]",
            (
                Duty("bob@example.com", date(2026, 12, 1), date(2026, 12, 5)),
                Duty("ann@example.com"),
            ),
        ),
    ],
)
def test_a_roster_is_one_person_several_or_lines_with_days(said: str, roster: tuple[Duty, ...]) -> None:
    files = edited(small_home(), PEOPLE, "on_call: ann@example.com", f"on_call: {said}")
    assert policy(files).directory.departments["it"].on_call == roster


@pytest.mark.parametrize(
    ("said", "away"),
    [
        ("2026-12-01", Absence(date(2026, 12, 1), date(2026, 12, 1))),
        ("[2026-12-01..2026-12-05]", Absence(date(2026, 12, 1), date(2026, 12, 5))),
        ("{from: 2026-12-01, until: 2026/12/5}", Absence(date(2026, 12, 1), date(2026, 12, 5))),
    ],
)
def test_days_away_are_a_day_a_stretch_or_a_mapping(said: str, away: Absence) -> None:
    files = edited(small_home(), PEOPLE, "2026-12-01..2026-12-05", said)
    assert policy(files).directory.people["dora@example.com"].away == (away,)


@pytest.mark.parametrize(
    ("text", "it"),
    [
        ("it: Sales\n" + LISTS, "Sales"),
        (LISTS, "it"),
        (LISTS.replace("it_contact: Ann", "phone: '1'"), "it"),
        (LISTS.replace("id: it", "id: x").replace(", it_contact: Ann", ""), "x"),
        (LISTS.replace("it_contact: Ann", "it_contact: Bob"), "Sales"),
    ],
    ids=["as said", "by its contact", "by its id", "by its name", "where the first it_contact works"],
)
def test_the_department_that_manages_information_is_said_or_found(text: str, it: str) -> None:
    assert directory(text).it == it


def test_an_alias_is_the_same_person() -> None:
    files = edited(small_home(), PEOPLE, "name: Ann,", "name: Ann, aliases: Annie@example.com,")
    files = edited(files, PEOPLE, "    contact: ann@example.com", "    contact: annie@example.com")
    found = policy(files).directory
    assert found.departments["it"].contact == "ann@example.com"
    assert found.person("annie@example.com").name == "Ann"


# -- calendars -------------------------------------------------------------------------------------------

USUAL = ((time(9), time(18)),)


@pytest.mark.parametrize(
    "hours",
    ['"09:00-18:00"', '["09:00-18:00"]', "{mon: 09:00-18:00, 周二: 09:00-18:00, Wednesday: 09:00-18:00}"],
)
def test_hours_are_one_text_a_list_or_by_weekday(hours: str) -> None:
    site = calendars(f"timezone: Asia/Shanghai\nhours: {hours}\n")[""]
    assert site.hours[:3] == (USUAL,) * 3
    assert site.hours[5:] == ((), ())


def test_a_day_may_end_at_midnight() -> None:
    assert calendars("timezone: UTC\nhours: 18:00-24:00\n")[""].hours[0] == ((time(18), time(0)),)


def test_holidays_of_a_country_or_a_part_of_it_or_none() -> None:
    def first_of_may(holidays: str) -> bool:
        text = f"timezone: UTC\nhours: 09:00-18:00\nholidays: {holidays}\n"
        return calendars(text)[""].is_working_day(date(2026, 5, 1))

    assert not first_of_may("CN")
    assert not first_of_may("{country: de, subdivision: BE}")
    assert first_of_may("none")
    assert first_of_may("~")


def test_closed_and_open_are_days_or_stretches_and_open_may_have_hours() -> None:
    site = calendars(
        "timezone: UTC\nhours: 09:00-18:00\nclosed: 2026-12-28..2026-12-31\n"
        "open: [2026-12-26, {2026-12-27: 10:00-12:00}]\n"
    )[""]
    assert [day for day in range(24, 32) if site.is_working_day(date(2026, 12, day))] == [24, 25, 26, 27]
    assert site.on[date(2026, 12, 27)] == ((time(10), time(12)),)


def test_a_named_calendar_inherits_what_it_does_not_say() -> None:
    found = calendars(
        "timezone: Asia/Shanghai\nhours: 09:00-18:00\nholidays: CN\nclosed: 2026-11-20\n"
        "calendars:\n  berlin: {timezone: Europe/Berlin}\n  always: {always: true}\n"
    )
    assert found["berlin"].zone.key == "Europe/Berlin"
    assert not found["berlin"].is_working_day(date(2026, 11, 20))
    assert found["always"].is_working_day(date(2026, 11, 20))
    assert found["round-the-clock"].zone.key == "Asia/Shanghai"


def test_a_year_whose_makeup_days_are_not_published_is_warned_of_when_it_is_near() -> None:
    def warned(day: date) -> list[str]:
        return [each.message for each in load(small_home(), today=day).problems]

    assert warned(date(2025, 1, 1)) == []
    assert [each.split(" are ")[0] for each in warned(date(2026, 11, 20))] == ["the make-up workdays of 2027"]


# -- rule files ------------------------------------------------------------------------------------------


def test_rules_are_named_by_kind_state_and_what_they_do() -> None:
    found = order()
    opened, asking = found.states["open"], found.states["asking"]
    assert [action.rule for action in opened.enter] == ["order.open.received", "order.open.please-approve"]
    assert [each.rule for each in opened.timers] == [
        "order.open.reminder",
        "order.open.overdue",
        "order.open.late",
    ]
    assert [each.rule for each in opened.commands] == ["order.open.approve", "order.open.assign"]
    assert opened.commands[1].actions[0].rule == "order.open.assign.give-handler"
    assert found.commands[0].actions[0].rule == "order.always.withdraw.goto-closed"
    assert asking.replies[0].rule == "order.asking.reply-requester"
    assert found.agreements["approval"].agreed[0].rule == "order.agreements.approval.goto-doing"
    assert found.tasks is not None
    assert found.tasks.timers[0].rule == "order.tasks.due"
    assert found.tasks.commands[0].actions == (
        Alter(
            {"state": "done", "percent": "100"},
            None,
            "order.tasks.done.alter",
            found.tasks.commands[0].actions[0].place,
        ),
    )


def test_a_rule_in_two_states_by_an_alias_has_a_name_in_each() -> None:
    files = edited(small_home(), ORDER, "      ask: {words", "      ask: &ask {words")
    files = edited(
        files,
        ORDER,
        "  closed: {final: true}",
        "  more: {enter: {goto: doing}, commands: {ask: *ask}}\n  closed: {final: true}",
    )
    files = edited(files, ORDER, "goto: previous", "goto: more")
    found = policy(files).workflow("order")
    assert found.states["doing"].commands[0].rule == "order.doing.ask"
    assert found.states["more"].commands[0].rule == "order.more.ask"


def test_a_timer_may_write_and_enter_a_state() -> None:
    found = timer("goto: closed\nafter: 1 day")
    send, goto = found.actions
    assert isinstance(send, Send) and send.rule == found.rule == "order.open.reminder"
    assert isinstance(goto, Goto) and (goto.state, goto.rule) == ("closed", "order.open.reminder.goto-closed")


def test_a_command_signs_first_and_enters_a_state_last() -> None:
    found = order("agree: approval}", "goto: doing, do: [{tell: order/late, to: handler}], agree: approval}")
    kinds = [type(each) for each in found.states["open"].commands[0].actions]
    assert kinds == [Sign, Send, Goto]


@pytest.mark.parametrize(
    ("said", "arguments"),
    [
        ("needs: reason", (Argument("reason", ArgumentType.TEXT, True),)),
        ("needs: [why, how]", (Argument("why", required=True), Argument("how", required=True))),
        ("needs: {level: field}", (Argument("level", ArgumentType.FIELD, True),)),
        (
            "needs: {on: date}, takes: remark",
            (Argument("on", ArgumentType.DATE, True), Argument("remark")),
        ),
    ],
)
def test_arguments_are_words_or_have_types(said: str, arguments: tuple[Argument, ...]) -> None:
    found = order("needs: question", said)
    assert found.states["doing"].commands[0].arguments == arguments


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ("{level: high}", Compare("level", "is", ("high",))),
        ("{level: 高}", Compare("level", "is", ("high",))),
        ("{level: [high, low]}", Compare("level", "in", ("high", "low"))),
        ("{level: {not: high}}", Compare("level", "not", ("high",))),
        ("{not: {level: high}}", Not(Compare("level", "is", ("high",)))),
        ("{urgent: yes}", Compare("urgent", "is", ("true",))),
        ("{department: Sales}", Compare("department", "is", ("sales",))),
        ("{due: {set: no}}", Compare("due", "set", ("false",))),
        ("{due: {late-by: 3 days}}", Compare("due", "late-by", ("3 days",))),
        ("{due: {before: 2026-12-31}}", Compare("due", "before", ("2026-12-31",))),
        ("{tasks.open: 0}", Compare("tasks.open", "is", ("0",))),
    ],
)
def test_a_condition_is_a_field_with_what_it_is_compared_to(said: str, condition: object) -> None:
    assert timer(f"after: 1 day\nwhen: {said}").when == condition


def test_words_that_yaml_would_misread_stay_what_they_are() -> None:
    found = timer("at: 9:30\non: [mon, 周五]\nname: no")
    assert (found.at, found.on, found.rule) == ((time(9, 30),), (0, 4), "order.open.no")


def test_a_timers_signature_changes_with_its_timing_and_with_nothing_else() -> None:
    first = timer("after: 4 working hours").signature
    assert timer("after: 4 working hours\ncc: requester\nsource: P2.2").signature == first
    others = [timer(said).signature for said in ("after: 5 working hours", "every: 4 working hours", "at: 16:00")]
    assert len({first, *others}) == 4


def test_what_was_renamed_or_retired_is_said_in_any_form() -> None:
    said = "renamed: {old: doing}\nretired: [older -> doing, oldest -> open]\ntasks:\n"
    assert order("tasks:\n", said).renamed == {"old": "doing", "older": "doing", "oldest": "open"}
