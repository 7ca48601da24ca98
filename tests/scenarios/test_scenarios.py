"""Each scenario holds: what it tells is what the shipped rules do, and they do nothing else."""

import asyncio
from functools import cache
from pathlib import Path

import pytest

from mailflow.commands.timeline import difference
from mailflow.policy.load import read_home
from mailflow.stories.play import play
from mailflow.stories.stage import Stage
from tests.world import ROOT

FILES = sorted(Path(__file__).parent.glob("*.yaml"))


@cache
def stage() -> Stage:
    """The shipped rules, read once for all stories."""
    return Stage(read_home(ROOT))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_story_holds(path: Path) -> None:
    story, problems = stage().read(path, path.name)
    assert story is not None, "\n".join(map(str, problems))
    assert path.stem.partition("-")[0] in story.items, "a scenario is named after its item"
    assert story.title
    played = asyncio.run(play(story, stage()))
    assert played.holds, difference(played)
