"""Fields, read from what people send: lines, forms, tables, quoted forms; and what is missing or not understood."""

import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.calendar import Calendar
from mailflow.core.directory import Department, Directory, Person
from mailflow.core.policy import Policy, Site
from mailflow.core.reading.fields import Reading, missing, read_fields
from mailflow.core.workflow import Field, FieldType
from mailflow.mail.model import Address, Mail, Table

TODAY = date(2026, 11, 20)  # a Friday

DIRECTORY = Directory(
    people={
        "zhang.wei@example.com": Person("zhang.wei@example.com", "张伟", "sales"),
        "li.na@example.com": Person("li.na@example.com", "李娜", "sales"),
        "li.qiang@example.com": Person("li.qiang@example.com", "李强", "it"),
        "tom.green@example.com": Person("tom.green@example.com", "Tom Green", "finance"),
    },
    departments={
        "it": Department("it", {"zh": "信息技术部", "en": "IT"}),
        "sales": Department("sales", {"zh": "销售部", "en": "Sales"}),
        "finance": Department("finance", {"zh": "财务部", "en": "Finance"}),
    },
)
POLICY = Policy(
    Site({"zh": "服务邮箱"}, "requests@example.com"),
    DIRECTORY,
    {"": Calendar.round_the_clock(ZoneInfo("Asia/Shanghai"))},
    {},
)

FIELDS = (
    Field("background", {"zh": "背景", "en": "Background"}, ("需求背景",)),
    Field("goal", {"zh": "业务目标", "en": "Business goal"}, ("目标",), required=True),
    Field("functions", {"zh": "预期功能", "en": "Expected functions"}, ("功能",)),
    Field("scope", {"zh": "范围", "en": "Scope"}),
    Field(
        "priority",
        {"zh": "优先级", "en": "Priority"},
        type=FieldType.CHOICE,
        choices={"high": ("高", "P1"), "medium": ("中", "P2"), "low": ("低", "P3")},
    ),
    Field("budget", {"zh": "预算范围", "en": "Budget"}, ("预算",), type=FieldType.MONEY),
    Field("users", {"zh": "用户数", "en": "Users"}, type=FieldType.NUMBER),
    Field("due", {"zh": "期望交付时间", "en": "Expected delivery"}, ("due date",), type=FieldType.DATE, required=True),
    Field("departments", {"zh": "涉及部门", "en": "Departments needed"}, type=FieldType.DEPARTMENTS),
    Field("tester", {"zh": "测试人", "en": "Tester"}, type=FieldType.PERSON),
    Field("attendees", {"zh": "参会人", "en": "Attendees"}, type=FieldType.PEOPLE),
    Field("requirement", {"zh": "关联需求", "en": "Requirement"}, type=FieldType.RECORD),
    Field("meets", {"zh": "会议时间", "en": "Meets"}, type=FieldType.MOMENT),
    Field("window", {"zh": "停机时间", "en": "Window"}, type=FieldType.SPAN),
)
SPREAD = {"goal": "缩短对账时间", "due": "2026-12-01", "priority": "high"}
NATURE = Field("nature", {"zh": "故障现象", "en": "Nature"}, body=True)


def mail(own: str = "", *, removed: str = "", tables: tuple[Table, ...] = (), sender: Address | None = None) -> Mail:
    return Mail("digest", "subject", own=own, removed=removed, tables=tables, sender=sender)


def values(own: str, **rest: str) -> dict[str, str]:
    return {each.name: each.value for each in read_fields(mail(own, **rest), FIELDS, POLICY, TODAY)}


def readings(message: Mail, fields: tuple[Field, ...] = FIELDS, tables: tuple[Table, ...] = ()) -> dict[str, Reading]:
    return {each.name: each for each in read_fields(message, fields, POLICY, TODAY, tables)}


