"""rhythm.yaml to the rhythm: meetings that come again, and reports with their times (process P6)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from mailflow.core.calendar import Calendar, NoWorkingTime
from mailflow.core.directory import Directory
from mailflow.core.duration import Duration, Unit
from mailflow.core.reading.text import key as folded
from mailflow.core.rhythm.occurrences import number_of, occurrences
from mailflow.core.role_words import STEPS
from mailflow.core.series import OnHoliday, Recurrence, Report, Rhythm, Series, Times
from mailflow.core.workflow import Workflow
from mailflow.policy.nodes import Node, Scalar
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block, Reader
from mailflow.policy.recurrence import NoRecurrence, recurrence
from mailflow.policy.reports import contents
from mailflow.policy.schema import REPORT, RHYTHM, SERIES
from mailflow.policy.timers import WEEKDAYS

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Every month has so many days.
_EVERY_MONTH = 28
_NOON = time(12)
_NOW = Duration(0, Unit.MINUTES)


@dataclass(frozen=True, slots=True)
class Known:
    """What the lines of rhythm.yaml may name."""

    directory: Directory
    calendars: dict[str, Calendar]
    kinds: dict[str, Workflow]
    periods: frozenset[str] = frozenset()


def rhythm(node: Node | None, reader: Reader, known: Known) -> Rhythm:
    """The rhythm of a site; an empty one where there is no such file."""
    if node is None:
        return Rhythm()
    block = reader.block(node, RHYTHM)
    meetings: dict[str, Series] = {}
    for each in block.items("meetings"):
        series = _series(reader.block(each, SERIES), block, known)
        if series.name in meetings:
            first = meetings[series.name].place
            hint = f"the first is in line {first.line}; give each a 'name:' of its own"
            reader.error(series.place, f"a second meeting is called '{series.name}'", hint)
        meetings[series.name] = series
    reports = {key.text: _report(key.text, reader.block(each, REPORT), known) for key, each in block.entries("reports")}
    return Rhythm(meetings, reports)


def _series(block: Block, file: Block, known: Known) -> Series:
    block.require("name", "title", "every", "from", "at", "ahead", "attendees")
    kind = _kind(block if "kind" in block else file, known)
    made = Series(
        name=block.text("name"),
        kind=kind,
        title=block.labels("title"),
        times=_times(block, _recurrence(block), known, OnHoliday.SKIP),
        ahead=block.duration("ahead") or _NOW,
        attendees=_people(block, "attendees", known),
        recorder=_recorder(block, known),
        lasts=block.duration("lasts"),
        room=block.text("place"),
        brief=block.flag("brief"),
        paused=block.flag("paused"),
        fields={key.text: block.reader.text(each, f"'{key.text}'") for key, each in block.entries("fields")},
        source=block.text("source"),
        place=block.place,
    )
    _check_fields(block, made, known)
    _check_ahead(block, made, known)
    return replace(made, signature=_signature(made.times, str(made.ahead)))


def _report(name: str, block: Block, known: Known) -> Report:
    block.require("title", "columns")
    shown = contents(name, block, known.kinds, known.directory, frozenset(known.calendars), known.periods)
    timed = "at" in block
    if timed and "to" not in block:
        block.reader.error(block.place_of("at"), f"the report '{name}' has a time and nobody to go to", "write to: […]")
    for key in ("to", "on", "day", "every", "holiday", "calendar"):
        if key in block and not timed:
            block.reader.error(block.place_of(key), f"'{key}' says when or to whom a report is mailed", "write at: too")
    if not timed:
        return shown
    times = _times(block, _report_days(block), known, OnHoliday.NEXT)
    made = replace(shown, to=_people(block, "to", known), times=times)
    return replace(made, signature=_signature(times, ""))


def _signature(times: Times, more: str) -> str:
    """What, once changed, makes a series' moments other ones."""
    said = f"{times.recurrence}\n{times.at}\n{times.holiday}\n{times.calendar}\n{more}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


# --- when -------------------------------------------------------------------------------------------------------


