"""What is written is found as people search for it, in either script, case and width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.reading.words import LONGEST, excerpt, hits, terms, tokens

TEXT = "月度報表增加导出，见 Sales_Report-final.XLSX（REQ-2026-0007，约 1,200.50 元）。E-mail: z.wei@example.com"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("月度报表", ["月度", "度报", "报表", "表"]),
        ("周報", ["周报", "报"]),
        ("好", ["好"]),
        ("REQ-2026-0007", ["req-2026-0007", "req"]),
        ("1,200.50 和 ２０２６", ["1200.50", "和", "2026"]),
        ("ＶＰＮ故障", ["vpn", "故障", "障"]),
        ("… !? 、", []),
        ("a" * 200, ["a" * LONGEST]),
    ],
)
def test_a_text_is_found_by_pairs_words_and_numbers(text: str, found: list[str]) -> None:
    assert tokens(text) == found


@pytest.mark.parametrize(
    "query",
    [
        "报表",
        "報表",
        "月度报表",
        "度",
        "表",
        "增加 导出",
        "导出 增加",
        "req-2026-0007",
        "REQ－2026－0007",
        "sales",
        "sales_report-final.xlsx",
        "xlsx",
        "1200.50",
        "z.wei@example.com",
        "fin",
        "月度报表 sales",
    ],
)
def test_a_query_finds_what_has_all_its_words(query: str) -> None:
    assert hits(terms(query), TEXT)


@pytest.mark.parametrize("query", ["周报", "报表 周报", "表月", "2026-0007", "0007", "port", "度增", "120"])
def test_a_query_does_not_find_what_lacks_one(query: str) -> None:
    assert not hits(terms(query), TEXT)


def test_a_query_without_words_has_no_terms() -> None:
    assert terms(" ？！- ") == ()


def test_an_excerpt_is_the_line_with_most_of_the_words() -> None:
    text = "第一行\n报表在这里\n  故障的报表   在这里\n"
    assert excerpt(text, terms("報表 故障")) == "故障的报表 在这里"
    assert excerpt(text, terms("周报")) == ""


def test_an_excerpt_of_a_long_line_stands_round_the_word() -> None:
    found = excerpt("前" * 500 + "报表" + "后" * 500, terms("报表"))
    assert "报表" in found and found.startswith("…") and found.endswith("…") and len(found) <= 102


@given(st.text())
def test_every_text_is_found_by_itself_and_its_tokens_are_words_of_the_index(text: str) -> None:
    assert hits(terms(text), text)
    assert not any(each.isspace() or each in "\"'*()" for token in tokens(text) for each in token)
    excerpt(text, terms(text))
