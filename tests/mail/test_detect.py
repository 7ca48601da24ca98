"""Bytes without a label, or with a wrong one, read as what people write; what is labelled rightly stays as it is."""

import time

import pytest

from mailflow.mail.charset import decode
from mailflow.mail.detect import detected
from mailflow.mail.parse import parse

SAID = {
    "gb18030": ("系统退信", "关于报表导出的需求", "打印机坏了", "张伟 李娜 王磊", "会议纪要：第一季度项目进展"),
    "big5": ("關於報表匯出的需求", "印表機壞了", "陳志明 林美玲", "會議紀錄：第一季專案進度", "您好，請盡快處理"),
    "shift_jis": ("会議の件", "プリンターが壊れました", "障害報告", "ご確認のほどよろしくお願いいたします。"),
    "euc_jp": ("会議の件", "プリンターが壊れました", "見積書の送付について"),
    "euc_kr": ("프린터가 고장났습니다", "안녕하세요. 확인 부탁드립니다.", "장애 보고", "휴가 신청서"),
    "koi8-r": ("Сломался принтер", "Заявка на доступ", "СРОЧНО: сервер не отвечает", "Иванов Пётр"),
    "cp1251": ("Сломался принтер", "Добрый день! Прошу проверить отчёт.", "Re: Договор № 12"),
    "cp1252": ("Größe prüfen", "Problème d'imprimante", "¿Cuándo estará listo?", "ÄäÖöÜüÄäÖöÜü.txt", "für Sie"),
}
LIES = {
    "gb18030": ("big5", "shift_jis", "euc-kr", "iso-8859-1", "us-ascii", "utf-8", "windows-1251", "x-nobody"),
    "big5": ("gb2312", "gbk", "shift_jis", "iso-8859-1", "utf-8"),
    "shift_jis": ("gb2312", "big5", "iso-8859-1", "iso-2022-jp", "utf-8", "euc-jp"),
    "euc_jp": ("shift_jis", "gb2312", "iso-2022-jp"),
    "euc_kr": ("iso-8859-1", "utf-8"),
    "koi8-r": ("iso-8859-1", "gb2312", "utf-8"),
    "cp1251": ("iso-8859-1", "gb2312", "utf-8"),
}
RARE = {"gbk": ("囧龘爨癵驫", "鑫淼焱垚", "犇骉羴", "①②③★→"), "big5": ("龜鱉鼉黿鱷", "鑫淼焱", "─│┌")}


@pytest.mark.parametrize(("charset", "text"), [(charset, text) for charset, texts in SAID.items() for text in texts])
def test_what_bears_no_label_is_read(charset: str, text: str) -> None:
    assert decode(text.encode(charset)) == text
    assert parse(b"From: a@example.com\nSubject: " + text.encode(charset) + b"\n\n").subject == text
    assert parse(b"From: a@example.com\n\n" + text.encode(charset)).text == text


@pytest.mark.parametrize(
    ("charset", "label"), [(charset, label) for charset, labels in LIES.items() for label in labels]
)
def test_a_label_that_lies_is_not_believed(charset: str, label: str) -> None:
    assert [decode(text.encode(charset), label) for text in SAID[charset]] == list(SAID[charset])


@pytest.mark.parametrize("charset", [*SAID, *RARE])
def test_what_is_labelled_rightly_stays_however_rare_its_characters(charset: str) -> None:
    for text in (*SAID.get(charset, ()), *RARE.get(charset, ())):
        assert decode(text.encode(charset), charset) == text


def test_korean_behind_a_chinese_label_is_read_where_there_is_enough_of_it() -> None:
    text = "매일 수작업으로 집계하고 있어서 시스템에서 자동으로 보고서를 만들어 주시면 감사하겠습니다."
    assert decode(text.encode("euc_kr"), "gb2312") == text


def test_noise_is_not_taken_for_a_language() -> None:
    assert detected(bytes(range(256)) * 20) == "" and detected(b"\x80\xff" * 50) == ""


def test_megabytes_are_told_apart_by_their_beginning() -> None:
    text = "您好，请尽快处理这个问题。\n" * 300_000
    data = text.encode("gb18030")
    begin = time.process_time()
    assert decode(data, "big5") == text
    assert time.process_time() - begin < 2
