"""What a subject says: labels, title, whether it is a reply or a forward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.mail.subject import peel


@pytest.mark.parametrize(
    ("subject", "labels", "title"),
    [
        ("[需求] 报表导出", ("需求",), "报表导出"),
        ("【需求】报表导出", ("需求",), "报表导出"),
        ("（變更）系統升級", ("變更",), "系統升級"),
        ("(REQ) Export of reports", ("REQ",), "Export of reports"),
        ("［紧急］【故障】 邮件系统", ("紧急", "故障"), "邮件系统"),
        ("[ 紧急 ] [ REQ ] x", ("紧急", "REQ"), "x"),
        ("〔纪要〕周会", ("纪要",), "周会"),
        ("Re: [REQ-2026-0001] x", ("REQ-2026-0001",), "x"),
        ("[外部] 回复: [需求] x", ("外部", "需求"), "x"),
        ("【需求] 用错了括号", ("需求",), "用错了括号"),
        ("需求：不是标签", (), "需求：不是标签"),
        ("报表 [需求]", (), "报表 [需求]"),
        ("[没有结束的括号", (), "[没有结束的括号"),
        ("[]空的", (), "空的"),
        ("[需求]", ("需求",), ""),
        ("", (), ""),
    ],
)
def test_leading_brackets_are_labels_in_order_and_the_rest_is_the_title(
    subject: str, labels: tuple[str, ...], title: str
) -> None:
    found = peel(subject)
    assert (found.labels, found.title) == (labels, title)


@pytest.mark.parametrize(
    "prefix",
    ["Re: ", "RE:", "re：", "Re[2]: ", "RE(3)：", "Re^2: ", "回复: ", "回复：", "答复：", "回覆: ", "答覆：",
     "AW: ", "Antw: ", "Antwort: ", "SV: ", "VS: ", "Re: 回复：答复: Re : ", "回复:Re:AW:"],
)  # fmt: skip
def test_every_programs_reply_prefix_is_peeled(prefix: str) -> None:
    found = peel(prefix + "[需求] 标题")
    assert (found.labels, found.title, found.replied, found.forwarded) == (("需求",), "标题", True, False)


@pytest.mark.parametrize("prefix", ["Fwd: ", "FW:", "转发：", "轉寄: ", "轉發：", "WG: ", "TR: ", "RV: ", "Fw: 转发: "])
def test_every_programs_forward_prefix_is_peeled(prefix: str) -> None:
    found = peel(prefix + "标题")
    assert (found.title, found.replied, found.forwarded) == ("标题", False, True)


@pytest.mark.parametrize(
    "subject", ["Reply needed", "Request: x", "Awful: y", "Fwded", "Regarding: 转发规则", "Trim: z"]
)
def test_words_that_only_begin_like_a_prefix_stay(subject: str) -> None:
    assert peel(subject).title == subject


@given(st.text(alphabet="Re:回复：[]【】() FWd转发a2", max_size=60))
def test_peeling_a_title_again_changes_nothing(subject: str) -> None:
    title = peel(subject).title
    again = peel(title)
    assert (again.title, again.labels, again.replied, again.forwarded) == (title, (), False, False)


@given(st.text(max_size=200))
def test_any_subject_is_peeled(subject: str) -> None:
    found = peel(subject)
    assert len(found.title) <= len(subject)
