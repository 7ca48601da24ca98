"""A story is strict: what is told and not sent, sent and not told, or not as it is told, stands out on one timeline."""

import asyncio
from pathlib import Path

import pytest

from mailflow.commands.timeline import difference
from mailflow.policy.load import read_home
from mailflow.stories.play import Played, play
from mailflow.stories.stage import Stage
from tests.homes import inside
from tests.world import ROOT

STAGE = Stage(read_home(ROOT))
OPEN = """\
story:
  - at: Tue 2026-12-01 09:00
    from: zhang.wei
    subject: "[需求] 报表"
    body: |
      业务目标：快
      期望交付时间：2027-02-26
  - sent:
      - {template: requirement/received, to: zhang.wei, says: REQ-2026-0001}
      - {template: requirement/copy, to: li.na}
      - {template: requirement/please-assess, to: chen.jing}
"""


def played(path: Path, text: str) -> Played:
    (path / "story.yaml").write_text(text, "utf-8")
    story, problems = STAGE.read(path / "story.yaml", "story.yaml")
    assert story is not None, problems
    return asyncio.run(play(story, STAGE))


def wrong(found: Played) -> list[str]:
    """The lines that differ, without their times."""
    assert found.holds is (found.lines == tuple(line for line in found.lines if line.mark == " "))
    return [f"{line.mark} {line.text}" for line in found.lines if line.mark != " "]


def test_a_story_that_tells_all_holds(tmp_path: Path) -> None:
    assert wrong(played(tmp_path, OPEN)) == []


