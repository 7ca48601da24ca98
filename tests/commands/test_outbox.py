"""`mailflow outbox`: what waits, what could not be sent, and what an operator may do about it."""

import re

import pytest

from tests.homes import CONTACT, MONDAY, WRITER, ServedHome, TestHome, letter
from tests.pages import page

REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31")
LATER = "2026-11-23T11:00"


def listed(home: TestHome, *more: str) -> dict[str, dict[str, str]]:
    """The mails listed, by their first recipient."""
    return {each["to"][0]: each for each in home("outbox", "list", "--format", "json", *more).json}


def test_what_waits_is_listed_with_the_moment_of_the_next_try(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home.smtp.answer("rcpt", "450 4.2.1 busy", address=WRITER)
    served_home.smtp.answer("rcpt", "550 5.1.1 no such user", address=CONTACT)
    served_home("run", "--once", "--now", MONDAY)
    found = listed(served_home)
    assert {to: each["status"] for to, each in found.items()} == {WRITER: "deferred", CONTACT: "rejected"}
    assert found[WRITER]["next_at"] == "2026-11-23T10:01:00+08:00"
    assert found[CONTACT]["next_at"] is None
    assert "no such user" in served_home("outbox", "list").out
    assert listed(served_home, "--all")["li.na@example.com"]["status"] == "sent"


def test_a_mail_is_shown_as_its_reader_sees_it(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    item = listed(home)[WRITER]["id"]
    text = home("outbox", "show", item[:6]).out
    for words in (
        f"To: 张伟 <{WRITER}>",
        "Subject: Re: [REQ-2026-0001] 报表增加导出功能",
        "Auto-Submitted: auto-replied",
    ):
        assert words in text
    raw = home("outbox", "show", item, "--raw").raw
    assert raw.startswith(b"Date: ") and b"\r\n\r\n" in raw
    assert home("outbox", "show", item, "--format", "json").json["envelope"] == [WRITER]


def test_what_would_prove_the_answer_is_not_shown(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    item = listed(home)[CONTACT]["id"]
    token = re.search(r"%7B([a-z2-7]{12})%7D", page(home("outbox", "show", item, "--raw").raw))
    assert token, "the buttons of a mail that asks bear a token"
    assert token[1] not in home("outbox", "show", item).out


def test_retry_sends_what_was_put_off_or_refused(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home.smtp.answer("rcpt", "450 4.2.1 busy", address=WRITER)
    served_home.smtp.answer("rcpt", "550 5.1.1 no such user", address=CONTACT)
    served_home("run", "--once", "--now", MONDAY)
    assert served_home("outbox", "retry", "--all", "--now", MONDAY).out == "1 mail to be sent\n"
    assert served_home("outbox", "retry", listed(served_home)[CONTACT]["id"], "--now", MONDAY).status == 0
    assert "2 sent" in served_home("run", "--once", "--now", MONDAY).out
    assert listed(served_home) == {}
    assert len(served_home.sent()) == 4, "the admin was told of the refused one"


def test_what_was_sent_is_neither_sent_again_nor_dropped(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home("run", "--once", "--now", MONDAY)
    item = listed(served_home, "--all")[WRITER]["id"]
    for command in ("retry", "drop"):
        done = served_home("outbox", command, item)
        assert done.status == 1
        assert "is sent" in done.err


def test_a_dropped_mail_is_never_sent(served_home: ServedHome) -> None:
    served_home.deliver(REQUIREMENT)
    assert served_home("outbox", "drop", listed(served_home)[CONTACT]["id"]).status == 0
    served_home("run", "--once", "--now", LATER)
    assert CONTACT not in {each.rcpt_tos[0] for each, _ in served_home.sent()}
    assert listed(served_home, "--all")[CONTACT]["status"] == "dropped"


def test_the_list_hides_what_is_confidential(home: TestHome) -> None:
    home.deliver(letter(WRITER, "[机密][需求] 薪酬报表", "业务目标: 快"))
    for format in ("text", "json"):
        assert "薪酬" not in home("outbox", "list", "--format", format).out


@pytest.mark.parametrize("command", ["show", "retry", "drop"])
def test_an_unknown_id_is_an_error(home: TestHome, command: str) -> None:
    done = home("outbox", command, "0123456789abcdef")
    assert done.status == 1
    assert "there is no mail 0123456789abcdef" in done.err
