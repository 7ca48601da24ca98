"""Messages go to another folder: MOVE, or what comes nearest to it on a server without.

Invariant: a message leaves its folder only after the server has said that the other folder has it, and no
command here ever expunges a message of somebody else.
"""

from collections.abc import Callable, Sequence

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from mailflow.adapters.imap import folders
from mailflow.adapters.imap.reading import chunks


def move(
    client: IMAPClient, uids: Sequence[int], folder: str, names: dict[str, str], copied: set[tuple[str, int]]
) -> None:
    """Move messages of the selected folder; those that are gone are passed over.

    `names`: configured folder -> the server's name, found so far. `copied`: (folder, UID) that were copied
    and not yet removed, so that a repeated move makes no second copy. Raises IMAPClientError.
    """
    for some in chunks(sorted(set(uids))):
        _move_some(client, some, folder, names, copied)


def _move_some(
    client: IMAPClient, uids: list[int], folder: str, names: dict[str, str], copied: set[tuple[str, int]]
) -> None:
    if folder not in names:
        names[folder] = folders.find_or_create(client, folder)
    if client.has_capability("MOVE"):
        _retried(client, uids, folder, names, client.move)
        return
    uids_there = sorted(_present(client, uids))
    uidplus = client.has_capability("UIDPLUS")
    if not uidplus:
        # Without UIDPLUS they stay, marked \Deleted, until somebody expunges: marked is moved.
        uids_there = sorted(set(uids_there) - _deleted(client, uids_there))
    fresh = [uid for uid in uids_there if (folder, uid) not in copied]
    if fresh:
        _retried(client, fresh, folder, names, client.copy)
        copied.update((folder, uid) for uid in fresh)
    if uids_there:
        client.add_flags(uids_there, [DELETED], silent=True)
        if uidplus:
            client.uid_expunge(uids_there)
    copied.difference_update((folder, uid) for uid in uids)


def _retried(
    client: IMAPClient,
    uids: list[int],
    folder: str,
    names: dict[str, str],
    command: Callable[[list[int], str], object],
) -> None:
    """Copy or move; a target that has gone meanwhile is made again, messages that have gone are no error."""
    try:
        command(uids, names[folder])
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        there = sorted(_present(client, uids))
        if not there:
            return
        if "TRYCREATE" in str(error).upper():
            names[folder] = folders.find_or_create(client, folder)
        elif len(there) == len(uids):
            raise
        command(there, names[folder])


def _present(client: IMAPClient, uids: Sequence[int]) -> set[int]:
    return set(client.fetch(list(uids), ["UID"]))


def _deleted(client: IMAPClient, uids: Sequence[int]) -> set[int]:
    answers = client.fetch(list(uids), ["FLAGS"])
    return {uid for uid, answer in answers.items() if DELETED in answer.get(b"FLAGS", ())}
