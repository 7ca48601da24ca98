"""Which policy is in force: that of the files when they are whole, else the last good one, also over a restart.

Each policy is kept by its hash, so that the history can cite rules that have changed since. What changes
about timers is noted with the moment, so that an edit puts no deadline into the past (design §5).
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mailflow.core.policy import Adoption, Policy
from mailflow.core.rule import Timer
from mailflow.policy.load import load
from mailflow.policy.problem import Problem
from mailflow.policy.stranded import Standing, stranded
from mailflow.ports import Store, Transaction
from mailflow.settings import Settings

log = logging.getLogger("mailflow.policy")

_POLICY = "policy"
_BROKEN = "broken"
_PASS = "pass"


class NoPolicy(Exception):
    """The rules are broken and there is no earlier policy to go on with. `problems` says where."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("the rules have problems, and no earlier ones are in force")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy to act by, the files it was made of, and what is wrong with the present files.

    `adopted` when it came into force just now; `news` when the problems have not been told to the admin.
    """

    policy: Policy
    settings: Settings
    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    adopted: bool = False
    news: bool = False


def put_in_force(store: Store, files: Mapping[str, str], now: datetime) -> InForce:
    """Take the files when they are whole; raises NoPolicy when they are not and nothing is in force yet."""
    loaded = load(files)
    with store.transaction() as tx:
        kept: dict[str, Any] | None = tx.get(_POLICY)
        problems = loaded.errors
        if loaded.policy is not None and (kept is None or kept["hash"] != loaded.policy.hash):
            problems = stranded(_open_records(tx, kept), loaded.policy)
        if loaded.policy is None or problems:
            return _last_good(tx, kept, problems)
        policy = loaded.policy
        if tx.get(_BROKEN):
            tx.put(_BROKEN, "")  # whole again: the same mistake later is news again
        adopted = kept is None or kept["hash"] != policy.hash
        if adopted:
            kept = {"hash": policy.hash, "rules": _adoptions(tx, policy, kept, now)}
            tx.put_policy(policy.hash, files, now)
            tx.put(_POLICY, kept)
            log.info("policy %s in force", policy.hash)
        assert kept is not None
        return InForce(_with(policy, kept), loaded.settings, files, adopted=adopted)


def in_force(store: Store, files: Mapping[str, str]) -> Policy:
    """The policy to look at records by, without changing which one is in force: that one, else that of the
    files. Raises NoPolicy."""
    with store.transaction(write=False) as tx:
        kept: dict[str, Any] | None = tx.get(_POLICY)
        earlier = tx.policy(kept["hash"]) if kept else None
    if kept is not None and earlier is not None:
        policy = load(earlier, templates=False).policy
        if policy is not None:
            return _with(replace(policy, hash=kept["hash"]), kept)
    loaded = load(files, templates=False)
    if loaded.policy is None:
        raise NoPolicy(loaded.errors)
    return loaded.policy


def note_pass(store: Store, now: datetime) -> None:
    """Remember when the timers were last looked at."""
    with store.transaction() as tx:
        tx.put(_PASS, now.isoformat())


def timers(policy: Policy) -> Iterator[Timer]:
    """All timers of all kinds."""
    for workflow in policy.kinds.values():
        for state in workflow.states.values():
            yield from state.timers
        yield from workflow.timers
        if workflow.tasks:
            yield from workflow.tasks.timers


def _last_good(tx: Transaction, kept: dict[str, Any] | None, problems: tuple[Problem, ...]) -> InForce:
    earlier = tx.policy(kept["hash"]) if kept else None
    loaded = load(earlier) if earlier else None
    if kept is None or earlier is None or loaded is None or loaded.policy is None:
        raise NoPolicy(problems)
    told = "\n".join(str(each) for each in problems)
    news = tx.get(_BROKEN) != told
    if news:
        tx.put(_BROKEN, told)
        log.error("the rules have problems (%d); policy %s stays in force", len(problems), kept["hash"])
    return InForce(_with(loaded.policy, kept), loaded.settings, earlier, problems, news=news)


def _adoptions(tx: Transaction, policy: Policy, kept: dict[str, Any] | None, now: datetime) -> dict[str, list[str]]:
    """Rule name -> [signature, since, last pass before]; the moments are "" for what was there from the first."""
    before: dict[str, list[str]] = kept["rules"] if kept else {}
    watched = tx.get(_PASS) or now.isoformat()
    rules: dict[str, list[str]] = {}
    for timer in timers(policy):
        old = before.get(timer.rule)
        if old and old[0] == timer.signature:
            rules[timer.rule] = old
        elif kept is None:
            rules[timer.rule] = [timer.signature, "", ""]
        else:
            rules[timer.rule] = [timer.signature, now.isoformat(), watched]
    return rules


def _with(policy: Policy, kept: dict[str, Any]) -> Policy:
    adopted = {
        rule: Adoption(datetime.fromisoformat(since), datetime.fromisoformat(watched))
        for rule, (_, since, watched) in kept["rules"].items()
        if since
    }
    return replace(policy, adopted=adopted)


def _open_records(tx: Transaction, kept: dict[str, Any] | None) -> Iterator[Standing]:
    """Where the open records stand, by the policy that they came under."""
    earlier = tx.policy(kept["hash"]) if kept else None
    policy = load(earlier).policy if earlier else None
    for record in tx.records():
        workflow = policy.kinds.get(record.kind) if policy else None
        state = workflow.states.get(record.state) if workflow else None
        if state is None or not state.final:
            yield Standing(record.id, record.kind, record.state)
