"""Values as people write them: days, amounts, choices, people, departments; what is not certain is not read."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.directory import Department, Directory, Person
from mailflow.core.reading.text import fold, key
from mailflow.core.reading.values import (
    Found,
    Money,
    find_dates,
    is_vague,
    read_choice,
    read_date,
    read_departments,
    read_money,
    read_number,
    read_people,
    read_percent,
)

TODAY = date(2026, 11, 20)  # a Friday

PEOPLE = Directory(
    people={
        address: Person(address, name, department)
        for address, name, department in [
            ("zhang.wei@example.com", "张伟", "sales"),
            ("li.na@example.com", "李娜", "sales"),
            ("li.qiang@example.com", "李强", "it"),
            ("wang.lei@example.com", "王磊", "it"),
            ("heping@example.com", "宋和平", "it"),
            ("ouyang@example.com", "欧阳志远", "it"),
            ("chen.jing@example.com", "陳靜", "it"),
            ("tom.green@example.com", "Tom Green", "finance"),
            ("tom.white@example.com", "Tom White", "it"),
            ("emma.brown@example.com", "Emma Brown", "finance"),
            ("wei.one@example.com", "刘伟", "sales"),
            ("wei.two@example.com", "刘伟", "finance"),
        ]
    },
    departments={
        "it": Department("it", {"zh": "信息技术部", "en": "IT"}),
        "sales": Department("sales", {"zh": "销售部", "en": "Sales"}),
        "finance": Department("finance", {"zh": "财务部", "en": "Finance"}),
    },
)


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ　１２", "abc 12"),
        ("業務目標", "业务目标"),
        ("Straße", "STRASSE"),
        ("  a \t\n b ", "A B"),
        ("負責人", "负责人"),
        ("受理 駁回 詢問 轉給 指定協調人", "受理 驳回 询问 转给 指定协调人"),
        ("評估 定級 啟動協調組 合併 重複 認領 協辦 轉為", "评估 定级 启动协调组 合并 重复 认领 协办 转为"),
        ("進度 風險 延期至 驗收 已解決 重開 暫停至 關閉", "进度 风险 延期至 验收 已解决 重开 暂停至 关闭"),
        ("幫助 狀態 表單 預覽 查詢 廣播 爭議 上報 異議", "帮助 状态 表单 预览 查询 广播 争议 上报 异议"),
        ("業務目標 預算範圍 驗收標準 涉及部門 影響範圍", "业务目标 预算范围 验收标准 涉及部门 影响范围"),
        ("會議紀要 參會人 結論 決議 討論 機密 緊急 變更", "会议纪要 参会人 结论 决议 讨论 机密 紧急 变更"),
        ("部\u200b门", "部门"),
    ],
)
def test_words_that_differ_in_width_case_script_or_space_compare_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert " " not in key(text)


# --- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-01",
        "2026/12/1",
        "2026.12.1",
        "2026 - 12 - 01",
        "20261201",
        "2026年12月1日",
        "2026年12月1號",
        "26年12月1日",
        "12月1日",
        "12 月 1 日",
        "12月1",
        "12-01",
        "12/1",
        "12.1",
        "１２月１日",
        "今年12月1日",
        "下月1日",
        "下个月1号",
        "1 Dec 2026",
        "1 December",
        "1st of December, 2026",
        "Dec 1",
        "Dec. 1",
        "December 1st",
        "Dec 1, 2026",
        "Tue, 1 Dec 2026",
        "1-Dec-26",
        "01.12.2026",
        "民國115年12月1日",
        "民国115年12月1日",
        "115年12月1日",
        "115/12/1",
        "民國115.12.1",
        "十二月一日",
        "二〇二六年十二月一日",
        "二零二六年十二月一號",
        "12月1日前",
        "12月1日之前完成",
        "12月1日 18:00",
        "12月1日下午3点",
        "12/1 18:00",
        "截止12月1日",
        "截止日期：12-01",
        "最迟12/1",
        "不晚于 2026-12-01",
        "by Dec 1",
        "before 1 December 2026",
        "no later than December 1, 2026",
        "due 12/1",
        "2026-12-01T10:00:00",
        "2026-12-01上线",
        "希望在2026年12月1日前上线，谢谢",
        "周二（12月1日）",
        "下下周二（2026-12-01）",
        "12/1（周二）",
        "周二 12/1",
        "Tue 12/1",
        "1号",
        "the 1st",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text, TODAY) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("今天", 0),
        ("今天下班前", 0),
        ("today", 0),
        ("EOD", 0),
        ("明天", 1),
        ("明天上午10点", 1),
        ("tomorrow", 1),
        ("by tomorrow", 1),
        ("后天", 2),
        ("後天", 2),
        ("the day after tomorrow", 2),
        ("大后天", 3),
        ("昨天", -1),
        ("yesterday", -1),
        ("周五", 0),
        ("週五", 0),
        ("周一", 3),
        ("星期三", 5),
        ("禮拜三", 5),
        ("礼拜天", 2),
        ("本周五", 0),
        ("这周五之前", 0),
        ("本周三", -2),
        ("上周五", -7),
        ("下周五", 7),
        ("下週五前", 7),
        ("下个星期一", 3),
        ("下下周一", 10),
        ("Friday", 0),
        ("this Friday", 0),
        ("by Monday", 3),
        ("next Friday", 7),
        ("Friday next week", 7),
        ("last Friday", -7),
        ("三天后", 3),
        ("3天内", 3),
        ("3 天之内完成", 3),
        ("十天以后", 10),
        ("两周后", 14),
        ("兩週內", 14),
        ("一个月后", 30),
        ("半个月内", 15),
        ("in 3 days", 3),
        ("within five days", 5),
        ("in two weeks", 14),
        ("in a week", 7),
        ("2 weeks from now", 14),
        ("月底", 10),
        ("本月底前", 10),
        ("end of month", 10),
        ("end of November", 10),
        ("下月底", 41),
        ("下个月末", 41),
        ("12月底", 41),
        ("年底", 41),
        ("年底前上线", 41),
        ("本季度末", 41),
        ("end of the year", 41),
    ],
)
def test_a_day_is_counted_from_today(text: str, days: int) -> None:
    assert read_date(text, TODAY) == TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("10月5日", date(2026, 11, 20), date(2026, 10, 5)),
        ("9月21日", date(2026, 11, 20), date(2026, 9, 21)),
        ("9月20日", date(2026, 11, 20), date(2027, 9, 20)),
        ("1月5日", date(2026, 11, 20), date(2027, 1, 5)),
        ("12月28日", date(2027, 1, 5), date(2026, 12, 28)),
        ("12月28日", date(2027, 1, 20), date(2027, 12, 28)),
        ("2月29日", date(2026, 11, 20), date(2028, 2, 29)),
        ("15号", date(2026, 11, 20), date(2026, 12, 15)),
        ("31日", date(2026, 11, 20), date(2026, 12, 31)),
        ("明年3月1日", date(2026, 11, 20), date(2027, 3, 1)),
        ("一个月后", date(2026, 1, 31), date(2026, 2, 28)),
        ("12月底", date(2026, 11, 20), date(2026, 12, 31)),
        ("2月底", date(2026, 11, 20), date(2027, 2, 28)),
    ],
)
def test_the_year_that_is_left_out_is_the_nearest_that_makes_sense(text: str, today: date, day: date) -> None:
    assert read_date(text, today) == day


@pytest.mark.parametrize(
    "text",
    [
        "尽快",
        "尽快完成",
        "儘快",
        "越快越好",
        "ASAP",
        "a.s.a.p.",
        "as soon as possible",
        "soon",
        "待定",
        "TBD",
        "to be confirmed",
        "近期",
        "下周",
        "下週",
        "本月",
        "下个月",
        "月初",
        "周末",
        "next week",
        "end of next week",
        "next month",
        "明年",
        "later",
        "when possible",
    ],
)
def test_a_vague_word_is_no_day_and_said_to_be_vague(text: str) -> None:
    assert read_date(text, TODAY) is None
    assert is_vague(text)


@pytest.mark.parametrize(
    "text", ["12月1日", "下周五", "月底", "no later than 2026-12-01", "明年3月1日", "end of month"]
)
def test_what_names_a_day_is_not_vague(text: str) -> None:
    assert not is_vague(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "高",
        "2026-02-30",
        "2月30日",
        "13月1日",
        "2026-13-01",
        "01/02/2026",
        "01-02-2026",
        "2026年12月",
        "12月",
        "REQ-2026-0001",
        "192.168.1.12",
        "13812345678",
        "5-7天",
        "1/2 of them",
        "版本 12.1 的功能",
        "周一鸣",
        "每周五",
        "every Friday",
        "3月5个",
        "12月1日、12月5日",
        "Monday or Tuesday",
        "两三天内",
        "99999天后",
        "10:30",
    ],
)
def test_what_is_no_certain_day_is_not_read(text: str) -> None:
    assert read_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12月1日至5日", ["2026-12-01", "2026-12-05"]),
        ("12月1-5日", ["2026-12-01", "2026-12-05"]),
        ("2026-12-01 ~ 2026-12-05", ["2026-12-01", "2026-12-05"]),
        ("Dec 1-5", ["2026-12-01", "2026-12-05"]),
        ("12月1日 22:00 至 12月2日 02:00", ["2026-12-01", "2026-12-02"]),
        ("下周一到下周三", ["2026-11-23", "2026-11-25"]),
        ("12月1日（周二）至 12月1日", ["2026-12-01"]),
    ],
)
def test_every_day_of_a_text_is_found_in_its_order(text: str, days: list[str]) -> None:
    assert [day.isoformat() for day in find_dates(text, TODAY)] == days


@pytest.mark.parametrize("text", ["3个工作日内", "三個工作日內", "within 3 working days", "in three business days"])
def test_working_days_are_counted_by_the_calendar_that_is_given(text: str) -> None:
    def count(day: date, n: int) -> date:
        return day + timedelta(days=100 + n)

    assert read_date(text, TODAY, count) == TODAY + timedelta(days=103)
    assert read_date(text, TODAY) is None


@given(st.dates(date(2000, 1, 1), date(2098, 12, 31)), st.dates(date(2001, 1, 1), date(2090, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_a_whole_date_is_read_whatever_today_is(day: date, today: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日前",
        f"by {day.day} {day:%b} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%d.%m.%Y}",
        f"民國{day.year - 1911}年{day.month}月{day.day}日",
    ):
        assert read_date(text, today) == day


@given(st.dates(date(2001, 1, 1), date(2090, 12, 31)), st.dates(date(2001, 1, 1), date(2090, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_a_date_without_year_is_never_more_than_sixty_days_back(day: date, today: date) -> None:
    found = read_date(f"{day.month}月{day.day}日", today)
    assert found is not None
    assert (found.month, found.day) == (day.month, day.day)
    assert (today - found).days <= 60


# --- amounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("10万元", "100000"),
        ("10 萬元", "100000"),
        ("¥100,000", "100000"),
        ("￥100,000.50", "100000.5"),
        ("100000", "100000"),
        ("100000元", "100000"),
        ("人民币10万元整", "100000"),
        ("RMB 100k", "100000"),
        ("十万", "100000"),
        ("十五万元", "150000"),
        ("一百二十万", "1200000"),
        ("3千", "3000"),
        ("1.2百万", "1200000"),
        ("2亿", "200000000"),
        ("5-10万", "50000-100000"),
        ("5～10 万元", "50000-100000"),
        ("5万至10万", "50000-100000"),
        ("5万元-10万元", "50000-100000"),
        ("50000-100000", "50000-100000"),
        ("USD 3k", "USD 3000"),
        ("USD 3k-5k", "USD 3000-5000"),
        ("$3,000", "USD 3000"),
        ("3000美元", "USD 3000"),
        ("€1.5m", "EUR 1500000"),
        ("HK$ 5000", "HKD 5000"),
        ("新台幣 5000 元", "TWD 5000"),
        ("约10万左右", "100000"),
        ("不超过10万", "100000"),
        ("10万以内（含税）", "100000"),
        ("3人，10万元", "100000"),
        ("0", "0"),
        ("", ""),
        ("待定", ""),
        ("软件5万，硬件10万", ""),
        ("10-5万", ""),
        ("人民币壹拾万元整", "100000"),
        ("貳拾伍萬元整", "250000"),
        ("€1.234,56", "EUR 1234.56"),
        ("1.234.567 EUR", "EUR 1234567"),
        ("EUR 1.234", ""),
        ("1.255万", "12550"),
        ("13812345678901234567", ""),
        ("以上三项我不清楚怎么填", ""),
        ("3 servers", ""),
        ("见2.1节", ""),
        ("2台服务器，共10万元", "100000"),
        ("5000左右", "5000"),
        ("100000（含税）", "100000"),
    ],
)
def test_an_amount_of_money_has_one_canonical_text(text: str, canonical: str) -> None:
    assert str(read_money(text) or "") == canonical


def test_an_amount_keeps_its_upper_bound_and_currency() -> None:
    assert read_money("EUR 1-2k") == Money(Decimal(1000), Decimal(2000), "EUR")


@given(st.integers(0, 10**12))
@settings(max_examples=200, deadline=None)
def test_a_canonical_amount_is_read_as_itself(number: int) -> None:
    for money in (
        Money(Decimal(number)),
        Money(Decimal(number), None, "USD"),
        Money(Decimal(number), Decimal(number + 1)),
    ):
        assert read_money(str(money)) == money


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("60%", 60),
        ("60％", 60),
        ("60 %", 60),
        ("百分之六十", 60),
        ("百分之60", 60),
        ("60", 60),
        ("约60", 60),
        ("60 percent", 60),
        ("已完成60%，还有风险", 60),
        ("六成", 60),
        ("一半", 50),
        ("33.3%", 33),
        ("100%", 100),
        ("0%", 0),
        ("120%", None),
        ("-5%", None),
        ("60%到80%", None),
        ("第3项", None),
        ("", None),
        ("大部分", None),
    ],
)
def test_a_percentage_is_read(text: str, percent: int | None) -> None:
    assert read_percent(text) == percent


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("120", "120"),
        ("约 1,200 人", "1200"),
        ("1.5万", "15000"),
        ("十二个", "12"),
        ("-3", "-3"),
        ("3 或 4", None),
        ("无", None),
    ],
)
def test_a_number_is_read_whatever_it_counts(text: str, number: str | None) -> None:
    assert read_number(text) == (None if number is None else Decimal(number))


# --- choices -------------------------------------------------------------------------------------

LEVELS = {"high": ("高", "P1", "紧急"), "medium": ("中", "P2"), "low": ("低", "P3", "不急")}


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("高", "high"),
        ("高。", "high"),
        ("高（P1）", "high"),
        ("P1", "high"),
        ("ｐ１", "high"),
        ("P1 高", "high"),
        ("P1：高", "high"),
        ("高，影响全公司", "high"),
        ("高优先级", "high"),
        ("緊急", "high"),
        ("High", "high"),
        ("HIGH priority", "high"),
        ("**medium**", "medium"),
        ("Medium (P2)", "medium"),
        ("低 / P3", "low"),
        ("□高 ☑中 □低", "medium"),
        ("□高  ■中  □低", "medium"),
        ("[ ] High [x] Medium [ ] Low", "medium"),
        ("( )高 (√)中 ( )低", "medium"),
        ("☑高 ☑中 □低", None),
        ("□高 □中 □低", None),
        ("高/中/低", None),
        ("高（P3）", None),
        ("特急", None),
        ("不高", None),
        ("not high", None),
        ("", None),
    ],
)
def test_a_choice_is_read_by_its_key_or_one_of_its_words(text: str, choice: str | None) -> None:
    assert read_choice(text, LEVELS) == choice


# --- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("张伟", "zhang.wei@example.com"),
        ("張偉", "zhang.wei@example.com"),
        ("张 伟", "zhang.wei@example.com"),
        ("@张工", "zhang.wei@example.com"),
        ("张工", "zhang.wei@example.com"),
        ("张伟经理", "zhang.wei@example.com"),
        ("老张", "zhang.wei@example.com"),
        ("王经理", "wang.lei@example.com"),
        ("陈总", "chen.jing@example.com"),
        ("陈静", "chen.jing@example.com"),
        ("欧阳工", "ouyang@example.com"),
        ("志远", "ouyang@example.com"),
        ("宋和平", "heping@example.com"),
        ("Tom Green", "tom.green@example.com"),
        ("GREEN Tom", "tom.green@example.com"),
        ("Mr. Green", "tom.green@example.com"),
        ("Ms Brown", "emma.brown@example.com"),
        ("emma", "emma.brown@example.com"),
        ("@emma.brown", "emma.brown@example.com"),
        ("刘伟（财务部）", "wei.two@example.com"),
        ("Li.Na@Example.com", "li.na@example.com"),
        ("李娜 <li.na@example.com>", "li.na@example.com"),
        ("stranger@elsewhere.example", "stranger@elsewhere.example"),
    ],
)
def test_a_person_is_found_by_what_others_call_them(text: str, address: str) -> None:
    (found,) = read_people(text, PEOPLE)
    assert found.address == address
    assert found.candidates == (address,)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("李工", ("li.na@example.com", "li.qiang@example.com")),
        ("Tom", ("tom.green@example.com", "tom.white@example.com")),
        ("刘伟", ("wei.one@example.com", "wei.two@example.com")),
        ("赵敏", ()),
        ("外部顾问", ()),
        ("小赵", ()),
    ],
)
def test_a_name_that_several_or_none_bear_has_no_address(text: str, candidates: tuple[str, ...]) -> None:
    assert read_people(text, PEOPLE) == (Found(text, "", candidates),)


@pytest.mark.parametrize(
    "text",
    [
        "张伟、王磊",
        "张伟，王磊",
        "张伟；王磊",
        "张伟/王磊",
        "张伟和王磊",
        "张伟 王磊",
        "张伟\n王磊",
        "@张工 @王工",
        "张伟, and 王磊",
        "张伟 & 王磊",
        "张伟 <zhang.wei@example.com>, 王磊 <wang.lei@example.com>",
    ],
)
def test_several_people_are_told_apart(text: str) -> None:
    assert [found.address for found in read_people(text, PEOPLE)] == ["zhang.wei@example.com", "wang.lei@example.com"]


def test_a_name_that_holds_the_word_for_and_is_one_name() -> None:
    found = read_people("宋和平和李娜", PEOPLE)
    assert [each.address for each in found] == ["heping@example.com", "li.na@example.com"]


def test_an_unknown_name_beside_a_known_one_is_kept_by_itself() -> None:
    assert [(each.text, each.address) for each in read_people("李娜和小赵", PEOPLE)] == [
        ("李娜", "li.na@example.com"),
        ("小赵", ""),
    ]


@pytest.mark.parametrize("text", ["", "无", "待定", "TBD", "-", "none"])
def test_nobody_is_nobody(text: str) -> None:
    assert read_people(text, PEOPLE) == ()


def test_an_address_that_a_person_also_has_leads_to_their_first() -> None:
    directory = Directory(
        {"a@example.com": Person("a@example.com", "安娜", aliases=("b@example.com",), also=("Anna",))}
    )
    assert [each.address for each in read_people("b@example.com", directory)] == ["a@example.com"]
    assert [each.address for each in read_people("anna", directory)] == ["a@example.com"]


@pytest.mark.parametrize(
    ("text", "ids", "unknown"),
    [
        ("销售部", ("sales",), ()),
        ("銷售部", ("sales",), ()),
        ("销售、财务", ("sales", "finance"), ()),
        ("IT和财务部", ("it", "finance"), ()),
        ("Sales, Finance department", ("sales", "finance"), ()),
        ("销售部：提供数据；财务部（预算）", ("sales", "finance"), ()),
        ("- 销售部：提供数据、样例\n- 财务部：预算", ("sales", "finance"), ()),
        ("信息技术部 法务部", ("it",), ("法务部",)),
        ("法务部", (), ("法务部",)),
        ("全公司", ("it", "sales", "finance"), ()),
        ("无", (), ()),
        ("", (), ()),
    ],
)
def test_departments_are_found_by_name(text: str, ids: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert read_departments(text, PEOPLE) == (ids, unknown)


# --- any text ------------------------------------------------------------------------------------

_PIECES = (
    "2026 12 1 - / . 年 月 日 号 前 周 星期 五 下 本 天 后 内 三 十 two weeks in next Friday Dec "
    "¥ $ 万 % 百分之 张 伟 和 、 @ < > ( ) （ 工 a@b.c \n"
)
PIECES = st.sampled_from(_PIECES.split(" "))
ANY_TEXT = st.one_of(
    st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES, max_size=60).map(" ".join)
)

READERS: list[Callable[[str], object]] = [
    lambda text: find_dates(text, TODAY),
    is_vague,
    read_money,
    read_percent,
    read_number,
    lambda text: read_choice(text, LEVELS),
    lambda text: read_people(text, PEOPLE),
    lambda text: read_departments(text, PEOPLE),
]


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_no_text_makes_a_reader_fail(text: str) -> None:
    for read in READERS:
        read(text)


@given(ANY_TEXT, st.sampled_from([date.min, date.max, date(2026, 11, 20), date(2024, 2, 29)]))
@settings(max_examples=200, deadline=None)
def test_no_day_makes_a_reader_of_days_fail(text: str, today: date) -> None:
    find_dates(text, today)


@pytest.mark.parametrize(
    "piece",
    ["1", "一", "12月", "2026-", "(", "（", "张和", "张 ", "a@", "<", "in ", "周", "1,000", "- ", "、", "\n", "￥1"],
)
def test_reading_a_huge_text_takes_no_longer_than_its_beginning(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    for read in READERS:
        read(text)
    assert time.process_time() - started < 2.0
