"""What a template may say of a letter: to whom, when, what they may answer, and what they may not know."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mailflow.adapters.render import Renderer, TemplateProblem
from mailflow.adapters.templates import load
from mailflow.core.decision import Letter
from mailflow.core.model import Mark, Task
from mailflow.core.rule import Style
from mailflow.core.showing.view import bundle_view, view
from tests.render.samples import NOW, REQUESTER, ROOT, mail, policy, record, renderer

CONTACT, HEAD, LEADER = "chen.jing@example.com", "wang.lei@example.com", "zhao.min@example.com"
OUTSIDER = "tom.green@example.com"
REQUIREMENT = record(policy().workflow("requirement"), "received")
MINUTES = record(policy().workflow("minutes"), "standing")


def shown(letter: Letter, to: str, language: str = "zh", of: Any = REQUIREMENT, now: datetime = NOW) -> Any:
    return view(letter, of, policy(), now, to, language, mail())


def notice(template: str = "requirement/please-assess", to: str = CONTACT, **other: Any) -> Letter:
    return Letter(other.pop("style", Style.NOTIFY), template, (to,), **other)


def words(found: Any, key: str = "") -> list[str]:
    return [each["word"] for each in found["commands"] if not key or each[key]]


def test_the_deadline_is_the_next_escalation_and_says_who_hears_of_it() -> None:
    found = shown(notice(), CONTACT)
    assert (found["deadline"], found["escalates_to"]) == ("2026年11月20日（周五）16:30", ("王磊",))


def test_who_gets_what_was_late_is_not_given_until_the_delivery_months_ahead() -> None:
    of = record(policy().workflow("requirement"), "signing")
    of = replace(of, fields={"due": "2027-03-31"}, marks={"due": Mark(1, of.opened_at)})
    late = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
    for style, template in ((Style.ESCALATE, "requirement/sign-overdue"), (Style.REMIND, "requirement/sign-reminder")):
        by = datetime.fromisoformat(
            shown(notice(template, LEADER, style=style), LEADER, of=of, now=late)["deadline_at"]
        )
        assert late < by <= datetime(2026, 11, 30, 2, 30, tzinfo=UTC)


def test_who_only_wrote_is_not_threatened_with_somebody_elses_escalation() -> None:
    found = shown(Letter(Style.REPLY, "requirement/received", (REQUESTER,)), REQUESTER)
    assert (found["deadline"], found["escalates_to"]) == ("2026年11月23日（周一）10:30", ())


@pytest.mark.parametrize(
    ("style", "deadline"),
    [
        (Style.NOTIFY, "2026年11月23日（周一）18:00"),
        (Style.REMIND, "2026年11月20日（周五）18:00"),
        (Style.ESCALATE, "2026年11月23日（周一）10:30"),
    ],
)
def test_a_task_is_asked_for_by_its_date_a_reminder_answered_the_same_day(style: Style, deadline: str) -> None:
    of = replace(MINUTES, tasks=(Task(1, "x", CONTACT, "2026-11-23"),))
    assert shown(notice("task/given", style=style, task=1), CONTACT, of=of)["deadline"] == deadline


def test_what_is_to_be_done_on_a_day_is_asked_for_by_that_day() -> None:
    of = record(policy().workflow("change"), "approved")
    assert shown(notice("change/please-execute"), CONTACT, of=of)["deadline"] == "2026年12月31日（周四）18:00"


def test_a_copy_asks_nothing_and_sets_no_deadline() -> None:
    found = shown(Letter(Style.ESCALATE, "requirement/assess-overdue", (LEADER,), (HEAD,)), HEAD)
    assert (found["asked"], found["deadline"], found["others"]) == (False, "", ("赵敏",))


def test_the_commands_of_the_state_are_the_main_ones_and_each_has_a_word_in_the_readers_language() -> None:
    assert words(shown(notice(), CONTACT), "main") == ["受理", "驳回", "询问"]
    assert words(shown(notice(), CONTACT, "en"), "main") == ["accept", "reject", "ask"]


def test_what_only_people_below_may_do_is_not_offered_as_ones_own() -> None:
    found = shown(notice(to=HEAD, style=Style.ESCALATE), HEAD)
    assert "受理" in words(found) and "受理" not in words(found, "own")


def test_a_command_shows_what_to_write_and_its_link_leaves_the_blanks_out() -> None:
    of = record(policy().workflow("change"), "applied")
    assess = next(each for each in shown(notice(), CONTACT, of=of)["commands"] if each["word"] == "评估")
    assert assess["line"] == "评估\n影响范围：……\n成本：……\n进度影响：……"
    assert assess["mailto"].endswith(
        "body=%E8%AF%84%E4%BC%B0%0D%0A%E5%BD%B1%E5%93%8D%E8%8C%83%E5%9B%B4%EF%BC%9A"
        "%0D%0A%E6%88%90%E6%9C%AC%EF%BC%9A%0D%0A%E8%BF%9B%E5%BA%A6%E5%BD%B1%E5%93%8D%EF%BC%9A"
    )


def test_a_task_command_bears_the_tasks_number() -> None:
    of = replace(MINUTES, tasks=(Task(2, "x", CONTACT, "2026-11-23"),))
    found = shown(notice("task/given", task=2), CONTACT, of=of)
    assert words(found, "main")[:2] == ["进度 2", "完成 2"]


def test_only_the_requester_is_given_the_form_for_what_is_missing() -> None:
    of = record(policy().workflow("requirement"), "received", complete=False)
    assert shown(notice(to=REQUESTER), REQUESTER, of=of)["blank"]["labels"] == ("业务目标", "期望交付时间")
    assert shown(notice(), CONTACT, of=of)["blank"] is None


def test_moments_stand_in_the_language_of_the_reader_and_the_zone_of_the_site() -> None:
    late = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
    of = replace(REQUIREMENT, opened_at=late)
    assert shown(notice(), CONTACT, "en", of, late)["record"]["opened_at"] == "Sat 21 November 2026, 00:05"
    assert shown(notice(), CONTACT, "zh", of, late)["record"]["opened_at"] == "2026年11月21日（周六）00:05"


def test_the_footer_names_the_role_by_which_one_is_written_to() -> None:
    assert shown(notice(), CONTACT)["why"] == "您是 REQ-2026-0001 的信息技术部接口人"
    assert shown(notice(), CONTACT, "en")["why"] == "of your role in REQ-2026-0001: IT contact"
    assert shown(Letter(Style.REPLY, "x", (REQUESTER,)), REQUESTER, "en")["why"] == "you wrote to us"


def test_an_outsider_to_a_confidential_record_learns_its_number_and_nothing_else() -> None:
    secret = replace(
        REQUIREMENT, tasks=(), confidential=True, title="裁员方案", fields={"goal": "裁员", "priority": "high"}
    )
    letter = notice("requirement/copy", OUTSIDER, values={"reason": "裁员", "question": "裁员"}, style=Style.TELL)
    found = view(letter, secret, policy(), NOW, OUTSIDER, "zh", mail("裁员", "裁员"))
    rendered = renderer().render("requirement/copy", "zh", found)
    assert "裁员" not in repr(found) and "zhang.wei" not in repr(found)
    assert "裁员" not in rendered.subject + rendered.text + rendered.html
    assert "REQ-2026-0001" in rendered.subject and "机密" in rendered.subject


@pytest.mark.parametrize("address", [REQUESTER, CONTACT, HEAD, "sun.qiang@example.com", "emma.brown@example.com"])
def test_participants_and_roles_of_a_confidential_record_see_it(address: str) -> None:
    secret = replace(REQUIREMENT, confidential=True)
    assert shown(notice(to=address), address, of=secret)["title"] == REQUIREMENT.title


def test_late_days_are_calendar_days_and_none_when_it_is_done() -> None:
    tasks = (Task(1, "x", CONTACT, "2026-11-16"), Task(2, "y", CONTACT, "2026-11-16", state="done"))
    found = shown(notice(), CONTACT, of=replace(MINUTES, tasks=tasks))["record"]["tasks"]
    assert [each["late_days"] for each in found] == [4, 0]


def test_a_misspelt_value_of_a_command_is_a_mistake_of_the_template() -> None:
    sources = {**load(ROOT / "templates"), "zh/x.md": "Subject: s\n\n{{ reasons }}"}
    with pytest.raises(TemplateProblem, match="'reasons' is undefined"):
        Renderer(sources).render("x", "zh", shown(notice("x"), CONTACT))


# --- bundles --------------------------------------------------------------------------------------


def reminders(language: str = "zh", asked: bool = True) -> list[Any]:
    change = record(policy().workflow("change"), "applied")
    tasks = replace(MINUTES, tasks=tuple(Task(n, f"事项{n}", CONTACT, "2026-11-16") for n in (1, 2)))
    to = (CONTACT,) if asked else (HEAD,)
    letters = (
        (Letter(Style.REMIND, "requirement/assess-reminder", to), REQUIREMENT),
        (Letter(Style.REMIND, "change/assess-reminder", to), change),
        (Letter(Style.REMIND, "task/late", to, task=1), tasks),
        (Letter(Style.REMIND, "task/due-today", to, task=2), tasks),
    )
    return [view(letter, of, policy(), NOW, CONTACT, language) for letter, of in letters]


def test_a_bundle_has_one_set_of_answers_a_record() -> None:
    bundle: Any = bundle_view(reminders())
    assert [part["record"]["id"] for part in bundle["parts"]] == ["REQ-2026-0001", "CHG-2026-0001", "MIN-2026-0001"]
    assert len(bundle["parts"][2]["further"]) == 1
    offered = words(bundle["parts"][2], "main")
    assert len(offered) == len(set(offered)) and {"完成 1", "完成 2"} <= set(offered)


def test_what_is_asked_twice_of_one_record_is_said_once_in_a_bundle() -> None:
    of = replace(MINUTES, tasks=(Task(1, "x", CONTACT, "2026-11-16"), Task(2, "y", CONTACT, "2026-11-16")))
    views = [
        shown(notice("minutes/objection-reminder", style=Style.REMIND, task=each), CONTACT, of=of) for each in (1, 2)
    ]
    text = renderer().render("bundle", "zh", bundle_view(views)).text
    assert text.count("请在 2026年11月20日（周五）18:00 前答复") == 2  # of the record, and of the whole
    assert text.count(views[0]["why"]) == 1


def test_a_bundle_asks_what_each_of_its_templates_asks_and_ends_with_the_earliest_deadline() -> None:
    rendered = renderer().render("bundle", "zh", bundle_view(reminders()))
    assert rendered.subject == "信息技术部服务邮箱 — 3 件事项等您处理"
    for asked in ("请评估并答复", "写明影响范围", "已完成请回复“完成 1”", "今天完成并回复“完成 2”"):
        assert asked in rendered.text
    for record_id in ("REQ-2026-0001", "CHG-2026-0001", "MIN-2026-0001"):
        assert f"subject=Re%3A%20%5B{record_id}%5D" in rendered.html
    assert "最早一项请在 2026年11月20日（周五）16:30 前答复。\n\n---" in rendered.text


def test_a_bundle_of_copies_asks_nothing() -> None:
    copies = [{**each, "commands": ()} for each in reminders("en", asked=False)]
    rendered = renderer().render("bundle", "en", bundle_view(copies))
    assert rendered.subject == "IT requests — reminders sent in 3 matters"
    assert "Please assess" not in rendered.text and "mailto:" not in rendered.html


def test_a_view_is_the_same_for_the_same_arguments() -> None:
    assert shown(notice(), CONTACT) == shown(notice(), CONTACT)
