"""Whatever stands in a text, a page or a file, its words and tables are read: no exception, and soon."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

import docx
import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from mailflow.mail.html import html_to_text
from mailflow.mail.model import Attachment, Mail
from mailflow.mail.reply import own_words
from mailflow.mail.tables import attached_tables, text_tables

PIECES = st.lists(
    st.sampled_from(
        ["> ", "在 2026-11-20 09:09，IT <it@example.com> 写道：", "On Fri, Nov 20, 2026 at 9:09 AM, IT wrote:",
         "wrote:", "From: a@b.c", "Sent: x", "Subject: x", "发件人：", "日期：", "主题：", "-- ", "—", "_" * 32,
         "-----Original Message-----", "原始邮件", "签名由网易邮箱大师定制", "| |", "|", "\t", "a | b", "|---|---|",
         "｜", "同意", "li.na@example.com", "<", ">", ":", "：", "\n", "\n\n", " ", "\u3000", "\r", "\0", "12/1"]
    )
    | st.text(max_size=8),
    max_size=60,
)  # fmt: skip
TAGS = st.lists(
    st.sampled_from(
        ["<table>", "</table>", "<tr>", "</tr>", "<td>", "<td rowspan=3>", "<td colspan=9 rowspan=0>", "<th rowspan=x>",
         "</td>", "<div>", "</div>", "<div style='display:none'>", "<p class=MsoNormal>", "</p>", "<br>", "<hr>", "<b>",
         "</b>", "<blockquote>", "</blockquote>", "<ul><li>", "<ol><li>", "</ol>", "<pre>", "</pre>", "<script>",
         "</script>", "<!--", "-->", "<![if !mso]>", "<?xml", "<", ">", "&nbsp;", "&#x110000;", "&amp", "\xa0",
         "任务", "x"]
    )
    | st.text(max_size=6),
    max_size=80,
)  # fmt: skip


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["任务", "负责人"])
    book.active.append(["接口", 1.5])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def document() -> bytes:
    text = docx.Document()
    text.add_table(rows=2, cols=2).cell(0, 0).text = "任务"
    out = io.BytesIO()
    text.save(out)
    return out.getvalue()


FILES = {
    "a.xlsx": workbook(),
    "a.docx": document(),
    "a.csv": '任务,负责人\n"接口",李娜\n'.encode("gbk"),
    "a.tsv": "任务\t负责人\n".encode("utf-16"),
    "a.yaml": "任务: [接口, 测试]\n负责人: {李娜: 1}\n".encode(),
}


@contextmanager
def soon() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 2


@given(PIECES)
def test_any_text_has_words_of_its_writer_and_tables(pieces: list[str]) -> None:
    text = "".join(pieces)
    with soon():
        reply = own_words(text)
        text_tables(reply.own)
    words = text.split()
    assert sorted(f"{reply.own} {reply.removed}".split()) == sorted(words)


@given(TAGS)
def test_any_page_has_text_and_tables(pieces: list[str]) -> None:
    page = "".join(pieces)
    with soon():
        text, tables = html_to_text(page)
    text.encode("utf-8")
    assert all(len(rows) >= 2 and all(isinstance(cell, str) for row in rows for cell in row) for rows in tables)


@given(st.sampled_from(sorted(FILES)), st.data())
def test_any_damage_leaves_a_file_with_or_without_tables(name: str, data: st.DataObject) -> None:
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    mail = Mail("digest", "subject", attachments=(Attachment(name, "application/octet-stream", bytes(content)),))
    with soon():
        attached_tables(mail)
