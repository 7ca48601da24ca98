"""What somebody says at the machine does what it would do by mail: each command of each shipped kind, in both languages."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mailflow.core.decide import decide
from mailflow.core.decision import Decision
from mailflow.core.facts import Facts
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.triggers import Classification, CommandGiven, MailReceived
from mailflow.core.wording import text_of
from mailflow.core.workflow import Argument, ArgumentType, Command, Workflow
from mailflow.mail.model import Address, Mail
from mailflow.policy.load import load, read_home
from mailflow.trial import sample_record
from tests.world import IT_CONTACT, REQUESTER, ROOT

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
OTHER = "REQ-2026-0009"
# What the summary of a mail says to its writer stands in a letter to nobody.
SUMMARIES = ("site/summary", "site/refused", "site/forwarded")
SAMPLES = {
    "zh": {
        ArgumentType.TEXT: "：原因如下",
        ArgumentType.DATE: "2026-12-30",
        ArgumentType.MOMENT: "2026-12-30 10:00",
        ArgumentType.PERSON: "王磊",
        ArgumentType.PEOPLE: "王磊、陈静",
        ArgumentType.TASK: "1",
        ArgumentType.PERCENT: "60%",
        ArgumentType.DEPARTMENT: "财务部",
        ArgumentType.GROUP: "值班组",
        ArgumentType.RECORD: OTHER,
        ArgumentType.KIND: "服务申请",
        ArgumentType.TASKS: "\n1. 准备数据 负责人：王磊 期限：2026-12-20",
    },
    "en": {
        ArgumentType.TEXT: ": for this reason",
        ArgumentType.DATE: "2026-12-30",
        ArgumentType.MOMENT: "2026-12-30 10:00",
        ArgumentType.PERSON: "Emma Brown",
        ArgumentType.PEOPLE: "Emma Brown, Tom Green",
        ArgumentType.TASK: "1",
        ArgumentType.PERCENT: "60%",
        ArgumentType.DEPARTMENT: "Finance",
        ArgumentType.GROUP: "duty",
        ArgumentType.RECORD: OTHER,
        ArgumentType.KIND: "service",
        ArgumentType.TASKS: "\n1. Prepare the data, owner: Emma Brown, due: 2026-12-20",
    },
}


def shipped() -> Policy:
    files = dict(read_home(ROOT))
    site = files["rules/site.yaml"]
    files["rules/site.yaml"] = site.replace("{trust: token}", "{trust: address}")
    people = files["rules/people.yaml"]
    groups = "groups: {值班组: [wang.lei@example.com], duty: [wang.lei@example.com]}"
    files["rules/people.yaml"] = people.replace("groups: {}", groups)
    loaded = load(files, templates=False)
    assert loaded.policy is not None, loaded.errors
    return loaded.policy


POLICY = shipped()


def everywhere() -> Iterator[tuple[Workflow, str, Command]]:
    """Each command with a state that it may be given in."""
    for workflow in POLICY.kinds.values():
        for state in workflow.states.values():
            yield from ((workflow, state.name, command) for command in state.commands)
        open_state = workflow.initial.name
        tasks = workflow.tasks.commands if workflow.tasks else ()
        yield from ((workflow, open_state, command) for command in (*workflow.commands, *tasks))


def said(command: Command, workflow: Workflow, language: str) -> str:
    """A command as its giver would write it, with all that it needs; fields on lines of their own."""
    chinese = language == "zh"
    word = next((each for each in command.words if each.isascii() is not chinese), command.words[0])
    wanted = [each for each in command.arguments if each.required]
    first = [SAMPLES[language][each.type] for each in wanted if each.type in SAMPLES[language]]
    lines = [_line(each, workflow, language) for each in wanted if each.type not in SAMPLES[language]]
    head = " ".join([word, *first]).replace(" ：", "：").replace(" :", ":").replace(" \n", "\n")
    return "\n".join([head, *lines])


def _line(argument: Argument, workflow: Workflow, language: str) -> str:
    own = argument.type is ArgumentType.TASK_FIELD
    field = workflow.task_field(argument.name) if own else workflow.field(argument.name)
    assert field is not None
    value = next(iter(field.choices), "2026-12-30" if "date" in field.type else "one")
    return f"{text_of(field.label, language, argument.name)}: {value}"


CASES = [
    pytest.param(workflow, state, command, language, id=f"{command.rule}-{language}")
    for workflow, state, command in everywhere()
    for language in ("zh", "en")
]
OUTCOMES: Counter[str] = Counter()


def record_in(workflow: Workflow, state: str) -> Record:
    return sample_record(workflow, state, REQUESTER, NOW, POLICY, complete=True)


def speaker(command: Command, record: Record) -> str:
    """The first one who may say it."""
    return next(iter(resolve(command.by, record, POLICY, NOW, record.task(1))), REQUESTER)


def by_mail(text: str, by: str, record: Record) -> Decision:
    mail = Mail("digest", record.title, message_id="m@x", sender=Address(by), text=text, own=text)
    return decide(MailReceived(mail, Classification(None, record.title), "reference"), record, facts(), POLICY, NOW)


def at_the_machine(text: str, by: str, record: Record) -> Decision:
    return decide(CommandGiven(text, by), record, facts(), POLICY, NOW)


def facts() -> Facts:
    return Facts(records=(OTHER,))


def outcome(decision: Decision) -> dict[str, object]:
    """What a decision comes to, but for the message that was filed and the summary of it."""
    record = decision.record
    assert record is not None
    return {
        "answers": [each.values["answers"] for each in decision.letters if "answers" in each.values],
        "state": record.state,
        "fields": dict(record.fields),
        "roles": dict(record.roles),
        "tasks": [(each.title, each.owner, each.due, each.state, each.percent, each.remark) for each in record.tasks],
        "signed": {
            name: {party: each.agrees for party, each in signed.items()} for name, signed in record.agreements.items()
        },
        "links": [(each.relation, each.record) for each in record.links],
        "letters": sorted(
            (each.template, each.rule, each.to, each.cc) for each in decision.letters if each.template not in SUMMARIES
        ),
        "told": [(each.to, each.given.name) for each in decision.signals],
        "opened": [each.opened.kind for each in decision.opens],
    }


@pytest.mark.parametrize(("workflow", "state", "command", "language"), CASES)
def test_a_command_does_at_the_machine_what_it_does_by_mail(
    workflow: Workflow, state: str, command: Command, language: str
) -> None:
    record = record_in(workflow, state)
    by, text = speaker(command, record), said(command, workflow, language)
    here, there = outcome(at_the_machine(text, by, record)), outcome(by_mail(text, by, record))
    assert here == there, text
    answers = here["answers"]
    assert isinstance(answers, list) and answers, f"{text!r} was not heard"
    OUTCOMES[answers[0].split("|")[1] if answers else ""] += 1


@pytest.mark.parametrize(
    "text",
    ["帮助", "status", "我的", "mine", "表单", "form change", "查询 报表", "search report", "预览\n受理", "preview: accept",
     "优先级：高", "Expected delivery: 2027-03-01", "随便说一句", "just a word"],
)  # fmt: skip
def test_a_question_a_field_or_a_word_too(text: str) -> None:
    workflow = POLICY.workflow("requirement")
    record = record_in(workflow, workflow.initial.name)
    for by in (REQUESTER, IT_CONTACT):
        here, there = outcome(at_the_machine(text, by, record)), outcome(by_mail(text, by, record))
        # What would be done is said at the machine itself.
        for each in (here, there):
            each["letters"] = [each for each in each["letters"] if each[0] != "site/preview"]  # type: ignore[attr-defined]
        assert here == there


def test_an_absence_is_in_force_at_once() -> None:
    workflow = POLICY.workflow("requirement")
    record = record_in(workflow, workflow.initial.name)
    (change,) = at_the_machine("外出 12月3日到4日，代理 王磊", IT_CONTACT, record).standing
    assert "chen.jing" in repr(change) and "wang.lei" in repr(change)


def test_most_of_them_were_done() -> None:
    assert OUTCOMES["done"] > 0.8 * sum(OUTCOMES.values()), OUTCOMES
