"""What holds for every command: exit statuses, usage errors, the shared options, what goes to which stream."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import mailflow
from mailflow.cli import COMMANDS, GROUPS, shared_first
from tests.homes import MONDAY, WRITER, TestHome, command, inside, letter

REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31")


def test_the_installed_command_and_the_module_say_the_same_version() -> None:
    script = Path(sys.executable).parent / "mailflow"
    by_script = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=50)
    by_module = command("--version")
    assert by_script.stdout == by_module.out == f"mailflow {mailflow.__version__}\n"
    assert by_script.returncode == by_module.status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("show",),
        ("show", "REQ-2026-0001", "--format", "yaml"),
        ("list", "--nonsense"),
        ("list", "stte=working"),
        ("list", "kind=incdent"),
        ("act", "REQ-2026-0001", "受理"),
        ("act", "REQ-2026-0001", "受理", "--as", "nobody"),
        ("inspect",),
        ("diagram",),
        ("run", "--now", MONDAY),
        ("run", "--once", "--now", "soon"),
        ("deliver", "--now", "2026-13-45"),
        ("list", "--now", "10:30"),
        ("outbox",),
        ("outbox", "retry"),
        ("outbox", "retry", "abc", "--all"),
        ("quarantine", "release"),
    ],
)
def test_wrong_usage_ends_with_status_2_says_what_is_wrong_and_prints_nothing_else(
    home: TestHome, arguments: tuple[str, ...]
) -> None:
    done = home(*arguments)
    assert done.status == 2
    assert "Error:" in done.err or "Usage:" in done.err
    assert done.out == ""


def test_a_misspelt_filter_is_answered_with_the_nearest_one(home: TestHome) -> None:
    assert "did you mean 'state'" in home("list", "stte=working").err
    assert "did you mean 'incident'" in home("list", "kind=incdent").err


def test_the_home_is_taken_before_and_behind_the_command_and_from_the_environment(home: TestHome) -> None:
    for done in (
        inside("--home", home.path, "list"),
        inside("list", "--home", home.path),
        inside("list", f"--home={home.path}"),
        inside("list", MAILFLOW_HOME=str(home.path)),
    ):
        assert (done.status, done.out) == (0, "no records\n")


def test_what_follows_two_dashes_is_left_alone() -> None:
    assert shared_first(["act", "-v", "--", "--home", "x"]) == ["-v", "act", "--", "--home", "x"]
    assert shared_first(["list", "--home"]) == ["list", "--home"]


@pytest.mark.parametrize("arguments", [("list",), ("check",), ("run", "--once"), ("outbox", "list")])
def test_a_folder_that_is_no_home_is_told_so(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = inside("--home", tmp_path, *arguments)
    assert done.status == 1
    assert "mailflow init" in done.err


@pytest.mark.parametrize(
    "arguments",
    [("deliver",), ("run", "--once"), ("list",), ("act", "REQ-2026-0001", "受理", "--as", WRITER), ("reindex",)],
)
def test_state_that_cannot_be_used_ends_with_status_75(home: TestHome, arguments: tuple[str, ...]) -> None:
    state = home.path / "state"
    (state / "README.md").unlink()
    state.rmdir()
    state.write_text("not a folder")
    done = home(*arguments, stdin=REQUIREMENT)
    assert done.status == 75
    assert "try again later" in done.err


def test_broken_rules_are_said_with_their_place_and_end_with_status_1(home: TestHome) -> None:
    home.edit("rules/site.yaml", "address:", "adress:")
    for arguments in (("run", "--once"), ("list",), ("reindex",)):
        done = home(*arguments)
        assert done.status == 1
        assert "rules/site.yaml:3:1: " in done.err


def test_a_fault_of_ours_ends_with_status_3_and_a_report_that_is_kept(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    with closing(sqlite3.connect(home.path / "state" / "mailflow.db")) as database:
        database.execute("ALTER TABLE records RENAME TO something_else")
    done = home("list")
    assert done.status == 3
    assert done.out == ""
    (report,) = (home.path / "state").glob("fault-*.txt")
    assert "Please report it" in done.err and str(report) in done.err
    assert "Traceback" in report.read_text("utf-8")
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_fault_of_ours_leaves_the_mail_with_the_mta(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    with closing(sqlite3.connect(home.path / "state" / "mailflow.db")) as database:
        database.execute("ALTER TABLE messages RENAME TO something_else")
    assert home.deliver(REQUIREMENT).status == 75


def test_text_is_utf8_whatever_the_locale_says(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    for locale in ({"LANG": "C", "LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = home.process("list", **locale)
        assert done.status == 0
        assert "报表增加导出功能" in done.raw.decode("utf-8")


def test_json_is_the_only_thing_on_standard_output(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    home.edit("rules/site.yaml", "accept_from:", "# accept_from:")
    for arguments in (
        ("list", "--format", "json"),
        ("show", "REQ-2026-0001", "--format", "json"),
        ("check", "--format", "json"),
        ("outbox", "list", "--format", "json"),
        ("quarantine", "list", "--format", "json"),
        ("--verbose", "list", "--format", "json"),
    ):
        done = home(*arguments)
        assert done.json is not None


def test_without_an_offset_now_is_the_sites_time(home: TestHome) -> None:
    home.deliver(REQUIREMENT, "2026-11-23T10:00")
    home.deliver(letter(WRITER, "[需求] 第二件", "业务目标: 快"), "2026-11-23T02:00Z")
    first, second = home("list", "--format", "json").json
    assert first["opened_at"] == second["opened_at"] == "2026-11-23T10:00:00+08:00"


def test_now_without_an_offset_needs_a_time_zone(home: TestHome) -> None:
    home.edit("rules/calendar.yaml", "timezone: Asia/Shanghai", "timezone: Nowhere/Land")
    done = home("list", "--now", "2026-11-23T10:00")
    assert done.status == 2
    assert "offset" in done.err


def test_a_reader_who_has_seen_enough_is_no_fault(home: TestHome) -> None:
    home.deliver(REQUIREMENT)
    pipeline = f"'{sys.executable}' -m mailflow --home '{home.path}' show REQ-2026-0001 | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", pipeline], capture_output=True, text=True, timeout=50)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_every_command_explains_itself(home: TestHome) -> None:
    names = [(name,) for name in COMMANDS] + [(group, each) for group, (_, own) in GROUPS.items() for each in own]
    for name in names:
        done = home(*name, "--help")
        assert done.status == 0
        assert done.out.startswith(f"Usage: mailflow {' '.join(name)}")
