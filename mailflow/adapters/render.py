"""A template and a view -> the subject, the plain text and the HTML of a mail of ours.

A template is written like the mail it becomes: header lines, an empty line, a Markdown body, all with jinja2
in a sandbox. Invariant: a value that a template shows is text, never markup, source or a header line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailflow.adapters.layout import Answer, Frame, Group, answers_of, frame_html, frame_text
from mailflow.adapters.markup import clean, convert, one_line
from mailflow.adapters.templates import (
    PARTS,
    Compiled,
    Environment,
    TemplateProblem,
    compiled,
    environment,
    load,
)

__all__ = ["FRAME_WORDS", "HEADERS", "Rendered", "Renderer", "TemplateProblem"]

HEADERS = ("Subject", "Action")
"""Subject: what the mail is about. Action: the one thing that is asked; left out, or empty, for none."""

FRAME = "frame"
FRAME_WORDS = (
    "Urgent",
    "Call",
    "Fill",
    "Hint",
    "Also",
    "Deadline",
    "Nothing",
    "Others",
    "Still",
    "Each",
    "Elsewhere",
    "Why",
    "Reply",
    "Shadow",
    "Instead",
)
"""The header lines of `frame.md`: the words round every mail of a language."""

_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail ready to be composed. `subject` is one line; `text` ends with a line end."""

    subject: str
    text: str
    html: str


class Renderer:
    """Templates of all languages, each compiled when first used. Safe to use from several threads.

    `templates` is a folder, or a mapping of paths such as `zh/requirement/received.md` to their text.
    Where a language has no such template, its shorter form serves (zh for zh-Hant), else `default`.
    Raises TemplateProblem for a file that is not text.
    """

    def __init__(self, templates: Mapping[str, str] | Path, default: str = "zh") -> None:
        self._sources = load(templates) if isinstance(templates, Path) else dict(templates)
        self._default = default
        self._environments: dict[str, Environment] = {}
        self._compiled: dict[str, Compiled] = {}

    def render(self, template: str, language: str, view: Mapping[str, object]) -> Rendered:
        """The mail. Raises TemplateProblem."""
        spoken = self.speaks(template, language)
        mail = self._template(template, spoken)
        view = self._with_actions(view, language)
        html, text = convert(mail.markdown(view))
        frame = self._frame(mail, spoken, view, text)
        return Rendered(frame.subject, frame_text(text, frame), frame_html(html, frame))

    def speaks(self, template: str, language: str) -> str:
        """The language in which a template would be sent. Raises TemplateProblem when nobody wrote it."""
        for each in dict.fromkeys((language, language.partition("-")[0], self._default)):
            if f"{each}/{template}.md" in self._sources:
                return each
        raise TemplateProblem(f"{language}/{template}.md", 0, "there is no such template")

    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({path.partition("/")[0] for path in self._sources}))

    def names(self, language: str) -> tuple[str, ...]:
        """The mails written in a language, such as requirement/received."""
        own = (path.removeprefix(f"{language}/") for path in self._sources if path.startswith(f"{language}/"))
        names = (each.removesuffix(".md") for each in own if each.endswith(".md"))
        return tuple(sorted(each for each in names if each not in (FRAME, PARTS)))

    def problems(self) -> tuple[TemplateProblem, ...]:
        """What is wrong with any template as far as it shows without a view, the first of each file."""
        found: dict[str, TemplateProblem] = {}
        for language in self.languages():
            for name in (FRAME, *self.names(language)):
                try:
                    self._check(self._template(name, language), name)
                except TemplateProblem as problem:
                    found.setdefault(problem.file, problem)
        return tuple(found.values())

    def _check(self, mail: Compiled, name: str) -> None:
        wanted, known = (FRAME_WORDS, FRAME_WORDS) if name == FRAME else (HEADERS[:1], HEADERS)
        for header in wanted:
            if header not in mail.headers:
                raise TemplateProblem(mail.file, 1, f"the header line '{header}:' is missing")
        for header in mail.headers:
            if header not in known:
                raise TemplateProblem(mail.file, 1, f"unknown header line '{header}:'; known are {', '.join(known)}")

    def _template(self, name: str, language: str) -> Compiled:
        file = f"{language}/{name}.md"
        found = self._compiled.get(file)
        if found is None:
            if file not in self._sources:
                raise TemplateProblem(file, 0, "there is no such template")
            if language not in self._environments:
                self._environments[language] = environment(self._sources, language)
            found = compiled(self._environments[language], self._sources[file], file)
            self._compiled[file] = found
        return found

    def _with_actions(self, view: Mapping[str, object], language: str) -> Mapping[str, object]:
        """A bundle's view with what each of its parts asks, which its own template says."""
        if "parts" not in view:
            return view
        asked = []
        for part in _mappings(view["parts"]):
            further = tuple(self._with_action(each, language) for each in _mappings(part["further"]))
            asked.append({**self._with_action(part, language), "further": further})
        return {**view, "parts": tuple(asked)}

    def _with_action(self, part: Mapping[str, object], language: str) -> Mapping[str, object]:
        name = str(part["template"])
        template = self._template(name, self.speaks(name, language))
        return {**part, "action": template.header("Action", part) if part["asked"] else ""}

    def _frame(self, mail: Compiled, language: str, view: Mapping[str, object], body: str) -> Frame:
        words = self._template(FRAME, language)
        asked = bool(view["asked"])
        action = mail.header("Action", view) if asked else ""
        groups: tuple[Group, ...] = ()
        commands = _mappings(view["commands"])
        main = answers_of(_nearest([each for each in commands if each["main"]]))
        also = answers_of([each for each in commands if each["own"]])
        still = not asked and bool(view["waits"]) and bool(view["deadline"])
        if "parts" in view:
            groups = tuple(_group(part, words) for part in _mappings(view["parts"])) if asked else ()
        elif action or still:
            also = tuple(each for each in also if each not in main)
            groups = (Group((*_form(view, words, body), *main)),)
        if action:
            deadline = words.header("Deadline", view) if view["deadline"] and "parts" not in view else ""
            ask = _sentences(action, deadline)
        else:
            ask = words.header("Nothing" if asked else "Still" if still else "Others", view)
        subject = mail.header("Subject", view, _LONGEST_TITLE)
        marks = [words.header(name, view) for name, on in (("Shadow", "shadow"), ("Urgent", "urgent")) if view[on]]
        return Frame(
            language=language,
            subject=" ".join((*marks, subject)),
            above=words.header("Instead", view) if view["shadow"] else "",
            groups=groups,
            hint=words.header("Each" if "parts" in view else "Hint", view),
            also=words.header("Also", view),
            also_answers=also,
            ask=ask,
            footer=(words.header("Why", view), words.header("Reply", view)),
            urgent=words.header("Call", {**view, "acts": bool(action)}) if view["urgent"] else "",
        )


