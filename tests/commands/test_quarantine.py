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


def test_what_an_operator_releases_is_taken_whatever_its_size(held: TestHome) -> None:
    done = held("quarantine", "release", held_id(held), "--now", MONDAY)
    assert (done.status, done.out.split()[1:]) == (0, ["filed", "REQ-2026-0001"])
    assert held("quarantine", "list", "--format", "json").json == []


def test_an_unfiled_message_is_listed_and_begins_a_record_when_told_to(home: TestHome) -> None:
    home.deliver(letter(WRITER, "打印机怎么申请", "请问怎么申请打印机？"))
    (found,) = home("quarantine", "list", "--unfiled", "--format", "json").json
    assert found["reason"] == "untagged"
    assert home("quarantine", "release", found["id"], "--as", "frobnicate").status == 2
    done = home("quarantine", "release", found["id"], "--as", "需求", "--now", MONDAY)
    assert (done.status, done.out.split()[1:]) == (0, ["filed", "REQ-2026-0001"])
    shown = home("show", "REQ-2026-0001", "--format", "json").json
    assert shown["title"] == "打印机怎么申请" and len(shown["messages"]) >= 1
    assert home("quarantine", "list", "--unfiled", "--format", "json").json == []


def test_all_that_is_held_is_released_at_once(held: TestHome) -> None:
    assert held("quarantine", "release", "--all", "--now", MONDAY).status == 0
    assert held("quarantine", "list", "--format", "json").json == []


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
