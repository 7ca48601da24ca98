"""Values to JSON-able data and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.codec import from_dict, moment_text, to_dict
from mailflow.core import changes, model
from mailflow.ports import Item, Message
from tests.store.samples import NOW, entries_of, item, message


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Leaf:
    value: int


@dataclass(frozen=True, slots=True)
class Branch:
    """Contains itself."""

    children: tuple["Branch | Leaf", ...] = ()


@dataclass(frozen=True, slots=True)
class Everything:
    colour: Colour
    day: date | None
    hour: time
    lasts: timedelta
    names: frozenset[str]
    by_number: Mapping[int, Leaf]
    pairs: tuple[tuple[str, datetime], ...]
    tree: Branch | Leaf | None
    kind: Literal["a", "b"]
    anything: Any
    listed: list[date] = field(default_factory=list)


EVERYTHING = Everything(
    Colour.RED,
    date(2026, 3, 2),
    time(9, 30),
    timedelta(hours=4),
    frozenset({"b", "a"}),
    {3: Leaf(1)},
    (("x", NOW),),
    Branch((Leaf(1), Branch((Leaf(2),)))),
    "a",
    {"free": [1, None]},
    [date(2026, 3, 3)],
)


@pytest.mark.parametrize(
    ("cls", "value"),
    [
        (Everything, EVERYTHING),
        (Message, message()),
        (Message, message(date=None)),
        (Item, item(refused={"a@example.com": "550"}, sent_at=NOW)),
        (model.Task, model.Task(1, "写文档", collaborators=("a@example.com",))),
        *((changes.Entry, entry) for entry in entries_of()),
    ],
)
def test_a_value_survives_the_way_through_json(cls: type, value: object) -> None:
    assert from_dict(cls, json.loads(json.dumps(to_dict(value)))) == value


def test_every_change_of_a_history_carries_its_name() -> None:
    for change in (changes.Entered("received"), changes.TaskAdded(model.Task(1, "x")), changes.Noted("hm")):
        data = to_dict(changes.Entry(1, NOW, "", "", change))
        assert data["change"]["type"] == type(change).__name__
        assert from_dict(changes.Entry, data).change == change


def test_a_union_can_be_read_and_written_by_itself() -> None:
    data = to_dict(changes.Entered("received"), changes.Change)
    assert data == {"type": "Entered", "state": "received"}
    change: object = from_dict(changes.Change, data)  # type: ignore[arg-type]
    assert change == changes.Entered("received")
    with pytest.raises(ValueError, match="Vanished"):
        from_dict(changes.Change, {"type": "Vanished"})  # type: ignore[arg-type]


def test_unknown_keys_are_ignored_and_missing_ones_take_their_default() -> None:
    assert from_dict(Leaf, {"value": 1, "mood": "fine"}) == Leaf(1)
    assert from_dict(Branch, {}) == Branch()
    with pytest.raises(ValueError, match="Leaf lacks value"):
        from_dict(Leaf, {})


@given(
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])),
    st.datetimes(timezones=st.just(UTC)),
)
def test_moments_sort_as_text_and_come_back_in_utc(one: datetime, two: datetime) -> None:
    if one.year in (1, 9999):
        return
    assert (moment_text(one) < moment_text(two)) == (one < two)
    assert len(moment_text(one)) == 27
    assert datetime.fromisoformat(moment_text(one)) == one


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_dict(datetime(2026, 3, 2))


@pytest.mark.parametrize("value", [object(), b"bytes", [complex(1)]])
def test_what_has_no_form_in_json_is_an_error(value: object) -> None:
    with pytest.raises(TypeError):
        to_dict(value)


def test_plain_data_goes_through_and_values_within_it_are_taken_apart() -> None:
    assert to_dict({"a": (1, Leaf(2)), "when": NOW, "colour": Colour.RED, "set": {"b", "a"}}) == {
        "a": [1, {"value": 2}],
        "when": "2026-03-02T09:00:00.000000Z",
        "colour": "red",
        "set": ["a", "b"],
    }