def _nearest(commands: Sequence[Mapping[str, object]]) -> Sequence[Mapping[str, object]]:
    """The commands of the reader's own roles, where any are; else those of people further down the chain."""
    return [each for each in commands if each["own"]] or commands


def _form(view: Mapping[str, object], words: Compiled, body: str) -> tuple[Answer, ...]:
    """The button that writes the form for what is missing, where the body shows that form."""
    blank = view["blank"]
    if not isinstance(blank, Mapping):
        return ()
    lines = body.split("\n")
    if not all(any(line.rstrip("： :") == label for line in lines) for label in blank["labels"]):
        return ()
    return (Answer(words.header("Fill", view), "", "", str(blank["mailto"])),)


def _group(part: Mapping[str, object], words: Compiled) -> Group:
    asks = []
    for each in (part, *_mappings(part["further"])):
        if each["asked"]:
            deadline = words.header("Deadline", each) if each["deadline"] else ""
            asks.append(_sentences(str(each["action"]), deadline))
        else:
            asks.append(words.header("Others", each))
    return Group(
        answers=answers_of(_nearest([each for each in _mappings(part["commands"]) if each["main"]])),
        title=one_line(clean(part["heading"])),
        asks=tuple(dict.fromkeys(asks)),
        hint=words.header("Elsewhere", part) if part["commands"] else "",
    )


def _sentences(first: str, second: str) -> str:
    """Two sentences in a row, with a space between them where the script has one."""
    return first + second if first and ord(first[-1]) > 0x2E80 else f"{first} {second}".strip()


def _mappings(value: object) -> Sequence[Mapping[str, object]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, Iterable) else []
