"""One item of a list taken apart: `测试计划 —— 张工，10月5日前` is a title, an owner and a date."""

import re
from dataclasses import dataclass, replace
from datetime import date

from mailflow.core.directory import Directory
from mailflow.core.item_words import INLINE, PARTS, Part
from mailflow.core.text import fold, is_han
from mailflow.core.values.dates import is_only_date, is_vague, spans_of
from mailflow.core.values.people import departments_called, read_people

LONGEST = 600
"""Characters of an item that are looked at for its owner and date."""


@dataclass(frozen=True, slots=True)
class Parts:
    """An item as it was written. `labelled`: its parts bear labels, as in `负责人：王磊`."""

    title: str = ""
    owner: str = ""
    due: str = ""
    collaborators: str = ""
    standard: str = ""
    where: str = ""
    labelled: bool = False

    def with_part(self, part: Part, value: str) -> "Parts":
        """Filled in where it is still empty."""
        match part:
            case Part.TITLE:
                return self if self.title else replace(self, title=value)
            case Part.OWNER:
                return self if self.owner else replace(self, owner=value, labelled=True)
            case Part.DUE:
                return self if self.due else replace(self, due=value, labelled=True)
            case Part.COLLABORATORS:
                return self if self.collaborators else replace(self, collaborators=value)
            case Part.STANDARD:
                return self if self.standard else replace(self, standard=value)


