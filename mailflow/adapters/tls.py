"""TLS as it is configured: certificates are always checked, and what fails says whose fault it is."""

import ssl

from mailflow.ports import Refused, Unavailable

# The other side does not speak TLS here, or none that is safe: no later attempt will change that.
_WRONG_FOR_GOOD = frozenset(
    {"WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "TLSV1_ALERT_PROTOCOL_VERSION"}
)


def client_context(cafile: str | None) -> ssl.SSLContext:
    """A context that checks certificate and host name against `cafile`, or the system's authorities.

    Raises Refused when the file cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=cafile)
    except (OSError, ssl.SSLError) as error:
        raise Refused(f"the certificate authorities in {cafile} cannot be read: {error}") from error


def connection_failure(where: str, error: BaseException) -> Unavailable | Refused:
    """What a connection that could not be made means to the caller. `where`: host and port."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(f"{where}: the server's certificate is not trusted: {error.verify_message}")
    if isinstance(error, ssl.SSLError) and error.reason in _WRONG_FOR_GOOD:
        return Refused(f"{where}: no TLS is spoken there ({error.reason}); check port and security")
    return Unavailable(f"{where}: {error or type(error).__name__}")
