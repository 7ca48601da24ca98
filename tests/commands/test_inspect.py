"""`mailflow inspect`: how a message is read, without any state."""

import json
from pathlib import Path

from tests.homes import MONDAY, WRITER, TestHome, command, inside, letter

KEYS = [
    "file", "subject", "from", "date", "kind", "title", "tag", "fields", "text", "automatic", "acknowledge",
    "evidence", "attachments", "defects", "question", "commands", "items",
]  # fmt: skip
REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 下周五\n\n谢谢")
NOTICE = letter("robot@example.com", "Automatic reply: away", "Away.", headers={"Auto-Submitted": "auto-replied"})


def test_one_line_of_json_a_file_with_exactly_the_keys_of_the_contract(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(REQUIREMENT)
    (tmp_path / "b.eml").write_bytes(NOTICE)
    done = home("inspect", tmp_path / "a.eml", tmp_path / "b.eml", "--format", "json", "--now", MONDAY)
    assert done.status == 0
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert list(first) == list(second) == KEYS
    assert first["file"] == str(tmp_path / "a.eml")
    assert (first["kind"], first["title"], first["tag"]) == ("requirement", "报表增加导出功能", "需求")
    assert first["fields"] == {"goal": "结账更快", "due": "2026-12-04"}
    assert (first["from"], first["date"]) == (WRITER, "2026-11-23T09:59:00+08:00")
    assert (first["automatic"], first["acknowledge"]) == (False, True)
    assert first["text"].startswith("业务目标: 结账更快")
    assert (second["kind"], second["automatic"], second["acknowledge"]) == (None, True, False)
    assert any(each.startswith("automatic: ") for each in second["evidence"])


def looked_at(home: TestHome, tmp_path: Path, content: bytes) -> tuple[dict[str, object], str]:
    """What is printed of a message: as JSON, and as text."""
    (tmp_path / "a.eml").write_bytes(content)
    as_json = home("inspect", tmp_path / "a.eml", "--format", "json", "--now", MONDAY)
    return json.loads(as_json.out), home("inspect", tmp_path / "a.eml", "--now", MONDAY).out


def test_the_commands_of_a_reply_are_shown_with_their_arguments(home: TestHome, tmp_path: Path) -> None:
    found, text = looked_at(home, tmp_path, letter(WRITER, "Re: [REQ-2026-0001] 导出", "驳回：没有预算\n\n> 请评估"))
    assert found["commands"] == [
        {
            "kind": "requirement",
            "command": "reject",
            "line": "驳回：没有预算",
            "arguments": {"reason": "没有预算"},
            "problem": "",
        }
    ]
    assert (found["question"], found["items"]) == (None, [])
    assert "command: requirement.reject (reason=没有预算)" in text


def test_without_a_number_every_kind_that_knows_the_words_is_named(home: TestHome, tmp_path: Path) -> None:
    found, _ = looked_at(home, tmp_path, letter(WRITER, "Re: your mail", "Approved."))
    assert isinstance(found["commands"], list)
    kinds = {each["kind"]: each["command"] for each in found["commands"]}
    assert kinds["change"] == kinds["service"] == "approve"


def test_what_a_command_lacks_is_said(home: TestHome, tmp_path: Path) -> None:
    _, text = looked_at(home, tmp_path, letter(WRITER, "Re: [REQ-2026-0001] 导出", "驳回"))
    assert "command: requirement.reject: needs reason" in text


def test_the_items_of_minutes_are_shown_with_what_they_lack(home: TestHome, tmp_path: Path) -> None:
    body = "会议主题：周会\n会议日期：2026-11-23\n1. 准备数据 负责人：王磊 期限：2026-12-04\n2. 培训 @李娜 尽快"
    found, text = looked_at(home, tmp_path, letter(WRITER, "[纪要] 周会", body))
    assert isinstance(found["items"], list)
    first, second = found["items"]
    assert (first["title"], first["owner"], first["due"], first["problems"]) == (
        "准备数据",
        "wang.lei@example.com",
        "2026-12-04",
        [],
    )
    assert (second["owner"], second["due"]) == ("li.na@example.com", "") and second["problems"]
    assert "item: 准备数据: wang.lei@example.com, due 2026-12-04" in text
    assert found["commands"] == []


def test_a_question_is_named(home: TestHome, tmp_path: Path) -> None:
    found, text = looked_at(home, tmp_path, letter(WRITER, "?", "查询 报表 导出"))
    assert (found["question"], found["commands"]) == ("search", [])
    assert "question:    search" in text


def test_a_vague_value_is_no_field_and_said_in_the_evidence(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter(WRITER, "[需求] x", "期望交付时间: 尽快"))
    found = json.loads(home("inspect", tmp_path / "a.eml", "--format", "json").out)
    assert "due" not in found["fields"]
    assert any(each.startswith("field due: ") for each in found["evidence"])


def test_relative_dates_are_counted_from_now(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(REQUIREMENT)
    done = home("inspect", tmp_path / "a.eml", "--format", "json", "--now", "2026-12-07T10:00")
    assert json.loads(done.out)["fields"]["due"] == "2026-12-18"


def test_it_leaves_no_trace(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(REQUIREMENT)
    home("inspect", tmp_path / "a.eml")
    assert [path.name for path in (home.path / "state").iterdir()] == ["README.md"]


def test_without_a_home_the_default_rules_are_used(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(REQUIREMENT)
    done = inside("--home", tmp_path, "inspect", tmp_path / "a.eml", "--format", "json")
    assert done.status == 0
    assert json.loads(done.out)["kind"] == "requirement"
    assert "default rules" in done.err


def test_what_is_no_message_is_read_with_its_defects(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty").write_bytes(b"")
    done = home("inspect", tmp_path / "noise", tmp_path / "empty", "--format", "json")
    assert done.status == 0
    assert [list(json.loads(line)) for line in done.out.splitlines()] == [KEYS, KEYS]


def test_a_file_that_cannot_be_read_does_not_hide_the_others(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(REQUIREMENT)
    done = home("inspect", tmp_path / "gone", tmp_path, tmp_path / "a.eml", "--format", "json")
    assert done.status == 1
    assert len(done.out.splitlines()) == 1
    assert "gone" in done.err


def test_a_file_name_that_is_no_text_is_shown_all_the_same(home: TestHome, tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.eml"
    path.write_bytes(REQUIREMENT)
    done = command("--home", home.path, "inspect", path, "--format", "json")
    assert done.status == 0
    assert json.loads(done.out)["kind"] == "requirement"


def test_what_proves_a_writer_is_not_shown(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter(WRITER, "Re: [REQ-2026-0001] x {abcdefghij27}", "同意"))
    assert "abcdefghij27" not in home("inspect", tmp_path / "a.eml", "--format", "json").out


def test_text_cannot_move_the_terminal(home: TestHome, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter(WRITER, "[需求] x", "before \x1b[2J\x1b]0;owned\x07 after \u202eevil"))
    done = home("inspect", tmp_path / "a.eml")
    assert "before" in done.out
    assert not {"\x1b", "\x07", "\u202e"} & set(done.out)