@pytest.mark.parametrize(
    "line",
    [
        "业务目标：提效",
        "业务目标: 提效",
        "业务目标 ： 提效",
        "業務目標：提效",
        "  业务目标：提效",
        "业 务 目 标：提效",
        "目标：提效",
        "goal: 提效",
        "Business goal: 提效",
        "BUSINESS GOAL：提效",
        "Business Goal = 提效",
        "- 业务目标：提效",
        "* 业务目标：提效",
        "• 业务目标：提效",
        "1. 业务目标：提效",
        "1、业务目标：提效",
        "（1）业务目标：提效",
        "一、业务目标：提效",
        "(2) Business goal: 提效",
        "**业务目标**：提效",
        "- **Business goal**: 提效",
        "**Business goal:** 提效",
        "【业务目标】提效",
        "【业务目标】：提效",
        "[Business goal] 提效",
        "业务目标（必填）：提效",
        "业务目标 (required): 提效",
        "业务目标 / Business goal：提效",
        "业务目标(Business goal)：提效",
        "业务目标：\n提效",
        "【业务目标】\n提效",
        "## 业务目标\n提效",
        "## 业务目标\n\n提效",
        "## 业务目标：\n提效",
        "一、业务目标\n提效",
        "**业务目标**\n提效",
        "3. 业务目标\n提效",
        "您好！\n\n我们希望：\n业务目标：提效",
        "业务目标：提效\n\n谢谢",
        "业务目标：提效\n谢谢！\n张伟",
        "```\n业务目标：提效\n```",
        "业务目标：提效\n联系电话：12345",
        "主要业务目标：提效",
        "本次的目标：提效",
        "具体目标如下：提效",
        "业务目标说明：提效",
        "目標說明：提效",
        "Our business goal: 提效",
        "Main business goal is: 提效",
        "Business goal details: 提效",
    ],
)
def test_a_value_stands_behind_its_label(line: str) -> None:
    assert values(line) == {"goal": "提效"}


@pytest.mark.parametrize(
    "text",
    [
        "业务目标：\n\n缩短对账时间\n\n期望交付时间：\n\n2026-12-01\n\n优先级：\n\n高\n\n谢谢",
        "您好\n\n业务目标\n\n缩短对账时间\n\n期望交付时间\n\n2026-12-01\n\n优先级\n\n高\n\n此致\n敬礼",
        "业务目标：\n\n缩短对账时间\n\n期望交付时间：2026-12-01\n优先级：高",
        "业务目标 - 缩短对账时间\n期望交付时间 - 2026-12-01\n优先级 - 高",
        "业务目标——缩短对账时间\n期望交付时间——2026-12-01\n优先级——高",
        "- 业务目标 → 缩短对账时间\n- 期望交付时间 → 2026-12-01\n- 优先级 → 高",
        "〖业务目标〗缩短对账时间\n「期望交付时间」2026-12-01\n『优先级』高",
        "业务目标 Business goal：缩短对账时间\nExpected delivery 期望交付时间: 2026-12-01\n优先级 Priority：高",
        "业务目标︰缩短对账时间\nexpected_delivery: 2026-12-01\n优先级﹕高√",
    ],
)
def test_a_form_is_read_as_pages_and_people_set_it_out(text: str) -> None:
    assert values(text) == SPREAD


@pytest.mark.parametrize(
    "text",
    [
        "业务目标：\n\n期望交付时间：\n\n优先级：\n\n请问这个表怎么填？",
        "业务目标：\n\n期望交付时间：\n\n优先级：\n\n以上请联系财务部填写",
        "业务目标 - 期望交付时间 - 优先级".replace(" - ", "\n\n"),
    ],
)
def test_a_question_below_an_empty_form_is_no_value(text: str) -> None:
    assert values(text) == {}


def test_of_a_row_that_shows_a_table_the_table_tells() -> None:
    table = Table("own", (("业务目标：", "缩短对账时间"), ("优先级：", "高")))
    found = readings(mail("业务目标： | 缩短对账时间\n优先级： | 高", tables=(table,)))
    assert {name: each.value for name, each in found.items()} == {"goal": "缩短对账时间", "priority": "high"}


