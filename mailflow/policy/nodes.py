"""YAML text to nodes that know their place: scalars stay text, so that no date, `on` or 1:30 is misread.

Total: whatever the text, a node and problems come back, nothing is raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from mailflow.core.rule import Place
from mailflow.policy.problem import Problem

# The Python reader says the same ten times slower; it serves where PyYAML was built without libyaml.
PYTHON_LOADER = yaml.SafeLoader
FAST_LOADER = getattr(yaml, "CSafeLoader", PYTHON_LOADER)

# Aliases of aliases can make a short file mean a huge one; nesting beyond reason is a slip of the keyboard.
_LARGEST = 100_000
_DEEPEST = 50

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_STANDARD_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as text; `plain`: it stood without quotes."""

    text: str
    place: Place
    plain: bool = True

    @property
    def empty(self) -> bool:
        """Whether it is YAML's null."""
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    items: "tuple[Node, ...]"
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `keys` are the places where its keys stand."""

    entries: "dict[str, Node]"
    keys: dict[str, Place]
    place: Place


Node = Scalar | Listing | Table


def kind_of(node: Node) -> str:
    """What a node is, in the words of an error message."""
    match node:
        case Scalar():
            return "nothing" if node.empty else f"'{node.text}'"
        case Listing():
            return "a list"
        case Table():
            return "a mapping"


def parse(file: str, text: str, loader: Any = FAST_LOADER) -> tuple[Node | None, tuple[Problem, ...]]:
    """The node a file holds, None when it is empty or cannot be read, and what is wrong with its YAML."""
    unreadable = next((index for index, char in enumerate(text) if "\ud800" <= char <= "\udfff"), None)
    if unreadable is not None:
        return None, (_at(file, text, unreadable, "this is not UTF-8", "save the file as UTF-8"),)
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        message = f"the character U+{_codepoint(error):04X} is not allowed here"
        builder.problems.append(_at(file, text, _position(error, text), message, "delete it"))
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax(file, text, error))
    except _Unusable as error:
        builder.problems.append(error.problem)
    return builder.root, tuple(builder.problems)


class _Unusable(Exception):
    """The file is not worth reading on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    place: Place
    anchor: str | None
    mapping: bool
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Nodes from the parser's events: no recursion, so that no nesting can exhaust the stack."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    root: Node | None = None
    documents: int = 0
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        mark = event.start_mark
        place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file, 1, 1)
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents == 2:
                    self._problem(place, "a second document begins here", "write one document a file, without '---'")
            case yaml.ScalarEvent():
                self._check_tag(event.tag, place)
                self._add(Scalar(event.value, place, event.style in (None, "")), event.anchor)
            case yaml.AliasEvent():
                self._alias(event.anchor or "", place)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._check_tag(event.tag, place)
                if len(self.open) >= _DEEPEST:
                    raise _Unusable(_problem(place, "this is nested too deeply", ""))
                self.open.append(_Open(place, event.anchor, isinstance(event, yaml.MappingStartEvent)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                done = self.open.pop()
                node = self._table(done) if done.mapping else Listing(tuple(done.items), done.place)
                self._add(node, done.anchor)
            case _:
                pass

    def _add(self, node: Node, anchor: str | None) -> None:
        self.sizes[id(node)] = size = 1 + sum(self.sizes.get(id(child), 1) for child in _children(node))
        if size > _LARGEST:
            raise _Unusable(_problem(node.place, "this is too large for a rule file", ""))
        if anchor is not None:
            self.anchors[anchor] = node
        if self.open:
            self.open[-1].items.append(node)
        elif self.root is None:
            self.root = None if isinstance(node, Scalar) and node.empty else node

    def _alias(self, name: str, place: Place) -> None:
        if any(name == each.anchor for each in self.open):
            self._problem(place, f"'*{name}' stands inside what it names", "")
        elif name not in self.anchors:
            self._problem(place, f"there is no '&{name}' above", "name the first one '&" + name + "'")
        self._add(self.anchors.get(name, Scalar("", place)), None)

    def _table(self, done: _Open) -> Table:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        merged: list[Table] = []
        for key, value in zip(done.items[::2], done.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._problem(key.place, f"a key must be a word, not {kind_of(key)}", "")
            elif key.text == "<<" and key.plain:
                merged += self._merged(value)
            elif key.text in entries:
                first = keys[key.text]
                self._problem(key.place, f"'{key.text}' stands here twice", f"the first is in line {first.line}")
            else:
                entries[key.text], keys[key.text] = value, key.place
        for table in merged:
            entries = {**table.entries, **entries}
            keys = {**table.keys, **keys}
        return Table(entries, keys, done.place)

    def _merged(self, value: Node) -> Iterator[Table]:
        for each in value.items if isinstance(value, Listing) else (value,):
            if isinstance(each, Table):
                yield each
            else:
                self._problem(each.place, f"'<<' takes a mapping, not {kind_of(each)}", "")

    def _check_tag(self, tag: str | None, place: Place) -> None:
        if tag is not None and tag != "!" and not tag.startswith(_STANDARD_TAG):
            self._problem(place, f"the YAML tag '{tag}' is not used here", "write the value without it")

    def _problem(self, place: Place, message: str, hint: str) -> None:
        self.problems.append(_problem(place, message, hint))


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Scalar():
            return ()
        case Listing(items):
            return items
        case Table(entries):
            return tuple(entries.values())


def _problem(place: Place, message: str, hint: str) -> Problem:
    return Problem(place.file, place.line, place.column, message, hint)


def _at(file: str, text: str, index: int, message: str, hint: str) -> Problem:
    before = text[:index]
    return Problem(file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1, message, hint)


def _codepoint(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


def _position(error: yaml.reader.ReaderError, text: str) -> int:
    """The index of the character: libyaml counts bytes and the Python reader what it was handed last."""
    wanted = chr(_codepoint(error))
    return max(text.find(wanted), 0)


def _syntax(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    here = lines[line][column : column + 1] if line < len(lines) else ""
    said = (error.problem or "this cannot be read").replace("'\\t' ", "")
    if error.context:
        said = f"{error.context} {said}" if error.context.startswith("while") else said
    return Problem(file, line + 1, column + 1, f"not YAML: {said}", _syntax_hint(said, here))


def _syntax_hint(said: str, here: str) -> str:
    if here == "\t":
        return "indent with spaces, not with tabs"
    if "mapping values" in said:
        return "put a text that has ': ' in it between quotes"
    if here in ("@", "`", "%", "*", "&", "!"):
        return f"put a text that begins with '{here}' between quotes"
    if "expected" in said:
        return "look at the brackets, the quotes and the indentation just before"
    return ""
