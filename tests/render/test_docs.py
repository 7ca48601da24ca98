"""docs/templates.md names every variable, macro, header and filter that there is, and no other."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mailflow.adapters.render import FRAME_WORDS, HEADERS
from mailflow.adapters.templates import FILTERS
from mailflow.core.decision import Letter
from mailflow.core.rule import Style
from mailflow.core.showing.view import VALUES, bundle_view, view
from tests.render.samples import NOW, REQUESTER, ROOT, mail, policy, record

DOCS = (ROOT / "docs/templates.md").read_text(encoding="utf-8")
# Names of a kind's own things, and lists whose items are described elsewhere.
SAID = {
    "answers": "a|refused|role|x",
    "remarks": "attachment||",
    "duties": "all",
    "matters": "owed|REQ-2026-0001|requirement|received||x",
    "absences": "new|x@example.com|2026-12-01|2026-12-05|y@example.com",
    "candidates": "x@example.com",
    "scope": "all",
    "withheld": "2026-11-20T08:30:00+00:00|x@example.com|REQ-2026-0001|x",
    "report": '{"title": "x", "labels": ["x"], "rows": [["x"]]}',
    "found": "own|REQ-2026-0001|requirement|received|2026-11-20T08:30:00+00:00|x@example.com|x|x",
}
OPEN = {"record.field", "task.field", "record.roles", "record.tasks[]", "own_tasks[]"}


def names(value: Any, path: str = "") -> set[str]:
    if path in OPEN:
        return {path}
    if isinstance(value, dict):
        return {name for key, each in value.items() for name in names(each, f"{path}.{key}" if path else key)}
    if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], dict):
        if f"{path}[]" in OPEN:
            return {f"{path}[]"}
        found = {name for each in value for name in names(each, f"{path}[]")}
        # A list that is empty in one item is described by another's.
        return {name for name in found if not any(each.startswith(f"{name}[]") for each in found)}
    return {path}


def sample() -> dict[str, Any]:
    """A view in which nothing is missing."""
    of = record(policy().workflow("requirement"), "signing", complete=False)
    tasks = record(policy().workflow("minutes"), "distributed").tasks
    of = replace(of, tasks=(replace(tasks[0], owner=REQUESTER, fields={"risk": "x"}), *tasks[1:]))
    letter = Letter(Style.NOTIFY, "x", (REQUESTER,), task=1, values=SAID)
    found = view(letter, of, policy(), NOW, REQUESTER, "en", mail())
    ours = view(Letter(Style.REPLY, "x", (REQUESTER,)), None, policy(), NOW, REQUESTER, "en")
    # What the commands of the kind take comes and goes with its rule file.
    return {name: value for name, value in found.items() if name in ours}


def documented(section: str) -> set[str]:
    text = DOCS.split(section, 1)[1]
    cells = re.findall(r"^\| (`.+?) \|", text, flags=re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_variable_is_documented_and_every_documented_variable_is_there() -> None:
    there = {name for name in names(sample()) if name not in VALUES}
    said = documented("## What a template may say")
    assert said == {name for name in there if not name.startswith("own_tasks")}


def test_every_value_that_a_letter_may_carry_is_documented() -> None:
    said = DOCS.split("What the letter itself carries", 1)[1].split("What the commands", 1)[0]
    assert set(re.findall(r"`(\w+)`", said)) == set(VALUES)


def test_every_macro_is_documented_as_it_is_in_both_languages() -> None:
    said = set(re.findall(r"^\| `(\w+\([\w, ]*\))`", DOCS, flags=re.MULTILINE))
    for language in ("zh", "en"):
        parts = (ROOT / f"templates/{language}/parts.md").read_text(encoding="utf-8")
        assert said == {re.sub(r'="[^"]*"', "", each) for each in re.findall(r"{% macro (.+?) %}", parts)}


def test_every_line_of_the_frame_and_every_header_and_filter_is_documented() -> None:
    section = DOCS.split("`frame.md` holds", 1)[1].split("## What", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == list(FRAME_WORDS)
    assert all(f"`{name}:`" in DOCS for name in HEADERS)
    assert all(f"`{name}`" in DOCS for name in FILTERS)


def test_a_bundle_has_the_same_variables_and_its_parts() -> None:
    one = view(Letter(Style.REMIND, "x", (REQUESTER,)), None, policy(), NOW, REQUESTER, "en")
    assert set(bundle_view([one])) == {*one, "parts"}
