"""A requirement from its plan to its last improvement: who gives what, who agrees, what is handed over (P2.6 to P2.13)."""

import pytest

from tests.world import CONTACT, ENGLISH, FINANCE_HEAD, IT_CONTACT, IT_HEAD, LEADER, OVERSEER, REQUESTER, World

BODY = """业务目标：每天九点前看到昨日销售额
期望交付时间：2026-04-30
涉及部门：财务部
预算：5万
验收标准：九点前能打开日报
阶段时间：设计完成 3月12日，开发完成 2026-04-10
"""
TABLE = """tasks

| Task | Owner | Helpers | Standard | Planned start | Due | Resources |
|---|---|---|---|---|---|---|
| Extract the ledger | Tom Green | Emma Brown | totals agree | 2026-03-05 | 2026-03-11 | one server |
"""


@pytest.fixture
def world() -> World:
    return World(trust="address")


def say(world: World, record: str, *lines: tuple[str, str, str]) -> None:
    for at, who, text in lines:
        world.mail(at, who, f"Re: [{record}]", text)


def planning(world: World, body: str = BODY, subject: str = "[需求] 销售报表") -> str:
    record = world.mail("Mon 10:00", REQUESTER, subject, body).record
    say(world, record, ("Mon 10:10", IT_CONTACT, "受理"), ("Mon 10:20", IT_CONTACT, "规格：一张日报"))
    for who in (REQUESTER, IT_CONTACT, *([FINANCE_HEAD] if "财务部" in body else [])):
        say(world, record, ("Mon 11:00", who, "同意"))
    assert world.record(record).state == "planning"
    return record


def building(world: World, body: str = BODY, subject: str = "[需求] 销售报表") -> str:
    record = planning(world, body, subject)
    say(
        world,
        record,
        ("Mon 14:00", FINANCE_HEAD, TABLE),
        (
            "Mon 15:00",
            IT_CONTACT,
            "任务\n1. 开发报表 —— 王磊，2026-04-08，部门：信息技术部，计划开始：2026-03-06，资源：2人",
        ),
        ("Mon 16:00", REQUESTER, "同意"),
        ("Mon 16:05", IT_CONTACT, "同意"),
        ("Mon 16:10", FINANCE_HEAD, "同意"),
    )
    assert world.record(record).state == "building"
    return record


# --- the plan (P2.6, P2.7) ---------------------------------------------------------------------------


def test_interim_dates_are_milestones_of_the_handler(world: World) -> None:
    record = world.record(planning(world))
    assert [(task.title, task.due, task.owner, task.fields["type"]) for task in record.tasks] == [
        ("设计完成", "2026-03-12", IT_CONTACT, "milestone"),
        ("开发完成", "2026-04-10", IT_CONTACT, "milestone"),
    ]
    assert world.sent(rule="tasks") == []


def test_each_department_and_it_give_their_part_and_the_merged_plan_goes_to_all(world: World) -> None:
    record = planning(world)
    assert world.times(FINANCE_HEAD, "please-plan") == world.times(IT_CONTACT, "please-plan") == ["Mon 11:00"]
    say(world, record, ("Mon 14:00", FINANCE_HEAD, TABLE))
    assert world.record(record).state == "planning"
    say(world, record, ("Mon 15:00", IT_CONTACT, "任务\n1. 开发报表 —— 王磊，2026-04-08"))
    assert world.record(record).state == "reviewing"
    for who in (REQUESTER, IT_CONTACT, FINANCE_HEAD):
        (plan,) = world.sent(who, "please-review-plan")
        text = world.text(plan)
        assert "Extract the ledger" in text and "开发报表" in text
    # Nobody is asked to work on it before it stands.
    assert world.sent(ENGLISH, "added") == []


def test_a_task_has_its_departments_start_and_resources_from_the_table(world: World) -> None:
    record = world.record(building(world))
    first, second = record.tasks[2:]
    assert first.fields["department"] == "finance"
    assert (first.fields["start"], first.due, first.fields["resources"]) == ("2026-03-05", "2026-03-11", "one server")
    assert (second.fields["department"], second.fields["start"], second.fields["resources"]) == (
        "it",
        "2026-03-06",
        "2人",
    )


