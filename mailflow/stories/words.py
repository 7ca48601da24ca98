"""How a story names moments and people: `Tue 2026-12-01 09:00`, and an address, a name or what stands before the @."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from mailflow.core.policy import Policy
from mailflow.core.reading.text import key as folded
from mailflow.policy.nodes import Node
from mailflow.policy.problem import one_of, suggestion
from mailflow.policy.reader import Reader

_MOMENT = re.compile(r"(?:(\D\S*)\s+)?(?:(\d{4})-(\d{1,2})-(\d{1,2})[T\s]+)?(\d{1,2}):(\d{2})", re.ASCII)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_ZH = "一二三四五六日"
_HINT = "write it like 2026-12-01 09:00, or 09:00 for the day before it in the story"


@dataclass(slots=True)
class Words:
    """The reader of a story, with the people and the calendar of the home. `now` is the moment last read."""

    reader: Reader
    policy: Policy
    now: datetime | None = None

    def moment(self, node: Node, what: str) -> datetime | None:
        """A moment in the site's time; one without a date is of the same day as the last. Never earlier than it."""
        found = _MOMENT.fullmatch(self.reader.text(node, what))
        calendar = self.policy.calendar("")
        day = self._day(found) if found else None
        if found is None or day is None or int(found[5]) > 23 or int(found[6]) > 59:
            self.reader.error(node.place, f"{what}: this is no moment", _HINT)
            return None
        said = folded(found[1] or "")
        if said and not self._is(said, day):
            right = f"{_DAYS[day.weekday()].title()} or 周{_DAYS_ZH[day.weekday()]}"
            self.reader.error(node.place, f"{day} is no '{found[1]}'", f"write {right}, or leave it out")
        moment = calendar.at(day, time(int(found[5]), int(found[6])))
        if self.now is not None and moment < self.now:
            before = calendar.local(self.now)
            self.reader.error(node.place, f"{what} is earlier than {before:%Y-%m-%d %H:%M} above", "")
            return None
        self.now = moment
        return moment

    def _day(self, found: re.Match[str]) -> date | None:
        if found[2] is None:
            return self.policy.calendar("").day_of(self.now) if self.now is not None else None
        try:
            return date(int(found[2]), int(found[3]), int(found[4]))
        except ValueError:
            return None

    def _is(self, said: str, day: date) -> bool:
        """Whether a word names the weekday of a day."""
        here = _DAYS_ZH[day.weekday()]
        return said[:3] == _DAYS[day.weekday()] or said in (f"周{here}", f"星期{here}", f"週{here}")

    def person(self, node: Node, what: str) -> str:
        """The address of a person; "" and a problem where it is none's."""
        word = self.reader.text(node, what)
        if "@" in word:
            return self.reader.address(node, what)
        directory = self.policy.directory
        found = [each.address for each in directory.people.values() if folded(each.name) == folded(word)]
        found = found or [each for each in self._known() if each.partition("@")[0] == word.casefold()]
        if len(found) > 1:
            self.reader.error(node.place, f"{what}: '{word}' may be {one_of(found)}", "write the address")
        elif word and not found:
            names = [each.name for each in directory.people.values() if each.name]
            near = suggestion(word, (*names, *(each.partition("@")[0] for each in self._known())))
            self.reader.error(node.place, f"{what}: nobody is called '{word}'", near or "write the address")
        return found[0] if len(found) == 1 else ""

    def people(self, node: Node | None, what: str) -> tuple[str, ...]:
        """People, by their canonical addresses; a group stands for its members."""
        groups, found = self.policy.directory.groups, list[str]()
        for each in self.reader.items(node) if node is not None else ():
            members = groups.get(getattr(each, "text", ""))
            found += members or (self.policy.directory.person(self.person(each, what)).address,)
        return tuple(dict.fromkeys(each for each in found if each))

    def _known(self) -> Iterable[str]:
        directory = self.policy.directory
        return dict.fromkeys((*directory.people, *directory.monitors))
