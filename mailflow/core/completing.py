"""What somebody answers who was asked what tasks lack (P0.9, P5.3): `2 陈静`, `4：12月10日`, the items anew. Pure.

It is said as the command that gives a task its owner, or its date, would say it: whoever may not give that one, may not
give this, and what cannot be read is no answer.
"""

import re
from collections.abc import Sequence

from mailflow.core.model import Task
from mailflow.core.reading.arguments import Ears
from mailflow.core.reading.speech import Said, listen
from mailflow.core.reading.text import fold
from mailflow.core.workflow import ArgumentType, Command

_LINE = re.compile(r"(?:第|#|item\s)?\s{0,2}(\d{1,3})(?:项|項)?[\s.、:：)）]{1,4}(\S.{0,300})", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s，,;；、()（）\[\]【】:：。|/]+")
_LABELS = re.compile(
    r"(?:由|负责人|負責人|责任人|截止(?:日期)?|期限|owner|due|by)\s?[:：]?\s?|(?:来)?(?:负责|負責)$", re.IGNORECASE
)
_LINES = 50


def completed(text: str, tasks: Sequence[Task], commands: Sequence[Command], ears: Ears) -> tuple[Said, ...]:
    """The owners and dates that lines of a text give to tasks that lack them; none where no line does."""
    lacking = {str(task.number): task for task in tasks if not task.complete}
    said: list[Said] = []
    for line in text.splitlines()[:_LINES] if lacking else ():
        found = _LINE.fullmatch(line.strip())
        task = lacking.get(found[1]) if found else None
        if found and task:
            said += _given(task, found[2], commands, ears)
    return tuple(said)


def _given(task: Task, text: str, commands: Sequence[Command], ears: Ears) -> list[Said]:
    """What a line gives to one task, behind its number and perhaps its title."""
    if task.title and fold(text).startswith(fold(task.title)):
        text = text[len(task.title) :]
    pieces = [text.strip(), *filter(None, (_LABELS.sub("", each).strip() for each in _BETWEEN.split(text)))]
    wanted = [*([ArgumentType.PERSON] if not task.owner else []), *([ArgumentType.DATE] if not task.due else [])]
    heard = (_first(task, kind, pieces, commands, ears) for kind in wanted)
    return [each for each in heard if each is not None]


def _first(
    task: Task, kind: ArgumentType, pieces: Sequence[str], commands: Sequence[Command], ears: Ears
) -> Said | None:
    """The first piece of a line that is understood by the command which gives a task such a value and nothing else."""
    gives = {ArgumentType.TASK, kind}
    command = next((each for each in commands if {one.type for one in each.arguments if one.required} == gives), None)
    for piece in pieces if command else ():
        said = listen(f"{command.words[0]} {task.number} {piece}", [command], ears).said if command else ()
        if said and not said[0].problem:
            return said[0]
    return None
