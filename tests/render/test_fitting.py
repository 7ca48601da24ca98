"""How a value fits among the words of a template, in both scripts, on a screen as narrow as a telephone's."""

import re

import pytest

from mailflow.adapters.markup import convert, hide, reveal


@pytest.mark.parametrize(
    ("before", "value", "after", "said"),
    [
        ("", "Tom Green", "提出了一项需求", "Tom Green 提出了一项需求"),
        ("", "张伟", "提出了一项需求", "张伟提出了一项需求"),
        ("由", "Emma Brown", "处理", "由 Emma Brown 处理"),
        ("由", "赵敏", "处理", "由赵敏处理"),
        ("已过 ", "3 天", " 还没有报齐", "已过 3 天还没有报齐"),
        ("到 ", "2026年12月31日（周四）", " 自动继续", "到 2026年12月31日（周四）自动继续"),
        ("在 ", "2026年12月31日（周四）18:00", " 前", "在 2026年12月31日（周四）18:00 前"),
        ("第", "3", "项", "第 3 项"),
        ("写“表单 ", "变更", "”", "写“表单 变更”"),
        ("写“派 ", "李娜", " 代替”", "写“派 李娜 代替”"),
        ("“", "ERP", "”", "“ERP”"),
        ("It is with ", "陈静", " now", "It is with 陈静 now"),
        ("", "中", " *（默认值）*", "中（默认值）"),
    ],
)
def test_a_value_has_a_space_where_the_scripts_change_and_nowhere_else(
    before: str, value: str, after: str, said: str
) -> None:
    html, text = convert(f"{before}{hide(value)}{after}")
    assert text == said
    if "*" not in after:
        assert said in html
        assert reveal(f"{before}{hide(value)}{after}") == said


def test_lines_of_a_paragraph_join_without_a_gap_in_chinese_and_with_one_in_english() -> None:
    assert "已收到。接下来" in convert("已收到。\n接下来由陈静评估。")[0]
    assert "arrived.\nNext" in convert("It has arrived.\nNext, it is assessed.")[0]


def test_a_very_long_word_may_be_broken_on_a_screen_and_stays_whole_as_text() -> None:
    address = "https://intranet.example.com/reports/monthly/closing?department=finance&year=2026"
    html, text = convert(f"See {hide(address)}")
    assert text == f"See {address}"
    assert max(map(len, re.split("<wbr>|<[^>]*>", html))) < 25
    assert "&amp;" in html


def test_the_number_of_a_record_is_never_broken() -> None:
    assert '<span style="white-space:nowrap">REQ-2026-0001</span>' in convert(hide("REQ-2026-0001"))[0]


def _table(columns: int) -> str:
    rows = ("Label {}", "---", "cell {}")
    return "\n".join("| " + " | ".join(row.format(n) for n in range(columns)) + " |" for row in rows)


def test_a_table_of_few_columns_stays_one_and_a_wide_one_is_written_row_by_row() -> None:
    narrow, wide = convert(_table(4))[0], convert(_table(7))[0]
    assert narrow.count("<th") == 5 and narrow.count("<td") == 4
    assert "<th" not in wide and wide.count("<td") == 1
    assert "<strong>cell 0</strong>" in wide
    assert all(f"Label {n}</span> cell {n}" in wide for n in range(1, 7))


def test_a_row_of_a_wide_table_leaves_out_what_is_empty() -> None:
    header = "| A | B | C | D | E |\n|---|---|---|---|---|\n"
    html, _ = convert(f"{header}| {hide('one')} | {hide('—')} | {hide('')} | – | {hide('five <b>')} |")
    assert "five &lt;b&gt;" in html
    assert not any(f">{label}</span>" in html for label in "BCD")


def test_a_row_that_begins_with_the_number_of_a_record_is_headed_by_what_it_is_about_too() -> None:
    header = "| Id | Title | C | D | E |\n|---|---|---|---|---|\n"
    html, _ = convert(f"{header}| {hide('REQ-2026-0001')} | {hide('Sales by day')} | c | d | e |")
    assert "</span> Sales by day</strong><br>" in html and ">Title</span>" not in html
