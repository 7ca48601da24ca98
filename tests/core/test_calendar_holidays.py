"""Public holidays: the days off and the make-up workdays that a country's government published."""

from datetime import date

import pytest

from mailflow.policy.holidays import public_days, unpublished_years


def test_china_2026_is_as_the_state_council_published_it() -> None:
    off, makeup = public_days("CN", None, [2026])
    assert makeup == {
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }
    weekdays_off = {day for day in off if day.weekday() < 5}
    assert weekdays_off == {
        *(date(2026, 1, day) for day in (1, 2)),
        *(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)),
        date(2026, 4, 6),
        *(date(2026, 5, day) for day in (1, 4, 5)),
        date(2026, 6, 19),
        date(2026, 9, 25),
        *(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    }


def test_a_makeup_day_announced_with_the_next_year_is_found() -> None:
    # Sunday 2006-12-31 was worked for New Year 2007.
    assert date(2006, 12, 31) in public_days("CN", None, [2006])[1]


def test_only_the_years_asked_for_are_given_and_no_day_twice() -> None:
    off, makeup = public_days("cn", None, [2024, 2026])
    assert {day.year for day in off | makeup} == {2024, 2026}
    assert not off & makeup


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in public_days("DE", "BY", [2026])[0]
    assert corpus_christi not in public_days("DE", None, [2026])[0]


def test_years_without_a_notice_are_named() -> None:
    assert unpublished_years("CN", range(2024, 2030)) >= {2028, 2029}
    assert not unpublished_years("CN", range(2001, 2027))


@pytest.mark.parametrize("country", ["DE", "US", "AM"])
def test_countries_without_yearly_notices_are_never_unpublished(country: str) -> None:
    assert unpublished_years(country, range(2020, 2060)) == frozenset()


@pytest.mark.parametrize(("country", "part"), [("XX", None), ("DE", "QQ"), ("", None)])
def test_an_unknown_place_is_refused_with_what_to_write(country: str, part: str | None) -> None:
    with pytest.raises(ValueError, match="write an ISO 3166 code"):
        public_days(country, part, [2026])