@dataclass(frozen=True, slots=True)
class Reader:
    """Takes texts apart for one directory and day."""

    directory: Directory
    today: date

    def parts_of(self, text: str) -> Parts:
        """The parts of one item of a list, without its bullet."""
        text = _CHECKBOX.sub("", text.strip(), count=1)[: LONGEST * 4]
        head, labelled = _labelled(text)
        parts = Parts()
        for part, value in labelled:
            parts = self.with_labelled(parts, part, value)
        if parts.title:
            return parts
        return self._unlabelled(head[:LONGEST], head[LONGEST:], parts)

    def with_labelled(self, parts: Parts, part: Part, value: str) -> Parts:
        """A labelled value; of an owner's `王磊，12月1日` the day is the date, and the other way round."""
        if part not in (Part.OWNER, Part.DUE) or len(value) > LONGEST:
            return parts.with_part(part, value)
        pieces = [piece.strip() for piece in re.split(r"[，,;；]", value) if piece.strip()]
        dates = [piece for piece in pieces if self._is_date(piece)]
        people = [piece for piece in pieces if piece not in dates and self._known(piece)]
        if part is Part.OWNER and dates and people:
            return parts.with_part(Part.OWNER, "，".join(each for each in pieces if each not in dates)).with_part(
                Part.DUE, dates[-1]
            )
        if part is Part.DUE and dates and people:
            return parts.with_part(Part.DUE, dates[-1]).with_part(Part.OWNER, "，".join(people))
        return parts.with_part(part, value)

    def _unlabelled(self, text: str, rest: str, parts: Parts) -> Parts:
        owners: list[str] = []
        dates: list[str] = []
        text = self._from_brackets(text, owners, dates)
        text = self._from_mentions(text, owners)
        text = self._from_pieces(text, owners, dates)
        text = self._from_words(text, owners, dates)
        if owners and not parts.owner:
            parts = replace(parts, owner="，".join(owners))
        if not dates and not parts.due:
            dates = self._inside(text)
        if dates and not parts.due:
            parts = replace(parts, due=dates[-1])
        if not parts.owner:
            text, owner = self._in_charge(text)
            parts = replace(parts, owner=owner)
        return replace(parts, title=_trim(text + rest))

    def _from_brackets(self, text: str, owners: list[str], dates: list[str]) -> str:
        def take(match: re.Match[str]) -> str:
            pieces = [piece.strip() for piece in re.split(r"[，,;；:：/|]|\s[-–]\s", match[1]) if piece.strip()]
            if pieces and all(self._is_date(piece) or self._called(piece, True) for piece in pieces):
                dates.extend(piece for piece in pieces if self._is_date(piece))
                owners.extend(_bare(piece) for piece in pieces if not self._is_date(piece))
                return " "
            return match[0]

        return _BRACKET.sub(take, text)

    def _from_mentions(self, text: str, owners: list[str]) -> str:
        def take(match: re.Match[str]) -> str:
            owners.append(match[0].strip().removeprefix("@").strip())
            return " "

        return _MENTION.sub(take, text) if "@" in text else text

    def _from_pieces(self, text: str, owners: list[str], dates: list[str]) -> str:
        """The last pieces between separators, and the first before a colon, where they are people or a day."""
        pieces = _SEPARATOR.split(text)  # piece, separator, piece, ...
        taken: list[str] = []
        while len(pieces) > 1:
            piece, separator = pieces[-1].strip(), pieces[-2]
            sure = "—" in separator or "--" in separator or bool(dates)
            if not piece:
                pass
            elif self._is_date(piece) and not dates:
                dates.append(piece)
            elif self._called(piece, sure):
                taken.insert(0, _bare(piece))
            else:
                break
            del pieces[-2:]
        owners += taken
        if len(pieces) > 2 and not owners and ":" in fold(pieces[1]) and self._known(pieces[0]):
            owners.append(_bare(pieces[0]))
            del pieces[:2]
        return "".join(pieces)

    def _from_words(self, text: str, owners: list[str], dates: list[str]) -> str:
        """The last words, where they are people or a day: `Prepare data by 5 October`, `上线 张工 12/1`."""
        while True:
            words = list(_WORD.finditer(text))
            if len(words) < 2:
                return text
            for count in range(min(6, len(words) - 1), 0, -1):
                start = words[-count].start()
                tail = text[start:].strip()
                if not dates and self._is_date(tail):
                    dates.append(tail)
                    break
                if not owners and self._known(tail) and (count == 1 or not is_han(tail[0])):
                    owners.append(_bare(tail))
                    break
            else:
                return text
            text = text[:start].rstrip(" \t,，;；、-—:：")

    def _inside(self, text: str) -> list[str]:
        """A day within the title where the words around it say that it is the end, or a vague word."""
        normal, spans = spans_of(text, self.today)
        for start, end in reversed(spans):
            before, after = normal[max(0, start - 20) : start], normal[end : end + 4]
            if _UNTIL.match(after) or _BY.search(before):
                return [normal[start:end]]
        vague = re.search(r"尽快|尽早|尽速|马上|立即|待定|近期|\basap\b|\btbd\b|as soon as possible", normal)
        return [vague[0]] if vague else []

    def _in_charge(self, text: str) -> tuple[str, str]:
        """`由张工负责`, `张工负责接口文档`: the title without it, and who."""
        if (match := _BY_WHOM.search(text)) and self._called(match["who"], True):
            rest = _trim(text[: match.start()] + " " + text[match.end() :])
            return rest or text, match["who"].strip()
        if (match := _LEADS.match(text)) and self._known(match["who"]):
            return match["rest"], match["who"].strip()
        return text, ""

    def _is_date(self, piece: str) -> bool:
        if len(piece) > 60:
            return False
        return is_only_date(piece, self.today) or (is_vague(piece) and len(piece) <= 24 and len(piece.split()) <= 5)

    def _known(self, piece: str) -> bool:
        return self._called(piece, False)

    def _called(self, piece: str, sure: bool) -> bool:
        """Whether a piece names people: known ones, or (`sure`: its place says so) what looks like a name."""
        piece = _bare(piece)
        if not piece or len(piece) > 80:
            return False
        found = read_people(piece, self.directory)
        if not found:
            return False
        return all(each.candidates or (sure and self._like_name(each.text)) for each in found)

    def _like_name(self, text: str) -> bool:
        name = text.replace(" ", "")
        if departments_called(name, self.directory):
            return True
        if is_han(name):
            return (len(name) <= 4 and bool(_TITLED.fullmatch(name))) or (len(name) <= 3 and fold(name)[0] in _SURNAMES)
        return bool(_LATIN_NAME.fullmatch(text.strip()))


