"""Mail servers for the tests that talk to one, and how long the property tests look."""

import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings

from mailflow import build, force
from mailflow.demo.servers import ImapServer, SmtpSink
from mailflow.policy.load import Loaded, load
from mailflow.stories import stage
from tests.servers.dovecot import DovecotServer
from tests.servers.postfix import PostfixServer
from tests.servers.support import Certificate, make_certificate

# The suite is to be quick and to say the same thing twice; `make fuzz` looks far and wide, but not for ever.
settings.register_profile("suite", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("fuzz", max_examples=5_000, deadline=None)
settings.load_profile("suite")
FUZZ_SECONDS = 8.0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """When fuzzing, each property looks for FUZZ_SECONDS and lets the examples that are left pass."""
    if config.getoption("--hypothesis-profile") != "fuzz":
        return
    handles = {id(each): each for item in items if (each := getattr(getattr(item, "obj", None), "hypothesis", None))}
    for handle in handles.values():
        handle.inner_test = _for_a_while(handle.inner_test)


def _for_a_while(check: Callable[..., Any]) -> Callable[..., Any]:
    """`check` until its time is up; once it failed it runs on, since the failure is to be made small and told."""
    begun: dict[str, float] = {}
    failed: set[str] = set()

    @functools.wraps(check)
    def bounded(*args: Any, **options: Any) -> Any:
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        if time.monotonic() - begun.setdefault(test, time.monotonic()) > FUZZ_SECONDS and test not in failed:
            return None
        try:
            return check(*args, **options)
        except Exception:
            failed.add(test)
            raise

    return bounded


@functools.lru_cache(maxsize=50)
def _loaded(files: tuple[tuple[str, str], ...], templates: bool) -> Loaded:
    return load(dict(files), templates=templates)


@pytest.fixture(scope="session", autouse=True)
def rules_read_once() -> Iterator[None]:
    """Loading is a function of the files, and hundreds of tests begin with the same: each process reads them once."""

    def remembered(files: Mapping[str, str], *, templates: bool = True, **options: Any) -> Loaded:
        if options:
            return load(files, templates=templates, **options)
        return _loaded(tuple(sorted(files.items())), templates)

    with pytest.MonkeyPatch.context() as patch:
        for module in (build, force, stage):
            patch.setattr(module, "load", remembered)
        yield


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


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A self-signed certificate for servers on 127.0.0.1."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def shared_dovecot() -> Iterator[DovecotServer]:
    """One Dovecot for all tests: add a user of your own to it. Do not stop it."""
    with DovecotServer() as server:
        yield server


@pytest.fixture
def dovecot_user(shared_dovecot: DovecotServer) -> str:
    """The name of a fresh user of the shared Dovecot, with password secret and an empty INBOX."""
    name = f"user-{uuid4().hex[:12]}"
    shared_dovecot.add_user(name, "secret")
    return name


@pytest.fixture
def dovecot() -> Iterator[DovecotServer]:
    """A Dovecot of the test's own with one user, ann (password secret), to be cut, stopped and started."""
    with DovecotServer({"ann": "secret"}) as server:
        yield server


@pytest.fixture(scope="session")
def postfix() -> Iterator[PostfixServer]:
    """One Postfix for all tests, which delivers to ann@ and bob@example.com in Maildirs of its own."""
    with PostfixServer({"ann@example.com": "ann", "bob@example.com": "bob"}) as server:
        yield server
