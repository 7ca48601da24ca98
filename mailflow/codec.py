"""Values to JSON-able data and back, by their type hints alone: `to_dict`, `from_dict`.

Moments become UTC text of fixed width, which sorts as text; a member of a union of dataclasses is tagged
with its class name under "type". Unknown keys are ignored and missing ones take the field's default, so that
documents of older layouts stay readable.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import cache, cached_property
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Convert = Callable[[Any], Any]

TAG = "type"
_PLAIN: tuple[object, ...] = (str, int, float, bool, NoneType)


def to_dict(value: object, hint: Any = None) -> Any:
    """JSON-able data for a value; `hint` is needed only where a member of a union shall carry its tag.

    TypeError for what has no form in JSON, ValueError for a moment without a zone.
    """
    if hint is not None:
        encode = _encoder(hint)
        return value if encode is None else encode(value)
    match value:
        case None | str() | int() | float() if not isinstance(value, Enum):
            return value
        case Mapping():
            return {str(to_dict(key)): to_dict(item) for key, item in value.items()}
        case list() | tuple():
            return [to_dict(item) for item in value]
        case Set():
            return sorted(to_dict(item) for item in value)
        case _:
            cls: Any = type(value)
            return _encoder_of(cls)(value)


def from_dict(cls: type[T], data: Any) -> T:
    """The value of a type (also of a union) that `to_dict` made this data from.

    ValueError when a key without a default is missing, or a tag names no member of the union.
    """
    hint: Any = cls
    decode = _decoder(hint)
    return cast(T, data if decode is None else decode(data))


def moment_text(moment: datetime) -> str:
    """A moment as 2026-03-02T09:00:00.000000Z: always in UTC and of one width, so that text sorts by time."""
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment} has no time zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


# --- dataclasses ----------------------------------------------------------------------------------


class _Shape:
    """How one dataclass is taken apart and put together; its fields are looked at on first use only, so
    that types may contain themselves."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.fields = tuple(one for one in fields(cls) if one.init)
        self.required = frozenset(
            one.name for one in self.fields if one.default is MISSING and one.default_factory is MISSING
        )

    @cached_property
    def hints(self) -> dict[str, Any]:
        return get_type_hints(self.cls)

    @cached_property
    def encoders(self) -> tuple[tuple[str, Convert | None], ...]:
        return tuple((one.name, _encoder(self.hints[one.name])) for one in self.fields)

    @cached_property
    def decoders(self) -> tuple[tuple[str, Convert | None], ...]:
        return tuple((one.name, _decoder(self.hints[one.name])) for one in self.fields)

    @cached_property
    def values(self) -> Callable[[Any], tuple[Any, ...]]:
        names = [one.name for one in self.fields]
        if len(names) > 1:
            return cast("Callable[[Any], tuple[Any, ...]]", attrgetter(*names))
        return lambda value: tuple(getattr(value, name) for name in names)

    def encode(self, value: Any) -> dict[str, Any]:
        return {
            name: one if convert is None else convert(one)
            for (name, convert), one in zip(self.encoders, self.values(value), strict=True)
        }

    def decode(self, data: Mapping[str, Any]) -> Any:
        values = {
            name: data[name] if convert is None else convert(data[name])
            for name, convert in self.decoders
            if name in data
        }
        if missing := self.required - values.keys():
            raise ValueError(f"{self.cls.__name__} lacks {', '.join(sorted(missing))}")
        return self.cls(**values)


@cache
def _shape(cls: type) -> _Shape:
    return _Shape(cls)


# --- encoders; None stands for "leave it as it is" ------------------------------------------------


@cache
def _encoder(hint: Any) -> Convert | None:
    origin, args = get_origin(hint), get_args(hint)
    if hint in _PLAIN or origin is Literal:
        return None
    if hint is Any or hint is object:
        return to_dict
    if origin in (Union, UnionType):
        return _union_encoder(args)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_encoder(*args)
    if origin is tuple and args[-1] is not ...:
        return _fixed_encoder(tuple(_encoder(arg) for arg in args))
    if origin is not None and issubclass(origin, Set):
        one = _encoder(args[0])
        return sorted if one is None else lambda value: sorted(map(one, value))
    if origin is not None and issubclass(origin, Sequence):
        return _many(_encoder(args[0]), list)
    return _encoder_of(hint)


