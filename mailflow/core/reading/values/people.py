"""People and departments by the names that others call them: `@张工`, `李主管`, `Ms Brown`, `Tom`, `财务`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailflow.core.directory import Directory, Person
from mailflow.core.reading.text import fold, is_han, key

LONGEST = 4000
"""Characters of a text that are looked at; a longer list of people is a mailing list."""


@dataclass(frozen=True, slots=True)
class Found:
    """One person a text names: their `address`, or "" when nobody is called so or several are (`candidates`)."""

    text: str
    address: str
    candidates: tuple[str, ...] = ()


_BREAK = re.compile(r"\s*(?:[、,，;；/|&+\n\t]|\band\b)\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%'*+=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_NAMED_ADDRESS = re.compile(
    rf"[^<>,;、，；\n]{{0,80}}<\s{{0,3}}(?:mailto:)?({_ADDRESS.pattern})\s{{0,3}}>", re.IGNORECASE
)
_HINT = re.compile(r"[(\[【]([^()\[\]【】]{0,60})[)\]】]")
_JOIN = re.compile(r"[和与及跟]")
_NOBODY = frozenset(
    ["", "无", "没有", "暂无", "无需", "待定", "none", "n/a", "na", "tbd", "nobody", "-", "--", "—", "——", "/"]
)

_TITLES = (
    "高级工程师|工程师|副总经理|总经理|项目经理|产品经理|副经理|经理|副总裁|总裁|副总监|总监|副总|主管|副主任|主任|副部长|部长|副处长|处长|"
    "副科长|科长|副局长|局长|院长|校长|所长|副组长|组长|队长|班长|店长|厂长|董事长|董事|秘书长|秘书|书记|主席|会计|律师|医生|老师|老板|博士|"
    "教授|先生|女士|小姐|太太|同志|同学|助理|专员|顾问|师傅|总|工|董|局|处|科|部|主|导|哥|姐|老"
)
_TITLED = re.compile(rf"(?P<name>[\u3400-\u9fff]{{1,4}}?)(?:{_TITLES})")
_FAMILIAR = re.compile(r"(?:老|小|阿|大)(?P<name>[\u3400-\u9fff])")
_COURTESY = re.compile(r"(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam)\b\.?\s?(?P<name>.{1,60})")
_LATIN_TAIL = re.compile(r"\s?(?:先生|女士|小姐|经理|总|工|老师|主管)$")
_COMPOUND = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "司徒",
        "令狐",
        "夏侯",
        "端木",
        "独孤",
        "南宫",
        "西门",
        "长孙",
        "宇文",
        "闻人",
        "呼延",
        "万俟",
        "澹台",
    ]
)


class People:
    """The ways in which a directory's people can be called, each to the addresses it may mean."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.names: dict[str, list[str]] = {}
        self.surnames: dict[str, list[str]] = {}
        self.given: dict[str, list[str]] = {}
        self.local: dict[str, list[str]] = {}
        self.departments = _department_names(directory)
        for person in directory.people.values():
            self._add(person)

    def _add(self, person: Person) -> None:
        _put(self.local, fold(person.address.partition("@")[0]), person.address)
        for part in _scripts(fold(person.name)):
            self._add_name(part, person.address)
        for name in person.also:
            # Whole only: of Zhang Wei neither part is a name to everybody who reads it, and He and Long are words.
            _put(self.names, fold(name), person.address)
            _put(self.names, key(name), person.address)

    def _add_name(self, name: str, address: str) -> None:
        joined = name.replace(" ", "")
        if is_han(joined):
            surname = surname_of(joined)
            _put(self.names, joined, address)
            _put(self.surnames, surname, address)
            if len(joined) - len(surname) >= 2:
                _put(self.given, joined[len(surname) :], address)
            return
        words = name.replace(",", " ").replace(".", " ").split()
        if not words:
            return
        _put(self.names, " ".join(words), address)
        if len(words) > 1:
            _put(self.names, " ".join((words[-1], *words[:-1])), address)
            _put(self.names, "".join(words), address)
            _put(self.given, words[0], address)
            _put(self.surnames, words[-1], address)

    def called(self, text: str) -> tuple[str, ...]:
        """The addresses that one name may mean; the surest way of reading it that means anybody."""
        name = fold(_HINT.sub(" ", fold(text))).strip(" @.。:!*_`'\"“”")
        joined = name.replace(" ", "")
        ways = [self.names.get(name), self.names.get(joined), self.local.get(joined)]
        if (match := _COURTESY.fullmatch(name)) or (match := _TITLED.fullmatch(joined)):
            ways += [
                self.names.get(match["name"]),
                self.surnames.get(match["name"]),
                self.given.get(match["name"]),
            ]
        elif match := _FAMILIAR.fullmatch(joined):
            ways.append(self.surnames.get(match["name"]))
        elif not is_han(joined):
            bare = _LATIN_TAIL.sub("", name)
            ways += [self.names.get(bare), self.given.get(bare), self.surnames.get(bare)]
        else:
            ways.append(self.given.get(joined))
        found = next((way for way in ways if way), [])
        return self._hinted(text, tuple(found)) if len(found) > 1 else tuple(found)

    def _hinted(self, text: str, found: tuple[str, ...]) -> tuple[str, ...]:
        """`张伟（销售部）`: of several, those of the department named beside."""
        hints = [hint for piece in _HINT.findall(fold(text)) for hint in _called(piece, self.departments)]
        fitting = tuple(each for each in found if self.directory.person(each).department in hints)
        return fitting or found


