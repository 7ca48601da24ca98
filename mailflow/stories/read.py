"""The file of a story to its values, with every problem and its place, by the reader of the rule files."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailflow.core.rule import Place
from mailflow.core.series import Rhythm
from mailflow.policy.load import Loaded
from mailflow.policy.nodes import Node, Scalar, Table, parse
from mailflow.policy.problem import Problem, one_of, suggestion
from mailflow.policy.reader import Block, Reader
from mailflow.stories import keys
from mailflow.stories.attached import attached
from mailflow.stories.values import (
    Acted,
    Answered,
    Bounced,
    Deed,
    Expected,
    Mails,
    Stands,
    Step,
    Story,
    Switched,
    Written,
)
from mailflow.stories.words import Words


def read_story(
    file: str,
    text: str,
    load: Callable[[Mapping[str, Node]], Loaded],
    templates: frozenset[str],
    beside: Callable[[str], bytes],
) -> tuple[Story | None, tuple[Problem, ...]]:
    """The story of a file, None where it has problems.

    `load` gives the home's policy with lines laid over its files, `templates` are the names of those there are,
    `beside` gives the bytes of a file that the story names, or raises OSError.
    """
    node, problems = parse(file, text)
    if problems:
        return None, problems
    reader = Reader()
    block = reader.block(node or Scalar("", Place(file, 1, 1)), keys.STORY)
    loaded = load(_over(block))
    if loaded.policy is None:
        return None, loaded.errors
    story = _Reading(Words(reader, loaded.policy), templates, beside).story(block, file)
    errors = tuple(sorted(dict.fromkeys(reader.problems)))
    return (None if errors else story), errors


def _over(block: Block) -> dict[str, Node]:
    """What the story lays over the home's rule files: `rules: {people: {…}}` is for rules/people.yaml."""
    return {f"rules/{name.text}.yaml": node for name, node in block.entries("rules")}


