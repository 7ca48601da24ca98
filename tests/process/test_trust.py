"""By what a command's writer is believed (design §9): an answer to their own notice, or the token of their button."""

import re
from urllib.parse import unquote

import pytest

from mailflow.mail.parse import parse
from mailflow.ports import Item
from tests.pages import page
from tests.world import IT_CONTACT, IT_HEAD, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"


@pytest.fixture
def world() -> World:
    return World()


def button(world: World, item: Item) -> str:
    """The subject that a button of a mail writes."""
    with world.store.transaction(write=False) as tx:
        html = page(tx.content(item.id))
    found = re.search(r"mailto:[^\"?]*\?subject=([^&\"]*)", html)
    assert found
    return unquote(found.group(1))


def test_a_button_proves_its_reader_without_answering_any_notice(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    subject = button(world, world.sent(IT_CONTACT, "please-assess")[0])
    world.mail("Mon 11:00", IT_CONTACT, subject, "受理")
    assert world.record(record).state == "analysis"


def test_a_button_of_somebody_else_proves_nothing(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    subject = button(world, world.sent(IT_CONTACT, "please-assess")[0])
    world.mail("Mon 11:00", IT_HEAD, subject, "受理")
    assert world.record(record).state == "received"
    assert world.sent(IT_HEAD)[-1].templates == ("site/refused",)


def test_a_token_counts_only_while_the_state_lasts(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    subject = button(world, world.sent(IT_CONTACT, "please-assess")[0])
    world.mail("Mon 11:00", IT_CONTACT, subject, "询问：哪些区域？")
    world.mail("Mon 11:10", IT_CONTACT, subject, "继续")
    assert world.record(record).state == "waiting"


def test_a_forged_sender_without_the_notice_is_refused_with_the_reason(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}] 销售报表", "受理")
    assert world.record(record).state == "received"
    refusal = world.sent(IT_CONTACT)[-1]
    assert refusal.templates == ("site/refused",)
    world.mail("Mon 11:05", IT_CONTACT, f"Re: [{record}]", "受理", answers=refusal)
    assert world.record(record).state == "analysis"


def test_tokens_are_kept_out_of_what_is_stored_and_shown(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    subject = button(world, world.sent(IT_CONTACT, "please-assess")[0])
    token = re.search(r"\{[a-z2-7]{12}\}", subject)
    assert token
    world.mail("Mon 11:00", IT_CONTACT, subject, "补充一下")
    with world.store.transaction(write=False) as tx:
        assert token.group(0) not in tx.messages(record)[-1].subject
    for item in world.sent(REQUESTER):
        assert token.group(0) not in world.text(item)


def test_an_information_copy_carries_no_token(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    world.until("Tue 10:00")
    copy = next(i for i in world.sent(IT_CONTACT, "assess-overdue", copies=True) if i.copy_of)
    with world.store.transaction(write=False) as tx:
        content = tx.content(copy.id)
    assert not re.search(r"\{[a-z2-7]{12}\}|%7B[a-z2-7]{12}%7D", page(content) + parse(content).text)


def test_trust_by_address_wants_no_proof() -> None:
    world = World(trust="address")
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "受理")
    assert world.record(record).state == "analysis"


def test_an_earlier_notice_of_the_record_proves_its_reader_for_later_commands() -> None:
    world = World()
    record = world.mail("Mon 10:00", REQUESTER, "[INC] 打印机", "现象：不能打印").record
    notice = world.sent(IT_CONTACT, "please-respond")[0]
    world.mail("Mon 10:10", IT_CONTACT, f"Re: [{record}]", "认领", answers=notice)
    world.mail("Mon 10:40", IT_CONTACT, f"Re: [{record}]", "已解决", answers=notice)
    assert world.record(record).state == "resolved"
