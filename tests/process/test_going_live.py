"""Going live: in shadow mode the admin alone gets every mail, with whom it was for."""

from email import message_from_bytes
from email.policy import default

from mailflow.introducing import everybody, introduce
from mailflow.policy.load import load, read_home
from mailflow.ports import Item
from tests.world import CONTACT, ENGLISH, IT_CONTACT, IT_HEAD, REQUESTER, ROOT, World

ADMIN = "mail-admin@example.com"
SHADOW = {"rules/site.yaml": [("admin: [wang.lei@example.com]", f"admin: [{ADMIN}]\nshadow: true")]}
GOAL = "业务目标：缩短对账时间\n期望交付时间：2026-04-01\n"


def head(world: World, item: Item) -> dict[str, str]:
    with world.store.transaction(write=False) as tx:
        mail = message_from_bytes(tx.content(item.id), policy=default)
    return {name: str(mail[name] or "") for name in ("To", "Cc", "Subject")}


def test_in_shadow_mode_every_mail_goes_to_the_admin_alone() -> None:
    world = World(edits=SHADOW)
    world.mail("Mon 09:30", REQUESTER, "[需求] 报表", GOAL)
    world.until("Thu 18:00")
    sent = world.sent(copies=True)
    assert {each.recipients for each in sent} == {(ADMIN,)}
    for each in sent:
        assert REQUESTER not in str(head(world, each)) and IT_CONTACT not in str(head(world, each))


def test_it_says_for_whom_the_mail_was_and_when_it_would_have_gone() -> None:
    world, real = World(edits=SHADOW), World()
    for each in (world, real):
        each.mail("Mon 19:30", REQUESTER, "[需求] 报表", GOAL)
        each.until("Fri 18:00")
    answer, overdue = world.sent(rule="received.received")[0], world.sent(rule="overdue-leader")[0]
    assert head(world, answer)["Subject"].startswith("[影子：张伟] Re: [REQ-2026-0001]")
    assert world.text(answer).startswith("影子模式：本邮件原应发给张伟，现在只发给管理员")
    assert "本邮件原应发给赵敏、王磊、陈静，" in world.text(overdue)
    assert (answer.to, overdue.cc) == ((REQUESTER,), (IT_HEAD, IT_CONTACT))
    assert [(i.to, i.cc, i.rules, i.sent_at) for i in world.sent()] == [
        (i.to, i.cc, i.rules, i.sent_at) for i in real.sent()
    ]


def test_several_reminders_in_one_mail_are_marked_too() -> None:
    world = World(edits=SHADOW)
    for number in range(2):
        world.mail("Mon 09:30", REQUESTER, f"[REQ] n{number}", "Business goal: x\nExpected delivery: 2026-04-01\n")
    world.until("Tue 09:00")
    bundle = next(each for each in world.sent() if len(each.rules) > 1)
    assert bundle.recipients == (ADMIN,) and "原应发给陈静" in world.text(bundle)


def test_the_admins_own_mail_is_not_marked() -> None:
    world = World(edits={"rules/site.yaml": [("language: zh", "shadow: true\nlanguage: zh")]})
    world.mail("Mon 09:30", REQUESTER, "[需求] 报表", GOAL)
    world.until("Wed 18:00")
    overdue = next(each for each in world.sent(rule="assess-overdue") if each.to == (IT_HEAD,))
    assert "影子" not in head(world, overdue)["Subject"] and CONTACT not in str(head(world, overdue))


def test_check_says_that_the_shadow_is_on_and_wants_an_admin_for_it() -> None:
    files = dict(read_home(ROOT))
    site = files["rules/site.yaml"]
    files["rules/site.yaml"] = site.replace("language: zh", "shadow: true\nlanguage: zh")
    assert [p.message for p in load(files).problems if "admin alone" in p.message]
    files["rules/site.yaml"] = site.replace("admin: [wang.lei@example.com]", "shadow: true")
    assert [p.message for p in load(files).errors] == ["in shadow mode every mail goes to the admin"]


def introduced(world: World, *addresses: str, again: bool = False) -> list[Item]:
    introduce(world.store, world.engine.post, addresses, world.clock.now(), again=again)
    world.until("Mon 18:00")
    return [item for item in world.sent() if item.templates == ("site/introduction",)]


def test_an_introduction_says_what_each_may_write_in_their_roles() -> None:
    world = World()
    staff, contact, english = introduced(world, REQUESTER, IT_CONTACT, ENGLISH)
    assert "提出人" in world.text(staff) and "受理" not in world.text(staff)
    assert "信息技术部接口人" in world.text(contact) and "驳回：……" in world.text(contact)
    assert "As requester" in world.text(english) and "[REQ]" in world.text(english)


def test_nobody_is_introduced_twice_unless_it_is_wanted() -> None:
    world = World()
    assert len(introduced(world, REQUESTER)) == 1
    assert len(introduced(world, REQUESTER)) == 1
    assert len(introduced(world, REQUESTER, again=True)) == 2


def test_everybody_of_people_yaml_is_introduced_but_machines_and_ourselves() -> None:
    world = World()
    assert set(everybody(world.engine.policy)) == set(world.engine.policy.directory.people)
