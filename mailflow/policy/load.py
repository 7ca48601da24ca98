"""The files of a home to a policy, with every problem of every file in one run; pure but for `read_home`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailflow.core.policy import Policy
from mailflow.core.rule import Place
from mailflow.policy import calendars as calendar_file
from mailflow.policy import people as people_file
from mailflow.policy import rhythm as rhythm_file
from mailflow.policy import site as site_file
from mailflow.policy.kinds import kind, prepared
from mailflow.policy.nodes import Node, Table, parse
from mailflow.policy.overlay import laid_over
from mailflow.policy.problem import Problem, suggestion
from mailflow.policy.reader import Reader
from mailflow.policy.resolve import check_kinds, check_roles, check_templates
from mailflow.policy.rhythm import Known
from mailflow.policy.schema import SITE
from mailflow.policy.signals import check_opened, check_signals
from mailflow.policy.soundness import check_workflow
from mailflow.settings import Settings

SITE_FILE, PEOPLE_FILE, CALENDAR_FILE, RHYTHM_FILE = (
    f"rules/{name}.yaml" for name in ("site", "people", "calendar", "rhythm")
)
_NEEDED = (SITE_FILE, PEOPLE_FILE, CALENDAR_FILE)
_NAMED = (*_NEEDED, RHYTHM_FILE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say: no policy where there is an error, whatever the number of warnings."""

    policy: Policy | None
    settings: Settings
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(each for each in self.problems if each.severity == "error")


def read_home(home: Path) -> Mapping[str, str]:
    """The rules and templates of a home, path relative to it → text. Raises OSError for what cannot be read.

    What is not UTF-8 keeps its bytes as lone surrogates, for `load` to complain about with their place.
    """
    found = [
        path
        for pattern in ("rules/*.yaml", "rules/*.yml", "templates/**/*")
        for path in home.glob(pattern)
        if path.is_file() and not path.name.startswith(".")
    ]
    return {
        path.relative_to(home).as_posix(): path.read_bytes().decode("utf-8-sig", "surrogateescape")
        for path in sorted(found)
    }


def policy_hash(files: Mapping[str, str]) -> str:
    """What names a policy in the history: 16 hex digits of the SHA-256 over its rules and templates."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path, files[path]):
            data = part.encode("utf-8", "surrogateescape")
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()[:16]


def load(
    files: Mapping[str, str],
    *,
    environment: Mapping[str, str] | None = None,
    today: date | None = None,
    templates: bool = True,
    over: Mapping[str, Node] | None = None,
) -> Loaded:
    """The policy and the servers' settings of a home's files (see `read_home`). Never raises.

    With an `environment`, variables that secrets need and that are not set there are warned of; with `today`,
    years ahead whose make-up workdays are not published. `templates=False` leaves out whether the templates
    that rules name are there. `over` are lines laid over the files, by path.
    """
    reader = Reader(environment)
    nodes = laid_over(_parsed(files, reader), over or {})
    site_block = reader.block(nodes.get(SITE_FILE) or _nothing(SITE_FILE), SITE)
    site_file.languages(site_block, reader)
    calendars = calendar_file.calendars(nodes.get(CALENDAR_FILE), reader, today)
    names = calendar_file.names(calendars)
    periods = calendar_file.periods(nodes.get(CALENDAR_FILE), reader)
    directory, roster = people_file.people(nodes.get(PEOPLE_FILE), reader, names)
    site = site_file.site(site_block, reader, roster.person)
    settings = site_file.settings(site_block, reader)
    read = [node for path, node in nodes.items() if path not in _NAMED and isinstance(node, Table)]
    scopes = [prepared(node, reader, directory, names, frozenset(periods)) for node in read]
    named = {each.kind: each for each in scopes}
    kinds = [kind(node, scope, named) for node, scope in zip(read, scopes, strict=True)]
    for each in kinds:
        check_roles(each, directory, reader)
        check_workflow(each.workflow, site.questions, reader)
    check_kinds(tuple(each.workflow for each in kinds), (*site.urgent, *site.confidential), reader)
    workflows_read = [each.workflow for each in kinds]
    check_signals(workflows_read, [heard for each in kinds for heard in each.heard], reader)
    check_opened([said for each in kinds for said in each.kinds], [each.kind for each in workflows_read], reader)
    if templates:
        check_templates([said for each in kinds for said in each.templates], files, reader)
    workflows = {each.workflow.kind: each.workflow for each in kinds}
    known = Known(directory, calendars, workflows, frozenset(periods))
    rhythm = rhythm_file.rhythm(nodes.get(RHYTHM_FILE), reader, known)
    problems = tuple(sorted(dict.fromkeys(reader.problems)))
    broken = any(each.severity == "error" for each in problems)
    policy = Policy(site, directory, calendars, workflows, policy_hash(files), periods=periods, rhythm=rhythm)
    return Loaded(None if broken else policy, settings, problems)


def _parsed(files: Mapping[str, str], reader: Reader) -> dict[str, Node]:
    """The nodes of the rule files; each is one of the named files, or says `kind:`."""
    nodes: dict[str, Node] = {}
    for path in sorted(files):
        if not path.startswith("rules/"):
            continue
        if not path.endswith(".yaml"):
            reader.error(Place(path, 1, 1), "a rule file's name ends in .yaml", "rename it")
            continue
        node, problems = parse(path, files[path])
        reader.problems += problems
        if path not in _NAMED and not problems and not (isinstance(node, Table) and "kind" in node.entries):
            hint = suggestion(path, _NAMED) or "begin it with 'kind: NAME'"
            reader.error(Place(path, 1, 1), "this file is no kind and none of the known ones", hint)
        elif node is not None:
            nodes[path] = node
    for path in _NEEDED:
        if path not in files:
            reader.error(Place(path, 1, 1), "this file is missing", "'mailflow init' writes one to start from")
    if all(path in _NAMED for path in files if path.startswith("rules/")):
        reader.warn(Place("rules", 1, 1), "there is no kind, so no mail opens a record", "write rules/NAME.yaml")
    return nodes


def _nothing(path: str) -> Node:
    return Table({}, {}, Place(path, 1, 1))
