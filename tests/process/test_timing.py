"""What timers of the rule language do, each on a small kind of its own: paces, words waited for, stopped clocks."""

from tests.process.trial import Trial
from tests.world import CONTACT, FINANCE_HEAD, HEAD, IT_CONTACT, IT_HEAD, LEADER, REQUESTER

TIMERS = """
fields:
  day: {label: {zh: 日期, en: Day}, type: date}
  rush: {label: {zh: 加急, en: Rush}, choices: {"yes": [是], "no": [否]}, default: "no"}
  helpers: {label: {zh: 协作部门, en: Helpers}, type: departments}
  lead: {label: {zh: 牵头部门, en: Lead}, type: departments}
paces:
  rush: {when: {rush: "yes"}, working day: 1 hour, calendar: round-the-clock, urgent: true}
agreements:
  plan:
    parties: [requester, {each: helpers.head}]
    agreed: [{goto: ready}]
always:
  timers:
    - {tell: trial/daily, to: requester, at: ["16:00"]}
    - {tell: trial/steady, to: it.leader, at: ["16:00"], while_stopped: true}
    - {report: trial/report, to: [it.contact, it.head], at: ["15:00"], on: fri}
states:
  open:
    initial: true
    responsible: it.contact
    enter:
      - {notify: trial/please, to: it.contact, ack: 15 minutes}
    timers:
      - {remind: trial/again, to: it.contact, after: 1 working day}
      - {tell: trial/ahead, to: requester, of: fields.day, before: 1 hour, early: true}
      - {tell: trial/from-day, to: lead.head, of: fields.day, at: ["10:30"], times: 2}
    commands:
      agree: {words: [同意], by: plan.parties, agree: plan}
      rest: {words: [停], by: requester, goto: resting}
      ask:
        words: [请]
        by: it.contact
        needs: {department: department}
        do: [{tell: trial/help, to: $department.contact}]
  resting:
    clock: stopped
    commands:
      go: {words: [走], by: requester, goto: open}
  ready: {final: true}
"""


def world() -> Trial:
    return Trial(rules=TIMERS)


def test_a_working_day_is_an_hour_round_the_clock_while_the_pace_holds() -> None:
    trial = world()
    trial.opened("Mon 17:30", REQUESTER)
    trial.opened("Mon 22:30", REQUESTER, "加急：是\n")
    trial.until("Wed 10:00")
    assert trial.times(IT_CONTACT, "again") == ["Mon 23:30", "Tue 17:30"]


def test_mail_of_an_urgent_pace_waits_for_no_opening() -> None:
    trial = world()
    trial.opened("Mon 22:00", REQUESTER)
    trial.opened("Mon 22:30", REQUESTER, "加急：是\n")
    trial.until("Tue 10:00")
    pleas = trial.sent(IT_CONTACT, "please")
    assert [trial.local(each.sent_at) for each in pleas if each.sent_at] == ["Mon 22:30", "Tue 09:00"]
    assert [each.urgent for each in pleas] == [True, False]


def test_what_says_that_it_is_not_urgent_waits_whatever_the_pace() -> None:
    trial = Trial(rules=TIMERS.replace("please, to: it.contact", "please, urgent: false, to: it.contact"))
    trial.opened("Mon 22:30", REQUESTER, "加急：是\n")
    trial.until("Tue 10:00")
    (plea,) = trial.sent(IT_CONTACT, "please")
    assert trial.local(plea.sent_at or plea.at) == "Tue 09:00" and not plea.urgent


def test_without_a_word_the_next_in_the_chain_gets_an_urgent_mail_until_its_end() -> None:
    trial = world()
    trial.opened("Mon 22:00", REQUESTER, "加急：是\n")
    trial.until("Mon 23:50")
    assert trial.times(IT_HEAD, "please") == ["Mon 22:15"]
    assert trial.times(LEADER, "please") == ["Mon 22:30"]
    assert trial.sent(LEADER, "please")[0].cc == (IT_CONTACT, IT_HEAD)
    assert len(trial.sent(rule="please")) == 3


