"""Where stories are played: a home's rules and templates, read once, and a fresh state in memory for each."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath

from mailflow.adapters.clock import SteppedClock
from mailflow.adapters.render import Renderer
from mailflow.adapters.store import MemoryStore
from mailflow.build import home_secret
from mailflow.core.policy import Policy
from mailflow.engine import Engine
from mailflow.policy.load import Loaded, load
from mailflow.policy.nodes import Node
from mailflow.policy.problem import Problem
from mailflow.simulate import Rehearsal
from mailflow.stories.read import read_story
from mailflow.stories.values import Story


class Stage:
    """A home's files (see policy.load.read_home) for any number of stories."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self._plain: Loaded | None = None
        self._renderers: dict[str, Renderer] = {}
        self._templates = {
            path.removeprefix("templates/"): text for path, text in files.items() if path.startswith("templates/")
        }

    def loaded(self, over: Mapping[str, Node]) -> Loaded:
        """The home's policy, with lines laid over its files."""
        if over:
            return load(self.files, over=over)
        self._plain = self._plain or load(self.files)
        return self._plain

    def read(self, path: Path, name: str = "") -> tuple[Story | None, tuple[Problem, ...]]:
        """The story of a file; raises OSError where it cannot be read."""
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
        templates = frozenset(
            PurePosixPath(*PurePosixPath(each).parts[1:]).with_suffix("").as_posix() for each in self._templates
        )
        return read_story(
            name or str(path), text, self.loaded, templates, lambda each: (path.parent / each).read_bytes()
        )

    def rehearsal(self, policy: Policy, now: datetime) -> Rehearsal:
        """A home at its beginning: nothing is filed yet."""
        store = MemoryStore()
        language = policy.site.language
        renderer = self._renderers.setdefault(language, Renderer(self._templates, language))
        return Rehearsal(Engine(store, policy, renderer, home_secret(store)), SteppedClock(now))
