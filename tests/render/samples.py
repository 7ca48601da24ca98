"""A record in every state of every kind of the repository's rules, and each letter that they write there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from mailflow.adapters.render import Renderer
from mailflow.core.changes import Entry, FieldSet
from mailflow.core.commands import every_command
from mailflow.core.decision import Letter
from mailflow.core.model import Mark, Record, Signature, Task, Visit
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Action, Goto, Send, Style
from mailflow.core.workflow import FieldType, State, Workflow
from mailflow.mail.model import Address, Attachment, Mail
from mailflow.policy.load import load, read_home

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "en")
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # Friday, 10:30 in Shanghai
OPENED = NOW - timedelta(hours=18)
REQUESTER = "zhang.wei@example.com"

_TITLES = {
    "requirement": "报表增加导出功能",
    "change": "调整订单库索引",
    "incident": "全公司无法登录邮箱",
    "minutes": "十一月协调会",
}
_TEXTS = {
    "goal": "每月结账时间由 3 天缩短到 1 天",
    "functions": "1. 按部门导出\n2. 导出为 Excel\n3. 每月自动发送",
    "what": "订单表增加按客户和日期的联合索引",
    "why": "月末查询超过 30 秒",
    "nature": "上午 9 点起登录提示“密码错误”，重试无效",
    "since": "今天 9:00",
    "systems": "订单系统",
    "conclusions": "导出功能先做按部门导出",
}
_WORDS = "请补充每月导出的大致数据量，\n以及哪些部门需要使用。"


@dataclass(frozen=True, slots=True)
class Case:
    """One letter as some state writes it."""

    name: str
    letter: Letter
    record: Record | None
    recipient: str
    mail: Mail | None


@cache
def policy() -> Policy:
    loaded = load(read_home(ROOT), templates=False)
    assert loaded.policy is not None, loaded.problems
    return loaded.policy


@cache
def renderer() -> Renderer:
    return Renderer(ROOT / "templates")


def mail(text: str = "你好，\n月底要交报表，麻烦尽快看看。", subject: str = "[需求] 报表增加导出功能") -> Mail:
    return Mail(
        digest="d" * 64,
        subject=subject,
        message_id="abc@example.com",
        sender=Address(REQUESTER, "张伟"),
        date=OPENED,
        title=subject,
        text=text,
        own=text,
        attachments=(Attachment("样表.xlsx", "application/octet-stream", b"x"),),
    )


def record(workflow: Workflow, state: str, complete: bool = True) -> Record:
    """A record in a state, some of its fields filled in, with tasks where the kind knows them."""
    fields = {}
    for field in workflow.fields:
        if field.required and not complete:
            continue
        match field.type:
            case FieldType.DATE:
                fields[field.name] = "2026-12-31"
            case FieldType.MOMENT:
                fields[field.name] = "2026-12-09T10:00+08:00/2026-12-09T10:00+08:00"
            case FieldType.SPAN:
                fields[field.name] = "2026-12-31T09:00+08:00/2026-12-31T18:00+08:00"
            case FieldType.DEPARTMENTS:
                fields[field.name] = "finance, sales"
            case FieldType.PEOPLE | FieldType.PERSON:
                fields[field.name] = "sun.qiang@example.com, emma.brown@example.com"
            case FieldType.CHOICE:
                fields[field.name] = next(iter(field.choices))
            case _ if field.name in _TEXTS:
                fields[field.name] = _TEXTS[field.name]
    agreements = {
        each.name: {each.parties[0]: Signature("sun.qiang@example.com", False, 3, "范围没有写清楚")}
        for each in workflow.agreements.values()
    }
    return Record(
        id=f"{workflow.prefix}-2026-0001",
        kind=workflow.kind,
        title=_TITLES.get(workflow.kind, "样例事项"),
        requester=REQUESTER,
        language="zh",
        opened_at=OPENED,
        state=state,
        fields=fields,
        participants=(REQUESTER,),
        visits=(Visit(state, 2, OPENED),),
        agreements=agreements,
        tasks=_tasks() if workflow.tasks else (),
        entries=9,
    )


def _tasks() -> tuple[Task, ...]:
    mark = Mark(4, OPENED)
    return (
        Task(1, "整理导出字段清单", "li.na@example.com", "2026-11-16", percent=60, added=mark, dated=mark),
        Task(
            2,
            "评估数据量",
            "tom.green@example.com",
            "2026-11-23",
            standard="附测试结果",
            added=mark,
            dated=mark,
        ),
        Task(3, "确定上线时间", added=mark),
    )


def entries(of: Record) -> tuple[Entry, ...]:
    """The entries that set the record's fields."""
    changes = [
        FieldSet(name, value, "default" if name == "priority" else "line 3") for name, value in of.fields.items()
    ]
    return tuple(Entry(n, OPENED, REQUESTER, "field", change) for n, change in enumerate(changes, start=1))


