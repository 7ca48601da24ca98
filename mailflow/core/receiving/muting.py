"""Sending held back by mail (P9): `暂停发送`, `mute incident`, `恢复 张伟`; who may, and what is asked back. Pure."""

from collections.abc import Iterable
from datetime import datetime

from mailflow.core.facts import Withheld
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import kind_named
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_people
from mailflow.core.roles import may
from mailflow.core.standing import ALL, KIND, PERSON, scope_of

_ALL = ("", "all", "全部", "所有", "everything")
_SIGNS = " \t：:。.!！"
# So many of what was withheld are listed.
LISTED = 100


def scope_said(text: str, policy: Policy) -> str | None:
    """What is to be muted: all, kind:NAME or person:ADDRESS; None for what is none of these."""
    said = fold(text.strip(_SIGNS))
    if said in _ALL:
        return ALL
    if kind := kind_named(said, policy):
        return scope_of(KIND, kind)
    found = read_people(said, policy.directory)
    if len(found) == 1 and policy.directory.knows(found[0].address):
        return scope_of(PERSON, policy.directory.person(found[0].address).address)
    return None


def scope_meant(text: str, policy: Policy) -> str | None:
    """What is to be sent again: as it is said, and where nothing is, the one thing that is muted."""
    said = scope_said(text, policy)
    return policy.muted[0] if said == ALL and len(policy.muted) == 1 else said


def may_mute(address: str, scope: str, policy: Policy, now: datetime) -> bool:
    """The site's admins may mute anything, whoever is responsible for a kind that kind (P9)."""
    if address in policy.site.admin:
        return True
    what, _, name = scope.partition(":")
    if what != KIND:
        return False
    workflow = policy.workflow(name)
    # Whom the states wait for, as far as no record has to tell who that is.
    blank = Record(id="", kind=name, title="", requester="", language="", opened_at=now, state=workflow.initial.name)
    roles = {role for state in workflow.states.values() for role in state.responsible}
    return may(address, sorted(roles), blank, policy, now)


def withheld_text(found: Iterable[Withheld]) -> str:
    """What was withheld, as lines of `at|recipient|record|subject`, for a letter to carry."""
    rows = ((each.at.isoformat(), each.recipient, each.record, _plain(each.subject)) for each in found)
    return "\n".join("|".join(row) for row, _ in zip(rows, range(LISTED), strict=False))


def _plain(text: str) -> str:
    return " ".join(text.replace("|", " ").split())
