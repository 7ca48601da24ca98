"""Who may say what by mail: a command counts for who holds the role and answers the notice sent to them (design §9)."""

import pytest

from tests.e2e.office import (
    CONTACT,
    IT_CONTACT,
    IT_HEAD,
    REQUESTER,
    Arrived,
    Office,
    OfficeMaker,
    clock,
)

STRANGER = "curious@example.com"


def opened(office: Office, title: str = "报表导出") -> None:
    office.write(REQUESTER, f"[需求] {title}", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.news()


def answer(office: Office, reader: str) -> Arrived:
    """The one answer that a reader got since last asked, at once."""
    office.work()
    (found,) = [each for each in office.news() if each.reader == reader and each.is_answer]
    assert clock(found.at) == clock(office.now)
    return found


def test_a_reply_to_the_notice_is_obeyed_and_everyone_concerned_is_told(office: Office) -> None:
    opened(office)
    office.reply(office.last(IT_CONTACT), "受理")
    office.work()
    assert office.record().state == "analysis"
    told = {each.reader: each.rule for each in office.news()}
    assert told.keys() == {REQUESTER, CONTACT, IT_CONTACT}
    assert "accept" in told[REQUESTER]


@pytest.mark.parametrize(
    "named",
    ["", "unknown@client.example", "acknowledgement", "notice of another", "copy of the contact", "own mail"],
)
def test_a_forged_sender_without_that_persons_notice_is_refused_by_mail(office: Office, named: str) -> None:
    """Who knows an address and a record's id, or got another mail of ours, still cannot speak for that address."""
    opened(office)
    own = office.write(IT_CONTACT, "[需求] 另一件", "业务目标：快\n期望交付时间：2026-12-01")
    office.work()
    office.news()
    answers = {
        "acknowledgement": office.last(REQUESTER, "received").message_id,
        "notice of another": office.last(CONTACT, "copy").message_id,
        "own mail": own,
    }.get(named, named)
    if named == "copy of the contact":
        office.work("2026-03-03 09:00")
        answers = next(e.message_id for e in office.news() if e.reader == IT_CONTACT and e.message["Cc"])
        office.write(IT_HEAD, "Re: [REQ-2026-0001] 报表导出", "驳回：不做", answers=answers)
        refusal = answer(office, IT_HEAD)
    else:
        office.write(IT_CONTACT, "Re: [REQ-2026-0001] 报表导出", "驳回：不做", answers=answers)
        refusal = answer(office, IT_CONTACT)
    assert office.record("REQ-2026-0001").state == "received"
    assert "驳回" in refusal.text and "未" in refusal.text
    assert "refused" in office.history("REQ-2026-0001") and "token" in office.history("REQ-2026-0001")


def test_a_command_of_somebody_without_the_role_is_refused_and_says_whose_it_is(office: Office) -> None:
    opened(office)
    office.reply(office.last(CONTACT, "copy"), "受理")
    refusal = answer(office, CONTACT)
    assert office.record().state == "received" and "受理" in refusal.text
    assert "role" in office.history()


def test_the_notice_of_one_record_is_no_key_to_another(office: Office) -> None:
    opened(office)
    opened(office, "另一件")
    notice = next(e for e in office.letters if e.reader == IT_CONTACT and "0002" in e.subject)
    office.write(IT_CONTACT, "Re: [REQ-2026-0001] 报表导出", "驳回：不做", answers=notice)
    office.work()
    assert office.record("REQ-2026-0001").state == "received"


def test_with_trust_in_addresses_the_sender_and_the_id_are_enough(make_office: OfficeMaker) -> None:
    office = make_office(trust="address")
    opened(office)
    office.write(CONTACT, "[REQ-2026-0001]", "受理")
    office.work()
    assert office.record().state == "received"
    office.write(IT_CONTACT, "[REQ-2026-0001]", "受理")
    office.work()
    assert office.record().state == "analysis"


def test_a_word_that_is_no_command_is_answered(office: Office) -> None:
    opened(office)
    office.reply(office.last(IT_CONTACT), "受里")
    assert "受里" in answer(office, IT_CONTACT).text
    assert office.record().state == "received"


def test_a_number_that_is_no_record_is_answered(office: Office) -> None:
    opened(office)
    office.write(REQUESTER, "Re: [REQ-2026-0777] 报表", "有进展吗？")
    assert "REQ-2026-0777" in answer(office, REQUESTER).text
    assert "unfiled" in office.places()


def test_mail_of_somebody_who_only_knows_the_number_is_kept_apart_and_the_contact_is_told(office: Office) -> None:
    opened(office)
    office.write(STRANGER, "Re: [REQ-2026-0001] 报表导出", "撤回")
    office.work()
    told = office.news()
    assert [each.reader for each in told] == [IT_CONTACT, STRANGER] and STRANGER in told[0].text
    assert told[1].rule.endswith("outsider") and "张伟" not in told[1].text  # an answer, and nothing of the record
    assert office.record().state == "received" and office.places() == ["filed", "unfiled"]
    assert STRANGER not in office.record().participants


def test_an_old_notice_does_not_sign_a_new_version(office: Office) -> None:
    """P2.4: each version of a specification is signed anew."""
    opened(office)
    office.reply(office.last(IT_CONTACT), "受理")
    office.work()
    office.reply(office.last(IT_CONTACT, "please-assess"), "规格：第一版")
    office.work()
    if office.record().state != "signing":
        office.write(IT_CONTACT, "Re: [REQ-2026-0001]", "规格：第一版", answers=office.last(IT_CONTACT))
        office.work()
    assert office.record().state == "signing", office.history()
    old = office.last(REQUESTER, "please-sign")
    office.reply(office.last(IT_CONTACT, "please-sign"), "不同意：要改")
    office.work()
    office.reply(office.last(IT_CONTACT, "not-signed"), "规格：第二版")
    office.work()
    assert office.record().state == "signing", office.history()
    office.news()
    office.reply(old, "同意")
    answer(office, REQUESTER)
    assert "requester" not in office.record().agreements.get("specification", {})
    office.reply(office.last(REQUESTER, "please-sign"), "同意")
    office.work()
    assert office.record().agreements["specification"]["requester"].agrees


def test_two_people_answer_in_one_batch_and_both_count(office: Office) -> None:
    opened(office)
    office.reply(office.last(REQUESTER), "补充：还要导出 PDF")
    office.reply(office.last(IT_CONTACT), "受理")
    office.reply(office.last(CONTACT), "支持这个需求")
    office.work()
    assert office.record().state == "analysis"
    assert office.places() == ["filed"] * 4
    assert set(office.record().participants) >= {REQUESTER, IT_CONTACT, CONTACT}


def test_two_contrary_commands_in_one_batch_are_taken_in_turn(office: Office) -> None:
    opened(office)
    office.reply(office.last(IT_CONTACT), "受理")
    office.reply(office.last(IT_CONTACT), "驳回：不做")
    office.work()
    assert office.record().state == "analysis"
    answers = [each for each in office.news() if each.is_answer]
    assert len(answers) == 2


def test_a_reply_to_a_mail_of_the_same_batch_joins_its_record(office: Office) -> None:
    first = office.write(REQUESTER, "[需求] 报表导出", "业务目标：快\n期望交付时间：2026-12-01")
    office.write(CONTACT, "Re: [需求] 报表导出", "支持", answers=first)
    office.work()
    assert len(office.record().thread) == 2 and CONTACT in office.record().participants


def test_a_command_quoted_from_our_own_mail_is_not_obeyed(office: Office) -> None:
    """A reply with nothing but the quote of our notice, which spells out every command."""
    opened(office)
    notice = office.last(IT_CONTACT)
    quoted = "\n".join(f"> {line}" for line in notice.text.splitlines())
    office.reply(notice, f"好的，我看一下。\n\n在 2026-03-02 09:30，信息技术部 写道：\n{quoted}")
    office.work()
    assert office.record().state == "received"
    assert "Commanded" not in office.history()


def test_no_copy_that_others_see_carries_the_number_by_which_a_command_counts(office: Office) -> None:
    """What goes to one person names no Message-ID of a notice to another."""
    opened(office)
    office.work("2026-03-02 14:30")
    office.work("2026-03-03 09:00")
    office.work("2026-03-05 09:00")
    letters = office.letters
    for each in letters:
        others = {other.message_id for other in letters if other.reader != each.reader}
        assert not [one for one in others if one.encode() in each.content], str(each)
