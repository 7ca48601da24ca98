"""HTML to readable text and to HTML that is safe to show."""

import time

import pytest

from mailflow.mail.html import html_to_text
from mailflow.mail.parse import parse


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two<br></div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("a<br>b<br/>c", "a\nb\nc"),
        (
            '<p class="MsoNormal">one</p><p class="MsoNormal">&nbsp;</p><p class=MsoNormal>two</p>',
            "one\n\ntwo",
        ),
        ("<ul><li>one</li><li>two</li></ul><ol><li>x<li>y</ol>", "- one\n- two\n1. x\n2. y"),
        ("<b>bold</b> and   <i>italic</i>,\n joined", "bold and italic, joined"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("yes<blockquote>was it?<br>really?</blockquote>no", "yes\n\n> was it?\n> really?\n\nno"),
        ('<blockquote style="margin:0 0 0 40px;border:none">indented</blockquote>', "indented"),
        ("<script>alert(1)</script><style>p{}</style><title>t</title>seen", "seen"),
        ('<div style="display:none">hidden</div><span hidden>too</span>seen', "seen"),
        ("<!-- c --><![if mso]>x<![endif]>", "x"),
        (
            "<table><tr><th>任务</th><th>负责人</th></tr><tr><td>接口</td><td>李明</td></tr></table>",
            "任务 | 负责人\n接口 | 李明",
        ),
        ("&lt;b&gt; &amp; &#20013;", "<b> & 中"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("no tags at all", "no tags at all"),
        ("", ""),
    ],
)
def test_a_page_reads_as_it_looks(html: str, text: str) -> None:
    assert html_to_text(html)[0] == text


def test_words_cells_become_one_line_a_row() -> None:
    cell = "<td><p class=MsoNormal>{}</p></td>"
    rows = "".join(
        "<tr>" + "".join(cell.format(one) for one in row) + "</tr>" for row in (("任务", "截止"), ("接口", "5/1"))
    )
    text, tables = html_to_text(f"<p>见表：</p><table>{rows}</table><p>完</p>")
    assert text == "见表：\n\n任务 | 截止\n接口 | 5/1\n\n完"
    assert tables == [(("任务", "截止"), ("接口", "5/1"))]


def test_a_layout_table_keeps_its_paragraphs() -> None:
    text, _ = html_to_text(
        "<table><tr><td><p>one</p><p>two</p></td><td>x</td></tr><tr><td>y</td><td>z</td></tr></table>"
    )
    assert text.split() == ["one", "two", "x", "y", "z"]


def test_the_page_is_read_rather_than_a_stub_beside_it() -> None:
    content = (
        b"From: a@b.c\nContent-Type: multipart/alternative; boundary=x\n\n"
        b"--x\n\nYour program cannot show HTML.\n--x\nContent-Type: text/html\n\n<p>approve</p><p>and thanks</p>\n--x--"
    )
    assert parse(content).own == "approve\n\nand thanks"


def test_a_quote_in_html_is_told_from_the_answer() -> None:
    page = (
        '<div dir="ltr">同意</div><br><div class="gmail_quote"><div class="gmail_attr">王芳 &lt;w@b.c&gt; '
        "于2026年4月21日周二 09:09写道：<br></div><blockquote>请审批</blockquote></div>"
    )
    mail = parse(b"From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n" + page.encode())
    assert mail.own == "同意"
    assert "> 请审批" in mail.removed


def test_a_cell_over_several_rows_stands_in_each_of_them() -> None:
    page = (
        "<table><tr><td>任务<td>负责人<td>截止</tr><tr><td>培训<td rowspan=2>李娜<td>12月5日</tr>"
        "<tr><td>验收<td>12月9日</tr></table>"
    )
    text, tables = html_to_text(page)
    assert tables == [(("任务", "负责人", "截止"), ("培训", "李娜", "12月5日"), ("验收", "李娜", "12月9日"))]
    assert text.endswith("验收 | 李娜 | 12月9日")


def test_a_cell_over_several_columns_keeps_the_others_in_their_places() -> None:
    page = (
        "<table><tr><td>任务<td>人<td>时间</tr><tr><td colspan=2>评审<td>12月5日</tr><tr><td colspan=3>完</tr></table>"
    )
    assert html_to_text(page)[1] == [(("任务", "人", "时间"), ("评审", "", "12月5日"), ("完",))]


@pytest.mark.parametrize(
    "page",
    ["<div><p>" * 50_000 + "</b>" * 200_000, "<table>" + "<tr><td>a<td>b" * 200_000, "<" * 2_000_000,
     "<table>" + "<tr><td rowspan=99999 colspan=99999>a" * 50_000],
    ids=["many open, many closed", "rows", "angles", "spans"],
)  # fmt: skip
def test_a_hostile_page_is_read_soon(page: str) -> None:
    begun = time.process_time()
    html_to_text(page)
    assert time.process_time() - begun < 2


def test_what_takes_no_height_is_hidden() -> None:
    assert html_to_text('<div style="height:0;width:0;overflow:hidden">preview</div><p>seen</p>')[0] == "seen"


def test_a_style_without_end_takes_no_time() -> None:
    begin = time.process_time()
    assert html_to_text('<p style="' + "height:0;" * 200_000 + '">x</p>')[0] == "x"
    assert time.process_time() - begin < 2
