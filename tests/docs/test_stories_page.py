"""docs/stories.md names every key of a story and no other, its example holds, and mistakes are told with their place."""

import asyncio
import re
from pathlib import Path

import pytest

from mailflow.policy.load import read_home
from mailflow.policy.reader import Keys
from mailflow.stories import keys
from mailflow.stories.play import play
from mailflow.stories.stage import Stage
from tests.docs.drafts import ROOT

DOCS = (ROOT / "docs" / "stories.md").read_text(encoding="utf-8")
# A task's keys are those of the record; that table stands with `show`.
KEYS = {name: value.names for name, value in vars(keys).items() if isinstance(value, Keys) and name != "TASK"}


def documented(marker: str) -> list[str]:
    _, found, rest = DOCS.partition(f"<!-- {marker} -->\n\n")
    assert found, f"docs/stories.md has no <!-- {marker} -->"
    rows = rest.partition("\n\n")[0].split("\n")[2:]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_key_is_documented_and_no_other(name: str) -> None:
    assert sorted(documented(f"keys: {name}")) == sorted(KEYS[name])


def test_the_example_holds(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(item:.*?)```", DOCS, re.DOTALL)
    assert example is not None
    path = tmp_path / "story.yaml"
    path.write_text(example[1], "utf-8")
    stage = Stage(read_home(ROOT))
    story, problems = stage.read(path, "story.yaml")
    assert problems == () and story is not None
    played = asyncio.run(play(story, stage))
    assert [line.text for line in played.lines if line.mark != " "] == []
