"""`mailflow diagram`: the workflow as its rule file has it."""

import re

import pytest

from mailflow.core.rule import Goto
from mailflow.policy.load import load, read_home
from mailflow.report.diagram import as_dot, as_mermaid, as_text, steps
from tests.homes import TestHome, inside


@pytest.mark.parametrize("kind", ["requirement", "change", "incident", "minutes"])
def test_every_state_and_every_way_stands_in_the_drawing(home: TestHome, kind: str) -> None:
    policy = load(read_home(home.path)).policy
    assert policy is not None
    workflow = policy.workflow(kind)
    mermaid, dot, text = (draw(workflow, "en") for draw in (as_mermaid, as_dot, as_text))
    for name, state in workflow.states.items():
        assert f"\n    {name.replace('-', '_')} : " in mermaid
        assert f'"{name}" [label=' in dot
        assert f"\n{name}  " in text
        for command in state.commands:
            for action in command.actions:
                if isinstance(action, Goto) and action.state not in ("previous", name):
                    assert any((each.source, each.target) == (name, action.state) for each in steps(workflow, "en"))
    assert f"[*] --> {workflow.initial.name.replace('-', '_')}" in mermaid


def test_mermaid_has_one_statement_a_line(home: TestHome) -> None:
    done = home("diagram", "requirement", "--format", "mermaid", "--language", "en")
    lines = done.out.splitlines()
    assert lines[0] == "stateDiagram-v2"
    statement = re.compile(
        r"    (\w+ : [^:;]+|(\[\*\]|\w+) --> (\[\*\]|\w+)( : ([^:;]|#\d+;)+)?|note right of \w+|    .*|end note)"
    )
    assert [line for line in lines[1:] if not statement.fullmatch(line)] == []
    assert lines.count("    end note") == sum("note right of" in line for line in lines)


def test_labels_are_in_the_language_asked_for(home: TestHome) -> None:
    assert "撤回" in home("diagram", "incident").out
    assert "withdraw → withdrawn" in home("diagram", "incident", "--language", "en").out
    assert home("diagram", "incident", "--language", "fr").status == 2


def test_an_unknown_kind_is_answered_with_the_nearest(home: TestHome) -> None:
    done = home("diagram", "incidnt")
    assert done.status == 1
    assert "did you mean 'incident'" in done.err


def test_without_a_home_the_default_rules_are_drawn(home: TestHome) -> None:
    assert inside("--home", home.path / "state", "diagram", "change", "--format", "dot").out.startswith(
        'digraph "change"'
    )
