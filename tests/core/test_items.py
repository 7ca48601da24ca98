"""The items of minutes, read from lists and tables: who does what until when, and what is missing (P0.9, P5.1)."""

import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.calendar import Calendar
from mailflow.core.directory import Department, Directory, Person
from mailflow.core.policy import Policy, Site
from mailflow.core.reading.item_heads import day_before
from mailflow.core.reading.items import Item, read_items
from mailflow.core.workflow import Field, State, Workflow
from mailflow.mail.model import Mail, Table
from mailflow.mail.tables import text_tables

TODAY = date(2026, 11, 20)  # a Friday

ZHANG, LI, WANG = "zhang.wei@example.com", "li.na@example.com", "wang.lei@example.com"
TOM, EMMA = "tom.green@example.com", "emma.brown@example.com"
DIRECTORY = Directory(
    people={
        address: Person(address, name, department)
        for address, name, department in [
            (ZHANG, "张伟", "sales"),
            (LI, "李娜", "sales"),
            (WANG, "王磊", "it"),
            (TOM, "Tom Green", "finance"),
            (EMMA, "Emma Brown", "finance"),
            ("chen.one@example.com", "陈静", "it"),
            ("chen.two@example.com", "陈明", "it"),
        ]
    },
    departments={"it": Department("it", {"zh": "信息技术部"}), "sales": Department("sales", {"zh": "销售部"})},
)
MINUTES = Workflow(
    kind="minutes",
    prefix="MIN",
    tags=("纪要",),
    label={"zh": "会议纪要"},
    states={"open": State("open", initial=True)},
    fields=(
        Field("topic", {"zh": "会议主题", "en": "Topic"}),
        Field("date", {"zh": "会议日期", "en": "Date"}),
        Field("scope", {"zh": "范围", "en": "Scope"}),
    ),
)
POLICY = Policy(
    Site({"zh": "服务邮箱"}, "requests@example.com"),
    DIRECTORY,
    {"": Calendar.round_the_clock(ZoneInfo("Asia/Shanghai"))},
    {"minutes": MINUTES},
)


def items(own: str = "", *tables: Table, files: tuple[Table, ...] = ()) -> tuple[Item, ...]:
    return read_items(Mail("digest", "subject", own=own, tables=tables), POLICY, TODAY, files)


def read(own: str) -> list[tuple[str, str, str]]:
    return [(each.title, each.owner, each.due) for each in items(own)]


