"""Offices: homes on real mail servers of their own, on the embedded IMAP server and on Dovecot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailflow.demo.servers import ImapServer
from tests.e2e.office import Dovecot, Office, OfficeMaker, Pymap, offices
from tests.servers.dovecot import DovecotServer


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """An embedded IMAP server with the users requests and second (password secret)."""
    with ImapServer({"requests": "secret", "second": "secret"}) as server:
        yield server


@pytest.fixture
def make_office(imap: ImapServer, tmp_path: Path) -> Iterator[OfficeMaker]:
    """Makes offices on the embedded IMAP server."""
    yield from offices(tmp_path, Pymap(imap), [])


@pytest.fixture
def office(make_office: OfficeMaker) -> Office:
    """An office on the embedded IMAP server, on Monday, 2 March 2026, 09:00."""
    return make_office()


@pytest.fixture
def dovecot_office(shared_dovecot: DovecotServer, dovecot_user: str, tmp_path: Path) -> Iterator[Office]:
    """An office on Dovecot."""
    for make in offices(tmp_path, Dovecot(shared_dovecot), []):
        yield make(boxes=(dovecot_user,))
