"""people.yaml to a directory: persons by address or unique name, departments by id or any name."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailflow.core.directory import Absence, Department, Directory, Duty, Person
from mailflow.core.reading.text import key as folded
from mailflow.core.rule import Place
from mailflow.policy.names import latin_names
from mailflow.policy.nodes import Listing, Node, Scalar, Table
from mailflow.policy.problem import one_of, suggestion
from mailflow.policy.reader import Block, Reader
from mailflow.policy.schema import DEPARTMENT, DUTY, GROUP, PEOPLE, PERSON

# How a department that manages information is called where nothing else says which it is.
_IT_NAMES = frozenset({"it", "it department", "信息技术部", "信息技术部门", "信息部", "资讯部"})


@dataclass(slots=True)
class Roster:
    """The names that lines of people.yaml, and later of site.yaml, may use for a person or a department."""

    reader: Reader
    calendars: frozenset[str]
    addresses: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    departments: dict[str, list[str]] = field(default_factory=dict)
    department_ids: tuple[str, ...] = ()

    def person(self, node: Node, what: str) -> str:
        """The address of a person named by address or by a name that is unique; else "" and a problem."""
        word = self.reader.text(node, what)
        if "@" in word:
            address = self.reader.address(node, what)
            return self.addresses.get(address, address)
        found = self.by_name.get(folded(word), [])
        if len(found) > 1:
            self.reader.error(node.place, f"{what}: '{word}' may be {one_of(found)}", "write the address")
        elif word and not found:
            hint = suggestion(word, self.names.values()) or "write the address, or add them under 'people:'"
            self.reader.error(node.place, f"{what}: nobody is called '{word}'", hint)
        return found[0] if len(found) == 1 else ""

    def listed(self, block: Block, key: str) -> str:
        """The person under a key; one who is not listed is worth a warning: their chain is a guess (P1.8)."""
        node = block.get(key)
        if node is None:
            return ""
        address = self.person(node, f"'{key}'")
        if address and address not in self.addresses:
            hint = "list them, so that they have a name, a department and someone above them"
            self.reader.warn(node.place, f"'{key}': {address} is not among 'people:'", hint)
        return address

    def department(self, block: Block, key: str) -> str:
        node = block.get(key)
        if node is None:
            return ""
        word = self.reader.text(node, f"'{key}'")
        found = self.departments.get(folded(word), [])
        if len(found) > 1:
            self.reader.error(node.place, f"'{key}': '{word}' may be {one_of(found)}", "write the id")
        elif word and not found:
            self.reader.error(
                node.place, f"'{key}': there is no department '{word}'", suggestion(word, self.department_ids)
            )
        return found[0] if found else ""

    def calendar(self, block: Block) -> str:
        node = block.get("calendar")
        if node is None:
            return ""
        word = self.reader.text(node, "'calendar'")
        if word and word not in self.calendars:
            self.reader.error(node.place, f"there is no calendar '{word}'", suggestion(word, self.calendars))
        return word


def people(node: Node | None, reader: Reader, calendars: frozenset[str]) -> tuple[Directory, Roster]:
    """The directory of a site, and the roster by which other files name people."""
    block = reader.block(node or Scalar("", Place("rules/people.yaml", 1, 1)), PEOPLE)
    roster = Roster(reader, calendars)
    persons = list(_keyed(block, "people", "address", PERSON))
    units = list(_keyed(block, "departments", "id", DEPARTMENT))
    _note_people(persons, roster)
    ids = _note_departments(units, roster)
    departments = {id: _department(id, unit, roster) for id, (_, unit) in zip(ids, units, strict=True) if id}
    default = roster.department(block, "default_department")
    found = [_person(address, each, roster, default) for address, each in persons]
    directory = Directory(
        people={each.address: each for each in found if each.address},
        departments=departments,
        groups=_groups(block, roster),
        monitors=tuple(filter(None, (reader.address(each, "'monitors'") for each in block.items("monitors")))),
        default_department=default,
        overseer=roster.listed(block, "overseer"),
    )
    return replace(directory, it=_it(block, directory, roster)), roster


def _keyed(block: Block, key: str, name: str, keys: object) -> Iterator[tuple[Scalar, Block]]:
    """The entries of a list, or of a mapping whose keys are what `name` would say."""
    node, reader = block.get(key), block.reader
    chosen = PERSON if keys is PERSON else DEPARTMENT
    if isinstance(node, Listing):
        for each in node.items:
            inner = reader.block(each, chosen)
            said = inner.get(name)
            yield (said if isinstance(said, Scalar) else Scalar("", inner.place)), inner
    elif node is not None:
        for said, each in reader.entries(node, f"'{key}'"):
            yield said, reader.block(each, chosen)


def _note_people(persons: list[tuple[Scalar, Block]], roster: Roster) -> None:
    for said, block in persons:
        if not said.text:
            roster.reader.error(block.place, "a person needs an 'address'")
            continue
        address = roster.reader.address(said, "'address'")
        aliases = (roster.reader.address(each, "'aliases'") for each in block.items("aliases"))
        for each in dict.fromkeys(filter(None, (address, *aliases))):
            if each in roster.addresses:
                roster.reader.error(said.place, f"{each} stands here twice", "one address, one person")
            roster.addresses.setdefault(each, address)
        name = block.text("name")
        if name and address:
            roster.names.setdefault(folded(name), name)
            roster.by_name.setdefault(folded(name), []).append(address)


def _note_departments(units: list[tuple[Scalar, Block]], roster: Roster) -> list[str]:
    """The ids of the departments; one that has none goes by its name."""
    ids: list[str] = []
    for said, block in units:
        labels = block.labels("name")
        id = said.text.strip() or next(iter(labels.values()), "")
        if not id:
            roster.reader.error(block.place, "a department needs an 'id' or a 'name'")
        elif id in ids:
            roster.reader.error(said.place, f"a second department is called '{id}'", "give this one another id")
        for word in dict.fromkeys(folded(each) for each in (id, *labels.values()) if each):
            if id not in roster.departments.setdefault(word, []):
                roster.departments[word].append(id)
        ids.append(id if id not in ids else "")
    roster.department_ids = tuple(filter(None, ids))
    return ids


def _department(id: str, block: Block, roster: Roster) -> Department:
    found = Department(
        id=id,
        name=block.labels("name") or dict.fromkeys(roster.reader.languages, id),
        contact=roster.listed(block, "contact"),
        head=roster.listed(block, "head"),
        leader=roster.listed(block, "leader"),
        it_contact=roster.listed(block, "it_contact"),
        calendar=roster.calendar(block),
        phone=block.text("phone"),
        on_call=tuple(filter(None, (_duty(each, roster) for each in block.items("on_call")))),
        domains=tuple(each.casefold().lstrip("@") for each in block.texts("domains")),
    )
    for role, instead in _instead(block, found).items():
        what = f"the department '{id}' has no {role}"
        roster.reader.warn(block.place, what, f"{instead} stands in for them" if instead else "nobody stands in")
    return found


def _instead(block: Block, found: Department) -> dict[str, str]:
    """The empty places of the chain (P1.2), and who is asked instead (core.roles)."""
    order = {
        "contact": (found.head, found.leader),
        "head": (found.leader, found.contact),
        "leader": (found.head,),
    }
    return {role: next(filter(None, others), "") for role, others in order.items() if role not in block}


def _duty(node: Node, roster: Roster) -> Duty | None:
    """An address, or `{person, from, until}`."""
    if not isinstance(node, Table):
        address = roster.person(node, "'on_call'")
        return Duty(address) if address else None
    block = roster.reader.block(node, DUTY)
    block.require("person")
    first, last = block.day("from"), block.day("until")
    if first is not None and last is not None and last < first:
        roster.reader.error(block.place, "this duty ends before it begins")
    address = roster.listed(block, "person")
    return Duty(address, first, last) if address else None


def _person(said: Scalar, block: Block, roster: Roster, default: str) -> Person:
    address = said.text.strip().casefold()
    department = roster.department(block, "department")
    if "department" not in block:
        hint = f"they count as of '{default}'" if default else "nobody is above them"
        roster.reader.warn(block.place, f"{address or 'a person'} has no department", hint)
    away: tuple[Absence | None, ...] = tuple(roster.reader.days(each, "'away'") for each in block.items("away"))
    return Person(
        address=address,
        name=block.text("name"),
        department=department or default,
        language=_language(block, roster.reader),
        manager=roster.listed(block, "manager"),
        deputy=roster.listed(block, "deputy"),
        phone=block.text("phone"),
        calendar=roster.calendar(block),
        aliases=tuple(each.casefold() for each in block.texts("aliases")),
        also=tuple(dict.fromkeys((*block.texts("also"), *latin_names(block.text("name"))))),
        away=tuple(each for each in away if each is not None),
    )


def _language(block: Block, reader: Reader) -> str:
    node = block.get("language")
    if node is None:
        return ""
    word = reader.text(node, "'language'")
    known = {language.casefold(): language for language in reader.languages}
    exact = known.get(word.casefold()) or known.get(word.casefold().partition("-")[0], "")
    if word and not exact:
        reader.error(node.place, f"the site has no language '{word}'", suggestion(word, reader.languages))
    return exact


def _groups(block: Block, roster: Roster) -> dict[str, tuple[str, ...]]:
    """`name: [person, …]`, or a list of `{name, members}`."""
    node = block.get("groups")
    if isinstance(node, Listing):
        blocks = [roster.reader.block(each, GROUP) for each in node.items]
        return {each.text("name"): _members(each.items("members"), roster) for each in blocks}
    return {key.text: _members(roster.reader.items(each), roster) for key, each in block.entries("groups")}


def _members(nodes: tuple[Node, ...], roster: Roster) -> tuple[str, ...]:
    found = (roster.person(each, "a member of a group") for each in nodes)
    return tuple(dict.fromkeys(each for each in found if each))


def _it(block: Block, directory: Directory, roster: Roster) -> str:
    """The department that manages information: as said, else that of the first it_contact, else by name."""
    if "it" in block:
        return roster.department(block, "it")
    for each in directory.departments.values():
        if each.it_contact and (home := directory.person(each.it_contact).department) in directory.departments:
            return home
    for each in directory.departments.values():
        if {folded(each.id), *(folded(name) for name in each.name.values())} & _IT_NAMES:
            return each.id
    if directory.departments:
        message = "nothing says which department manages information"
        roster.reader.error(block.place, message, "write it: and the department's id")
    return ""
