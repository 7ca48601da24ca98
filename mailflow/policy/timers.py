"""Timers as rule files write them: an action's line with `after`, `before`, `every`, `at` …"""

import hashlib
from dataclasses import replace

from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Timer
from mailflow.core.workflow import DATED, FieldType
from mailflow.policy.actions import actions, named, verbs
from mailflow.policy.conditions import condition
from mailflow.policy.draft import Draft
from mailflow.policy.nodes import Node
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block
from mailflow.policy.schema import TIMER
from mailflow.policy.scope import Scope

_WEEKDAYS = (
    ("mon", "monday", "周一", "星期一"),
    ("tue", "tuesday", "周二", "星期二"),
    ("wed", "wednesday", "周三", "星期三"),
    ("thu", "thursday", "周四", "星期四"),
    ("fri", "friday", "周五", "星期五"),
    ("sat", "saturday", "周六", "星期六"),
    ("sun", "sunday", "周日", "星期日"),
)
WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words}

# What, once changed, makes a timer's moments other ones.
_SIGNED = ("of", "after", "before", "every", "at", "on", "times", "calendar", "resume")


def timers(nodes: tuple[Node, ...], scope: Scope, *path: str, tasks: bool = False) -> tuple[Timer, ...]:
    return tuple(_timer(scope.reader.block(node, TIMER), scope, path, tasks) for node in nodes)


def _timer(block: Block, scope: Scope, path: tuple[str, ...], tasks: bool) -> Timer:
    # What a timer's line says under `when` decides whether the timer is there, not each of its actions.
    drafts = list(verbs(block, scope, None, automatic=True))
    name = block.text("name") or (drafts[0].name if drafts else "timer")
    rule = scope.rule(block.place, *path, name)
    own = rule.split(".")[1:]
    done = actions(block.items("do"), scope, *own, automatic=True)
    first = tuple(draft.make(rule) for draft in drafts[:1])
    rest = named(drafts[1:], scope, *own)
    if not (drafts or done):
        block.reader.error(block.place, "a timer does nothing", "write remind, escalate, tell, goto, or do: […]")
    if "resume" in block and "restart" in block:
        block.reader.error(block.place_of("restart"), "a timer resumes or restarts, not both")
    with scope.asking():
        when, until = condition(block.get("when"), scope), condition(block.get("until"), scope)
    timer = Timer(
        rule=rule,
        actions=(*first, *done, *rest) if not _leaves(drafts) else (*done, *first, *rest),
        of=_anchor(block, scope, tasks),
        after=block.duration("after"),
        before=block.duration("before"),
        every=block.duration("every"),
        at=tuple(sorted({t for n in block.items("at") if (t := scope.reader.clock(n, "'at'")) is not None})),
        on=_weekdays(block, scope),
        times=block.number("times", 0, least=1),
        when=when,
        until=until,
        resume=block.flag("resume") or ("restart" in block and not block.flag("restart")),
        calendar=_calendar(block, scope),
        early=block.flag("early"),
        while_stopped=block.flag("while_stopped"),
        source=block.text("source"),
        place=block.place,
    )
    _check_timing(timer, block)
    return _signed(timer)


def _leaves(drafts: list[Draft]) -> bool:
    """Whether the line's only verb enters a state, which then comes after what it does."""
    return len(drafts) == 1 and drafts[0].name.startswith("goto-")


def _signed(timer: Timer) -> Timer:
    said = "\n".join(f"{key}={getattr(timer, key)}" for key in _SIGNED)
    return replace(timer, signature=hashlib.sha256(said.encode()).hexdigest()[:12])


def _anchor(block: Block, scope: Scope, tasks: bool) -> str:
    node = block.get("of")
    if node is None:
        return ""
    word = scope.reader.text(node, "'of'")
    base, _, name = word.partition(".")
    known = (
        "opened",
        *(f"fields.{each.name}" for each in scope.fields.values() if each.type in DATED),
        *(f"fields.{each.name}.end" for each in scope.fields.values() if each.type is FieldType.SPAN),
    )
    known += tuple(f"clock.{each}" for each in scope.clocks) + (
        ("task.due", "task.added", "task.state", *_task_dates(scope)) if tasks else ()
    )
    if base in ("word", "silence") and name:
        scope.role(name, node.place)
    elif base == "fields" and name in scope.fields and word not in known:
        scope.reader.error(node.place, f"the field '{name}' is no date", "give it type: date, moment or span")
    elif base == "task" and not tasks:
        scope.reader.error(node.place, f"'{word}' can only be counted from under 'tasks:'")
    elif base == "task" and name in scope.task_fields and word not in known:
        scope.reader.error(node.place, f"the field '{name}' is no date", "give it type: date")
    elif word and word not in known:
        scope.reader.error(node.place, f"there is no '{word}' to count from", suggestion(word, known))
    return word


def _task_dates(scope: Scope) -> tuple[str, ...]:
    return tuple(f"task.{each.name}" for each in scope.task_fields.values() if each.type is FieldType.DATE)


def _weekdays(block: Block, scope: Scope) -> tuple[int, ...]:
    found = []
    for node in block.items("on"):
        word = scope.reader.text(node, "'on'")
        if folded(word) in WEEKDAYS:
            found.append(WEEKDAYS[folded(word)])
        elif word:
            hint = suggestion(word, WEEKDAYS)
            scope.reader.error(node.place, f"'on': there is no weekday '{word}'", hint)
    return tuple(sorted(set(found)))


def _calendar(block: Block, scope: Scope) -> str:
    node = block.get("calendar")
    return "" if node is None else scope.known(node, "calendar", sorted(scope.calendars))


def _check_timing(timer: Timer, block: Block) -> None:
    """A timer must say when, in a way that some moment can meet."""
    reader, place = block.reader, timer.place
    if not any(key in block for key in ("of", "after", "before", "every", "at", "on")):
        hint = "write after, before, every or at; what happens on entering a state stands under 'enter'"
        reader.error(place, "this timer never fires: it says no time", hint)
    for key in ("after", "before", "every"):
        if "at" in block and key in block:
            message = f"'at' is every working day at these times and cannot go with '{key}'"
            reader.error(block.place_of(key), message, f"delete 'at' or '{key}'")
    if "on" in block and "at" not in block:
        reader.error(block.place_of("on"), "'on' needs 'at'", 'write at: ["16:00"]')
    if "times" in block and "at" not in block and "every" not in block:
        reader.error(block.place_of("times"), "'times' needs 'every' or 'at'", "delete it, or say how often")
    if timer.after is not None and timer.before is not None:
        reader.error(block.place_of("before"), "a timer has 'after' or 'before', not both")
    if timer.every is not None and timer.every.amount == 0:
        reader.error(block.place_of("every"), "this timer never fires: 'every' is no time at all")
    dated = timer.of.startswith(("fields.", "task.")) and timer.of not in ("task.added", "task.state")
    if timer.before is not None and not dated:
        message = "this timer never fires: 'before' counts back from a date"
        reader.error(block.place_of("before"), message, "write of: fields.NAME, or of: task.due for a task")
