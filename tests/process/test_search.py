"""What a person finds by mail (process P7.3, P9), and what they do not (P0.7, P1.8)."""

import pytest

from mailflow.ports import Item
from tests.pages import page
from tests.world import CONTACT, ENGLISH, IT_CONTACT, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def answer(world: World, to: str) -> Item:
    item = world.sent(to)[-1]
    assert item.templates == ("site/search",)
    return item


@pytest.mark.parametrize("text", ["查询 报表", "查詢：報表 导出", "search  报表", "SEARCH: 导出"])
def test_whoever_took_part_finds_a_record_with_the_line_that_says_it(world: World, text: str) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY + "要能导出报表\n").record
    world.mail("Mon 20:00", REQUESTER, "找一下", text)
    shown = world.text(answer(world, REQUESTER))
    assert record in shown and "销售报表" in shown and "要能导出报表" in shown and "2026-03-02" in shown


def test_what_is_not_there_is_said(world: World) -> None:
    receipt = world.mail("Mon 20:00", REQUESTER, "找一下", "查询 打印机")
    assert (receipt.place, receipt.reason) == ("unfiled", "question")
    assert "没有找到" in world.text(answer(world, REQUESTER))


def test_a_colleague_finds_anothers_record_by_name_and_state_without_anybodys_words(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Mon 11:00", ENGLISH, "question", "search 昨日销售额")
    shown = world.text(answer(world, ENGLISH))
    assert record in shown and "销售报表" in shown and "九点" not in shown


def test_of_a_confidential_record_others_find_the_number_alone(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[机密][需求] 薪酬报表", BODY).record
    world.mail("Mon 11:00", ENGLISH, "question", "search 报表")
    shown = world.text(answer(world, ENGLISH))
    assert record in shown and "薪酬" not in shown and "张伟" not in shown and "2026-03-02" not in shown
    world.mail("Mon 11:00", IT_CONTACT, "问", "查询 报表")
    assert "薪酬报表" in world.text(answer(world, IT_CONTACT))


def test_an_outsider_finds_only_their_own() -> None:
    world = World(edits={"rules/site.yaml": [('"*@example.com"', '"*@example.com", "*@supplier.org"')]})
    mine = world.mail("Mon 10:00", "sales@supplier.org", "[REQ] Report portal", "Goal: a report portal").record
    other = world.mail("Mon 10:00", REQUESTER, "[REQ] Report of sales", "Goal: a report").record
    world.mail("Mon 11:00", "sales@supplier.org", "question", "search report")
    shown = world.text(answer(world, "sales@supplier.org"))
    assert mine in shown and other not in shown


def test_the_answer_goes_to_the_registered_address_alone(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.mail("Mon 11:00", REQUESTER, "?", "查询 报表", headers={"Reply-To": "thief@elsewhere.org"})
    assert answer(world, REQUESTER).recipients == (REQUESTER,)
    assert world.sent("thief@elsewhere.org") == []


def test_a_stranger_is_not_answered(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.mail("Mon 11:00", "someone@elsewhere.org", "?", "查询 报表")
    assert world.sent("someone@elsewhere.org") == []


def test_a_search_in_a_reply_is_answered_and_not_passed_on(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    received = world.sent(REQUESTER)[0]
    before = len(world.sent(IT_CONTACT))
    world.mail("Mon 11:00", REQUESTER, "Re: x", "查询 报表", answers=received)
    assert answer(world, REQUESTER) and len(world.sent(IT_CONTACT)) == before


@pytest.mark.parametrize(
    "text",
    [
        "查询功能坏了",
        "search for the cause goes on, we tell you tomorrow.",
        "查询 的时候出错，请看一下。",
        "search log\nhere is what I found in it",
    ],
)
def test_what_only_begins_with_the_word_is_passed_on(world: World, text: str) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    received = world.sent(REQUESTER)[0]
    world.mail("Mon 11:00", REQUESTER, "Re: x", text, answers=received)
    assert world.sent(IT_CONTACT)[-1].templates == ("site/forwarded",)


def test_a_search_without_words_is_told_how(world: World) -> None:
    world.mail("Mon 11:00", ENGLISH, "question", "search")
    assert "search report export" in world.text(answer(world, ENGLISH))


def test_at_most_twenty_are_told_and_that_there_may_be_more(world: World) -> None:
    for number in range(25):
        world.mail("Mon 10:00", REQUESTER, f"[需求] 报表 {number}", BODY)
    world.mail("Mon 11:00", CONTACT, "?", "查询 报表")
    shown = world.text(answer(world, CONTACT))
    assert shown.count("REQ-2026-") == 20 and "前 20 项" in shown


def test_what_is_found_can_be_no_markup(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] a|b ![x](http://evil.example) 报表 <b>", "业务目标：<script> | 报表\n")
    world.mail("Mon 11:00", REQUESTER, "?", "查询 报表")
    with world.store.transaction(write=False) as tx:
        html = page(tx.content(answer(world, REQUESTER).id))
    assert "<script" not in html and "<img" not in html