def test_of_columns_the_one_to_fill_in_is_read() -> None:
    rows = (
        ("字段", "说明", "内容"),
        ("业务目标", "可衡量的结果", "缩短对账时间"),
        ("优先级", "高、中、低", "高"),
        ("范围", "系统", ""),
    )
    found = readings(mail(tables=(Table("own", rows),)))
    assert {name: each.value for name, each in found.items()} == {"goal": "缩短对账时间", "priority": "high"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我们的业务目标：提效",
        "请问业务目标是什么",
        "业务目标",
        "业务目标：",
        "业务目标：\n优先级：",
        "业务目标：____",
        "业务目标：（请填写）",
        "业务目标：<请填写>",
        "业务目标：\n\n谢谢\n张伟",
        "业务目标：\n谢谢",
        "1. 范围\n2. 目标\n3. 其他",
        "发件人：张伟\n主题：x\n业务目标：旧的\n优先级：高",
        "http://example.com/goal",
        "去年的业务目标：提效",
        "No business goal: 提效",
        "说明：提效",
    ],
)
def test_what_is_no_filled_label_at_the_head_of_a_line_is_no_field(text: str) -> None:
    assert values(text) == {}


def test_a_value_goes_on_to_the_next_label_or_blank_line() -> None:
    text = "背景：旧系统慢\n  每周要四小时\n功能：\n1. 导出：Excel\n2. 打印\n业务目标：提效\n\n这一段不属于任何一项"
    assert values(text) == {
        "background": "旧系统慢\n每周要四小时",
        "functions": "1. 导出：Excel\n2. 打印",
        "goal": "提效",
    }


def test_several_labels_may_stand_on_one_line() -> None:
    found = values("业务目标：提效；期望交付时间：12月1日；优先级：高")
    assert found == {"goal": "提效", "due": "2026-12-01", "priority": "high"}
    assert values("业务目标：提效；注意：保密；准确") == {"goal": "提效；注意：保密；准确"}


def test_a_value_of_one_line_does_not_swallow_the_next() -> None:
    assert values("优先级：高\n联系人：张三\n期望交付时间：\n12月1日\n请大家支持") == {
        "priority": "high",
        "due": "2026-12-01",
    }


def test_the_first_of_several_values_counts_and_says_where_it_stood() -> None:
    reading = readings(mail("您好\n优先级：高\n优先级：低"))["priority"]
    assert reading == Reading("priority", "high", "高", "line 2", "")


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("期望交付时间：12月1日前", "due", "2026-12-01"),
        ("Expected delivery: by Dec 1st", "due", "2026-12-01"),
        ("期望交付时间：3个工作日内", "due", "2026-11-23"),
        ("期望交付时间：12月1日 22:00 至 12月2日 02:00", "due", "2026-12-01"),
        ("优先级：高（P1）", "priority", "high"),
        ("Priority: low", "priority", "low"),
        ("预算范围：5-10万", "budget", "50000-100000"),
        ("Budget: USD 3k", "budget", "USD 3000"),
        ("用户数：约 1,200 人", "users", "1200"),
        ("涉及部门：销售部、财务", "departments", "sales, finance"),
        ("涉及部门：\n销售部：提供数据\n财务部：预算", "departments", "sales, finance"),
        ("测试人：张工", "tester", "zhang.wei@example.com"),
        ("参会人：张伟、李娜，Tom", "attendees", "zhang.wei@example.com, li.na@example.com, tom.green@example.com"),
        ("关联需求：见 req-2026-0012", "requirement", "REQ-2026-0012"),
        ("会议时间：下周五 14:00", "meets", "2026-11-27T14:00+08:00"),
        ("停机时间：12月1日22:00至24:00", "window", "2026-12-01T22:00+08:00/2026-12-02T00:00+08:00"),
    ],
)
def test_a_value_is_kept_in_its_canonical_form(line: str, name: str, value: str) -> None:
    reading = readings(mail(line))[name]
    assert (reading.value, reading.problem) == (value, "")