def cases() -> Iterator[Case]:
    """Every mail that the rules name, in each state where it can be written, once a person who may get it."""
    for workflow in policy().kinds.values():
        for state, send, values in _sends(workflow):
            for complete in (True, False):
                yield from _written(record(workflow, state, complete), send, values)


def _written(of: Record, send: Send, values: dict[str, str]) -> Iterator[Case]:
    on_task = send.template.startswith("task/")
    task = of.task(1) if on_task else None
    if send.style is Style.REPLY:
        to: tuple[str, ...] = (of.requester,)
    else:
        to = resolve(send.to, of, policy(), NOW, task) or policy().site.admin
    cc = tuple(each for each in resolve(send.cc, of, policy(), NOW, task) if each not in to)
    urgent = bool(send.urgent)
    letter = Letter(send.style, send.template, to, cc, send.rule, of.id, 1 if on_task else 0, urgent, values=values)
    for recipient in (*to[:2], *cc[:1]):
        yield Case(f"{send.template} {of.state}", letter, of, recipient, mail())


def _sends(workflow: Workflow) -> Iterator[tuple[str, Send, dict[str, str]]]:
    """(state, mail, the values that come with it) for each place where a rule writes one."""
    arguments = {argument.name for command in every_command(workflow) for argument in command.arguments}
    known = {"date": "2026-12-15", "other": "INC-2026-0009"}
    said = {name: known.get(name, _WORDS) for name in arguments}
    live = [state for state in workflow.states.values() if not state.final]
    for state in workflow.states.values():
        for actions in (state.enter, *(timer.actions for timer in state.timers)):
            yield from ((state.name, send, {}) for send in _of(actions))
        for command in state.commands:
            yield from ((_after(command.actions, state), send, said) for send in _of(command.actions))
        for reply in state.replies:
            yield from ((live[0].name, send, {"answer": _WORDS}) for send in _of(reply.actions))
        for signal in state.signals:
            yield from ((state.name, send, {"origin": "INC-2026-0009"}) for send in _of(signal.actions))
    for reply in workflow.replies:
        yield from ((state.name, send, {"answer": _WORDS}) for state in live for send in _of(reply.actions))
    for signal in workflow.signals:
        yield from ((live[0].name, send, {"origin": "REQ-2026-0009"}) for send in _of(signal.actions))
    everywhere = [*(c.actions for c in workflow.commands), *(t.actions for t in workflow.timers)]
    everywhere += [reply.actions for reply in workflow.replies]
    everywhere += [agreement.agreed for agreement in workflow.agreements.values()]
    everywhere += [workflow.machines.actions] if workflow.machines else []
    if workflow.event:
        said = {**said, "attendee": "李娜", "attends": "declined", "delegate": "", "proposed": "", "text": _WORDS}
        everywhere.append(workflow.event.answered)
    if workflow.tasks:
        own = workflow.tasks
        everywhere += [
            own.complete,
            own.incomplete,
            own.added,
            *(t.actions for t in own.timers),
            *(c.actions for c in own.commands),
        ]
    for actions in everywhere:
        yield from ((state.name, send, said) for state in live for send in _of(actions))


def _of(actions: Sequence[Action]) -> Iterator[Send]:
    return (action for action in actions if isinstance(action, Send))


def _after(actions: Sequence[Action], state: State) -> str:
    targets = [action.state for action in actions if isinstance(action, Goto) and action.state != "previous"]
    return targets[-1] if targets else state.name


