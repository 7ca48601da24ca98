"""One item of a list taken apart: `测试计划 —— 张工，10月5日前` is a title, an owner and a date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from mailflow.core.directory import Directory
from mailflow.core.reading.item_heads import day_at_head, parted_by_strokes, people_at_head, tells
from mailflow.core.reading.item_labels import ENDS, labelled_parts, trimmed
from mailflow.core.reading.item_names import is_like_name, is_titled
from mailflow.core.reading.item_words import Part, with_colons
from mailflow.core.reading.task_lines import labelled
from mailflow.core.reading.text import fold, is_han
from mailflow.core.reading.values.dates import find_dates, is_only_date, is_vague, spans_of
from mailflow.core.reading.values.people import departments_called, read_people
from mailflow.core.workflow import Field

LONGEST = 600
"""Characters of an item that are looked at for its owner and date."""


@dataclass(frozen=True, slots=True)
class Parts:
    """An item as it was written. `labelled`: its parts bear labels, as in `负责人：王磊`.

    `own` are the values of the fields that its kind gives to tasks.
    """

    title: str = ""
    owner: str = ""
    due: str = ""
    collaborators: str = ""
    standard: str = ""
    where: str = ""
    labelled: bool = False
    own: Mapping[str, str] = field(default_factory=dict)

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
    """Takes texts apart for one directory and day; `fields` are those that the kind gives to tasks."""

    directory: Directory
    today: date
    fields: tuple[Field, ...] = ()

    def parts_of(self, text: str) -> Parts:
        """The parts of one item of a list, without its bullet."""
        text = with_colons(_CHECKBOX.sub("", text.strip(), count=1)[: LONGEST * 4])
        text, own = labelled(text, self.fields)
        head, values = labelled_parts(text)
        parts = Parts(own=own)
        for part, value in values:
            parts = self.with_labelled(parts, part, value)
        if parts.title:
            return parts
        return self._unlabelled(head[:LONGEST], head[LONGEST:], parts)

    def with_labelled(self, parts: Parts, part: Part, value: str) -> Parts:
        """A labelled value; of an owner's `王磊，12月1日` the day is the date, and the other way round."""
        if part not in (Part.OWNER, Part.DUE, Part.COLLABORATORS) or len(value) > LONGEST:
            return parts.with_part(part, value)
        pieces = [piece.strip() for piece in re.split(r"[，,;；]", value) if piece.strip()]
        pieces = self._halves(pieces[0]) if len(pieces) == 1 else pieces
        dates = [piece for piece in pieces if self._is_date(piece)]
        people = [piece for piece in pieces if piece not in dates]
        if not (dates and people and all(map(self._known, people))):
            return parts.with_part(part, value)
        who = Part.OWNER if part is Part.DUE else part
        return parts.with_part(who, "，".join(people)).with_part(Part.DUE, dates[-1])

    def _unlabelled(self, text: str, rest: str, parts: Parts) -> Parts:
        found = _Found()
        text = self._from_brackets(text, found)
        text = self._from_mentions(text, found)
        text = self._from_pieces(text, found)
        text = self._from_words(text, found)
        if found.dates and not found.owners:
            text = self._from_pieces(text, found)  # `数据迁移：王磊 12/5`, now without its day
        if not found.owners and not parts.owner:
            text = self._in_charge(text, found)
        if not parts.owner and not parts.due:
            text = self._from_head(text, found)
        if not parts.collaborators and found.helpers:
            parts = replace(parts, collaborators="，".join(found.helpers))
        if not parts.collaborators and (match := _HELPS.search(text)) and self._known(match["who"]):
            text = text[: match.start()] + text[match.end() :]
            parts = replace(parts, collaborators=match["who"].strip())
        if not found.dates and not parts.due:
            found.dates = self._inside(text)
        return replace(
            parts,
            title=trimmed(text + rest),
            owner=parts.owner or "，".join(found.owners),
            due=parts.due or ", ".join(found.dates),
        )

    def _from_brackets(self, text: str, found: "_Found") -> str:
        """`（李娜，下周五）`: brackets that hold people and days only."""

        def take(match: re.Match[str]) -> str:
            pieces = [piece.strip() for piece in _INNER.split(match[1]) if piece.strip()]
            if len(pieces) == 1:
                pieces = self._halves(pieces[0])
            dates = [piece for piece in pieces if self._is_date(piece)]
            people = [piece for piece in pieces if piece not in dates]
            if not pieces or not all(self._called(piece, True) for piece in people):
                return match[0]
            found.dates += dates
            found.owners += map(_bare, people)
            return " "

        return _BRACKET.sub(take, text)

    def _halves(self, text: str) -> list[str]:
        """`王磊 12/5` as a person and a day, in either order; else the text whole."""
        words = text.split()[:8]
        for count in range(1, len(words)):
            halves = [" ".join(words[:count]), " ".join(words[count:])]
            for who, when in (halves, halves[::-1]):
                if self._is_date(when) and self._known(who):
                    return halves
        return [text]

    def _from_mentions(self, text: str, found: "_Found") -> str:
        def take(match: re.Match[str]) -> str:
            found.owners.append(match[0].strip().removeprefix("@").strip())
            return " "

        return _MENTION.sub(take, text) if "@" in text else text

    def _from_pieces(self, text: str, found: "_Found") -> str:
        """The last pieces between separators, and the first before a colon, where they are people or a day."""
        pieces = _SEPARATOR.split(text)  # piece, separator, piece, ...
        people: list[str] = []
        while len(pieces) > 1:
            piece, separator = pieces[-1].strip(), pieces[-2]
            sure = "—" in separator or "--" in separator or bool(found.dates)
            if self._is_date(piece):
                found.dates.insert(0, piece)
            elif self._called(piece, sure):
                people.insert(0, _bare(piece))
            elif (helps := _HELPS.fullmatch(piece)) and self._known(helps["who"]):
                found.helpers.insert(0, helps["who"].strip())
            elif piece:
                break
            del pieces[-2:]
        found.owners += people
        marks = (":", "：", "-", "–", "—", "——") if found.dates else (":", "：")
        if len(pieces) > 2 and not found.owners and pieces[1].strip() in marks:
            first = _bare(pieces[0])
            if self._known(first) or (found.dates and is_titled(first)):
                found.owners.append(first)
                del pieces[:2]
        if len(pieces) == 5 and not found.owners and not found.dates and self._known(pieces[2]):
            # `通知：张伟，上线前一周`: who stands where who stands, so the rest says when, however unclear
            found.owners.append(_bare(pieces[2]))
            found.dates.append(pieces[4].strip())
            del pieces[1:]
        return "".join(pieces)

    def _from_words(self, text: str, found: "_Found") -> str:
        """The last words, where they are people or a day: `Prepare data by 5 October`, `上线 张工 12/1`.

        Where somebody stands at the head as well, both are named: which of them it is, is asked.
        """
        before = len(found.owners)
        for _ in range(2):
            words = list(re.finditer(r"\S+", text))
            for count in range(min(6, len(words) - 1), 0, -1):
                tail = text[words[-count].start() :].strip()
                if not found.dates and self._is_date(tail) and not (is_vague(tail) and self._has_more(tail)):
                    found.dates.append(tail)
                elif (
                    not found.owners
                    and not _TOWARDS.search(text[: words[-count].start()])
                    and self._known(tail)
                    and (count == 1 or not is_han(tail[0]))
                ):
                    found.owners.append(_bare(tail))
                else:
                    continue
                text = text[: words[-count].start()].rstrip(ENDS)
                break
        if len(found.owners) > before:
            found.owners[before:before] = people_at_head(text, self.directory)[0]
        return text

    def _has_more(self, tail: str) -> bool:
        """Whether a vague date has a word of the title before it, as `docs ASAP`."""
        first, _, rest = tail.partition(" ")
        return is_vague(rest) and fold(first) not in _VAGUE_HEADS

    def _from_head(self, text: str, found: "_Found") -> str:
        """The first words, where they are one person and a day stands beside: `王磊 数据迁移 12/5`."""
        if not found.owners and not found.dates and (parted := parted_by_strokes(text, self.directory, self.today)):
            found.owners.append(parted[0])
            found.dates.append(parted[2])
            return parted[1]
        when, rest = ("", text) if found.dates else day_at_head(text, self.today)
        if not found.owners:
            people, left = people_at_head(rest, self.directory)
            if people and not (found.dates or when):
                when, left = day_at_head(left, self.today)
            if not people or tells(left) or not (found.dates or when or _VAGUE.search(left)):
                return text
            found.owners += people
            rest = left
        found.dates += [when] if when else []
        return rest

    def _inside(self, text: str) -> list[str]:
        """A day within the title where the words around it say that it is the end, or a vague word."""
        normal, spans = spans_of(text, self.today)
        for start, end in reversed(spans):
            if _UNTIL.match(normal, end) or _BY.search(normal[max(0, start - 20) : start]):
                return [normal[start:end]]
        vague = _VAGUE.search(normal)
        return [vague[0]] if vague else []

    def _in_charge(self, text: str, found: "_Found") -> str:
        """The title without `由张工负责`, or `张工负责` before it."""
        if (match := _BY_WHOM.search(text)) and self._called(match["who"], True):
            found.owners.append(match["who"].strip())
            return trimmed(text[: match.start()] + " " + text[match.end() :]) or text
        if (match := _LEADS.match(text) or _WILL.match(text)) and self._known(match["who"]):
            found.owners.append(match["who"].strip())
            return match["rest"]
        if (match := _ASKED.search(text)) and self._known(match["who"]):
            found.owners.append(match["who"])
        for length in (4, 3, 2) if text[:1] == "由" else ():
            if self._known(text[1 : length + 1]):  # `由李娜采购服务器`
                found.owners.append(text[1 : length + 1])
                return text[length + 1 :]
        return text

    def _is_date(self, piece: str) -> bool:
        if not piece or len(piece) > 60:
            return False
        return is_only_date(piece, self.today) or (is_vague(piece) and len(piece) <= 24 and len(piece.split()) <= 5)

    def names_people(self, text: str) -> bool:
        """Whether a text is nothing but the names of people known."""
        return self._known(text)

    def dates(self, due: str) -> bool:
        """Whether the text of a date names a day, and is not just vague."""
        return bool(due) and bool(find_dates(due, self.today, lambda day, n: day + timedelta(days=n)))

    def lists(self, owner: str) -> bool:
        """Whether the directory lists somebody whom an owner's text may mean."""
        found = read_people(owner, self.directory) if owner else ()
        return any(self.directory.knows(address) for each in found for address in each.candidates)

    def _known(self, piece: str) -> bool:
        return self._called(piece, False)

    def _called(self, piece: str, sure: bool) -> bool:
        """Whether a piece names people: known ones, or (`sure`: its place says so) what looks like a name."""
        piece = _bare(piece)
        if not piece or len(piece) > 80:
            return False
        found = read_people(piece, self.directory)
        return bool(found) and all(each.candidates or (sure and self._like_name(each.text)) for each in found)

    def _like_name(self, text: str) -> bool:
        return is_like_name(text) or bool(departments_called(text, self.directory))


