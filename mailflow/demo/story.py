"""The sample week: who writes what and when, and whose mail they answer. Values only.

Eight people of three departments (rules/people.yaml), in Chinese and English; all four kinds.
"""

from dataclasses import dataclass
from datetime import date

MONDAY = date(2026, 3, 9)
"""The first day of the sample week, which has no holidays."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
BEGIN, END = "Mon 09:00", "Fri 18:00"


@dataclass(frozen=True, slots=True)
class Answers:
    """The last mail in the writer's mailbox that this rule sent about this record."""

    rule: str
    record: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file; its content in UTF-8."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One mail to the shared mailbox, `at` "Mon 09:05" in the site's time.

    `subject`: in an answer, `{subject}` is that of the mail answered. `language` is that of the writer's mail
    program. `automatic`: the program sent it by itself.
    """

    at: str
    writer: str
    subject: str
    text: str
    answers: Answers | None = None
    language: str = "zh"
    charset: str = "utf-8"
    attached: tuple[Attached, ...] = ()
    automatic: bool = False


STORY = (
    Scene(
        "Mon 09:05",
        "zhang.wei@example.com",
        "[需求] 销售周报自动汇总（含王䶮客户组）",
        """各位好：

背景：每周五人工汇总各区域周报，约需四小时。
业务目标：周报汇总由四小时缩短到十分钟
预期功能：自动汇总各区域周报，每周五 17:00 发送
期望交付时间：2026-04-30
优先级：高
涉及部门：销售部

谢谢！
张伟
""",
        charset="gb18030",
    ),
    Scene(
        "Mon 09:20",
        "tom.green@example.com",
        "[REQ] Export supplier invoices to Excel",
        """Hello,

Business goal: close the month one day earlier
Expected functions: one sheet a supplier, with VAT and due dates
Priority: medium

Thanks,
Tom
""",
        language="en",
    ),
    Scene(
        "Mon 09:40",
        "li.na@example.com",
        "请问打印机怎么申请？",
        """你好，三楼想再要一台打印机，请问找谁？

李娜
""",
    ),
    Scene(
        "Mon 10:10",
        "li.na@example.com",
        "回复: {subject}",
        """受理

李娜
""",
        answers=Answers("copy", "REQ-2026-0001"),
    ),
    Scene(
        "Mon 10:30",
        "chen.jing@example.com",
        "回复: {subject}",
        """受理

本周内给出规格说明。
陈静
""",
        answers=Answers("please-assess", "REQ-2026-0001"),
        charset="gb18030",
    ),
    Scene(
        "Mon 11:15",
        "tom.green@example.com",
        "Re: {subject}",
        """Expected delivery: 2026-05-15

Tom
""",
        answers=Answers("received", "REQ-2026-0002"),
        language="en",
    ),
    Scene(
        "Tue 10:05",
        "li.na@example.com",
        "【事件】客户系统无法登录",
        """现象：客户系统所有人都无法登录，提示证书错误
影响：高
紧急程度：高
发生时间：今天 9:50

李娜 销售部
""",
        attached=(Attached("登录错误.txt", "NET::ERR_CERT_DATE_INVALID\ncrm.example.com 2026-03-10 09:51\n"),),
    ),
    Scene(
        "Tue 10:06",
        "sun.qiang@example.com",
        "自动回复: {subject}",
        """我本周出差，回复邮件会比较慢，急事请联系李娜。

孙强
""",
        answers=Answers("high", "INC-2026-0001"),
        automatic=True,
    ),
    Scene(
        "Tue 10:12",
        "chen.jing@example.com",
        "回复: {subject}",
        """认领

正在查看证书。
""",
        answers=Answers("please-respond", "INC-2026-0001"),
    ),
    Scene(
        "Tue 10:50",
        "chen.jing@example.com",
        "回复: {subject}",
        """已解决：证书昨夜到期，已更换并重启网关。
""",
        answers=Answers("summary", "INC-2026-0001"),
    ),
    Scene(
        "Tue 11:30",
        "li.na@example.com",
        "回复: {subject}",
        """确认

可以登录了，谢谢！
""",
        answers=Answers("please-confirm", "INC-2026-0001"),
    ),
    Scene(
        "Tue 14:00",
        "tom.green@example.com",
        "[CHG] Switch payments to the new bank interface",
        """What: route outgoing payments through the new bank interface
Why: the bank ends the old one on 31 March
When: 2026-03-20
Departments affected: Finance, Sales

Tom
""",
        language="en",
    ),
    Scene(
        "Tue 15:30",
        "chen.jing@example.com",
        "回复: {subject}",
        """评估
影响范围：付款与对账接口
成本：两人日
进度影响：无
""",
        answers=Answers("please-assess", "CHG-2026-0001"),
    ),
    Scene(
        "Tue 16:00",
        "chen.jing@example.com",
        "回复: {subject}",
        """受理

抱歉，回复晚了。
""",
        answers=Answers("assess-reminder", "REQ-2026-0002"),
    ),
    Scene(
        "Wed 09:30",
        "wang.lei@example.com",
        "[纪要] 信息系统周例会",
        """会议日期：2026-03-11
参会人：王磊、陈静、李娜、张伟
结论：周报汇总四月底上线

行动项：
1. 整理各区域周报样例，负责人：李娜，截止日期：2026-03-13
2. 更新证书到期清单，负责人：陈静，截止日期：2026-03-12
3. 收集客户组需求，负责人：张伟，尽快

王磊
""",
    ),
    Scene(
        "Wed 10:00",
        "emma.brown@example.com",
        "Re: {subject}",
        """approve

Fine with me, please mind the month end.
Emma
""",
        answers=Answers("please-approve", "CHG-2026-0001"),
        language="en",
    ),
    Scene(
        "Wed 15:00",
        "tom.green@example.com",
        "Re: {subject}",
        """status
""",
        answers=Answers("received", "CHG-2026-0001"),
        language="en",
    ),
    Scene(
        "Wed 22:40",
        "emma.brown@example.com",
        "[URGENT] The payment run has stopped",
        """The nightly payment run stopped at 22:30 with "connection refused". 214 payments are waiting.

Emma
""",
        language="en",
    ),
    Scene(
        "Wed 23:05",
        "chen.jing@example.com",
        "回复: {subject}",
        """已解决：防火墙规则回退，付款已继续。
""",
        answers=Answers("please-respond", "INC-2026-0002"),
    ),
    Scene(
        "Thu 16:20",
        "li.na@example.com",
        "回复: {subject}",
        """完成 1

样例已放到共享目录。
李娜
""",
        answers=Answers("due-soon", "MIN-2026-0001"),
    ),
)
"""In order of time. What nobody answers in it is what the reminders and escalations come from."""
