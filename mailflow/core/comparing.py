"""How a value of a record is compared with another: the operators that conditions may use. Pure."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from mailflow.core.duration import parse_duration
from mailflow.core.policy import Policy
from mailflow.core.reading.values import read_money, read_number
from mailflow.core.span import Span, read_stored

OPERATORS = ("is", "in", "has", "not", "over", "under", "before", "after", "set", "late-by", "within", "nearer")


def compare(operator: str, saw: str, wanted: tuple[str, ...], policy: Policy, now: datetime) -> bool:
    """Whether a value stands so to what it is compared with. Raises ValueError for an operator that there is not."""
    match operator:
        case "is" | "in":
            return saw in wanted
        case "not":
            return saw not in wanted
        case "has":
            parts = saw.split(", ")
            return any(each in parts for each in wanted)
        case "set":
            return bool(saw) == (wanted[0] == "true")
        case "over":
            return _beyond(saw, wanted[0], 1)
        case "under":
            return _beyond(saw, wanted[0], -1)
        case "before":
            return _before(saw, wanted[0])
        case "after":
            return _before(wanted[0], saw)
        case "late-by":
            return _late(saw, wanted[0], now, policy)
        case "nearer":
            return _nearer(saw, wanted[0], now, policy)
        case "within":
            return _within(saw, wanted, policy)
    raise ValueError(f"no such operator: {operator}")


def _beyond(saw: str, wanted: str, sign: int) -> bool:
    """Whether a number is over (1) or under (-1) another; what is no number is neither."""
    number, bound = amount(saw), amount(wanted)
    return number is not None and bound is not None and (number - bound) * sign > 0


@lru_cache(maxsize=1024)
def amount(text: str) -> Decimal | None:
    """A number or an amount; of a range its upper end."""
    money = read_money(text)
    if money is not None:
        return money.upper if money.upper is not None else money.amount
    return read_number(text.rstrip("%"))


def _before(one: str, two: str) -> bool:
    """Whether one lies wholly before two: by the clock where both have a time, else by their days."""
    first, second = read_stored(one), read_stored(two)
    if first is not None and second is not None:
        return first.end <= second.begin and first.begin < second.end
    earlier, later = _days(one, first), _days(two, second)
    return earlier is not None and later is not None and earlier[1] < later[0]


def _late(value: str, length: str, now: datetime, policy: Policy) -> bool:
    """Whether it is over for longer than this much time; a date is over at the close of its working day (P10)."""
    calendar = policy.calendar("")
    span = read_stored(value)
    due = _day(value)
    if span is not None:
        end = span.end
    elif due is not None:
        end = calendar.close_of(due) or calendar.at(due, datetime.max.time())
    else:
        return False
    return now > calendar.add(end, parse_duration(length))


def _nearer(value: str, length: str, now: datetime, policy: Policy) -> bool:
    """Whether it begins in less than this much time, or has begun; a date begins with its working day."""
    calendar = policy.calendar("")
    span, day = read_stored(value), _day(value)
    if span is not None:
        begin = span.begin
    elif day is not None:
        begin = calendar.opening_of(day) or calendar.at(day, datetime.min.time())
    else:
        return False
    return calendar.subtract(begin, parse_duration(length)) < now


def _within(value: str, periods: tuple[str, ...], policy: Policy) -> bool:
    """Whether some of it lies in one of these periods of calendar.yaml, both ends included."""
    days = _days(value, read_stored(value))
    return days is not None and any(
        stretch.first <= days[1] and days[0] <= stretch.last
        for name in periods
        for stretch in policy.periods.get(name, ())
    )


def _days(value: str, span: Span | None) -> tuple[date, date] | None:
    """The first and the last day of a value."""
    if span is not None:
        return span.days
    day = _day(value)
    return (day, day) if day is not None else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
