"""Mails as people write them, generated: the same numbers give the same bytes."""

import email.policy
import random
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

US = "requests@example.com"
# The contacts of so many departments write, so that a request gives two mails: its acknowledgement, and the notice.
WRITERS = 50


def writer(number: int) -> str:
    """The address of the contact of one of the departments."""
    return f"contact{number % WRITERS}@example.com"


_WORDS = [
    "系统",
    "报表",
    "导出",
    "用户",
    "数据",
    "每天",
    "部门",
    "需要",
    "手工",
    "统计",
    "订单",
    "客户",
    "财务",
    "审批",
    "流程",
    "查询",
    "时间",
    "结果",
    "处理",
    "希望",
]
_QUOTE = """
在 2026年2月27日 16:30，张伟 <zhang.wei@example.com> 写道：
> 李娜你好，
> 上周讨论的事项请按邮件流程提交，谢谢。
>
> 张伟
"""
_SIGNATURE = "\n-- \n李娜\n销售部\n电话 +86 10 5555 0123\n"


def request(number: int, run: str) -> bytes:
    """A requirement, tagged, with its fields as lines; three in four with HTML, one in eight with a picture."""
    chance = random.Random(number)
    text = _text(chance)
    made = EmailMessage()
    made["From"], made["To"] = f"李娜 <{writer(number)}>", US
    made["Subject"] = f"[需求] {_sentence(chance, 4)} {number}"
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{number}.{run}@client.example>"
    made["X-Mailer"] = "Foxmail 7.2.25"
    made.set_content(text + _SIGNATURE + (_QUOTE if chance.random() < 0.3 else ""), cte="base64")
    if number % 4:
        made.add_alternative(_html(text), subtype="html", cte="base64")
    if number % 8 == 7:
        made.add_attachment(chance.randbytes(20_000), maintype="image", subtype="png", filename="截图.png")
    return made.as_bytes(policy=email.policy.SMTP)


def _sentence(chance: random.Random, words: int) -> str:
    return "".join(chance.choice(_WORDS) for _ in range(words))


def _text(chance: random.Random) -> str:
    background = "。".join(_sentence(chance, 12) for _ in range(8))
    return (
        f"您好，\n\n背景：{background}。\n业务目标：{_sentence(chance, 10)}\n预期功能：{_sentence(chance, 20)}\n"
        f"可衡量结果：每天少花 {chance.randint(1, 90)} 分钟\n优先级：{chance.choice('高中低')}\n"
        f"期望交付时间：2027-0{chance.randint(1, 9)}-15\n\n谢谢！\n"
    )


def _html(text: str) -> str:
    lines = "".join(
        f'<div style="font-family:微软雅黑;font-size:14px;color:rgb(0,0,0);">{line or "<br>"}</div>\n'
        for line in text.splitlines()
    )
    style = "<style>body{line-height:1.5;}p{margin:0;}</style>"
    return f'<html><head><meta charset="utf-8">{style}</head><body>{lines}</body></html>'
