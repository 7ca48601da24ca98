"""Tables in text, in pages, and in attached files."""

import io
import time
import zipfile
from datetime import datetime

import docx
import openpyxl
import pytest

from mailflow.mail.model import Attachment, Mail, Table
from mailflow.mail.parse import parse
from mailflow.mail.tables import attached_tables, text_tables

ROWS = (("任务", "负责人", "截止"), ("接口", "李明", "5/1"))


@pytest.mark.parametrize(
    "text",
    [
        "| 任务 | 负责人 | 截止 |\n| --- | :-: | --- |\n| 接口 | 李明 | 5/1 |",
        "任务 | 负责人 | 截止\n-----+-----+----\n接口 | 李明 | 5/1",
        "任务｜负责人｜截止\n接口｜李明｜5/1",
        "任务\t负责人\t截止\n接口\t李明\t5/1",
        "任务      负责人    截止\n接口      李明      5/1",
        "任务　　负责人　　截止\n接口　　李明　　5/1",
        "前言\n\n| 任务 | 负责人 | 截止 |\n| 接口 | 李明 | 5/1 |\n\n后记",
    ],
)
def test_rows_of_cells_are_a_table(text: str) -> None:
    assert text_tables(text) == (ROWS,)


@pytest.mark.parametrize(
    "text",
    [
        "one | two",
        "a  gap\nand  another",
        "a  b  c\nd  e  f  g",
        "a sentence\nand another",
        "| --- | --- |",
        "",
        "a\tb",
    ],
)
def test_less_than_two_rows_are_no_table(text: str) -> None:
    assert text_tables(text) == ()


def test_empty_cells_keep_their_place() -> None:
    assert text_tables("| a | | c |\n| 1 | 2 | |") == ((("a", "", "c"), ("1", "2", "")),)


def test_two_tables_are_two() -> None:
    assert len(text_tables("|a|b|\n|1|2|\n\n|c|d|\n|3|4|")) == 2


def test_own_and_quoted_tables_are_told_apart() -> None:
    table = "| a | b |\n| 1 | 2 |\n"
    quoted = "> | c | d |\n> | 3 | 4 |\n"
    mail = parse(f"From: a@b.c\nSubject: x\n\n{table}\nOn 1 May 2026, Li <l@b.c> wrote:\n{quoted}".encode())
    assert mail.tables == (Table("own", (("a", "b"), ("1", "2"))), Table("quote", (("c", "d"), ("3", "4"))))


def test_tables_of_a_page_are_told_apart_too() -> None:
    def table(one: str, two: str) -> str:
        return f"<table><tr><td>{one}</td><td>{one}</td></tr><tr><td>{two}</td><td>{two}</td></tr></table>"

    page = f"{table('甲', '乙')}<div>On 1 May 2026, L wrote:<blockquote>{table('丙', '丁')}</blockquote></div>"
    mail = parse(b"From: a@b.c\nContent-Type: text/html; charset=utf-8\n\n" + page.encode())
    assert [(one.where, one.rows[0][0]) for one in mail.tables] == [("own", "甲"), ("quote", "丙")]


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> tuple[Table, ...]:
    return attached_tables(Mail("d", "s", attachments=(Attachment(name, kind, content),))).tables


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["任务", "截止", "工时", None],
        ["接口", datetime(2026, 5, 1), 2.0, None],
        [None, None, None, None],
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbooks_sheets_are_tables() -> None:
    rows = (("任务", "截止", "工时"), ("接口", "2026-05-01", "2"))
    assert attached("清单.XLSX", workbook()) == (Table("清单.XLSX", rows),)


def sheet_of(*rows: list[object], merged: tuple[str, ...] = (), hidden: bool = False) -> tuple[Table, ...]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for each in merged:
        sheet.merge_cells(each)
    if hidden:
        book.create_sheet("选项").append(["优先级", "高"])
        book.worksheets[1].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return attached("a.xlsx", out.getvalue())


def test_a_merged_cell_of_a_sheet_holds_for_each_of_its_rows() -> None:
    rows = (
        [None, "行动项", None],
        ["任务", "负责人", "截止"],
        ["接口", "李明", "5/1"],
        ["测试", None, "5/2"],
        ["上线", None, None],
    )
    (table,) = sheet_of(*rows, merged=("B1:C1", "B3:B5", "C4:C5"))
    assert table.rows[1:] == (
        ("任务", "负责人", "截止"),
        ("接口", "李明", "5/1"),
        ("测试", "李明", "5/2"),
        ("上线", "李明", "5/2"),
    )


def test_a_merged_cell_of_absurd_size_is_read_soon() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(out, "w") as absurd:
        for one in source.namelist():
            span = b'</sheetData><mergeCells count="1"><mergeCell ref="D1:XFD1048576"/></mergeCells>'
            absurd.writestr(one, source.read(one).replace(b"</sheetData>", span))
    begun = time.process_time()
    assert attached("a.xlsx", out.getvalue())[0].rows[0] == ("任务", "截止", "工时")
    assert time.process_time() - begun < 1


def test_a_hidden_sheet_is_not_read() -> None:
    assert len(sheet_of(["优先级", "低"], hidden=True)) == 1


def test_percents_of_a_sheet_are_shown_as_such() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["进度", 0.6])
    book.active["B1"].number_format = "0%"
    out = io.BytesIO()
    book.save(out)
    assert attached("a.xlsx", out.getvalue())[0].rows == (("进度", "60%"),)


