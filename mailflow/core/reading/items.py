"""The items of minutes (P5.1): who does what until when, read from lists and tables; what is missing is said (P0.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mailflow.core.policy import Policy
from mailflow.core.reading.canonical import canonical
from mailflow.core.reading.fields import labels_of
from mailflow.core.reading.item_heads import day_before
from mailflow.core.reading.item_lists import list_parts
from mailflow.core.reading.item_tables import table_parts
from mailflow.core.reading.item_text import Parts, Reader
from mailflow.core.reading.lines import lines_of, own_tables, rows_of, where_of, without_mark
from mailflow.core.reading.task_lines import pieces_of
from mailflow.core.reading.values.dates import find_dates, is_vague
from mailflow.core.reading.values.people import Found, read_people
from mailflow.core.workflow import Field
from mailflow.mail.model import Mail, Table

MOST = 1_000
"""Items of one message."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `owner` is an address, or "" when there is none, or none for certain; `due` an ISO date or "".

    `owners` are the addresses of the owner, of all who are named, or of all whom the name may mean.
    `collaborators` are addresses, and names that nobody bears as they were written. `problems` say what
    P0.9 misses: `no owner`, `several owners: …`, `unknown person X`, `no date`, `vague date 尽快`. `fields` are the
    canonical values of the fields that the kind gives to its tasks.
    """

    title: str
    owner: str = ""
    owners: tuple[str, ...] = ()
    due: str = ""
    collaborators: tuple[str, ...] = ()
    standard: str = ""
    where: str = ""
    problems: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def read_items(
    mail: Mail, policy: Policy, today: date, tables: Sequence[Table] = (), fields: tuple[Field, ...] = ()
) -> tuple[Item, ...]:
    """The items of a message: of its lists, its tables, then of `tables` (of attached files), each once.

    Those of a quoted table were told before. `fields` are those that the kind gives to its tasks: columns, and
    `label：value` within an item.
    """
    reader = Reader(policy.directory, today, fields)
    labels = frozenset(word for kind in policy.kinds.values() for word in labels_of(kind.fields))
    own = own_tables(mail.tables)
    shown = rows_of(table for table in own if not _is_list(table))
    found = list(list_parts(mail.own.split("\n"), labels, shown, reader))
    for table in (*own, *own_tables(tables)):
        lines = lines_of(table)
        if lines is None:
            found += table_parts(table, labels_of(fields))
        else:
            found += [replace(each, where=where_of(table)) for each in list_parts(lines, labels, frozenset(), reader)]
    unique = {(parts.title, parts.owner, parts.due): parts for parts in reversed(found[:MOST])}
    return tuple(_item(parts, policy, today, fields) for parts in reversed(unique.values()))


def _is_list(table: Table) -> bool:
    """Whether what looks like a table is a list whose items part what they hold by strokes."""
    return all(row and without_mark(row[0])[1] for row in table.rows)


def read_listed(text: str, policy: Policy, today: date, fields: tuple[Field, ...]) -> tuple[Item, ...]:
    """The items of a field whose lines are tasks (P2.11 interim dates, P2.13 improvements)."""
    reader = Reader(policy.directory, today, fields)
    found = (_day_first(reader.parts_of(piece), today) for piece in pieces_of(text, today))
    return tuple(_item(parts, policy, today, fields) for parts in found if parts.title)


def _day_first(parts: Parts, today: date) -> Parts:
    """Of `12月11日设计完成` the day is the date: such a line says what is there when."""
    day, rest = ("", "") if parts.due else day_before(parts.title, today)
    return replace(parts, title=rest, due=day) if day else parts


def _item(parts: Parts, policy: Policy, today: date, fields: Sequence[Field]) -> Item:
    found = read_people(parts.owner, policy.directory)
    owners = tuple(dict.fromkeys(address for each in found for address in each.candidates))
    owner = owners[0] if len(found) == 1 and len(owners) == 1 else ""
    calendar = policy.calendars.get("")
    dates = find_dates(parts.due, today, calendar.next_working_day if calendar else None)
    helpers = read_people(parts.collaborators, policy.directory)
    return Item(
        title=parts.title,
        owner=owner,
        owners=owners,
        due=dates[-1].isoformat() if dates else "",
        collaborators=tuple(dict.fromkeys(each.address or each.text for each in helpers)),
        standard=parts.standard,
        where=parts.where,
        problems=(*_owner_problems(owner, owners, found), *_date_problems(parts.due, bool(dates))),
        fields={
            each.name: value
            for each in fields
            if each.name in parts.own and (value := canonical(each, parts.own[each.name], policy, today)[0])
        },
    )


def _owner_problems(owner: str, owners: tuple[str, ...], found: tuple[Found, ...]) -> tuple[str, ...]:
    if owner:
        return ()
    unknown = tuple(f"unknown person {each.text}" for each in found if not each.candidates)
    if len(found) > 1 or len(owners) > 1:
        names = owners if len(owners) > 1 else tuple(each.address or each.text for each in found)
        return (f"several owners: {', '.join(names)}", *unknown)
    return unknown or ("no owner",)


def _date_problems(text: str, dated: bool) -> tuple[str, ...]:
    if dated:
        return ()
    if not text.strip(" -—/无"):
        return ("no date",)
    return (f"vague date {text}",) if is_vague(text) else (f"unclear date {text}",)
