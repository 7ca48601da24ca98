"""A home opened for a command: at work, with the present rules in force, or only to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from mailflow.build import Parts, build, open_state
from mailflow.commands.output import Trouble, complain
from mailflow.core.policy import Policy
from mailflow.force import in_force
from mailflow.home import Home
from mailflow.policy.load import read_home
from mailflow.ports import Store
from mailflow.standing import with_standing


@dataclass(frozen=True, slots=True)
class View:
    """A home to look at: its state, and the policy that is in force there."""

    store: Store
    policy: Policy


def require(home: Home) -> None:
    """Raises Trouble where there is no home."""
    if not home.exists():
        raise Trouble(
            f"{home.path} is no home: it has no rules/ and templates/; make one with 'mailflow init {home.path}', "
            "or name one with --home DIR or $MAILFLOW_HOME"
        )


@contextmanager
def at_work(home: Home, now: datetime) -> Iterator[Parts]:
    """The home with its present rules in force; what is wrong with them is said, the last good ones serve.

    Raises Trouble, NoPolicy, Unavailable, Refused.
    """
    require(home)
    parts = build(home, now)
    try:
        for problem in parts.force.problems:
            complain(str(problem))
        if parts.force.problems:
            complain(f"the rules have problems; those in force before stay so (policy {parts.engine.policy.hash})")
        yield parts
    finally:
        parts.close()


@contextmanager
def looked_at(home: Home) -> Iterator[View]:
    """The home as it is: looking puts no rules in force. Raises as `at_work` does."""
    require(home)
    files = read_home(home.path)
    store = open_state(home, files)
    try:
        policy = in_force(store, files)
        with store.transaction(write=False) as tx:
            policy = with_standing(tx, policy)
        yield View(store, policy)
    finally:
        store.close()
