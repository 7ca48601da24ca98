"""`mailflow act ID COMMAND… --as ADDRESS`: a command as if that person had mailed it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from mailflow.build import Parts
from mailflow.commands.opening import at_work
from mailflow.commands.options import NowOption, moment
from mailflow.commands.output import Trouble, complain, say
from mailflow.commands.show import IdArgument, unknown
from mailflow.core.changes import FieldSet
from mailflow.core.commands import available
from mailflow.core.decision import Decision
from mailflow.core.model import Record
from mailflow.core.receiving.replies import PREVIEWED
from mailflow.core.workflow import Command
from mailflow.home import Home
from mailflow.ports import Item

_REASONS = {
    "role": "{by} is none of {detail}",
    "state": "not in state {detail}",
    "closed": "the record is closed ({detail})",
    "needs": "it needs {detail}",
    "task": "which task? {detail}",
    "when": "its condition does not hold",
    "unknown": "that is no command",
    "token": "it was not proved",
}


def act(
    home: Home,
    record_id: IdArgument,
    words: Annotated[list[str], typer.Argument(metavar="COMMAND", help="The command, as it would be mailed.")],
    by: Annotated[str, typer.Option("--as", metavar="ADDRESS", help="Whose command it is.")],
    now: NowOption = "",
) -> int:
    """Give a command as if that person had mailed it."""
    at = moment(now, home)
    if "@" not in by:
        raise typer.BadParameter(f"{by!r} is no address", param_hint="--as")
    with at_work(home, at) as parts:
        record_id = _existing(parts, record_id)
        done = parts.engine.act(record_id, " ".join(words), by, at)
        if done is None:
            raise Trouble(f"there is no record {record_id}")
        decision, items = done
        record = decision.record
        assert record is not None  # a command is decided on a record
        previewed = any(each.template == PREVIEWED for each in decision.letters)
        answers = _answers(decision)
        for word, outcome, reason, detail in answers:
            why = _REASONS.get(reason, reason).format(by=by, detail=detail)
            what = f"would be {outcome}" if previewed else outcome
            (say if outcome == "done" else complain)(f"{word}: {what}" + (f" ({why})" if why else ""))
        nothing = not (answers or items or decision.entries or decision.standing)
        if nothing:
            complain(f"mailflow: {' '.join(words)!r} is no command of {record_id}")
        if nothing or any(outcome != "done" for _, outcome, _, _ in answers):
            complain(_could_say(parts, record, by, at))
            return 1
        _tell(decision, record, items)
    return 0


def _tell(decision: Decision, record: Record, items: Sequence[Item]) -> None:
    """What has changed, and the mails that follow."""
    for entry in decision.entries:
        if isinstance(entry.change, FieldSet):
            say(f"{entry.change.name} = {entry.change.value}")
    say(f"{record.id} is {record.state}")
    for item in items:
        if not item.copy_of:
            say(f"  mail to {', '.join((*item.to, *item.cc))}: {item.subject} [{', '.join(item.rules)}]")


def _existing(parts: Parts, record_id: str) -> str:
    with parts.store.transaction(write=False) as tx:
        for each in (record_id, record_id.upper()):
            if tx.record(each) is not None:
                return each
        raise Trouble(unknown(tx, record_id))


def _answers(decision: Decision) -> list[tuple[str, str, str, str]]:
    """(word, done or refused, reason, detail) of each command that was heard."""
    lines = [line for letter in decision.letters for line in letter.values.get("answers", "").splitlines()]
    found = []
    for line in lines:
        word, outcome, reason, detail = [*line.split("|", 3), "", "", ""][:4]
        found.append((word, outcome, reason, detail))
    return found


def _could_say(parts: Parts, record: Record, by: str, now: datetime) -> str:
    """What this person may say in the record as it stands."""
    known = available(by, record, parts.engine.policy, now)
    if not known:
        return f"there is nothing that {by} can say in state {record.state}"
    return f"{by} can say: " + " · ".join(_words(command) for command in known)


def _words(command: Command) -> str:
    needed = [each.name for each in command.arguments if each.required]
    return "/".join(command.words) + (f" ({', '.join(needed)})" if needed else "")
