"""The folder of a record: its sheet as a page and as a spreadsheet, the mails in and out, what was attached.

Invariant: it is there whole or not at all, nothing is written outside the folder that was named, and what is there
already stays as it is.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailflow.archive.names import Names
from mailflow.archive.page import book, page
from mailflow.archive.proofs import Proofs, issued
from mailflow.archive.sheet import Letter, sheet
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.showing.reader import Reader
from mailflow.mail.filenames import safe_name
from mailflow.mail.parse import parse
from mailflow.ports import Item, Message, Transaction
from mailflow.report.sheet import SENT

MAILS, FILES = "mails", "attachments"


@dataclass(frozen=True, slots=True)
class Folder:
    """What is written: `files` maps a path within it, of two parts at most, to its bytes.

    `private`: for nobody's eyes but their owner's, as far as the system holds it.
    """

    name: str
    files: dict[str, bytes]
    private: bool = False

    def count(self, place: str) -> int:
        return sum(path.startswith(f"{place}/") for path in self.files)


def folder_name(record_id: str) -> str:
    """What a record's folder is called: its number."""
    return safe_name(record_id.replace("/", "_")) or "_"


def folder_of(tx: Transaction, record: Record, reader: Reader, *, whole: bool) -> Folder:
    """All that came of a record. `whole`: also mails that speak of other records that are confidential (P0.7)."""
    items = tx.items(record.id)
    shown = [
        each for each in items if each.status == SENT and not each.copy_of and (whole or not _tells(tx, each, record))
    ]
    sent = [(each, tx.content(each.id)) for each in shown]
    proofs = _proofs(reader.policy, tx, items)
    files: dict[str, bytes] = {}
    names = Names()
    letters = [
        *_incoming(tx, tx.messages(record.id), proofs, reader, names, files),
        *_outgoing(sent, proofs, reader, names, files),
    ]
    letters.sort(key=lambda each: each.at)
    found = sheet(record, tx.history(record.id), letters, reader)
    name = folder_name(record.id)
    head = {f"{name}.html": page(found), f"{name}.xlsx": book(found, reader.now)}
    return Folder(name, {**head, **files}, record.confidential)


def write(folder: Folder, place: Path) -> Path:
    """Write a folder into another, which is made where it is not there; raises OSError, FileExistsError too."""
    place.mkdir(parents=True, exist_ok=True)
    target = place / folder.name
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "there already", str(target))
    part = place / f".{folder.name}.{os.getpid()}"
    part.mkdir(mode=0o700 if folder.private else 0o777)
    try:
        for path, content in folder.files.items():
            (part / path).parent.mkdir(exist_ok=True)
            with (part / path).open("xb") as file:
                file.write(content)
        part.rename(target)
    finally:
        # Gone already when all went well.
        shutil.rmtree(part, ignore_errors=True)
    return target


def _tells(tx: Transaction, item: Item, record: Record) -> bool:
    """Whether a mail speaks of another record that is confidential, as one that bundles several may."""
    others = (tx.record(each) for each in item.records if each != record.id)
    return any(each is not None and each.confidential for each in others)


def _proofs(policy: Policy, tx: Transaction, items: Sequence[Item]) -> Proofs:
    given = set(issued(tx.content(each.id) for each in items))
    given |= {each.id for each in items if each.proposal is not None}
    return Proofs(policy.site.address.rpartition("@")[2], frozenset(given))


def _incoming(
    tx: Transaction,
    messages: Sequence[Message],
    proofs: Proofs,
    reader: Reader,
    names: Names,
    files: dict[str, bytes],
) -> Iterator[Letter]:
    attached = Names()
    for message in messages:
        content = tx.content(message.digest)
        local = _local(message.at, reader)
        author = reader.name(message.sender)
        path = f"{MAILS}/{names.mail(local, author, message.subject)}"
        files[path] = proofs.without(content)
        paths = [path]
        for each in parse(content).attachments if message.attachments else ():
            place = f"{FILES}/{attached.file(local, author, each.filename)}"
            readable = each.type.startswith("text/")
            files[place] = proofs.cleaned(each.content) if readable else each.content
            paths.append(place)
        text = proofs.hidden(message.text)
        yield Letter(message.at, message.sender, message.to, proofs.hidden(message.subject), text, tuple(paths))


def _outgoing(
    sent: Sequence[tuple[Item, bytes]], proofs: Proofs, reader: Reader, names: Names, files: dict[str, bytes]
) -> Iterator[Letter]:
    site = reader.policy.site
    author = site.address.partition("@")[0]
    for item, content in sent:
        at = item.sent_at or item.at
        to = (*item.to, *item.cc)
        who = f"{author} - {reader.name(to[0]) if to else ''}"
        path = f"{MAILS}/{names.mail(_local(at, reader), who, item.subject)}"
        files[path] = proofs.without(content)
        yield Letter(at, site.address, to, proofs.hidden(item.subject), "", (path,))


def _local(at: datetime, reader: Reader) -> datetime:
    return at.astimezone(reader.zone)