def test_who_does_not_answer_is_reminded_each_working_day_and_then_their_head_hears(world: World) -> None:
    planning(world)
    world.until("Thu 18:00")
    assert world.times(FINANCE_HEAD, "plan-reminder") == ["Tue 11:00", "Wed 11:00", "Thu 11:00"]
    assert world.times(IT_HEAD, "plan-overdue") == ["Thu 11:00"]
    # Finance's head is the one who has not answered: it goes to the next above.
    assert world.times(LEADER, "plan-overdue") == ["Thu 11:00"]


def test_the_coordinator_waits_no_longer_or_starts_it_anyway(world: World) -> None:
    record = planning(world)
    say(world, record, ("Mon 14:00", FINANCE_HEAD, TABLE), ("Mon 15:00", IT_CONTACT, "提交评审"))
    assert world.record(record).state == "reviewing"
    say(world, record, ("Mon 15:30", IT_CONTACT, "启动"))
    assert world.record(record).state == "building"


def test_without_a_department_it_alone_gives_the_plan(world: World) -> None:
    record = planning(world, BODY.replace("涉及部门：财务部\n", ""))
    say(world, record, ("Mon 14:00", IT_CONTACT, "任务\n1. 开发报表 —— 王磊，2026-04-08"))
    assert world.record(record).state == "reviewing"


def test_a_department_without_a_task_says_so(world: World) -> None:
    record = planning(world)
    say(world, record, ("Mon 14:00", FINANCE_HEAD, "nothing to do"), ("Mon 15:00", IT_CONTACT, "无任务"))
    assert world.record(record).state == "reviewing"


def test_a_plan_that_is_not_agreed_to_is_made_anew(world: World) -> None:
    record = planning(world)
    say(
        world,
        record,
        ("Mon 14:00", FINANCE_HEAD, TABLE),
        ("Mon 15:00", IT_CONTACT, "任务\n1. 开发报表 —— 王磊，2026-04-08"),
        ("Mon 16:00", REQUESTER, "不同意：太晚了"),
    )
    assert world.record(record).state == "planning"
    assert world.times(IT_CONTACT, "plan-returned") == ["Mon 16:00"]
    assert world.times(FINANCE_HEAD, "please-plan") == ["Mon 11:00", "Mon 16:00"]
    say(world, record, ("Tue 10:00", FINANCE_HEAD, "nothing to do"))
    say(world, record, ("Tue 10:10", IT_CONTACT, "任务\n1. 开发报表 —— 王磊，2026-03-30"))
    assert world.record(record).state == "reviewing"
    assert [task.due for task in world.record(record).tasks if task.title == "开发报表"] == ["2026-03-30"]


def test_a_plan_that_is_changed_goes_to_all_again(world: World) -> None:
    record = planning(world)
    say(
        world,
        record,
        ("Mon 14:00", FINANCE_HEAD, TABLE),
        ("Mon 15:00", IT_CONTACT, "无任务"),
        ("Mon 15:10", REQUESTER, "同意"),
        ("Mon 16:00", IT_CONTACT, "任务\n1. 开发报表 —— 王磊，2026-04-08"),
    )
    assert world.times(REQUESTER, "please-review-plan") == ["Mon 15:00", "Mon 16:00"]
    assert world.record(record).agreements.get("review", {}) == {}


# --- tracking (P2.8, P2.10) --------------------------------------------------------------------------


def test_owners_hear_of_their_tasks_when_the_plan_stands_and_are_asked_daily_from_the_planned_start(
    world: World,
) -> None:
    building(world)
    assert world.times(ENGLISH, "your-tasks") == ["Mon 16:10"]
    world.until("Tue+1 18:00")
    assert world.times(ENGLISH, "progress-call") == ["Thu 16:00", "Fri 16:00", "Mon+1 16:00", "Tue+1 16:00"]


def test_a_report_says_progress_risk_cause_measure_and_what_was_spent(world: World) -> None:
    record = building(world)
    report = "进度 3 60%\n风险：接口延迟\n原因：供应商未交付\n措施：先用文件导入\n已花费：3万"
    say(world, record, ("Fri 10:00", ENGLISH, report))
    task = world.record(record).tasks[2]
    assert (task.percent, task.state) == (60, "doing")
    said = {name: task.fields[name] for name in ("risk", "cause", "measure", "spent", "health")}
    assert said == {
        "risk": "接口延迟",
        "cause": "供应商未交付",
        "measure": "先用文件导入",
        "spent": "30000",
        "health": "at-risk",
    }
    assert world.times(IT_CONTACT, "progress.risk") == ["Fri 10:00"]
    assert world.times(FINANCE_HEAD, "progress.risk") == ["Fri 10:00"]
    text = world.text(world.sent(IT_CONTACT, "progress.risk")[0])
    assert "接口延迟" in text and "供应商未交付" in text