def _times(block: Block, days: Recurrence | None, known: Known, holiday: OnHoliday) -> Times:
    at = block.get("at")
    clock = block.reader.clock(at, "'at'") if at is not None else None
    said = block.choice("holiday", tuple(each.value for each in OnHoliday))
    calendar = block.text("calendar")
    if calendar and calendar not in known.calendars:
        names = tuple(name for name in known.calendars if name)
        hint = suggestion(calendar, names)
        block.reader.error(block.place_of("calendar"), f"there is no calendar '{calendar}'", hint)
    return Times(days or _Never(), clock or _NOON, OnHoliday(said) if said else holiday, calendar)


def _recurrence(block: Block) -> Recurrence | None:
    text, start = block.text("every"), block.day("from")
    if (
        start
        and start.day > _EVERY_MONTH
        and re.fullmatch(r"(?i)(RRULE:)?FREQ=MONTHLY(;INTERVAL=\d+)?;?", text.strip())
    ):
        message = f"not every month has a day {start.day}, and without it there is no meeting"
        block.reader.warn(block.place_of("every"), message, "write FREQ=MONTHLY;BYMONTHDAY=-1 for the last day")
    return _read(block, "every", text, start) if text and start else None


def _report_days(block: Block) -> Recurrence | None:
    """`every:` with a rule, `on:` with weekdays, or `day:` of the month; none of them is every day."""
    said = [key for key in ("every", "on", "day") if key in block]
    if len(said) > 1:
        message = f"a report comes by {' or by '.join(repr(each) for each in said)}, not by both"
        block.reader.error(block.place_of(said[1]), message, "keep one of them")
    match said[:1]:
        case ["every"]:
            return _read(block, "every", block.text("every"), block.day("from"))
        case ["on"]:
            days = [folded(block.reader.text(each, "'on'")) for each in block.items("on")]
            for each, day in zip(block.items("on"), days, strict=True):
                if day not in WEEKDAYS:
                    block.reader.error(each.place, f"there is no weekday '{day}'", suggestion(day, WEEKDAYS))
            names = [_DAYS[WEEKDAYS[day]] for day in days if day in WEEKDAYS]
            return _read(block, "on", f"FREQ=WEEKLY;BYDAY={','.join(names)}", None) if names else None
        case ["day"]:
            text = block.text("day")
            if not text.lstrip("-").isdecimal() or not (1 <= abs(int(text)) <= 31):
                hint = "write 1 to 31, or -1 for the last day"
                block.reader.error(block.place_of("day"), f"a month has no day '{text}'", hint)
                return None
            if abs(int(text)) > _EVERY_MONTH:
                message = f"not every month has a day {text}, and without it the report is not mailed"
                block.reader.warn(block.place_of("day"), message, "write -1 for the last day of each month")
            return _read(block, "day", f"FREQ=MONTHLY;BYMONTHDAY={text}", None)
    return _read(block, "at", "FREQ=DAILY", None)


def _read(block: Block, key: str, text: str, start: date | None) -> Recurrence | None:
    try:
        return recurrence(text, start)
    except NoRecurrence as error:
        message, _, hint = str(error).partition("; ")
        block.reader.error(block.place_of(key), message, hint)
        return None


class _Never:
    """Stands for a rule that could not be read, which has been noted."""

    def since(self, day: date) -> Iterator[date]:
        return iter(())


def _check_ahead(block: Block, series: Series, known: Known) -> None:
    """That it falls on a working day at all, and that there is time to call it."""
    calendar = known.calendars.get(series.times.calendar)
    start = block.day("from")
    if calendar is None or start is None or isinstance(series.times.recurrence, _Never):
        return
    try:
        found = next(occurrences(series.times, calendar, number_of(start - timedelta(days=1)), series.ahead), None)
    except (NoWorkingTime, ValueError) as error:
        block.reader.error(block.place_of("every"), str(error))
        return
    if found is None:
        message = f"the meeting '{series.name}' never falls on a working day"
        block.reader.error(block.place_of("every"), message, f"write holiday: {OnHoliday.NEXT.value}")


