"""What conditions of the rule language see, each on a small kind of its own."""

from tests.process.trial import Trial
from tests.world import IT_CONTACT, IT_HEAD, LEADER, REQUESTER

ROUNDS = """
fields:
  goal: {label: {zh: 目标, en: Goal}, required: true}
  spent: {label: {zh: 花费, en: Spent}, type: money}
  budget: {label: {zh: 预算, en: Budget}, type: money}
  day: {label: {zh: 日期, en: Day}, type: date}
states:
  open:
    initial: true
    enter:
      - {reply: trial/received, when: {visits: 1}}
      - {tell: trial/meet, to: it.contact, when: {visits: {over: 2}}}
      - {tell: trial/dear, to: it.head, when: {spent: {over: $budget}}}
      - {tell: trial/frozen, to: it.leader, when: {day: {within: freeze}}}
      - {tell: trial/overdue, to: it.on-call, when: {day: {late-by: 1 working day}}}
    on_reply:
      - {by: requester, when: {missing: 0}, goto: ready}
      - {by: requester, name: still-missing, when: {missing: {over: 0}}, do: [{reply: trial/missing}]}
    commands:
      again: {words: [再来], by: requester, goto: parked}
  parked:
    commands:
      back: {words: [回去], by: requester, goto: open}
  ready:
    commands:
      end: {words: [结束], by: requester, goto: closed}
  closed:
    final: true
    commands:
      reopen: {words: [重开], by: requester, when: {not: {entered: {late-by: 30 days}}}, goto: ready}
"""


def world() -> Trial:
    return Trial(rules=ROUNDS, changed=(("rules/calendar.yaml", "freeze: []", "freeze: [2026-03-10..2026-03-12]"),))


def test_how_often_a_state_was_entered_says_who_is_told_on_coming_back() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER)
    for at, word in (("10:10", "再来"), ("10:20", "回去"), ("10:30", "再来"), ("10:40", "回去")):
        trial.mail(f"Mon {at}", REQUESTER, f"Re: [{record}]", word)
    assert trial.times(REQUESTER, "received") == ["Mon 10:00"]
    assert trial.times(IT_CONTACT, "meet") == ["Mon 10:40"]


def test_a_plain_reply_does_the_first_thing_whose_condition_holds() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER)
    trial.mail("Mon 11:00", REQUESTER, f"Re: [{record}]", "还没想好")
    assert (trial.record(record).state, trial.times(REQUESTER, "missing")) == ("open", ["Mon 11:00"])
    trial.mail("Mon 12:00", REQUESTER, f"Re: [{record}]", "目标：快一倍")
    assert trial.record(record).state == "ready"


def test_a_sum_is_compared_with_another_field_of_the_record() -> None:
    trial = world()
    trial.opened("Mon 10:00", REQUESTER, "花费：12万\n预算：5-10万\n")
    trial.opened("Mon 11:00", REQUESTER, "花费：10万\n预算：5-10万\n")
    trial.opened("Mon 12:00", REQUESTER, "花费：10万\n")
    assert trial.times(IT_HEAD, "dear") == ["Mon 10:00"]


def test_a_day_lies_within_a_period_of_the_calendar_both_ends_included() -> None:
    trial = world()
    for at, day in ((9, "2026-03-09"), (10, "2026-03-10"), (11, "2026-03-12"), (14, "2026-03-13")):
        trial.opened(f"Mon {at}:30", REQUESTER, f"日期：{day}\n")
    assert trial.times(LEADER, "frozen") == ["Mon 10:30", "Mon 11:30"]


def test_what_is_late_by_a_working_day_counts_no_day_off() -> None:
    trial = world()
    trial.opened("Mon 10:00", REQUESTER, "日期：2026-02-28\n")
    assert trial.times(IT_CONTACT, "overdue") == []
    trial.opened("Mon 18:01", REQUESTER, "日期：2026-02-28\n")
    trial.until("Tue 09:30")
    assert trial.times(IT_CONTACT, "overdue") == ["Tue 09:00"]


def test_a_closed_record_is_reopened_within_its_days_only() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER, "目标：快一倍")
    trial.mail("Mon 11:00", REQUESTER, f"Re: [{record}]", "好的")
    for at, word, state in (
        ("Mon 12:00", "结束", "closed"),
        ("Mon+4 12:00", "重开", "ready"),
        ("Mon+4 13:00", "结束", "closed"),
        ("Thu+8 12:00", "重开", "closed"),
    ):
        trial.mail(at, REQUESTER, f"Re: [{record}]", word)
        assert trial.record(record).state == state
