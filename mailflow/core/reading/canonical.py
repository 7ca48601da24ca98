"""A field's value as text to canonical text, by the field's type, or what is wrong with it (P0.8)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import assert_never

from mailflow.core.directory import Directory
from mailflow.core.duration import parse_duration
from mailflow.core.policy import Policy
from mailflow.core.reading.text import fold
from mailflow.core.reading.values.amounts import plain, read_money, read_number
from mailflow.core.reading.values.choices import read_choice
from mailflow.core.reading.values.dates import find_dates, is_vague
from mailflow.core.reading.values.moments import read_moment, read_span
from mailflow.core.reading.values.people import Found, read_departments, read_people
from mailflow.core.span import Span
from mailflow.core.workflow import Field, FieldType

_RANGE = re.compile(r"[-~—–至到]|\b(?:to|until)\b")
_RECORD = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9]{0,9}-\d{4}-\d{4,9}(?![\d-])")
_ASIDE = re.compile(r"[（(,，;；]|左右|以内|\Z")
_SHOWN = 60


def canonical(field: Field, text: str, policy: Policy, today: date, writer: str = "") -> tuple[str, str]:
    """The canonical value and "", or "" and the problem; a person unknown stays as written, with a problem.

    Times are meant by the clock where `writer` is (P1.7), and kept by the site's.
    """
    text = text.strip()
    shown = " ".join(text[:200].split())[:_SHOWN]
    match field.type:
        case FieldType.TEXT | FieldType.TASKS:
            return text, ""
        case FieldType.DATE:
            return _date(text, shown, policy, today)
        case FieldType.MOMENT | FieldType.SPAN:
            return _timed(field.type, text, shown, policy, today, writer)
        case FieldType.MONEY:
            money = read_money(text)
            return (str(money), "") if money else ("", f"unclear amount {shown}")
        case FieldType.NUMBER:
            number = read_number(text)
            return (plain(number), "") if number is not None else ("", f"unclear number {shown}")
        case FieldType.CHOICE:
            return _choice(text, shown, field.choices)
        case FieldType.PERSON | FieldType.PEOPLE:
            return _people(text, policy.directory, field.type is FieldType.PERSON)
        case FieldType.DEPARTMENTS:
            ids, unknown = read_departments(text, policy.directory)
            return ", ".join(ids), f"unknown department {', '.join(unknown)[:_SHOWN]}" if unknown else ""
        case FieldType.DURATION:
            return _duration(text, shown)
        case FieldType.RECORD:
            found = tuple(dict.fromkeys(_RECORD.findall(fold(text[:1000]))))
            return (", ".join(found).upper(), "") if found else ("", f"no record {shown}")
        case _:
            assert_never(field.type)


def _duration(text: str, shown: str) -> tuple[str, str]:
    """So much elapsed time; what was said of it in words behind it is left out."""
    for said in (text, _ASIDE.split(text, maxsplit=1)[0]):
        try:
            found = parse_duration(said)
        except ValueError:
            continue
        if found.amount and not found.working:
            return str(found), ""
    return "", f"unclear duration {shown}"


def _date(text: str, shown: str, policy: Policy, today: date) -> tuple[str, str]:
    """A day; of a span of days its first."""
    calendar = policy.calendars.get("")
    dates = find_dates(text, today, calendar.next_working_day if calendar else None)
    if len(dates) == 1 or (len(dates) == 2 and dates[0] < dates[1] and _RANGE.search(fold(text))):
        return dates[0].isoformat(), ""
    if dates:
        return "", f"several dates {shown}"
    return "", f"vague date {shown}" if is_vague(text) else f"unclear date {shown}"


def _timed(kind: FieldType, text: str, shown: str, policy: Policy, today: date, writer: str) -> tuple[str, str]:
    """A moment, or a stretch of time."""
    site, own = policy.calendar(""), policy.calendar_of(writer)
    span: Span | None
    if kind is FieldType.MOMENT:
        moment, problem = read_moment(text, today, own)
        span = Span(moment, moment) if moment else None
    else:
        span, problem = read_span(text, today, own)
    if span is None:
        return "", f"{problem} {shown}"
    return str(Span(site.local(span.begin), site.local(span.end))), ""


def _choice(text: str, shown: str, choices: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    found = read_choice(text, choices) or read_choice(text.partition("\n")[0], choices)
    if found:
        return found, ""
    return (
        "",
        f"unknown choice {shown}: {', '.join(words[0] if words else name for name, words in choices.items())}",
    )


def _members(found: Found, directory: Directory) -> tuple[Found, ...]:
    """The members of a group that is named (P1.3), else whoever is."""
    named = next((group for group in directory.groups if fold(group) == fold(found.text)), "")
    if found.candidates or not named:
        return (found,)
    return tuple(Found(each, each, (each,)) for each in directory.groups[named])


def _people(text: str, directory: Directory, single: bool) -> tuple[str, str]:
    found = tuple(one for each in read_people(text, directory) for one in _members(each, directory))
    several = [each for each in found if len(each.candidates) > 1]
    unknown = [each.text for each in found if not each.candidates]
    # A name that nobody bears is kept as it was written, but never as what could be taken for an address.
    value = ", ".join(dict.fromkeys(each.address or re.sub("[,@]", " ", each.text).strip() for each in found))
    if single and len(found) > 1:
        return "", f"several people {value[:_SHOWN]}"
    if several:
        return ("" if single else value), f"several people {several[0].text}: {', '.join(several[0].candidates)}"
    return value, f"unknown person {', '.join(unknown)[:_SHOWN]}" if unknown else ""
