"""docs/rules.md names every word of the rule language that there is and no other, and its examples load."""

import re
from collections.abc import Iterator, Mapping

import pytest

from mailflow.core import comparing, conditions, role_words
from mailflow.core.model import TASK_VALUES
from mailflow.core.rule import Style
from mailflow.core.showing import cells
from mailflow.core.workflow import ArgumentType, FieldType
from mailflow.policy import load, schema
from mailflow.policy.conditions import GROUPS
from mailflow.policy.reader import Keys
from tests.docs.drafts import ROOT, shipped

DOCS = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

KEYS = {name: value.names for name, value in vars(schema).items() if isinstance(value, Keys)}
# A timer is an action with a time, a named calendar is the site's with a difference: the shared keys stand once.
SHARED = {"TIMER": schema.ACTION.names, "NAMED_CALENDAR": schema.CALENDAR.names}

WORDS: Mapping[str, tuple[str, ...]] = {
    "FieldType": tuple(each.value for each in FieldType),
    "ArgumentType": tuple(each.value for each in ArgumentType),
    "TASK_VALUES": TASK_VALUES,
    "SUBJECTS": conditions.SUBJECTS,
    "OPERATORS": comparing.OPERATORS,
    "GROUPS": GROUPS,
    "BASES": role_words.BASES,
    "STEPS": role_words.STEPS,
    "COLUMNS": (*cells.RECORD_COLUMNS, *cells.TASK_COLUMNS),
    "AGREEMENT_STEPS": role_words.AGREEMENT_STEPS,
}


def documented(marker: str) -> list[str]:
    """The words in the first column of the table behind a marker."""
    _, found, rest = DOCS.partition(f"<!-- {marker} -->\n\n")
    assert found, f"docs/rules.md has no <!-- {marker} -->"
    rows = rest.partition("\n\n")[0].split("\n")[2:]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_key_is_documented_and_no_other(name: str) -> None:
    expected = [key for key in KEYS[name] if key not in SHARED.get(name, ())]
    assert sorted(documented(f"keys: {name}")) == sorted(expected)


@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_word_of_a_closed_set_is_documented_and_no_other(name: str) -> None:
    assert sorted(documented(f"words: {name}")) == sorted(WORDS[name])


def test_every_style_of_a_mail_is_an_action_that_is_documented() -> None:
    assert {each.value for each in Style} <= set(documented("keys: ACTION"))


def test_every_anchor_that_is_documented_can_be_counted_from_and_no_other() -> None:
    said = [each.replace("NAME", "due" if "fields" in each else "total") for each in documented("words: ANCHORS")]
    timer = "- remind: order/x\n  name: x{}\n  to: requester\n  of: {}\n  after: 1 day\n"
    said = [each.replace("ROLE", "requester") for each in said]
    lines = "\n".join(timer.format(number, each) for number, each in enumerate(said))
    home = wrapped("part of 'tasks.timers'", lines)
    assert problems(home) == []
    missing = problems(home | {"rules/trial.yaml": home["rules/trial.yaml"].replace("of: opened", "of: nothing")})
    assert missing and "nothing" in missing[0]
    bases = {each.partition(".")[0] for each in said}
    assert bases == {"opened", "fields", "clock", "task", "word", "silence"}


# --- the examples ------------------------------------------------------------------------------------

