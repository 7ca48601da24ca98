"""`mailflow act`: at the machine, what a person's mail would do."""

import pytest

from tests.homes import CONTACT, MONDAY, WRITER, Done, TestHome, letter

LATER = "2026-11-23T11:00"


@pytest.fixture
def asked(home: TestHome) -> TestHome:
    home.deliver(letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31"))
    return home


def act(home: TestHome, *words: str, by: str = CONTACT) -> Done:
    return home("act", "REQ-2026-0001", *words, "--as", by, "--now", LATER)


def test_a_preview_says_what_would_be_done_and_does_nothing(asked: TestHome) -> None:
    done = act(asked, "预览\n受理")
    assert (done.status, done.err) == (0, "")
    assert "受理: would be done" in done.out
    assert asked.show("REQ-2026-0001")["state"] == "received"
    refused = act(asked, "preview\naccept", by=WRITER)
    assert refused.status == 1
    assert "would be refused" in refused.err


def test_a_question_is_answered_by_mail_to_the_person(asked: TestHome) -> None:
    for words in ("帮助", "我的", "search 报表", "form change"):
        done = act(asked, words, by=WRITER)
        assert done.status == 0, done.err
        assert f"mail to {WRITER}" in done.out


def test_a_field_is_set_by_whoever_may(asked: TestHome) -> None:
    done = act(asked, "期望交付时间：2027-01-15", by=WRITER)
    assert (done.status, done.err) == (0, "")
    assert "due = 2027-01-15" in done.out
    assert asked.show("REQ-2026-0001")["fields"]["due"] == "2027-01-15"


def test_an_absence_is_in_force_and_listed(asked: TestHome) -> None:
    assert act(asked, "外出 2026-11-25到2026-11-26，代理 王磊").status == 0
    (one,) = asked("list", "--away", "--format", "json", "--now", MONDAY).json
    assert one == {
        "person": CONTACT,
        "first": "2026-11-25",
        "last": "2026-11-26",
        "deputy": "wang.lei@example.com",
        "by": "mail",
    }


@pytest.mark.parametrize("words", ["hello there", "随便说一句", "受理吗"])
def test_what_is_no_command_does_nothing(asked: TestHome, words: str) -> None:
    before = asked.show("REQ-2026-0001")
    done = act(asked, words)
    assert (done.status, done.out) == (1, "")
    assert "is no command of REQ-2026-0001" in done.err
    assert asked.show("REQ-2026-0001") == before
