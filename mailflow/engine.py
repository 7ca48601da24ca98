"""The shell round the core: load, decide, commit. Everything that happens to a record happens here, in one transaction.

Invariants: a message is kept before anything else is done with it; what is decided is committed before the
world sees any of it; a message that cannot be read or decided is quarantined with its reason, and the rest goes on.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailflow import agenda
from mailflow.aside import quarantine, tell_writer, to_admin
from mailflow.core.changes import Entered
from mailflow.core.decide import needs
from mailflow.core.decision import Decision, Filed, Unfiled
from mailflow.core.draft import Draft
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import classify
from mailflow.core.receiving.incoming import opens_record
from mailflow.core.receiving.opening import open_record
from mailflow.core.timers.deadlines import due_now, next_due
from mailflow.core.triggers import Classification, CommandGiven, MailReceived
from mailflow.errand import Errand, draw
from mailflow.lookup import facts_for, thread_of, told_in
from mailflow.mail.model import Mail
from mailflow.mail.tables import attached_tables
from mailflow.ports import Item, RawMail, Refused, Store, Transaction, Unavailable
from mailflow.post import Matter, Post, Renderer, put
from mailflow.standing import put_standing, put_unreachable, with_standing
from mailflow.taking import Read, Receipt, kept, note, read

log = logging.getLogger("mailflow.engine")

_DUE_AT_ONCE = 5_000
# When the timers of a record that could not be decided are looked at again.
_AFTER_FAULT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Tick:
    """What a look at the timers did."""

    fired: int = 0
    items: tuple[Item, ...] = ()


class Engine:
    """Receives messages, fires timers, obeys commands. Stateless but for the policy: threads may share it."""

    def __init__(self, store: Store, policy: Policy, renderer: Renderer, secret: bytes) -> None:
        self.store = store
        self.policy = policy
        self.post = Post(policy, renderer, secret)

    # --- mail -----------------------------------------------------------------------------------------

    def receive(self, batch: Sequence[RawMail], now: datetime) -> list[Receipt]:
        """File a batch in one transaction; Unavailable when it could not be made safe (and nothing was done)."""
        messages = [self.read(raw) for raw in batch]
        with self.store.transaction() as tx:
            self._refresh(tx)
            receipts = [self._receive(tx, each, now) for each in messages]
            for each in receipts:
                note(tx, each)
            return receipts

    def read(self, raw: RawMail, *, limited: bool = True) -> Read:
        """A message as read by the policy in force."""
        return read(raw, self.policy, limited=limited)

    def put_aside(self, raw: RawMail, reason: str, now: datetime) -> Receipt:
        """Quarantine a message unread."""
        with self.store.transaction() as tx:
            receipt = quarantine(tx, self.post, raw, reason, now)
            note(tx, receipt)
            return receipt

    def release(self, digest: str, now: datetime) -> Receipt | None:
        """Try a quarantined message again; None when there is none of that digest."""
        with self.store.transaction() as tx:
            message = tx.message(digest)
            if message is None or message.place != "quarantine":
                return None
            raw = RawMail("quarantine", 0, 0, message.at, tx.content(digest))
            receipt = self._receive(tx, self.read(raw, limited=False), now)
            if receipt.place != "quarantine":
                tx.put_message(replace(message, place="released", record=receipt.record), b"")
            return receipt

    def make_record(self, digest: str, kind: str, now: datetime) -> Receipt | None:
        """Let an unfiled message begin a record of a kind after all; None when there is none of that digest."""
        with self.store.transaction() as tx:
            message = tx.message(digest)
            mail = self.read(RawMail("unfiled", 0, 0, now, tx.content(digest)), limited=False).mail
            if message is None or message.place != "unfiled" or mail is None:
                return None
            found = replace(classify(mail, self.policy), kind=kind)
            record_id = draw(tx, kind, self.policy, now)
            trigger = replace(_received(mail, found), record_id=record_id)
            facts = facts_for(tx, needs(trigger, None, self.policy, now), self.policy, self.post.secret)
            decision = open_record(trigger, None, facts, self.policy, now)
            errand = self._errand(tx, now)
            errand.carry_out(decision, mail, digest)
            written = list(self.post.written(errand.matters, now))
            return self._file(tx, RawMail("unfiled", 0, 0, now, b""), mail, decision, errand, written)

    def _errand(self, tx: Transaction, now: datetime) -> Errand:
        return Errand(tx, self.policy, self.post.secret, now)

    def _receive(self, tx: Transaction, message: Read, now: datetime) -> Receipt:
        raw, mail = message.raw, message.mail
        if mail is None:
            receipt = quarantine(tx, self.post, raw, message.problem, now)
            return replace(receipt, items=tell_writer(tx, self.post, raw, message.excess, now))
        if tx.has_message(mail.digest):
            log.info("duplicate message_id=%s", mail.message_id)
            return Receipt(raw, "duplicate", message_id=mail.message_id)
        errand = self._errand(tx, now)
        try:
            trigger, record = self._trigger(tx, mail, message.tokens, now)
            decision = errand.carry(trigger, record, mail.digest)
            written = list(self.post.written(errand.matters, now))
        except (Unavailable, Refused):
            raise
        except Exception as fault:
            log.exception("cannot decide message_id=%s", mail.message_id)
            return quarantine(tx, self.post, raw, f"cannot be decided: {fault!r}", now, mail)
        return self._file(tx, raw, mail, decision, errand, written)

    def _trigger(
        self, tx: Transaction, mail: Mail, found_tokens: tuple[str, ...], now: datetime
    ) -> tuple[MailReceived, Record | None]:
        """The message as a trigger, with the record it belongs to; a new record gets its id here."""
        found = classify(mail, self.policy)
        record, found_by = thread_of(tx, mail, found, self.policy, self.post.secret, now)
        told = told_in(tx, mail) if record is not None else ()
        trigger = replace(_received(mail, found), found_by=found_by, tokens=found_tokens, told=told)
        if opens_record(trigger, record, self.policy) and found.kind:
            trigger = replace(trigger, record_id=draw(tx, found.kind, self.policy, now))
        return trigger, record

    def _file(
        self,
        tx: Transaction,
        raw: RawMail,
        mail: Mail,
        decision: Decision,
        errand: Errand,
        written: Sequence[tuple[Item, bytes]],
    ) -> Receipt:
        match decision.disposition:
            case Filed(record):
                place, reason = "filed", ""
            case Unfiled(reason):
                place, record = "unfiled", ""
            case _:
                raise AssertionError("a message is always filed or unfiled")
        tx.put_message(kept(mail, place, record, reason, errand.now, decision.entries), raw.content)
        errand.keep()
        self._mark(tx, mail, decision, errand.now)
        log.info("%s record=%s message_id=%s %s", place, record or "-", mail.message_id, reason)
        return Receipt(raw, place, record, reason, mail.message_id, put(tx, written))

    def _refresh(self, tx: Transaction) -> None:
        """Know what stands beside the rules by now, also by other processes."""
        policy = with_standing(tx, self.policy)
        if policy is not self.policy:
            self.policy = policy
            self.post = replace(self.post, policy=policy)

    def _mark(self, tx: Transaction, mail: Mail, decision: Decision, now: datetime) -> None:
        """Mark addresses that bounced for good; who writes again can be reached again. What was confirmed counts."""
        kept = self.policy.unreachable
        marked = kept | frozenset(decision.unreachable)
        if mail.sender and not mail.automatic:
            marked -= {self.policy.directory.person(mail.sender.address).address}
        if marked != kept:
            put_unreachable(tx, marked)
        put_standing(tx, decision.standing, self.policy, now)
        if marked != kept or decision.standing:
            self._refresh(tx)

    # --- the clock ------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> Tick:
        """Fire every timer that is due at or before now, until none is left; one mail for one person's reminders."""
        fired = 0
        with self.store.transaction() as tx:
            self._refresh(tx)
            matters: list[Matter] = []
            for record_id, _ in tx.due(now, _DUE_AT_ONCE):
                try:
                    count, found = self._fire(tx, record_id, now)
                except (Unavailable, Refused):
                    raise
                except Exception:
                    # One record that cannot be decided must not hold up the timers of all others.
                    log.exception("cannot fire the timers of record=%s", record_id)
                    tx.set_due(record_id, now + _AFTER_FAULT)
                    continue
                fired += count
                matters += found
            count, found = agenda.keep_time(tx, self.policy, self.post.secret, now)
            return Tick(fired + count, put(tx, self.post.written([*matters, *found], now)))

    def _fire(self, tx: Transaction, record_id: str, now: datetime) -> tuple[int, list[Matter]]:
        """Fire the due timers of one record: how many, and the letters that they set off."""
        errand, fired = self._errand(tx, now), 0
        over: set[tuple[str, int]] = set()
        while record := errand.record(record_id):
            due = [each for each in due_now(record, self.policy, now) if (each.key, each.occurrence) not in over]
            if not due:
                break
            trigger = due[0].trigger()
            over.add((trigger.key, trigger.occurrence))
            errand.carry(trigger, record, f"{trigger.key}#{trigger.occurrence}")
            fired += 1
            log.info("timer record=%s rule=%s due=%s", record.id, trigger.rule, trigger.due.isoformat())
        errand.keep()
        if not fired:
            tx.set_due(record_id, next_due(record, self.policy, now) if record else None)
        return fired, errand.matters

    # --- commands from the shell ----------------------------------------------------------------------

    def act(self, record_id: str, text: str, by: str, now: datetime) -> tuple[Decision, tuple[Item, ...]] | None:
        """A command as if that person had mailed it; None when there is no such record."""
        with self.store.transaction() as tx:
            self._refresh(tx)
            errand = self._errand(tx, now)
            record = errand.record(record_id)
            if record is None:
                return None
            decision = errand.carry(CommandGiven(text, by), record, f"act {record.entries}")
            matters = [each for each in errand.matters if each.letter.to]
            items = put(tx, self.post.written(matters, now))
            errand.keep()
            put_standing(tx, decision.standing, self.policy, now)
            self._refresh(tx)
            return decision, items

    # --- the store -------------------------------------------------------------------------------------

    def adopt(self, now: datetime) -> None:
        """Bring the records under a new policy: states that were renamed, and when each is due next."""
        with self.store.transaction() as tx:
            put(tx, self.post.written(agenda.take_rules(tx, self.policy, self.post.secret, now), now))
            for record in tx.records():
                workflow = self.policy.kinds.get(record.kind)
                if workflow is None:
                    continue
                renamed = workflow.renamed.get(record.state)
                if renamed and record.state not in workflow.states:
                    draft = Draft(self.policy, now, "", record)
                    draft.change(Entered(renamed), "renamed")
                    errand = self._errand(tx, now)
                    errand.carry_out(draft.decision(), None, "renamed")
                    errand.keep()
                else:
                    tx.set_due(record.id, next_due(record, self.policy, now))

    def tell_admin(
        self, template: str, values: Mapping[str, str], now: datetime, *, occasion: str = ""
    ) -> tuple[Item, ...]:
        """A mail to the admin about the home itself; the same news, or that of one occasion, is told once."""
        with self.store.transaction() as tx:
            return to_admin(tx, self.post, template, values, now, occasion or now.isoformat())


def _received(mail: Mail, found: Classification) -> MailReceived:
    """A message with what its attachments hold."""
    attached = attached_tables(mail)
    return MailReceived(mail, found, tables=attached.tables, unreadable=attached.unreadable)
