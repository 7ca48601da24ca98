"""What comes back from providers that tell neither Message-ID nor references (process P1.4)."""

import pytest

from tests.world import CONTACT, IT_CONTACT, IT_HEAD, LEADER, REQUESTER, World

BODY = "业务目标：每天九点前看到昨日销售额\n期望交付时间：2026-04-30\n"

# As the providers word them: what is returned is told in a few lines, in a page or as text.
QQ = """From: "PostMaster" <PostMaster@qq.com>
To: requests@example.com
Subject: =?utf-8?B?57O757uf6YCA5L+hL1N5c3RlbXMgYm91bmNl?=
MIME-Version: 1.0
Content-Type: text/html; charset="utf-8"

<html><body><div>抱歉，您的邮件被退回来了……</div>
<table><tr><td>原邮件信息：</td></tr>
<tr><td>时&nbsp;&nbsp;间：</td><td>2026-03-02 10:00:03</td></tr>
<tr><td>主&nbsp;&nbsp;题：</td><td>{subject}</td></tr>
<tr><td>收件人：</td><td>{address}</td></tr></table>
<p>退信原因：</p><p>{reason}</p>
<p>Host mail.example.com said: {code}</p></body></html>
"""
EXMAIL = """From: postmaster@exmail.qq.com
To: requests@example.com
Subject: =?utf-8?B?5p2l6IeqZXhtYWlsLnFxLmNvbeeahOmAgOS/oQ==?=
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
X-QQ-mid: bizesmtp1

很抱歉，您发送的邮件被退回，以下是该邮件的相关信息：

被退回邮件
主题：{subject}
时间：2026-03-02 10:00:03

无法发送到
{address}

退信原因
{reason}
{code}
"""
NETEASE = """From: Postmaster@163.com
To: requests@example.com
Subject: =?gb2312?B?z7XNs83L0MU=?=
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

您好，requests@example.com：
    抱歉，以下邮件无法投递。

    主    题：{subject}
    收 件 人：<{address}>
    发送时间：2026-03-02 10:00:03

    退信原因：{reason}
    SMTP error, RCPT TO: {code}
"""
GONE = ("收件人邮箱地址不存在，邮件无法送达。", "550 5.1.1 User unknown")
LATER = ("对方服务器暂时拒收，稍后重试。", "451 4.3.2 Please try again later")


def returned(form: str, subject: str, address: str, why: tuple[str, str] = GONE) -> bytes:
    return form.format(subject=subject, address=address, reason=why[0], code=why[1]).encode()


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("form", [QQ, EXMAIL, NETEASE])
def test_it_is_tied_to_the_mail_and_the_person_by_the_subject_and_the_recipient(world: World, form: str) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    receipt = world.deliver("Mon 10:05", returned(form, ask.subject, IT_CONTACT))
    assert (receipt.place, receipt.record) == ("filed", record)
    assert world.times(IT_HEAD, "please-assess") == ["Mon 10:05"]
    assert world.engine.policy.unreachable == {IT_CONTACT}


@pytest.mark.parametrize("form", [QQ, EXMAIL, NETEASE])
def test_a_temporary_failure_is_noted_and_nobody_is_marked(world: World, form: str) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    assert world.deliver("Mon 10:05", returned(form, ask.subject, IT_CONTACT, LATER)).record == record
    assert world.times(IT_HEAD, "please-assess") == [] and world.engine.policy.unreachable == frozenset()


@pytest.mark.parametrize("address", [LEADER, "stranger@elsewhere.example"])
@pytest.mark.parametrize("subject", ["系统退信", "Undeliverable: {}"])
def test_a_forged_one_for_somebody_who_was_not_written_to_does_nothing(
    world: World, subject: str, address: str
) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    ask = world.sent(IT_CONTACT, "please-assess")[0]
    assert not world.sent(address)
    before = len(world.sent())
    content = returned(EXMAIL, ask.subject, address).replace(
        b"=?utf-8?B?5p2l6IeqZXhtYWlsLnFxLmNvbeeahOmAgOS/oQ==?=", subject.format(ask.subject).encode()
    )
    world.deliver("Mon 10:05", content)
    assert len(world.sent()) == before and world.engine.policy.unreachable == frozenset()


def test_the_contact_of_whoever_cannot_be_reached_is_told(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY).record
    world.deliver("Mon 10:05", returned(QQ, world.sent(REQUESTER)[0].subject, REQUESTER))
    told = world.sent(CONTACT)[-1]
    assert told.templates == ("site/undeliverable",) and told.records == (record,)
    assert REQUESTER in world.text(told) and "5.1.1" in world.text(told)
    assert world.times(IT_HEAD) == []


def test_an_information_copy_that_comes_back_marks_the_address_and_asks_nobody(world: World) -> None:
    world.mail("Mon 10:00", REQUESTER, "[需求] 销售报表", BODY)
    copy = world.sent(CONTACT, "copy")[0]
    world.deliver("Mon 10:05", returned(NETEASE, copy.subject, CONTACT))
    assert world.engine.policy.unreachable == {CONTACT} and len(world.sent(rule="please-assess")) == 1
