"""Absence by mail (P1.4, P9): `外出 12月1日到5日，代理 陈静`, `取消外出`; read, asked back, and who is told. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailflow.core.decision import Letter
from mailflow.core.directory import Absence
from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.policy import Policy
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import find_dates, read_date, read_people
from mailflow.core.reading.values.dates import is_only_date
from mailflow.core.receiving.matters import matters_text
from mailflow.core.rule import Style
from mailflow.core.standing import Away, Back, touches

DEPUTY_RULE = "deputy"
_DEPUTY = re.compile(
    r"[，,；;\s]*(?:由\s*(?P<by>[^，,。；;\n]{1,60}?)\s*(?:代理|代班|代为处理)|"
    r"(?:职务|工作)?代理人?\s*[是为:：]?\s*(?P<zh>[^，,。；;\n]{1,60})|"
    r"\b(?:deputy|deputised by|covered by|cover|backup)\b\s*(?:is\b|:|：)?\s*(?P<en>[^,，;；。\n]{1,60}))",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[^\S\n]+")
_LONGEST = 500
_BETWEEN = re.compile(r"\s*(?:\.{2,}|[-~–—～]|到|至|\bto\b|\bthrough\b|\bthru\b|\btill\b|\buntil\b)\s*", re.IGNORECASE)
_DAYS = re.compile(r"(?P<n>\d{1,3}|[一二两三四五六七八九十])\s*(?:天|days?)", re.IGNORECASE)
_OPEN = re.compile(r"起\s*$|\bfrom\b|\bsince\b|\bonwards?\b|之后|以后", re.IGNORECASE)
_NUMERALS = {one: n for n, one in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
# A day whose only use is to tell whether words name any.
_SOME_DAY = date(2026, 1, 5)
_SIGNS = " \t\n，,。.;；：:!！"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request came to: the change, or why it cannot be (`problem`) with whom or what it concerns."""

    change: Away | Back | None = None
    problem: str = ""
    named: str = ""
    candidates: tuple[str, ...] = ()


def is_request(text: str, *, strict: bool) -> bool:
    """Whether the words behind `外出` are days and a deputy; `strict`: and nothing else."""
    days = _DEPUTY.sub("", _bounded(text)).strip(_SIGNS)
    if not days:
        return not strict
    if is_only_date(days, _SOME_DAY):
        return True
    parts = _BETWEEN.split(days)
    if len(parts) == 2 and all(read_date(each, _SOME_DAY) for each in parts):
        return True
    return not strict and bool(find_dates(days, _SOME_DAY))


def away_asked(text: str, address: str, policy: Policy, now: datetime) -> Asked:
    """The absence that a person speaks of, or what must be asked back."""
    if not policy.directory.knows(address):
        return Asked(problem="unregistered")
    today = policy.calendar_of(address).day_of(now)
    text = _bounded(text)
    found = _DEPUTY.search(text)
    days = _span(_DEPUTY.sub(" ", text).strip(_SIGNS), today)
    if isinstance(days, str):
        return Asked(problem=days)
    first, last = days
    if last < first:
        return Asked(problem="reversed")
    if last < today:
        return Asked(problem="past", named=last.isoformat())
    deputy = _deputy(next(filter(None, found.groups()), "").strip() if found else "", address, policy)
    if isinstance(deputy, Asked):
        return deputy
    return Asked(Away(address, Absence(max(first, today), last, deputy)))


def back_asked(text: str, address: str, policy: Policy, now: datetime) -> Asked:
    """The days on which a person is there after all: those they name, else from today on."""
    today, text = policy.calendar_of(address).day_of(now), _bounded(text)
    days = _span(text.strip(_SIGNS), today) if text.strip(_SIGNS) else (today, date.max)
    if isinstance(days, str):
        return Asked(problem=days)
    if not any(touches(each, *days) for each in policy.away.get(address, ())):
        listed = any(touches(each, *days) for each in policy.directory.person(address).away)
        return Asked(problem="listed" if listed else "none")
    return Asked(Back(address, *days))


def _bounded(text: str) -> str:
    """The words with one blank for many and an end, so that they are read in a time that does not grow with them."""
    return _BLANKS.sub(" ", text[:_LONGEST])


def _span(text: str, today: date) -> tuple[date, date] | str:
    """The first and the last day that a text names, or what is unclear about them."""
    found = find_dates(text, today)
    parts = _BETWEEN.split(text)
    if len(found) < 2 and len(parts) == 2:
        first, last = (read_date(each, today) for each in parts)
        found = (first, last) if first and last else found
    if not found:
        return "dates"
    if len(found) > 2:
        return "dates"
    if len(found) == 2:
        first, last = found
        # `下周一到周三`: the second weekday is the first one's next.
        again = read_date(parts[1], first) if last < first and len(parts) == 2 else None
        return first, again if again and first <= again < first + timedelta(days=7) else last
    counted = _DAYS.search(_without_dates(text))
    if counted:
        n = int(counted["n"]) if counted["n"].isdigit() else _NUMERALS[counted["n"]]
        return found[0], found[0] + timedelta(days=max(n, 1) - 1)
    return "until" if _OPEN.search(text) else (found[0], found[0])


def _without_dates(text: str) -> str:
    """What follows the day that a span of so many days begins on."""
    return re.split(r"起|开始|\bfor\b|[，,]", text, maxsplit=1)[-1] if re.search(r"起|开始|\bfor\b|[，,]", text) else ""


