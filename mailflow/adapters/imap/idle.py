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

_NEWS = re.compile(rb"\* \d+ (EXISTS|RECENT)\b", re.IGNORECASE)


def idle(client: IMAPClient, waker: socket.socket, seconds: float, woken_timeout: float) -> bool:
    """True when the server told of mail. Ends early when `waker` can be read; the server then has
    `woken_timeout` seconds to answer.

    Raises what imapclient raises when the connection is lost. A server that refuses IDLE after all: False,
    after having waited.
    """
    deadline = time.monotonic() + min(seconds, LONGEST)
    imap = client._imap
    while True:
        tag = imap._command("IDLE")
        lines = _until_continuation(imap, tag)
        if imap.tagged_commands.get(tag):  # answered NO or BAD
            imap.tagged_commands.pop(tag)
            ready(waker, None, deadline)
            return False
        ended: Ended = "server"
        if not _news(lines) and not _buffered(imap):
            ended = ready(waker, client.socket(), deadline)
        if ended == "waker":
            client.socket().settimeout(woken_timeout)
        imap.send(b"DONE\r\n")
        lines += _until_done(imap, tag)
        if _news(lines):
            return True
        if ended != "server" or time.monotonic() >= deadline:
            return False


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
    if kind != "OK":
        raise IMAPClientAbortError(f"IDLE ended with {kind} {data!r}")
    return lines


def _news(lines: list[bytes]) -> bool:
    return any(_NEWS.match(line) for line in lines)


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