BASE = {
    "kind": "kind: trial",
    "prefix": "prefix: TRY",
    "tags": "tags: [试, trial]",
    "fields": """fields:
  what: {label: {zh: 内容, en: What}, body: true}
  priority: {label: {zh: 优先级, en: Priority}, choices: {high: [高], low: [低]}, default: low}
  due: {label: {zh: 期限, en: Due}, type: date}
  size: {label: {zh: 规模, en: Size}, type: number}
  helpers: {label: {zh: 协作人, en: Helpers}, type: people}
  departments: {label: {zh: 部门, en: Departments}, type: departments}""",
    "roles": "roles: {coordinator: it.contact, handler: it.contact}",
    "clocks": "clocks: {total: {from: open, until: closed}}",
    "agreements": "agreements: {approval: {parties: [requester.head, it.head]}}",
    "states": """states:
  open:
    initial: true
    commands:
      sign: {words: [签字, sign], by: approval.parties, agree: approval}
      try: {words: [试试, try], by: requester, goto: trial}
      rest: {words: [等等, rest], by: requester, goto: asking}
      park: {words: [停, park], by: requester, goto: waiting}
      close: {words: [关闭, close], by: requester, goto: closed}
  trial:
    commands:
      end: {words: [结束, end], by: requester, goto: closed}
  waiting:
    commands:
      end: {words: [结束, end], by: requester, goto: closed}
  asking:
    commands:
      end: {words: [结束, end], by: requester, goto: closed}
  closed: {final: true}""",
    "tasks": "tasks: {read: true}",
}
TASK_FIELDS = "  fields: {total: {label: {zh: 开始, en: Start}, type: date}}"

# Where an example belongs that is no file of its own: the lines above it, and how far it is indented.
PLACES = {
    "part of 'enter'": ("  trial:", "    enter:", 6),
    "part of 'timers'": ("  trial:", "    timers:", 6),
    "part of 'commands'": ("  trial:\n    commands:", "", 6),
    "part of 'states'": ("  waiting:", None, 2),
    "part of 'tasks.timers'": ("tasks:", "  timers:", 4),
}


def examples() -> Iterator[tuple[str, str]]:
    """(marker, text) of each fenced YAML of the page."""
    for block in re.findall(r"^```yaml\n(.*?)^```$", DOCS, flags=re.MULTILINE | re.DOTALL):
        marker, _, text = block.partition("\n")
        assert marker.startswith("# "), f"an example without a marker: {marker}"
        yield marker.removeprefix("# "), text


def wrapped(marker: str, text: str) -> dict[str, str]:
    """The shipped rules with an example in its place, in a kind that has all that it may name."""
    files = shipped()
    if marker.startswith("rules/"):
        return {**files, marker: text}
    parts = dict(BASE)
    if marker == "part of a rule file":
        for section in re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]:
            parts[section.partition(":")[0]] = section.rstrip()
    else:
        above, key, indent = PLACES[marker]
        lines = [f"{' ' * indent}{line}" if line else "" for line in text.rstrip().split("\n")]
        section = "tasks" if above == "tasks:" else "states"
        whole = parts[section] if section == "states" else "tasks:\n  read: true\n" + TASK_FIELDS
        if key is None:
            whole = re.sub(r"  waiting:\n(?:    .*\n)+", "\n".join(lines) + "\n", whole)
        else:
            inserted = [above, *([key] if key else []), *lines]
            whole = whole.replace(above, "\n".join(inserted), 1)
        parts[section] = whole
    return {**files, "rules/trial.yaml": "\n".join(parts.values()) + "\n"}


def problems(files: Mapping[str, str]) -> list[str]:
    return [str(each) for each in load(files, templates=False).problems]


# What `check` refuses in this version stands in the tables, and cannot be shown in an example that loads.
REFUSED = {"oauth2"}


def shown() -> set[str]:
    """Every key, and every word of a value, of the page's examples."""
    text = "".join(re.sub(r"#.*", "", text) for _, text in examples())
    words = re.findall(r"(?<![\w.-])[\w$][\w.$-]*(?: [a-z]+(?=:))?", text)
    return {part for word in words for part in (word, *word.split("."), ".".join(word.split(".")[-2:]))}


def test_every_key_and_every_word_of_a_closed_set_stands_in_an_example() -> None:
    wanted = {key for keys in KEYS.values() for key in keys} | {word for words in WORDS.values() for word in words}
    assert sorted(wanted - shown() - REFUSED) == []


@pytest.mark.parametrize(("marker", "text"), list(examples()))
def test_every_example_loads_without_a_problem(marker: str, text: str) -> None:
    files = wrapped(marker, text)
    assert problems(files) == [], files.get("rules/trial.yaml", text)


def test_an_example_that_was_wrong_would_be_found() -> None:
    assert problems(wrapped("part of 'enter'", "- notify: order/x\n  too: requester\n"))
