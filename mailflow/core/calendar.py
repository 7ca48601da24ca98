"""Working time: which moments belong to it, and what lies so much of it before or after a moment (P10).

Invariants: moments are aware; what is returned is UTC. Zones live here and nowhere else. An interval includes
both its ends, so that 12:00:00 is open where a morning runs from 09:00 to 12:00. Counting is done on the UTC
bounds of the intervals, so that an hour of working time is an hour that passed, also over a change of the
clocks; a wall time the clocks skip means the moment at which they skipped it, one they show twice the first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from mailflow.core.duration import Duration, Unit
from mailflow.core.hours import MIDNIGHT, Intervals, check_intervals, usual_intervals

Span = tuple[datetime, datetime]

# So many days without working time in a row, and a calendar is taken to have none any more.
SEARCH_DAYS = 400

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NOTHING = timedelta(0)


class NoWorkingTime(ValueError):
    """A calendar has no working time for more than a year on end, so nothing can be counted by it."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working time of a site, a department or a person.

    `hours` are the intervals of the seven weekdays, Monday first, in wall-clock time of `zone`, each day's
    sorted; they may touch but not overlap, and an end of 00:00 is 24:00. `off` are days without working time
    whatever their weekday. `on` are days with intervals of their own, and it outweighs `off`; `Calendar.of`
    makes both from holidays, make-up workdays, closed and open days. Raises ValueError for hours that break
    these rules. A calendar is hashable; it remembers the days it has worked out.
    """

    name: str
    zone: ZoneInfo
    hours: tuple[Intervals, ...]
    off: frozenset[date] = frozenset()
    on: Mapping[date, Intervals] = field(default_factory=dict, hash=False)
    _spans: dict[date, tuple[Span, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __post_init__(self) -> None:
        if len(self.hours) != 7:
            raise ValueError(f"calendar '{self.name}' needs hours for 7 weekdays, not {len(self.hours)}")
        for intervals in (*self.hours, *self.on.values()):
            check_intervals(intervals)
        # The caller keeps its own mapping; ours must not change under the days already worked out.
        object.__setattr__(self, "on", dict(self.on))

    @classmethod
    def round_the_clock(cls, zone: ZoneInfo, name: str = "round-the-clock") -> "Calendar":
        """Always open; a working day is then the same clock time of the next day."""
        return cls(name, zone, (((MIDNIGHT, MIDNIGHT),),) * 7)

    @classmethod
    def of(
        cls,
        name: str,
        zone: ZoneInfo,
        hours: tuple[Intervals, ...],
        *,
        holidays: Iterable[date] = (),
        makeup: Iterable[date] = (),
        closed: Iterable[date] = (),
        opened: Mapping[date, Intervals] | None = None,
    ) -> "Calendar":
        """A calendar from what a site writes down. A day of `opened` wins over `closed`, that over `makeup`
        (调休), that over `holidays`. A make-up day, and an opened day without intervals, works as
        `usual_intervals(hours)`.
        """
        usual, own = usual_intervals(hours), dict(opened or {})
        shut = frozenset(closed)
        on = {day: usual for day in makeup if day not in shut}
        on |= {day: intervals or usual for day, intervals in own.items()}
        return cls(name, zone, hours, frozenset(holidays) | shut, on)

    # -- days ---------------------------------------------------------------------------------------------

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working time of a day as UTC moments, in order; empty for a day without any."""
        known = self._spans.get(day)
        if known is None:
            known = self._spans[day] = self._work_out(day)
        return known

    def _work_out(self, day: date) -> tuple[Span, ...]:
        own = self.on.get(day)
        if own is None:
            own = () if day in self.off else self.hours[day.weekday()]
        bounds = (
            (self.at(day, start), self.at(day, end) if end != MIDNIGHT else self.at(day + _DAY, MIDNIGHT))
            for start, end in own
        )
        # An interval the clocks skip as a whole is no working time.
        return tuple((start, end) for start, end in bounds if start < end)

    def is_working_day(self, day: date) -> bool:
        return bool(self.spans(day))

    def opening_of(self, day: date) -> datetime | None:
        spans = self.spans(day)
        return spans[0][0] if spans else None

    def close_of(self, day: date) -> datetime | None:
        """The moment at which a date without a time is due (P10); None for a day without working time."""
        spans = self.spans(day)
        return spans[-1][1] if spans else None

    def next_working_day(self, day: date, n: int = 1) -> date:
        """The n-th working day after `day`; before it where n is negative. For 0, `day` or else the next one.

        Raises NoWorkingTime.
        """
        step = -_DAY if n < 0 else _DAY
        left, idle = abs(n), 0
        if n == 0:
            left, day = 1, day - _DAY
        while left:
            day += step
            if self.spans(day):
                left, idle = left - 1, 0
            else:
                idle = self._count_idle(idle, day)
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """How many working days lie after `a`, up to and with `b`; negative where b is the earlier.

        So that for a working day b, next_working_day(a, n) == b says n.
        """
        if b < a:
            return -self.working_days_between(b, a)
        return sum(1 for n in range(1, (b - a).days + 1) if self.spans(a + n * _DAY))

    def _count_idle(self, idle: int, day: date) -> int:
        if idle >= SEARCH_DAYS:
            raise NoWorkingTime(
                f"calendar '{self.name}' has no working time within {SEARCH_DAYS} days of {day}; "
                "give it hours on some weekday, or fewer closed days"
            )
        return idle + 1

    # -- moments ------------------------------------------------------------------------------------------

    def at(self, day: date, clock: time) -> datetime:
        """The UTC moment at which this calendar's clocks show `clock` on `day`.

        A time they skip gives the moment at which they skipped it; one they show twice, the first.
        """
        wall = datetime.combine(day, clock, UTC).replace(fold=0)
        before, after = self.zone.utcoffset(wall), self.zone.utcoffset(wall.replace(fold=1))
        assert before is not None and after is not None  # a ZoneInfo always knows
        return wall - before if before >= after else self._skipped(wall - after, wall - before)

    def _skipped(self, low: datetime, high: datetime) -> datetime:
        """The first second in (low, high] that shows the offset of `high`: when the clocks went forward."""
        low, high = low.replace(microsecond=0), high.replace(microsecond=0)
        after = high.astimezone(self.zone).utcoffset()
        while high - low > _SECOND:
            middle = (low + (high - low) / 2).replace(microsecond=0)
            if middle.astimezone(self.zone).utcoffset() == after:
                high = middle
            else:
                low = middle
        return high

    def local(self, moment: datetime) -> datetime:
        """The moment in this calendar's zone, for people to read. Raises ValueError for a naive one."""
        return _aware(moment).astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The date this calendar's clocks show at `moment`."""
        return self.local(moment).date()

    def is_open(self, moment: datetime) -> bool:
        return self._home(_aware(moment)) is not None

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself when it is open, else the next opening. Raises NoWorkingTime."""
        moment = _aware(moment)
        for start, end in self._forward(moment):
            if moment <= end:
                return max(start, moment)
        raise AssertionError("unreachable: the search for working time ends by raising")

    def previous_closing(self, moment: datetime) -> datetime:
        """The moment itself when it is open, else the last closing before it. Raises NoWorkingTime."""
        moment = _aware(moment)
        for start, end in self._backward(moment):
            if moment >= start:
                return min(end, moment)
        raise AssertionError("unreachable: the search for working time ends by raising")

    def add(self, moment: datetime, duration: Duration) -> datetime:
        """What lies `duration` after `moment` (P10), in UTC. Raises NoWorkingTime.

        * Elapsed minutes and days pass by themselves: a day is 24 hours, also over a change of the clocks.
        * Working minutes and hours are measured in working time; the earliest moment that has so much of it
          behind it, so that three hours from 09:00 end at a closing at 12:00, not at the opening after it.
        * Working days lead to the same clock time so many working days on, moved into that day's working
          time: before its opening to the opening, in a break to its end, after its close to the close.

        Working time that begins outside working time counts from the next opening; so does none of it.
        """
        moment = _aware(moment)
        match duration.unit:
            case Unit.MINUTES | Unit.DAYS:
                return moment + duration.elapsed()
            case Unit.WORKING_MINUTES:
                return self._after(self.next_opening(moment), timedelta(minutes=duration.amount))
            case Unit.WORKING_DAYS:
                start = self.next_opening(moment)
                return self._days_on(start, duration.amount) if duration.amount else start
            case _:
                assert_never(duration.unit)

    def subtract(self, moment: datetime, duration: Duration) -> datetime:
        """What lies `duration` before `moment`: the mirror of `add`. Raises NoWorkingTime.

        What begins outside working time counts from the closing before it, a clock time in a break moves to
        the break's beginning, and working hours give the latest moment with so much working time after it.
        """
        moment = _aware(moment)
        match duration.unit:
            case Unit.MINUTES | Unit.DAYS:
                return moment - duration.elapsed()
            case Unit.WORKING_MINUTES:
                return self._before(self.previous_closing(moment), timedelta(minutes=duration.amount))
            case Unit.WORKING_DAYS:
                start = self.previous_closing(moment)
                return self._days_on(start, -duration.amount) if duration.amount else start
            case _:
                assert_never(duration.unit)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from `a` to `b`; negative where b is the earlier."""
        a, b = _aware(a), _aware(b)
        if b < a:
            return -self.between(b, a)
        # The day after b's too, for zones whose clocks go back over midnight.
        day, last, total = self.day_of(a), self.day_of(b) + _DAY, _NOTHING
        while day <= last:
            for start, end in self.spans(day):
                total += max(_NOTHING, min(end, b) - max(start, a))
            day += _DAY
        return total

    # -- counting -----------------------------------------------------------------------------------------

    def _forward(self, moment: datetime) -> Iterator[Span]:
        """The spans from the day before `moment` on: an end at 24:00 belongs to the day before."""
        day, idle = moment.astimezone(self.zone).date() - _DAY, 0
        while True:
            spans = self.spans(day)
            yield from spans
            idle = 0 if spans else self._count_idle(idle, day)
            day += _DAY

    def _backward(self, moment: datetime) -> Iterator[Span]:
        """The spans from the day after `moment` back: the clocks may have gone back over midnight."""
        day, idle = moment.astimezone(self.zone).date() + _DAY, 0
        while True:
            spans = self.spans(day)
            yield from reversed(spans)
            idle = 0 if spans else self._count_idle(idle, day)
            day -= _DAY

    def _after(self, moment: datetime, amount: timedelta) -> datetime:
        """`amount` of working time after an open moment."""
        if not amount:
            return moment
        for start, end in self._forward(moment):
            begin = max(start, moment)
            if end <= begin:
                continue
            if end - begin >= amount:
                return begin + amount
            amount -= end - begin
        raise AssertionError("unreachable: the search for working time ends by raising")

    def _before(self, moment: datetime, amount: timedelta) -> datetime:
        """`amount` of working time before an open moment."""
        if not amount:
            return moment
        for start, end in self._backward(moment):
            begin = min(end, moment)
            if begin <= start:
                continue
            if begin - start >= amount:
                return begin - amount
            amount -= begin - start
        raise AssertionError("unreachable: the search for working time ends by raising")

    def _home(self, moment: datetime) -> date | None:
        """The working day an open moment belongs to, None when it is not open.

        Its own date before others: 00:00 is the day's own opening, or else the end (24:00) of the day before.
        The day after is looked at for zones whose clocks go back over midnight.
        """
        today = moment.astimezone(self.zone).date()
        for day in (today, today - _DAY, today + _DAY):
            for start, end in self.spans(day):
                if start <= moment <= end:
                    return day
        return None

    def _days_on(self, moment: datetime, n: int) -> datetime:
        """The clock time of an open moment, n working days on (back where negative), in working time."""
        home = self._home(moment)
        assert home is not None  # only ever asked of an open moment
        local = moment.astimezone(self.zone)
        target = self.next_working_day(home, n)
        # 24:00 of a day shows the next date, and must stay at the end of its day.
        wanted = self.at(target + (local.date() - home), local.time())
        spans = self.spans(target)
        if n < 0:
            return next((min(wanted, end) for start, end in reversed(spans) if wanted >= start), spans[0][0])
        return next((max(wanted, start) for start, end in spans if wanted <= end), spans[-1][1])


def _aware(moment: datetime) -> datetime:
    """The moment in UTC: arithmetic in a zone of its own would count wall-clock time."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no offset; a moment must be aware")
    return moment.astimezone(UTC)
