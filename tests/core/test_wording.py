"""Roles and choices in the reader's words, never by the name that a rule file gives them."""

import pytest

from mailflow.core.wording import choice_text, role_text
from tests.render.samples import policy


@pytest.mark.parametrize(
    ("role", "chinese", "english"),
    [
        ("requester.head", "提出人的部门负责人", "requester's head of department"),
        ("requester.contact", "提出人所在部门的接口人", "requester's department contact"),
        ("it.contact", "信息技术部接口人", "IT contact"),
        ("departments.head", "涉及部门负责人", "head of a department concerned"),
        ("task.receiver.head", "接收部门负责人", "head of the receiving department"),
        ("fields.departments.head", "涉及部门负责人", "head of a department concerned"),
        ("task.receiver.contact", "接收部门接口人", "contact of the receiving department"),
    ],
)
def test_a_role_is_said_in_words(role: str, chinese: str, english: str) -> None:
    workflow = policy().workflow("requirement")
    assert role_text(role, "zh", workflow) == chinese
    assert role_text(role, "en", workflow) == english


def test_no_role_of_any_rule_is_said_by_its_name() -> None:
    for workflow in policy().kinds.values():
        for state in workflow.states.values():
            for role in state.responsible:
                assert not role_text(role, "zh", workflow).isascii(), role


def test_a_choice_is_said_as_words_where_it_is_listed_so() -> None:
    choices = {"at-risk": ("有风险", "at risk"), "sub-system": ("子系统",)}
    assert [choice_text(key, choices, "en") for key in choices] == ["at risk", "sub-system"]
    assert [choice_text(key, choices, "zh") for key in choices] == ["有风险", "子系统"]
