"""Reading a home, naming its policy, and what an edit would strand."""

import re
from pathlib import Path

from mailflow.core.policy import QUESTIONS
from mailflow.core.receiving.confirming import CONFIRM
from mailflow.core.receiving.questions import FOR
from mailflow.policy import load, policy_hash, read_home, stranded
from mailflow.policy.resolve import OWN_TEMPLATES
from mailflow.policy.stranded import Standing
from tests.policy.home import SHIPPED, edited, small_home


def test_a_home_is_its_rules_and_templates(tmp_path: Path) -> None:
    for path, text in {**small_home(), "state/mailflow.db": "", "rules/.site.yaml.swp": "x"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    assert dict(read_home(tmp_path)) == small_home()


def test_a_byte_order_mark_is_no_text_and_other_bytes_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yaml").write_bytes(b"\xef\xbb\xbfkind: a\n")
    (tmp_path / "rules/b.yaml").write_bytes("kind: 订单\n".encode("gbk"))
    files = read_home(tmp_path)
    assert files["rules/a.yaml"] == "kind: a\n"
    found = [str(each) for each in load(files).problems if each.source == "rules/b.yaml"]
    assert found == ["rules/b.yaml:1:7: this is not UTF-8, save the file as UTF-8"]


def test_a_policy_is_named_by_every_word_of_its_files() -> None:
    files = small_home()
    names = {
        policy_hash(files),
        policy_hash({**files, "templates/zh/order/late.md": "x"}),
        policy_hash({**files, "templates/zh/order/more.md": ""}),
        policy_hash(edited(files, "rules/order.yaml", "prefix: ORD", "prefix: ORX")),
    }
    assert len(names) == 4
    assert all(len(name) == 16 for name in names)
    policy = load(files).policy
    assert policy is not None and policy.hash == policy_hash(dict(reversed(files.items())))


def test_a_template_must_be_there_in_every_language() -> None:
    files = {path: text for path, text in small_home().items() if path != "templates/en/order/late.md"}
    assert [str(each) for each in load(files).problems] == [
        "rules/order.yaml:41:19: there is no template 'order/late' in en, write templates/en/order/late.md"
    ]
    assert load(files, templates=False).problems == ()


def test_a_template_that_the_program_needs_must_be_there() -> None:
    files = {path: text for path, text in small_home().items() if path != "templates/zh/site/help.md"}
    assert [str(each) for each in load(files).problems] == [
        "templates/zh/site/help.md:1:1: this file is missing, 'mailflow init' writes one to start from"
    ]


def test_the_templates_that_the_program_needs_are_those_it_names() -> None:
    source = "".join(path.read_text("utf-8") for path in (SHIPPED / "mailflow").rglob("*.py"))
    named = set(re.findall(r'"(site/[a-z-]+)"', source)) | {
        f"site/{name}" for name in QUESTIONS if name not in (FOR, CONFIRM)
    }
    assert named == {name for name in OWN_TEMPLATES if name.startswith("site/")}


def test_a_home_without_templates_has_one_problem() -> None:
    files = {path: text for path, text in small_home().items() if path.startswith("rules/")}
    assert [str(each) for each in load(files).problems] == [
        "templates:1:1: there are no templates, 'mailflow init' writes some to start from"
    ]


def test_an_edit_that_would_strand_open_records_names_them() -> None:
    policy = load(small_home()).policy
    assert policy is not None
    records = [
        Standing("ORD-2026-0002", "order", "making"),
        Standing("ORD-2026-0001", "order", "making"),
        Standing("ORD-2026-0003", "order", "open"),
        Standing("OLD-2026-0001", "old", "open"),
    ]
    assert [str(each) for each in stranded(records, policy)] == [
        "rules/old.yaml:1:1: the kind 'old' is gone, but records of it are open: OLD-2026-0001, "
        "keep its file until they end",
        "rules/order.yaml:1:7: the state 'making' is gone, but records are in it: ORD-2026-0001, "
        "ORD-2026-0002, write 'retired: making -> STATE' or 'renamed: {making: STATE}'",
    ]


def test_an_edit_that_says_where_a_state_went_strands_nobody() -> None:
    files = edited(small_home(), "rules/order.yaml", "tasks:\n", "retired: making -> doing\ntasks:\n")
    policy = load(files).policy
    assert policy is not None
    assert stranded([Standing("ORD-2026-0001", "order", "making")], policy) == ()


def test_a_home_without_a_kind_is_warned_of() -> None:
    files = {path: text for path, text in small_home().items() if path != "rules/order.yaml"}
    assert [str(each) for each in load(files).problems] == [
        "rules:1:1: warning: there is no kind, so no mail opens a record, write rules/NAME.yaml"
    ]


def test_a_state_to_which_only_an_end_leads_can_be_reached() -> None:
    again = (
        "  closed:\n    final: true\n    commands:\n      reopen: {words: [重开], by: requester, goto: again}\n"
        "  again:\n    commands:\n      end: {words: [再关], by: requester, goto: closed}\n"
    )
    files = edited(small_home(), "rules/order.yaml", "  closed: {final: true}\n", again)
    assert load(files).problems == ()
