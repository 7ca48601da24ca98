"""What `simulate` prints: the mails in order of time, and for a story whether it holds, else where it does not."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from mailflow.commands.options import Format
from mailflow.commands.output import Trouble, complain, say, say_json, say_table
from mailflow.core.calendar import Calendar
from mailflow.core.explain import citations
from mailflow.core.policy import Policy
from mailflow.home import Home
from mailflow.policy.load import read_home
from mailflow.ports import Item
from mailflow.stories.compare import Mark
from mailflow.stories.play import Played, play
from mailflow.stories.stage import Stage

# How the file of a story is called; any other file is a message.
SUFFIXES = (".yaml", ".yml")


def row(item: Item, calendar: Calendar) -> dict[str, object]:
    """One mail as `simulate --format json` prints it; for a bundle, template and rule are lists."""
    single = len(item.rules) == 1
    return {
        "at": calendar.local(item.sent_at or item.at).isoformat(),
        "to": list(item.to),
        "cc": list(item.cc),
        "subject": item.subject,
        "template": item.templates[0] if single else list(item.templates),
        "rule": item.rules[0] if single else list(item.rules),
    }


def show(items: Sequence[Item], policy: Policy) -> None:
    """The mails as a table: when, by which rule and line, to whom, with which subject."""
    cited = {rule: each for workflow in policy.kinds.values() for rule, each in citations(workflow).items()}
    site = policy.calendar("")
    rows = []
    for item in items:
        places = [str(cited[rule].place).removeprefix("rules/") for rule in item.rules if rule in cited]
        copied = f" (cc {', '.join(item.cc)})" if item.cc else ""
        local = site.local(item.sent_at or item.at)
        reader = ", ".join(item.to) + copied
        rules = ", ".join(item.rules)
        rows.append((f"{local:%a %m-%d %H:%M}", rules, ", ".join(places), reader, item.subject))
    say_table(("when", "rule", "where", "to", "subject"), rows, empty="no mail would be sent")


def told(home: Home, paths: Sequence[Path], format: Format) -> int:
    """Play the stories of some files by the rules of a home; 1 where one does not hold. Raises Trouble."""
    stage = Stage(read_home(home.path))
    played, problems = [], list[str]()
    for path in paths:
        try:
            story, found = stage.read(path)
        except OSError as error:
            problems.append(f"{path}: {error.strerror}")
            continue
        problems += map(str, found)
        if story is not None:
            played.append(asyncio.run(play(story, stage)))
    if format is Format.JSON:
        say_json([row(item, each.story.policy.calendar("")) for each in played for item in each.items])
    for each in played:
        if format is not Format.JSON:
            say(f"{each.story.file}: {each.story.title}" if each.story.title else each.story.file)
            show(each.items, each.story.policy)
        if each.holds and format is not Format.JSON:
            say("the story holds\n")
        elif not each.holds:
            complain(difference(each))
    if problems:
        raise Trouble(*problems)
    return 0 if all(each.holds for each in played) else 1


def difference(played: Played) -> str:
    """What the story tells and what came, in order of time, each difference with its mark."""
    site = played.story.policy.calendar("")
    legend = {
        Mark.LOST: "told and not sent",
        Mark.EXTRA: "sent and not told",
        Mark.WRONG: "not as it is told",
    }
    marks = {each.mark for each in played.lines}
    said = "; ".join(f"{mark} {text}" for mark, text in legend.items() if mark in marks)
    lines = [f"{played.story.file}: the story does not hold ({said})"]
    for line in played.lines:
        where = f"   {line.place}" if line.place and line.mark is not Mark.KEPT else ""
        lines.append(f"{line.mark} {site.local(line.at):%a %Y-%m-%d %H:%M}  {line.text}{where}")
    return "\n".join(lines)