@dataclass(slots=True)
class _Found:
    """What is taken out of a text on the way."""

    owners: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)


_CHECKBOX = re.compile(r"^(?:\[[ xX√✓]?\]|[☐☑☒□■✅⬜])\s{0,8}")
_BRACKET = re.compile(r"[(（\[【［]([^()（）\[\]【】［］]{1,80})[)）\]】］]")
_INNER = re.compile(r"[，,;；|]|[:：/](?!\d)|\s[-–—]\s")
_MENTION = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,120}|@\s?[^\s@,，;；。、:：()（）\[\]]{1,30}(?:\s[A-Z][a-z]{1,20}(?![\w.]))?"
)
# Not the colon of 12:30, nor the comma of 100,000 or of `Dec 1, 2026`.
_SEPARATOR = re.compile(
    r"(\s{0,4}(?:—{1,3}|－－|--|→|=>|[，;；。|\t]|,(?!\d{3}|\s\d{4}\b)|[:：](?!\d\d(?!\d))|\s[-–/]\s)\s{0,4})"
)
_UNTIL = re.compile(r"\s?(?:日?前|之前|以前|截止|完成|提交|交付|上线)")
_BY = re.compile(r"(?:\b(?:by|before|until|due|due on|no later than)|截止|截至|最迟|最晚|不晚于)\s?$")
_VAGUE = re.compile(r"尽快|尽早|尽速|马上|立即|待定|近期|\basap\b|\btbd\b|as soon as possible")
_VAGUE_WORDS = "as by before until in at the end this next no when whenever to early mid late some right"
_VAGUE_HEADS = frozenset(_VAGUE_WORDS.split())
# Who stands behind these is told something, and has nothing to do.
_TOWARDS = re.compile(
    r"(?:联系|聯繫|通知|询问|詢問|找|问|回复|提醒|咨询|请教|拜访|告知|给|和|与|跟|向|"
    r"\b(?:contact|call|ask|tell|remind|email|mail|meet|with|thank|inform|notify|to|and))\s{0,3}$",
    re.IGNORECASE,
)
_BY_WHOM = re.compile(
    r"由\s?(?P<who>[^，,;；。由]{1,20}?)\s?(?:来|來)?(?:负责|負責|牵头|牽頭|跟进|跟進|落实|落實|处理|執行|执行|主办|完成)"
)
_LEADS = re.compile(r"(?P<who>[^\s，,;；。:：]{2,12}?)\s{0,3}(?:负责|負責|牵头|牽頭|跟进|跟進)\s{0,3}(?P<rest>.{2,})")
_ASKED = re.compile(r"[请請](?P<who>[\u3400-\u9fff]{2,4}?)(?=[于於在负負牵牽提完准準跟整组組安尽儘今明\d下本])")
_HELPS = re.compile(r"(?:^|[，,;；])\s?(?P<who>[^，,;；]{2,20}?)(?:配合|协助|協助|协作|協作)(?=[，,;；。]|$)")
_WILL = re.compile(r"(?P<who>[A-Za-z@][^,:;]{1,40}?)\s(?:to|will|should|shall|must)\s(?P<rest>.{3,})")
_ROLE = re.compile(
    r"^(?:由|请|請|owner|负责人|責任人|责任人)\s?[:：]?|(?:来)?(?:负责|負責|牵头|牽頭|跟进|跟進|落实|落實|主办|处理|执行)$",
    re.IGNORECASE,
)


def _bare(piece: str) -> str:
    return _ROLE.sub("", piece.strip(ENDS + "@")).strip()
