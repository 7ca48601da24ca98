"""calendar.yaml to calendars: the site's own under "", and the named ones, which inherit the rest of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mailflow.core.calendar import Calendar
from mailflow.core.directory import Absence
from mailflow.core.hours import Intervals, check_intervals
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Place
from mailflow.policy.holidays import public_days, unpublished_years
from mailflow.policy.nodes import Node, Scalar, Table
from mailflow.policy.problem import suggestion
from mailflow.policy.reader import Block, Reader
from mailflow.policy.schema import CALENDAR, HOLIDAYS, NAMED_CALENDAR, WEEKDAYS
from mailflow.policy.timers import WEEKDAYS as DAY_NUMBERS

# Deadlines and history fall into these years; the same for every load, so that one text is one policy.
YEARS = range(2000, 2061)

ROUND_THE_CLOCK = "round-the-clock"

# Deadlines are counted so far ahead that a year whose make-up days are not published is worth a warning.
_AHEAD = timedelta(days=400)
_LONGEST = 3660

_WEEKEND: tuple[Intervals, ...] = ((), ())


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one block says, before it is made a calendar."""

    zone: ZoneInfo
    hours: tuple[Intervals, ...]
    country: str = ""
    subdivision: str = ""
    closed: tuple[date, ...] = ()
    opened: tuple[tuple[date, Intervals], ...] = ()


def calendars(node: Node | None, reader: Reader, today: date | None) -> dict[str, Calendar]:
    """The calendars of a site, always with "" and `round-the-clock` among them."""
    block = reader.block(node or Scalar("", Place("rules/calendar.yaml", 1, 1)), CALENDAR)
    if node is not None:
        block.require("timezone", "hours")
    plan = _plan(block, _Plan(ZoneInfo("UTC"), _WEEKEND * 3 + ((),)), reader, today)
    found = {"": _made("", plan, block.place_of("hours"), reader)}
    for key, each in block.entries("calendars"):
        named = reader.block(each, NAMED_CALENDAR)
        if named.flag("always"):
            own = _plan(named, replace(plan, country=""), reader, today)
            found[key.text] = Calendar.round_the_clock(own.zone, key.text)
        else:
            found[key.text] = _made(key.text, _plan(named, plan, reader, today), named.place, reader)
    found.setdefault(ROUND_THE_CLOCK, Calendar.round_the_clock(plan.zone))
    return found


def periods(node: Node | None, reader: Reader) -> dict[str, tuple[Absence, ...]]:
    """The named stretches of days of a site, which conditions compare dates with."""
    found: dict[str, tuple[Absence, ...]] = {}
    if not isinstance(node, Table) or not isinstance(said := node.entries.get("periods"), Table):
        return found
    for name, value in said.entries.items():
        stretches = (reader.days(each, f"'{name}'") for each in reader.items(value))
        found[name] = tuple(each for each in stretches if each is not None)
    return found


def _plan(block: Block, base: _Plan, reader: Reader, today: date | None) -> _Plan:
    country, subdivision = base.country, base.subdivision
    if block.said("holidays"):
        country, subdivision = _holidays(block, reader, today)
    return _Plan(
        zone=_zone(block, reader) or base.zone,
        hours=_hours(block, reader) if "hours" in block else base.hours,
        country=country,
        subdivision=subdivision,
        closed=_closed(block, reader) if "closed" in block else base.closed,
        opened=_opened(block, reader) if "open" in block else base.opened,
    )


def _made(name: str, plan: _Plan, place: Place, reader: Reader) -> Calendar:
    off: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    if plan.country:
        off, makeup = public_days(plan.country, plan.subdivision or None, YEARS)
    if not any(plan.hours):
        called = f"the calendar '{name}'" if name else "the site's calendar"
        reader.error(place, f"{called} has no working time", "give it hours: {mon: ['09:00-18:00'], …}")
    return Calendar.of(
        name, plan.zone, plan.hours, holidays=off, makeup=makeup, closed=plan.closed, opened=dict(plan.opened)
    )


