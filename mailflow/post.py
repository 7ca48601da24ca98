"""Letters to outbox items: who gets a copy of what, in which language, when, under which Message-ID.

Invariant: an item's id and its Message-ID follow from what was decided and a secret of the home, so that
deciding again after a crash finds its own work and adds nothing, and nobody can guess the Message-ID of
another person's notice, which is what a command may prove itself by (design §9).
"""

import hashlib
import hmac
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from mailflow import tokens
from mailflow.core.changes import Entry
from mailflow.core.decision import Letter
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.rule import Style
from mailflow.core.showing.view import bundle_view, view
from mailflow.inviting import invitation
from mailflow.mail.compose import Outgoing, compose
from mailflow.mail.model import Address, Attachment, Mail
from mailflow.ports import Item, Transaction

log = logging.getLogger("mailflow.post")

LOOP_HEADER = "X-Mailflow-Loop"


class Rendered(Protocol):
    """A mail as its template gives it: one line of subject, plain text, and HTML ("" for none)."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Renderer(Protocol):
    """What makes mails of templates: `template` as a rule names it, `view` as core.showing.view has it."""

    def render(self, template: str, language: str, view: Mapping[str, object]) -> Rendered: ...


@dataclass(frozen=True, slots=True)
class Plain:
    """What is sent where a template cannot be rendered."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """A letter with what it speaks of: the record as decided, the message that set it off, the occasion.

    `entries` are the decision's, which say where fields were read. `occasion` names the trigger: a message's
    digest, a timer's occurrence, a command's history entry.
    """

    letter: Letter
    record: Record | None
    mail: Mail | None
    occasion: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """Writes mails; the same matters at the same moment give the same bytes."""

    policy: Policy
    renderer: Renderer
    secret: bytes

    def written(self, matters: Iterable[Matter], now: datetime) -> Iterator[tuple[Item, bytes]]:
        """The items of some letters and their bytes: one for each person asked, and copies for those told.

        Reminders of one person at one moment are one mail (P0.5), and so are reports by one template (P6.5);
        nothing else is bundled (P10).
        """
        reports: dict[tuple[str, str], list[Matter]] = {}
        reminders: dict[tuple[str, bool], list[Matter]] = {}
        for matter in _apart(matters):
            letter = matter.letter
            if letter.style is Style.REMIND:
                for address in letter.to:
                    reminders.setdefault((address, False), []).append(matter)
                for address in letter.cc:
                    reminders.setdefault((address, True), []).append(matter)
            elif letter.style is Style.REPORT and letter.record:
                for address in dict.fromkeys((*letter.to, *letter.cc)):
                    reports.setdefault((letter.template, address), []).append(matter)
            else:
                yield from self._letter(matter, now)
        for (_, address), group in reports.items():
            yield from self._report(address, group, now)
        for (address, told), group in reminders.items():
            if told and all(self._alone(each, reminders) for each in group):
                continue
            if len(group) == 1 and not told:
                yield from self._letter(self._to(group[0], address, reminders), now)
            else:
                yield self._bundle(address, told, group, now)

    def _report(self, address: str, group: Sequence[Matter], now: datetime) -> Iterator[tuple[Item, bytes]]:
        """What one person is reported by one template: by the template itself, or several rolled up."""
        if len(group) == 1:
            letter = replace(group[0].letter, to=(address,), cc=())
            yield from self._letter(replace(group[0], letter=letter), now)
        else:
            yield self._bundle(address, False, group, now, "digest")

    def _alone(self, matter: Matter, reminders: Mapping[tuple[str, bool], Sequence[Matter]]) -> bool:
        """Whether a reminder goes to one person by a mail of its own, which then carries its copies."""
        return len(matter.letter.to) >= 1 and len(reminders[matter.letter.to[0], False]) == 1

    def _to(self, matter: Matter, address: str, reminders: Mapping[tuple[str, bool], Sequence[Matter]]) -> Matter:
        """The reminder for one of its readers; copies go with the first one's, where they are not bundled."""
        letter = matter.letter
        first = address == letter.to[0]
        cc = tuple(each for each in letter.cc if all(self._alone(other, reminders) for other in reminders[each, True]))
        return replace(matter, letter=replace(letter, to=(address,), cc=cc if first else ()))

    def _letter(self, matter: Matter, now: datetime) -> Iterator[tuple[Item, bytes]]:
        """One item a person asked; the first one's header names who is told, each by a copy without actions."""
        letter = matter.letter
        for number, address in enumerate(letter.to):
            cc = letter.cc if number == 0 else ()
            item, content = self._item(matter, address, cc, address, now, copy_of="")
            yield item, content
            for each in () if self._shadowed(address) else cc:
                yield self._item(matter, address, cc, each, now, copy_of=item.id)

    def _item(
        self, matter: Matter, to: str, cc: tuple[str, ...], reader: str, now: datetime, copy_of: str
    ) -> tuple[Item, bytes]:
        letter, record = matter.letter, matter.record
        key = (
            letter.record,
            letter.occurrence or matter.occasion,
            letter.rule,
            letter.template,
            str(letter.task),
            to,
            reader,
        )
        language = self._language(reader, matter)
        item = self._blank(key, letter.style, reader, now, urgent=letter.urgent)
        if not copy_of:
            letter = replace(letter, values={**letter.values, **self._proofs(letter, item, record, reader)})
        shown = view(letter, record, self.policy, now, reader, language, matter.mail, matter.entries)
        shown["shadow"] = self._meant(reader, *(() if copy_of else cc)) if self._shadowed(reader) else ()
        if copy_of:
            shown = {**shown, "commands": (), "copy": True}
        rendered = self._rendered(letter.template, language, shown, letter.record)
        item = replace(
            item,
            rules=(letter.rule,),
            templates=(letter.template,),
            records=(letter.record,) if letter.record else (),
            visits=_visits((record,)),
            to=(to,),
            cc=cc,
            subject=rendered.subject,
            visit=0 if copy_of else letter.visit,
            copy_of=copy_of,
            proposal=None if copy_of else letter.proposal,
            language=language,
        )
        attachments = matter.mail.attachments if matter.mail and letter.attach and shown["message"] else ()
        invited = None if copy_of else invitation(letter, record, self.policy, self.secret, now, language)
        return item, self._content(item, rendered, matter, now, attachments, invited)

    def _proofs(self, letter: Letter, item: Item, record: Record | None, reader: str) -> dict[str, str]:
        """What the buttons of a mail prove its reader by: its Message-ID, and a token where tokens are wanted."""
        proofs = {"notice_id": item.message_id}
        if letter.proposal is not None:
            proofs["token"] = tokens.in_subject(item.id)
            return proofs
        if record is not None and record.visits and self.policy.site.trust == "token":
            proofs["token"] = tokens.in_subject(tokens.token(self.secret, record.id, reader, record.visit.entry))
        return proofs

    def _bundle(
        self, address: str, told: bool, group: Sequence[Matter], now: datetime, template: str = "bundle"
    ) -> tuple[Item, bytes]:
        """Several matters as one mail: reminders (`bundle`) or reports (`digest`)."""
        style = group[0].letter.style
        letters = [matter.letter for matter in group]
        language = self._language(address, group[0])
        occasions = [f"{m.letter.record} {m.occasion} {m.letter.rule}" for m in group]
        key = (template, *sorted(occasions), address, "told" if told else "asked")
        item = self._blank(key, style, address, now, urgent=any(each.urgent for each in letters))
        views = [self._part(m, item, address, language, now) for m in group]
        if told:
            views = [{**each, "commands": (), "copy": True} for each in views]
        shadow = self._meant(address) if self._shadowed(address) else ()
        shown = {**bundle_view(views, template, style), "shadow": shadow}
        rendered = self._rendered(template, language, shown, letters[0].record)
        item = replace(
            item,
            rules=tuple(each.rule for each in letters),
            templates=tuple(each.template for each in letters),
            records=tuple(dict.fromkeys(each.record for each in letters)),
            visits=_visits(matter.record for matter in group),
            to=() if told else (address,),
            cc=(address,) if told else (),
            subject=rendered.subject,
            language=language,
        )
        return item, self._content(item, rendered, group[0], now)

    def _part(self, matter: Matter, item: Item, reader: str, language: str, now: datetime) -> dict[str, object]:
        """One letter of a bundle as its template sees it."""
        values = {**matter.letter.values, **self._proofs(matter.letter, item, matter.record, reader)}
        letter = replace(matter.letter, values=values)
        return view(letter, matter.record, self.policy, now, reader, language, matter.mail)

    def _rendered(self, template: str, language: str, shown: Mapping[str, object], record: str) -> Rendered:
        """The mail by its template; where that fails, one that says so: a mail never falls on the floor."""
        try:
            return self.renderer.render(template, language, shown)
        except Exception:
            log.exception("cannot render template=%s language=%s record=%s", template, language, record)
            name = self.policy.site.name.get(language, self.policy.site.address)
            return Plain(f"[{record}] {template}" if record else template, f"{record} ({template})\n\n{name}\n")

    def _blank(self, key: Sequence[str], style: Style, reader: str, now: datetime, *, urgent: bool) -> Item:
        """An item with its identity and its moment: answers and urgent mail at once, the rest in working time."""
        digest = hmac.new(self.secret, "\0".join(key).encode(), hashlib.sha256).hexdigest()
        at_once = urgent or style is Style.REPLY
        moment = now if at_once else self.policy.calendar_of(reader).next_opening(now)
        return Item(
            id=digest[:16],
            message_id=f"{digest[:40]}@{self.policy.site.address.rpartition('@')[2]}",
            style=style.value,
            rules=(),
            templates=(),
            records=(),
            to=(),
            cc=(),
            recipients=self.policy.site.admin if self._shadowed(reader) else (reader,),
            subject="",
            at=now,
            sender="" if style is Style.REPLY else self.policy.site.address,
            not_before=moment,
            next_at=moment,
            urgent=urgent,
        )

    def _content(
        self,
        item: Item,
        rendered: Rendered,
        matter: Matter,
        now: datetime,
        attachments: Sequence[Attachment] = (),
        calendar: tuple[str, str] | None = None,
    ) -> bytes:
        thread = self._thread(item, matter)
        automatic = "auto-replied" if item.style == Style.REPLY else "auto-generated"
        site = self.policy.site
        shadowed = item.recipients == site.admin and self._shadowed(*item.to, *item.cc)
        return compose(
            Outgoing(
                message_id=item.message_id,
                date=max(now, item.not_before),
                sender=Address(site.address, site.name.get(item.language, "")),
                to=self._named(item.recipients if shadowed else item.to),
                cc=self._named(() if shadowed else item.cc),
                subject=item.subject,
                text=rendered.text,
                html=rendered.html,
                in_reply_to=thread[-1] if thread else "",
                references=thread,
                headers=(
                    ("Auto-Submitted", automatic),
                    ("X-Auto-Response-Suppress", "OOF, AutoReply"),
                    (LOOP_HEADER, site.address),
                    ("X-Mailflow-Rule", ", ".join(item.rules)),
                ),
                boundary_seed=item.id,
                attachments=tuple(attachments),
                calendar=calendar,
            )
        )

    def _shadowed(self, *readers: str) -> bool:
        """Whether the admin gets a mail in the place of its readers; the admin's own mail is their own."""
        site = self.policy.site
        return site.shadow and not set(readers) <= set(site.admin)

    def _thread(self, item: Item, matter: Matter) -> tuple[str, ...]:
        """The Message-IDs to hang a mail on: the message answered, else the one that began the record."""
        mail, record = matter.mail, matter.record
        if item.style == Style.REPLY and mail is not None and mail.message_id:
            return (*mail.references, mail.message_id)
        return record.thread[:1] if record is not None and len(item.records) == 1 else ()

    def _language(self, reader: str, matter: Matter) -> str:
        """A person's setting, else what they wrote in, else the site's."""
        wrote = ""
        if matter.mail is not None and matter.mail.sender and matter.letter.style is Style.REPLY:
            wrote = matter.mail.language
        if matter.record is not None and reader == matter.record.requester:
            wrote = matter.record.language
        return self.policy.language_of(reader, wrote)

    def _meant(self, *addresses: str) -> tuple[str, ...]:
        """For whom a mail was, where the admin gets it instead."""
        return tuple(each.name or each.address for each in self._named(addresses))

    def _named(self, addresses: Sequence[str]) -> tuple[Address, ...]:
        return tuple(Address(each, self.policy.directory.person(each).name) for each in addresses)


def put(tx: Transaction, written: Iterable[tuple[Item, bytes]]) -> tuple[Item, ...]:
    """Put items into the outbox; those that were not there yet come back."""
    return tuple(item for item, content in written if tx.put_item(item, content))


def _apart(matters: Iterable[Matter]) -> Iterator[Matter]:
    """What one rule says several times on one occasion, as for two commands of one message, is several mails."""
    seen: Counter[tuple[str, ...]] = Counter()
    for matter in matters:
        letter = matter.letter
        occasion = letter.occurrence or matter.occasion
        key = (letter.record, occasion, letter.rule, letter.template, str(letter.task))
        seen[key] += 1
        again = seen[key] > 1 and letter.style is not Style.REMIND
        yield replace(matter, letter=replace(letter, occurrence=f"{occasion} {seen[key]}")) if again else matter


def _visits(records: Iterable[Record | None]) -> dict[str, int]:
    """The visit that each record is in, by its id."""
    return {each.id: each.visit.entry for each in records if each is not None and each.visits}