def test_the_same_may_stand_on_one_line(world: World) -> None:
    record = building(world)
    say(world, record, ("Fri 10:00", ENGLISH, "progress 3 60% Risk: the export is slow; Spent so far: 30k"))
    task = world.record(record).tasks[2]
    assert (task.percent, task.fields["risk"], task.fields["spent"]) == (60, "the export is slow", "30000")
    assert world.times(IT_CONTACT, "progress.risk") == ["Fri 10:00"]


def test_an_important_risk_goes_to_everyone_at_once(world: World) -> None:
    record = building(world)
    say(world, record, ("Fri 20:00", ENGLISH, "重大风险 3：账套无法读取"))
    for who in (REQUESTER, IT_CONTACT, FINANCE_HEAD, IT_HEAD):
        assert world.times(who, "serious.risk") == ["Fri 20:00"]


def test_over_budget_the_owners_leader_hears_at_once_and_once_a_report(world: World) -> None:
    record = building(world)
    say(
        world,
        record,
        ("Fri 10:00", ENGLISH, "进度 3 50%\n已花费：3万"),
        ("Fri 11:00", IT_HEAD, "进度 4 10% 已花费：2.5万"),
    )
    assert world.times(LEADER, "over-budget") == ["Fri 11:00"]
    assert "25,000 元" in world.text(world.sent(LEADER, "over-budget")[0])
    say(world, record, ("Fri 14:00", IT_HEAD, "进度 4 20%"))
    assert world.times(LEADER, "over-budget") == ["Fri 11:00"]


def test_a_late_task_is_late_until_it_is_postponed_and_after_three_days_with_the_leader(world: World) -> None:
    record = building(world)
    world.until("Mon+2 10:00")
    task = world.record(record).tasks[2]
    assert task.fields["health"] == "late"
    assert world.times(LEADER, "late-leader")[0] == "Mon+2 09:00"
    say(world, record, ("Mon+2 11:00", ENGLISH, "延期至 3 2026-03-20：等待数据"))
    assert world.record(record).tasks[2].fields["health"] == "normal"


# --- milestones (P2.11) ------------------------------------------------------------------------------


def test_the_business_side_reviews_a_milestone_with_its_deliverables_the_working_day_before(world: World) -> None:
    record = building(world)
    world.until("Tue+1 10:00")
    assert world.times(IT_CONTACT, "stage-due") == ["Tue+1 09:00"]
    say(world, record, ("Tue+1 11:00", IT_CONTACT, "提交成果 1：界面草图三页"))
    assert world.times(REQUESTER, "submit-stage.stage-review") == ["Tue+1 11:00"]
    world.until("Wed+1 10:00")
    (asked,) = world.sent(REQUESTER, "tasks.stage-review")
    assert world.local(asked.sent_at) == "Wed+1 09:00"
    assert "界面草图三页" in world.text(asked)
    say(world, record, ("Wed+1 11:00", REQUESTER, "反馈 1：缺少合计列"))
    assert world.times(IT_CONTACT, "feedback.feedback") == ["Wed+1 11:00"]
    world.until("Thu+1 12:00")
    assert world.times(IT_CONTACT, "feedback-reminder") == ["Thu+1 11:00"]
    say(world, record, ("Thu+1 14:00", IT_CONTACT, "答复反馈 1：已加上合计列"))
    (answered,) = world.sent(REQUESTER, "feedback-answered")
    assert "已加上合计列" in world.text(answered)
    say(world, record, ("Thu+1 15:00", REQUESTER, "阶段通过 1"))
    assert world.record(record).tasks[0].state == "done"
    assert world.times(IT_CONTACT, "stage-passed") == ["Thu+1 15:00"]


# --- delivery and acceptance (P2.12) -----------------------------------------------------------------


