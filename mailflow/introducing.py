"""The mail that introduces people to the mailbox: what they may write to it, in their roles, in their language."""

from collections.abc import Iterable
from datetime import datetime

from mailflow.core.decision import Letter
from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.ports import Item, Store
from mailflow.post import Matter, Post

TEMPLATE = "site/introduction"


def everybody(policy: Policy) -> tuple[str, ...]:
    """All whom people.yaml names, monitors and ourselves left out."""
    directory = policy.directory
    places = (each for d in directory.departments.values() for each in (d.contact, d.head, d.leader, d.it_contact))
    named = dict.fromkeys((*directory.people, *places, directory.overseer, *_members(policy)))
    apart = {"", *directory.monitors, *policy.site.addresses}
    return tuple(each for each in named if each not in apart)


def introduce(
    store: Store, post: Post, addresses: Iterable[str], now: datetime, *, again: bool = False
) -> tuple[Item, ...]:
    """Write the introduction to each of these people who has not had it yet, or once more; the mails written.

    They wait for the working hours of whom they are for.
    """
    occasion = f"introduction {now.isoformat()}" if again else "introduction"
    letters = (
        Letter(Style.NOTIFY, TEMPLATE, (each,), rule="introduction", values={"duties": "all"}) for each in addresses
    )
    with store.transaction() as tx:
        written = post.written((Matter(each, None, None, occasion) for each in letters), now)
        return tuple(item for item, content in written if tx.put_item(item, content))


def _members(policy: Policy) -> Iterable[str]:
    return (each for members in policy.directory.groups.values() for each in members)
