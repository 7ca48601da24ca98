"""How a value is said in the reader's language: dates, durations, roles, the values of fields. Pure.

Chinese for every `zh`, English for the rest; what a site calls its own things comes from its labels.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from mailflow.core.duration import parse_duration
from mailflow.core.policy import Policy
from mailflow.core.span import read_stored
from mailflow.core.workflow import Field, FieldType, Labels, Workflow

_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_BASES = {
    "zh": {
        "requester": "提出人",
        "it": "信息技术部",
        "departments": "涉及部门",
        "owner": "任务负责人",
        "owners": "任务负责人",
        "owing": "任务负责人",
        "participants": "参与人",
        "admin": "系统管理员",
        "overseer": "监督人",
        "handler": "处理人",
        "recorder": "记录人",
        "attending": "参会人",
        "unnamed": "未定参会人的部门",
        "coordinator": "协调人",
    },
    "en": {
        "requester": "requester",
        "it": "IT",
        "departments": "departments concerned",
        "owner": "task owner",
        "owners": "task owner",
        "owing": "task owner",
        "participants": "participant",
        "admin": "administrator",
        "overseer": "overseer",
        "handler": "handler",
        "recorder": "recorder",
        "attending": "invited person",
        "unnamed": "departments that have named nobody",
        "coordinator": "coordinator",
    },
}
_STEPS = {
    "zh": {
        "contact": "接口人",
        "manager": "直属上级",
        "head": "部门负责人",
        "leader": "分管领导",
        "on-call": "值班人员",
    },
    "en": {
        "contact": "department contact",
        "manager": "line manager",
        "head": "head of department",
        "leader": "leader in charge",
        "on-call": "person on call",
    },
}
# The usual names of what commands take; a rule file may use others.
_ARGUMENTS = {
    "zh": {
        "reason": "原因",
        "question": "问题",
        "comments": "意见",
        "person": "姓名",
        "people": "姓名",
        "date": "日期",
        "task": "第几项",
        "percent": "百分比",
        "remark": "说明",
        "department": "部门",
        "tasks": "任务列表",
        "members": "成员",
        "audience": "组名",
        "news": "内容",
        "other": "另一项的编号",
        "kind": "类别",
        "title": "标题",
        "objection": "异议内容",
    },
    "en": {"person": "a name", "people": "names", "date": "a date", "task": "which item", "percent": "a percentage"},
}
_OF_DEPARTMENT = {"contact": "contact", "head": "head"}
_PARTIES = {"zh": "签认方", "en": "party who signs"}
_WHERE = {
    "zh": {
        "line": "来自邮件第{}行",
        "body": "来自邮件正文",
        "table": "来自邮件中的表格",
        "form": "来自表单",
        "default": "默认值",
        "file": "来自附件{}",
    },
    "en": {
        "line": "from line {}",
        "body": "from your mail",
        "table": "from a table in your mail",
        "form": "from the form",
        "default": "by default",
        "file": "from the file {}",
    },
}


def tongue(language: str) -> str:
    """The language whose words are used here: zh or en."""
    return "zh" if language.partition("-")[0] == "zh" else "en"


def text_of(labels: Labels, language: str, otherwise: str = "") -> str:
    """A label in a language, its shorter form, any; `otherwise` when there is none."""
    for each in (language, language.partition("-")[0]):
        if labels.get(each):
            return labels[each]
    return next((value for value in labels.values() if value), otherwise)


def day_text(day: date, language: str) -> str:
    """2026年11月23日（周一） · Mon 23 November 2026"""
    weekday = _WEEKDAYS[tongue(language)][day.weekday()]
    if tongue(language) == "zh":
        return f"{day.year}年{day.month}月{day.day}日（{weekday}）"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(value: str, language: str) -> str:
    """An ISO date for a narrow column: 11月23日（周一） · Mon 23 Nov; what is none, as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    weekday = _WEEKDAYS[tongue(language)][day.weekday()]
    if tongue(language) == "zh":
        return f"{day.month}月{day.day}日（{weekday}）"
    return f"{weekday} {day.day} {_MONTHS[day.month - 1][:3]}"


def moment_text(moment: datetime, language: str) -> str:
    """A local moment to the minute: 2026年11月23日（周一）18:00 · Mon 23 November 2026, 18:00"""
    joint = "" if tongue(language) == "zh" else ", "
    return f"{day_text(moment.date(), language)}{joint}{moment:%H:%M}"


