"""The one place where anything is decided: a trigger, a record, facts, the policy and now give a Decision. Pure.

The same function runs the daemon, `simulate`, `explain` and the tests; a dry run is not committing.
"""

from datetime import datetime, timedelta
from typing import assert_never

from mailflow.core.actions import run
from mailflow.core.changes import TimerEnded
from mailflow.core.decision import Decision
from mailflow.core.draft import Draft
from mailflow.core.facts import (
    AnswersSince,
    Facts,
    Found,
    HeldUnder,
    OpenRecords,
    Proven,
    Query,
    RecordsNamed,
    SentIn,
    SentTo,
)
from mailflow.core.foreseeing import records_asked
from mailflow.core.inward import opened, told
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import record_ids
from mailflow.core.receiving.confirming import AWAY, UNMUTE, confirms
from mailflow.core.receiving.finding import LOOKED_AT
from mailflow.core.receiving.incoming import is_command, receive
from mailflow.core.receiving.muting import scope_meant
from mailflow.core.receiving.notices import failed
from mailflow.core.receiving.questions import MINE, SEARCH, question, words_of
from mailflow.core.receiving.replies import commanded
from mailflow.core.receiving.writers import sender_of
from mailflow.core.rule import Timer
from mailflow.core.timers.acks import ack_timers
from mailflow.core.triggers import CommandGiven, MailReceived, RecordOpened, SignalGiven, TimerFired, Trigger
from mailflow.mail.model import Mail

_DAY = timedelta(days=1)
_NAMED = 20


def needs(trigger: Trigger, record: Record | None, policy: Policy, now: datetime) -> tuple[Query, ...]:
    """What a decision must know of the world beyond the record; the shell answers it as Facts."""
    return (*_told_by(trigger, record, policy, now), *records_asked(trigger, record, policy))


def _told_by(trigger: Trigger, record: Record | None, policy: Policy, now: datetime) -> tuple[Query, ...]:
    """What the trigger itself wants to know."""
    match trigger:
        case MailReceived(mail, found):
            sender = sender_of(mail, policy)
            named = dict.fromkeys((*found.record_ids, *record_ids(mail.own[:20_000], policy)))
            queries: tuple[Query, ...] = (
                SentTo(answered(mail), trigger.tokens),
                AnswersSince(sender, now - _DAY, record.id if record else ""),
                RecordsNamed(tuple(named)[:_NAMED]),
            )
            if record is not None and mail.automatic and mail.failures:
                queries = (*queries, SentIn(record.id, failed(mail, policy)))
            if trigger.tokens and record is not None and record.visits:
                queries = (*queries, Proven(trigger.tokens, record.id, sender, record.visit.entry))
            asked = question(mail.own if record else words_of(mail), policy, in_record=record is not None)
            if confirms(mail, policy) or (record is None and found.kind is None and is_command(mail, policy, now)):
                return (*queries, OpenRecords())
            return (*queries, *_asked(asked, policy, proven=policy.site.trust == "address"))
        case CommandGiven(text):
            asked = question(text, policy, in_record=True)
            named = dict.fromkeys(record_ids(text, policy))
            return (RecordsNamed(tuple(named)[:_NAMED]), *_asked(asked, policy, proven=True))
        case TimerFired() | RecordOpened() | SignalGiven():
            return ()
        case _:
            assert_never(trigger)


def _asked(asked: tuple[str, dict[str, str]] | None, policy: Policy, *, proven: bool) -> tuple[Query, ...]:
    """What the answer to a question wants to know."""
    match asked:
        case (template, _) if template == MINE or (template == AWAY and proven):
            return (OpenRecords(),)
        case (template, values) if template == UNMUTE:
            return (HeldUnder(scope_meant(values["text"], policy) or ""),)
        case (template, values) if template == SEARCH:
            return (Found(values["text"], LOOKED_AT),)
        case _:
            return ()


def answered(mail: Mail) -> tuple[str, ...]:
    """The Message-IDs that a message answers or, as a bounce, returns; the nearest first."""
    returned = (mail.original_message_id,) if mail.original_message_id else ()
    return tuple(dict.fromkeys((*returned, *mail.in_reply_to, *reversed(mail.references))))


def decide(trigger: Trigger, record: Record | None, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """What follows from `trigger`. ValueError when a timer or a command comes without a record."""
    match trigger:
        case MailReceived():
            return receive(trigger, record, facts, policy, now)
        case TimerFired():
            return _fired(trigger, _existing(record), facts, policy, now)
        case CommandGiven():
            return commanded(trigger, _existing(record), facts, policy, now)
        case RecordOpened():
            return opened(trigger, facts, policy, now)
        case SignalGiven():
            return told(trigger, _existing(record), facts, policy, now)
        case _:
            assert_never(trigger)


def _existing(record: Record | None) -> Record:
    if record is None:
        raise ValueError("this trigger needs a record")
    return record


def _fired(trigger: TimerFired, record: Record, facts: Facts, policy: Policy, now: datetime) -> Decision:
    """Do what a timer's rule says. The timer is over first, so that nothing it does can fire it again."""
    timer = find_timer(trigger.rule, record, policy)
    draft = Draft(policy, now, "", record, others=facts.others)
    task = record.task(trigger.task) if trigger.task else None
    draft.occurrence = f"{trigger.key}#{trigger.occurrence}"
    if timer is None or (trigger.task and task is None):
        draft.change(TimerEnded(trigger.key, trigger.occurrence, trigger.due, "lapsed"), trigger.rule)
        return draft.decision()
    if timer.when is not None:
        draft.holds(timer.when, timer.rule, task)
    outcome = f"fired, {trigger.missed} missed" if trigger.missed else "fired"
    draft.change(TimerEnded(trigger.key, trigger.occurrence, trigger.due, outcome), timer.rule, draft.verdicts)
    run(draft, timer.actions, {"due": trigger.due.isoformat()}, task)
    return draft.decision()


def find_timer(rule: str, record: Record, policy: Policy) -> Timer | None:
    """The timer of this name that hangs on the record as it stands."""
    workflow = policy.workflow(record.kind)
    state = workflow.states.get(record.state)
    tasks = workflow.tasks.timers if workflow.tasks else ()
    awaited = (timer for _, timer in ack_timers(record, policy))
    timers = (*(state.timers if state else ()), *workflow.timers, *tasks, *awaited)
    return next((timer for timer in timers if timer.rule == rule), None)
