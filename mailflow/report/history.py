"""The history of a record in words: what each change says, one line each."""

from typing import Any, assert_never

from mailflow.codec import to_dict
from mailflow.core.calendar import Calendar
from mailflow.core.changes import (
    Absent,
    AgreementReset,
    Asked,
    Attends,
    Change,
    Commanded,
    Concerned,
    Entered,
    Entry,
    FieldSet,
    Joined,
    Linked,
    Noted,
    Opened,
    RoleGiven,
    Sealed,
    Signalled,
    Signed,
    TaskAdded,
    TaskChanged,
    TimerEnded,
)


def entry_sheet(entry: Entry, calendar: Calendar) -> dict[str, Any]:
    """One entry as plain values: `type` and `data` are the change, `text` the same in words."""
    document = to_dict(entry)
    data = dict(document["change"])
    return {
        "number": entry.number,
        "at": calendar.local(entry.at).isoformat(),
        "by": entry.by,
        "rule": entry.rule,
        "type": data.pop("type"),
        "text": change_text(entry.change, calendar),
        "data": data,
        "policy": entry.policy,
        "verdicts": list(entry.verdicts),
    }


def change_text(change: Change, calendar: Calendar) -> str:
    """What happened, in words."""
    match change:
        case Opened(kind, title, requester):
            return f"{kind} opened by {requester}: {title}"
        case Joined(_, message_id, sender, notice):
            return f"{'notice' if notice else 'message'} <{message_id}> from {sender} filed"
        case Entered(state):
            return f"entered {state}"
        case FieldSet(name, value, where):
            return f"{name} = {_line(value)}" + (f" ({where})" if where else "")
        case RoleGiven(role, address):
            return f"{role} is {address}"
        case Signed(agreement, party, address, agrees, reason):
            said = "agreed" if agrees else "did not agree"
            return f"{address} as {party} {said} to {agreement}" + (f": {_line(reason)}" if reason else "")
        case AgreementReset(agreement):
            return f"what was signed of {agreement} counts no more"
        case TaskAdded(task):
            return f"task {task.number}: {task.title} ({task.owner or 'nobody'}, {task.due or 'no date'})"
        case TaskChanged(number, values):
            return f"task {number}: " + ", ".join(f"{name} = {_line(value)}" for name, value in values.items())
        case Linked(link):
            return f"{link.relation} {link.record}"
        case Concerned(address):
            return f"{address} takes part"
        case Sealed(confidential):
            return "confidential from now on" if confidential else "confidential no more"
        case Absent(address):
            return f"{address} is away"
        case Asked(_, to):
            return f"waiting for a word of {', '.join(to)}"
        case Attends(address, answer, delegate, comment, proposed):
            more = [f"sends {delegate}" if delegate else "", f"proposes {proposed}" if proposed else "", _line(comment)]
            return f"{address}: {answer}" + "".join(f"; {each}" for each in more if each)
        case TimerEnded(_, _, due, outcome):
            return f"due {calendar.local(due):%Y-%m-%d %H:%M}, {outcome}"
        case Commanded(command, argument, outcome, reason):
            words = [command, f"({_line(argument)})" if argument else "", outcome, reason and f"- {reason}"]
            return " ".join(word for word in words if word)
        case Signalled(name, record, outcome):
            return f"signal {name} {'from' if outcome == 'taken' else 'to'} {record}: {outcome}"
        case Noted(text):
            return text
        case _:
            assert_never(change)


def _line(text: str, most: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
