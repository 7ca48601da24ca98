"""Rules edited while work goes on: taken whole or not at all, and no edit puts a deadline into the past."""

import pytest

from tests.e2e.office import ENGLISH, IT_CONTACT, IT_HEAD, REQUESTER, Office, local

FILE = "rules/requirement.yaml"


def request(office: Office, at: str = "2026-03-02 09:30") -> None:
    office.now = local(at)
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.news()


def reopen(office: Office, at: str) -> None:
    """What a reload does, and a restart: the files as they are now are read."""
    office.close()
    office.work(at)


@pytest.mark.parametrize(
    "damage",
    [
        ("after: 4 working hours", "after: 4 workng hours"),
        ("states:\n", "states: [\n"),
        ("goto: analysis", "goto: nowhere"),
        ("requirement/assess-reminder", "requirement/no-such-template"),
        ("kind: requirement", "knd: requirement"),
    ],
)
def test_after_a_broken_edit_the_last_good_rules_stay_and_the_admin_hears_once(
    office: Office, damage: tuple[str, str]
) -> None:
    request(office)
    office.edit(FILE, *damage, times=1)
    for minute in range(3):
        reopen(office, f"2026-03-02 10:0{minute}")
    told = [each for each in office.news() if each.reader == IT_HEAD]
    assert len(told) == 1 and "requirement.yaml" in told[0].text, [str(each) for each in told]
    office.work("2026-03-02 15:00")
    assert office.last(IT_CONTACT).rule.endswith("assess-reminder")
    office.write(ENGLISH, "[REQ] another", "Goal: quick")
    office.work("2026-03-02 15:01")
    assert office.last(ENGLISH).is_answer


def test_a_mended_edit_is_taken_and_broken_again_is_told_again(office: Office) -> None:
    request(office)
    office.edit(FILE, "after: 4 working hours", "after: 4 workng hours")
    reopen(office, "2026-03-02 10:00")
    office.edit(FILE, "after: 4 workng hours", "after: 2 working hours")
    reopen(office, "2026-03-02 10:01")
    office.work("2026-03-02 11:30")
    assert office.last(IT_CONTACT).rule.endswith("assess-reminder")
    office.edit(FILE, "after: 2 working hours", "after: 2 workng hours")
    reopen(office, "2026-03-02 11:40")
    assert len([each for each in office.letters if each.reader == IT_HEAD]) == 2


def test_deadlines_that_an_edit_puts_into_the_past_count_from_the_edit(office: Office) -> None:
    """At 14:00 three working hours have passed (of 4); the edit makes it 1, which is over: it begins again."""
    request(office)
    office.work("2026-03-02 14:00")
    office.edit(FILE, "after: 4 working hours", "after: 1 working hour", times=1)
    reopen(office, "2026-03-02 14:00")
    assert office.news() == []
    office.work_minutes("2026-03-02 14:01", "2026-03-02 15:30")
    assert [each.when for each in office.news()] == ["2026-03-02 15:00"]


def test_an_edit_that_only_moves_a_coming_deadline_counts_from_the_beginning(office: Office) -> None:
    request(office)
    office.work("2026-03-02 10:00")
    office.edit(FILE, "after: 4 working hours", "after: 3 working hours", times=1)
    reopen(office, "2026-03-02 10:00")
    office.work_minutes("2026-03-02 10:01", "2026-03-02 14:30")
    assert [each.when for each in office.news()] == ["2026-03-02 14:00"]


def test_what_was_sent_is_not_sent_again_after_an_edit(office: Office) -> None:
    request(office)
    office.work("2026-03-02 15:00")
    office.edit(FILE, "after: 4 working hours", "after: 5 working hours", times=1)
    reopen(office, "2026-03-02 15:05")
    office.work("2026-03-02 16:30")
    assert [each.rule.rpartition(".")[2] for each in office.news()] == ["assess-reminder"]


def test_a_state_with_open_records_cannot_be_taken_away(office: Office) -> None:
    request(office)
    office.edit(FILE, "  received:  ", "  arrived:  ")
    office.edit(FILE, "from: received", "from: arrived")
    office.edit(FILE, "goto: received", "goto: arrived")
    office.edit(FILE, "[received, ", "[arrived, ")
    reopen(office, "2026-03-02 10:00")
    (told,) = [each for each in office.news() if each.reader == IT_HEAD]
    assert "REQ-2026-0001" in told.text and "received" in told.text
    assert office.record().state == "received"
    office.work("2026-03-02 15:00")
    assert office.last(IT_CONTACT).rule.endswith("assess-reminder")


def test_a_state_that_is_renamed_in_words_takes_its_records_along(office: Office) -> None:
    request(office)
    office.edit(FILE, "  received:  ", "  arrived:  ")
    office.edit(FILE, "from: received", "from: arrived")
    office.edit(FILE, "goto: received", "goto: arrived")
    office.edit(FILE, "[received, ", "[arrived, ")
    office.edit(FILE, "kind: requirement\n", "kind: requirement\nrenamed: {received: arrived}\n")
    reopen(office, "2026-03-02 10:00")
    assert [each.reader for each in office.news()] == []
    assert office.record().state == "arrived"


def test_a_template_is_edited_like_a_rule(office: Office) -> None:
    request(office)
    office.edit("templates/zh/requirement/assess-reminder.md", "Subject:", "Subject: 【新】")
    reopen(office, "2026-03-02 10:00")
    office.work("2026-03-02 15:00")
    assert "【新】" in office.last(IT_CONTACT).subject


def test_a_calendar_edit_moves_what_has_not_happened(office: Office) -> None:
    request(office)
    office.work("2026-03-02 14:00")
    office.edit("rules/calendar.yaml", "closed: []", "closed: [2026-03-03]")
    reopen(office, "2026-03-02 14:01")
    office.work_minutes("2026-03-02 14:02", "2026-03-02 15:00")
    office.work("2026-03-03 10:00")
    assert [each.rule.rpartition(".")[2] for each in office.news()] == ["assess-reminder"]
    office.work("2026-03-04 09:29")
    assert office.news() == []
    office.work("2026-03-04 09:30")
    assert IT_HEAD in [each.reader for each in office.news()]