@pytest.mark.parametrize(
    ("line", "name", "problem"),
    [
        ("期望交付时间：尽快", "due", "vague date 尽快"),
        ("Expected delivery: ASAP", "due", "vague date ASAP"),
        ("Expected delivery: next week", "due", "vague date next week"),
        ("期望交付时间：看情况", "due", "unclear date 看情况"),
        ("期望交付时间：01/02/2027", "due", "unclear date 01/02/2027"),
        ("期望交付时间：12月1日或12月5日", "due", "several dates 12月1日或12月5日"),
        ("优先级：特急", "priority", "unknown choice 特急: 高, 中, 低"),
        ("优先级：高/中/低", "priority", "unknown choice 高/中/低: 高, 中, 低"),
        ("预算范围：够用就行", "budget", "unclear amount 够用就行"),
        ("用户数：很多", "users", "unclear number 很多"),
        ("涉及部门：法务部", "departments", "unknown department 法务部"),
        ("测试人：李工", "tester", "several people 李工: li.na@example.com, li.qiang@example.com"),
        ("测试人：张伟、李娜", "tester", "several people zhang.wei@example.com, li.na@example.com"),
        ("关联需求：上次那个", "requirement", "no record 上次那个"),
        ("会议时间：12月1日", "meets", "no time 12月1日"),
        ("停机时间：12月1日22:00", "window", "no end 12月1日22:00"),
        ("停机时间：尽快", "window", "vague time 尽快"),
    ],
)
def test_a_value_that_is_not_understood_is_empty_and_says_why(line: str, name: str, problem: str) -> None:
    reading = readings(mail(line))[name]
    assert (reading.value, reading.problem) == ("", problem)


def test_a_list_below_the_names_is_none_of_them() -> None:
    assert values("参会人：张伟、李娜\n1. 上线考勤系统 @李强 12/8\n2. 通知各部门")["attendees"] == (
        "zhang.wei@example.com, li.na@example.com"
    )
    assert values("参会人：\n- 张伟\n- 李娜")["attendees"] == "zhang.wei@example.com, li.na@example.com"
    assert values("参会人：张伟、\n李娜")["attendees"] == "zhang.wei@example.com, li.na@example.com"
    assert values("参会人：张伟\n李娜")["attendees"] == "zhang.wei@example.com, li.na@example.com"
    assert values("参会人：张伟、\n李娜。")["attendees"] == "zhang.wei@example.com, li.na@example.com"


@pytest.mark.parametrize("sentence", ["附件见扫描件样例。", "请尽快安排", "详见附件", "Please see the attached file."])
def test_a_sentence_below_names_is_none_of_them(sentence: str) -> None:
    reading = readings(mail(f"涉及部门：销售部、财务部\n{sentence}"))["departments"]
    assert (reading.value, reading.problem) == ("sales, finance", "")


def test_what_is_no_address_is_never_kept_as_one() -> None:
    assert "@" not in values("参会人：上线系统 @某某某 12/8")["attendees"]
    assert values("参会人：supplier@acme.com")["attendees"] == "supplier@acme.com"


def test_a_name_that_nobody_bears_stays_among_the_people() -> None:
    reading = readings(mail("参会人：张伟、外部顾问"))["attendees"]
    assert (reading.value, reading.problem) == ("zhang.wei@example.com, 外部顾问", "unknown person 外部顾问")


# --- the text itself -----------------------------------------------------------------------------


def test_without_a_line_of_its_own_a_field_may_take_the_text_without_courtesies() -> None:
    own = "各位同事好：\n\n系统登录报错，\n从早上九点开始。\n优先级：高\n\n谢谢！\n李娜\n销售部"
    found = readings(mail(own), (*FIELDS, NATURE))
    assert found["nature"] == Reading("nature", "系统登录报错，\n从早上九点开始。", found["nature"].raw, "body", "")
    assert found["priority"].value == "high"


