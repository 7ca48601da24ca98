"""A sequence that is made when it is first looked at: what few templates show costs the others nothing."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeVar, overload

T = TypeVar("T", covariant=True)


class Later(Sequence[T]):
    """As the tuple that `make` gives: a sequence, equal to another with the same items."""

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        self._make = make

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Later) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    @cached_property
    def _items(self) -> tuple[T, ...]:
        return self._make()
