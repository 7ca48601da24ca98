"""README.md is true: its worked example is run, and what it prints is what the page shows; what it names exists."""

import contextlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import typer.main

from mailflow.cli import app
from tests.homes import inside

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

KNOWN = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ITEM = re.compile(r"\b[0-9a-f]{16}\b")
_CUT = "…"


@dataclass
class Step:
    """A command of the page, and what the page says that it prints."""

    command: str
    shown: list[str] = field(default_factory=list)


@dataclass
class Reader:
    """Somebody who does what the page says, in a folder of their own. `ids` are theirs for the page's."""

    folder: Path
    ids: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, content: str) -> None:
        (self.folder / path).write_text(content, encoding="utf-8")

    def do(self, command: str) -> list[str]:
        """What a command prints on standard output, line by line: ours runs in this process, which is quick."""
        for theirs, mine in self.ids.items():
            command = command.replace(theirs, mine)
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return []
        if command.startswith("mailflow "):
            return self._ours(command)
        done = subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, text=True, timeout=30)
        assert not done.stderr, done.stderr
        return done.stdout.splitlines()

    def _ours(self, command: str) -> list[str]:
        words, _, file = command.removeprefix("mailflow ").partition(" > ")
        with contextlib.chdir(self.folder):
            done = inside(*shlex.split(words))
        assert done.status in (0, 1, 75), done.err
        if file:
            self.write(file, done.out)
            return []
        return done.out.splitlines()

    def compare(self, step: Step, printed: list[str]) -> None:
        """Lines as shown; one that ends in … goes on, one that is … stands for any number."""
        left = list(printed)
        skipping = False
        for line in step.shown:
            if line.strip() == _CUT:
                skipping = True
                continue
            while skipping and left and not self._same(line, left[0]):
                left.pop(0)
            skipping = False
            assert left, f"$ {step.command}\nprints no line {line!r}; it prints:\n" + "\n".join(printed)
            found = left.pop(0)
            assert self._same(line, found), (
                f"$ {step.command}\nshown:   {line!r}\nprinted: {found!r}\nwhole:\n" + "\n".join(printed)
            )
        assert skipping or not left, f"$ {step.command}\nprints more than is shown:\n" + "\n".join(left)

    def _same(self, shown: str, printed: str) -> bool:
        known, own = _ITEM.findall(shown), _ITEM.findall(printed)
        plain_shown, plain_printed = _plain(shown), _plain(printed)
        if plain_shown.endswith(_CUT):
            same = plain_printed.startswith(plain_shown.removesuffix(_CUT).rstrip())
        else:
            same = plain_shown == plain_printed
        if same:
            self.ids.update(zip(known, own, strict=False))
        return same


def _plain(line: str) -> str:
    """A line without what may differ: ids, and the widths of columns."""
    return " ".join(_ITEM.sub("ID", line).split())


def _steps(block: str) -> Iterator[Step]:
    step = None
    for line in block.splitlines():
        if line.startswith("$ "):
            if step is not None:
                yield step
            step = Step(line.removeprefix("$ "))
        elif step is not None:
            step.shown.append(line)
    if step is not None:
        yield step


def test_the_worked_example_does_what_the_page_shows(tmp_path: Path) -> None:
    """Every file of the page is written, every command run, in the order of the page."""
    reader = Reader(tmp_path)
    ran = 0
    for language, block in _BLOCK.findall(README):
        if language == "console":
            for step in _steps(block):
                reader.compare(step, reader.do(step.command))
                ran += 1
        elif language == "eml":
            reader.write("outage.eml", block)
        elif language == "yaml" and (named := re.match(r"# (rules/\w+\.yaml)\n", block)):
            reader.write(named[1], block)
    assert ran >= 10


def test_every_command_that_the_page_names_exists() -> None:
    text = README.split("## What is not there yet")[0] + README.split("## 中文简介")[1]
    named = set(re.findall(r"(?:^|[`$] ?)mailflow (?:--home \S+ )?([a-z]+)", text, re.MULTILINE))
    assert named - KNOWN == set()


def test_what_the_page_says_is_missing_is_missing() -> None:
    missing = README.split("* **Commands**:")[1].split(". What there is")[0]
    names = set(re.findall(r"`(\w+)`", missing))
    assert names and names & KNOWN == set()


def test_every_link_of_the_page_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_page_of_the_documentation_stands_in_its_index() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {name for name in pages if f"]({name})" not in index} == set()


def test_the_make_targets_that_the_page_names_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)\b", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_program_is_there_to_be_called() -> None:
    assert shutil.which("mailflow", path=str(Path(sys.executable).parent))
