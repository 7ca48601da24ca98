"""Roles and choices in the reader's words, never by the name that a rule file gives them."""

import pytest

from mailflow.core.reading.values import read_money
from mailflow.core.wording import choice_text, role_text, stored_money
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


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("100000", "100,000 元", "CNY 100,000"),
        ("80000-100000", "80,000–100,000 元", "CNY 80,000–100,000"),
        ("1234.50", "1,234.50 元", "CNY 1,234.50"),
        ("USD 3000", "USD 3,000", "USD 3,000"),
        ("约十万", "约十万", "约十万"),
    ],
)
def test_money_is_said_with_its_currency_and_read_again_as_the_same(value: str, chinese: str, english: str) -> None:
    assert (stored_money(value, "zh"), stored_money(value, "en")) == (chinese, english)
    if value[-1].isdigit():
        assert read_money(chinese) == read_money(english) == read_money(value)
