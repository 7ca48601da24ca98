"""A workflow as a picture: its states, what leads from one to another, and what happens by itself. Pure.

Mermaid is shown by many sites that show Markdown; dot is for Graphviz; text is for a terminal.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from mailflow.core.rule import (
    Action,
    AgreedBy,
    All,
    Any,
    Compare,
    Condition,
    Goto,
    Not,
    Others,
    Said,
    Send,
    Sign,
    Timer,
)
from mailflow.core.showing.answers import word
from mailflow.core.wording import text_of
from mailflow.core.workflow import State, Workflow

START, PREVIOUS = "", "previous"
# Words that Mermaid keeps for itself.
_RESERVED = frozenset(
    {"state", "note", "end", "direction", "class", "as", "default", "style", "fork", "join", "choice"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """What leads from a state to another; `source` START begins a record, `target` PREVIOUS goes back."""

    source: str
    target: str
    label: str
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What a timer does in a state without leaving it."""

    state: str
    text: str


def steps(workflow: Workflow, language: str) -> tuple[Step, ...]:
    """Every way from a state to another, in the order of the rule file."""
    return tuple(dict.fromkeys(_steps(workflow, language)))


def notes(workflow: Workflow) -> tuple[Note, ...]:
    """What reminds and escalates in each state; those of every state under ""."""
    own = [(state.name, timer) for state in workflow.states.values() for timer in state.timers]
    shared = [("", timer) for timer in workflow.timers]
    found = []
    for state, timer in (*own, *shared):
        for each in timer.actions:
            if isinstance(each, Send):
                found.append(Note(state, f"{when(timer)}: {each.style.value} {', '.join(each.to)}"))
    return tuple(dict.fromkeys(found))


def as_mermaid(workflow: Workflow, language: str) -> str:
    """A stateDiagram-v2. Labels are quoted by Mermaid's rules: `:`, `;` and `#` become entities."""
    lines = ["stateDiagram-v2"]
    for state in workflow.states.values():
        lines.append(f"    {_name(state.name)} : {_entity(_label(state, language))}")
    for step in steps(workflow, language):
        for source, target in _ends(step, workflow):
            ends = f"{_name(source) if source else '[*]'} --> {_name(target)}"
            lines.append(f"    {ends} : {_entity(step.label)}" if step.label else f"    {ends}")
    lines += [f"    {_name(state.name)} --> [*]" for state in workflow.states.values() if state.final]
    for state in workflow.states.values():
        said = [_entity(note.text) for note in notes(workflow) if note.state == state.name]
        if said:
            lines += [f"    note right of {_name(state.name)}", *(f"        {each}" for each in said), "    end note"]
    return "\n".join(lines)


def as_dot(workflow: Workflow, language: str) -> str:
    """A digraph; what happens by itself is dashed, final states have a double line."""
    title = text_of(workflow.label, language, workflow.kind)
    lines = [
        f"digraph {_quoted(workflow.kind)} {{",
        f"    label={_quoted(title)}; rankdir=TB;",
        '    node [shape=box, style=rounded, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];',
        '    "" [shape=point];',
    ]
    for state in workflow.states.values():
        said = [note.text for note in notes(workflow) if note.state == state.name]
        label = "\n".join((_label(state, language), *said))
        lines.append(f"    {_quoted(state.name)} [label={_quoted(label)}{', peripheries=2' if state.final else ''}];")
    for step in steps(workflow, language):
        for source, target in _ends(step, workflow):
            style = ", style=dashed" if step.by_itself else ""
            lines.append(f"    {_quoted(source)} -> {_quoted(target)} [label={_quoted(step.label)}{style}];")
    return "\n".join((*lines, "}"))


def as_text(workflow: Workflow, language: str) -> str:
    """State by state: what leads away from it, and what happens there by itself."""
    lines = [f"{workflow.kind}: {text_of(workflow.label, language, workflow.kind)}"]
    ways = steps(workflow, language)
    for state in workflow.states.values():
        marks = [word for word, holds in (("begin", state.initial), ("end", state.final)) if holds]
        lines += ["", f"{state.name}  {_label(state, language)}" + (f"  ({', '.join(marks)})" if marks else "")]
        lines += [f"    {each.label} → {each.target}" for each in ways if each.source == state.name]
        lines += [f"    {note.text}" for note in notes(workflow) if note.state == state.name]
    everywhere = [note.text for note in notes(workflow) if not note.state]
    if everywhere:
        lines += ["", "in every state that is not an end", *(f"    {each}" for each in everywhere)]
    return "\n".join(lines)