def test_the_name_under_a_text_is_not_part_of_it() -> None:
    message = mail("The payment run has stopped.\n\nEmma", sender=Address("emma.brown@example.com", "Emma Brown"))
    assert readings(message, (NATURE,))["nature"].value == "The payment run has stopped."


@pytest.mark.parametrize("greeting", ["王工好，", "王工：", "陈经理：", "王老师，您好！", "张总好"])
@pytest.mark.parametrize("name", ["李娜", "李娜 13800000000", "李娜 分机 8021", "Li Na, Tel: +86 10 5555 0100"])
def test_who_is_spoken_to_and_who_signs_are_not_part_of_a_text(greeting: str, name: str) -> None:
    sender = Address("li.na@example.com", "李娜")
    message = mail(f"{greeting}\n\n财务部登录不了OA，请尽快处理！\n\n{name}", sender=sender)
    assert readings(message, (NATURE,))["nature"].value == "财务部登录不了OA，请尽快处理！"


def test_a_line_of_its_own_outweighs_the_text() -> None:
    assert readings(mail("大家看看\n故障现象：蓝屏"), (NATURE,))["nature"].where == "line 2"


def test_courtesies_alone_are_no_text() -> None:
    assert readings(mail("您好：\n\n谢谢！\n张伟"), (NATURE,)) == {}


def test_the_text_is_cut_to_a_length_that_a_mail_can_show() -> None:
    assert len(readings(mail("长" * 10_000), (NATURE,))["nature"].value) == 4000


# --- tables --------------------------------------------------------------------------------------

FORM = (("业务目标", "提效"), ("优先级", "高"), ("预算范围", ""), ("期望交付时间", "2026-12-01"))


def test_a_table_of_two_columns_is_a_form() -> None:
    found = readings(mail(tables=(Table("own", FORM),)))
    assert {name: (each.value, each.where) for name, each in found.items()} == {
        "goal": ("提效", "table"),
        "priority": ("high", "table"),
        "due": ("2026-12-01", "table"),
    }


def test_a_form_may_have_two_pairs_in_a_row() -> None:
    table = Table(
        "own", (("需求申请单", ""), ("业务目标", "提效", "优先级", "高"), ("预算", "10万", "期望交付时间", "12/1"))
    )
    found = readings(mail(tables=(table,)))
    assert {name: each.value for name, each in found.items()} == {
        "goal": "提效",
        "priority": "high",
        "budget": "100000",
        "due": "2026-12-01",
    }


def test_a_head_of_labels_over_one_row_is_a_form_too() -> None:
    table = Table("form.xlsx", (("业务目标", "备注", "优先级"), ("提效", "无", "低")))
    found = readings(mail(), tables=(table,))
    assert {name: (each.value, each.where) for name, each in found.items()} == {
        "goal": ("提效", "file form.xlsx"),
        "priority": ("low", "file form.xlsx"),
    }


@pytest.mark.parametrize(
    "rows",
    [
        [["申请表", "", ""], ["业务目标", "", "提效"], ["优先级", "", "低"]],
        [["业务目标", "优先级"], ["提效", "低"], ["备注", ""]],
        [["业务目标"], ["提效"], ["优先级"], ["低"]],
        [["业务目标：提效", "优先级：低"]],
        [["业务目标", "提效", "优先级", "低"], ["备注", "无"]],
        [["业务目标：提效"], ["优先级    低"]],
    ],
    ids=["an empty column", "head, value, head", "one above the other", "in one cell", "pairs", "lines"],
)
def test_forms_are_drawn_in_many_ways(rows: list[list[str]]) -> None:
    table = Table("form.xlsx", tuple(map(tuple, rows)))
    found = {name: each.value for name, each in readings(mail(), tables=(table,)).items()}
    assert found == {"goal": "提效", "priority": "low"}


