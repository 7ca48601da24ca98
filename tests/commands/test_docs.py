"""docs/commands.md says of every command what it takes, and nothing that is not so."""

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.models import OptionInfo

from mailflow.cli import COMMANDS, GROUPS, shared

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
_OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)(?![\w-])")


def commands() -> Iterator[tuple[str, Callable[..., int]]]:
    yield from COMMANDS.items()
    for group, (_, functions) in GROUPS.items():
        yield from ((f"{group} {name}", function) for name, function in functions.items())


def options(function: Callable[..., object]) -> set[str]:
    """The options that a command's annotations declare."""
    found: set[str] = set()
    for hint in typing.get_type_hints(function, include_extras=True).values():
        for each in getattr(hint, "__metadata__", ()):
            if isinstance(each, OptionInfo):
                found |= {name for name in (each.default, *(each.param_decls or ())) if isinstance(name, str)}
    return found


def section(name: str) -> str:
    """What stands under a heading, up to the next one."""
    page = PAGE.read_text("utf-8")
    heading = re.search(rf"^###? mailflow {re.escape(name)}$", page, re.MULTILINE)
    assert heading, f"docs/commands.md has no section 'mailflow {name}'"
    return re.split(r"^##", page[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize(
    ("name", "function"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_of_a_command_is_described_and_no_other(name: str, function: Callable[..., int]) -> None:
    text = section(name)
    rows = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `-"))
    assert set(_OPTION.findall(rows)) == options(function)
    assert inspect.getdoc(function), f"{name} does not say what it is for"


def test_every_section_is_a_command() -> None:
    headings = re.findall(r"^###? mailflow (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted([*(name for name, _ in commands()), *GROUPS])


def test_every_command_has_an_example() -> None:
    for name in (*COMMANDS, *GROUPS):
        assert re.search(rf"```\n(?:.*\n)*?.*mailflow.* ?{name}\b", section(name)), name


def test_the_shared_options_are_described() -> None:
    head = PAGE.read_text("utf-8").partition("## mailflow")[0]
    assert options(shared) <= set(_OPTION.findall(head))
