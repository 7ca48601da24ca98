"""Bytes to text where the label may lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.mail.charset import codec, decode, scrub


@pytest.mark.parametrize(
    ("text", "encoded_as", "label"),
    [
        ("镕基，喆、㊣ 測試", "gb18030", "gb2312"),
        ("中文測試", "gbk", "GBK"),
        ("中文", "gbk", "x-gbk"),
        ("中文", "gbk", "cp936"),
        ("中文", "gbk", "iso-gb2312"),
        ("報表匯出 瞭解", "cp950", "big5"),
        ("香港嘅㗎", "big5hkscs", "Big5"),
        ("①株式会社", "cp932", "shift_jis"),
        ("한국어 뷁", "cp949", "ks_c_5601-1987"),
        ("会議の件", "iso2022_jp", "iso-2022-jp"),
        ("Grüße – „x“", "cp1252", "iso-8859-1"),
        ("Привет", "koi8_r", "koi8-r"),
        ("需求", "utf-8", "utf8"),
        ("需求", "utf-8", '"UTF-8"'),
        ("需求", "utf-8", "unknown-8bit"),
        ("需求", "utf-8", ""),
        ("需求单", "utf-8", "gb2312"),
        ("Grüße", "utf-8", "iso-8859-1"),
        ("Grüße", "utf-8", "us-ascii"),
        ("请问这个需求什么时候可以完成", "gbk", ""),
        ("會議紀錄與系統變更申請單", "big5", ""),
        ("整体提升企业服务水平", "gbk", "iso-8859-1"),
        ("会議", "cp932", "iso-2022-jp"),
        ("需求", "utf-16", "utf-16"),
        ("需求报表 abc", "utf-16-le", "utf-16"),
        ("需求报表 abc", "utf-16-be", "utf-16"),
        ("您好，請處理門市報表", "big5", "gb2312"),
        ("這是繁體中文的內容，請確認後回覆", "gbk", "gb2312"),
    ],
)
def test_text_is_read_whatever_the_label_says(text: str, encoded_as: str, label: str) -> None:
    assert decode(text.encode(encoded_as), label) == text


def test_a_broken_byte_amid_short_utf8_costs_no_more_than_itself() -> None:
    assert decode("请尽快".encode() + b"\xff" + "处理".encode(), "utf-8") == "请尽快\ufffd处理"


def test_two_byte_utf8_in_gbk_stays_chinese() -> None:
    raw = "一些".encode("gbk")
    raw.decode("utf-8")  # it is valid UTF-8, and means something else there
    assert decode(raw, "gbk") == "一些"


def test_iso_2022_jp_with_the_vendors_row_is_read() -> None:
    assert decode(b"\x1b$B-!\x1b(B", "iso-2022-jp") == "①"


@pytest.mark.parametrize("label", ["", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize(
    "text",
    ["Müller änderte die Größe, Straße", "ÄÖÜ äöü ß", "À l’été, où naïf façade", "ØÆÅ øæå", "señor ¿qué? ¡año!", "«»"],
)
def test_european_text_is_not_taken_for_chinese(text: str, label: str) -> None:
    assert decode(text.encode("cp1252"), label) == text


def test_nothing_is_dropped_without_a_trace() -> None:
    broken = "代開发票".encode("gbk") + b"\xff"
    assert decode(broken, "gbk").startswith("代開发票")
    assert len(decode(broken, "gbk")) > 4


@pytest.mark.parametrize("label", ["\0", "utf-8\0", "base64", "rot13", "zlib", "punycode", "idna", "x" * 10_000, "💥"])
def test_names_of_no_charset_are_no_codec(label: str) -> None:
    assert codec(label) in ("", "utf-8")


def test_lone_surrogates_become_replacement_characters() -> None:
    assert scrub("a\udc80b\ud83d\ude00") == "a\ufffdb😀"


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "gb2312", "big5", "iso-2022-jp", "utf-8", "utf-7", "utf-16", "hz", "x"]),
)
def test_any_bytes_give_text_that_can_be_encoded(data: bytes, label: str) -> None:
    decode(data, label, "gb2312").encode("utf-8")