def test_a_word_of_whom_it_asked_ends_the_waiting() -> None:
    trial = world()
    record = trial.opened("Mon 22:00", REQUESTER, "加急：是\n")
    trial.mail("Mon 22:10", IT_CONTACT, f"Re: [{record}]", "看到了。")
    trial.until("Tue 09:00")
    assert trial.sent(IT_HEAD, "please") == []
    assert trial.record(record).asks == {}


def test_a_mail_that_is_not_urgent_waits_for_no_word() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER)
    assert trial.record(record).asks == {}


def test_timers_of_all_states_rest_while_the_clock_is_stopped_unless_they_say_otherwise() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER)
    trial.mail("Mon 11:00", REQUESTER, f"Re: [{record}]", "停")
    trial.until("Wed 12:00")
    trial.mail("Wed 12:00", REQUESTER, f"Re: [{record}]", "走")
    trial.until("Wed 17:00")
    assert trial.times(REQUESTER, "daily") == ["Wed 16:00"]
    assert trial.times(LEADER, "steady") == ["Mon 16:00", "Tue 16:00", "Wed 16:00"]


def test_what_is_early_goes_shortly_before_the_closing_and_not_at_the_next_opening() -> None:
    trial = world()
    trial.opened("Mon 10:00", REQUESTER, "日期：2026-03-07\n")
    trial.until("Mon+1 10:00")
    # The day is a Saturday: an hour before its end lies in the weekend.
    assert trial.times(REQUESTER, "ahead") == ["Fri 17:55"]


def test_times_of_a_date_begin_on_that_day() -> None:
    trial = world()
    trial.opened("Mon 10:00", REQUESTER, "日期：2026-03-05\n牵头部门：财务部\n")
    trial.until("Mon+1 12:00")
    assert trial.times(FINANCE_HEAD, "from-day") == ["Thu 10:30", "Fri 10:30"]


def test_each_person_of_a_party_signs_by_themselves() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER, "协作部门：销售部、财务部\n")
    for at, who in (("10:10", REQUESTER), ("10:20", HEAD)):
        trial.mail(f"Mon {at}", who, f"Re: [{record}]", "同意")
        assert trial.record(record).state == "open"
    trial.mail("Mon 10:30", FINANCE_HEAD, f"Re: [{record}]", "同意")
    assert trial.record(record).state == "ready"


def test_an_agreement_does_not_wait_for_a_party_that_nobody_holds() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER)
    trial.mail("Mon 10:10", REQUESTER, f"Re: [{record}]", "同意")
    assert trial.record(record).state == "ready"


def test_an_argument_that_is_a_department_is_a_role_by_its_steps() -> None:
    trial = world()
    record = trial.opened("Mon 10:00", REQUESTER)
    trial.mail("Mon 10:10", IT_CONTACT, f"Re: [{record}]", "请 销售部")
    assert trial.times(CONTACT, "help") == ["Mon 10:10"]


def test_reports_of_one_moment_are_one_mail_a_person_with_all_their_records() -> None:
    trial = world()
    records = {trial.opened("Mon 10:00", REQUESTER), trial.opened("Mon 11:00", REQUESTER)}
    trial.until("Fri 16:00")
    for who in (IT_CONTACT, IT_HEAD):
        (report,) = trial.sent(who, "always.report")
        assert set(report.records) == records
        assert trial.local(report.sent_at) == "Fri 15:00"
        assert all(each in trial.text(report) for each in records)


def test_one_report_alone_is_its_own_mail() -> None:
    trial = world()
    trial.opened("Mon 10:00", REQUESTER)
    trial.until("Fri 16:00")
    assert [each.templates for each in trial.sent(IT_CONTACT, "always.report")] == [("trial/report",)]