@pytest.mark.parametrize(
    ("line", "title", "owner", "due"),
    [
        ("1. 测试计划 —— 张工，10月5日前", "测试计划", ZHANG, "2026-10-05"),
        ("1. 修订考勤制度 负责人 李娜 2026-12-04前", "修订考勤制度", LI, "2026-12-04"),
        ("1. 修订考勤制度 负责人 李娜 截止日期 12月4日", "修订考勤制度", LI, "2026-12-04"),
        ("- Prepare data: Tom Green, by 2026-10-05", "Prepare data", TOM, "2026-10-05"),
        ("2、接口文档（李娜，下周五）", "接口文档", LI, "2026-11-27"),
        ("3) 部署 负责人：王磊 截止：12月1日 验收标准：能登录", "部署", WANG, "2026-12-01"),
        ("部署 —— 王磊，12月1日，标准：能登录，协作：无", "部署", WANG, "2026-12-01"),
        ("[ ] task @张工 12/1", "task", ZHANG, "2026-12-01"),
        ("- [x] task @张工 12/1", "task", ZHANG, "2026-12-01"),
        ("☐ 更新文档，李娜，明天", "更新文档", LI, "2026-11-21"),
        ("① 更新文档，李娜，12-01", "更新文档", LI, "2026-12-01"),
        ("（1）更新文档；李娜；12月1日", "更新文档", LI, "2026-12-01"),
        ("* 更新文档 - 李娜 - 12月1日", "更新文档", LI, "2026-12-01"),
        ("• 更新文档 | 李娜 | 12月1日", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档【李娜】【12月1日】", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档（责任人：李娜；截止时间：12月1日）", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档，責任人：李娜，截止時間：12月1日", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档 負責人：李娜，12月1日前", "更新文档", LI, "2026-12-01"),
        ("1. 任务：更新文档 负责人：李娜 期限：12月1日", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档 12月1日 李娜", "更新文档", LI, "2026-12-01"),
        ("1. 李娜：更新文档，12月1日前", "更新文档", LI, "2026-12-01"),
        ("1. 李娜负责更新文档，12月1日前", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档，由李娜负责，12月1日前完成", "更新文档", LI, "2026-12-01"),
        ("1. 12月1日前更新文档，由李娜跟进", "12月1日前更新文档", LI, "2026-12-01"),
        ("1. 更新文档，li.na@example.com，12月1日", "更新文档", LI, "2026-12-01"),
        ("1. 更新文档 @李娜 12月1日", "更新文档", LI, "2026-12-01"),
        ("1. 排期（10月1日-12月1日）——李娜", "排期", LI, "2026-12-01"),
        ("1. 准备材料，李娜，3个工作日内", "准备材料", LI, "2026-11-23"),
        ("1. 请李娜于12月1日前更新文档", "请李娜于12月1日前更新文档", LI, "2026-12-01"),
        ("1. Tom to prepare the report by 1 December", "prepare the report", TOM, "2026-12-01"),
        ("1. Tom: prepare the report, by Dec 1, 2026", "prepare the report", TOM, "2026-12-01"),
        ("- Prepare the report (Tom Green, Dec 1)", "Prepare the report", TOM, "2026-12-01"),
        ("- Prepare the report (owner: Tom; due: Dec 1)", "Prepare the report", TOM, "2026-12-01"),
        ("- Prepare the report -- Emma Brown -- next Friday", "Prepare the report", EMMA, "2026-11-27"),
        ("- Check 100,000 rows, Emma, tomorrow", "Check 100,000 rows", EMMA, "2026-11-21"),
        ("- Meet at 12:30, Emma, tomorrow", "Meet at 12:30", EMMA, "2026-11-21"),
        ("- **Prepare the report**: Tom Green, Dec 1", "Prepare the report", TOM, "2026-12-01"),
        ("1. 数据迁移：王磊 12/1", "数据迁移", WANG, "2026-12-01"),
        ("1. 数据迁移（王磊 12/1）", "数据迁移", WANG, "2026-12-01"),
        ("1. 数据迁移--王磊 12月1日", "数据迁移", WANG, "2026-12-01"),
        ("- Tom Green - prepare the report - Dec 1", "prepare the report", TOM, "2026-12-01"),
        ("1. 王磊 数据迁移 12/5", "数据迁移", WANG, "2026-12-05"),
        ("1. 王工 數據遷移 12/5", "數據遷移", WANG, "2026-12-05"),
        ("1. 王磊　数据迁移　１２／５", "数据迁移", WANG, "2026-12-05"),
        ("1. 王磊 - 数据迁移 - 12/5", "数据迁移", WANG, "2026-12-05"),
        ("1. 王磊-数据迁移-12/5", "数据迁移", WANG, "2026-12-05"),
        ("1. 数据迁移/王磊/12-5", "数据迁移", WANG, "2026-12-05"),
        ("1. 王磊，数据迁移，12/5", "数据迁移", WANG, "2026-12-05"),
        ("1. 王磊 | 数据迁移 | 12/5", "数据迁移", WANG, "2026-12-05"),
        ("1. @王磊 数据迁移 下周五", "数据迁移", WANG, "2026-11-27"),
        ("1. 数据迁移 王磊 12/5", "数据迁移", WANG, "2026-12-05"),
        ("1. 12月5日 王磊 数据迁移", "数据迁移", WANG, "2026-12-05"),
        ("1. 王磊 12/5 数据迁移", "数据迁移", WANG, "2026-12-05"),
        ("1. 12/5前 数据迁移 王磊", "数据迁移", WANG, "2026-12-05"),
        ("1. 李娜 跟进 报表问题 12/5", "报表问题", LI, "2026-12-05"),
        ("- Tom fix the login 12/5", "fix the login", TOM, "2026-12-05"),
    ],
)
def test_an_item_of_a_list_has_a_title_an_owner_and_a_date(line: str, title: str, owner: str, due: str) -> None:
    (item,) = items(f"行动项：\n{line}")
    assert (item.title, item.owner, item.due, item.problems) == (title, owner, due, ())
    assert item.where == "line 2"


def test_a_vague_word_at_the_end_is_no_more_than_itself() -> None:
    (item,) = items("Action items\n- Write docs ASAP - Tom")
    assert (item.title, item.owner, item.problems) == ("Write docs", TOM, ("vague date ASAP",))


def test_a_quoted_table_is_not_read_again() -> None:
    quoted = Table("quote", (("任务", "负责人", "截止"), ("接口", "李娜", "12月1日")))
    assert items("", quoted, files=(quoted,)) == ()


def test_a_row_of_totals_is_no_item() -> None:
    rows = (("序号", "任务", "负责人"), ("1", "接口", "李娜"), ("合计", "1", ""))
    assert [each.title for each in items("", Table("own", rows))] == ["接口"]


def test_the_lists_of_an_attached_document_are_read() -> None:
    lines = Table("纪要.docx", (("会议纪要",), ("行动项",), ("- 接口文档，李娜，12月1日",)))
    (item,) = items("见附件", files=(lines,))
    assert (item.title, item.owner, item.due, item.where) == ("接口文档", LI, "2026-12-01", "file 纪要.docx")


@pytest.mark.parametrize(
    "line",
    [
        "王磊 张伟 数据迁移 12/5",
        "李娜、王磊 数据迁移 12/5",
        "李娜 和 王磊 联调 12/5",
        "王磊 数据迁移 12/5 李娜",
        "张伟 反馈的问题修复 12/5",
        "王磊 的 电脑 维修 12/5",
        "张伟 介绍了上线情况，12月5日",
        "Tom reported that the login fails, Dec 5",
        "Mark all rows 12/5",
        "Green dashboard 12/5",
        "赵六 数据迁移 12/5",
        "王磊 今天 请假",
        "王磊 和 供应商 沟通 12/5",
        "联系 李娜 12/5",
        "Call Tom 12/5",
        "陈工 数据迁移 12/5",
    ],
)
def test_who_it_is_is_asked_where_more_than_one_reading_is_possible(line: str) -> None:
    (item,) = items(f"行动项：\n1. {line}")
    assert item.owner == ""
    assert item.problems


def test_a_labelled_item_has_all_its_parts() -> None:
    (item,) = items("待办：\n1. 部署 负责人：王磊 截止：12月1日 协作：李娜、小赵 验收标准：能登录")
    assert item == Item(
        title="部署",
        owner=WANG,
        owners=(WANG,),
        due="2026-12-01",
        collaborators=(LI, "小赵"),
        standard="能登录",
        where="line 2",
    )


def test_the_parts_of_an_item_may_stand_in_lines_of_their_own() -> None:
    text = "任务\n1. 部署\n   负责人：王磊\n   截止：12月1日\n   - 协作：无\n2. 上线\n负责人：李娜\n截止：12月8日\n"
    assert read(text) == [("部署", WANG, "2026-12-01"), ("上线", LI, "2026-12-08")]


def test_who_helps_is_no_second_owner() -> None:
    (item,) = items("行动项：\n1. 由张伟牵头，李娜配合，12月10日前完成用户培训")
    assert (item.title, item.owner, item.collaborators) == ("12月10日前完成用户培训", ZHANG, (LI,))


def test_a_line_may_run_on() -> None:
    text = (
        "Action items:\n"
        "- Review the very long migration plan of the finance department with all\n"
        "  its appendices: Emma Brown, Dec 5\n"
    )
    assert read(text) == [
        ("Review the very long migration plan of the finance department with all its appendices", EMMA, "2026-12-05")
    ]


@pytest.mark.parametrize(
    ("line", "owners", "problems"),
    [
        ("1. 培训材料", (), ("no owner", "no date")),
        ("1. 培训材料，12月1日", (), ("no owner",)),
        ("1. 培训材料 —— 李娜", (LI,), ("no date",)),
        ("1. 培训材料 —— 李娜，尽快", (LI,), ("vague date 尽快",)),
        ("1. 尽快修复登录，李娜", (LI,), ("vague date 尽快",)),
        ("1. Fix it, Emma, ASAP", (EMMA,), ("vague date ASAP",)),
        ("1. Fix it, Emma, next week", (EMMA,), ("vague date next week",)),
        ("1. 培训材料 负责人：李娜 截止：看情况", (LI,), ("unclear date 看情况",)),
        ("1. 上线通知：李娜，上线前一周", (LI,), ("unclear date 上线前一周",)),
        ("1. 培训材料 —— 张伟、李娜，12月1日", (ZHANG, LI), (f"several owners: {ZHANG}, {LI}",)),
        ("1. 培训材料 @张伟 @李娜 12/1", (ZHANG, LI), (f"several owners: {ZHANG}, {LI}",)),
        (
            "1. 培训材料 —— 陈工，12月1日",
            ("chen.one@example.com", "chen.two@example.com"),
            ("several owners: chen.one@example.com, chen.two@example.com",),
        ),
        ("1. 培训材料 —— 赵小明，12月1日", (), ("unknown person 赵小明",)),
        ("1. 小赵：采购，12月3日", (), ("unknown person 小赵",)),
        ("1. 采购（赵经理，12月3日）", (), ("unknown person 赵经理",)),
        ("1. 采购 负责人：外部顾问 截止：12月3日", (), ("unknown person 外部顾问",)),
        ("1. 采购 —— 销售部，12月3日", (), ("unknown person 销售部",)),
        ("1. Buy it - John Smith - 12/3", (), ("unknown person John Smith",)),
        (
            "1. 采购 —— 李娜和赵小明，12月3日",
            (LI,),
            (f"several owners: {LI}, 赵小明", "unknown person 赵小明"),
        ),
    ],
)
def test_an_item_says_what_it_lacks(line: str, owners: tuple[str, ...], problems: tuple[str, ...]) -> None:
    (item,) = items(f"行动项：\n{line}")
    assert (item.owners, item.problems) == (owners, problems)
    assert item.owner == (owners[0] if len(owners) == 1 and not any("own" in each for each in problems) else "")


@pytest.mark.parametrize(
    "heading",
    [
        "行动项：",
        "行動項：",
        "## 行动项",
        "【待办事项】",
        "三、任务分工",
        "3. 行动项",
        "**Action items**",
        "Action Items:",
        "TO DO",
        "Next steps",
        "四、后续工作的安排",
        "本周行动计划如下：",
        "后续工作（请各位确认）：",
        "行动项 / Action items：",
    ],
)
def test_under_a_heading_of_items_each_line_of_a_list_is_one(heading: str) -> None:
    assert read(f"{heading}\n1. 培训材料\n2. 测试") == [("培训材料", "", ""), ("测试", "", "")]


def test_the_first_item_may_stand_behind_the_heading() -> None:
    assert read("行动项：1. 培训材料 —— 李娜，12月1日\n2. 测试") == [("培训材料", LI, "2026-12-01"), ("测试", "", "")]


def test_lines_without_bullets_under_such_a_heading_are_items_when_they_name_somebody() -> None:
    assert read("待办\n培训材料 —— 李娜，12月1日\n大家辛苦了\n\n下次会议：周一") == [("培训材料", LI, "2026-12-01")]


@pytest.mark.parametrize("heading", ["讨论：", "结论", "决议：", "Discussion", "Decisions:"])
def test_talk_is_no_item_unless_it_is_complete(heading: str) -> None:
    text = f"{heading}\n1. 性能需要提高\n2. 张伟：数据不一致\n3. 12月1日前要上线\n4. 接口文档 —— 李娜，12月1日"
    assert read(text) == [("接口文档", LI, "2026-12-01")]


def test_what_somebody_said_is_no_item() -> None:
    assert read("讨论内容\n1、张伟介绍了升级进展。\n2、王磊：服务器资源不足，预计下周到货。") == []


@pytest.mark.parametrize("heading", ["参会人：", "议程：", "出席人员", "Attendees:", "Agenda"])
def test_lists_of_people_and_topics_have_no_items(heading: str) -> None:
    assert read(f"{heading}\n1. 张伟\n2. 李娜（12月1日请假）\n3. 培训材料 —— 李娜，12月1日") == []


def test_elsewhere_a_line_of_a_list_is_an_item_when_it_carries_an_owner_or_a_date() -> None:
    text = "会议日期：2026-11-19\n参会人：张伟、李娜\n\n1. 接口文档 —— 李娜\n2. 测试，12月1日前\n3. 性能不错\n- 张伟\n"
    assert read(text) == [("接口文档", LI, ""), ("测试", "", "2026-12-01")]


def test_a_field_is_no_item() -> None:
    assert read("1. 会议日期：2026-11-19\n2. 会议主题：周会，12月1日\n3. 范围：张伟") == []


def test_a_section_ends_where_the_next_begins() -> None:
    text = "行动项：\n1. 测试 —— 李娜，12月1日\n\n二、其他说明\n1. 会议室已更换\n\n谢谢\n王磊"
    assert read(text) == [("测试", LI, "2026-12-01")]


def test_what_is_indented_under_an_item_explains_it() -> None:
    text = "行动项：\n1. 采购 —— 李娜，12月3日\n   - 三家比价\n   - 走流程\n2. 测试 —— 张伟，12月4日"
    assert read(text) == [("采购", LI, "2026-12-03"), ("测试", ZHANG, "2026-12-04")]


def test_a_note_under_an_item_does_not_hide_its_owner() -> None:
    text = "行动项：\n1. 测试 —— 张伟 12月1日\n   说明：含回归\n   另附清单\n2. 采购 —— 李娜，12月3日"
    assert read(text) == [("测试", ZHANG, "2026-12-01"), ("采购", LI, "2026-12-03")]


def test_a_group_of_items_is_none_itself() -> None:
    text = "行动项：\n1. 上线准备\n   - 检查：张工，12/1\n   - 通知：李娜，12/2"
    assert read(text) == [("检查", ZHANG, "2026-12-01"), ("通知", LI, "2026-12-02")]


def test_the_closing_of_a_mail_is_no_item() -> None:
    assert read("行动项：\n1. 测试 —— 李娜，12月1日\n\n谢谢！\n张伟\n12月1日") == [("测试", LI, "2026-12-01")]


# --- tables --------------------------------------------------------------------------------------

HEAD = ("序号", "任务", "责任人", "截止日期", "协作人", "验收标准")


def test_each_row_of_a_table_is_an_item() -> None:
    rows = (
        HEAD,
        ("1", "报表", "李娜", "12月1日", "王磊", "数据一致"),
        ("2", "接口", "张伟/李娜", "尽快", "", ""),
        ("3", "培训", "", "", "无", ""),
        ("", "", "李娜", "12月1日", "", ""),
        ("", "合计", "", "", "", ""),
    )
    assert items("", Table("own", rows)) == (
        Item("报表", LI, (LI,), "2026-12-01", (WANG,), "数据一致", "table row 2"),
        Item(
            "接口",
            "",
            (ZHANG, LI),
            "",
            where="table row 3",
            problems=(f"several owners: {ZHANG}, {LI}", "vague date 尽快"),
        ),
        Item("培训", where="table row 4", problems=("no owner", "no date")),
    )


@pytest.mark.parametrize(
    "head",
    [
        ("任务", "负责人", "截止"),
        ("事项", "責任人", "完成時間"),
        ("行动项", "责任人（必填）", "期限"),
        ("Task", "Owner", "Due date"),
        ("ACTION ITEM", "Responsible", "Deadline"),
        ("任务/Task", "责任人/Owner", "截止日期/Due"),
        ("工作内容", "主责人", "计划完成时间"),
        ("What", "Who", "By when"),
    ],
)
def test_a_table_is_known_by_the_words_of_its_head(head: tuple[str, ...]) -> None:
    (item,) = items("", Table("own", (head, ("报表", "李娜", "12月1日"))))
    assert (item.title, item.owner, item.due) == ("报表", LI, "2026-12-01")


def test_a_sheet_may_have_a_title_above_its_head_and_be_a_file() -> None:
    sheet = Table(
        "会议任务.xlsx", (("会议任务表", "", ""), ("任务", "负责人", "截止"), ("报表", "李娜", "2026-12-01 00:00:00"))
    )
    (item,) = items(files=(sheet,))
    assert (item.title, item.owner, item.due, item.where) == ("报表", LI, "2026-12-01", "file 会议任务.xlsx row 3")


def test_a_table_that_the_text_shows_too_is_read_once() -> None:
    text = "行动项：\n任务 | 负责人 | 截止\n1. 报表 | 李娜 | 12月1日"
    (item,) = items(text, Table("own", (("任务", "负责人", "截止"), ("1. 报表", "李娜", "12月1日"))))
    assert (item.title, item.where) == ("报表", "table row 2")


@pytest.mark.parametrize(
    "table",
    [
        Table("own", (("姓名", "部门"), ("李娜", "销售部"))),
        Table("own", (("任务", "说明"), ("报表", "12月1日"))),
        Table("quote", (("任务", "负责人", "截止"), ("报表", "李娜", "12月1日"))),
        Table("own", ()),
    ],
)
def test_other_tables_and_quoted_ones_have_no_items(table: Table) -> None:
    assert items("", table) == ()


def test_a_row_with_an_empty_first_cell_is_read_once() -> None:
    rows = (("", "任务", "负责人", "截止"), ("", "报表", "李娜", "12月1日"))
    text = "行动项：\n" + "\n".join(" | ".join(row) for row in rows)
    (item,) = items(text, Table("own", rows))
    assert item.title == "报表"


def test_an_item_that_is_listed_and_in_a_file_is_read_once() -> None:
    sheet = Table("a.xlsx", (("任务", "负责人", "截止"), ("报表", "李娜", "12月1日")))
    (item,) = items("行动项：\n1. 报表，李娜，12月1日", files=(sheet,))
    assert item.where == "line 2"


# --- any mail ------------------------------------------------------------------------------------

_LINES = (
    "行动项：|讨论：|1. |- |  - |[ ] |张工|李娜|小赵|、|，|——|：|（|）|@|12月1日|下周五|尽快|"
    "负责人：|截止：|任务| by |Tom|Dec 1|\n|\n\n| |a||谢谢|由|负责|a@b.c|\t|任务 | 负责人"
)
ANY_TEXT = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(_LINES.split("|")), max_size=60).map("".join))
ANY_TABLES = st.lists(
    st.lists(st.lists(st.one_of(st.sampled_from(HEAD), ANY_TEXT), max_size=4).map(tuple), max_size=4).map(tuple),
    max_size=2,
)


