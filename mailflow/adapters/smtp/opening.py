"""A session with the relay: connect, TLS and login exactly as configured, never less.

Invariant: no password is sent before the TLS that was asked for, and none goes into an error.
"""

import socket
import ssl

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
)

from mailflow.adapters.smtp import wire
from mailflow.adapters.tls import connection_failure
from mailflow.ports import Refused, Unavailable
from mailflow.settings import SmtpSettings

# Answers to AUTH that concern the mechanism, not the password (RFC 4954 §6): another may do.
_OTHER_MECHANISM = frozenset({500, 501, 502, 504, 534})


async def open_session(settings: SmtpSettings, context: ssl.SSLContext | None) -> SMTP:
    """Raises Unavailable, or Refused when the configuration is wrong."""
    where = f"{settings.host}:{settings.port}"
    smtp = SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.timeouts.connect,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=context,
        local_hostname=wire.hello_name(settings.hello, socket.gethostname()),
    )
    try:
        await smtp.connect()
        await _say_hello(smtp)
        if settings.user:
            await _log_in(smtp, settings)
    except (SMTPException, OSError) as error:
        smtp.close()
        raise _failure(where, error) from error
    except BaseException:
        smtp.close()
        raise
    return smtp


async def _say_hello(smtp: SMTP) -> None:
    try:
        await smtp.ehlo()
    except SMTPHeloError:
        if not smtp.is_connected:
            raise
        await smtp.helo()


async def _log_in(smtp: SMTP, settings: SmtpSettings) -> None:
    """One attempt with one mechanism, unless the server did not like the mechanism.

    aiosmtplib's own `login` tries the same wrong password with each of them, which locks accounts.
    """
    if settings.token is not None:
        await smtp.auth_xoauth2(settings.user, settings.token())
        return
    mechanisms = {"plain": smtp.auth_plain, "login": smtp.auth_login, "cram-md5": smtp.auth_crammd5}
    preferred = ("plain", "login", "cram-md5") if settings.security != "none" else ("cram-md5", "plain", "login")
    offered = [name for name in preferred if name in smtp.server_auth_methods]
    if not offered:
        raise SMTPException("a user is configured, but the server offers no login (AUTH)")
    for name in offered:
        try:
            await mechanisms[name](settings.user, settings.password)
            return
        except SMTPAuthenticationError as error:
            if error.code not in _OTHER_MECHANISM or name == offered[-1]:
                raise


def _failure(where: str, error: SMTPException | OSError) -> Unavailable | Refused:
    """Whose fault it is that there is no session."""
    cause = error.__cause__
    if isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError):
        return connection_failure(where, error if isinstance(error, ssl.SSLError) else cause or error)
    if isinstance(error, SMTPResponseException):
        kind = "login refused" if isinstance(error, SMTPAuthenticationError) else "refused"
        said = f"{where}: {kind}: {error.code} {' '.join(error.message.split())}"
        return Refused(said) if 500 <= error.code < 600 else Unavailable(said)
    if isinstance(error, OSError):  # lost, timed out, not reached: aiosmtplib's errors for these are OSErrors
        return Unavailable(f"{where}: {error or type(error).__name__}")
    return Refused(f"{where}: {error}")  # the server lacks STARTTLS or AUTH
