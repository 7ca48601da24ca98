"""What a message is about, by its subject (design §5, process P0.12)."""

import pytest

from mailflow.core.reading.classify import classify
from mailflow.mail.model import Address, Mail
from mailflow.mail.subject import peel
from tests.world import World

POLICY = World().force.policy


def mail(subject: str, own: str = "") -> Mail:
    found = peel(subject)
    return Mail("d", subject, sender=Address("a@example.com"), labels=found.labels, title=found.title, own=own)


@pytest.mark.parametrize(
    ("subject", "kind", "title"),
    [
        ("[需求] 报表", "requirement", "报表"),
        ("【需求】报表", "requirement", "报表"),
        ("（需求）报表", "requirement", "报表"),
        ("需求：报表", "requirement", "报表"),
        ("需求: 报表", "requirement", "报表"),
        ("[REQ] report", "requirement", "report"),
        ("[req] report", "requirement", "report"),
        ("[ＲＥＱ] report", "requirement", "report"),
        ("REQ: report", "requirement", "report"),
        ("Re: 回复: Fwd: [变更] x", "change", "x"),
        ("答复：【故障】打不开", "incident", "打不开"),
        ("轉寄: [紀要] 例會", "minutes", "例會"),
        ("[變更] 客戶編碼", "change", "客戶編碼"),
        ("[MIN] weekly", "minutes", "weekly"),
        ("[REQUIRMENT] typo", "requirement", "typo"),
        ("[需 求] 空格", "requirement", "空格"),
        ("[变更][需求] 两个", "change", "两个"),
        ("[紧急] 全断了", "incident", "全断了"),
        ("[紧急][变更] 改配置", "change", "改配置"),
        ("[紧急变更] 改配置", "change", "改配置"),
        ("[URGENT] down", "incident", "down"),
        ("[external] [INC] down", "incident", "down"),
        ("「需求」报表", "requirement", "报表"),
        ("《变更》升级", "change", "升级"),
        ("<REQ> report", "requirement", "report"),
        ("{需求}：报表", "requirement", "报表"),
        ("《需求管理办法》修订", None, "《需求管理办法》修订"),
        ("[需求]：报表", "requirement", "报表"),
        ("[[需求]] 报表", "requirement", "报表"),
        ("[需求/紧急] 报表", "requirement", "报表"),
        ("[需求-信息技术部] 报表", "requirement", "报表"),
        ("[需求申请] 报表", "requirement", "报表"),
        ("[故障报告单] 打不开", "incident", "打不开"),
        ("[需求变更] 报表", None, "报表"),
        ("[change-log] x", None, "x"),
        ("报表【需求】", "requirement", "报表"),
        ("Duration (minutes)", None, "Duration (minutes)"),
        ("관련 회신: [REQ] x", None, "관련 회신: [REQ] x"),
        ("회신: [REQ] x", "requirement", "x"),
        ("回信：[需求] x", "requirement", "x"),
        ("报表", None, "报表"),
        ("[it-list] 报表", None, "报表"),
        ("我的需求是什么", None, "我的需求是什么"),
        ("[REQ-2026-0001] 报表", None, "报表"),
        ("Lunch: plan", None, "Lunch: plan"),
    ],
)
def test_the_tag_in_the_subject_gives_the_kind(subject: str, kind: str | None, title: str) -> None:
    found = classify(mail(subject), POLICY)
    assert (found.kind, found.title) == (kind, title)


def test_the_urgent_mark_beside_a_tag_is_kept() -> None:
    for subject in ("[紧急][需求] x", "[需求/紧急] x", "[需求] 紧急：x", "「紧急」需求：x"):
        found = classify(mail(subject), POLICY)
        assert (found.urgent, found.kind, found.title) == (True, "requirement", "x"), subject


@pytest.mark.parametrize(
    "subject",
    ["[机密][需求] x", "[CONFIDENTIAL] [REQ] x", "[REQ][Confidential] x", "[需求] x【机密】", "[REQ] x (confidential)"],
)
def test_the_confidential_mark_is_seen(subject: str) -> None:
    found = classify(mail(subject), POLICY)
    assert found.confidential and found.kind == "requirement"


def test_words_of_the_body_only_suggest() -> None:
    found = classify(mail("请帮忙", "希望增加一个新功能"), POLICY)
    assert found.kind is None and found.suggested == ("requirement",)


def test_a_tag_without_brackets_suggests() -> None:
    found = classify(mail("需求 报表导出"), POLICY)
    assert (found.kind, found.suggested) == (None, ("requirement",))


def test_a_tag_amid_the_subject_suggests() -> None:
    found = classify(mail("请处理 [需求] 报表"), POLICY)
    assert (found.kind, found.suggested) == (None, ("requirement",))


def test_records_named_in_the_subject_are_found() -> None:
    assert classify(mail("Re: [req-2026-0012] 和 CHG-2026-0003"), POLICY).record_ids == (
        "REQ-2026-0012",
        "CHG-2026-0003",
    )


def test_an_empty_title_is_the_first_line_of_the_text() -> None:
    assert classify(mail("[需求]", "\n每天看到销售额\n谢谢"), POLICY).title == "每天看到销售额"


def test_a_misspelt_tag_is_said_to_be_one() -> None:
    assert classify(mail("[REQUIRMENT] x"), POLICY).near
    assert classify(mail("[需 求] x"), POLICY).near
    assert classify(mail("x【需求】"), POLICY).near
    assert classify(mail("[需求申请] x"), POLICY).near
    assert not classify(mail("[REQ] x"), POLICY).near
