"""Urgent mail that wants a word (P0.6): who is next in the chain when whom it asked stays silent. Derived."""

from collections.abc import Iterator
from dataclasses import replace

from mailflow.core.model import Ask, Record
from mailflow.core.policy import Policy
from mailflow.core.rule import Action, Send, Style, Timer
from mailflow.core.workflow import Command, OnReply, OnSignal, Workflow

SUFFIX = ".ack"


def every_action(workflow: Workflow) -> Iterator[Action]:
    """All actions of a kind, wherever they stand."""
    holders: list[Timer | Command | OnReply | OnSignal] = [*workflow.timers, *workflow.commands]
    holders += [*workflow.replies, *workflow.signals]
    for state in workflow.states.values():
        yield from state.enter
        holders += [*state.timers, *state.commands, *state.replies, *state.signals]
    for agreement in workflow.agreements.values():
        yield from agreement.agreed
    if workflow.event:
        yield from workflow.event.answered
    if workflow.machines:
        yield from workflow.machines.actions
    if workflow.tasks:
        yield from (*workflow.tasks.complete, *workflow.tasks.incomplete, *workflow.tasks.added)
        holders += [*workflow.tasks.timers, *workflow.tasks.commands]
    for each in holders:
        yield from each.actions


def send_named(rule: str, workflow: Workflow) -> Send | None:
    """The line of the rules that writes a mail of this name."""
    sends = (action for action in every_action(workflow) if isinstance(action, Send))
    return next((send for send in sends if send.rule == rule), None)


def ack_timers(record: Record, policy: Policy) -> Iterator[tuple[Ask, Timer]]:
    """What happens when nobody who was asked has a word: the same mail goes to the next in the chain."""
    workflow = policy.workflow(record.kind)
    for ask in record.asks.values():
        send = send_named(ask.rule, workflow)
        above = next_above(ask, policy)
        if send is not None and send.ack is not None and above:
            again = replace(send, style=Style.ESCALATE, to=(above,), cc=ask.to, when=None, urgent=True)
            yield ask, Timer(ask.rule + SUFFIX, (again,), after=send.ack, source=send.source, place=send.place)


def next_above(ask: Ask, policy: Policy) -> str:
    """The next in the chain of P1.2 (contact, head, leader) who was not asked yet; "" at its end."""
    chain = (each for address in ask.to for each in policy.directory.chain(address))
    return next((each for each in chain if each not in ask.to), "")
