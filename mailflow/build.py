"""The one place where the parts are put together: a home gives a store, a policy in force, an engine, the edges."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailflow.adapters.imap import ImapMailbox
from mailflow.adapters.render import Renderer
from mailflow.adapters.smtp import SmtpCourier
from mailflow.adapters.store import DocumentStore, open_store
from mailflow.engine import Engine
from mailflow.force import InForce, put_in_force
from mailflow.home import Home
from mailflow.intake import Intake
from mailflow.policy.load import load, read_home
from mailflow.ports import Store, Unavailable
from mailflow.settings import SecretMissing, Settings

_SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Parts:
    """A home at work. `force` is the policy in force and what is wrong with the present files."""

    home: Home
    store: Store
    force: InForce
    engine: Engine

    def close(self) -> None:
        self.store.close()


def build(home: Home, now: datetime, store: Store | None = None) -> Parts:
    """Open a home: raises NoPolicy (broken rules), Unavailable (state cannot be used), OSError (no rules there)."""
    files = read_home(home.path)
    store = store or open_state(home, files)
    force = put_in_force(store, files, now)
    return Parts(home, store, force, engine_of(store, force, now))


def open_state(home: Home, files: Mapping[str, str]) -> DocumentStore:
    """The state of a home, as its site.yaml says; raises Unavailable."""
    try:
        url = load(files, templates=False).settings.state.reveal(os.environ, read_secret)
    except SecretMissing as missing:
        raise Unavailable(str(missing)) from missing
    return open_store(url, home.state)


def engine_of(store: Store, force: InForce, now: datetime) -> Engine:
    """An engine for the policy in force; when it is new, all due moments are worked out anew."""
    engine = Engine(store, force.policy, renderer_of(force), home_secret(store))
    if force.adopted:
        engine.adopt(now)
    if force.news:
        engine.tell_admin("site/policy-broken", {"problems": "\n".join(str(p) for p in force.problems)}, now)
    return engine


def renderer_of(force: InForce) -> Renderer:
    """The templates that are in force, in the site's language where a reader's has none."""
    templates = {
        path.removeprefix("templates/"): text for path, text in force.files.items() if path.startswith("templates/")
    }
    return Renderer(templates, force.policy.site.language)


def home_secret(store: Store) -> bytes:
    """What makes this home's Message-IDs unguessable; drawn once, kept in the state."""
    with store.transaction() as tx:
        kept = tx.get(_SECRET)
        if not kept:
            kept = secrets.token_hex(32)
            tx.put(_SECRET, kept)
        return bytes.fromhex(kept)


def read_secret(path: str) -> str:
    """The text of a secret's file; raises OSError."""
    return Path(path).read_text("utf-8")


def intakes(settings: Settings) -> list[Intake]:
    """The mailboxes, with their passwords; raises SecretMissing."""
    servers = [each.unlock(os.environ, read_secret) for each in settings.mailboxes]
    return [Intake(ImapMailbox(server), server.since) for server in servers]


def courier_of(settings: Settings, address: str) -> SmtpCourier | None:
    """The relay, None when none is configured; raises SecretMissing."""
    if settings.smtp is None:
        return None
    return SmtpCourier(settings.smtp.unlock(os.environ, read_secret), address)
