"""Reminder after 4 working hours, head after 1 working day, leader after 3 (P2.2): to the minute, once each."""

import pytest

from tests.e2e.office import IT_CONTACT, IT_HEAD, LEADER, REQUESTER, Office, OfficeMaker, lines, local

# received; notices, reminder, head, leader: each to the minute, on the clock of the site
CASES = {
    "in the morning": ("03-02 09:30", "03-02 09:30", "03-02 15:00", "03-03 09:30", "03-05 09:30"),
    "just before lunch": ("03-02 11:59", "03-02 11:59", "03-02 17:29", "03-03 11:59", "03-05 11:59"),
    "in the lunch gap": ("03-02 12:30", "03-02 13:30", "03-02 17:30", "03-03 13:30", "03-05 13:30"),
    "so that it ends at closing": ("03-02 14:00", "03-02 14:00", "03-02 18:00", "03-03 14:00", "03-05 14:00"),
    "at night": ("03-02 22:13", "03-03 09:00", "03-03 14:30", "03-04 09:00", "03-06 09:00"),
    "before a weekend": ("03-06 16:00", "03-06 16:00", "03-09 11:00", "03-09 16:00", "03-11 16:00"),
    "on a Saturday": ("03-07 10:00", "03-09 09:00", "03-09 14:30", "03-10 09:00", "03-12 09:00"),
    "before a make-up Saturday and the Spring Festival": (
        "02-13 16:00",
        "02-13 16:00",
        "02-14 11:00",
        "02-14 16:00",
        "02-25 16:00",
    ),
    "before the National Day and its make-up Saturday": (
        "09-30 17:00",
        "09-30 17:00",
        "10-08 12:00",
        "10-08 17:00",
        "10-10 17:00",
    ),
}


def request(office: Office, at: str) -> None:
    """A requirement that arrives and is filed at a moment."""
    office.now = local(at)
    office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()


def expected(received: str, noticed: str, reminded: str, head: str, leader: str) -> list[str]:
    return sorted(
        [
            f"{received} zhang.wei received",
            f"{noticed} li.na copy",
            f"{noticed} chen.jing please-assess",
            f"{reminded} chen.jing assess-reminder",
            f"{head} wang.lei assess-overdue",
            f"{head} chen.jing assess-overdue",
            f"{leader} zhao.min assess-overdue-leader",
            f"{leader} wang.lei assess-overdue-leader",
            f"{leader} chen.jing assess-overdue-leader",
        ]
    )


def short(office: Office) -> list[str]:
    """`when reader rule` without the year and what leads the rule's name."""
    return sorted(
        f"{line.split()[0][5:]} {line.split()[1]} {line.split()[2]} {line.rpartition('.')[2]}"
        for line in lines(office.letters)
    )


@pytest.mark.parametrize("case", CASES)
def test_every_mail_comes_to_the_minute_and_once(office: Office, case: str) -> None:
    received, noticed, reminded, head, leader = CASES[case]
    request(office, f"2026-{received}")
    office.work_minutes(f"2026-{received}", f"2026-{leader}")
    assert short(office) == expected(received, noticed, reminded, head, leader)


def test_the_reminder_asks_the_contact_and_the_escalations_tell_those_below(office: Office) -> None:
    request(office, "2026-03-02 09:30")
    for moment in ("2026-03-02 15:00", "2026-03-03 09:30", "2026-03-05 09:30"):
        office.work(moment)
    reminder, head, leader = (
        office.last(IT_CONTACT, "assess-reminder"),
        office.last(IT_HEAD, "assess-overdue"),
        office.last(LEADER, "assess-overdue-leader"),
    )
    assert IT_CONTACT in reminder.to and not reminder.message["Cc"]
    assert IT_HEAD in head.to and IT_CONTACT in str(head.message["Cc"])
    assert LEADER in leader.to and IT_HEAD in str(leader.message["Cc"]) and IT_CONTACT in str(leader.message["Cc"])
    assert "受理" in reminder.text


@pytest.mark.parametrize(
    ("visits", "late"),
    [
        pytest.param(
            [f"03-0{day} 10:00" for day in range(2, 7)],
            ["03-03 10:00", "03-03 10:00", "03-05 10:00"],
            id="called only daily at 10:00",
        ),
        pytest.param(
            ["03-02 10:00", "03-05 10:00", "03-06 10:00"],
            ["03-05 10:00", "03-05 10:00", "03-05 10:00"],
            id="after a pause of three days",
        ),
        pytest.param(
            ["03-02 10:00", "03-07 11:00", "03-08 11:00", "03-09 09:00", "03-10 09:00"],
            ["03-09 09:00", "03-09 09:00", "03-09 09:00"],
            id="after a pause that ends at a weekend",
        ),
    ],
)
def test_when_seldom_called_each_mail_still_comes_once(office: Office, visits: list[str], late: list[str]) -> None:
    request(office, f"2026-{visits[0]}")
    for visit in visits:
        office.work(f"2026-{visit}")
        office.close()
    assert short(office) == expected(visits[0], visits[0], *late)


def test_once_accepted_nobody_is_reminded_of_the_assessment(office: Office) -> None:
    request(office, "2026-03-02 09:30")
    office.reply(office.last(IT_CONTACT, "please-assess"), "受理")
    office.work("2026-03-02 14:00")
    assert office.record().state == "analysis"
    assert office.last(REQUESTER, "accepted").when == "2026-03-02 14:00"
    office.news()
    for moment in ("2026-03-02 15:00", "2026-03-03 09:30", "2026-03-05 09:30", "2026-03-09 10:00"):
        office.work(moment)
    assert [each for each in lines(office.news()) if "assess" in each] == []


def test_a_question_stops_the_clock_and_the_answer_lets_it_go_on(office: Office) -> None:
    """P2.3: asked after one working hour, answered a day later: three of the four hours are left."""
    request(office, "2026-03-02 09:00")
    office.reply(office.last(IT_CONTACT, "please-assess"), "询问：哪些报表？")
    office.work("2026-03-02 10:00")
    question = office.last(REQUESTER, "ask.question")
    office.reply(question, "全部报表，谢谢。")
    office.work("2026-03-03 10:00")
    assert office.record().state == "received"
    office.work_minutes("2026-03-03 10:00", "2026-03-04 11:00")
    reminded = [each.when for each in office.letters if each.rule.endswith("assess-reminder")]
    assert reminded == ["2026-03-03 14:30"]


def test_many_records_of_one_moment_remind_a_person_in_one_mail(office: Office) -> None:
    office.now = local("2026-03-02 09:30")
    for number in range(5):
        office.write(REQUESTER, f"[需求] 报表{number}", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.work("2026-03-02 15:00")
    (reminder,) = (each for each in office.letters if "assess-reminder" in each.rule)
    assert reminder.reader == IT_CONTACT
    for number in range(5):
        assert f"REQ-2026-000{number + 1}" in reminder.text
    office.work("2026-03-03 09:30")
    overdue = [each for each in office.letters if "assess-overdue" in each.rule and each.reader == IT_HEAD]
    assert len(overdue) == 5, "escalations are never bundled (P10)"


def test_a_home_that_is_opened_anew_at_every_pass_sends_the_same(make_office: OfficeMaker) -> None:
    office = make_office()
    request(office, "2026-03-02 09:30")
    for moment in (
        "03-02 14:59",
        "03-02 15:00",
        "03-02 15:01",
        "03-03 09:29",
        "03-03 09:30",
        "03-05 09:30",
        "03-05 09:31",
    ):
        office.work(f"2026-{moment}")
        office.close()
    assert short(office) == expected(*CASES["in the morning"])
