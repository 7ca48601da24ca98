"""Recurrence rules as RFC 5545 §3.3.10 writes them, worked out by python-dateutil; only whole days come again.

dateutil takes more than the RFC has (several lines, hours, an interval of 0, which never ends), and says little of
what it does not take; so the words are looked at first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from dateutil.rrule import rrule, rrulestr

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYYEARDAY", "BYWEEKNO", "BYSETPOS",
          "WKST")  # fmt: skip
# What the numbers of a part may be up to, either way round; 0 is none (RFC 5545 §3.3.10).
_UP_TO = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
# Which parts do not go with which frequencies there.
_NOT_WITH = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYWEEKNO": ("DAILY", "WEEKLY", "MONTHLY"),
}
_EXAMPLE = "write it like FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"
# The Gregorian calendar repeats itself every 400 years; dateutil stops looking at the year 9999.
_CYCLE = 400
_LAST = 9600


class NoRecurrence(ValueError):
    """A rule that cannot be read; says what is wrong, and behind "; " what to write instead."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that begins at `start`; without a beginning it is the same on all days."""

    text: str
    start: date | None
    _counted: list[rrule] = field(default_factory=list, init=False, repr=False, compare=False)

    def since(self, day: date) -> Iterator[date]:
        if self.start is None:
            rule, since = _rule(self.text, day), datetime.combine(day, time())
        else:
            if not self._counted:
                self._counted.append(_rule(self.text, self.start))
            rule, since = self._counted[0], datetime.combine(max(day, self.start), time())
        for found in rule.xafter(since, inc=True):
            yield found.date()


def recurrence(text: str, start: date | None) -> Rule:
    """The rule of a text; raises NoRecurrence for one that cannot be read or never happens."""
    said = text.strip().upper().removeprefix("RRULE:").strip().rstrip(";")
    if "=" not in said:
        raise NoRecurrence(f"'{text}' is no recurrence; {_EXAMPLE}")
    _check(said)
    begun = start or date(2001, 1, 1)
    try:
        _rule(said, begun)
        # Late in the cycle, so that the search for a day that never is ends soon.
        late = begun.replace(year=begun.year % _CYCLE + _LAST)
        first = next(iter(_rule(_endless(said), late)), None)
        happens = next(iter(_rule(said, begun)), None) if first is not None else None
    except (ValueError, TypeError) as error:
        raise NoRecurrence(f"cannot read '{text}' as a recurrence ({error}); {_EXAMPLE}") from error
    if happens is None:
        why = "no day is like that" if first is None else f"it ends before it begins on {begun}"
        raise NoRecurrence(f"'{text}' never happens: {why}; see RFC 5545 §3.3.10")
    return Rule(said, start)


def _rule(text: str, start: date) -> rrule:
    # A naive beginning: days come again by the calendar's clocks, whatever these do.
    found = rrulestr(text, dtstart=datetime.combine(start, time()), cache=True)
    assert isinstance(found, rrule)  # one line is one rule
    return found


def _endless(text: str) -> str:
    return ";".join(part for part in text.split(";") if not part.startswith(("UNTIL=", "COUNT=")))


def _check(text: str) -> None:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name not in _PARTS:
            raise NoRecurrence(f"'{part}' is no part of a recurrence of days; the parts are {', '.join(_PARTS)}")
        if name in parts:
            raise NoRecurrence(f"'{name}' stands there twice; {_EXAMPLE}")
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        said = f"FREQ={frequency}" if frequency else "no FREQ"
        raise NoRecurrence(f"a recurrence of days has {said}; write one of {', '.join(_FREQUENCIES)}")
    for name in ("INTERVAL", "COUNT"):
        if name in parts and not re.fullmatch(r"[1-9]\d{0,3}", parts[name]):
            raise NoRecurrence(f"{name}={parts[name]} must be a whole number from 1; {_EXAMPLE}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise NoRecurrence("a recurrence ends by COUNT or by UNTIL, not by both; keep one of them")
    _check_numbers(parts, frequency)
    if "UNTIL" in parts and not re.fullmatch(r"\d{8}", parts["UNTIL"]):
        raise NoRecurrence(f"UNTIL={parts['UNTIL']} must be a day; write it like UNTIL=20271231")
    if re.search(r"\d", parts.get("BYDAY", "")) and frequency in ("DAILY", "WEEKLY"):
        raise NoRecurrence(f"BYDAY={parts['BYDAY']} counts weekdays, which only a month or a year has; {_EXAMPLE}")


def _check_numbers(parts: dict[str, str], frequency: str) -> None:
    """That each number can be one, and that the parts go together: dateutil passes over what does not."""
    for name, most in _UP_TO.items():
        for number in parts[name].split(",") if name in parts else ():
            if not re.fullmatch(r"[+-]?\d{1,3}", number) or not 1 <= abs(int(number)) <= most:
                raise NoRecurrence(f"{name}={parts[name]}: '{number}' is none; write 1 to {most}, or -1 for the last")
    months = parts.get("BYMONTH", "1").split(",")
    if not all(re.fullmatch(r"\d{1,2}", each) and 1 <= int(each) <= 12 for each in months):
        raise NoRecurrence(f"BYMONTH={parts['BYMONTH']} names no months; write 1 to 12")
    for name, frequencies in _NOT_WITH.items():
        if name in parts and frequency in frequencies:
            raise NoRecurrence(f"{name} does not go with FREQ={frequency}; see RFC 5545 §3.3.10")
    if "BYSETPOS" in parts and not any(name.startswith("BY") for name in parts if name != "BYSETPOS"):
        raise NoRecurrence("BYSETPOS chooses among the days of another part; write BYDAY too, or leave it out")
