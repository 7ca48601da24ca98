"""What the writer of a reply added, in the shapes of the mail programs that people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.mail.reply import own_words

QUOTE = "> 请在周五前完成。\n> 谢谢"
ATTRIBUTIONS = [
    "在 2026/4/24 10:44, 王芳 写道:",
    "在 2026/4/21 下午2:01, 王芳 写道:",
    "于 2026/4/21 14:01, 王芳 写道:",
    "王芳<wang@example.com> 于2026年4月21日周二 9:09写道：",
    "王芳 於 2026年4月21日 週四 下午9:09寫道：",
    '在 2026-04-21 09:09:09，"王芳" <wang@example.com> 写道：',
    "在 2026年4月21日，下午8:45，王芳 <wang@example.com> 写道：",
    "在 2026年4月21日 星期二 下午03:00:00 [GMT+8]， 王芳<wang@example.com> 寫道：",
    "On Tue, Apr 21, 2026 at 9:09 AM Fang Wang <wang@example.com> wrote:",
    "On Tue, Apr 21, 2026 at 9:09 AM Fang Wang <wang@example.com>\nwrote:",
    "On 21.04.26 09:09, Fang Wang via Requests\n<requests@example.com> wrote:",
    "王芳 <wang.fang.of.the.finance.department@example.com>\n于2026年4月21日周二 09:09写道：",
    "Am 21.04.2026 um 09:09 schrieb Fang Wang:",
    "Le mar. 21 avr. 2026 à 09:09, Fang Wang <wang@example.com> a écrit :",
    "El mar, 21 abr 2026 a las 9:09, Fang Wang (<wang@example.com>) escribió:",
    "2026年4月21日(火) 9:09 王芳 <wang@example.com>:",
    "2026年4月21日 (火) 9:09、王芳さんのメッセージ:",
    "2026년 4월 21일 (화) 오전 9:09, 왕팡 <wang@example.com>님이 작성:",
    "вт, 21 апр. 2026 г. в 09:09, Fang Wang <wang@example.com>:",
    "---- On Tue, 21 Apr 2026 09:09:09 +0800 Fang Wang <wang@example.com> wrote ----",
    "---- 在 星期二, 21 四月 2026 09:09:09 +0800 王芳 <wang@example.com> 写道 ----",
    "王芳 2026-04-21 09:09 写道：",
    "wang@example.com 写于 2026-04-21 09:09:",
    "Fang Wang wrote on 21/04/2026 09:09:",
    "Fang Wang a écrit le 21/04/2026 à 09:09 :",
    "W dniu 21.04.2026 o 09:09, Fang Wang pisze:",
    "* Fang Wang <wang@example.com> [2026-04-21 09:09]:",
    "Pada tanggal Sel, 21 Apr 2026 09.09, Fang <wang@example.com> menulis:",
    "في الثلاثاء، ٢١ أبريل ٢٠٢٦ ٩:٠٩ ص Fang <wang@example.com> كتب:",
    "\u202bבתאריך יום ג׳, 21 באפר׳ 2026 ב-9:09 מאת \u202aFang\u202c\u200f <\u202awang@example.com\u202c\u200f>:\u202c",
    "เมื่อ อ. 21 เม.ย. 2026 เวลา 09:09 Fang <wang@example.com> เขียนว่า:",
    "------------------&nbsp;原始邮件&nbsp;------------------",
    "-----Původní zpráva-----",
    "---------- Пересланное сообщение ---------",
    "-----원본 메시지-----",
    "Forwarded message:",
    "----邮件原文----",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_above_the_quote_is_kept_alone(attribution: str) -> None:
    reply = own_words(f"同意，请继续。\n\n{attribution}\n\n{QUOTE}\n")
    assert reply.own == "同意，请继续。"
    assert "请在周五前完成" in reply.removed


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_kept_alone(attribution: str) -> None:
    assert own_words(f"{attribution}\n{QUOTE}\n\n好的，周五前完成。\n").own == "好的，周五前完成。"


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_above_an_unmarked_quote_is_kept_alone(attribution: str) -> None:
    assert own_words(f"驳回：预算不足\n\n{attribution}\n\n请在周五前完成。\n谢谢\n").own == "驳回：预算不足"


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n发自我的 iPhone\n\n"])
@pytest.mark.parametrize(
    "own", ["转给 li.na@example.com", "12 月 1 日可以交付", "延期至 2026-12-01", "On Monday I can.", "在 2 处有问题"]
)
def test_a_line_above_an_attribution_is_no_part_of_it(own: str, gap: str, attribution: str) -> None:
    assert own_words(f"{own}{gap}{attribution}\n{QUOTE}\n").own == own


def test_answers_between_quoted_lines_are_all_kept() -> None:
    text = "On Tue, 21 Apr 2026, Li wrote:\n> first?\n\nYes.\n\n> second?\nNo.\n> third?\n\nPerhaps."
    assert own_words(text).own == "Yes.\n\nNo.\n\nPerhaps."


HEADS = """
-----邮件原件-----
发件人: 王芳 [mailto:wang@example.com]
发送时间: 2026年4月21日 18:05
收件人: 李
主题: Re: x
%
-----原始邮件-----
发件人:王芳 <wang@example.com>
发送时间:2026-04-21 09:09:09 (星期二)
收件人: li@example.com
主题: x
%
------------------ 原始邮件 ------------------
发件人: "王芳" <wang@example.com>;
发送时间: 2026年4月21日(星期二) 上午9:09
主题: x
%
------------------ Original ------------------
From: "Wang" <wang@example.com>;
Date: Tue, Apr 21, 2026 09:09 AM
Subject: x
%
-----Original Message-----
From: Wang
Sent: Tuesday, April 21, 2026
To: Li
Subject: x
%
________________________________
From: Wang <wang@example.com>
Sent: Tuesday
To: Li
Subject: x
%
发件人： wang@example.com
发送时间： 2026-04-21 18:05
收件人： li@example.com
抄送： it@example.com
主题： x
%
From: wang@example.com
Date: 2026-04-21 18:05
To: li@example.com
Subject: x
%
*发件人:* 王芳 <wang@example.com>
*发送时间:* 2026年4月21日
*收件人:* 李
*主题:* x
%
寄件者: 王芳 <wang@example.com>
寄件日期: 2026年4月21日
收件者: 李
主旨: x
%
原始邮件
发件人：王芳<wang@example.com>
发件时间：2026年4月21日 09:09
收件人：李<li@example.com>
主题：x
%
------------------------------------------------------------------
发件人：王芳<wang@example.com>
日　期：2026年04月21日 09:09:09
收件人：李
主　题：x
%
---- 回复的原邮件 ----
| 发件人 | 王芳<wang@example.com> |
| 日期 | 2026年04月21日 |
| 主题 | x |
%
Von: Wang <wang@example.com>
Gesendet: Dienstag, 21. April 2026
An: Li
Betreff: x
%
---------- Forwarded message ---------
From: Wang <wang@example.com>
Date: Tue
Subject: x
To: Li
"""


@pytest.mark.parametrize("head", [head.strip() for head in HEADS.split("%")])
def test_all_below_a_header_block_is_anothers(head: str) -> None:
    reply = own_words(f"已收到，明天处理。\n李明\n\n{head}\n\n请在周五前完成。\n发自我的iPhone")
    assert reply.own == "已收到，明天处理。\n李明"


@pytest.mark.parametrize(
    "signature",
    ["-- \nLi Ming\nTel. 123", "--\n李明", "发自我的iPhone", "發自我的 iPhone", "Sent from my iPad",
     "Get Outlook for iOS", "获取 Outlook for iOS", "从 Windows 版邮件发送", "发自 网易邮箱大师",
     "Von meinem iPhone gesendet", "CONFIDENTIALITY NOTICE: this is\nfor you alone.",
     "本邮件及其附件含有保密信息，仅限于发送给收件人。",
     "重要提示：本邮件及附件具保密性质，包含商业秘密。", "从小米手机发来",
     "| |\n张伟\n|\n|\nzhang@163.com\n|\n签名由网易邮箱大师定制",
     "_______________________________________________\nit mailing list -- it@example.com\nhttps://x/mailman/listinfo/it"],
)  # fmt: skip
def test_signatures_and_footers_are_taken_off(signature: str) -> None:
    assert own_words(f"同意\n\n{signature}\n").own == "同意"


def test_a_gateways_banner_is_taken_off() -> None:
    banner = "CAUTION: This email originated from outside of the organization.\nDo not click links."
    assert own_words(f"{banner}\n\napprove").own == "approve"


@pytest.mark.parametrize("banner", ["[外部邮件] 请谨慎点击链接", "此邮件来自外部，请勿打开可疑附件。"])
def test_a_gateways_chinese_banner_is_taken_off(banner: str) -> None:
    assert own_words(f"{banner}\n\n同意").own == "同意"


def test_a_signature_ruled_off_above_the_quote_is_taken_off() -> None:
    quote = "发件人： IT\n发送时间： 2026-11-20 09:09\n收件人： zhang\n主题： x\n\n请评估"
    assert own_words(f"同意\n\n--------------------\nzhang@example.com\n\n{quote}").own == "同意"


def test_a_signed_text_is_kept_without_its_signature() -> None:
    begin = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    end = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----"
    assert own_words(f"{begin}accept\n{end}").own == "accept"


@pytest.mark.parametrize(
    "text",
    [
        "> only a quote\n> and no more",
        "--\nonly a signature",
        "发自我的iPhone",
        "Sent from my iPhone",
    ],
)
def test_where_nothing_is_left_the_whole_is_kept(text: str) -> None:
    reply = own_words(text)
    assert (reply.own, reply.removed) == (text.strip(), "")


@pytest.mark.parametrize(
    "text",
    [
        "主题：项目周会\n时间：2026-04-21 10:00\n地点：三楼\n参会人员：王芳、李明\n\n1. 上线",
        "| 任务 | 负责人 | 截止 |\n| --- | --- | --- |\n| 接口 | 李明 | 5/1 |",
        "To: all staff\nDate: 21 April\nSubject: moving\n\nWe move on Friday.",
        "On Monday the vendor said:\nit is fixed.",
        "在 2026-04-21 之前完成以下工作:\n1. 接口\n2. 测试",
        "日期：2026-04-21\n\n背景：手工统计太慢",
        "纪要如下：\n日期：2026-11-20\n收件人：全体\n主题：周会\n\n1. 测试 —— 张工，12月1日前",
        "请看：\n\nFrom: Beijing\nTo: Shanghai\nSubject: transfer form\n\nIt needs three columns.",
        "在 2026 年 12 月 1 日的会上，张总提到：\n要做报表。\n请立项。",
    ],
)
def test_a_writers_own_lists_and_memos_stay_whole(text: str) -> None:
    assert own_words(text).own == text


def test_a_name_and_address_behind_a_day_are_an_attribution_only_above_a_quote() -> None:
    assert own_words(f"同意\n\n2026/4/21 Fang Wang <wang@example.com>\n\n{QUOTE}\n").own == "同意"
    table = "分工如下\n2026/4/21 王芳 <wang@example.com>\n2026/4/22 李娜 <li@example.com>"
    assert own_words(table).own == table


@pytest.mark.parametrize(
    "line",
    [
        "来自我的部门的同事会联系您。",
        "Sent from the warehouse on Monday, please check the parcel.",
        "Sent with the courier today",
        "发自内心感谢大家",
        "本邮件内容请保密。",
    ],
)
def test_a_sentence_that_begins_like_a_device_or_footer_stays(line: str) -> None:
    text = f"请看下面。\n\n{line}\n\n后面还有一段话。"
    assert own_words(text).own == text


@pytest.mark.parametrize(
    "line",
    [
        "Sent from Mailbox for iPad",
        "(sent from a mobile device)",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Von Samsung-Tablet gesendet",
        "Envoyé à partir de Outlook pour Android",
        "Télécharger Outlook pour iOS",
        "iOS 版 Outlook を入手",
        "내 iPhone에서 보냄",
        "来自 Outlook for Android",
        "来自QQ邮箱移动端",
        "使用网易邮箱大师发送",
        "本邮件由企业微信发送",
        "来自我的 Mate 40",
    ],
)
def test_a_line_of_the_device_is_taken_off(line: str) -> None:
    assert own_words(f"同意\n\n{line}\n").own == "同意"


def test_runs_of_blank_lines_of_the_writers_own_stay() -> None:
    assert own_words("one\n\n\ntwo").own == "one\n\n\ntwo"


@given(
    st.lists(
        st.sampled_from(
            [
                "> a",
                "b",
                "",
                "-- ",
                "On 1/1/2026, X wrote:",
                "From: a@b",
                "Sent: x",
                "-----Original Message-----",
            ]
        )
    )
)
def test_no_line_is_lost_nor_invented(lines: list[str]) -> None:
    reply = own_words("\n".join(lines))
    kept = [one for one in (reply.own + "\n" + reply.removed).split("\n") if one]
    assert sorted(one.strip() for one in kept) == sorted(one.strip() for one in lines if one.strip())
