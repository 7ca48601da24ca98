"""What the reading of one rule file knows: names it may use, rule names given, what to check later."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailflow.core.directory import Directory
from mailflow.core.role_words import CHANGES, STEPS
from mailflow.core.rule import Place
from mailflow.core.workflow import LISTS, Argument, Field
from mailflow.policy.nodes import Node
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Reader

PREVIOUS = "previous"


@dataclass(slots=True)
class Heard:
    """What the lines under `on_signal` use of what a signal says: its name, the kind it comes from, value -> where."""

    signal: str
    origin: str
    values: dict[str, Place] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """`task`: whether a task is spoken of; `heard`: the signal whose lines are read.

    What was `said` is checked once the workflow, or every kind, is whole. `kinds` are the scopes of all kinds by
    their names; `alone`: what is read is asked of the record alone;
    `private`: only the roles that the kind names see its records; `replying`: the arguments are the fields that a
    reply changed.
    """

    reader: Reader
    kind: str
    directory: Directory
    calendars: frozenset[str]
    periods: frozenset[str] = frozenset()
    states: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    task_fields: Mapping[str, Field] = field(default_factory=dict)
    task_states: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    tasks: bool = False
    event: bool = False
    task: bool = False
    alone: bool = False
    private: bool = False
    kinds: Mapping[str, "Scope"] = field(default_factory=dict)
    arguments: Mapping[str, Argument] | None = None
    replying: bool = False
    rules: dict[str, Place] = field(default_factory=dict)
    roles_said: list[tuple[str, Place]] = field(default_factory=list)
    templates_said: list[tuple[str, Place]] = field(default_factory=list)
    kinds_said: list[tuple[str, Place]] = field(default_factory=list)
    heard: Heard | None = None
    signals_heard: list[Heard] = field(default_factory=list)

    def rule(self, place: Place, *parts: str) -> str:
        """A rule name that no other rule of the kind has."""
        name = ".".join((self.kind, *parts))
        # A timer's key joins rule, task and entry by "|" (core.timers.deadlines).
        if re.search(r"[\s.|]", parts[-1]):
            hint = "write letters, digits, - and _"
            self.reader.error(place, f"'{parts[-1]}' cannot be the name of a rule", hint)
        if name in self.rules:
            first = self.rules[name]
            self.reader.error(
                place,
                f"a second rule is called '{name}', as the one in line {first.line} is",
                "give this one a 'name:' of its own",
            )
        self.rules.setdefault(name, place)
        return name

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What is read meanwhile is asked of the record alone, without a look at others."""
        before, self.alone = self.alone, True
        yield
        self.alone = before

    def known(self, node: Node, what: str, names: Iterable[str], where: str = "") -> str:
        """A name that must be one of `names`; it is given back even where it is not."""
        word = self.reader.text(node, what)
        names = tuple(names)
        if word and word not in names:
            self.reader.error(node.place, f"there is no {what} '{word}'{where}", suggestion(word, names))
        return word

    def state(self, node: Node, previous: bool = False) -> str:
        return self.known(node, "state", (*self.states, PREVIOUS) if previous else self.states)

    def role_texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """Role expressions, to be checked when the workflow is whole."""
        found = []
        for each in self.reader.items(node) if node is not None else ():
            if word := self.reader.text(each, what):
                found.append(self.role(word, each.place))
        return tuple(dict.fromkeys(found))

    def role(self, word: str, place: Place) -> str:
        if word.startswith("$"):
            self.argument(word.partition(".")[0], place)
            self._steps(word, place)
        if word.partition(".")[0] in ("owner", "collaborators", "task") and not self.task:
            message = f"'{word.partition('.')[0]}' is a task's, and no task is spoken of here"
            self.reader.error(place, message, "write owners, or give the command a task: needs: {task: task}")
        self.roles_said.append((word, place))
        return word

    def _steps(self, word: str, place: Place) -> None:
        """Behind `$NAME` stand steps; of a list that a reply changed, first what is new in it or no more."""
        base, *steps = word.split(".")
        field = self.fields.get(base[1:])
        if steps and self.replying and field is not None and field.type in LISTS:
            steps = steps[1:] if steps[0] in CHANGES else steps
        elif steps and steps[0] in CHANGES:
            message = f"'.{steps[0]}' is of a field with several people or departments that a reply changed"
            self.reader.error(place, message, f"write it under on_reply, or {base}")
            return
        if wrong := [step for step in steps if step not in STEPS]:
            self.reader.error(place, f"unknown step '.{wrong[0]}'", suggestion(wrong[0], STEPS))

    def template(self, node: Node) -> str:
        word = self.reader.text(node, "a template")
        if word:
            self.templates_said.append((word, node.place))
        return word

    def argument(self, word: str, place: Place) -> str:
        """A value in which `$NAME` stands for an argument of the command."""
        if word.startswith("$"):
            if self.heard is not None:
                self.heard.values.setdefault(word[1:], place)
            elif self.arguments is None:
                self.reader.error(place, f"'{word}' needs a command whose argument it is; nobody gives one here")
            elif word[1:] not in self.arguments:
                self.reader.error(
                    place, f"the command has no argument '{word[1:]}'", suggestion(word[1:], self.arguments)
                )
        return word
