"""`mailflow check`."""

from pathlib import Path

import pytest

from mailflow.adapters.render import Renderer
from mailflow.commands.options import moment
from mailflow.home import Home
from mailflow.policy.load import load, read_home
from mailflow.trial import template_problems, trials
from tests.homes import MONDAY, PASSWORD, ServedHome, TestHome

KEYS = {"file", "line", "column", "message", "hint", "severity"}


def test_all_problems_of_all_files_are_said_at_once_with_their_place(home: TestHome) -> None:
    home.edit("rules/site.yaml", "language: zh", "langauge: zh")
    home.edit("rules/people.yaml", "head: sun.qiang@example.com", "head: nobody.here")
    home.edit("rules/calendar.yaml", "holidays: CN", "holidays: XX")
    done = home("check", "--now", MONDAY)
    assert done.status == 1
    files = {line.partition(":")[0] for line in done.out.splitlines() if line.startswith("rules/")}
    assert {"rules/site.yaml", "rules/people.yaml", "rules/calendar.yaml"} <= files
    assert "rules/site.yaml:4:1: " in done.out
    assert "did you mean 'language'" in done.out


def test_json_lists_the_same_problems(home: TestHome) -> None:
    home.edit("rules/site.yaml", "language: zh", "langauge: zh")
    done = home("check", "--format", "json", "--now", MONDAY)
    assert done.status == 1
    assert all(set(each) == KEYS for each in done.json)
    (found,) = [each for each in done.json if each["severity"] == "error"]
    assert (found["file"], found["line"], found["column"]) == ("rules/site.yaml", 4, 1)


def test_warnings_alone_are_no_failure(home: TestHome) -> None:
    home.edit("rules/site.yaml", "security: none}", "security: none, user: u, password: '${UNSET_HERE}'}")
    done = home("check", "--format", "json", "--now", MONDAY)
    assert done.status == 0
    assert any("UNSET_HERE" in each["message"] for each in done.json)
    assert {each["severity"] for each in done.json} == {"warning"}


@pytest.mark.parametrize(
    ("template", "old", "new", "line", "said"),
    [
        ("templates/zh/requirement/received.md", "Subject:", "Subjekt:", 1, "Subject"),
        ("templates/en/requirement/received.md", "\n\n", "\n\n{{ recrod.id }}\n", 0, "recrod"),
        ("templates/en/incident/received.md", "\n\n", "\n\n{% if %}\n", 0, ""),
    ],
)
def test_a_template_that_cannot_be_rendered_is_an_error_with_its_line(
    home: TestHome, template: str, old: str, new: str, line: int, said: str
) -> None:
    path = home.path / template
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    done = home("check", "--format", "json", "--now", MONDAY)
    assert done.status == 1
    found = [each for each in done.json if each["file"] == template]
    assert found and found[0]["line"] == (line or text.partition("\n\n")[0].count("\n") + 3)
    assert said in found[0]["message"]


def test_every_mail_of_every_state_is_tried(home: TestHome) -> None:
    files = read_home(home.path)
    policy = load(files).policy
    assert policy is not None
    now = moment(MONDAY, Home(home.path))
    tried = {each.letter.template for each in trials(policy, now)}
    named = {
        path.removeprefix("templates/zh/").removesuffix(".md")
        for path in files
        if path.startswith("templates/zh/") and path.count("/") == 3 and "/site/" not in path
    }
    assert named <= tried
    renderer = Renderer({path.removeprefix("templates/"): text for path, text in files.items() if "templates/" in path})
    assert template_problems(policy, renderer, now) == ()


def test_connect_logs_in_everywhere(served_home: ServedHome) -> None:
    done = served_home("check", "--connect", "--now", MONDAY)
    assert done.status == 0, done.out
    assert f"imap 127.0.0.1:{served_home.imap.port} requests: ok" in done.out
    assert f"smtp 127.0.0.1:{served_home.smtp.port}: ok" in done.out


def test_connect_says_what_each_server_answered(served_home: ServedHome) -> None:
    refused = served_home("check", "--connect", "--format", "json", MAILFLOW_IMAP_PASSWORD="wrong")
    assert refused.status == 1
    (found,) = [each for each in refused.json if each["severity"] == "error"]
    assert found["file"] == "rules/site.yaml" and found["line"] > 1
    assert "wrong" not in refused.out and PASSWORD not in refused.out
    unset = served_home("check", "--connect", "--format", "json", MAILFLOW_IMAP_PASSWORD="")
    assert unset.status == 1
    assert any("MAILFLOW_IMAP_PASSWORD" in each["message"] for each in unset.json if each["severity"] == "error")


def test_connect_to_a_server_that_is_away_ends_with_status_75(served_home: ServedHome) -> None:
    served_home.smtp.stop()
    done = served_home("check", "--connect", "--now", MONDAY)
    assert done.status == 75
    assert "requests: ok" in done.out


def test_rules_that_are_no_text_are_a_problem_and_no_fault(home: TestHome) -> None:
    (home.path / "rules" / "change.yaml").write_bytes(b"kind: \xff\xfe\x00")
    Path(home.path / "templates" / "zh" / "requirement" / "received.md").write_bytes(b"Subject: \xff")
    done = home("check", "--now", MONDAY)
    assert done.status == 1
    assert "rules/change.yaml:" in done.out
