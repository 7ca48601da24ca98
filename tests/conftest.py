"""Mail servers for the tests that talk to one, and how long the property tests look."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from mailflow.demo.servers import ImapServer, SmtpSink

# The suite is to be quick and to say the same thing twice; `make fuzz` looks far and wide.
settings.register_profile("suite", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("fuzz", max_examples=20_000, deadline=None)
settings.load_profile("suite")


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """An embedded IMAP server with one user, ann (password secret), and an empty INBOX."""
    with ImapServer({"ann": "secret"}) as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """An embedded SMTP server without TLS or login that takes everything."""
    with SmtpSink() as sink:
        yield sink