def span_text(span: timedelta, language: str) -> str:
    """About how long: 1 天 4 小时 · 1 day 4 hours. Minutes only below a day; at least a minute."""
    minutes = max(1, int(span.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    counted = [(days, "天", "day"), (hours, "小时", "hour"), (0 if days else minutes, "分钟", "minute")]
    if tongue(language) == "zh":
        return " ".join(f"{count} {word}" for count, word, _ in counted if count)
    return " ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, _, word in counted if count)


def list_text(names: Sequence[str], language: str) -> str:
    """李娜、陈静 · Li Na, Chen Jing"""
    return ("、" if tongue(language) == "zh" else ", ").join(names)


def role_text(expression: str, language: str, workflow: Workflow | None = None) -> str:
    """A role expression in words: requester.head is the requester's head of department."""
    spoken = tongue(language)
    base, *steps = expression.split(".")
    field = workflow.field(base) if workflow is not None else None
    if base in ("task", "fields") and steps and workflow is not None:
        of_task = base == "task"
        base, steps = steps[0], steps[1:]
        field = workflow.task_field(base) if of_task else workflow.field(base)
    if workflow is not None and base in workflow.agreements:
        words, steps = text_of(workflow.labels.get(base, {}), language, _PARTIES[spoken]), steps[1:]
    else:
        words = _base_text(base, field, language, workflow)
    department = base not in _BASES["zh"] and field is not None and field.type is FieldType.DEPARTMENTS
    for step in steps:
        said = _STEPS[spoken].get(step, step)
        words = (_chinese if spoken == "zh" else _english)("field" if department else base, words, step, said)
    return words


def _base_text(base: str, field: Field | None, language: str, workflow: Workflow | None) -> str:
    """What a role is called: by its rule file, by us, or as the field whose people it means."""
    if workflow is not None and base in workflow.labels:
        return text_of(workflow.labels[base], language, base)
    return _BASES[tongue(language)].get(base) or (_inner(text_of(field.label, language, base)) if field else base)


def has_words(name: str, workflow: Workflow) -> bool:
    """Whether a role, or what a command takes, is called anything in mails but its name."""
    ours = name in _BASES["zh"] or name in _ARGUMENTS["zh"]
    return (
        ours
        or bool(workflow.labels.get(name))
        or workflow.field(name) is not None
        or workflow.task_field(name) is not None
    )


def _inner(label: str) -> str:
    """A label within a sentence."""
    return label[:1].lower() + label[1:]


def _chinese(base: str, words: str, step: str, said: str) -> str:
    if base in ("it", "departments", "unnamed", "field"):
        return f"{words}{'负责人' if step == 'head' else said}"
    return f"{words}所在部门的接口人" if step == "contact" else f"{words}的{said}"


def _english(base: str, words: str, step: str, said: str) -> str:
    if base == "it":
        return f"{words} {_OF_DEPARTMENT.get(step, said)}"
    if base == "departments":
        return f"{_OF_DEPARTMENT.get(step, said)} of a department concerned"
    if base == "field":
        return f"{_OF_DEPARTMENT.get(step, said)} of the {words}"
    return f"{words}' {said}" if words.endswith("s") else f"{words}'s {said}"


def argument_text(name: str, language: str, workflow: Workflow) -> str:
    """What a command takes, in words: by its rule file, else by us."""
    return text_of(workflow.labels.get(name, {}), language, _ARGUMENTS[tongue(language)].get(name, name))


def where_text(where: str, language: str) -> str:
    """What a field was read from, in words: `line 3`, `table`, `file NAME`; "" for what tells nothing."""
    words = _WHERE[tongue(language)]
    head, _, number = where.partition(" ")
    if head == "line" and number:
        return words["line"].format(f" {number} " if tongue(language) == "zh" else number)
    if head == "file":
        return words["file"].format(number)
    return words.get(where, "")


def value_text(field: Field, value: str, policy: Policy, language: str, zone: tzinfo | None = None) -> str:
    """A field's value (text as the record keeps it) as the reader would write it; times by the clocks of `zone`."""
    match field.type:
        case FieldType.DATE:
            return stored_day(value, language)
        case FieldType.MOMENT | FieldType.SPAN:
            return stored_span(value, language, zone)
        case FieldType.DURATION:
            return stored_duration(value, language)
        case FieldType.MONEY:
            return stored_money(value, language)
        case FieldType.PERSON | FieldType.PEOPLE:
            return list_text([policy.directory.person(each).name or each for each in _parts(value)], language)
        case FieldType.DEPARTMENTS:
            names = [text_of(policy.directory.department(each).name, language, each) for each in _parts(value)]
            return list_text(names, language)
        case _ if value in field.choices:
            return choice_text(value, field.choices, language)
        case _:
            return value


def choice_text(key: str, choices: Mapping[str, tuple[str, ...]], language: str) -> str:
    """A choice's word: in Chinese the first Chinese one, elsewhere its key, as words where it is so listed."""
    if tongue(language) == "zh":
        return next((word for word in choices[key] if not word.isascii()), key)
    spoken = key.replace("_", " ")
    return spoken.replace("-", " ") if spoken.replace("-", " ") in choices[key] else spoken


def stored_day(value: str, language: str) -> str:
    """An ISO date in words; what is none, as it is."""
    try:
        return day_text(date.fromisoformat(value), language)
    except ValueError:
        return value


_MONEY = re.compile(r"(?:([A-Z]{3}) )?(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


def stored_money(value: str, language: str) -> str:
    """An amount or a range with its thousands parted and its currency; what is none, as it is."""
    found = _MONEY.fullmatch(value)
    if found is None:
        return value
    currency, *figures = found.groups()
    said = "–".join(f"{Decimal(each):,f}" for each in figures if each)
    if currency:
        return f"{currency} {said}"
    return f"{said} 元" if tongue(language) == "zh" else f"CNY {said}"


def stored_duration(value: str, language: str) -> str:
    """So much time in words; what is none, as it is."""
    try:
        return span_text(parse_duration(value).elapsed(), language)
    except ValueError:
        return value


def stored_span(value: str, language: str, zone: tzinfo | None = None) -> str:
    """A moment or a span in words, the second day only where it is another; what is none, as it is."""
    span = read_stored(value)
    if span is None:
        return stored_day(value, language)
    begin, end = (each.astimezone(zone) if zone else each for each in (span.begin, span.end))
    if begin == end:
        return moment_text(begin, language)
    last = f"{end:%H:%M}" if begin.date() == end.date() else moment_text(end, language)
    if end.time() == time() and end.date() - begin.date() == timedelta(days=1):
        last = "24:00"
    return f"{moment_text(begin, language)} {'至' if tongue(language) == 'zh' else 'to'} {last}"


def _parts(value: str) -> list[str]:
    return [part for part in value.split(", ") if part]
