"""What lies in a selected folder and what the messages are, without touching a flag.

Commands and answers are kept short: servers cut long command lines (RFC 2683 §3.2.1.5), and imaplib takes no
line of more than a million bytes.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailflow.adapters.imap.connection import is_passing

log = logging.getLogger(__name__)

BATCH_BYTES = 8 * 2**20
UIDS_A_COMMAND = 500  # at most 5,500 octets of the 8,000 that every server takes
MESSAGES_A_SEARCH = 50_000  # at most 550,000 octets of answer


def uids_since(
    client: IMAPClient, exists: int, since: datetime | None, known: dict[int, datetime | None]
) -> tuple[int, ...]:
    """UIDs, in order, of messages that the server received at or after a moment.

    `exists`: how many messages the folder has. `known`: the INTERNALDATEs asked for so far, which never
    change; it is kept up here.
    """
    if since is None:
        return tuple(sorted(_search(client, exists, [])))
    # SINCE knows days only, and of the server's zone, up to 14 hours off ours (RFC 3501 §6.4.4). The days
    # around the moment are looked at one by one, the later ones are surely in.
    day = since.astimezone(UTC).date()
    nearby = set(_search(client, exists, ["SINCE", day - timedelta(days=1)]))
    surely = set(_search(client, exists, ["SINCE", day + timedelta(days=2)]))
    doubtful = nearby - surely
    for uid in known.keys() - doubtful:
        del known[uid]
    for some in chunks(sorted(doubtful - known.keys())):
        for uid, answer in client.fetch(some, ["INTERNALDATE"]).items():
            if b"INTERNALDATE" in answer:
                known[uid] = _moment(answer[b"INTERNALDATE"])
    wanted = {uid for uid in doubtful if _is_since(known.get(uid), since)}
    return tuple(sorted(surely | wanted))


def batches(client: IMAPClient, uids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The UIDs that are still there, in groups whose sizes come to no more than BATCH_BYTES, or of one."""
    sizes: dict[int, int] = {}
    for some in chunks(uids):
        for uid, answer in client.fetch(some, ["RFC822.SIZE"]).items():
            sizes[uid] = int(answer.get(b"RFC822.SIZE", 0))
    return _grouped(sizes)


def contents(client: IMAPClient, uids: Sequence[int]) -> list[tuple[int, datetime | None, bytes]]:
    """(UID, INTERNALDATE, bytes) of the messages that are still there.

    One message that the server cannot give must not hold up the others: it is left out, and logged.
    """
    try:
        return _contents(client, uids)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        if is_passing(error) or len(uids) == 0:
            raise
        if len(uids) == 1:
            log.error("message %d cannot be read, it is left where it is: %s", uids[0], error)
            return []
    return [found for uid in uids for found in contents(client, (uid,))]


def _contents(client: IMAPClient, uids: Sequence[int]) -> list[tuple[int, datetime | None, bytes]]:
    found = []
    for uid, answer in client.fetch(list(uids), ["BODY.PEEK[]", "INTERNALDATE"]).items():
        content = answer.get(b"BODY[]")
        if isinstance(content, bytes):  # NIL, or nothing: it was expunged meanwhile (RFC 2180 §4.1)
            found.append((uid, _moment(answer.get(b"INTERNALDATE")), content))
    return found


def chunks(uids: Iterable[int]) -> Iterator[list[int]]:
    """The UIDs in groups that fit into a command."""
    every = list(uids)
    for start in range(0, len(every), UIDS_A_COMMAND):
        yield every[start : start + UIDS_A_COMMAND]


def _search(client: IMAPClient, exists: int, criteria: list[object]) -> list[int]:
    if exists <= MESSAGES_A_SEARCH:
        return list(client.search(criteria or ["ALL"])) if exists else []
    found: list[int] = []
    for first in range(1, exists + 1, MESSAGES_A_SEARCH):
        last = first + MESSAGES_A_SEARCH - 1
        found += client.search([f"{first}:{last if last < exists else '*'}", *criteria])
    return found


def _grouped(sizes: dict[int, int]) -> Iterator[tuple[int, ...]]:
    group: list[int] = []
    total = 0
    for uid, size in sizes.items():
        if group and (total + size > BATCH_BYTES or len(group) == UIDS_A_COMMAND):
            yield tuple(group)
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield tuple(group)


def _moment(internal_date: object) -> datetime | None:
    """An aware moment in UTC, or None when the server gave no date that can be read."""
    if not isinstance(internal_date, datetime):
        return None
    try:
        if internal_date.tzinfo is None:
            return internal_date.replace(tzinfo=UTC)
        return internal_date.astimezone(UTC)
    except OverflowError:
        return None


def _is_since(received: datetime | None, since: datetime) -> bool:
    return received is None or received >= since
