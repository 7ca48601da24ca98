"""One connection to an IMAP server: made as configured or not at all, its errors sorted by whose they are.

Invariant: no password goes to a log or into an error, and none is sent before the TLS that was asked for.
"""

import contextlib
import logging
import re
import socket
from collections.abc import Iterator
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
    ProtocolError,
)

from mailflow import __version__
from mailflow.adapters.tls import client_context, connection_failure
from mailflow.ports import Refused, Unavailable
from mailflow.settings import ImapSettings

log = logging.getLogger(__name__)

LOGOUT_SECONDS = 2.0

# Response codes that say "not now" (RFC 5530 §3); what else is refused is refused until a person acts.
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|EXPUNGEISSUED)\b", re.IGNORECASE)
_PLAIN_ATOM = re.compile(r"[A-Za-z0-9.@_+=-]+")


def connect(settings: ImapSettings) -> IMAPClient:
    """A client that is logged in and has said who it is. Raises Refused or Unavailable."""
    where = f"{settings.host}:{settings.port}"
    context = client_context(settings.cafile) if settings.security != "none" else None
    try:
        client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(settings.connect_timeout, settings.read_timeout),
        )
    except (OSError, IMAPClientError) as error:
        raise connection_failure(where, error) from error
    try:
        # imapclient turns on imaplib's trace, which formats every byte that is read, contents and all.
        client._imap.debug = 0
        client.normalise_times = False  # else INTERNALDATE loses its zone for the machine's local one
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        with sorted_errors(where):
            if settings.security == "starttls":
                _start_tls(client, context, where)
            wants_id = client.has_capability("ID")
            _log_in(client, settings, where)
            if wants_id or client.has_capability("ID"):  # it may be announced only before, or only after
                _identify(client)
    except BaseException:
        hang_up(client)
        raise
    return client


def _start_tls(client: IMAPClient, context: Any, where: str) -> None:
    try:
        client.starttls(context)
    except CapabilityError as error:
        raise Refused(f"{where}: the server offers no STARTTLS, which is configured") from error
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        # Also a greeting of PREAUTH, after which STARTTLS is not allowed: no reason to go on in the clear.
        raise Refused(f"{where}: STARTTLS was refused: {error}") from error
    except OSError as error:
        raise connection_failure(where, error) from error


def _log_in(client: IMAPClient, settings: ImapSettings, where: str) -> None:
    user, password = settings.user, settings.password
    plain_ascii = user.isascii() and password.isascii()
    try:
        no_login = client.has_capability("LOGINDISABLED")
        if settings.token is not None:
            client.oauth2_login(user, settings.token())
        elif client.has_capability("AUTH=PLAIN") and (no_login or not plain_ascii):
            client.plain_login(user, password)
        elif no_login:
            raise Refused(f"{where}: the server takes no password on a connection without TLS")
        elif not plain_ascii:
            raise Refused(f"{where}: the server takes only ASCII in user name and password")
        else:
            client.login(_quoted(user), password)
    except LoginError as error:
        text = _without(password, str(error))
        # imapclient makes a LoginError of a connection that is lost meanwhile, too.
        if _PASSING.search(text) or isinstance(error.__context__, IMAPClientAbortError):
            raise Unavailable(f"{where}: login failed for now: {text}") from None
        raise Refused(f"{where}: login refused for {user}: {text}") from None
    except (IMAPClientError, OSError) as error:
        raise Unavailable(f"{where}: {_without(password, str(error))}") from None


def _quoted(user: str) -> str:
    """imaplib quotes the password, but sends a user name such as `DOMAIN\\user` as it is."""
    if _PLAIN_ATOM.fullmatch(user):
        return user
    return '"' + user.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _without(password: str, text: str) -> str:
    """What the server said, should it repeat the password, without it."""
    if text.startswith("b'"):  # imaplib makes text of bytes that way
        text = text[2:-1]
    return text.replace(password, "***") if password else text


def _identify(client: IMAPClient) -> None:
    """Send ID (RFC 2971): NetEase (163, 126) refuses SELECT to a client that has not said its name."""
    try:
        client._imap.xatom("ID", f'("name" "mailflow" "version" "{__version__}")')
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        log.debug("the server did not want to know who we are: %s", error)


def hang_up(client: IMAPClient) -> None:
    """Close the connection at once, whatever its state."""
    with contextlib.suppress(Exception):
        client.shutdown()


def log_out(client: IMAPClient) -> None:
    """Say goodbye, but wait no longer than LOGOUT_SECONDS for the answer."""
    try:
        client.socket().settimeout(LOGOUT_SECONDS)
        client.logout()
    except Exception:
        hang_up(client)


@contextlib.contextmanager
def sorted_errors(where: str) -> Iterator[None]:
    """Turn what imapclient raises into Unavailable or Refused."""
    try:
        yield
    except IMAPClientReadOnlyError as error:  # a kind of IMAPClientAbortError, so it must come first
        raise Refused(f"{where}: the folder can only be read: {error}") from error
    except (IMAPClientAbortError, ProtocolError, OSError, EOFError, ValueError) as error:
        raise Unavailable(f"{where}: {error or type(error).__name__}") from error
    except IMAPClientError as error:
        if is_passing(error):
            raise Unavailable(f"{where}: {error}") from error
        raise Refused(f"{where}: {error}") from error


def is_passing(error: IMAPClientError) -> bool:
    """Whether an answer of NO is about this moment only."""
    return _PASSING.search(str(error)) is not None