SITE_VALUES = {
    "site/untagged": {"suggested": "incident, requirement"},
    "site/summary": {"answers": "受理|done||\n定级|refused|needs|priority\n同意|refused|role|specification.parties"},
    "site/refused": {
        "answers": "同意|refused|state|received\n驳回|refused|token|\n完成|refused|task|1, 2\n"
        "批|refused|unknown|\n驳回|refused|needs|reason\n关闭|refused|when|\n撤回|refused|closed|received"
    },
    "site/unclear": {"remarks": "field|due|尽快"},
    "site/preview": {"answers": "受理|done||\n定级|refused|needs|priority"},
    "site/which-record": {"named": "REQ-2026-0001, CHG-2026-0002"},
    "site/too-large": {"limit": "unpacked", "most": "200", "came": "312.5", "file": "数据.zip"},
    "site/mine": {
        "matters": "owed|REQ-2026-0001|requirement|received|2026-11-20T08:30:00+00:00|导出\n"
        "task|MIN-2026-0001|minutes|standing|2026-11-23|1. 整理字段\nasked|CHG-2026-0001|change|approval||索引"
    },
    "site/search": {
        "text": "报表 导出",
        "found": "own|REQ-2026-0001|requirement|received|2026-11-20T08:30:00+00:00|zhang.wei@example.com|导出|报表导出\n"
        "other|CHG-2026-0001|change|approval|2026-11-20T08:30:00+00:00|li.na@example.com|索引|\n"
        "hidden|REQ-2026-0002|requirement|||||",
    },
    "site/away": {
        "reason": "done",
        "absences": "new|li.na@example.com|2026-12-01|2026-12-05|sun.qiang@example.com\n"
        "replaced|li.na@example.com|2026-12-04|2026-12-09|\n"
        "deputy-away|sun.qiang@example.com|2026-12-05|2026-12-06|",
    },
    "site/back": {"reason": "done", "absences": "gone|li.na@example.com|2026-12-01|2026-12-05|sun.qiang@example.com"},
    "site/deputy": {
        "person_named": "李娜",
        "reason": "deputy",
        "absences": "new|li.na@example.com|2026-12-01|2026-12-05|sun.qiang@example.com",
        "matters": "owed|REQ-2026-0001|requirement|received|2026-11-20T08:30:00+00:00|导出",
    },
    "site/mute": {"scope": "kind:incident", "reason": "done"},
    "site/unmute": {
        "scope": "all",
        "withheld": "2026-11-20T08:30:00+00:00|li.na@example.com|REQ-2026-0001|导出",
    },
    "site/report": {
        "day": "2026-11-23",
        "report": '{"title": "需求池", "labels": ["编号", "内容"], "rows": [["REQ-2026-0001", "报表|导出"], ["REQ-2026-0002", ""]]}',
    },
    "site/help": {},
    "site/introduction": {"duties": "all"},
    "site/status": {"named": "REQ-2026-0099"},
    "site/form": {"kind": "requirement"},
    "site/unknown-record": {"named": "REQ-2026-0099"},
    "site/outside": {"named": "REQ-2026-0099"},
    "site/not-participant": {"from": "stranger@example.org", "subject": "关于 REQ-2026-0001"},
    "site/forwarded": {"from": REQUESTER},
    "site/absent": {"person_named": "陈静", "until": "2026-11-27", "text": "自动回复：我在外地出差"},
    "site/policy-broken": {"problems": "rules/change.yaml:12:5: unknown key 'stats'; did you mean 'states'?"},
    "site/stranded": {"problems": "rules/change.yaml:90:3: state 'approved' is gone; CHG-2026-0003 is in it"},
    "site/undeliverable": {
        "recipient": "x@example.com",
        "subject": "[REQ-2026-0001] …",
        "reason": "550 unknown",
    },
    "site/quarantined": {
        "from": "a@example.com",
        "subject": "?",
        "reason": "cannot be decoded",
        "digest": "abc123",
    },
}


TOLD = {"site/absent", "site/undeliverable", "site/not-participant", "site/forwarded"}
REFUSED = {"site/untagged", "site/unknown-record", "site/which-record", "site/too-large"}


def site_cases() -> Iterator[Case]:
    """The mails that belong to no kind, with a record and without where both can be."""
    without = {
        *REFUSED,
        "site/policy-broken",
        "site/stranded",
        "site/quarantined",
        "site/introduction",
        "site/outside",
        "site/deputy",
        "site/report",
    }
    either = {"site/help", "site/mine", "site/search", "site/status", "site/form", "site/undeliverable", "site/absent"}
    for template, values in SITE_VALUES.items():
        style = Style.NOTIFY if template in (without | TOLD) - REFUSED else Style.REPLY
        to = policy().site.admin if style is Style.NOTIFY else (REQUESTER,)
        letter = Letter(style, template, to, rule=template, values={"message_id": "abc@example.com", **values})
        if template in without | either:
            yield Case(template, letter, None, to[0], mail() if style is Style.REPLY else None)
        if template not in without:
            of = record(policy().workflow("requirement"), "received")
            yield Case(f"{template} record", replace(letter, record=of.id), of, to[0], mail())
