"""`mailflow inspect FILE…`: how a message is read, and what that rests on. Needs no state."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mailflow.commands.deliver import without_envelope
from mailflow.commands.options import FilesArgument, Format, FormatOption, NowOption, moment
from mailflow.commands.output import complain, say, say_json
from mailflow.core.commands import hear_any
from mailflow.core.policy import Policy
from mailflow.core.reading.classify import classify
from mailflow.core.reading.fields import read_fields
from mailflow.core.reading.items import Item, read_items
from mailflow.core.reading.speech import Said, lists_tasks
from mailflow.core.receiving.questions import question, words_of
from mailflow.core.receiving.writers import answerable
from mailflow.core.triggers import Classification
from mailflow.core.workflow import Workflow
from mailflow.defaults import defaults
from mailflow.force import NoPolicy
from mailflow.home import Home
from mailflow.mail.model import Mail, Table
from mailflow.mail.parse import parse
from mailflow.mail.tables import attached_tables
from mailflow.policy.load import load, read_home
from mailflow.tokens import taken_out


def inspect(home: Home, files: FilesArgument, format: FormatOption = Format.TEXT, now: NowOption = "") -> int:
    """Show how messages are read.

    Subject, kind, fields, the writer's own text, whether a machine sent it, what is wrong with it.
    """
    at = moment(now, home)
    policy = rules_of(home)
    status = 0
    for number, path in enumerate(files):
        try:
            content = path.read_bytes()
        except OSError as error:
            complain(f"{path}: {error.strerror}")
            status = 1
            continue
        mail, _ = taken_out(parse(without_envelope(content), received=at, mark=policy.site.address))
        sheet = reading(str(path), mail, policy, at)
        if format is Format.JSON:
            say_json(sheet, indent=None)
        else:
            say(("\n" if number else "") + _text(sheet))
    return status


def reading(file: str, mail: Mail, policy: Policy, now: datetime) -> dict[str, Any]:
    """How a message is read by a policy, as plain values."""
    found = classify(mail, policy)
    calendar = policy.calendar("")
    workflow = policy.kinds.get(found.kind) if found.kind else None
    attached = attached_tables(mail)
    fields = read_fields(mail, workflow.fields, policy, calendar.day_of(now), attached.tables) if workflow else ()
    asked = question(words_of(mail), policy, in_record=mail.replied)
    said = [] if asked else _said(mail, found, policy, now)
    evidence = [
        *found.evidence,
        *(f"suggests {kind}" for kind in found.suggested),
        *(f"names {record_id}" for record_id in found.record_ids),
        *(f"automatic: {sign}" for sign in mail.automatic),
        *(f"not to be acknowledged: {sign}" for sign in mail.unanswerable),
        *(f"field {each.name}: {each.problem}" for each in fields if each.problem),
        *(f"attachment {name}: damaged or locked" for name in attached.unreadable),
    ]
    return {
        "file": file,
        "subject": mail.subject,
        "from": mail.sender.address if mail.sender else "",
        "date": calendar.local(mail.date).isoformat() if mail.date else None,
        "kind": found.kind,
        "title": found.title,
        "tag": found.tag,
        "fields": {each.name: each.value for each in fields if each.value},
        "text": mail.own,
        "automatic": bool(mail.automatic),
        "acknowledge": answerable(mail, policy),
        "evidence": evidence,
        "attachments": [{"filename": each.filename, "type": each.type, "size": each.size} for each in mail.attachments],
        "defects": list(mail.defects),
        "question": asked[0].removeprefix("site/") if asked else None,
        "commands": [_command(each, workflow) for workflow, each in said],
        "items": [_item(each) for each in _items(mail, workflow, said, policy, calendar.day_of(now), attached.tables)],
    }


def _said(mail: Mail, found: Classification, policy: Policy, now: datetime) -> list[tuple[Workflow, Said]]:
    """The commands of a reply, each with the kind that knows it: that of the record it names, else any."""
    if found.kind and not mail.replied:
        return []
    named = {each.rpartition("-")[0].rpartition("-")[0] for each in found.record_ids}
    workflows = [each for each in policy.kinds.values() if each.prefix in named or each.kind == found.kind]
    return [
        (workflow, each)
        for workflow in workflows or policy.kinds.values()
        for each in hear_any(mail.own, workflow, policy, now).said
    ]


def _items(
    mail: Mail,
    opened: Workflow | None,
    said: Sequence[tuple[Workflow, Said]],
    policy: Policy,
    today: date,
    tables: Sequence[Table],
) -> tuple[Item, ...]:
    """The items of a message, where its kind reads them from the first mail or a command of it wants them."""
    wanted = [workflow for workflow, each in said if lists_tasks(each.command)]
    if opened is not None and not mail.replied and opened.tasks and opened.tasks.read:
        wanted.append(opened)
    fields = wanted[0].tasks.fields if wanted and wanted[0].tasks else ()
    return read_items(mail, policy, today, tables, fields) if wanted else ()


def _command(said: Said, workflow: Workflow) -> dict[str, Any]:
    return {
        "kind": workflow.kind,
        "command": said.command.name,
        "line": said.line,
        "arguments": dict(said.arguments),
        "problem": said.problem,
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "title": item.title,
        "owner": item.owner,
        "due": item.due,
        "collaborators": list(item.collaborators),
        "standard": item.standard,
        "fields": dict(item.fields),
        "problems": list(item.problems),
    }


def rules_of(home: Home) -> Policy:
    """The home's rules; those that `init` writes where there is no home. Raises NoPolicy."""
    if home.exists():
        loaded = load(read_home(home.path), templates=False)
    else:
        complain(f"{home.path} is no home: the default rules are used")
        loaded = load(read_home(Path(str(defaults()))), templates=False)
    if loaded.policy is None:
        raise NoPolicy(loaded.errors)
    return loaded.policy


