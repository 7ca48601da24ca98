"""The people a site has: persons, departments, groups, monitors; who stands above and in for whom (P1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from mailflow.core.workflow import Labels


@dataclass(frozen=True, slots=True)
class Absence:
    """Away on these days, both included; `deputy` is who stands in then, "" for whom the person names for always."""

    first: date
    last: date
    deputy: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


_NOTHING: Mapping[str, tuple[Absence, ...]] = {}


@dataclass(frozen=True, slots=True)
class Person:
    """`address` in lower case. `manager` and `deputy` are addresses, "" when not named.

    `also` are further names: those that the site lists, and a Chinese name's in Latin letters.
    """

    address: str
    name: str = ""
    department: str = ""
    language: str = ""
    manager: str = ""
    deputy: str = ""
    phone: str = ""
    calendar: str = ""
    aliases: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    away: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of an on-call roster: this person from `first` to `last` (dates, both included), or always."""

    address: str
    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Department:
    """A department; the people are addresses. `id` is what other lines call it."""

    id: str
    name: Labels = field(default_factory=dict)
    contact: str = ""
    head: str = ""
    leader: str = ""
    it_contact: str = ""
    calendar: str = ""
    phone: str = ""
    on_call: tuple[Duty, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """Look-ups by address.

    A person who is not listed is of the department whose contact or head they are, else of the one that their
    address or the default says (P1.8).
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    monitors: tuple[str, ...] = ()
    it: str = ""
    default_department: str = ""
    overseer: str = ""
    _aliases: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._aliases.update({alias: each.address for each in self.people.values() for alias in each.aliases})

    def person(self, address: str) -> Person:
        """The person of an address, listed or not."""
        found = self.people.get(self._aliases.get(address, address))
        return found or Person(address, department=self._department_of_stranger(address))

    def knows(self, address: str) -> bool:
        return address in self.people or address in self._aliases

    def department(self, name: str) -> Department:
        """The department by id; an empty one when there is none of that name."""
        return self.departments.get(name) or Department(name)

    def department_of(self, address: str) -> Department:
        return self.department(self.person(address).department)

    def named(self, word: str) -> tuple[str, ...]:
        """The ids of departments that go by this word, in any language, whatever the case."""
        wanted = word.strip().casefold()
        return tuple(
            each.id
            for each in self.departments.values()
            if wanted in {each.id.casefold(), *(name.casefold() for name in each.name.values())}
        )

    def deputised(self, address: str, day: date, said: Mapping[str, tuple[Absence, ...]] = _NOTHING) -> str:
        """Who answers for this person on a day: themselves, or the first deputy in the row who is there (P1.4).

        `said` are absences beside those of people.yaml, by address.
        """
        person = self.person(address)
        seen = {person.address}
        while away := self.absence(person.address, day, said):
            deputy = self.person(away.deputy or person.deputy)
            if not deputy.address or deputy.address in seen:
                break
            seen.add(deputy.address)
            person = deputy
        return person.address

    def absence(self, address: str, day: date, said: Mapping[str, tuple[Absence, ...]] = _NOTHING) -> Absence | None:
        """The absence of a person on a day, what they said by mail first; None when they are there."""
        person = self.person(address)
        known = (*said.get(person.address, ()), *person.away)
        return next((away for away in known if away.covers(day)), None)

    def on_call(self, department: str, moment: datetime) -> str:
        """Who is on call in a department at a (local) moment, or "" when the roster names nobody."""
        roster = self.department(department).on_call
        return next((duty.address for duty in roster if duty.covers(moment.date())), "")

    def above(self, address: str) -> Iterator[str]:
        """Everyone above a person in the chain of P1.2: manager, head, leader, upwards, each once.

        A leader in charge is under no head, also not under that of the department where they sit.
        """
        seen = {address}
        leaders = {department.leader for department in self.departments.values()}
        waiting = [address]
        while waiting:
            person = self.person(waiting.pop(0))
            department = self.department(person.department)
            chain = (department.head, department.leader) if person.address not in leaders else ()
            for each in (person.manager, *chain):
                if each and each not in seen:
                    seen.add(each)
                    waiting.append(each)
                    yield each

    def chain(self, address: str) -> tuple[str, ...]:
        """Whoever may do what a person may (P1.2, P1.4): the contact of their department, and those above them."""
        department = self.department(self.person(address).department)
        placed = (department.contact, department.head, department.leader)
        contact = department.contact if address not in placed else ""
        return tuple(each for each in (contact, *self.above(address)) if each)

    def _department_of_stranger(self, address: str) -> str:
        for department in self.departments.values():
            on_call = (duty.address for duty in department.on_call)
            if address in (department.contact, department.head, *on_call):
                return department.id
        domain = address.rpartition("@")[2]
        for department in self.departments.values():
            if domain in department.domains:
                return department.id
        return self.default_department
