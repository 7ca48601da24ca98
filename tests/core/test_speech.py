"""What counts as a command in a person's own words, and what does not (P9)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.reading.arguments import Ears
from mailflow.core.reading.slips import near
from mailflow.core.reading.speech import listen
from mailflow.core.workflow import Argument, ArgumentType, Command
from tests.world import World

WORLD = World()
EARS = Ears(WORLD.force.policy.directory, date(2026, 3, 2))


def command(name: str, *words: str, **arguments: ArgumentType) -> Command:
    given_ = tuple(Argument(key.rstrip("_"), value, required=not key.endswith("_")) for key, value in arguments.items())
    return Command(name, (name, *words), by=("requester",), arguments=given_)


COMMANDS = (
    command("accept", "受理"),
    command("approve", "同意"),
    command("disapprove", "不同意", reason=ArgumentType.TEXT),
    command("reject", "驳回", reason=ArgumentType.TEXT),
    command("ask", "询问", question=ArgumentType.TEXT),
    command("assign", "转给", person=ArgumentType.PERSON),
    command("done", "完成", task=ArgumentType.TASK, remark_=ArgumentType.TEXT),
    command("progress", "进度", task=ArgumentType.TASK, percent=ArgumentType.PERCENT, remark_=ArgumentType.TEXT),
    command("postpone", "延期至", task=ArgumentType.TASK, date=ArgumentType.DATE, reason=ArgumentType.TEXT),
    command("priority", "定级", priority=ArgumentType.FIELD),
    command("not-solved", "未解决", "not solved", comments_=ArgumentType.TEXT),
)


def heard(text: str) -> list[tuple[str, dict[str, str]]]:
    return [(said.command.name, dict(said.arguments)) for said in listen(text, COMMANDS, EARS).said]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("受理", [("accept", {})]),
        ("受理。谢谢！", [("accept", {})]),
        ("完成，請查收", [("done", {})]),
        ("Approve with thanks.", [("approve", {})]),
        ("  Accept\n\nBest regards", [("accept", {})]),
        ("ＡＣＣＥＰＴ", [("accept", {})]),
        ("您好，\n\n受理", [("accept", {})]),
        ("Hi Tom,\napprove, thanks", [("approve", {})]),
        ("同意，谢谢", [("approve", {})]),
        ("好的，受理", [("accept", {})]),
        ("OK, approve", [("approve", {})]),
        ("“受理”", [("accept", {})]),
        ("【受理】", [("accept", {})]),
        ("**受理**", [("accept", {})]),
        ("受理 ✅", [("accept", {})]),
        ("- 受理", [("accept", {})]),
        ("LGTM, approve", [("approve", {})]),
        ("Dear all,\nI hope this finds you well.\n\nApprove.", [("approve", {})]),
        ("我方同意。", [("approve", {})]),
        ("经研究，我司同意", [("approve", {})]),
        ("I hereby approve this request.", [("approve", {})]),
        ("同意该方案。", [("approve", {})]),
        ("驳回此需求：预算不足", [("reject", {"reason": "预算不足"})]),
        ("驳回理由：预算不足", [("reject", {"reason": "预算不足"})]),
        ("予以驳回（预算不足）", [("reject", {"reason": "预算不足"})]),
        ("Reject - budget too small", [("reject", {"reason": "budget too small"})]),
        ("Reject. The budget is too small.", [("reject", {"reason": "The budget is too small."})]),
        ("reject because it costs too much", [("reject", {"reason": "because it costs too much"})]),
        ("问题未解决", [("not-solved", {})]),
        ("The issue is not solved.", [("not-solved", {})]),
        ("受理，并转给王磊处理", [("accept", {}), ("assign", {"person": "wang.lei@example.com"})]),
        (
            "受理，并转给王磊处理，定级：高",
            [("accept", {}), ("assign", {"person": "wang.lei@example.com"}), ("priority", {"priority": "高"})],
        ),
        ("转给王磊，请尽快处理", [("assign", {"person": "wang.lei@example.com"})]),
        ("2 完成", [("done", {"task": "2"})]),
        ("任务2完成", [("done", {"task": "2"})]),
        ("第二项完成：已上线", [("done", {"task": "2", "remark": "已上线"})]),
        ("Task 2 is done", [("done", {"task": "2"})]),
        ("done with task 2", [("done", {"task": "2"})]),
        ("完成 1到3", [("done", {"task": "1"}), ("done", {"task": "2"}), ("done", {"task": "3"})]),
        ("任务2进度60%", [("progress", {"task": "2", "percent": "60"})]),
        ("任务 2 延期至12月1日：等硬件", [("postpone", {"task": "2", "date": "2026-12-01", "reason": "等硬件"})]),
        ("完成 80%", [("progress", {"percent": "80"})]),
        ("完成 2 80%，接口已通", [("progress", {"task": "2", "percent": "80", "remark": "接口已通"})]),
        ("完成 2 100%", [("done", {"task": "2", "remark": "100%"})]),
        ("1. 受理\n2. 转给 陈静", [("accept", {}), ("assign", {"person": "chen.jing@example.com"})]),
        ("駁回：預算不足", [("reject", {"reason": "預算不足"})]),
        ("驳回\n1. 预算不足\n2. 人手不足", [("reject", {"reason": "1. 预算不足\n2. 人手不足"})]),
        ("驳回：【预算】不足", [("reject", {"reason": "【预算】不足"})]),
        ("不同意：窗口太紧", [("disapprove", {"reason": "窗口太紧"})]),
        ("驳回：预算不足", [("reject", {"reason": "预算不足"})]),
        ("不同意，预算太高", [("disapprove", {"reason": "预算太高"})]),
        ("不同意。预算太高", [("disapprove", {"reason": "预算太高"})]),
        ("审批意见：同意", [("approve", {})]),
        ("我同意", [("approve", {})]),
        ("I approve.", [("approve", {})]),
        ("@陈静 同意", [("approve", {})]),
        ("陈工，同意", [("approve", {})]),
        ("陈工：\n同意", [("approve", {})]),
        ("陈经理好，\n\n同意", [("approve", {})]),
        ("1.同意", [("approve", {})]),
        ("您好！\n感谢反馈。\n受理", [("accept", {})]),
        ("收到，谢谢。\n受理", [("accept", {})]),
        ("受理，转给王磊", [("accept", {}), ("assign", {"person": "wang.lei@example.com"})]),
        ("受理；转给 王磊。", [("accept", {}), ("assign", {"person": "wang.lei@example.com"})]),
        ("转给张工看一下", [("assign", {"person": "zhang.wei@example.com"})]),
        ("Assign it to Tom Green", [("assign", {"person": "tom.green@example.com"})]),
        ("未解决，谢谢", [("not-solved", {})]),
        ("完成！", [("done", {})]),
        ("驳回\n预算不足\n\n谢谢", [("reject", {"reason": "预算不足"})]),
        ("驳回 预算不足", [("reject", {"reason": "预算不足"})]),
        (
            "reject: too expensive,\nplease come back next year",
            [("reject", {"reason": "too expensive,\nplease come back next year"})],
        ),
        ("转给 陈静", [("assign", {"person": "chen.jing@example.com"})]),
        ("转给张工", [("assign", {"person": "zhang.wei@example.com"})]),
        ("assign Tom Green", [("assign", {"person": "tom.green@example.com"})]),
        ("assign tom.green@example.com", [("assign", {"person": "tom.green@example.com"})]),
        ("完成 2", [("done", {"task": "2"})]),
        ("完成2", [("done", {"task": "2"})]),
        ("完成第2项", [("done", {"task": "2"})]),
        ("完成", [("done", {})]),
        ("完成 1\n完成 2", [("done", {"task": "1"}), ("done", {"task": "2"})]),
        ("完成 1、2", [("done", {"task": "1"}), ("done", {"task": "2"})]),
        ("Done 1 and 3", [("done", {"task": "1"}), ("done", {"task": "3"})]),
        (
            "完成第1、2项：已上线",
            [("done", {"task": "1", "remark": "已上线"}), ("done", {"task": "2", "remark": "已上线"})],
        ),
        ("进度 1、2 60%", [("progress", {"task": "1", "percent": "60"}), ("progress", {"task": "2", "percent": "60"})]),
        ("进度 1, 60%", [("progress", {"task": "1", "percent": "60"})]),
        (
            "延期至 2、3 12月3日：等数据",
            [
                ("postpone", {"task": "2", "date": "2026-12-03", "reason": "等数据"}),
                ("postpone", {"task": "3", "date": "2026-12-03", "reason": "等数据"}),
            ],
        ),
        ("进度 2 60% 风险：接口未定", [("progress", {"task": "2", "percent": "60", "remark": "风险：接口未定"})]),
        ("进度 60%", [("progress", {"percent": "60"})]),
        ("progress 2 60%: waiting", [("progress", {"task": "2", "percent": "60", "remark": "waiting"})]),
        ("延期至 2 2026-12-01：等数据", [("postpone", {"task": "2", "date": "2026-12-01", "reason": "等数据"})]),
        ("postpone 2 next Friday: waiting", [("postpone", {"task": "2", "date": "2026-03-13", "reason": "waiting"})]),
        ("定级 高", [("priority", {"priority": "高"})]),
        ("priority: high", [("priority", {"priority": "high"})]),
        ("未解决：还是慢", [("not-solved", {"comments": "还是慢"})]),
        ("未解决，还是慢", [("not-solved", {"comments": "还是慢"})]),
        ("Not solved, it is still slow", [("not-solved", {"comments": "it is still slow"})]),
        ("not solved", [("not-solved", {})]),
        ("未解決，還是打不開", [("not-solved", {"comments": "還是打不開"})]),
        ("Not solved, still slow", [("not-solved", {"comments": "still slow"})]),
        ("完成，还剩两个模块", []),
        ("同意（代王磊）", [("approve", {})]),
        ("同意 王磊", [("approve", {})]),
        ("同意——王磊", [("approve", {})]),
        ("同意（信息技术部 王磊）", [("approve", {})]),
        ("完成（王磊）", [("done", {})]),
        ("Approve (on behalf of Tom Green)", [("approve", {})]),
        ("approve - for Tom Green.", [("approve", {})]),
        ("受理\n转给 陈静", [("accept", {}), ("assign", {"person": "chen.jing@example.com"})]),
    ],
)
def test_a_command_at_the_head_of_a_line_is_heard_with_its_arguments(text: str, expected: object) -> None:
    assert heard(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "受理之前请先看附件",
        "1. 受理流程太慢\n2. 完成时间不明",
        "“受理”是什么意思",
        "【受理】后多久完成",
        "- 同意的人不多",
        "同意王磊的看法",
        "同意（但先备份）",
        "approve (Tom has to sign first)",
        "同意你的看法，但是先改预算",
        "同意，但是先改一下预算",
        "预算不够，同意",
        "Accept my apologies for the delay",
        "I approve of this",
        "同意。但是窗口要改到周五",
        "同意\n\n但是预算要减半",
        "approve\nbut only after Friday",
        "同意吗？",
        "驳回 为什么？",
        "延期至 2 12月1日，可以吗",
        "进度60%了吗？",
        "进度 如何？",
        "进度：怎么样了",
        "完成 2 个模块了",
        "完成1个接口，还剩3个",
        "done 2 of 5 modules",
        "我同意你的看法",
        "请尽快完成",
        "完成了吗？",
        "ask him about it",
        "Reject rates are too high this week",
        "acceptance criteria are missing",
        "",
        "谢谢",
        "我们下周再受理",
        "经讨论，我们不太同意",
        "任务 2 完成标准是什么",
        "2 完成后通知我",
        "完成 80% 的用户反馈良好",
        "完成 5% 的折扣审批",
        "完成 9-30",
        "问题已解决方案见附件",
        "同意该方案，但要先备份",
        "同意需求变更的前一半",
        "It is done by the vendor next week",
        "This is approved budget only",
        "转给王磊吗？",
    ],
)
def test_a_sentence_that_merely_contains_a_word_is_no_command(text: str) -> None:
    assert heard(text) == []


def test_what_a_command_still_needs_is_said() -> None:
    assert listen("驳回", COMMANDS, EARS).said[0].problem == "needs reason"


@pytest.mark.parametrize("text", ["frobnicate", "approved", "批準", "受里"])
def test_one_lone_word_is_taken_for_a_command_that_was_meant(text: str) -> None:
    assert listen(text, COMMANDS, EARS).unknown == text


@pytest.mark.parametrize(
    "text",
    ["同意，请先备份", "同意，但是先改预算", "同意（先备份）", "Approve, please back up first", "受理：马上处理"],
)
def test_a_command_that_goes_on_as_it_cannot_is_not_passed_over_in_silence(text: str) -> None:
    heard_ = listen(text, COMMANDS, EARS)
    assert (heard_.said, heard_.unknown) == ((), text)


@pytest.mark.parametrize("text", ["thanks", "收到", "OK", "Thank you!", "Please see below.\nMore text"])
def test_courtesy_and_sentences_are_not(text: str) -> None:
    assert listen(text, COMMANDS, EARS).unknown == ""


@pytest.mark.parametrize(
    ("word", "meant"), [("requirment", "requirement"), ("requirements", "requirement"), ("incidnet", "incident")]
)
def test_a_slip_of_the_keyboard_is_near(word: str, meant: str) -> None:
    assert near(word, ["requirement", "incident"]) == (meant,)


@given(st.text(max_size=300))
def test_listening_never_raises(text: str) -> None:
    listen(text, COMMANDS, EARS)
