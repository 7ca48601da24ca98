"""docs/process.md: every item has its line, what it cites is there, and the pictures are those of the rules."""

import re
from collections.abc import Iterable, Iterator

from mailflow.core.rule import Action
from mailflow.core.workflow import Workflow
from tests.docs.diagrams import PAGE, drawn, kinds, pictured, scenarios
from tests.docs.drafts import ROOT, shipped

TEXT = PAGE.read_text(encoding="utf-8")

# How many items each part of the process has.
PARTS = (12, 8, 14, 6, 9, 6, 5, 4)

# Items that have no scenario yet; it must become empty but for those that nothing carries out yet.
NOT_YET = {
    "P7.1",
}


def rules(workflow: Workflow) -> Iterator[str]:
    """The names of all rules of a kind."""
    for state in workflow.states.values():
        yield from _named(state.enter)
    groups = [*workflow.states.values(), workflow, *([workflow.tasks] if workflow.tasks else [])]
    for group in groups:
        for each in (*group.timers, *group.commands, *getattr(group, "replies", ()), *getattr(group, "signals", ())):
            yield each.rule
            yield from _named(each.actions)
    for agreement in workflow.agreements.values():
        yield from _named(agreement.agreed)
    if workflow.machines:
        yield from _named(workflow.machines.actions)
    if workflow.tasks:
        yield from _named((*workflow.tasks.complete, *workflow.tasks.incomplete, *workflow.tasks.added))


def _named(actions: Iterable[Action]) -> Iterator[str]:
    return (action.rule for action in actions)


def test_every_item_has_one_line_in_its_order() -> None:
    items = re.findall(r"^\| (P\d\.\d+) \|", TEXT, flags=re.MULTILINE)
    assert items == [f"P{part}.{item}" for part, count in enumerate(PARTS) for item in range(1, count + 1)]


def test_every_item_has_a_scenario() -> None:
    items = set(re.findall(r"^(?:\| |## )(P\d\.\d+|P9|P10)\b", TEXT, flags=re.MULTILINE))
    shown = {item for named, _ in scenarios().values() for item in named}
    assert items - shown - NOT_YET == set()
    assert NOT_YET & shown == set(), "they have one now"


def test_every_scenario_is_for_items_of_the_page_and_is_named_after_the_first() -> None:
    items = set(re.findall(r"^(?:\| |## )(P\d+(?:\.\d+)?)\b", TEXT, flags=re.MULTILINE))
    for name, (named, title) in scenarios().items():
        assert set(named) <= items, name
        assert name.partition("-")[0] == named[0], name
        assert title, name


def test_every_file_that_the_page_links_is_there() -> None:
    links = re.findall(r"\]\(([\w./-]+?)(?:#[\w-]+)?\)", TEXT)
    assert [each for each in links if not (PAGE.parent / each).exists()] == []


def test_every_item_that_a_rule_cites_has_a_line() -> None:
    cited = {item for text in shipped().values() for item in re.findall(r"source: (P\d+(?:\.\d+)?)", text)}
    assert cited <= set(re.findall(r"^(?:\| |## )(P\d+(?:\.\d+)?)", TEXT, flags=re.MULTILINE))


def test_every_rule_that_the_page_cites_is_there() -> None:
    there = {rule for workflow in kinds().values() for rule in rules(workflow)}
    cited = set(re.findall(rf"`((?:{'|'.join(kinds())})\.(?!yaml)[\w.-]+)`", TEXT))
    assert cited - there == set()
    assert len(cited) > 50


def test_every_file_that_the_page_cites_is_there() -> None:
    cited = set(re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:py|yaml))`", TEXT))
    lost = [each for each in cited if not any((ROOT / place / each).exists() for place in ("mailflow", "rules", "."))]
    assert lost == []


def test_each_kind_has_a_picture_that_is_what_its_rules_draw_now() -> None:
    assert sorted(pictured(TEXT)) == sorted(kinds())
    assert drawn(TEXT) == TEXT, "draw them anew: python -m tests.docs.diagrams"
