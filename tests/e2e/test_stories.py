"""Whole stories through real mail servers: what each reader gets, and at which minute, is what the story tells."""

import asyncio
from datetime import datetime, timedelta
from functools import cache

import pytest

from mailflow.policy.load import read_home
from mailflow.ports import Item
from mailflow.stories import letters
from mailflow.stories.play import play
from mailflow.stories.stage import Stage
from mailflow.stories.values import Answered, Story, Written
from tests.e2e.office import ROOT, ZONE, Office, clock

SCENARIOS = ROOT / "tests" / "scenarios"
WEEKS = "P2.1-from-the-mail-to-the-last-improvement"
NAMES = (
    "P2.12-late-over-budget-handed-over-twice",
    "P3.5-it-crosses-with-the-approval",
    "P0.7-passed-on-to-somebody",
)
Row = tuple[str, str, str]


@cache
def stage() -> Stage:
    return Stage(read_home(ROOT))


def told(name: str) -> tuple[Story, list[Row]]:
    """A scenario, and what each reader gets in it: (when, reader, rules), as it is played without servers."""
    path = SCENARIOS / f"{name}.yaml"
    story, problems = stage().read(path, path.name)
    assert story is not None, problems
    played = asyncio.run(play(story, stage()))
    assert played.holds
    rows = [
        (clock(item.sent_at or item.at), reader, ", ".join(item.rules))
        for item in played.items
        for reader in dict.fromkeys((*item.to, *item.cc))
    ]
    return story, sorted(rows)


def moments(story: Story, rows: list[Row]) -> list[datetime]:
    """When to look: at every step, every mail and every hour, so that what comes at another hour is seen."""
    start, end = story.steps[0].at, story.until
    hours = [start + timedelta(hours=n) for n in range(int((end - start) / timedelta(hours=1)))]
    sent = [datetime.fromisoformat(when).replace(tzinfo=ZONE) for when, _, _ in rows]
    return sorted({*(each.at for each in story.steps), *sent, *hours, end})


def answered(office: Office, asked: Answered) -> tuple[Item, bytes]:
    """The mail of the office's that a step answers, as its reader got it."""
    person = office.open.engine.policy.directory.person(asked.of).address
    with office.open.store.transaction(write=False) as tx:
        items = [each for each in tx.items() if each.status == "sent" and asked.template in each.templates]
        mine = [each for each in items if person in each.recipients and asked.about in ("", *each.records)]
        latest = max(mine, key=lambda each: (not each.copy_of, each.sent_at or each.at))
        return latest, tx.content(latest.id)


def lived(office: Office, story: Story, rows: list[Row]) -> list[Row]:
    """What each reader got from the office, with the story's mails put into its mailbox at their minutes."""
    number = 0
    for moment in moments(story, rows):
        office.now = moment
        for step in story.steps:
            if step.at == moment and isinstance(step.deed, Written):
                letter, number = step.deed, number + 1
                to = answered(office, letter.answers) if letter.answers is not None else None
                office.put(letters.written(letter, story.policy, moment, number, to))
                office.work(moment)
        office.work(moment, mailboxes=False)
    return sorted((each.when, each.reader, each.rule) for each in office.letters)


@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_through_imap_and_smtp_as_it_is_told(office: Office, name: str) -> None:
    story, rows = told(name)
    assert lived(office, story, rows) == rows


def test_six_weeks_on_dovecot(dovecot_office: Office) -> None:
    story, rows = told(WEEKS)
    assert lived(dovecot_office, story, rows) == rows