def test_a_tasks_result_is_handed_over_and_reviewed_by_the_next_department(world: World) -> None:
    record = building(world)
    say(world, record, ("Fri 10:00", IT_HEAD, "移交 4 财务部"))
    assert world.times(FINANCE_HEAD, "hand-over.please-accept") == ["Fri 10:00"]
    world.until("Mon+1 10:30")
    assert world.times(FINANCE_HEAD, "accept-overdue") == ["Mon+1 10:00"]
    say(world, record, ("Mon+1 11:00", FINANCE_HEAD, "give back 4: the totals are missing"))
    assert world.times(IT_HEAD, "give-back.returned") == ["Mon+1 11:00"]
    say(world, record, ("Mon+1 14:00", IT_HEAD, "移交 4"), ("Mon+1 15:00", FINANCE_HEAD, "take over 4"))
    task = world.record(record).tasks[3]
    assert (task.state, task.fields["taker"], task.fields["taken"]) == ("done", FINANCE_HEAD, "2026-03-09")
    (sheet,) = world.sent(IT_HEAD, "taken-over")
    assert "验收单" in world.text(sheet) and "Emma Brown，3月9日（周一）" in world.text(sheet)


def test_a_hand_over_to_nobody_is_asked_for_its_receiver(world: World) -> None:
    record = building(world)
    say(world, record, ("Fri 10:00", IT_HEAD, "移交 4"))
    assert world.record(record).tasks[3].state == "open"
    assert "接收部门" in world.text(world.sent(IT_HEAD)[-1])


def test_both_sides_sign_the_acceptance_sheet_which_is_in_the_mail(world: World) -> None:
    record = building(world)
    say(world, record, ("Fri 10:00", IT_CONTACT, "交付：日报已上线"))
    assert "签署" in world.text(world.sent(REQUESTER, "please-accept")[0])
    say(world, record, ("Fri 14:00", REQUESTER, "退回：周一没有数据"))
    assert world.record(record).state == "building"
    say(world, record, ("Mon+1 10:00", IT_CONTACT, "交付"), ("Mon+1 14:00", REQUESTER, "验收：很好"))
    assert world.record(record).state == "accepted"
    text = world.text(world.sent(REQUESTER, "pass.sheet")[0])
    for said in (
        "九点前能打开日报",
        "验收通过：很好",
        "陈静，2026年3月9日（周一）10:00",
        "张伟，2026年3月9日（周一）14:00",
    ):
        assert said in text
    assert "验收单" in world.text(world.sent(CONTACT, "accepted.closed", copies=True)[0])
    # What was open of the plan ends with the whole.
    assert {task.state for task in world.record(record).tasks} == {"settled"}


# --- retrospective (P2.13) ---------------------------------------------------------------------------

REVIEW = """总结
总结参与人：张伟、陈静
做得好的：沟通及时
做得不好的：测试太晚
改进事项：
1. 补充自动化测试 —— 王磊，2026-04-20
2. 提前安排测试
"""


def accepted(world: World) -> str:
    record = building(world)
    say(world, record, ("Fri 10:00", IT_CONTACT, "交付"), ("Fri 14:00", REQUESTER, "验收"))
    return record


def test_each_improvement_is_a_task_that_is_followed_up_until_it_is_done(world: World) -> None:
    record = accepted(world)
    say(world, record, ("Mon+1 10:00", IT_CONTACT, REVIEW))
    now = world.record(record)
    assert now.state == "improving"
    assert (now.fields["good"], now.fields["attended"]) == ("沟通及时", "张伟、陈静")
    first = now.tasks[4]
    assert (first.title, first.owner, first.due, first.fields["type"]) == (
        "补充自动化测试",
        IT_HEAD,
        "2026-04-20",
        "improvement",
    )
    assert world.times(IT_HEAD, "tasks.added") == ["Mon+1 10:00"]
    assert world.times(IT_CONTACT, "incomplete") == ["Mon+1 10:00"]
    say(world, record, ("Mon+1 11:00", IT_CONTACT, "任务\n1. 提前安排测试 —— 陈静，2026-03-20"))
    assert len(world.record(record).tasks) == 6
    world.until("Thu+2 10:00")
    assert world.times(IT_CONTACT, "due-soon") == ["Thu+2 09:00"]
    say(world, record, ("Thu+2 11:00", IT_CONTACT, "完成 6"))
    assert world.record(record).state == "improving"
    say(world, record, ("Fri+2 11:00", IT_HEAD, "完成 5"))
    assert world.record(record).state == "closed"
    assert world.times(IT_CONTACT, "improved") == ["Fri+2 11:00"]