# --- who and what -----------------------------------------------------------------------------------------------


def _kind(block: Block, known: Known) -> str:
    kind = block.text("kind")
    if not kind:
        hint = "write kind: NAME for all of them, or in this one"
        block.reader.error(block.place, "nothing says which kind of record a meeting opens", hint)
    elif kind not in known.kinds:
        hint = suggestion(kind, known.kinds)
        block.reader.error(block.place_of("kind"), f"there is no kind '{kind}'", hint)
    return kind


def _people(block: Block, key: str, known: Known) -> tuple[str, ...]:
    """Addresses, groups, and role expressions that need no record."""
    found = []
    for node in block.items(key):
        word = block.reader.text(node, f"'{key}'")
        if word:
            found.append(_person(word, node, block.reader, known.directory))
    return tuple(each for each in found if each)


def _recorder(block: Block, known: Known) -> str:
    """Exactly one person writes the minutes (P6.4)."""
    found = _people(block, "recorder", known)
    said = found[0] if len(found) == 1 else ""
    if len(found) > 1 or said in known.directory.groups or said.startswith("departments.all."):
        block.reader.error(block.place_of("recorder"), "one person writes the minutes, not several", "name one")
    return said


def _person(word: str, node: Node, reader: Reader, directory: Directory) -> str:
    base, *steps = word.split(".")
    if "@" in word:
        address = reader.address(node, "a person")
        if address and not directory.knows(address) and address not in _holders(directory):
            hint = suggestion(address, directory.people)
            reader.warn(node.place, f"people.yaml does not list '{address}'", hint)
        return address
    if base == "departments" and steps:
        if steps[0] != "all" and steps[0] not in directory.departments:
            hint = suggestion(steps[0], ("all", *directory.departments))
            reader.error(node.place, f"there is no department '{steps[0]}'", hint)
        steps = steps[1:]
        if not steps:
            reader.error(node.place, f"'{word}' is a department", f"write {word}.contact or {word}.head")
    elif base == "it":
        if not steps:
            reader.error(node.place, "'it' is a department", "write it.contact or it.head")
    elif base not in ("admin", "overseer") and base not in directory.groups:
        names = {name: each.address for each in directory.people.values() if (name := each.name)}
        if word in names:
            return names[word]
        bases = ("admin", "overseer", "it.contact", "it.head", "departments.all.contact", *directory.groups, *names)
        hint = suggestion(word, bases) or "write an address, a group, it.contact or departments.all.contact"
        reader.error(node.place, f"there is no '{word}' to invite or to write to", hint)
        return ""
    for step in steps:
        if step not in STEPS:
            reader.error(node.place, f"unknown step '.{step}'", f"steps are {', '.join(STEPS)}")
    return word


def _holders(directory: Directory) -> set[str]:
    """Who is named as a department's contact, head or leader without a line of their own."""
    return {a for each in directory.departments.values() for a in (each.contact, each.head, each.leader)}


def _check_fields(block: Block, series: Series, known: Known) -> None:
    """That the kind has the fields that the meeting gives."""
    workflow = known.kinds.get(series.kind)
    if workflow is None:
        return
    for key, node in block.entries("fields"):
        field = workflow.field(key.text)
        if field is None:
            names = [each.name for each in workflow.fields]
            block.reader.error(
                key.place, f"the kind '{series.kind}' has no field '{key.text}'", suggestion(key.text, names)
            )
        elif field.choices and isinstance(node, Scalar) and node.text not in field.choices:
            hint = suggestion(node.text, field.choices) or f"write one of {', '.join(field.choices)}"
            block.reader.error(node.place, f"'{key.text}' has no choice '{node.text}'", hint)
    event = workflow.event
    if event is None:
        hint = f"say in {workflow.place.file} which fields hold it: event: {{start: …, attendees: …}}"
        block.reader.error(block.place, f"the kind '{series.kind}' does not say when it begins", hint)
