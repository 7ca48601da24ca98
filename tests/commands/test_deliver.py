"""`mailflow deliver`: what an MTA's pipe relies on."""

from pathlib import Path

import pytest

from mailflow.commands.deliver import without_envelope
from tests.homes import MONDAY, WRITER, TestHome, inside, letter

REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31")


def test_a_message_on_standard_input_becomes_a_record(home: TestHome) -> None:
    done = home.deliver(REQUIREMENT)
    assert (done.status, done.out) == (0, "")
    assert "filed record=REQ-2026-0001" in done.err
    assert home.show("REQ-2026-0001")["title"] == "报表增加导出功能"


def test_the_line_that_an_mta_puts_before_a_message_is_dropped(home: TestHome) -> None:
    assert home.deliver(b"From zhang.wei@example.com  Mon Nov 23 09:59:00 2026\n" + REQUIREMENT).status == 0
    assert home.show("REQ-2026-0001")["messages"][0]["from"] == WRITER


@pytest.mark.parametrize(
    ("content", "rest"),
    [
        (b"From a@b Mon\r\nSubject: x\r\n\r\ny", b"Subject: x\r\n\r\ny"),
        (b"From: a@b\n\nx", b"From: a@b\n\nx"),
        (b"From nowhere", b""),
        (b"", b""),
    ],
)
def test_only_an_envelope_line_is_dropped(content: bytes, rest: bytes) -> None:
    assert without_envelope(content) == rest


def test_the_same_message_twice_is_one(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(REQUIREMENT)
    (tmp_path / "two.eml").write_bytes(b"Received: from elsewhere\n" + REQUIREMENT)
    done = home("deliver", tmp_path / "one.eml", tmp_path / "two.eml", "--now", MONDAY)
    assert done.status == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["filed", "duplicate"]
    assert len(home("list", "--format", "json").json) == 1


def test_a_file_that_cannot_be_read_does_not_keep_the_others_back(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(REQUIREMENT)
    done = home("deliver", tmp_path / "gone.eml", tmp_path / "one.eml", "--now", MONDAY)
    assert done.status == 1
    assert "gone.eml" in done.err
    assert done.out.startswith("filed REQ-2026-0001")


def test_a_message_too_large_is_quarantined_and_that_is_no_failure(home: TestHome) -> None:
    home.edit("rules/site.yaml", "state: embedded", "state: embedded\nlimits: {message_size: 1KB}")
    assert home.deliver(REQUIREMENT + b"x" * 2000).status == 0
    assert "larger than" in home("quarantine", "list").out


def test_where_there_is_no_home_the_mta_keeps_the_mail(tmp_path: Path) -> None:
    assert inside("--home", tmp_path, "deliver", stdin=REQUIREMENT).status == 75


def test_with_rules_that_never_were_whole_the_mta_keeps_the_mail(home: TestHome) -> None:
    home.edit("rules/site.yaml", "address:", "adress:")
    done = home.deliver(REQUIREMENT)
    assert done.status == 75
    assert "rules/site.yaml:3:1: " in done.err


def test_with_rules_broken_later_the_last_good_ones_serve(home: TestHome) -> None:
    assert home.deliver(REQUIREMENT).status == 0
    home.edit("rules/site.yaml", "address:", "adress:")
    done = home.deliver(letter(WRITER, "[需求] 第二件", "业务目标: 快\n期望交付时间: 2026-12-31"))
    assert done.status == 0
    assert "rules/site.yaml:3:1: " in done.err
    assert home.show("REQ-2026-0002")["state"] == "received"
    told = [each for each in home("outbox", "list", "--format", "json").json if each["rule"] == "site/policy-broken"]
    assert [each["to"] for each in told] == [["wang.lei@example.com"]]
