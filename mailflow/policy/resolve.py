"""Names that reach over a rule file: roles, templates, and what no two kinds may share."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from mailflow.core import role_words
from mailflow.core.directory import Directory
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Place
from mailflow.core.workflow import Workflow
from mailflow.policy.kinds import Read
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Reader

# What the program writes by itself, whatever the kinds.
OWN_TEMPLATES = (
    "bundle",
    "digest",
    "frame",
    "site/form",
    "site/absent",
    "site/away",
    "site/back",
    "site/deputy",
    "site/forwarded",
    "site/help",
    "site/introduction",
    "site/mine",
    "site/mute",
    "site/not-participant",
    "site/outside",
    "site/policy-broken",
    "site/preview",
    "site/quarantined",
    "site/refused",
    "site/report",
    "site/search",
    "site/status",
    "site/summary",
    "site/too-large",
    "site/unclear",
    "site/undeliverable",
    "site/unknown-record",
    "site/unmute",
    "site/untagged",
    "site/which-record",
)

_TEMPLATE = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")


def check_roles(read: Read, directory: Directory, reader: Reader) -> None:
    """Every role expression means somebody."""
    workflow = read.workflow
    bases = (
        *role_words.BASES,
        *workflow.roles,
        *directory.groups,
        *workflow.agreements,
        *role_words.people_fields(workflow),
        *role_words.department_fields(workflow),
    )
    for word, place in read.roles:
        said = role_words.problem(word, workflow, directory)
        if said:
            message, _, hint = said.partition("; ")
            base, *steps = word.split(".")
            near = suggestion(base, bases) if base not in bases else _near_step(steps) if base != "task" else ""
            reader.error(place, message, near if near.startswith("did") else hint)


def _near_step(steps: Iterable[str]) -> str:
    known = (*role_words.STEPS, *role_words.AGREEMENT_STEPS)
    return next((suggestion(each, known) for each in steps if each not in known), "")


def check_templates(said: Iterable[tuple[str, Place]], files: Mapping[str, str], reader: Reader) -> None:
    """Every template that a rule names, or the program, is there in every language of the site."""
    there: dict[str, set[str]] = {language: set() for language in reader.languages}
    for path in files:
        root, _, rest = path.partition("/")
        language, _, name = rest.partition("/")
        if root == "templates" and language in there and name.endswith(".md"):
            there[language].add(PurePosixPath(name).with_suffix("").as_posix())
    if not any(there.values()):
        place = Place("templates", 1, 1)
        reader.error(place, "there are no templates", "'mailflow init' writes some to start from")
        return
    for language, names in there.items():
        for name in OWN_TEMPLATES:
            if name not in names:
                lost = Place(f"templates/{language}/{name}.md", 1, 1)
                reader.error(lost, "this file is missing", "'mailflow init' writes one to start from")
    for name, place in dict.fromkeys(said):
        if not _TEMPLATE.fullmatch(name):
            reader.error(place, f"'{name}' is no name of a template", "write it like requirement/received")
            continue
        missing = [language for language, names in there.items() if name not in names]
        if missing:
            where = " and ".join(f"templates/{language}/{name}.md" for language in missing)
            everywhere = sorted(set().union(*there.values()) - {name})
            near = suggestion(name, everywhere) if len(missing) == len(there) else ""
            hint = near if near.startswith("did") else f"write {where}"
            languages = "" if len(missing) == len(there) else f" in {' and '.join(missing)}"
            reader.error(place, f"there is no template '{name}'{languages}", hint)


def check_kinds(workflows: tuple[Workflow, ...], marks: Iterable[str], reader: Reader) -> None:
    """No two kinds share a name, a prefix or a tag; at most one takes mail that is only marked urgent.

    `marks` are the words that say something else beside a tag, such as URGENT.
    """
    marked = {folded(each) for each in marks}
    for workflow in workflows:
        for tag in workflow.tags:
            if folded(tag) in marked:
                reader.error(workflow.place, f"the tag '{tag}' is a mark of every kind", "choose another")
    taken: dict[tuple[str, str], Workflow] = {}
    for workflow in workflows:
        words = {
            ("kind", workflow.kind),
            ("prefix", workflow.prefix),
            *(("tag", folded(t)) for t in workflow.tags),
        }
        if workflow.marked_urgent:
            words.add(("'urgent: true'", ""))
        for what, word in sorted(words):
            other = taken.setdefault((what, word), workflow)
            if other is not workflow and (word or what.startswith("'")):
                message = f"the {what} '{word}' is already that of {other.kind}" if word else f"{what} also stands"
                where = f"see {other.place.file}:{other.place.line}"
                reader.error(workflow.place, message if word else f"{message} in the kind {other.kind}", where)