@pytest.mark.parametrize("between", ["；", "，", " ", "  ", ", ", "; "])
def test_several_labels_may_share_a_line(between: str) -> None:
    found = readings(mail(between.join(["业务目标：提效", "优先级：低", "预算:10万"])))
    assert {name: each.value for name, each in found.items()} == {"goal": "提效", "priority": "low", "budget": "100000"}


def test_a_label_may_stand_alone_over_its_value() -> None:
    found = readings(mail("您好\n\n业务目标\n提效\n\n优先级\n低\n"))
    assert {name: each.value for name, each in found.items()} == {"goal": "提效", "priority": "low"}


def test_a_heading_of_a_document_ends_what_stands_above_it() -> None:
    lines = ("# 范围", "华东", "华南", "# 参考资料", "制度汇编", "业务目标：提效", "# 附录")
    found = readings(mail(), tables=(Table("a.docx", tuple((line,) for line in lines)),))
    assert {name: each.value for name, each in found.items()} == {"scope": "华东\n华南", "goal": "提效"}


def test_a_label_over_several_rows_has_what_stands_beside_all_of_them() -> None:
    table = Table("form.xlsx", (("范围", "华东"), ("范围", "华南"), ("优先级", "低")))
    assert readings(mail(), tables=(table,))["scope"].value == "华东\n华南"


@pytest.mark.parametrize(
    "line", ["业务目标      提效", "业务目标\t提效", "业务目标　　提效", "业务目标\xa0\xa0\xa0提效"]
)
def test_a_form_may_be_set_apart_by_spaces(line: str) -> None:
    assert readings(mail(line))["goal"].value == "提效"


@pytest.mark.parametrize(
    "line", ["业务目标 提效", "业务目标      优先级", "业务目标    优先级    负责人", "我们的业务目标    提效"]
)
def test_the_head_of_a_list_and_a_sentence_are_no_form(line: str) -> None:
    assert readings(mail(line)) == {}


def test_a_list_under_labels_is_no_form() -> None:
    table = Table("own", (("目标", "优先级"), ("一", "高"), ("二", "低")))
    assert readings(mail(tables=(table,))) == {}


def test_lines_come_before_tables_and_these_before_files() -> None:
    message = mail("业务目标：行", tables=(Table("own", (("业务目标", "表"), ("预算", "1万"))),))
    found = readings(message, tables=(Table("a.xlsx", (("业务目标", "文件"), ("预算", "2万"), ("范围", "全部"))),))
    assert [(each.name, each.value, each.where) for each in found.values()] == [
        ("goal", "行", "line 1"),
        ("scope", "全部", "file a.xlsx"),
        ("budget", "10000", "table"),
    ]


def test_the_rows_of_a_table_are_no_part_of_the_text() -> None:
    message = mail("登录不了\n优先级 | 高\n备注 | 急", tables=(Table("own", (("优先级", "高"), ("备注", "急"))),))
    assert readings(message, (*FIELDS, NATURE))["nature"].value == "登录不了"


# --- forms in quotes -----------------------------------------------------------------------------


def test_a_form_filled_in_inside_the_quote_is_read() -> None:
    removed = "在 2026-11-19 写道：\n> 请填写：\n> 业务目标：提效\n> 优先级：高/中/低\n> 期望交付时间：\n>> 预算：10万"
    found = readings(mail("已补充", removed=removed))
    assert {name: (each.value, each.where) for name, each in found.items()} == {
        "goal": ("提效", "form"),
        "budget": ("100000", "form"),
    }


def test_what_is_written_below_the_empty_labels_of_a_quoted_form_is_read() -> None:
    text = "IT 写道:\n> 业务目标：\n提效\n> 期望交付时间：\n12月1日\n> 优先级：高\n\n谢谢"
    own, removed = "提效\n\n12月1日\n\n谢谢", "IT 写道:\n> 业务目标：\n> 期望交付时间：\n> 优先级：高"
    found = readings(Mail("digest", "subject", text=text, own=own, removed=removed))
    assert {name: each.value for name, each in found.items()} == {
        "goal": "提效",
        "due": "2026-12-01",
        "priority": "high",
    }


