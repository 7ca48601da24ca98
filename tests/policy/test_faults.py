"""One fault at a time in a home that has none: every problem it makes, word for word, with its place."""

import pytest

from mailflow.policy import load
from tests.policy.home import Fault, edited, faults, small_home


def test_the_small_home_has_no_problem() -> None:
    loaded = load(small_home())
    assert loaded.problems == ()
    assert loaded.policy is not None


@pytest.mark.parametrize("fault", list(faults()), ids=lambda fault: fault.name)
def test_a_fault_is_found_with_its_place_and_what_to_write_instead(fault: Fault) -> None:
    loaded = load(fault.files)
    assert [str(each) for each in loaded.problems] == list(fault.problems)
    assert (loaded.policy is None) == bool(loaded.errors)


@pytest.mark.parametrize(
    ("character", "problem"),
    [
        ("\x07", "rules/order.yaml:2:12: the character U+0007 is not allowed here, delete it"),
        ("\udcff", "rules/order.yaml:2:12: this is not UTF-8, save the file as UTF-8"),
    ],
)
def test_what_is_no_text_is_found_with_its_place(character: str, problem: str) -> None:
    files = edited(small_home(), "rules/order.yaml", "prefix: ORD", f"prefix: ORD{character}")
    assert [str(each) for each in load(files).problems] == [problem]


def test_all_problems_of_all_files_come_in_one_run() -> None:
    files = small_home()
    files = edited(files, "rules/site.yaml", "trust: token", "trust: tokens")
    files = edited(files, "rules/people.yaml", "head: Bob", "head: Rob")
    files = edited(files, "rules/calendar.yaml", "2026-12-31", "2026-12-32")
    files = edited(files, "rules/order.yaml", "prefix: ORD", "prefix: ord")
    found = [each.source for each in load(files).problems]
    assert found == ["rules/calendar.yaml", "rules/order.yaml", "rules/people.yaml", "rules/site.yaml"]


@pytest.mark.parametrize("file", ["rules/site.yaml", "rules/people.yaml", "rules/calendar.yaml"])
def test_a_file_that_every_home_needs_is_missed(file: str) -> None:
    files = {path: text for path, text in small_home().items() if path != file}
    missed = [str(each) for each in load(files).problems if each.source == file]
    assert f"{file}:1:1: this file is missing, 'mailflow init' writes one to start from" in missed


def test_a_warning_keeps_no_policy_out() -> None:
    loaded = load(edited(small_home(), "rules/site.yaml", "trust: token", "trust: address"))
    assert [each.severity for each in loaded.problems] == ["warning"]
    assert loaded.policy is not None
    assert loaded.errors == ()
