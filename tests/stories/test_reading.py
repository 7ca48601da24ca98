"""A story's mistakes are told all at once, each with its place and what to write instead."""

from pathlib import Path

import pytest

from mailflow.policy.load import read_home
from mailflow.stories.stage import Stage
from mailflow.stories.values import Mails, Story, Written
from tests.world import ROOT

HEAD = """\
title: a story
story:
  - at: Tue 2026-12-01 09:00
    from: zhang.wei
    subject: "[需求] 报表"
"""

STAGE = Stage(read_home(ROOT))


def read(path: Path, text: str) -> tuple[Story | None, list[str]]:
    (path / "story.yaml").write_text(text, "utf-8")
    story, problems = STAGE.read(path / "story.yaml", "story.yaml")
    return story, [str(each) for each in problems]


FAULTS = [
    ("  - at: 08:00\n    daemon: stopped\n", "6:9: 'at' is earlier than 2026-12-01 09:00 above"),
    ("  - at: Wed 2026-12-01 10:00\n    daemon: stopped\n", "6:9: 2026-12-01 is no 'Wed', write Tue or 周二"),
    ("  - at: tomorrow\n    daemon: stopped\n", "6:9: 'at': this is no moment, write it like 2026-12-01 09:00"),
    ("  - at: 2026-12-32 09:00\n    daemon: stopped\n", "6:9: 'at': this is no moment"),
    ("  - at: 10:00\n", "6:5: this does not tell one thing that happens, say one of from,"),
    ("  - from: nobody\n    subject: x\n", "6:11: 'from': nobody is called 'nobody', write the address"),
    ("  - from: zhang.wie\n    subject: x\n", "6:11: 'from': nobody is called 'zhang.wie', did you mean 'zhang.wei'?"),
    ("  - from: zhang.wei\n", "6:5: a mail needs a 'subject', or 'answers', or 'about'"),
    (
        "  - from: zhang.wei\n    answers: requirement/recieved\n",
        "7:14: there is no template 'requirement/recieved', did",
    ),
    ("  - from: zhang.wei\n    subject: x\n    boddy: y\n", "8:5: unknown key 'boddy' in a mail of a story, did you"),
    ("  - sent: {template: requirement/received}\n", "6:11: a mail goes to somebody, say 'to'"),
    ("  - sent: {to: zhang.wei}\n", "6:11: a mail that is sent needs 'template'"),
    ("  - record: {state: analysed}\n", "6:21: 'state': there is no 'analysed', did you mean 'analysis'?"),
    ("  - record: {fields: {gaol: x}}\n", "6:23: there is no 'gaol' in any kind, did you mean 'goal'?"),
    ("  - act: 受理\n", "6:5: a command of a story needs 'by'"),
    ("  - message: lost.eml\n", "6:14: cannot read lost.eml: No such file or directory"),
    ("  - bounces: requirement/received\n", "6:5: a bounce needs 'of'"),
    (
        "  - from: zhang.wei\n    subject: x\n    attach: {name: a.csv, rows: [x]}\n",
        "8:34: a row is a list of cells, write it like",
    ),
    ("until: 2026-12-01 08:00\n", "6:8: 'until' is earlier than 2026-12-01 09:00 above"),
    ("rules: {people: {peeple: []}}\n", "6:18: unknown key 'peeple' in people.yaml, did you mean 'people'?"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS, ids=[said for _, said in FAULTS])
def test_a_mistake_is_told_with_its_place(tmp_path: Path, fault: str, said: str) -> None:
    story, problems = read(tmp_path, HEAD + fault)
    assert story is None
    assert any(each.startswith(f"story.yaml:{said}") for each in problems), problems


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    _, problems = read(tmp_path, HEAD + "".join(fault for fault, _ in FAULTS[:5]))
    assert len(problems) == 5


def test_what_is_no_yaml_is_told(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "story: [")
    assert problems and problems[0].startswith("story.yaml:2:1: not YAML")


def test_a_story_without_a_point_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, "")[1] == ["story.yaml:1:1: a story needs 'story'"]


def test_a_moment_without_a_date_is_of_the_day_before_it_and_one_left_out_is_the_same(tmp_path: Path) -> None:
    more = "  - {from: 李娜, subject: x}\n  - {at: 周二 2026-12-01 14:30, from: 李娜, subject: y}\n  - {at: 15:00, daemon: stopped}\n"
    story, problems = read(tmp_path, HEAD + more)
    assert story is not None, problems
    local = [f"{story.policy.calendar('').local(step.at):%m-%d %H:%M}" for step in story.steps]
    assert local == ["12-01 09:00", "12-01 09:00", "12-01 14:30", "12-01 15:00"]
    assert story.until == story.steps[-1].at


def test_people_are_named_by_address_name_or_the_part_before_the_at(tmp_path: Path) -> None:
    names = ("li.na@example.com", "李娜", "li.na")
    story, problems = read(tmp_path, HEAD + "".join(f"  - {{from: {name}, subject: x}}\n" for name in names))
    assert story is not None, problems
    writers = [step.deed.sender for step in story.steps[1:] if isinstance(step.deed, Written)]
    assert writers == ["li.na@example.com"] * 3


def test_a_group_stands_for_its_members(tmp_path: Path) -> None:
    more = "  - sent: {template: site/help, to: 组}\nrules: {people: {groups: {组: [李娜, Tom Green]}}}\n"
    story, problems = read(tmp_path, HEAD + more)
    assert story is not None, problems
    deed = story.steps[-1].deed
    assert isinstance(deed, Mails) and deed.expected[0].to == ("li.na@example.com", "tom.green@example.com")


def test_lines_laid_over_change_this_story_alone(tmp_path: Path) -> None:
    over = "rules: {people: {people: [{address: zhang.wei@example.com, language: en}]}, site: {language: en}}\n"
    story, problems = read(tmp_path, HEAD + over)
    assert story is not None, problems
    changed = story.policy.directory.person("zhang.wei@example.com")
    assert (changed.language, changed.department, story.policy.site.language) == ("en", "sales", "en")
    other, _ = read(tmp_path, HEAD)
    assert other is not None and other.policy.site.language == "zh"