def test_a_retrospective_without_improvements_ends_it(world: World) -> None:
    record = accepted(world)
    say(world, record, ("Mon+1 10:00", IT_CONTACT, "总结\n做得好的：都好\n做得不好的：无\n改进事项：无\n"))
    assert world.record(record).state == "closed"


def test_a_retrospective_is_asked_for_and_reminded_of(world: World) -> None:
    accepted(world)
    world.until("Thu+1 10:00")
    assert world.times(IT_CONTACT, "please-review")[-1] == "Fri 14:00"
    assert world.times(IT_CONTACT, "review-reminder") == ["Wed+1 14:00"]


def test_everything_can_be_said_by_token_in_answer_to_the_mails_that_ask(world: World) -> None:
    """Each signature answers the notice of its very version (design §9)."""
    world = World()
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 日报", BODY.replace("涉及部门：财务部\n", "")).record

    def answer(at: str, who: str, rule: str, text: str) -> None:
        world.mail(at, who, f"Re: [{record}]", text, answers=world.sent(who, rule)[-1])

    answer("Mon 10:10", IT_CONTACT, "please-assess", "受理")
    answer("Mon 10:20", IT_CONTACT, "please-assess", "规格：一张日报")
    answer("Mon 11:00", REQUESTER, "please-sign", "同意")
    answer("Mon 11:10", IT_CONTACT, "please-sign", "同意")
    answer("Mon 14:00", IT_CONTACT, "please-plan", "任务\n1. 开发报表 —— 王磊，2026-04-08")
    answer("Mon 15:00", REQUESTER, "please-review-plan", "同意")
    answer("Mon 15:10", IT_CONTACT, "please-review-plan", "同意")
    assert world.record(record).state == "building"
    answer("Tue 10:00", IT_HEAD, "your-tasks", "进度 3 30%")
    assert world.record(record).tasks[2].percent == 30
    answer("Wed 10:00", IT_CONTACT, "please-build", "交付")
    answer("Wed 11:00", REQUESTER, "please-accept", "验收")
    assert world.record(record).state == "accepted"


# --- what of it is mailed month by month (P2.13, P6.3, P6.5) -----------------------------------------


def test_improvements_are_listed_on_the_first_working_day_of_the_month_until_they_are_done(world: World) -> None:
    """The first of April 2026 is a Wednesday; after the holiday of May the sixth is the first day of work."""
    record = accepted(world)
    say(world, record, ("Mon+1 10:00", IT_CONTACT, REVIEW))
    world.until("2026-04-01 12:00")
    sent = world.sent(rule="reports.improvements")
    assert {each.to[0] for each in sent} == {IT_HEAD, IT_CONTACT}
    assert set(world.times(rule="reports.improvements")) == {"Wed+4 09:00"}
    text = world.text(sent[0])
    for word in ("改进清单", record, "销售报表", "补充自动化测试", "王磊", "4月20日", "未开始"):
        assert word in text
    assert "开发报表" not in text, "a task of the plan is no improvement"
    say(world, record, ("2026-04-20 11:00", IT_HEAD, "完成 5"))
    world.until("2026-05-06 12:00")
    assert "补充自动化测试" not in world.text(world.sent(IT_HEAD, "reports.improvements")[-1])
    assert world.local(world.sent(IT_HEAD, "reports.improvements")[-1].at) == "Wed+9 09:00"


def test_the_plan_of_the_month_says_what_is_to_be_finished_in_it_to_each_in_their_language(world: World) -> None:
    building(world)
    world.until("2026-04-01 12:00")
    chinese, english = (world.text(world.sent(to, "reports.month")[0]) for to in (CONTACT, FINANCE_HEAD))
    for word in ("本月工作计划", "开发报表", "信息技术部", "4月8日", "情况", "正常"):
        assert word in chinese
    for word in ("Plan of the month", "Extract the ledger", "Finance", "11 Mar", "Condition", "late"):
        assert word in english


def test_of_tasks_of_a_confidential_requirement_outsiders_see_its_id_alone(world: World) -> None:
    """P0.7."""
    record = building(world, BODY, "[需求][机密] 裁员名单系统")
    world.until("2026-04-01 12:00")
    overseer = world.text(world.sent(OVERSEER, "reports.month")[0])
    assert record in overseer and "开发报表" not in overseer and "王磊" not in overseer
    assert "开发报表" in world.text(world.sent(IT_CONTACT, "reports.month")[0])
