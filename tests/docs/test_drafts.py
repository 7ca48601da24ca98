"""The drafts say which of their lines the language does not know yet, and the rest of them loads."""

from dataclasses import dataclass

import pytest

from mailflow.build import engine_of
from mailflow.force import put_in_force
from mailflow.policy import load, read_home
from tests.docs.drafts import DRAFTS, ROOT, drafted, marks, planned
from tests.world import CONTACT, HEAD, IT_CONTACT, REQUESTER, World


def test_no_line_of_a_draft_is_a_problem_unless_it_says_what_it_needs() -> None:
    files = drafted()
    lines = {path: text.split("\n") for path, text in files.items()}
    unmarked = [
        str(each) for each in load(files, templates=False).problems if not marks(lines[each.source][each.line - 1])
    ]
    assert unmarked == []


def test_the_work_plan_has_every_construct_that_the_drafts_need_and_no_other() -> None:
    needed = {
        name for path in DRAFTS.glob("*.yaml") for line in path.read_text("utf-8").split("\n") for name in marks(line)
    }
    assert sorted(planned()) == sorted(needed)


def test_the_service_kind_loads_without_a_problem() -> None:
    loaded = load(drafted("service"), templates=False)
    assert loaded.problems == ()
    assert loaded.policy is not None and "service" in loaded.policy.kinds


def test_the_violation_kind_loads_without_a_problem() -> None:
    loaded = load(drafted("violation"), templates=False)
    assert loaded.problems == ()
    assert loaded.policy is not None and loaded.policy.workflow("violation").private


# --- the fifth kind, walked through ------------------------------------------------------------------


@dataclass(slots=True)
class Drafted(World):
    """The world with the service kind in it, whose mails are blank."""

    def reload(self, **edits: list[tuple[str, str]]) -> None:
        files = {path: text for path, text in read_home(ROOT).items() if not path.startswith("rules/")}
        files |= drafted("service")
        files["rules/site.yaml"] = files["rules/site.yaml"].replace("{trust: token}", "{trust: address}")
        for line in files["rules/service.yaml"].split("\n"):
            _, _, name = line.partition(": service/")
            if name:
                for language in ("zh", "en"):
                    path = f"templates/{language}/service/{name.strip()}.md"
                    files[path] = "Subject: {{ heading }}\n\n{{ title }}\n"
        self.force = put_in_force(self.store, files, self.clock.now())
        self.engine = engine_of(self.store, self.force, self.clock.now())


@pytest.fixture
def world() -> Drafted:
    return Drafted()


REQUEST = "申请内容：报表系统查询权限\n系统：报表系统\n申请原因：月末对账\n"


def opened(world: Drafted) -> str:
    return world.mail("Mon 10:00", REQUESTER, "[权限申请] 报表系统", REQUEST).record


def test_a_request_is_acknowledged_at_once_and_put_before_the_head(world: Drafted) -> None:
    record = opened(world)
    assert record.startswith("SVC-2026-")
    assert world.times(REQUESTER, "received") == ["Mon 10:00"]
    assert world.times(HEAD, "please-approve") == ["Mon 10:00"]
    assert world.times(CONTACT, "copy") == ["Mon 10:00"]


def test_it_is_done_only_after_the_head_agreed_and_closed_when_nobody_objects(world: Drafted) -> None:
    record = opened(world)
    world.mail("Mon 11:00", IT_CONTACT, f"Re: [{record}]", "完成")
    assert world.record(record).state == "requested"
    world.mail("Mon 11:30", HEAD, f"Re: [{record}]", "同意")
    assert world.record(record).state == "approved"
    assert world.times(IT_CONTACT, "please-do") == ["Mon 11:30"]
    world.mail("Mon 16:00", IT_CONTACT, f"Re: [{record}]", "完成")
    world.until("Wed 17:00")
    assert world.record(record).state == "closed"


def test_whom_the_head_names_may_agree_instead(world: Drafted) -> None:
    record = opened(world)
    world.mail("Mon 11:00", HEAD, f"Re: [{record}]", "请代我批准 李娜")
    world.mail("Mon 11:30", CONTACT, f"Re: [{record}]", "同意")
    assert world.record(record).state == "approved"


def test_a_word_of_satisfaction_is_kept_when_it_is_closed(world: Drafted) -> None:
    record = opened(world)
    for at, who, word in (
        ("Mon 11:00", HEAD, "同意"),
        ("Mon 15:00", IT_CONTACT, "完成"),
        ("Mon 16:00", REQUESTER, "确认"),
        ("Mon 16:30", REQUESTER, "满意"),
    ):
        world.mail(at, who, f"Re: [{record}]", word)
    with world.store.transaction(write=False) as tx:
        commands = [getattr(entry.change, "command", "") for entry in tx.history(record)]
    assert [each for each in commands if each] == ["approve", "done", "confirm", "satisfied"]