_CHECKBOX = re.compile(r"^(?:\[[ xX√✓]?\]|[☐☑☒□■✅⬜])\s{0,8}")
_BRACKET = re.compile(r"[(（\[【［]([^()（）\[\]【】［］]{1,80})[)）\]】］]")
_MENTION = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,120}|@\s?[^\s@,，;；。、:：()（）\[\]]{1,30}(?:\s[A-Z][a-z]{1,20}(?![\w.]))?"
)
_SEPARATOR = re.compile(r"(\s{0,4}(?:——|—|－－|--|→|=>|[，,;；。|\t:：](?!\d\d\b)|\s[-–－/]\s)\s{0,4})")
_WORD = re.compile(r"\S+")
_UNTIL = re.compile(r"\s?(?:日?前|之前|以前|截止|完成|提交|交付|上线)")
_BY = re.compile(r"(?:\b(?:by|before|until|due|due on|no later than)|截止|截至|最迟|最晚|不晚于|于|在)\s?$")
_BY_WHOM = re.compile(r"由\s?(?P<who>[^，,;；。由]{1,20}?)\s?(?:来)?(?:负责|牵头|跟进|落实|处理|执行|主办|完成)")
_LEADS = re.compile(r"(?P<who>[^\s，,;；。:：]{2,12}?)(?:负责|牵头|跟进)(?P<rest>.{2,})")
_ROLE = re.compile(r"(?:^(?:由|请|owner|负责人|责任人)\s?[:：]?)|(?:来?(?:负责|牵头|跟进|落实|主办|处理|执行)$)")
_TITLED = re.compile(
    r"[\u3400-\u9fff](?:工|总|经理|主管|主任|部长|处长|科长|组长|总监|老师|先生|女士|小姐|博士|教授)|[小老][\u3400-\u9fff]"
)
_LATIN_NAME = re.compile(
    r"(?:[A-Z][a-z'’-]{1,20}\.?\s){1,2}[A-Z][A-Za-z'’-]{1,20}|(?:Mr|Ms|Mrs|Dr)\.? [A-Z][a-z]{1,20}"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛郝顾龚邵覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁符阮尚舒纪柯梅童毕单裴霍成苗谷盛曲翁冉骆蓝路游靳辛管柴蒙鲍华喻祁房蒲滕萧屈饶解牟艾尤时穆司古吉车巩庾"
)


def _labels() -> re.Pattern[str]:
    words = sorted((word for part in INLINE.values() for word in part), key=len, reverse=True)
    return re.compile(
        r"(?:^|(?<=[\s,，;；。、|()（）\[\]【】*—–-]))\*{0,2}(?P<label>"
        + "|".join(re.escape(word) for word in words)
        + r")(?:人员|\(s\))?\*{0,2}\s{0,3}[:：]\*{0,2}\s{0,4}",
        re.IGNORECASE,
    )


_LABEL = _labels()
_HEAD_LABEL = re.compile(r"\*{0,2}(?P<label>[^:：,，;；。\n]{1,30}?)\*{0,2}\s{0,3}[:：]\s{0,4}")


def _labelled(text: str) -> tuple[str, list[tuple[Part, str]]]:
    """What stands before the first label, and each labelled value."""
    marks = [(match.start(), match.end(), PARTS[_key(match["label"])]) for match in _LABEL.finditer(text)]
    first = _HEAD_LABEL.match(text)
    if first and _key(first["label"]) in PARTS and (not marks or marks[0][0] > 0):
        marks.insert(0, (0, first.end(), PARTS[_key(first["label"])]))
    if not marks:
        return text, []
    ends = [start for start, _, _ in marks[1:]] + [len(text)]
    values = [(part, _trim(text[begin:end])) for (_, begin, part), end in zip(marks, ends, strict=True)]
    return _trim(text[: marks[0][0]]), [(part, value) for part, value in values if value]


def _key(label: str) -> str:
    return fold(label).replace(" ", "")


def _bare(piece: str) -> str:
    return _ROLE.sub("", piece.strip(" \t@*,，;；。:：、")).strip()


def _trim(text: str) -> str:
    """Without separators at its ends, nor a bracket that lost its other half."""
    text = " ".join(text.split()).strip(" ,，;；。|、*—–-:：")
    for opening, closing in ("()", "（）", "[]", "【】"):
        if text.endswith(opening) or text.count(opening) > text.count(closing):
            text = text.removesuffix(opening) if text.endswith(opening) else text
        if text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text.removesuffix(closing)
    return text.strip(" ,，;；。|、*—–-:：")