@pytest.mark.parametrize(
    ("form", "shown"),
    [('0"万元"', "10万元"), ('#,##0.00"人天"', "10人天"), ('"¥"#,##0', "¥10"), ("[$USD] #,##0", "USD10"), ("0.00", "10"),
     ("General", "10"), ('0,"千"', "10"), ("[Red]0", "10")],
)  # fmt: skip
def test_the_unit_that_a_numbers_format_shows_is_read(form: str, shown: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["预算", 10])
    sheet["B1"].number_format = form
    out = io.BytesIO()
    book.save(out)
    assert attached("a.xlsx", out.getvalue()) == (Table("a.xlsx", (("预算", shown),)),)


def test_a_separated_file_may_begin_with_a_title() -> None:
    assert attached("a.csv", "行动项\n任务;负责人\n接口;李明\n".encode())[0].rows[1:] == (
        ("任务", "负责人"),
        ("接口", "李明"),
    )


def test_a_documents_paragraphs_are_lines_between_its_tables() -> None:
    document = docx.Document()
    document.add_heading("申请", level=1)
    document.add_paragraph("业务目标：缩短对账")
    document.add_paragraph("接口，李明，5月1日", style="List Number")
    table = document.add_table(3, 2)
    for index, text in enumerate(("任务", "负责人", "接口", "李明", "测试", "")):
        table.cell(index // 2, index % 2).text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    document.add_paragraph("预算\t10万")
    out = io.BytesIO()
    document.save(out)
    assert [each.rows for each in attached("a.docx", out.getvalue())] == [
        (("# 申请",), ("业务目标：缩短对账",), ("- 接口，李明，5月1日",)),
        (("任务", "负责人"), ("接口", "李明"), ("测试", "李明")),
        (("预算\t10万",),),
    ]


def test_a_documents_tables_are_read() -> None:
    document = docx.Document()
    table = document.add_table(2, 2)
    for index, text in enumerate(("任务", "负责人", "接口", "李明")):
        table.cell(index // 2, index % 2).text = text
    out = io.BytesIO()
    document.save(out)
    assert attached("a.docx", out.getvalue())[0].rows == (("任务", "负责人"), ("接口", "李明"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "任务,负责人,截止\n接口,李明,5/1\n".encode("gbk")),
        ("a.csv", "\ufeff任务;负责人;截止\r\n接口;李明;5/1\r\n".encode()),
        ("a.tsv", "任务\t负责人\t截止\n接口\t李明\t5/1\n".encode()),
        ("a.csv", '任务,负责人,截止\n"接口",李明,"5/1"\n'.encode("utf-16")),
    ],
)
def test_separated_values_are_read_in_any_charset(name: str, content: bytes) -> None:
    assert attached(name, content) == (Table(name, ROWS),)


def test_an_archive_that_unpacks_too_far_has_no_tables() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for one in source.namelist():
            bomb.writestr(one, source.read(one))
        bomb.writestr("xl/media/bomb", b"0" * 70_000_000)
    assert attached("a.xlsx", out.getvalue()) == ()


@pytest.mark.parametrize(
    ("content", "tables"),
    [
        (
            "优先级: 高\n交付: 2026-12-01\n部门: [财务, 销售]",
            [(("优先级", "高"), ("交付", "2026-12-01"), ("部门", "财务, 销售"))],
        ),
        ("- 优先级: 高\n- 预算: 10", [(("优先级", "高"), ("预算", "10"))]),
        ("需求:\n  优先级: 高\n  预算: 10", [(("优先级", "高"), ("预算", "10"))]),
        (
            "主题: 周会\n任务:\n- {任务: 接口, 负责人: 李明}\n- {任务: 上线, 截止: 5/2}",
            [(("主题", "周会"),), (("任务", "负责人", "截止"), ("接口", "李明", ""), ("上线", "", "5/2"))],
        ),
    ],
)
def test_a_form_or_a_list_in_yaml_is_read(content: str, tables: list[tuple[tuple[str, ...], ...]]) -> None:
    assert [table.rows for table in attached("a.yaml", content.encode())] == tables


@pytest.mark.parametrize("content", [b"a: b\n" * 300_000, b"[" * 300_000], ids=["lines", "depth"])
def test_a_hostile_form_in_yaml_is_given_up_soon(content: bytes) -> None:
    begun = time.process_time()
    assert attached("a.yaml", content) == ()
    assert time.process_time() - begun < 1


def test_a_sheet_too_long_for_a_form_is_given_up_soon() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for _ in range(12_000):
        sheet.append(["cell"] * 30)
    out = io.BytesIO()
    book.save(out)
    begun = time.process_time()
    assert attached("a.xlsx", out.getvalue()) == ()
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx", "a.csv", "a.tsv", "a.pdf"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\0" * 100])
def test_damaged_files_have_no_tables(name: str, content: bytes) -> None:
    assert attached(name, content) == ()


@pytest.mark.parametrize("name", ["form.xlsx", "form.docx", "form.yaml"])
def test_a_file_that_cannot_be_opened_is_named(name: str) -> None:
    damaged = Attachment(name, "application/octet-stream", b"PK\x03\x04: [broken")
    fine = Attachment("form.csv", "text/csv", b"goal,x\ndue,y\n")
    other = Attachment("photo.jpg", "image/jpeg", b"\xff\xd8")
    found = attached_tables(Mail("d", "s", attachments=(damaged, other, fine)))
    assert found.unreadable == (name,)
    assert [each.where for each in found.tables] == ["form.csv"]
