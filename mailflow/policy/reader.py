"""Reading values out of nodes: each getter takes what people naturally write, and notes what it cannot take.

A getter always answers with a value, so that one run finds every problem of every file.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from mailflow.core.directory import Absence
from mailflow.core.duration import Duration, parse_duration
from mailflow.core.hours import parse_interval
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Place
from mailflow.core.workflow import Labels
from mailflow.policy.nodes import Listing, Node, Scalar, Table, kind_of
from mailflow.policy.problem import Problem, suggestion

YES = frozenset({"true", "yes", "on", "是"})
NO = frozenset({"false", "no", "off", "否"})

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+")


@dataclass(frozen=True, slots=True)
class Keys:
    """What a mapping may say: `what` names it in messages."""

    what: str
    names: tuple[str, ...]


class Reader:
    """Where problems go, the languages of the site, and the environment that secrets are looked up in (None:
    not looked at); shared by everything that reads one home."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.problems: list[Problem] = []
        self.environment = environment
        self.languages: tuple[str, ...] = ("zh", "en")

    def error(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place.file, place.line, place.column, message, hint))

    def warn(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place.file, place.line, place.column, message, hint, "warning"))

    # -- single values ------------------------------------------------------------------------------------

    def text(self, node: Node, what: str) -> str:
        if isinstance(node, Scalar) and not node.empty:
            return node.text.strip()
        self.error(node.place, f"{what} must be a text, not {kind_of(node)}")
        return ""

    def flag(self, node: Node, what: str) -> bool:
        word = self.text(node, what).casefold()
        if word not in YES | NO:
            self._unless_noted(node, f"{what} must be true or false, not {kind_of(node)}")
        return word in YES

    def number(self, node: Node, what: str, least: int = 0) -> int:
        word = self.text(node, what).replace("_", "")
        value = int(word) if re.fullmatch(r"-?\d{1,12}", word, re.ASCII) else least - 1
        if value < least:
            self._unless_noted(node, f"{what} must be a whole number from {least}, not {kind_of(node)}")
            return least
        return value

    def choice(self, node: Node, what: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
        """One of `known`, in any case; "" when it is none of them."""
        word = self.text(node, what)
        by_fold = {folded(each): each for each in known}
        if word and folded(word) not in by_fold:
            self.error(node.place, f"{what}: there is no '{word}'", suggestion(word, known))
        return by_fold.get(folded(word), "")

    def duration(self, node: Node, what: str) -> Duration | None:
        word = self.text(node, what)
        if not word:
            return None
        try:
            return parse_duration(word)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            self.error(node.place, f"{what}: {message}", hint)
            return None

    def clock(self, node: Node, what: str) -> time | None:
        word = self.text(node, what)
        found = re.fullmatch(r"(\d{1,2}):(\d{2})", unicodedata.normalize("NFKC", word), re.ASCII)
        if found and int(found[1]) < 24 and int(found[2]) < 60:
            return time(int(found[1]), int(found[2]))
        self._unless_noted(node, f"{what}: cannot read {kind_of(node)} as a time of the day", "write it like 16:00")
        return None

    def interval(self, node: Node, what: str) -> tuple[time, time] | None:
        word = self.text(node, what)
        try:
            return parse_interval(word) if word else None
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            self.error(node.place, message, hint)
            return None

    def day(self, node: Node, what: str) -> date | None:
        word = self.text(node, what)
        day = _day(word)
        if day is None:
            self._unless_noted(node, f"{what}: there is no date {kind_of(node)}", "write it like 2026-12-31")
        return day

    def days(self, node: Node, what: str) -> Absence | None:
        """`2026-12-01`, `2026-12-01..2026-12-05`, or a mapping with `from` and `until`; ends included."""
        if isinstance(node, Table):
            block = self.block(node, Keys("a stretch of days", ("from", "until")))
            first, last = block.day("from"), block.day("until")
        else:
            word = self.text(node, what)
            start, dots, end = word.partition("..")
            first, last = _day(start), _day(end) if dots else _day(start)
            if first is None or last is None:
                self._unless_noted(node, f"{what}: cannot read {kind_of(node)} as days", "write 2026-12-01..2026-12-05")
        if first is None or last is None:
            return None
        if last < first:
            self.error(node.place, f"{what}: these days end before they begin")
        return Absence(first, last)

    def address(self, node: Node, what: str) -> str:
        """A mail address in lower case; "" when it is none."""
        word = self.text(node, what).casefold()
        if word and not _ADDRESS.fullmatch(word):
            self.error(node.place, f"{what}: '{word}' is not a mail address", "write it like name@example.com")
            return ""
        return word

    def labels(self, node: Node, what: str) -> Labels:
        """A text by language; a plain one holds for every language of the site."""
        if not isinstance(node, Table):
            word = self.text(node, what)
            return dict.fromkeys(self.languages, word) if word else {}
        found = {}
        for language, value in node.entries.items():
            if not LANGUAGE.fullmatch(language) or language.partition("-")[0] not in self.languages:
                split = isinstance(value, Scalar) and value.empty
                quote = "put a text with a comma in it between quotes"
                hint = quote if split else suggestion(language, self.languages)
                self.error(node.keys[language], f"{what}: the site has no language '{language}'", hint)
            elif text := self.text(value, what):
                found[language] = text
        return found

    # -- several values -----------------------------------------------------------------------------------

    def items(self, node: Node) -> tuple[Node, ...]:
        """The items of a list; what is no list is taken as the only one, nothing as none."""
        if isinstance(node, Listing):
            return node.items
        return () if isinstance(node, Scalar) and node.empty else (node,)

    def texts(self, node: Node, what: str) -> tuple[str, ...]:
        found = (self.text(each, what) for each in self.items(node))
        return tuple(dict.fromkeys(each for each in found if each))

    def block(self, node: Node, keys: Keys) -> "Block":
        """The node as a mapping of these keys; what is no mapping counts as an empty one."""
        if isinstance(node, Table):
            return Block(self, node, keys)
        if not (isinstance(node, Scalar) and node.empty):
            known = ", ".join(keys.names[:6])
            self.error(node.place, f"{keys.what} must be a mapping, not {kind_of(node)}", f"its keys are {known} …")
        return Block(self, Table({}, {}, node.place), keys)

    def entries(self, node: Node, what: str) -> Iterator[tuple[Scalar, Node]]:
        """The entries of a mapping whose keys the writer chooses."""
        if isinstance(node, Table):
            for key, value in node.entries.items():
                yield Scalar(key, node.keys[key], plain=False), value
        elif not (isinstance(node, Scalar) and node.empty) and not (isinstance(node, Listing) and not node.items):
            self.error(node.place, f"{what} must be a mapping, not {kind_of(node)}")

    def _unless_noted(self, node: Node, message: str, hint: str = "") -> None:
        """What is no text at all was noted by `text` already."""
        if isinstance(node, Scalar) and not node.empty:
            self.error(node.place, message, hint)


class Block:
    """A mapping with known keys; an unknown one is noted when the block is made."""

    def __init__(self, reader: Reader, table: Table, keys: Keys) -> None:
        self.reader, self.table, self.keys = reader, table, keys
        self.place = table.place
        for key, place in table.keys.items():
            if key not in keys.names:
                hint = suggestion(key, keys.names) or f"its keys are {', '.join(keys.names)}"
                reader.error(place, f"unknown key '{key}' in {keys.what}", hint)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def get(self, key: str) -> Node | None:
        """The value of a key, None when it is absent or left empty."""
        assert key in self.keys.names, f"{key} is no key of {self.keys.what}"
        node = self.table.entries.get(key)
        return None if isinstance(node, Scalar) and node.empty else node

    def said(self, key: str) -> bool:
        """Whether the key stands there, be it empty: `filed: null`."""
        return key in self.table.entries

    def place_of(self, key: str) -> Place:
        """Where the value of a key stands, or else the block."""
        node = self.table.entries.get(key)
        return node.place if node is not None else self.place

    def require(self, *keys: str) -> None:
        for key in keys:
            if key not in self:
                self.reader.error(self.place, f"{self.keys.what} needs '{key}'")

    def text(self, key: str, default: str = "") -> str:
        node = self.get(key)
        return default if node is None else self.reader.text(node, f"'{key}'")

    def texts(self, key: str) -> tuple[str, ...]:
        node = self.get(key)
        return () if node is None else self.reader.texts(node, f"'{key}'")

    def flag(self, key: str, default: bool = False) -> bool:
        node = self.get(key)
        return default if node is None else self.reader.flag(node, f"'{key}'")

    def number(self, key: str, default: int, least: int = 0) -> int:
        node = self.get(key)
        return default if node is None else self.reader.number(node, f"'{key}'", least)

    def choice(self, key: str, known: Mapping[str, object] | tuple[str, ...], default: str = "") -> str:
        node = self.get(key)
        return default if node is None else self.reader.choice(node, f"'{key}'", known)

    def duration(self, key: str) -> Duration | None:
        node = self.get(key)
        return None if node is None else self.reader.duration(node, f"'{key}'")

    def day(self, key: str) -> date | None:
        node = self.get(key)
        return None if node is None else self.reader.day(node, f"'{key}'")

    def address(self, key: str) -> str:
        node = self.get(key)
        return "" if node is None else self.reader.address(node, f"'{key}'")

    def labels(self, key: str) -> Labels:
        node = self.get(key)
        return {} if node is None else self.reader.labels(node, f"'{key}'")

    def items(self, key: str) -> tuple[Node, ...]:
        node = self.get(key)
        return () if node is None else self.reader.items(node)

    def entries(self, key: str) -> Iterator[tuple[Scalar, Node]]:
        node = self.get(key)
        if node is not None:
            yield from self.reader.entries(node, f"'{key}'")

    def block(self, key: str, keys: Keys) -> "Block":
        """The block under a key; an empty one where it is absent."""
        return self.reader.block(self.get(key) or Scalar("", self.place), keys)


def _day(word: str) -> date | None:
    found = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", word.strip(), re.ASCII)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
