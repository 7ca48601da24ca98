"""The rules that mailflow ships are without a fault, and whatever is done to them, loading answers."""

import re
from datetime import date
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.commands import every_command
from mailflow.core.wording import has_words
from mailflow.core.workflow import ArgumentType
from mailflow.policy import load, read_home
from mailflow.policy.nodes import FAST_LOADER, PYTHON_LOADER, parse
from tests.policy.home import SHIPPED

RULES = {path: text for path, text in read_home(SHIPPED).items() if path.startswith("rules/")}


def test_the_shipped_rules_load_without_a_problem() -> None:
    loaded = load(RULES, templates=False)
    assert loaded.problems == ()
    assert loaded.policy is not None
    assert {"requirement", "change", "incident", "minutes", "service", "violation"} <= loaded.policy.kinds.keys()


def test_mails_have_words_for_every_role_of_the_shipped_kinds_and_for_what_their_commands_take() -> None:
    loaded = load(RULES, templates=False)
    assert loaded.policy is not None
    for kind in loaded.policy.kinds.values():
        taken = {each for command in every_command(kind) for each in command.arguments}
        names = {each.name for each in taken if each.type not in (ArgumentType.FIELD, ArgumentType.TASKS)}
        assert [name for name in (*kind.roles, *sorted(names)) if not has_words(name, kind)] == [], kind.kind


def test_each_number_of_a_timeline_stands_on_a_line_with_a_comment() -> None:
    """Process P10: whoever changes one learns there what it means."""
    number = re.compile(r"\s*(?:- )?(?:after|before|every|at|times|ack|again|ahead|lasts): .*\d")
    lines = [(path, line) for path, text in RULES.items() for line in text.splitlines() if number.match(line)]
    assert [each for each in lines if "#" not in each[1]] == []
    assert len(lines) > 100


def test_a_new_home_is_only_warned_of_what_its_operator_must_do() -> None:
    loaded = load(RULES, environment={}, today=date(2026, 11, 20), templates=False)
    assert loaded.errors == ()
    assert {each.source for each in loaded.problems} <= {"rules/site.yaml", "rules/calendar.yaml"}


def test_loading_the_shipped_rules_takes_less_than_300_milliseconds_of_the_processor() -> None:
    def once() -> float:
        start = process_time()
        load(RULES, templates=False)
        return process_time() - start

    assert min(once() for _ in range(3)) < 0.3


def test_both_readers_of_yaml_see_the_same() -> None:
    for path, text in RULES.items():
        assert parse(path, text, FAST_LOADER) == parse(path, text, PYTHON_LOADER)


LINES = sorted({line for text in RULES.values() for line in text.split("\n")})
SYNTAX = ["{", "}", "[", "]", ": ", "- ", "\n", "'", '"', "&a", "*a", "<<: *a", "!!x", "~", "\t", "#"]
VALUES = ["true", "0", "-1", "1e9", "2026-02-30", "9" * 20, "1:30", "$x", "${X}", "a@b", "..", "@", "->"]
SNIPPETS = st.sampled_from(LINES) | st.sampled_from(SYNTAX + VALUES) | st.text(max_size=8)

EDITS = st.lists(
    st.tuples(
        st.sampled_from(sorted(RULES)),
        st.floats(0, 1),
        st.sampled_from([0, 0, 1, 1, 2, 5, 20, 200]),
        SNIPPETS,
    ),
    min_size=1,
    max_size=4,
)


@given(EDITS)
def test_loading_answers_whatever_the_files_say(edits: list[tuple[str, float, int, str]]) -> None:
    files = dict(RULES)
    for path, share, length, snippet in edits:
        start = int(len(files[path]) * share)
        files[path] = files[path][:start] + snippet + files[path][start + length :]
    loaded = load(files, environment={}, today=date(2026, 11, 20))
    assert (loaded.policy is None) == bool(loaded.errors)
    for each in loaded.problems:
        assert each.line >= 1 and each.column >= 1, each


PIECES = ["states", "kind", "a", "{", "}", "[", "]", ":", " ", "\n", "  ", "- ", "&a ", "*a", ","]


@given(st.lists(st.sampled_from(PIECES)))
def test_loading_answers_whatever_a_kind_says(pieces: list[str]) -> None:
    load({**RULES, "rules/more.yaml": "kind: more\n" + "".join(pieces)}, templates=False)


def test_text_nested_without_end_is_a_problem_and_not_a_crash() -> None:
    for bomb in ("[" * 100_000, "{a: " * 100_000, "- " * 100_000):
        _, problems = parse("rules/bomb.yaml", bomb)
        assert [each.message for each in problems] == ["this is nested too deeply"]


def test_aliases_that_multiply_are_a_problem_and_not_a_crash() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    _, problems = parse("rules/bomb.yaml", "\n".join(lines))
    assert [(each.line, each.message) for each in problems] == [(5, "this is too large for a rule file")]
