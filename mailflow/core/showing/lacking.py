"""What an item lacks (P0.9, P5.3), said in the reader's language. Pure."""

import re
from collections.abc import Callable

from mailflow.core.model import Task

# The problems of core.reading.items, which stand as the remark of the task until it is complete.
_PROBLEM = re.compile(
    r"(no owner|no date)|(several owners): (.+)|(unknown person|vague date|unclear date) (.+)", re.DOTALL
)
_ZH = {
    "no owner": "没有写负责人",
    "no date": "没有写期限",
    "several owners": "写了多位负责人：{}",
    "unknown person": "找不到“{}”这个人",
    "vague date": "“{}”不是具体日期",
    "unclear date": "看不懂日期“{}”",
}
_EN = {
    "several owners": "several owners: {}",
    "unknown person": "nobody is called “{}”",
    "vague date": "“{}” is no date",
    "unclear date": "“{}” cannot be read as a date",
}


def remark_text(task: Task, language: str, name: Callable[[str], str]) -> str:
    """A task's remark as its reader sees it; what it once lacked is no remark of a task that is complete."""
    found = [_PROBLEM.fullmatch(each) for each in task.remark.split("; ")]
    problems = [each for each in found if each is not None]
    if not task.remark or len(problems) < len(found):
        return task.remark
    if task.complete:
        return ""
    zh = language.startswith("zh")
    return ("；" if zh else "; ").join(_said(each, _ZH if zh else _EN, "、" if zh else ", ", name) for each in problems)


def _said(problem: re.Match[str], words: dict[str, str], comma: str, name: Callable[[str], str]) -> str:
    what = problem[1] or problem[2] or problem[4]
    people = comma.join(name(each) if "@" in each else each for each in (problem[3] or "").split(", "))
    return words.get(what, what).format(people or problem[5])
