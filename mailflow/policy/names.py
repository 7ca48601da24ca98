"""The ways in which a Chinese name is written in Latin letters: 张伟 as Zhang Wei, Wei Zhang, zhangwei."""

from collections.abc import Iterator
from itertools import product

from anyascii import anyascii

from mailflow.core.reading.text import fold, is_han
from mailflow.core.reading.values.people import surname_of

# Characters that are read otherwise as surnames.
_AS_SURNAME = {
    "单": ["shan"], "曾": ["zeng"], "仇": ["qiu"], "解": ["xie"], "区": ["ou"], "乐": ["yue"], "查": ["zha"],
    "朴": ["piao"], "盖": ["ge"], "翟": ["zhai"], "缪": ["miao"], "覃": ["qin"], "召": ["shao"], "种": ["chong"],
    "员": ["yun"], "尉迟": ["yuchi"], "万俟": ["moqi"], "长孙": ["zhangsun"], "澹台": ["tantai"],
}  # fmt: skip
# The ü of 吕 and 女, which our letters leave out: as it is left, as it is typed, as passports have it.
_UMLAUTS = {"lu": ("lu", "lv", "lyu"), "nu": ("nu", "nv", "nyu")}


def latin_names(name: str) -> tuple[str, ...]:
    """The spellings of a Chinese name, with the family name first and last; none for any other name."""
    han = fold(name).replace(" ", "")
    if not is_han(han) or not 2 <= len(han) <= 4:
        return ()
    surname = surname_of(han)
    families = [_syllables(surname), *([_AS_SURNAME[surname]] if surname in _AS_SURNAME else [])]
    given = _syllables(han[len(surname) :])
    found: dict[str, None] = {}
    for family in families:
        for one, two in product(_spelled(family), _spelled_out(given)):
            found.update(dict.fromkeys((f"{one} {two}", f"{two} {one}")))
    return tuple(found)


def _syllables(han: str) -> list[str]:
    return [anyascii(each).lower() for each in han]


def _spelled(syllables: list[str], joint: str = "") -> Iterator[str]:
    """Every way in which some syllables are written, one after the other."""
    yield from (joint.join(each) for each in product(*(_UMLAUTS.get(one, (one,)) for one in syllables)))


def _spelled_out(given: list[str]) -> Iterator[str]:
    """xiaoming, xiao ming, xiao-ming."""
    for joint in ("", " ", "-") if len(given) > 1 else ("",):
        yield from _spelled(given, joint)
