"""An action that is read but waits for its rule's name."""

from collections.abc import Callable
from dataclasses import dataclass

from mailflow.core.rule import Action, Place


@dataclass(frozen=True, slots=True)
class Draft:
    """`name` is what the rule would be called, `make` makes the action of its whole name."""

    name: str
    place: Place
    make: Callable[[str], Action]