REMINDER = "requirement/assess-reminder to chen.jing@example.com"
DIFFERENCES = {
    "a mail at another minute": (
        "  - {at: 14:31, sent: {template: requirement/assess-reminder, to: chen.jing}}\n",
        [f"+ {REMINDER} (REQ-2026-0001)", f"- {REMINDER}"],
    ),
    "a mail that nobody told of": ("until: 2026-12-01 15:00\n", [f"+ {REMINDER} (REQ-2026-0001)"]),
    "a mail to somebody else": (
        "  - {at: 14:30, sent: {template: requirement/assess-reminder, to: wang.lei}}\n",
        ["- requirement/assess-reminder to wang.lei@example.com", f"+ {REMINDER} (REQ-2026-0001)"],
    ),
    "a copy that nobody gets": (
        "  - {at: 14:30, sent: {template: requirement/assess-reminder, to: chen.jing, cc: li.na}}\n",
        [f"- {REMINDER} cc li.na@example.com", f"+ {REMINDER} (REQ-2026-0001)"],
    ),
    "a mail about another record": (
        "  - {at: 14:30, sent: {template: requirement/assess-reminder, to: chen.jing, about: REQ-2026-0002}}\n",
        [f"- {REMINDER} (REQ-2026-0002)", f"+ {REMINDER} (REQ-2026-0001)"],
    ),
    "a text that it does not have": (
        "  - {at: 14:30, sent: {template: requirement/assess-reminder, to: chen.jing, says: 采购, lacks: 报表}}\n",
        ["! it does not say '采购'", "! it says '报表'"],
    ),
    "another subject": (
        "  - {at: 14:30, sent: {template: requirement/assess-reminder, to: chen.jing, subject: 紧急, urgent: true}}\n",
        ["! its subject is '[REQ-2026-0001] 报表 — 提醒：请评估', without '紧急'", "! it is not urgent"],
    ),
    "a record that stands otherwise": (
        "  - {at: 10:00, record: {state: analysis, fields: {goal: 慢}, tasks: [{}], links: [X-1]}}\n",
        [
            "! REQ-2026-0001: state is 'received', not 'analysis'",
            "! REQ-2026-0001: goal is '快', not '慢'",
            "! REQ-2026-0001: links is '', not 'X-1'",
            "! REQ-2026-0001: there are 0 tasks (none), not 1",
        ],
    ),
    "what becomes of a mail": (
        "  - {at: 10:00, from: someone@elsewhere.test, subject: x, becomes: filed}\n",
        ["! the mail becomes unfiled (stranger), not filed"],
    ),
    "an answer to a mail that did not come": (
        "  - {at: 10:00, from: chen.jing, answers: requirement/question, body: 好}\n",
        ["! chen.jing@example.com got no requirement/question by then; the story ends here"],
    ),
    "a record that is not there": (
        "  - {at: 10:00, act: 受理, by: chen.jing, about: REQ-2026-0009}\n",
        ["! there is no record REQ-2026-0009; the story ends here"],
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_difference_stands_out(tmp_path: Path, name: str) -> None:
    more, said = DIFFERENCES[name]
    assert [line.partition("   by ")[0] for line in wrong(played(tmp_path, OPEN + more))] == said


def test_a_difference_names_the_line_of_the_story_and_the_rule_that_wrote_the_mail(tmp_path: Path) -> None:
    text = difference(played(tmp_path, OPEN + DIFFERENCES["a mail at another minute"][0]))
    assert text.splitlines()[0] == "story.yaml: the story does not hold (- told and not sent; + sent and not told)"
    assert "- Tue 2026-12-01 14:31  " in text and "story.yaml:12" in text
    assert "by requirement.received.assess-reminder (rules/requirement.yaml:" in text


def test_templates_beside_the_point_need_not_be_told(tmp_path: Path) -> None:
    assert wrong(played(tmp_path, f"also: requirement/assess-reminder\n{OPEN}until: 2026-12-01 15:00\n")) == []


def test_an_answer_quotes_the_mail_and_proves_its_writer(tmp_path: Path) -> None:
    more = "  - {at: 10:00, from: chen.jing, answers: requirement/please-assess, body: 受理}\n"
    told = "  - {sent: {template: requirement/accepted, to: zhang.wei, cc: li.na}}\n  - {record: {state: analysis}}\n"
    assert wrong(played(tmp_path, OPEN + more + told)) == []


def test_while_the_daemon_is_stopped_nothing_happens_and_mail_waits(tmp_path: Path) -> None:
    more = """\
  - {at: 10:00, daemon: stopped}
  - {at: 15:00, from: chen.jing, answers: requirement/please-assess, body: 受理}
  - {at: 15:30, record: {state: received}}
  - {at: 16:00, daemon: started}
  - {sent: {template: requirement/accepted, to: zhang.wei, cc: li.na}}
  - {record: {state: analysis}}
"""
    assert wrong(played(tmp_path, OPEN + more)) == []


def test_a_whole_message_and_attachments_may_come_from_files_beside_the_story(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: li.na@example.com\nSubject: [REQ] Raw\nMessage-ID: <a@x>\n\nfrom a file\n")
    (tmp_path / "b.csv").write_text("业务目标,快\n期望交付时间,2027-02-26\n", "utf-8")
    text = """\
also: [requirement/received, requirement/please-assess, requirement/copy]
story:
  - {at: 2026-12-01 09:00, message: a.eml, becomes: filed}
  - {record: {title: Raw, requester: li.na}}
  - {at: 09:10, from: li.na, subject: "[需求] 表", body: 见附件, attach: {name: b.csv, file: b.csv}}
  - {record: {fields: {goal: 快}}}
"""
    assert wrong(played(tmp_path, text)) == []


def test_the_command_prints_the_timeline_and_fails_where_a_story_does_not_hold(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert inside("init", home).status == 0
    good, bad, broken = (tmp_path / f"{name}.yaml" for name in ("good", "bad", "broken"))
    good.write_text(f"title: one that holds\n{OPEN}", "utf-8")
    bad.write_text(f"{OPEN}until: 2026-12-01 15:00\n", "utf-8")
    broken.write_text("stoory: []\n", "utf-8")
    done = inside("--home", home, "simulate", good)
    assert (done.status, done.err) == (0, "")
    assert "one that holds" in done.out and "requirement.received.copy" in done.out
    done = inside("--home", home, "simulate", good, bad)
    assert done.status == 1 and "+ Tue 2026-12-01 14:30" in done.err
    done = inside("--home", home, "simulate", "--format", "json", good)
    assert [row["template"] for row in done.json] == [
        "requirement/received",
        "requirement/copy",
        "requirement/please-assess",
    ]
    done = inside("--home", home, "simulate", broken)
    assert done.status == 1 and "broken.yaml:1:1: unknown key 'stoory' in a story, did you mean 'story'?" in done.err
    (tmp_path / "a.eml").write_bytes(b"Subject: x\n\nx\n")
    assert inside("--home", home, "simulate", good, tmp_path / "a.eml").status == 2
    assert not (home / "state" / "mailflow.db").exists()
