"""What a person answers who was asked what items lack, in whatever words (P5.3)."""

from datetime import date

import pytest

from mailflow.core.completing import completed
from mailflow.core.model import Task
from mailflow.core.reading.arguments import Ears
from mailflow.core.workflow import Argument, ArgumentType, Command
from tests.world import IT_CONTACT, World

EARS = Ears(World().force.policy.directory, date(2026, 11, 20))
TASK = Argument("task", ArgumentType.TASK, required=True)
OWN = Command(
    "own", ("负责人", "owner"), ("requester",), arguments=(TASK, Argument("person", ArgumentType.PERSON, required=True))
)
DATE = Command(
    "date", ("期限", "due"), ("requester",), arguments=(TASK, Argument("date", ArgumentType.DATE, required=True))
)
DONE = Command("done", ("完成",), ("requester",), arguments=(TASK,))
TASKS = (
    Task(1, "采购打印机", due="2026-12-01"),
    Task(2, "更新手册", owner=IT_CONTACT),
    Task(3, "培训"),
    Task(4, "上线", owner=IT_CONTACT, due="2026-12-01"),
)


def given(text: str) -> list[tuple[str, ...]]:
    return [(each.command.name, *each.arguments.values()) for each in completed(text, TASKS, (DONE, OWN, DATE), EARS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 陈静", [("own", "1", IT_CONTACT)]),
        ("1. 陳靜", [("own", "1", IT_CONTACT)]),
        ("第1项：由陈静负责", [("own", "1", IT_CONTACT)]),
        ("1、采购打印机（陈静，12月1日）", [("own", "1", IT_CONTACT)]),
        ("#2: 10 December", [("date", "2", "2026-12-10")]),
        ("您好，\n1 陈静\n2 12月10日\n谢谢", [("own", "1", IT_CONTACT), ("date", "2", "2026-12-10")]),
        ("3 陈静 12月10日", [("own", "3", IT_CONTACT), ("date", "3", "2026-12-10")]),
        ("3. 培训：陈静，截止：12月10日", [("own", "3", IT_CONTACT), ("date", "3", "2026-12-10")]),
    ],
)
def test_a_line_gives_a_task_what_it_lacks(text: str, expected: object) -> None:
    assert given(text) == expected


@pytest.mark.parametrize(
    "text", ["4 陈静", "9 陈静", "1 某某某", "2 尽快", "1 年前就说过了", "12月1日 陈静", "陈静", ""]
)
def test_what_is_no_such_answer_gives_nothing(text: str) -> None:
    assert given(text) == []