def when(timer: Timer) -> str:
    """When a timer goes off, as the rule file says it."""
    words = []
    if timer.before:
        words.append(f"{timer.before} before")
    if timer.after:
        words.append(f"after {timer.after}")
    if timer.every:
        words.append(f"every {timer.every}")
    if timer.at:
        words.append("at " + ", ".join(f"{clock:%H:%M}" for clock in timer.at))
    if timer.of:
        words.append(timer.of if timer.before or not words else f"of {timer.of}")
    said = " ".join(words) or "at once"
    return f"{said}, {if_(timer.when)}" if timer.when else said


def if_(condition: Condition) -> str:
    """`if priority is high`."""
    return f"if {_condition(condition)}"


def _condition(condition: Condition) -> str:
    match condition:
        case Compare(subject, operator, value):
            return " ".join(word for word in (subject, operator.replace("-", " "), " or ".join(value)) if word)
        case AgreedBy(agreement):
            return f"all agreed to {agreement}"
        case Others(kind):
            return f"there are other {kind} records to compare with"
        case All(of):
            return " and ".join(_condition(each) for each in of)
        case Any(of):
            return " or ".join(_condition(each) for each in of)
        case Not(of):
            return f"not {_condition(of)}"
        case Said(argument):
            return f"{argument} is said"
        case _:
            assert_never(condition)


def _steps(workflow: Workflow, language: str) -> Iterator[Step]:
    yield Step(START, workflow.initial.name, "")
    for state in workflow.states.values():
        yield from _goto(state.name, state.enter, "", by_itself=True)
        for command in (*state.commands, *(() if state.final else workflow.commands)):
            guard = f" {if_(command.when)}" if command.when else ""
            yield from _goto(state.name, command.actions, word(command, language) + guard)
            yield from _signed(state.name, command.actions, workflow)
        for reply in (*state.replies, *(() if state.final else workflow.replies)):
            yield from _goto(state.name, reply.actions, f"reply of {', '.join(reply.by)}")
        for signal in (*state.signals, *(() if state.final else workflow.signals)):
            origin = f" of {signal.origin}" if signal.origin else ""
            yield from _goto(state.name, signal.actions, f"signal {signal.signal}{origin}", by_itself=True)
        for timer in (*state.timers, *(() if state.final else workflow.timers)):
            yield from _goto(state.name, timer.actions, when(timer), by_itself=True)


def _goto(source: str, actions: Iterable[Action], label: str, *, by_itself: bool = False) -> Iterator[Step]:
    for each in actions:
        if isinstance(each, Goto) and each.state != source:
            said = " ".join(part for part in (label, if_(each.when) if each.when else "") if part)
            yield Step(source, each.state, said, by_itself)


def _signed(source: str, actions: Sequence[Action], workflow: Workflow) -> Iterator[Step]:
    """Where a signature leads once everybody has signed."""
    for each in actions:
        if isinstance(each, Sign) and each.agrees:
            agreement = workflow.agreements[each.agreement]
            yield from _goto(source, agreement.agreed, f"all agree to {agreement.name}")


def _ends(step: Step, workflow: Workflow) -> tuple[tuple[str, str], ...]:
    """A step's two ends; one that goes back has one for each state that leads here."""
    if step.target != PREVIOUS:
        return ((step.source, step.target),)
    before = {each.source for each in _steps(workflow, "en") if each.target == step.source and each.source != START}
    return tuple((step.source, each) for each in sorted(before) if each != step.source)


def _label(state: State, language: str) -> str:
    return text_of(state.label, language, state.name)


def _name(name: str) -> str:
    """A state's name as Mermaid's identifiers may be."""
    plain = name.replace("-", "_").replace(" ", "_")
    return f"{plain}_" if plain in _RESERVED else plain


def _entity(text: str) -> str:
    return text.replace("#", "#35;").replace(";", "#59;").replace(":", "#58;").replace("\n", " ")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
