"""Waiting for new mail with IDLE (RFC 2177), until something comes, somebody wakes us, or time is up.

imapclient's own idle_check is not used: on a lost connection it returns [] at once and for ever, it does not
see what lies in the read buffer already, and its `idle` raises when anything comes before the continuation.
Here every end of the wait is a DONE with its answer read: a dead connection cannot be taken for a quiet one.
"""

import re
import select
import socket
import ssl
import time
from typing import Any, Literal

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError

# Servers may end a session after 30 minutes (RFC 3501 §5.4), and NAT boxes forget earlier.
LONGEST = 540.0

Ended = Literal["server", "waker", "time"]

_COUNT = re.compile(rb"\* (\d+) (EXISTS|EXPUNGE)\b", re.IGNORECASE)


def idle(
    client: IMAPClient, waker: socket.socket, seconds: float, exists: int, woken_timeout: float
) -> tuple[bool, int]:
    """Whether the server told of more than the `exists` messages that are known, and how many there are now.

    Ends early when `waker` can be read; the server then has `woken_timeout` seconds to answer. Raises what
    imapclient raises when the connection is lost. A server that refuses IDLE after all is waited for.
    """
    deadline = time.monotonic() + min(seconds, LONGEST)
    imap = client._imap
    while True:
        began = time.monotonic()
        tag = imap._command("IDLE")
        lines = _until_continuation(imap, tag)
        if imap.tagged_commands.get(tag):  # answered NO or BAD
            imap.tagged_commands.pop(tag)
            ready(waker, None, deadline)
            return False, exists
        ended: Ended = "server"
        if not lines and not _buffered(imap):
            ended = ready(waker, client.socket(), deadline)
        if ended == "waker":
            client.socket().settimeout(woken_timeout)
        imap.send(b"DONE\r\n")
        lines += _until_done(imap, tag)
        news, exists = _counted(lines, exists)
        if news or ended != "server" or time.monotonic() >= deadline:
            return news, exists
        # Some servers chat. One that does so at every IDLE must not keep us both busy.
        if ready(waker, None, min(deadline, began + 1.0)) == "waker":
            return False, exists


def take_count(client: IMAPClient, exists: int) -> tuple[bool, int]:
    """Whether other commands' answers told of mail since this was last asked, and how many there are now.

    The server does not tell again: who only listens to IDLE overlooks what came while messages were moved.
    """
    untagged = client._imap.untagged_responses
    told = [int(number) for number in untagged.pop("EXISTS", ())]
    exists -= len(untagged.pop("EXPUNGE", ()))
    return bool(told), told[-1] if told else exists


def ready(waker: socket.socket, server: socket.socket | None, deadline: float) -> Ended:
    """Wait for the waker, the server or the deadline, and say which it was."""
    poller = select.poll()
    poller.register(waker, select.POLLIN)
    if server is not None:
        poller.register(server, select.POLLIN)
    remaining = max(0.0, deadline - time.monotonic())
    events = dict(poller.poll(remaining * 1000))
    if waker.fileno() in events:
        return "waker"
    return "server" if events else "time"


def _until_continuation(imap: Any, tag: bytes) -> list[bytes]:
    lines: list[bytes] = []
    while (line := imap._get_response()) is not None:
        lines.append(line)
        if imap.tagged_commands.get(tag):
            break
    return lines


def _until_done(imap: Any, tag: bytes) -> list[bytes]:
    lines: list[bytes] = []
    while not imap.tagged_commands.get(tag):
        line = imap._get_response()
        if line is not None:
            lines.append(line)
    kind, data = imap.tagged_commands.pop(tag)
    if kind != "OK" or "BYE" in imap.untagged_responses:
        raise IMAPClientAbortError(f"IDLE ended with {kind} {data!r}")
    imap.untagged_responses.clear()
    return lines


def _counted(lines: list[bytes], exists: int) -> tuple[bool, int]:
    """Whether the count of messages did anything but go down by those that were expunged; and the count."""
    news = False
    for line in lines:
        match = _COUNT.match(line)
        if match is None:
            continue
        if match[2].upper() == b"EXPUNGE":
            exists -= 1
        else:
            news = news or int(match[1]) != exists
            exists = int(match[1])
    return news, exists


def _buffered(imap: Any) -> bool:
    """Whether bytes were read from the network that no one has looked at yet."""
    sock: socket.socket = imap.sock
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    if hasattr(imap, "_readbuf"):  # Python 3.14 has its own buffer instead of a file
        return bool(imap._readbuf)
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        return bool(imap.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        sock.settimeout(timeout)
