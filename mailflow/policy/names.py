"""The ways in which a Chinese name is written in Latin letters: 张伟 as Zhang Wei, Wei Zhang, zhangwei."""

from collections.abc import Iterator
from itertools import product

from mailflow.core.reading.text import fold, is_han
from mailflow.core.reading.values.people import surname_of

# Characters that are read otherwise as surnames.
_AS_SURNAME = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "乐": "yue", "查": "zha", "朴": "piao",
    "盖": "ge", "翟": "zhai", "缪": "miao", "覃": "qin", "召": "shao", "种": "chong", "员": "yun", "尉迟": "yuchi",
    "万俟": "moqi", "长孙": "zhangsun", "澹台": "tantai",
}  # fmt: skip
# The ü of 吕 and 徐: as it is typed, as passports have it, and as many leave it.
_UMLAUT = ("v", "yu", "u")


def latin_names(name: str) -> tuple[str, ...]:
    """The spellings of a Chinese name, with the family name first and last; none for any other name."""
    han = fold(name).replace(" ", "")
    if not is_han(han) or not 2 <= len(han) <= 4:
        return ()
    surname = surname_of(han)
    families = {"".join(_syllables(surname)), _AS_SURNAME.get(surname, "")} - {""}
    given = _syllables(han[len(surname) :])
    found: dict[str, None] = {}
    for family in sorted(families):
        for one, two in product(_spelled(family), _spelled_out(given)):
            found.update(dict.fromkeys((f"{one} {two}", f"{two} {one}")))
    return tuple(found)


def _syllables(han: str) -> list[str]:
    # Its dictionaries take a quarter of a second to load, which a command without people.yaml need not wait for.
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(han, style=Style.NORMAL, v_to_u=False)


def _spelled(text: str) -> Iterator[str]:
    yield from (text.replace("v", each) for each in _UMLAUT) if "v" in text else (text,)


def _spelled_out(given: list[str]) -> Iterator[str]:
    """xiaoming, xiao ming, xiao-ming."""
    for joint in dict.fromkeys(("", " ", "-")) if len(given) > 1 else ("",):
        yield from _spelled(joint.join(given))
