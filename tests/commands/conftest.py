"""A home of the test's own, with servers and without."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import ServedHome, TestHome, make, served


@pytest.fixture
def home(tmp_path: Path) -> TestHome:
    """A home with the repository's rules, without mailboxes or a relay."""
    return make(tmp_path / "home")


@pytest.fixture
def served_home(tmp_path: Path) -> Iterator[ServedHome]:
    """A home with an IMAP and an SMTP server."""
    with served(tmp_path / "home") as home:
        yield home
