"""`mailflow introduce [ADDRESS…]`: each person gets a mail that says what they may write, in their roles."""

from collections.abc import Collection
from typing import Annotated

import typer

from mailflow.commands.opening import at_work
from mailflow.commands.options import AllOption, NowOption, moment
from mailflow.commands.output import Trouble, complain, say
from mailflow.core.policy import Policy
from mailflow.core.reading.values import read_people
from mailflow.home import Home
from mailflow.introducing import everybody, introduce
from mailflow.policy.problem import suggestion


def introduce_people(
    home: Home,
    people: Annotated[list[str] | None, typer.Argument(metavar="ADDRESS", help="To whom.")] = None,
    everyone: AllOption = False,
    again: Annotated[bool, typer.Option("--again", help="Also to those who have had it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would get it.")] = False,
    now: NowOption = "",
) -> int:
    """Write to people what they may write to the mailbox."""
    at = moment(now, home)
    if bool(people) == everyone:
        raise typer.BadParameter("name addresses, or say --all", param_hint="ADDRESS")
    with at_work(home, at) as parts:
        policy = parts.engine.policy
        known = everybody(policy)
        named = {each: _address(each, policy) for each in people or known}
        unknown = [each for each, address in named.items() if address not in known]
        if unknown:
            raise Trouble(*(_not_known(each, known) for each in unknown))
        wanted = list(dict.fromkeys(named.values()))
        if dry_run:
            for each in wanted:
                say(each)
            return 0
        items = introduce(parts.store, parts.engine.post, wanted, at, again=again)
        for item in items:
            say(f"{', '.join(item.to)}: {item.subject}")
        had = len(wanted) - len(items)
        if had:
            complain(f"{had} had it before; --again writes to them once more")
    return 0


def _address(said: str, policy: Policy) -> str:
    """The address that is meant, by itself or by a name that is unique; as it was said where none is."""
    found = () if "@" in said else read_people(said, policy.directory)
    return policy.directory.person(found[0].address if len(found) == 1 and found[0].address else said.lower()).address


def _not_known(said: str, known: Collection[str]) -> str:
    hint = suggestion(said, known)
    return f"rules/people.yaml does not know {said}" + (f"; {hint}" if hint else "")
