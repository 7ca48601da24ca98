"""`mailflow quarantine`: what could not be read, kept with its bytes and its reason."""

from datetime import UTC, datetime

import pytest

from mailflow.commands.quarantine import discreet
from mailflow.policy.load import load, read_home
from mailflow.ports import Message
from tests.homes import MONDAY, WRITER, TestHome, letter

BIG = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31\n\n" + "x" * 2000)


@pytest.fixture
def held(home: TestHome) -> TestHome:
    """A home with one message in quarantine, larger than the site takes."""
    home.edit("rules/site.yaml", "state: embedded", "state: embedded\nlimits: {message_size: 1KB}")
    assert home.deliver(BIG).status == 0
    return home


def held_id(home: TestHome) -> str:
    (found,) = home("quarantine", "list", "--format", "json").json
    return str(found["id"])


def test_what_is_held_is_listed_with_its_reason(held: TestHome) -> None:
    (found,) = held("quarantine", "list", "--format", "json").json
    assert "larger than " in found["reason"]
    assert found["at"] == "2026-11-23T10:00:00+08:00"
    assert found["id"][:16] in held("quarantine", "list").out


def test_its_bytes_are_kept_as_they_came(held: TestHome) -> None:
    assert held("quarantine", "show", held_id(held), "--raw").raw == BIG
    assert "业务目标: 结账更快" in held("quarantine", "show", held_id(held)[:8]).out


def test_released_too_early_it_stays(held: TestHome) -> None:
    done = held("quarantine", "release", held_id(held), "--now", MONDAY)
    assert done.status == 1
    assert "stays: " in done.err and "larger than" in done.err
    assert len(held("quarantine", "list", "--format", "json").json) == 1


def test_released_when_the_cause_is_gone_it_becomes_what_it_is(held: TestHome) -> None:
    held.edit("rules/site.yaml", "limits: {message_size: 1KB}", "limits: {message_size: 1MB}")
    done = held("quarantine", "release", "--all", "--now", MONDAY)
    assert done.status == 0
    assert "filed REQ-2026-0001" in done.out
    assert held("quarantine", "list").out == "the quarantine is empty\n"
    assert held.show("REQ-2026-0001")["title"] == "报表增加导出功能"


def test_dropped_it_is_out_of_the_list_and_not_taken_again(held: TestHome) -> None:
    assert held("quarantine", "drop", held_id(held)).status == 0
    assert held("quarantine", "list", "--format", "json").json == []
    assert held.deliver(BIG).status == 0
    assert held("quarantine", "list", "--format", "json").json == []


@pytest.mark.parametrize(
    ("subject", "shown"),
    [("[機密][需求] 薪酬", "(confidential)"), ("[Confidential] pay", "(confidential)"), ("[需求] 导出", "[需求] 导出")],
)
def test_a_subject_that_says_it_is_confidential_is_not_listed(home: TestHome, subject: str, shown: str) -> None:
    policy = load(read_home(home.path)).policy
    assert policy is not None
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert discreet(Message("d", "quarantine", "", "", WRITER, (), subject, None, at), policy).subject == shown


@pytest.mark.parametrize("command", ["show", "release", "drop"])
def test_an_unknown_id_is_an_error(home: TestHome, command: str) -> None:
    done = home("quarantine", command, "0123456789abcdef")
    assert done.status == 1
    assert "0123456789abcdef" in done.err