def surname_of(name: str) -> str:
    """The family name of a Chinese name."""
    return name[:2] if name[:2] in _COMPOUND else name[:1]


def _put(names: dict[str, list[str]], name: str, address: str) -> None:
    if name and address not in names.setdefault(name, []):
        names[name].append(address)


def _scripts(name: str) -> Iterable[str]:
    """The Chinese and the Latin part of a name that has both, as `张伟 Zhang Wei`; else the whole."""
    if name.isascii() or is_han(name.replace(" ", "")):
        return (name,)
    han = "".join(one for one in name if is_han(one))
    latin = " ".join("".join(" " if is_han(one) or one in "()/" else one for one in name).split())
    return (han, latin) if han and latin else (name,)


_last: tuple[Directory, People] | None = None


def people_of(directory: Directory) -> People:
    """The index of a directory; that of the last one asked for is kept, as it depends on nothing else."""
    global _last
    if _last is None or _last[0] is not directory:
        _last = (directory, People(directory))
    return _last[1]


def read_people(text: str, directory: Directory) -> tuple[Found, ...]:
    """The people that a text names, in its order, each once; a name that nobody bears has no candidates."""
    people = people_of(directory)
    found: list[Found] = []
    rest = text[:LONGEST]
    addresses: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        mark = f"\x00{len(addresses)}\x00"
        addresses[mark] = (match[1] if match.re is _NAMED_ADDRESS else match[0]).lower()
        return f",{mark},"

    rest = rest.replace("\x00", " ")
    if "@" in rest:
        rest = _ADDRESS.sub(keep, _NAMED_ADDRESS.sub(keep, rest))
    for piece in _BREAK.split(rest):
        piece = piece.strip()
        if piece in addresses:
            address = directory.person(addresses[piece]).address
            found.append(Found(addresses[piece], address, (address,)))
        elif key(piece).strip("()[]<>.。:") not in _NOBODY:
            found += _pieces(piece, people)
    return tuple(dict.fromkeys(found))


def _pieces(piece: str, people: People) -> list[Found]:
    """One name, or several joined by 和 or white space; a name that holds 和 itself is whole first."""
    whole = people.called(piece)
    if whole or len(piece) > 120:
        return [_found(piece, whole)]
    for pattern in (_JOIN, re.compile(r"\s+"), re.compile(r"[@\s]+")):
        for match in pattern.finditer(piece):
            left, right = piece[: match.start()].strip(), piece[match.end() :].strip()
            known = people.called(left) if left and right else ()
            if known:
                return [_found(left, known), *_pieces(right, people)]
    for match in _JOIN.finditer(piece):
        left, right = piece[: match.start()].strip(), piece[match.end() :].strip()
        if left and right and people.called(right):
            return [_found(left, ()), _found(right, people.called(right))]
    return [_found(piece, ())]


def _found(text: str, candidates: tuple[str, ...]) -> Found:
    text = text.strip(" @*_`.。:：!！\"'“”")
    return Found(text, candidates[0] if len(candidates) == 1 else "", candidates)


# --- departments -----------------------------------------------------------------------------------

_OFFICE = re.compile(r"(?:部门|部|科|处|组|中心|室|办|department|dept\.?|team|division)$")
_WHAT = re.compile(r"[:：(（\[【—]|\s-\s|--")
_EVERY = frozenset(
    ["所有部门", "全部部门", "各部门", "全公司", "全体部门", "公司全体", "all departments", "all", "everyone"]
)


def read_departments(text: str, directory: Directory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the departments that a text names, and the words that name none.

    What each must do may stand behind it: `销售部：提供数据；财务部（预算）`.
    """
    found: list[str] = []
    unknown: list[str] = []
    for line in _parts(text[:LONGEST]):
        for piece in _BREAK.split(line):
            ids, words = _departments_in(piece.strip(), directory)
            found += ids
            unknown += words
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unknown))


def _parts(text: str) -> Iterable[str]:
    """The text line by line and clause by clause, without what stands behind a colon or in brackets."""
    for line in re.split(r"[\n;；]", text):
        clause = re.sub(r"^\s*(?:[-*•·]|\d{1,2}[.、)）])\s*", "", _HINT.sub(" ", fold(line)))
        yield _WHAT.split(clause, maxsplit=1)[0] if clause else ""


def _departments_in(piece: str, directory: Directory) -> tuple[list[str], list[str]]:
    if key(piece) in _NOBODY:
        return [], []
    if fold(piece) in _EVERY:
        return list(directory.departments), []
    whole = departments_called(piece, directory)
    if whole:
        return list(whole), []
    halves = _JOIN.split(piece) if len(piece) <= 120 else [piece]
    halves = halves if len(halves) > 1 else piece.split()
    found = [departments_called(half, directory) for half in halves]
    if len(halves) > 1 and any(found):
        ids = [each for ids in found for each in ids]
        return ids, [half.strip() for half, ids_ in zip(halves, found, strict=True) if not ids_]
    return [], [piece]


def departments_called(word: str, directory: Directory) -> tuple[str, ...]:
    """The department of this name, in any language, with or without 部 or `department`; () for none or several."""
    return _called(word, people_of(directory).departments)


def _called(word: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return names.get(key(word)) or names.get(key(_OFFICE.sub("", fold(word)))) or ()


def _department_names(directory: Directory) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for each in directory.departments.values():
        for name in (each.id, *each.name.values()):
            _put(names, key(name), each.id)
            _put(names, key(_OFFICE.sub("", fold(name))), each.id)
    return {name: tuple(ids) for name, ids in names.items() if len(ids) == 1}