def _zone(block: Block, reader: Reader) -> ZoneInfo | None:
    word = block.text("timezone")
    if not word:
        return None
    try:
        return ZoneInfo(word)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        hint = suggestion(word, available_timezones()) or "write it like Asia/Shanghai"
        reader.error(block.place_of("timezone"), f"there is no time zone '{word}'", hint)
        return None


def _hours(block: Block, reader: Reader) -> tuple[Intervals, ...]:
    """By weekday; one text or list for all holds from Monday to Friday."""
    node = block.get("hours")
    if not isinstance(node, Table):
        usual = _intervals(node, reader) if node is not None else ()
        return (usual,) * 5 + _WEEKEND
    week: list[Intervals] = [()] * 7
    known: dict[str, Node] = {}
    for key, each in node.entries.items():
        if folded(key) in DAY_NUMBERS:
            week[DAY_NUMBERS[folded(key)]] = _intervals(each, reader)
        else:
            known[key] = each
    reader.block(Table(known, {key: node.keys[key] for key in known}, node.place), WEEKDAYS)
    return tuple(week)


def _intervals(node: Node, reader: Reader) -> Intervals:
    read = (reader.interval(each, "working hours") for each in reader.items(node))
    found = tuple(sorted(each for each in read if each is not None))
    try:
        check_intervals(found)
    except ValueError as error:
        reader.error(node.place, str(error))
        return ()
    return found


def _holidays(block: Block, reader: Reader, today: date | None) -> tuple[str, str]:
    """`CN`, `{country: DE, subdivision: BE}`, or none."""
    node = block.get("holidays")
    if node is None or (isinstance(node, Scalar) and node.text.casefold() in ("none", "no")):
        return "", ""
    if isinstance(node, Table):
        inner = reader.block(node, HOLIDAYS)
        inner.require("country")
        country, subdivision = inner.text("country").upper(), inner.text("subdivision")
    else:
        country, subdivision = reader.text(node, "'holidays'").upper(), ""
    if not country:
        return "", ""
    try:
        public_days(country, subdivision or None, ())
        unknown = unpublished_years(country, _years_ahead(today))
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        reader.error(node.place, message, hint)
        return "", ""
    for year in sorted(unknown):
        message = f"the make-up workdays of {year} are not published yet, so deadlines in {year} may be days off"
        hint = "list the days under 'closed:' and 'open:', or update the 'holidays' package when they are"
        reader.warn(node.place, message, hint)
    return country, subdivision


def _years_ahead(today: date | None) -> range:
    return range(0) if today is None else range(today.year, (today + _AHEAD).year + 1)


def _closed(block: Block, reader: Reader) -> tuple[date, ...]:
    stretches = (reader.days(each, "'closed'") for each in block.items("closed"))
    return tuple(day for each in stretches if each is not None for day in _each_day(each))


def _opened(block: Block, reader: Reader) -> tuple[tuple[date, Intervals], ...]:
    """A list of days, or hours by day: `{2027-02-20: "09:00-12:00"}`."""
    found: list[tuple[date, Intervals]] = []
    node = block.get("open")
    for each in reader.items(node) if node is not None else ():
        pairs = each.entries.items() if isinstance(each, Table) else ()
        if isinstance(each, Table) and not {"from", "until"} & set(each.entries):
            for key, value in pairs:
                stretch = reader.days(Scalar(key, each.keys[key]), "'open'")
                found += [(day, _intervals(value, reader)) for day in _each_day(stretch)]
        else:
            found += [(day, ()) for day in _each_day(reader.days(each, "'open'"))]
    return tuple(found)


def _each_day(stretch: Absence | None) -> list[date]:
    if stretch is None:
        return []
    length = min((stretch.last - stretch.first).days, _LONGEST)
    return [stretch.first + timedelta(days=n) for n in range(length + 1)]


def names(found: Mapping[str, Calendar]) -> frozenset[str]:
    return frozenset(name for name in found if name)