def test_an_answer_apart_from_the_quoted_form_is_no_value_of_its_last_label() -> None:
    text, removed = "IT 写道:\n> 业务目标：提效\n> 预期功能：\n\n同意", "IT 写道:\n> 业务目标：提效\n> 预期功能："
    assert set(readings(Mail("digest", "subject", text=text, own="同意", removed=removed))) == {"goal"}


def test_the_headers_of_a_quoted_mail_are_no_form() -> None:
    fields = (Field("date", {"zh": "会议日期"}, ("日期",), type=FieldType.DATE), Field("topic", {"zh": "主题"}))
    assert readings(mail("好的", removed="发件人: a@b.example\n日期: 2026年11月19日\n主题: 旧事"), fields) == {}


def test_what_the_writer_says_outweighs_the_quote() -> None:
    assert readings(mail("优先级：低", removed="> 优先级：高"))["priority"].value == "low"


def test_a_quoted_table_counts_as_a_quoted_form() -> None:
    found = readings(mail("见下", tables=(Table("quote", FORM),)))
    assert {each.where for each in found.values()} == {"form"}


# --- what is missing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values_", "names"),
    [
        ({}, ["goal", "due"]),
        ({"goal": "提效", "due": ""}, ["due"]),
        ({"goal": " ", "due": "2026-12-01"}, ["goal"]),
        ({"goal": "提效", "due": "2026-12-01"}, []),
    ],
)
def test_required_fields_without_a_value_are_missing(values_: dict[str, str], names: list[str]) -> None:
    assert [field.name for field in missing(values_, FIELDS)] == names


# --- any mail ------------------------------------------------------------------------------------

_LINES = (
    "业务目标|业务目标：|：|=|**|【|】|[|]|> |>|#|- |1. |一、|优先级|高|期望交付时间|12月1日|"
    "尽快|参会人|张伟|、| |\n|\n\n|"
    "谢谢|您好|发件人：x|a | b|\t|（必填）|http://x|```"
)
ANY_TEXT = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(_LINES.split("|")), max_size=60).map("".join))
ANY_TABLES = st.lists(st.lists(st.lists(ANY_TEXT, max_size=4).map(tuple), max_size=4).map(tuple), max_size=2)


@given(ANY_TEXT, ANY_TEXT, ANY_TABLES)
@settings(max_examples=200, deadline=None)
def test_any_mail_can_be_read(own: str, removed: str, tables: list[tuple[tuple[str, ...], ...]]) -> None:
    message = mail(own, removed=removed, tables=tuple(Table("own", rows) for rows in tables))
    for each in read_fields(message, (*FIELDS, NATURE), POLICY, TODAY):
        assert each.value or each.problem


@pytest.mark.parametrize(
    "piece", ["业务目标：x\n", "业务目标：\n", "- ", "【", "**", "> ", "（", "a|", "发件人：\n", "x" * 70 + "\n"]
)
def test_a_huge_mail_takes_no_more_than_its_size(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    started = time.process_time()
    read_fields(mail(text, removed=text), (*FIELDS, NATURE), POLICY, TODAY)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("90 分钟", "90 minutes"),
        ("1.5小时", "90 minutes"),
        ("1 hour", "1 hour"),
        ("两小时左右", "2 hours"),
        ("1小时（含讨论）", "1 hour"),
        ("半天", ""),
        ("一会儿", ""),
        ("2 working hours", ""),
        ("0 分钟", ""),
    ],
)
def test_a_length_is_elapsed_time_or_asked_for_again(said: str, kept: str) -> None:
    lasts = Field("lasts", {"zh": "时长", "en": "Duration"}, type=FieldType.DURATION)
    (found,) = read_fields(mail(f"时长：{said}"), (lasts,), POLICY, TODAY)
    assert (found.value, found.problem) == (kept, "" if kept else f"unclear duration {said}")