@given(ANY_TEXT, ANY_TABLES)
@settings(max_examples=250, deadline=None)
def test_any_mail_can_be_read(own: str, tables: list[tuple[tuple[str, ...], ...]]) -> None:
    for item in items(own, *(Table("own", rows) for rows in tables)):
        assert item.title
        assert bool(item.owner) == (not any("own" in each for each in item.problems))
        assert bool(item.due) == (not any("date" in each.split(" ")[:2] for each in item.problems))


@pytest.mark.parametrize(
    "piece",
    [
        "1. 测试 —— 李娜，12月1日\n",
        "- ",
        "，",
        "（",
        "——",
        "@",
        "@a ",
        "a: ",
        "负责人：",
        "李娜 ",
        "  - a\n",
        "由",
        "12/1 ",
    ],
)
def test_a_huge_mail_takes_no_more_than_its_size(piece: str) -> None:
    text = "行动项：\n" + piece * (300_000 // len(piece))
    started = time.perf_counter()
    items(text)
    assert time.perf_counter() - started < 4.0


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("12月11日设计完成", "12月11日", "设计完成"),
        ("12月11日：设计完成", "12月11日", "设计完成"),
        ("12月11日 3个门店上线", "12月11日", "3个门店上线"),
        ("2026-12-11设计完成", "2026-12-11", "设计完成"),
        ("11 December: design done", "11 December", "design done"),
        ("Dec 11, 2026 design done", "Dec 11, 2026", "design done"),
        ("1/2 of the stores live", "", "1/2 of the stores live"),
        ("3 tests done", "", "3 tests done"),
        ("12月11日", "", "12月11日"),
        ("设计完成", "", "设计完成"),
    ],
)
def test_a_day_that_a_line_begins_with_is_its_date(text: str, day: str, rest: str) -> None:
    assert day_before(text, date(2026, 11, 30)) == (day, rest)


