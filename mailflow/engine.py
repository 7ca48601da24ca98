"""The shell round the core: load, decide, commit. Everything that happens to a record happens here, in one transaction.

Invariants: a message is kept before anything else is done with it; what is decided is committed before the
world sees any of it; a message that cannot be read or decided is quarantined with its reason, and the rest goes on.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailflow import tokens
from mailflow.core.decide import decide, needs
from mailflow.core.draft import Draft
from mailflow.core.model import Entered, Entry, Record
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import classify
from mailflow.core.receiving.incoming import opens_record
from mailflow.core.receiving.opening import open_record
from mailflow.core.receiving.writers import accepted, answerable, sender_of
from mailflow.core.rule import Style
from mailflow.core.timers.deadlines import due_now, next_due
from mailflow.core.triggers import (
    CommandGiven,
    Decision,
    Facts,
    Filed,
    Letter,
    MailReceived,
    Trigger,
    Unfiled,
)
from mailflow.lookup import facts_for, thread_of
from mailflow.mail.limits import EXCESS, Excess, excess, oversize
from mailflow.mail.model import Mail
from mailflow.mail.parse import parse
from mailflow.mail.tables import attached_tables
from mailflow.ports import Item, Message, RawMail, Refused, Seen, Store, Transaction, Unavailable
from mailflow.post import Matter, Post, Renderer

log = logging.getLogger("mailflow.engine")

# A message that ended the process so many times is put aside unread.
ATTEMPTS = 3
# So much of a message's text is kept with it for lists and search; its bytes are kept whole.
TEXT_KEPT = 100_000
_DUE_AT_ONCE = 5_000
# The head of a message that is too large, which shows who sent it.
_HEAD = 100_000
_UNREACHABLE = "unreachable"
# When the timers of a record that could not be decided are looked at again.
_AFTER_FAULT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: `place` is filed, unfiled, quarantine or duplicate; mails are those it set off."""

    raw: RawMail
    place: str
    record: str = ""
    reason: str = ""
    message_id: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """What a look at the timers did."""

    fired: int = 0
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    raw: RawMail
    mail: Mail | None
    problem: str = ""
    tokens: tuple[str, ...] = ()
    excess: Excess | None = None


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
                _note(tx, each)
            return receipts

    def read(self, raw: RawMail, *, limited: bool = True) -> _Read:
        """Parse a message; a fault of ours becomes the reason for which it is quarantined.

        What an operator lets through is read whatever its size.
        """
        limits = self.policy.site.limits
        if limited and (large := oversize(len(raw.content), limits.message_size)):
            return _Read(raw, None, str(large), excess=large)
        try:
            mail = parse(raw.content, received=raw.received, mark=self.policy.site.address)
            mail, found = tokens.taken_out(mail)
            too_much = excess(mail, limits.attachments, limits.unpacked_size) if limited else None
            return _Read(raw, None, str(too_much), excess=too_much) if too_much else _Read(raw, mail, tokens=found)
        except Exception as fault:
            log.exception("cannot read message %s/%s", raw.mailbox, raw.uid)
            return _Read(raw, None, f"cannot be read: {fault!r}")

    def put_aside(self, raw: RawMail, reason: str, now: datetime) -> Receipt:
        """Quarantine a message unread."""
        with self.store.transaction() as tx:
            receipt = self._quarantine(tx, raw, reason, now)
            _note(tx, receipt)
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
            tables = (*mail.tables, *attached_tables(mail))
            trigger = MailReceived(mail, found, record_id=self._draw(tx, kind, now), tables=tables)
            facts = facts_for(tx, needs(trigger, None, self.policy, now), self.policy, self.post.secret)
            decision = open_record(trigger, None, facts, self.policy, now)
            matters = [Matter(each, decision.record, mail, digest, decision.entries) for each in decision.letters]
            raw = RawMail("unfiled", 0, 0, now, b"")
            return self._file(tx, raw, mail, decision, list(self.post.written(matters, now)), now)

    def _draw(self, tx: Transaction, kind: str, now: datetime) -> str:
        """The id of a new record; the year is that of now at the site."""
        prefix = self.policy.workflow(kind).prefix
        year = self.policy.calendar("").day_of(now).year
        return f"{prefix}-{year}-{tx.next_number(f'{prefix}-{year}'):04d}"

    def _receive(self, tx: Transaction, read: _Read, now: datetime) -> Receipt:
        raw, mail = read.raw, read.mail
        if mail is None:
            receipt = self._quarantine(tx, raw, read.problem, now)
            return replace(receipt, items=self._tell_writer(tx, raw, read.excess, now))
        if tx.has_message(mail.digest):
            log.info("duplicate message_id=%s", mail.message_id)
            return Receipt(raw, "duplicate", message_id=mail.message_id)
        try:
            trigger, record = self._trigger(tx, mail, read.tokens, now)
            decision, written = self._decide(tx, trigger, record, now, mail.digest)
        except (Unavailable, Refused):
            raise
        except Exception as fault:
            log.exception("cannot decide message_id=%s", mail.message_id)
            return self._quarantine(tx, raw, f"cannot be decided: {fault!r}", now, mail)
        return self._file(tx, raw, mail, decision, written, now)

    def _trigger(
        self, tx: Transaction, mail: Mail, found_tokens: tuple[str, ...], now: datetime
    ) -> tuple[MailReceived, Record | None]:
        """The message as a trigger, with the record it belongs to; a new record gets its id here."""
        found = classify(mail, self.policy)
        record, found_by = thread_of(tx, mail, found, self.policy)
        tables = (*mail.tables, *attached_tables(mail))
        trigger = MailReceived(mail, found, found_by, tables=tables, tokens=found_tokens)
        if opens_record(trigger, record, self.policy) and found.kind:
            trigger = replace(trigger, record_id=self._draw(tx, found.kind, now))
        return trigger, record

    def _file(
        self,
        tx: Transaction,
        raw: RawMail,
        mail: Mail,
        decision: Decision,
        written: Sequence[tuple[Item, bytes]],
        now: datetime,
    ) -> Receipt:
        match decision.disposition:
            case Filed(record):
                place, reason = "filed", ""
            case Unfiled(reason):
                place, record = "unfiled", ""
            case _:
                raise AssertionError("a message is always filed or unfiled")
        tx.put_message(_message(mail, place, record, reason, now, decision.entries), raw.content)
        self._keep(tx, decision, now)
        self._mark(tx, mail, decision)
        items = tuple(item for item, content in written if tx.put_item(item, content))
        log.info("%s record=%s message_id=%s %s", place, record or "-", mail.message_id, reason)
        return Receipt(raw, place, record, reason, mail.message_id, items)

    def _refresh(self, tx: Transaction) -> None:
        """Know what other processes found out about addresses since."""
        kept = frozenset(tx.get(_UNREACHABLE) or ())
        if kept != self.policy.unreachable:
            self.policy = replace(self.policy, unreachable=kept)
            self.post = replace(self.post, policy=self.policy)

    def _mark(self, tx: Transaction, mail: Mail, decision: Decision) -> None:
        """Mark addresses that bounced for good; who writes again can be reached again."""
        kept = self.policy.unreachable
        marked = kept | frozenset(decision.unreachable)
        if mail.sender and not mail.automatic:
            marked -= {self.policy.directory.person(mail.sender.address).address}
        if marked != kept:
            tx.put(_UNREACHABLE, sorted(marked))
            self._refresh(tx)

    def _tell_writer(self, tx: Transaction, raw: RawMail, too_much: Excess | None, now: datetime) -> tuple[Item, ...]:
        """Whoever sent what is too much to take hears of it; its head is enough to see who that is."""
        if too_much is None:
            return ()
        mail = parse(raw.content[:_HEAD], received=raw.received, mark=self.policy.site.address)
        writer = sender_of(mail, self.policy)
        if not answerable(mail, self.policy) or not accepted(writer, self.policy):
            return ()
        values = {"message_id": mail.message_id, "subject": mail.subject, **too_much.values}
        letter = Letter(Style.REPLY, "site/too-large", (writer,), rule="too-large", values=values)
        written = self.post.written([Matter(letter, None, mail, mail.digest)], now)
        return tuple(item for item, content in written if tx.put_item(item, content))

    def _quarantine(
        self, tx: Transaction, raw: RawMail, reason: str, now: datetime, mail: Mail | None = None
    ) -> Receipt:
        digest = hashlib.sha256(raw.content).hexdigest()
        if not tx.has_message(digest):
            if mail is not None:
                kept = replace(_message(mail, "quarantine", "", reason, now, ()), digest=digest, message_id="")
            else:
                kept = Message(digest, "quarantine", "", "", "", (), "", None, now, reason)
            tx.put_message(kept, raw.content)
        log.error("quarantined digest=%s %s", digest[:16], reason)
        if not reason.startswith(EXCESS):
            # Once a day for one cause: a fault of ours must not flood the admin.
            sender = mail.sender.address if mail is not None and mail.sender else ""
            values = {"digest": digest[:16], "from": sender, "subject": mail.subject if mail else "", "reason": reason}
            self._to_admin(tx, "site/quarantined", values, now, f"{now.date().isoformat()} {reason[:40]}")
        return Receipt(raw, "quarantine", reason=reason)

    # --- the clock ------------------------------------------------------------------------------------

    def tick(self, now: datetime) -> Tick:
        """Fire every timer that is due at or before now, until none is left; one mail for one person's reminders."""
        fired, items = 0, []
        with self.store.transaction() as tx:
            self._refresh(tx)
            matters: list[Matter] = []
            for record_id, _ in tx.due(now, _DUE_AT_ONCE):
                try:
                    count, letters = self._fire(tx, record_id, now)
                except (Unavailable, Refused):
                    raise
                except Exception:
                    # One record that cannot be decided must not hold up the timers of all others.
                    log.exception("cannot fire the timers of record=%s", record_id)
                    tx.set_due(record_id, now + _AFTER_FAULT)
                    continue
                fired += count
                matters += letters
            for item, content in self.post.written(matters, now):
                if tx.put_item(item, content):
                    items.append(item)
        return Tick(fired, tuple(items))

    def _fire(self, tx: Transaction, record_id: str, now: datetime) -> tuple[int, list[Matter]]:
        """Fire the due timers of one record: how many, and the letters that they set off."""
        record = tx.record(record_id)
        if record is None or record.kind not in self.policy.kinds:
            tx.set_due(record_id, None)
            return 0, []
        stored, fired = record, 0
        entries: list[Entry] = []
        matters: list[Matter] = []
        over: set[tuple[str, int]] = set()
        while True:
            due = [d for d in due_now(record, self.policy, now) if (d.key, d.occurrence) not in over]
            if not due:
                break
            trigger = due[0].trigger()
            over.add((trigger.key, trigger.occurrence))
            decision = decide(trigger, record, Facts(), self.policy, now)
            occasion = f"{trigger.key}#{trigger.occurrence}"
            matters += [Matter(each, decision.record, None, occasion) for each in decision.letters]
            entries += decision.entries
            record = decision.record or record
            fired += 1
            log.info("timer record=%s rule=%s due=%s", record.id, trigger.rule, trigger.due.isoformat())
        if entries:
            record = replace(record, revision=stored.revision)
            tx.put_record(record, entries, next_due(record, self.policy, now))
        else:
            tx.set_due(record_id, next_due(record, self.policy, now))
        return fired, matters

    # --- commands from the shell ----------------------------------------------------------------------

    def act(self, record_id: str, text: str, by: str, now: datetime) -> tuple[Decision, tuple[Item, ...]] | None:
        """A command as if that person had mailed it; None when there is no such record."""
        with self.store.transaction() as tx:
            record = tx.record(record_id)
            if record is None:
                return None
            decision = decide(CommandGiven(text, by), record, Facts(), self.policy, now)
            occasion = f"act {record.entries}"
            matters = [Matter(each, decision.record, None, occasion) for each in decision.letters if each.to]
            items = []
            for item, content in self.post.written(matters, now):
                if tx.put_item(item, content):
                    items.append(item)
            self._keep(tx, decision, now)
            return decision, tuple(items)

    # --- the store -------------------------------------------------------------------------------------

    def adopt(self, now: datetime) -> None:
        """Bring the records under a new policy: states that were renamed, and when each is due next."""
        with self.store.transaction() as tx:
            for record in tx.records():
                workflow = self.policy.kinds.get(record.kind)
                if workflow is None:
                    continue
                renamed = workflow.renamed.get(record.state)
                if renamed and record.state not in workflow.states:
                    draft = Draft(self.policy, now, "", record)
                    draft.change(Entered(renamed), "renamed")
                    self._keep(tx, draft.decision(), now)
                else:
                    tx.set_due(record.id, next_due(record, self.policy, now))

    def tell_admin(
        self, template: str, values: Mapping[str, str], now: datetime, *, occasion: str = ""
    ) -> tuple[Item, ...]:
        """A mail to the admin about the home itself; the same news, or that of one occasion, is told once."""
        with self.store.transaction() as tx:
            return self._to_admin(tx, template, values, now, occasion or now.isoformat())

    def _to_admin(
        self, tx: Transaction, template: str, values: Mapping[str, str], now: datetime, occasion: str
    ) -> tuple[Item, ...]:
        letter = Letter(Style.NOTIFY, template, self.policy.site.admin, rule=template, urgent=True, values=dict(values))
        written = self.post.written([Matter(letter, None, None, f"{template} {occasion}")], now)
        return tuple(item for item, content in written if tx.put_item(item, content))

    def _decide(
        self, tx: Transaction, trigger: Trigger, record: Record | None, now: datetime, occasion: str
    ) -> tuple[Decision, list[tuple[Item, bytes]]]:
        facts = facts_for(tx, needs(trigger, record, self.policy, now), self.policy, self.post.secret)
        decision = decide(trigger, record, facts, self.policy, now)
        mail = trigger.mail if isinstance(trigger, MailReceived) else None
        matters = [Matter(each, decision.record, mail, occasion, decision.entries) for each in decision.letters]
        return decision, list(self.post.written(matters, now))

    def _keep(self, tx: Transaction, decision: Decision, now: datetime) -> None:
        if decision.record is not None and decision.entries:
            tx.put_record(decision.record, decision.entries, next_due(decision.record, self.policy, now))


def _message(mail: Mail, place: str, record: str, reason: str, now: datetime, entries: Sequence[Entry]) -> Message:
    return Message(
        digest=mail.digest,
        place=place,
        record=record,
        message_id=mail.message_id,
        sender=mail.sender.address if mail.sender else "",
        to=tuple(each.address for each in (*mail.to, *mail.cc)),
        subject=mail.subject,
        date=mail.date,
        at=now,
        reason=reason,
        text=mail.own[:TEXT_KEPT],
        automatic=bool(mail.automatic),
        attachments=tuple((each.filename, each.type, each.size) for each in mail.attachments),
        entry=entries[0].number if entries else 0,
    )


def _note(tx: Transaction, receipt: Receipt) -> None:
    """Remember at which place on the server a message lay, so that it is taken once (design §5)."""
    raw = receipt.raw
    if raw.uid:
        place = "quarantine" if receipt.place == "quarantine" else "filed"
        tx.put_seen(raw.mailbox, raw.uidvalidity, (Seen(raw.uid, place, False, 0),))
