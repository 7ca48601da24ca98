"""The layers of the program, held on the syntax trees: no import runs up, none hides in a function, none goes round."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARCHITECTURE = ROOT / "docs" / "architecture.md"

# Whatever is written further up in the table.
ANY = ("*",)

# Who may import whom, from the bottom up: a package or module directly under mailflow/ -> those it may name, besides
# itself. A new one is written down here, under everything that it imports.
TABLE: dict[str, tuple[str, ...]] = {
    "mail": (),
    "settings": (),
    "codec": (),
    "home": (),
    "logs": (),
    "defaults": (),
    "core": ("mail",),
    "policy": ("core", "settings"),
    "ports": ("core",),
    "lock": ("ports",),
    "adapters": ("codec", "core", "ports", "settings"),
    "report": ("codec", "core", "ports"),
    "tokens": ("mail",),
    "archive": ("core", "mail", "ports", "report", "tokens"),
    "inviting": ("core", "mail", "tokens"),
    "post": ("core", "inviting", "mail", "ports", "tokens"),
    "standing": ("core", "ports"),
    "dispatch": ("core", "ports", "standing"),
    "force": ("core", "policy", "ports", "settings"),
    "lookup": ("core", "mail", "ports", "standing", "tokens"),
    "taking": ("core", "mail", "ports", "tokens"),
    "aside": ("core", "mail", "ports", "post", "taking"),
    "errand": ("core", "lookup", "mail", "ports", "post"),
    "agenda": ("codec", "core", "errand", "ports", "post"),
    "engine": ("agenda", "aside", "core", "errand", "lookup", "mail", "ports", "post", "standing", "taking"),
    "introducing": ("core", "ports", "post"),
    "importing": ("core", "errand", "ports"),
    "trial": ("adapters", "core", "mail", "policy"),
    "intake": ("engine", "ports", "taking"),
    "passes": ("dispatch", "engine", "force", "intake", "ports", "taking"),
    "build": ("adapters", "engine", "force", "home", "intake", "policy", "ports", "settings"),
    "simulate": ("adapters", "build", "engine", "force", "home", "passes", "policy", "ports", "taking"),
    "stories": ("adapters", "build", "core", "engine", "mail", "policy", "ports", "simulate"),
    "daemon": ("adapters", "build", "dispatch", "engine", "force", "intake", "passes", "policy", "ports"),
    "demo": ANY,
    "commands": ANY,
    "cli": ("commands", "force", "home", "lock", "logs", "ports", "settings"),
    "__main__": ("cli",),
}
MAY = {
    layer: tuple(TABLE)[:position] if below is ANY else below for position, (layer, below) in enumerate(TABLE.items())
}

# The rooms of the core, and which other rooms each may name. Round them lies the hall, the modules directly in core/.
ROOMS: dict[str, tuple[str, ...]] = {
    "reading": (),
    "timers": (),
    "rhythm": (),
    "showing": ("timers",),
    "receiving": ("reading", "timers", "showing"),
}

# Layers that stand on the standard library alone: what they decide or say must not hang on anybody's release.
BARE = (
    "core",
    "ports",
    "settings",
    "codec",
    "tokens",
    "inviting",
    "post",
    "lookup",
    "taking",
    "aside",
    "errand",
    "agenda",
    "engine",
    "introducing",
    "importing",
    "intake",
    "dispatch",
    "standing",
    "force",
    "passes",
)


@dataclass(frozen=True)
class Import:
    """`module` names `target` (a module of ours, or the top name of a package) at `line`."""

    module: str
    target: str
    line: int
    in_function: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def _modules() -> dict[str, Path]:
    paths = (path for path in (ROOT / "mailflow").rglob("*.py") if "_home" not in path.parts)
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


MODULES = _modules()


def _imports(module: str) -> Iterator[Import]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}:{node.lineno}: imports name the whole path"
            whole = [f"{node.module}.{each.name}" for each in node.names]
            names = [each if each in MODULES else str(node.module) for each in whole]
        for name in names:
            yield Import(module, name, getattr(node, "lineno", 0), id(node) in inner)


IMPORTS = [each for module in sorted(MODULES) for each in _imports(module)]
OURS = [each for each in IMPORTS if each.target.partition(".")[0] == "mailflow"]


def _layer(module: str) -> str:
    """The package or module directly under mailflow/ that a module belongs to; "" for mailflow itself."""
    return [*module.split("."), ""][1]


def _room(module: str) -> str:
    """The package within the core that a module belongs to; "" for the hall, and outside the core."""
    *outer, name = [*module.split("."), "", ""][:3]
    return (
        name
        if name and outer == ["mailflow", "core"] and MODULES[f"mailflow.core.{name}"].name == "__init__.py"
        else ""
    )


def test_every_part_of_the_program_has_its_layer() -> None:
    assert {_layer(module) for module in MODULES} - {""} == set(MAY)


def test_the_layers_are_written_from_the_bottom_up() -> None:
    order = list(MAY)
    assert [(layer, below) for layer in MAY for below in MAY[layer] if order.index(below) >= order.index(layer)] == []


def test_no_import_runs_up() -> None:
    wrong = [
        str(each)
        for each in OURS
        if _layer(each.target) not in ("", _layer(each.module), *MAY.get(_layer(each.module), ()))
    ]
    assert wrong == []


def test_nothing_is_permitted_that_nobody_needs() -> None:
    used = {(_layer(each.module), _layer(each.target)) for each in OURS}
    strict = [layer for layer in MAY if TABLE[layer] is not ANY]
    assert [(layer, below) for layer in strict for below in MAY[layer] if (layer, below) not in used] == []


def test_the_core_knows_of_mail_only_the_values() -> None:
    of_mail = {each.target for each in OURS if _layer(each.module) == "core" and _layer(each.target) == "mail"}
    assert of_mail == {"mailflow.mail.model"}


def test_the_rooms_of_the_core_name_no_other_room_than_theirs() -> None:
    assert {_room(module) for module in MODULES} - {""} == set(ROOMS)
    used = {(_room(each.module), _room(each.target)) for each in OURS}
    between = {(room, other) for room, other in used if room and other and room != other}
    assert between == {(room, other) for room, others in ROOMS.items() for other in others}


def test_what_a_room_stands_on_names_no_module_of_that_room() -> None:
    """Each room taken as one, no import within the core goes round: the hall may call on a room, or be called on."""
    graph: dict[str, set[str]] = {}
    for each in OURS:
        upper, lower = (_room(module) or module for module in (each.module, each.target))
        if upper != lower and _layer(each.module) == _layer(each.target) == "core":
            graph.setdefault(upper, set()).add(lower)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_no_name_of_another_layer_begins_with_an_underscore() -> None:
    private = [
        str(each)
        for each in OURS
        if _layer(each.module) != _layer(each.target)
        and any(part.startswith("_") and not part.startswith("__") for part in each.target.split("."))
    ]
    assert private == []


@pytest.mark.parametrize("layer", BARE)
def test_what_decides_stands_on_the_standard_library(layer: str) -> None:
    foreign = [
        str(each)
        for each in IMPORTS
        if _layer(each.module) == layer and each.target.partition(".")[0] not in {"mailflow", *sys.stdlib_module_names}
    ]
    assert foreign == []


def test_the_core_does_nothing_but_decide() -> None:
    """No clock, no file, no socket, no thread, no chance: what it needs of the world are arguments."""
    world = {"asyncio", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3"}
    world |= {"subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"}
    assert [str(each) for each in IMPORTS if _layer(each.module) == "core" and each.target in world] == []
    calls = [
        f"{module}:{node.lineno} {ast.unparse(node)}"
        for module in MODULES
        if _layer(module) == "core"
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in ("now", "utcnow", "today"))
            or (isinstance(node.func, ast.Name) and node.func.id in ("open", "print", "input"))
        )
    ]
    assert calls == []


def test_an_import_inside_a_function_says_why() -> None:
    silent = []
    for each in IMPORTS:
        if not each.in_function:
            continue
        lines = MODULES[each.module].read_text(encoding="utf-8").splitlines()
        above = each.line - 2
        while re.match(r"\s*(from|import) ", lines[above]):
            above -= 1
        if not lines[above].lstrip().startswith("#"):
            silent.append(str(each))
    assert silent == []


def test_no_imports_go_round() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for each in OURS:
        if each.target != each.module:
            graph[each.module].add(each.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_the_drawing_of_the_layers_is_true() -> None:
    """Every arrow of the drawing is an import, and every import runs along the arrows."""
    drawing = re.search(r"```mermaid\n(.*?)```", ARCHITECTURE.read_text(encoding="utf-8"), re.DOTALL)
    assert drawing is not None
    arrows: dict[str, set[str]] = {}
    for upper, lower in re.findall(r"^ *([\w &]+?) *--> *([\w &]+?) *$", drawing[1], re.MULTILINE):
        for each in upper.split("&"):
            arrows.setdefault(each.strip(), set()).update(name.strip() for name in lower.split("&"))
    used = {(_layer(each.module), _layer(each.target)) for each in OURS}
    drawn = {(upper, lower) for upper, lowers in arrows.items() for lower in lowers}
    assert drawn - used == set(), "drawn, but nobody imports so"
    missing = {
        (upper, lower)
        for upper, lower in used
        if "" not in (upper, lower) and upper != lower and lower not in _reached(upper, arrows)
    }
    assert missing == set(), "imported, but not drawn"


def _reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for each in arrows.get(waiting.pop(), set()) - found:
            found.add(each)
            waiting.append(each)
    return found
