"""What is changed by mail beside the rules (P1.4, P9): who is away, what is not to be sent. Values alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mailflow.core.directory import Absence

# What a mute may be of: everything, one kind's mail, one person's.
ALL, KIND, PERSON = "all", "kind", "person"


@dataclass(frozen=True, slots=True)
class Away:
    """A person is away; what they had said for days that this one touches counts no more."""

    address: str
    absence: Absence


@dataclass(frozen=True, slots=True)
class Back:
    """A person is there on these days after all."""

    address: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Muted:
    """No mail goes out: none at all, none of a kind, or none to a person. `scope` is all, kind:NAME, person:ADDRESS."""

    scope: str


@dataclass(frozen=True, slots=True)
class Unmuted:
    """It goes out again, and what was withheld meanwhile is sent, or dropped."""

    scope: str
    send: bool = True


Standing = Away | Back | Muted | Unmuted


def after_away(known: Iterable[Absence], said: Absence) -> tuple[Absence, ...]:
    """A person's absences with another one, which takes the place of those that it touches."""
    kept = [each for each in known if not touches(each, said.first, said.last)]
    return tuple(sorted((*kept, said), key=lambda each: each.first))


def after_back(known: Iterable[Absence], first: date, last: date) -> tuple[Absence, ...]:
    """A person's absences without these days."""
    return tuple(part for each in known for part in _without(each, first, last))


def touches(absence: Absence, first: date, last: date) -> bool:
    return absence.first <= last and first <= absence.last


def _without(absence: Absence, first: date, last: date) -> Iterator[Absence]:
    if not touches(absence, first, last):
        yield absence
        return
    day = timedelta(days=1)
    if absence.first < first:
        yield replace(absence, last=first - day)
    if last < absence.last:
        yield replace(absence, first=last + day)


def scope_of(what: str, name: str = "") -> str:
    return f"{what}:{name}" if name else what


def withheld(scopes: Iterable[str], kinds: Iterable[str], recipients: Iterable[str], *, answer: bool) -> bool:
    """Whether a mail is not to go out; an answer to somebody's own mail goes, unless nothing at all does."""
    found = frozenset(scopes)
    if ALL in found:
        return True
    wanted = {scope_of(KIND, each) for each in kinds} | {scope_of(PERSON, each) for each in recipients}
    return not answer and not found.isdisjoint(wanted)