@pytest.mark.parametrize(
    "text",
    [
        "行动项：\n1. 张伟负责测试计划，12月5日前完成\n2. 由李娜采购服务器，12月10日前完成",
        "行动项：\n- 测试计划 | 张伟 | 12月5日\n- 采购服务器 | 李娜 | 12月10日",
        "下一步工作：\n一、测试计划，责任人张伟，完成时间12月5日；\n二、采购服务器，责任人李娜，完成时间12月10日。",
        "张伟：\n- 测试计划，12月5日前\n\n李娜：\n- 采购服务器，12月10日前",
    ],
)
def test_items_are_read_as_people_set_them_out(text: str) -> None:
    mine = tuple(Table("own", rows) for rows in text_tables(text))
    assert [(each.title, each.owner, each.due) for each in items(text, *mine)] == [
        ("测试计划", ZHANG, "2026-12-05"),
        ("采购服务器", LI, "2026-12-10"),
    ]


def test_what_stands_under_a_name_without_a_day_is_talk() -> None:
    assert items("讨论：\n张伟：\n- 介绍了测试情况\n李娜：\n- 提出要采购") == ()


@pytest.mark.parametrize(
    "text", ["1. 测试计划 —— 张伟负责，李娜配合，12月5日前", "1. 测试计划 —— 牵头：张伟，协作：李娜，12月5日前"]
)
def test_who_helps_stands_beside_who_leads(text: str) -> None:
    (one,) = items(f"行动项：\n{text}")
    assert (one.title, one.owner, one.due, one.collaborators) == ("测试计划", ZHANG, "2026-12-05", (LI,))
