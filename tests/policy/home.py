"""A small home without a problem, and the faults that tests put into it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailflow.policy import read_home
from mailflow.policy.resolve import OWN_TEMPLATES

HOME = Path(__file__).with_name("small")
SHIPPED = Path(__file__).parents[2]
FAULTS = Path(__file__).with_name("faults")
BESIDES = Path(__file__).with_name("besides")

_TEMPLATES = ("received", "please-approve", "reminder", "overdue", "late", "progress")


def small_home() -> dict[str, str]:
    """The files of the small home, with an empty template for each name in both languages."""
    names = [f"order/{name}" for name in _TEMPLATES] + ["task/due", *OWN_TEMPLATES]
    templates = {f"templates/{language}/{name}.md": "" for language in ("zh", "en") for name in names}
    return {**read_home(HOME), **templates}


def edited(files: Mapping[str, str], file: str, old: str, new: str) -> dict[str, str]:
    """The files with one text replaced, which must stand there once; without `old`, with another file."""
    if not old:
        return {**files, file: new}
    assert files[file].count(old) == 1, f"{old!r} stands {files[file].count(old)} times in {file}"
    return {**files, file: files[file].replace(old, new)}


@dataclass(frozen=True)
class Fault:
    """A fault in the small home, and every problem that must be found there."""

    name: str
    files: Mapping[str, str]
    problems: tuple[str, ...]


def faults() -> Iterator[Fault]:
    """The faults of `faults/*.txt`: a name, `@ FILE`, `- OLD`, `+ NEW` lines, `! PROBLEM` lines."""
    for path in sorted(FAULTS.glob("*.txt")):
        for paragraph in path.read_text("utf-8").strip().split("\n\n"):
            name, *lines = paragraph.split("\n")
            yield _fault(f"{path.stem}: {name}", lines, {**small_home(), **besides(path.stem)})


def besides(name: str) -> dict[str, str]:
    """What the small home has besides, for the faults of this file alone."""
    return dict(read_home(BESIDES / name))


def _fault(name: str, lines: list[str], files: dict[str, str]) -> Fault:
    file, problems = "", []
    hunk: dict[str, list[str]] = {"-": [], "+": []}
    for line in [*lines, "@ "]:
        sign, text = line[:1], line[2:]
        if sign in "@!" and file and any(hunk.values()):
            files = edited(files, file, "\n".join(hunk["-"]), "\n".join(hunk["+"]))
            hunk = {"-": [], "+": []}
        match sign:
            case "@":
                file = text
            case "!":
                problems.append(text)
            case "-" | "+":
                hunk[sign].append(text)
            case _:
                raise AssertionError(f"{name}: cannot read {line!r}")
    return Fault(name, files, tuple(problems))
