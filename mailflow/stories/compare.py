"""The mails that a story tells of against those that were sent: one timeline, on which each difference stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailflow.core.explain import citations
from mailflow.core.policy import Policy
from mailflow.core.rule import Place
from mailflow.mail.parse import parse
from mailflow.ports import Item
from mailflow.stories.letters import invite_of
from mailflow.stories.values import Expected, Story

# What P10 always permits: what follows from any command or reply need not be told.
PERMITTED = frozenset({"site/summary", "site/refused", "site/unclear", "site/help", "site/forwarded"})
# What the admin is told about the home itself.
ADMIN = frozenset({"site/policy-broken", "site/quarantined", "site/undeliverable"})


class Mark(StrEnum):
    """What a line of the timeline says: as it is told; told and not sent; sent and not told; otherwise wrong."""

    KEPT = " "
    LOST = "-"
    EXTRA = "+"
    WRONG = "!"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `place` is where the story tells it, None for what it does not tell."""

    at: datetime
    mark: Mark
    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail that was sent, with its bytes."""

    item: Item
    content: bytes

    @property
    def at(self) -> datetime:
        return _minute(self.item.sent_at or self.item.at)


def compared(
    expected: Sequence[tuple[datetime, Expected]], parcels: Sequence[Parcel], story: Story, policy: Policy
) -> list[Line]:
    """A line for each mail expected, and for each that was sent besides."""
    lines: list[Line] = []
    left = list(parcels)
    for at, wanted in expected:
        found = _taken(at, wanted, left)
        lines.append(Line(at, Mark.KEPT if found else Mark.LOST, _told(wanted), wanted.place))
        lines += [Line(at, Mark.WRONG, each, wanted.place) for each in _faults(wanted, found)]
    rules = _rules(policy)
    for parcel in left:
        if _permitted(parcel.item, story, policy):
            lines.append(Line(parcel.at, Mark.KEPT, f"{_sent(parcel.item)}   (need not be told)"))
        else:
            where = ", ".join(rules.get(each, each) for each in dict.fromkeys(parcel.item.rules))
            lines.append(Line(parcel.at, Mark.EXTRA, f"{_sent(parcel.item)}   by {where}"))
    return lines


def _taken(at: datetime, wanted: Expected, left: list[Parcel]) -> list[Parcel]:
    """The mails that are meant, one a person, taken from those left; none where any is missing."""
    found: list[Parcel] = []
    for to in wanted.to or ("",):
        fitting = [each for each in left if each.at == at and each not in found and _fits(each.item, wanted, to)]
        # Of several that fit, the one that also says what it must.
        fitting.sort(key=lambda each: len(_faults(wanted, [each])))
        found += fitting[:1]
    told = {address for each in found for address in each.item.cc}
    if len(found) < len(wanted.to or ("",)) or told != set(wanted.cc):
        return []
    for each in found:
        left.remove(each)
    return found


def _fits(item: Item, wanted: Expected, to: str) -> bool:
    return (
        sorted(item.templates) == sorted(wanted.templates)
        and item.to == ((to,) if to else ())
        and (not wanted.about or wanted.about in item.records)
    )


def _faults(wanted: Expected, found: Sequence[Parcel]) -> list[str]:
    """What a mail should say and does not."""
    faults = []
    for each in found:
        if wanted.subject not in each.item.subject:
            faults.append(f"its subject is '{each.item.subject}', without '{wanted.subject}'")
        if wanted.urgent is not None and each.item.urgent is not wanted.urgent:
            faults.append("it is urgent" if each.item.urgent else "it is not urgent")
        said = invite_of(each.content) if wanted.invite else ""
        if said != wanted.invite:
            faults.append(f"to the calendar it says '{said}', not '{wanted.invite}'")
        if wanted.says or wanted.lacks:
            text = f"{each.item.subject}\n{parse(each.content).text}"
            faults += [f"it does not say '{word}'" for word in wanted.says if word not in text]
            faults += [f"it says '{word}'" for word in wanted.lacks if word in text]
    return faults


def _permitted(item: Item, story: Story, policy: Policy) -> bool:
    told = set(item.templates)
    if told <= ADMIN and set(item.recipients) <= set(policy.site.admin):
        return True
    return told <= PERMITTED | set(story.also)


def _told(wanted: Expected) -> str:
    return _line(wanted.templates, wanted.to, wanted.cc, wanted.about)


def _sent(item: Item) -> str:
    return _line(item.templates, item.to, item.cc, ", ".join(item.records))


def _line(templates: Sequence[str], to: Sequence[str], cc: Sequence[str], about: str) -> str:
    parts = [" + ".join(templates)]
    parts += [f"to {', '.join(to)}"] if to else []
    parts += [f"cc {', '.join(cc)}"] if cc else []
    parts += [f"({about})"] if about else []
    return " ".join(parts)


def _rules(policy: Policy) -> dict[str, str]:
    """Each rule's name with its place."""
    return {rule: f"{rule} ({each.place})" for kind in policy.kinds.values() for rule, each in citations(kind).items()}


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
