"""Addresses and messages as they go over the wire. Pure.

Invariant: nothing is changed but line ends, which become CRLF, and dots that begin a line, which are doubled.
"""

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")
# What could end the address, or the command, early (RFC 5321 §4.1.2); quoted local parts are not sent.
_UNSAFE = re.compile(r'[\x00-\x20\x7f<>"\\]')
_DOTTED_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+")


class BadAddress(ValueError):
    """An address that cannot stand in an envelope; the text says why."""


def lines(content: bytes) -> bytes:
    """With CRLF at each line's end and at the end of all. Most mail has them, and is given back as it is."""
    ends = content.count(b"\r\n")
    if content.count(b"\r") != ends or content.count(b"\n") != ends:
        content = _LINE_END.sub(b"\r\n", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def stuffed(content: bytes) -> bytes:
    """With every dot that begins a line doubled (RFC 5321 §4.5.2). Expects what `lines` gives."""
    content = content.replace(b"\r\n.", b"\r\n..")
    return b"." + content if content.startswith(b".") else content


def path(address: str, utf8: bool) -> bytes:
    """`<address>` as bytes; "" is the null sender `<>`.

    Without SMTPUTF8 (`utf8`) the domain is written in its ASCII form. Raises BadAddress.
    """
    if not address:
        return b"<>"
    local, at, domain = address.rpartition("@")
    if _UNSAFE.search(address) or not at or not local or not domain:
        raise BadAddress(f"{address!r} is not an address that can be mailed")
    if address.isascii():
        return b"<" + address.encode("ascii") + b">"
    if utf8:
        return b"<" + address.encode("utf-8", "replace") + b">"
    if not local.isascii():
        raise BadAddress(f"{address!r} needs SMTPUTF8, which the server does not offer")
    try:
        return b"<" + local.encode("ascii") + b"@" + domain.encode("idna") + b">"
    except UnicodeError as error:
        raise BadAddress(f"the domain of {address!r} cannot be written in ASCII: {error}") from error


def needs_utf8(addresses: tuple[str, ...]) -> bool:
    """Whether an address has a local part that only SMTPUTF8 can carry."""
    return not all(address.rpartition("@")[0].isascii() for address in addresses)


def hello_name(configured: str, host_name: str) -> str:
    """What to say in EHLO: a full name, else an address literal (RFC 5321 §4.1.4)."""
    if configured:
        return configured
    return host_name if _DOTTED_NAME.fullmatch(host_name) else "[127.0.0.1]"
