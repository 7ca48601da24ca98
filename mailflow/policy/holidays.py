"""Public holidays and make-up workdays (调休) of a country, from the `holidays` package."""

from collections.abc import Iterable
from datetime import date

from holidays import HolidayBase, country_holidays

# Where the government moves working days to weekends year by year, by a notice of its own. Elsewhere the
# package's table ends because the habit did, and its end says nothing of the years after it.
_BY_YEARLY_NOTICE = frozenset({"AZ", "BY", "CN", "HU", "KG", "KZ", "LV", "RU", "UZ", "VN"})


def public_days(country: str, subdivision: str | None, years: Iterable[int]) -> tuple[frozenset[date], frozenset[date]]:
    """The days off and the make-up workdays of `years`: `(off, makeup)`, which never share a day.

    `country` is an ISO 3166-1 code, `subdivision` an ISO 3166-2 one. Weekends are not days off of their own.
    Raises ValueError for a country or subdivision the package does not know.
    """
    wanted = frozenset(years)
    # A notice for one year may move a day of the year before or after it (2007-12-29, for New Year's Eve).
    table = _table(country, subdivision, wanted | {year + step for year in wanted for step in (-1, 1)})
    makeup = frozenset(day for day in table.weekend_workdays if day.year in wanted and table.is_working_day(day))
    off = frozenset(day for day in table if day.year in wanted and day not in makeup)
    return off, makeup


def unpublished_years(country: str, years: Iterable[int]) -> frozenset[int]:
    """Those of `years` whose make-up workdays are announced by a yearly notice the package does not have yet.

    For them it gives holidays by rule and no moved day: holidays 0.108 takes 2027-02-11, in the Spring
    Festival, for a working day. Raises ValueError for an unknown country.
    """
    table = _table(country, None, ())
    if table.country not in _BY_YEARLY_NOTICE:
        return frozenset()
    last = max(_years_with_moved_days(table), default=0)
    return frozenset(year for year in years if year > last)


def _table(country: str, subdivision: str | None, years: Iterable[int]) -> HolidayBase:
    try:
        return country_holidays(country.upper(), subdiv=subdivision, years=years, expand=False)
    except NotImplementedError:
        place = country if subdivision is None else f"{country}, {subdivision}"
        raise ValueError(
            f"no public holidays are known for '{place}'; write an ISO 3166 code, such as CN or DE, "
            "and for a part of the country one such as BE or BY"
        ) from None


def _years_with_moved_days(table: HolidayBase) -> frozenset[int]:
    """The years for which days were moved: entries (month, day, from month, from day[, from year])."""
    special: dict[int, tuple[object, ...]] = getattr(table, "special_public_holidays", {})
    return frozenset(
        year
        for year, entries in special.items()
        # A year with a single entry has it bare, not in a tuple of its own.
        for entry in (entries if isinstance(entries[0], tuple) else (entries,))
        if isinstance(entry, tuple) and len(entry) > 3
    )
