"""Folder names as people write them ("Filed/2026") and as a server has them ("INBOX.Filed.2026")."""

import contextlib
import logging

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

log = logging.getLogger(__name__)

_NOT_SELECTABLE = frozenset({b"\\noselect", b"\\nonexistent"})


def find(client: IMAPClient, name: str) -> str | None:
    """The name under which the server has this folder: as it is written, else in the personal namespace."""
    return next((candidate for candidate in _candidates(client, name) if _exists(client, candidate)), None)


def find_or_create(client: IMAPClient, name: str) -> str:
    """As `find`, but a folder that is missing is made and subscribed. Raises IMAPClientError."""
    found = find(client, name)
    if found is not None:
        return found
    refusal: IMAPClientError | None = None
    # The namespace's name comes first: servers that want INBOX.Filed refuse Filed, or hide it when made.
    for candidate in reversed(_candidates(client, name)):
        try:
            client.create_folder(candidate)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if not _exists(client, candidate):  # else somebody was faster
                refusal = error
                continue
        with contextlib.suppress(IMAPClientError):
            client.subscribe_folder(candidate)
        log.info("made the folder %s", candidate)
        return candidate
    raise refusal or IMAPClientError(f"the folder {name} cannot be made")


def _candidates(client: IMAPClient, name: str) -> tuple[str, ...]:
    if name.upper() == "INBOX":
        return (name,)
    prefix, delimiter = _personal(client)
    local = name.replace("/", delimiter) if delimiter else name
    if not prefix or local.startswith(prefix):
        return tuple(dict.fromkeys((name, local)))
    return tuple(dict.fromkeys((name, local, prefix + local)))


def _personal(client: IMAPClient) -> tuple[str, str]:
    """Prefix and delimiter of the personal namespace (RFC 2342), such as ("INBOX.", ".")."""
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, delimiter = personal[0]
            return prefix or "", delimiter or ""
    folders = client.list_folders("", "")
    delimiter = folders[0][1].decode("ascii") if folders and folders[0][1] else ""
    return "", delimiter


def _exists(client: IMAPClient, name: str) -> bool:
    for flags, _, found in client.list_folders("", name):
        if found == name or (name.upper() == "INBOX" and found.upper() == "INBOX"):
            return not _NOT_SELECTABLE & {flag.lower() for flag in flags}
    return False