def _deputy(name: str, address: str, policy: Policy) -> str | Asked:
    """The address of the one person named, "" for none named; what must be asked where that is unclear."""
    if not name or fold(name) in ("无", "没有", "none", "nobody"):
        return ""
    found = read_people(name, policy.directory)
    if len(found) > 1:
        return Asked(problem="several", named=name)
    if not found or not found[0].address:
        candidates = found[0].candidates if found else ()
        return Asked(problem="ambiguous" if candidates else "unknown", named=name, candidates=candidates)
    deputy = policy.directory.person(found[0].address).address
    if not policy.directory.knows(deputy):
        return Asked(problem="unknown", named=name)
    return Asked(problem="self", named=name) if deputy == address else deputy


# --- what is said of it --------------------------------------------------------------------------------


def away_values(asked: Asked, address: str, policy: Policy, now: datetime) -> dict[str, str]:
    """What the answer says: the days and the deputy, what they replace, what was said before."""
    values = {"reason": asked.problem, "named": asked.named, "candidates": ", ".join(asked.candidates)}
    match asked.change:
        case Away(_, absence):
            values["absences"] = "\n".join(
                (
                    _line("new", address, absence, policy),
                    *(_line("replaced", address, each, policy) for each in _replaced(asked.change, policy)),
                    *_deputy_away(absence, address, policy),
                )
            )
        case Back(_, first, last):
            gone = (each for each in policy.away.get(address, ()) if touches(each, first, last))
            values["absences"] = "\n".join(_line("gone", address, each, policy) for each in gone)
            values["until"] = "" if last == date.max else last.isoformat()
        case None:
            values["absences"] = absences_text(address, policy, now)
    return values


def absences_text(address: str, policy: Policy, now: datetime) -> str:
    """A person's absences now and to come, and those in which they stand in, as lines of
    `what|person|first|last|deputy`."""
    today = policy.calendar_of(address).day_of(now)
    lines = [_line("own", address, each, policy) for each in _coming(address, policy, today)]
    others = (each for each in dict.fromkeys((*policy.directory.people, *policy.away)) if each != address)
    for other in others:
        for each in _coming(other, policy, today):
            if policy.directory.deputised(other, max(each.first, today), policy.away) == address:
                lines.append(_line("stands-in", other, each, policy))
    return "\n".join(lines)


def _coming(address: str, policy: Policy, today: date) -> Iterator[Absence]:
    known = (*policy.away.get(address, ()), *policy.directory.person(address).away)
    return (each for each in known if each.last >= today)


def _line(what: str, address: str, absence: Absence, policy: Policy) -> str:
    deputy = absence.deputy or policy.directory.person(address).deputy
    return "|".join((what, address, absence.first.isoformat(), absence.last.isoformat(), deputy))


def _replaced(change: Away, policy: Policy) -> Iterable[Absence]:
    said = change.absence
    known = policy.away.get(change.address, ())
    return (each for each in known if touches(each, said.first, said.last) and each != said)


def _deputy_away(absence: Absence, address: str, policy: Policy) -> Iterator[str]:
    """When the deputy is away too; then who deputises for them is next in the row."""
    deputy = absence.deputy or policy.directory.person(address).deputy
    if deputy:
        known = (*policy.away.get(deputy, ()), *policy.directory.person(deputy).away)
        overlapping = (each for each in known if touches(each, absence.first, absence.last))
        yield from (_line("deputy-away", deputy, each, policy) for each in overlapping)


def tell_of_absence(draft: Draft, change: Away, facts: Facts) -> None:
    """Who stands in hears of it with what waits there now; where nobody does, the next one above (P1.4)."""
    policy, address, absence = draft.policy, change.address, change.absence
    deputy = absence.deputy or policy.directory.person(address).deputy
    to = deputy or next_above(address, policy)
    if not to:
        return
    values = {
        "person_named": policy.directory.person(address).name or address,
        "from": address,
        "reason": "deputy" if deputy else "nobody",
        "absences": _line("new", address, absence, policy),
        "matters": matters_text(address, facts.open_records, policy, draft.now, to),
    }
    occasion = f"{address} {absence.first.isoformat()} {absence.last.isoformat()}"
    letter = Letter(Style.TELL, "site/deputy", (to,), rule=DEPUTY_RULE, occurrence=occasion, values=values)
    draft.write(letter)


def tell_of_return(draft: Draft, change: Away | Back) -> None:
    """Who was to stand in for days that are given up hears that they need not; another deputy has them, or nobody."""
    policy, address = draft.policy, change.address
    today = policy.calendar_of(address).day_of(draft.now)
    if isinstance(change, Away):
        gone = tuple(_replaced(change, policy))
    else:
        gone = tuple(each for each in policy.away.get(address, ()) if touches(each, change.first, change.last))
    kept = (change.absence.deputy or policy.directory.person(address).deputy) if isinstance(change, Away) else ""
    for absence in gone:
        deputy = absence.deputy or policy.directory.person(address).deputy
        if not deputy or deputy in (kept, draft.by) or absence.last < today:
            continue
        values = {
            "person_named": policy.directory.person(address).name or address,
            "from": address,
            "reason": "over",
            "absences": _line("gone", address, absence, policy),
        }
        occasion = f"{address} {absence.first.isoformat()} {absence.last.isoformat()} over {draft.now.isoformat()}"
        draft.write(Letter(Style.TELL, "site/deputy", (deputy,), rule=DEPUTY_RULE, occurrence=occasion, values=values))


def next_above(address: str, policy: Policy) -> str:
    """The first one above a person in the chain (P1.2), "" when there is nobody."""
    return next(policy.directory.above(address), "")