class _Reading:
    def __init__(self, words: Words, templates: frozenset[str], beside: Callable[[str], bytes]) -> None:
        self.words, self.reader, self.policy = words, words.reader, words.policy
        self.templates, self.beside = templates, beside

    def story(self, block: Block, file: str) -> Story | None:
        block.require("story")
        steps = [each for node in block.items("story") if (each := self._step(node)) is not None]
        node = block.get("until")
        until = self.words.moment(node, "'until'") if node is not None else self.words.now
        if until is None:
            return None
        return Story(
            file=file,
            title=block.text("title"),
            items=block.texts("item"),
            also=self._templates(block.get("also")),
            steps=tuple(steps),
            until=until,
            policy=replace(self.policy, rhythm=self._rhythm(block)),
        )

    def _rhythm(self, block: Block) -> Rhythm:
        """What of rhythm.yaml comes in this story: what it names, paused or not, else nothing."""
        here = self.policy.rhythm
        known, chosen = (*here.meetings, *here.reports), block.texts("rhythm")
        for node in block.items("rhythm"):
            word = self.reader.text(node, "'rhythm'")
            if word and word not in known:
                self.reader.error(node.place, f"rhythm.yaml has no '{word}'", suggestion(word, known))
        return Rhythm(
            {name: replace(each, paused=False) for name, each in here.meetings.items() if name in chosen},
            {name: each for name, each in here.reports.items() if name in chosen},
        )

    def _step(self, node: Node) -> Step | None:
        said = [key for key in keys.DEEDS if isinstance(node, Table) and key in node.entries]
        if not said or (len(said) > 1 and said != ["from", "message"]):
            hint = f"say one of {one_of(keys.DEEDS)}"
            self.reader.error(node.place, "this does not tell one thing that happens", hint)
            return None
        block = self.reader.block(node, keys.DEEDS[said[0]])
        at = block.get("at")
        moment = self.words.moment(at, "'at'") if at is not None else self.words.now
        if moment is None:
            if at is None:
                self.reader.error(node.place, "the first point of a story says when it is", "begin it with 'at:'")
            return None
        return Step(moment, self._deed(said[0], block), block.place)

    def _deed(self, said: str, block: Block) -> Deed:
        match said:
            case "from" | "message":
                return self._written(block)
            case "bounces":
                return Bounced(self._answered(block, "bounces"), block.text("status", "5.1.1"))
            case "act":
                block.require("by")
                return Acted(block.text("act"), self._person(block, "by"), block.text("about"))
            case "daemon":
                return Switched(block.choice("daemon", ("stopped", "started")) != "stopped")
            case "sent":
                return Mails(tuple(self._expected(each) for each in block.items("sent")))
            case _:
                return self._stands(block.block("record", keys.STANDS))

    def _written(self, block: Block) -> Written:
        if not any(key in block for key in ("subject", "answers", "about", "message")):
            self.reader.error(block.place, "a mail needs a 'subject'", "or 'answers', or 'about'")
        message = block.get("message")
        return Written(
            sender=self._person(block, "from"),
            subject=block.text("subject"),
            body=block.text("body"),
            html=block.text("html"),
            answers=self._answered(block, "answers", "from") if "answers" in block else None,
            about=block.text("about"),
            to=self.words.people(block.get("to"), "'to'"),
            cc=self.words.people(block.get("cc"), "'cc'"),
            headers={key.text: self.reader.text(node, key.text) for key, node in block.entries("headers")},
            attached=tuple(attached(each, self.reader, self.beside) for each in block.items("attach")),
            automatic=block.flag("automatic"),
            calendar=self._calendar(block),
            quote=block.flag("quote", True),
            message=self._message(message) if message is not None else b"",
            becomes=block.choice("becomes", keys.PLACES),
        )

    def _calendar(self, block: Block) -> str:
        if "calendar" in block and "answers" not in block:
            self.reader.error(block.place_of("calendar"), "a calendar answers an invitation", "say 'answers' too")
        return block.choice("calendar", keys.ANSWERS)

    def _message(self, node: Node) -> bytes:
        path = self.reader.text(node, "'message'")
        try:
            return self.beside(path)
        except OSError as error:
            hint = "name it from where the story lies"
            self.reader.error(node.place, f"cannot read {path}: {error.strerror}", hint)
            return b"\n"

    def _answered(self, block: Block, key: str, whose: str = "of") -> Answered:
        if whose == "of":
            block.require("of")
        name = self._template(node) if (node := block.get(key)) is not None else ""
        of = self.words.people(block.get("of") or block.get(whose), "'of'")
        return Answered(name, of[0] if of else "", block.text("about"))

    def _expected(self, node: Node) -> Expected:
        block = self.reader.block(node, keys.EXPECTED)
        block.require("template")
        to, cc = (self.words.people(block.get(key), f"'{key}'") for key in ("to", "cc"))
        if not (to or cc):
            self.reader.error(block.place, "a mail goes to somebody", "say 'to'")
        return Expected(
            templates=self._templates(block.get("template")),
            to=to,
            cc=cc,
            place=block.place,
            about=block.text("about"),
            subject=block.text("subject"),
            says=block.texts("says"),
            lacks=block.texts("lacks"),
            urgent=block.flag("urgent") if "urgent" in block else None,
            invite=block.choice("invite", keys.INVITES),
        )

    def _stands(self, block: Block) -> Stands:
        kinds = self.policy.kinds.values()
        states = {state: None for kind in kinds for state in kind.states}
        if "state" in block:
            block.choice("state", states)
        values = {key: self._value(block.get(key), key) for key in keys.ATTRIBUTES if key in block}
        fields = {each.name: None for kind in kinds for each in kind.fields}
        roles = {each: None for kind in kinds for each in kind.roles}
        tasks, links = block.get("tasks"), block.get("links")
        return Stands(
            about=block.text("id"),
            values=values,
            fields=self._named(block, "fields", fields),
            roles=self._named(block, "roles", roles, people=True),
            tasks=None if tasks is None else tuple(self._task(each) for each in self.reader.items(tasks)),
            links=None if links is None else block.texts("links"),
            attendance=self._attendance(block),
        )

    def _attendance(self, block: Block) -> dict[str, str]:
        """What each person answered, by their address; nothing where the value is left out."""
        found = {}
        for who, node in block.entries("attendance"):
            for address in self.words.people(who, "'attendance'"):
                found[address] = self._value(node, "answer")
        return found

    def _named(self, block: Block, key: str, known: Mapping[str, None], *, people: bool = False) -> dict[str, str]:
        found = {}
        for name, node in block.entries(key):
            if name.text not in known:
                self.reader.error(name.place, f"there is no '{name.text}' in any kind", suggestion(name.text, known))
            found[name.text] = self._value(node, "requester" if people else name.text)
        return found

    def _task(self, node: Node) -> dict[str, str]:
        block = self.reader.block(node, keys.TASK)
        return {key: self._value(block.table.entries[key], key) for key in keys.TASK.names if block.said(key)}

    def _value(self, node: Node | None, key: str) -> str:
        """A value as text; people by their addresses, several joined by a comma."""
        if node is None or (isinstance(node, Scalar) and node.empty):
            return ""
        if key in ("requester", "owner", "participants", "collaborators"):
            return ", ".join(self.words.people(node, f"'{key}'"))
        return ", ".join(self.reader.text(each, f"'{key}'") for each in self.reader.items(node))

    def _templates(self, node: Node | None) -> tuple[str, ...]:
        return tuple(self._template(each) for each in self.reader.items(node)) if node is not None else ()

    def _template(self, node: Node) -> str:
        word = self.reader.text(node, "a template")
        if word and word not in self.templates:
            self.reader.error(node.place, f"there is no template '{word}'", suggestion(word, self.templates))
        return word

    def _person(self, block: Block, key: str) -> str:
        node = block.get(key)
        return self.words.person(node, f"'{key}'") if node is not None else ""
