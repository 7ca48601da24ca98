"""Who and when at the head of an item without signs: `王磊 数据迁移 12/5`, `12月5日 王磊 测试`, `王磊/测试/12-5`."""

import re
from datetime import date

from mailflow.core.directory import Directory
from mailflow.core.reading.item_names import is_surely
from mailflow.core.reading.values.dates import is_only_date

_ENDS = " \t,，;；。|｜、*—–-:："
# What ends the first words of an item: white space, a comma, an upright stroke; what joins two names.
_BREAK = re.compile(r"\s{0,4}(?:[,，、;；|｜&+]|(?<=\s)(?:和|与|及|跟|and)(?=\s))\s{0,4}|\s{1,4}")
_JOINS = re.compile(r"[&+和与及跟]|and")
_STROKES = re.compile(r"(?P<one>[^\s/-]{2,40})(?P<mark>[/-])(?P<two>[^/-]{2,60})(?P=mark)(?P<when>\S{3,20})")
_LONGEST_DAY = 40
_FRACTION = re.compile(r"[1-4]/[2-5]")
# What tells of somebody, and gives them nothing to do: `张伟 提出的问题`, `Tom reported …`.
_TELLS = re.compile(
    r"的|所|等(?!级)|和|与|及|跟(?!进)|并|也|都|已|说(?!明)|对(?!接)|向|把|在|是|有|介绍|汇报|表示|认为|提出|反馈|指出|补充|强调|建议|询问|通报|分享|报告|"
    r"回顾|总结|请假|出差|休假|离职|入职|同意|不同意|[^\s，,。]{1,4}(?:了|过|中)|"
    r"(?:'s|\w+ed|and|or|is|was|has|had|said|says|told|thinks|asks|wants|noted|cannot|can't|away|off)\b",
    re.IGNORECASE,
)


def people_at_head(text: str, directory: Directory) -> tuple[list[str], str]:
    """Those whose names stand first for certain, and what is left. Several are all there: which it is, is asked."""
    for end in reversed(list(_BREAK.finditer(text[:80]))[:3]):
        who, rest = text[: end.start()].strip(_ENDS + "@"), text[end.end() :]
        if rest.strip(_ENDS) and is_surely(who, directory):
            others, left = people_at_head(rest, directory)
            alone = not others and _JOINS.search(end[0])
            return ([], text) if alone or tells(left) else ([who, *others], left)
    return [], text


def tells(text: str) -> bool:
    """Whether what follows a name speaks of its bearer, and gives them nothing to do."""
    return _TELLS.match(text) is not None


def day_at_head(text: str, today: date) -> tuple[str, str]:
    """The day in the first words, "" where there is none, and what is left. 1/2 may be a half."""
    for end in reversed(list(re.finditer(r"(?<=\S)\s", text[:60]))[:4]):
        head, rest = text[: end.start()].strip(_ENDS), text[end.end() :]
        if rest.strip(_ENDS) and is_only_date(head, today) and not _FRACTION.fullmatch(head):
            return head, rest.lstrip(_ENDS)
    return "", text


def day_before(text: str, today: date) -> tuple[str, str]:
    """The day that a text begins with, also without a space behind it, and what follows: `12月11日设计完成`."""
    for end in range(0 if is_only_date(text, today) else min(_LONGEST_DAY, len(text) - 1), 2, -1):
        day, rest = text[:end].strip(_ENDS), text[end:].strip(_ENDS)
        within = text[end - 1].isascii() and text[end - 1 : end + 1].isalnum() and text[end].isascii()
        if rest and not within and is_only_date(day, today) and not _FRACTION.fullmatch(day):
            return day, rest
    return "", text


def parted_by_strokes(text: str, directory: Directory, today: date) -> tuple[str, str, str] | None:
    """Who, what and when of `王磊/测试/12-5` and `测试-王磊-12/5`."""
    found = _STROKES.fullmatch(text)
    if found is None or not is_only_date(found["when"], today):
        return None
    one, two = found["one"], found["two"]
    sure = [is_surely(each, directory) for each in (one, two)]
    if sum(sure) != 1:
        return None
    return (one, two, found["when"]) if sure[0] else (two, one, found["when"])
