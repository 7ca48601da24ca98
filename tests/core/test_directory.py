"""Who stands above and in for whom, also where people are named only by their office (P1.2, P1.4, P1.8)."""

from datetime import date

from mailflow.core.directory import Absence, Department, Directory, Person

SALES = Department("sales", contact="c@x.org", head="h@x.org", leader="l@x.org", domains=("sales.x.org",))
IT = Department("it", head="ith@x.org", leader="cio@x.org")


def directory(*people: Person) -> Directory:
    return Directory(
        {each.address: each for each in people}, {"sales": SALES, "it": IT}, it="it", default_department="it"
    )


def test_who_holds_an_office_is_of_that_department_without_being_listed() -> None:
    assert directory().person("h@x.org").department == "sales"
    assert directory().person("c@x.org").department == "sales"


def test_a_stranger_is_of_the_department_of_their_domain_or_the_default() -> None:
    assert directory().person("a@sales.x.org").department == "sales"
    assert directory().person("a@elsewhere.org").department == "it"


def test_above_are_manager_head_and_leader_each_once() -> None:
    found = directory(Person("a@x.org", department="sales", manager="m@x.org"), Person("m@x.org", department="sales"))
    assert list(found.above("a@x.org"))[:3] == ["m@x.org", "h@x.org", "l@x.org"]
    assert len(set(found.above("a@x.org"))) == len(list(found.above("a@x.org")))


def test_the_contact_stands_between_a_person_and_the_head_and_above_nobody_else() -> None:
    found = directory(Person("a@x.org", department="sales"))
    assert found.chain("a@x.org")[:3] == ("c@x.org", "h@x.org", "l@x.org")
    assert found.chain("c@x.org")[:2] == ("h@x.org", "l@x.org")
    assert "c@x.org" not in found.chain("h@x.org")


def test_no_head_is_above_a_leader_in_charge_not_even_where_they_sit() -> None:
    assert list(directory().above("l@x.org")) == []


def test_nobody_is_above_themselves() -> None:
    assert "h@x.org" not in list(directory().above("h@x.org"))


def test_the_first_deputy_who_is_there_stands_in() -> None:
    away = (Absence(date(2026, 3, 2), date(2026, 3, 6)),)
    found = directory(
        Person("a@x.org", deputy="b@x.org", away=away),
        Person("b@x.org", deputy="c@x.org", away=away),
        Person("c@x.org"),
    )
    assert found.deputised("a@x.org", date(2026, 3, 4)) == "c@x.org"
    assert found.deputised("a@x.org", date(2026, 3, 9)) == "a@x.org"


def test_deputies_in_a_circle_end() -> None:
    away = (Absence(date(2026, 3, 2), date(2026, 3, 6)),)
    found = directory(Person("a@x.org", deputy="b@x.org", away=away), Person("b@x.org", deputy="a@x.org", away=away))
    assert found.deputised("a@x.org", date(2026, 3, 4)) == "b@x.org"
