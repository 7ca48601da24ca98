"""The shipped kinds understand the labels that people write without having seen the form."""

from datetime import date

import pytest

from mailflow.core.policy import Policy
from mailflow.core.reading.fields import read_fields
from mailflow.mail.model import Address, Mail
from mailflow.policy import load, read_home
from tests.policy.home import SHIPPED

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def policy() -> Policy:
    loaded = load(read_home(SHIPPED), templates=False)
    assert loaded.policy is not None
    return loaded.policy


@pytest.mark.parametrize(
    ("kind", "line", "name", "value"),
    [
        ("requirement", "希望完成时间：2026年12月25日前", "due", "2026-12-25"),
        ("requirement", "期望上线日期：2026-12-25", "due", "2026-12-25"),
        ("requirement", "最晚交付时间：12月25日", "due", "2026-12-25"),
        ("requirement", "希望完成時間：12月25日", "due", "2026-12-25"),
        ("requirement", "Deadline: Dec 25", "due", "2026-12-25"),
        ("requirement", "Expected delivery date: 25 Dec 2026", "due", "2026-12-25"),
        ("requirement", "Required by: 2026-12-25", "due", "2026-12-25"),
        ("requirement", "预算金额：10万元", "budget", "100000"),
        ("requirement", "预计费用：8-10万元", "budget", "80000-100000"),
        ("requirement", "Estimated budget: 100k", "budget", "100000"),
        ("requirement", "需求描述：支持拍照上传", "functions", "支持拍照上传"),
        ("requirement", "项目背景：手工录入太慢", "background", "手工录入太慢"),
        ("requirement", "Main objective: fewer errors", "goal", "fewer errors"),
        ("requirement", "需要部门：财务部", "departments", "finance"),
        ("requirement", "Departments involved: Finance", "departments", "finance"),
        ("change", "变更说明：升级数据库", "what", "升级数据库"),
        ("change", "变更理由：版本停止维护", "why", "版本停止维护"),
        ("change", "实施时间：12月5日 22:00-24:00", "window", "2026-12-05T22:00+08:00/2026-12-06T00:00+08:00"),
        ("change", "Change window: 2026-12-05 22:00-23:00", "window", "2026-12-05T22:00+08:00/2026-12-05T23:00+08:00"),
        ("change", "受影响系统：ERP", "systems", "ERP"),
        ("change", "Affected systems: ERP", "systems", "ERP"),
        ("change", "回滚方案：恢复备份", "fallback", "恢复备份"),
        ("incident", "故障描述：登录报错", "nature", "登录报错"),
        ("incident", "影响范围：全公司", "impact", "high"),
        ("incident", "发现时间：今天 9:10", "since", "今天 9:10"),
        ("incident", "受影响部门：财务部", "departments", "finance"),
        ("minutes", "会议名称：周例会", "topic", "周例会"),
        ("minutes", "会议决议：下周上线", "decisions", "下周上线"),
        ("minutes", "Meeting date: 2026-11-20", "date", "2026-11-20"),
        ("meeting", "会议室：301", "place", "301"),
        ("meeting", "开会时间：11月25日 14:00", "start", "2026-11-25T14:00+08:00"),
        ("service", "申请理由：新员工入职", "reason", "新员工入职"),
    ],
)
def test_a_label_in_other_words_means_the_field(policy: Policy, kind: str, line: str, name: str, value: str) -> None:
    mail = Mail(digest="d", subject="s", sender=Address("li.na@example.com"), text=line, own=line)
    readings = {each.name: each for each in read_fields(mail, policy.workflow(kind).fields, policy, TODAY)}
    assert (readings[name].value, readings[name].problem) == (value, "")


def test_no_two_fields_of_a_kind_claim_one_label(policy: Policy) -> None:
    for kind in policy.kinds.values():
        words = [word for each in kind.fields for word in {w.casefold() for w in (*each.label.values(), *each.aliases)}]
        assert sorted({word for word in words if words.count(word) > 1}) == [], kind.kind