def _text(sheet: Mapping[str, Any]) -> str:
    """The sheet of one message for people."""
    lines = [f"{sheet['file']}"]
    for name in ("subject", "from", "date", "kind", "title", "tag"):
        lines.append(f"  {name + ':':<13}{sheet[name] if sheet[name] not in (None, '') else '-'}")
    lines.append(f"  {'automatic:':<13}{'yes' if sheet['automatic'] else 'no'}")
    lines.append(f"  {'acknowledge:':<13}{'yes' if sheet['acknowledge'] else 'no'}")
    for name, value in sheet["fields"].items():
        lines.append(f"  field {name}: {value.replace(chr(10), chr(10) + ' ' * 8)}")
    if sheet["question"]:
        lines.append(f"  {'question:':<13}{sheet['question']}")
    lines += [f"  command: {_spoken(each)}" for each in sheet["commands"]]
    lines += [f"  item: {_listed(each)}" for each in sheet["items"]]
    for name in ("evidence", "defects"):
        lines += [f"  {name.removesuffix('s')}: {each}" for each in sheet[name]]
    for each in sheet["attachments"]:
        lines.append(f"  attachment: {each['filename']} ({each['type']}, {each['size']} bytes)")
    lines.append("  text:")
    lines += [f"    {line}" for line in sheet["text"].splitlines()]
    return "\n".join(lines)


def _spoken(command: Mapping[str, Any]) -> str:
    arguments = "; ".join(f"{name}={value}" for name, value in command["arguments"].items())
    said = f"{command['kind']}.{command['command']}" + (f" ({arguments})" if arguments else "")
    return f"{said}: {command['problem']}" if command["problem"] else said


def _listed(item: Mapping[str, Any]) -> str:
    said = f"{item['title']}: {item['owner'] or 'nobody'}, due {item['due'] or 'never'}"
    return said + (f" ({'; '.join(item['problems'])})" if item["problems"] else "")