@cache
def _encoder_of(cls: Any) -> Convert:
    """For a class without parameters."""
    if is_dataclass(cls):
        return _shape(cast(type, cls)).encode
    if isinstance(cls, type):
        if issubclass(cls, Enum):
            return lambda value: value.value
        if issubclass(cls, datetime):
            return moment_text
        if issubclass(cls, date | time):
            return lambda value: value.isoformat()
        if issubclass(cls, timedelta):
            return lambda value: value.total_seconds()
    raise TypeError(f"{cls} has no form in JSON")


def _union_encoder(args: tuple[Any, ...]) -> Convert | None:
    members: list[type] = [arg for arg in args if arg is not NoneType]
    if len(members) == 1:
        one = _encoder(members[0])
        return None if one is None else lambda value: None if value is None else one(value)
    shapes = _tagged(members)
    if not shapes:
        return None

    def encode(value: Any) -> Any:
        name = type(value).__name__
        return {TAG: name, **shapes[name].encode(value)} if name in shapes else value

    return encode


def _mapping_encoder(key: Any, item: Any) -> Convert:
    convert, name = _encoder(item), _encoder(key) or str
    if convert is None and key is str:
        return dict
    if convert is None:
        return lambda value: {name(key): one for key, one in value.items()}
    if key is str:
        return lambda value: {key: convert(one) for key, one in value.items()}
    return lambda value: {name(key): convert(one) for key, one in value.items()}


def _fixed_encoder(converts: tuple[Convert | None, ...]) -> Convert:
    if all(convert is None for convert in converts):
        return list
    return lambda value: [
        one if convert is None else convert(one) for convert, one in zip(converts, value, strict=True)
    ]


# --- decoders -------------------------------------------------------------------------------------


@cache
def _decoder(hint: Any) -> Convert | None:
    origin, args = get_origin(hint), get_args(hint)
    if hint in _PLAIN or hint is Any or hint is object or origin is Literal:
        return None
    if origin in (Union, UnionType):
        return _union_decoder(args)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_decoder(*args)
    if origin is tuple and args[-1] is not ...:
        return _fixed_decoder(tuple(_decoder(arg) for arg in args))
    if origin is not None and issubclass(origin, Set):
        return _many(_decoder(args[0]), frozenset)
    if origin is not None and issubclass(origin, Sequence):
        return _many(_decoder(args[0]), list if issubclass(origin, list) else tuple)
    return _decoder_of(hint)


def _decoder_of(cls: Any) -> Convert:
    if is_dataclass(cls):
        return _shape(cast(type, cls)).decode
    if isinstance(cls, type):
        if issubclass(cls, Enum):
            return cls
        if issubclass(cls, datetime | date | time):
            return cls.fromisoformat
        if issubclass(cls, timedelta):
            return lambda data: timedelta(seconds=data)
    raise TypeError(f"{cls} has no form in JSON")


def _union_decoder(args: tuple[Any, ...]) -> Convert | None:
    members: list[type] = [arg for arg in args if arg is not NoneType]
    if len(members) == 1:
        one = _decoder(members[0])
        return None if one is None else lambda data: None if data is None else one(data)
    shapes = _tagged(members)
    if not shapes:
        return None

    def decode(data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        shape = shapes.get(data.get(TAG, ""))
        if shape is None:
            raise ValueError(f"{data.get(TAG)!r} is none of {', '.join(shapes)}")
        return shape.decode(data)

    return decode


def _mapping_decoder(key: Any, item: Any) -> Convert:
    convert = _decoder(item)
    name = key if key in (int, float) else _decoder(key)
    if name is None:
        return dict if convert is None else lambda data: {one: convert(data[one]) for one in data}
    if convert is None:
        return lambda data: {name(one): data[one] for one in data}
    return lambda data: {name(one): convert(data[one]) for one in data}


def _fixed_decoder(converts: tuple[Convert | None, ...]) -> Convert:
    if all(convert is None for convert in converts):
        return tuple
    return lambda data: tuple(
        one if convert is None else convert(one) for convert, one in zip(converts, data, strict=True)
    )


def _many(convert: Convert | None, build: Callable[[Any], Any]) -> Convert:
    return build if convert is None else lambda value: build(map(convert, value))


def _tagged(members: list[type]) -> dict[str, _Shape]:
    """The dataclasses of a union by name. TypeError when a member cannot be told from the others."""
    shapes: dict[str, _Shape] = {}
    for member in members:
        if is_dataclass(member):
            shapes[member.__name__] = _shape(member)
    if any(member not in _PLAIN and not is_dataclass(member) for member in members):
        raise TypeError(f"the members of {members} cannot be told apart in JSON")
    if any(one.name == TAG for shape in shapes.values() for one in shape.fields):
        raise TypeError(f"a member of {members} has a field called {TAG!r}")
    return shapes
