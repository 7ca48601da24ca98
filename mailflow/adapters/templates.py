"""Template files -> compiled templates, and what is wrong with them, with the line.

Invariant: a template can show values and choose words, and nothing else: it runs in jinja2's sandbox, knows
no loader but the files it was given, and every value that it shows becomes a slot (see `markup`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailflow.adapters.markup import hide, one_line, reveal
from mailflow.adapters.plain import CLOSE, OPEN

PARTS = "parts"
"""The file of a language with the macros that its templates may use."""

_HEADER = re.compile(r"([A-Z][A-Za-z]*):[ \t]*(.*)")
# What could take a slot to pieces, or tell our markup from a value wrongly, is left out.
FILTERS = ("default", "first", "join", "last", "length", "list", "round", "sort", "unique")


class TemplateProblem(Exception):
    """A template that cannot be read or used: which file, which line (0: none in particular), and why."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Compiled:
    """A template: its header lines and its body. `file` is its path below `templates/`."""

    file: str
    headers: Mapping[str, Template]
    body: Template
    macros: Mapping[str, Any]

    def header(self, name: str, view: Mapping[str, object], limit: int = 0) -> str:
        """A header line as text on one line, each value cut to `limit`; "" when the template has none."""
        template = self.headers.get(name)
        return one_line(reveal(_render(template, self.file, view, self.macros), limit)) if template else ""

    def markdown(self, view: Mapping[str, object]) -> str:
        """The body as Markdown with slots."""
        return _render(self.body, self.file, view, self.macros)


class Environment(ImmutableSandboxedEnvironment):
    """The sandbox of one language. Autoescape tells our own markup (Markup) from values (everything else)."""

    intercepted_binops = frozenset({"+", "%", "*"})

    def __init__(self, sources: Mapping[str, str]) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_finalize,
            loader=DictLoader(dict(sources)),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.filters = {name: self.filters[name] for name in FILTERS} | {"quote": _quote}
        self.globals = {}
        self.macros: Mapping[str, Any] = {}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Markup) or isinstance(right, Markup):
            raise TemplateError(f"'{operator}' cannot be used on text with markup; write one after the other")
        return super().call_binop(context, operator, left, right)


def load(folder: Path) -> dict[str, str]:
    """Every template below a folder, by its path in it. Raises TemplateProblem for what is not UTF-8."""
    found = {}
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise TemplateProblem(name, 0, f"is not UTF-8 text: {error}") from error
    return found


def environment(sources: Mapping[str, str], language: str) -> Environment:
    """The sandbox of a language, with the macros of its `parts.md`. Raises TemplateProblem."""
    own = {path.removeprefix(f"{language}/"): text for path, text in sources.items() if path.startswith(f"{language}/")}
    made = Environment(own)
    source = own.get(f"{PARTS}.md")
    if source is not None:
        file = f"{language}/{PARTS}.md"
        # Macros may use one another.
        module = _template(made, source, file).make_module({})
        names = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        made.macros = names
    return made


def compiled(made: Environment, source: str, file: str) -> Compiled:
    """A template from its text. Raises TemplateProblem."""
    lines = source.replace("\r\n", "\n").split("\n")
    headers: dict[str, Template] = {}
    number = 0
    for number, line in enumerate(lines):
        if not line.strip():
            break
        match = _HEADER.fullmatch(line)
        if match is None:
            raise TemplateProblem(file, number + 1, "a header line (Subject: …) or an empty line is wanted here")
        if match[1] in headers:
            raise TemplateProblem(file, number + 1, f"the header line '{match[1]}:' stands here twice")
        headers[match[1]] = _template(made, "\n" * number + match[2], file)
    # Empty lines in place of the headers keep the line numbers of the body.
    body = "\n" * number + "\n".join(lines[number:])
    return Compiled(file, headers, _template(made, body, file), made.macros)


def _template(made: Environment, source: str, file: str) -> Template:
    if OPEN in source or CLOSE in source:
        line = next(n for n, each in enumerate(source.split("\n"), start=1) if OPEN in each or CLOSE in each)
        raise TemplateProblem(file, line, "the characters U+E000 and U+E001 cannot stand in a template")
    try:
        tree = made.parse(source, file, file)
        joined = tree.find(nodes.Concat)
        if joined is not None:
            raise TemplateProblem(file, joined.lineno, "'~' cannot be used; write the values one after the other")
        code = made.compile(tree, file, file)
    except TemplateSyntaxError as error:
        raise TemplateProblem(file, error.lineno, error.message or "cannot be read") from error
    return Template.from_code(made, code, made.globals)


def _finalize(value: object) -> Markup:
    """Every value that a template shows: our own markup as it is, all else as a slot."""
    if isinstance(value, Markup):
        return value
    return Markup(hide("" if value is None else value))


def _quote(value: object) -> Markup:
    """Somebody's own words, as a block quotation; nothing when there are none."""
    text = str(value).strip()
    return Markup(f"\n\n> {hide(text)}\n\n") if text else Markup("")


def _render(template: Template, file: str, view: Mapping[str, object], macros: Mapping[str, Any]) -> str:
    try:
        # Our macros win over a rule file's argument of the same name.
        return template.render({**view, **macros})
    except TemplateNotFound as error:
        raise TemplateProblem(file, _line_of(error.__traceback__, file), f"there is no template '{error}'") from error
    except (TemplateError, TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        raise TemplateProblem(file, _line_of(error.__traceback__, file), str(error)) from error


def _line_of(trace: TracebackType | None, file: str) -> int:
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
