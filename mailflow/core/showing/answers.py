"""What a reader may answer: each command as the lines to write, and a link that writes them. Pure."""

from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

from mailflow.core.commands import every_command, of_state
from mailflow.core.conditions import holds as met
from mailflow.core.model import Task
from mailflow.core.roles import Scope, may_in, resolve_in
from mailflow.core.rule import Attend
from mailflow.core.showing.reader import Reader, Subject
from mailflow.core.wording import choice_text, text_of, tongue
from mailflow.core.workflow import Argument, ArgumentType, Command, Workflow

_BLANK = {
    "zh": {
        ArgumentType.DATE: "日期",
        ArgumentType.MOMENT: "日期 时间",
        ArgumentType.PERSON: "姓名",
        ArgumentType.DEPARTMENT: "部门",
        ArgumentType.PEOPLE: "姓名、姓名",
        ArgumentType.GROUP: "组名",
        ArgumentType.RECORD: "编号",
        ArgumentType.KIND: "类别",
    },
    "en": {
        ArgumentType.DATE: "DATE",
        ArgumentType.MOMENT: "DATE TIME",
        ArgumentType.PERSON: "NAME",
        ArgumentType.DEPARTMENT: "DEPARTMENT",
        ArgumentType.PEOPLE: "NAME, NAME",
        ArgumentType.GROUP: "GROUP",
        ArgumentType.RECORD: "NUMBER",
        ArgumentType.KIND: "KIND",
    },
}


@dataclass(frozen=True, slots=True)
class _Standing:
    """What roles the reader has in the record; each asked once, as many commands name the same."""

    subject: Subject
    reader: Reader
    _scopes: dict[int, Scope] = field(default_factory=dict)
    _may: dict[tuple[tuple[str, ...], int], bool] = field(default_factory=dict)
    _holds: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def may(self, roles: tuple[str, ...], task: Task | None) -> bool:
        """Whether the reader may do what the roles may (P1.4)."""
        key = (roles, task.number if task else 0)
        if key not in self._may:
            self._may[key] = may_in(self._scope(task), self.reader.address, roles)
        return self._may[key]

    def holds(self, roles: tuple[str, ...]) -> bool:
        """Whether the roles mean the reader now."""
        if roles not in self._holds:
            self._holds[roles] = self.reader.address in resolve_in(self._scope(self.subject.task), roles)
        return self._holds[roles]

    def _scope(self, task: Task | None) -> Scope:
        number = task.number if task else 0
        if number not in self._scopes:
            self._scopes[number] = Scope(self.subject.record, self.reader.policy, self.reader.now, task)
        return self._scopes[number]


def commands_view(
    subject: Subject, reader: Reader, answer_under: str, notice_id: str = "", *, invites: bool = False
) -> tuple[dict[str, object], ...]:
    """The commands that the reader may give now; those of the present state, or of the task, are `main`.

    Of a letter that `invites`, they are those that answer an invitation.

    `own` are those of the reader's own roles, not only of people further down the chain.
    """
    workflow, language = subject.workflow, reader.language
    tasks = workflow.tasks.commands if workflow.tasks else ()
    standing = _Standing(subject, reader)
    found = []
    for command in of_state(subject.record, workflow):
        if not _possible(command, standing):
            continue
        line, body = _lines(command, workflow, subject.task, language)
        number = subject.task.number if subject.task and command in tasks else 0
        main = _attends(command) if invites else command in subject.state.commands
        found.append(
            {
                "name": command.name,
                "word": f"{word(command, language)} {number}" if number else word(command, language),
                "label": line if number else text_of(command.label, language),
                "line": line,
                "own": standing.holds(command.by) or _of_owner(command, subject, reader),
                "main": bool(number) if subject.task else main,
                "mailto": mailto(reader.policy.site.address, answer_under, body, notice_id),
            }
        )
    return tuple(found)


def _attends(command: Command) -> bool:
    """Whether a command answers an invitation."""
    return any(isinstance(each, Attend) for each in command.actions)


def _possible(command: Command, standing: _Standing) -> bool:
    """Whether the record as it is now, and the task spoken of or else some task, lets the reader say it."""
    subject, reader = standing.subject, standing.reader
    tasks: tuple[Task | None, ...] = (None,)
    if any(each.type is ArgumentType.TASK for each in command.arguments):
        tasks = (subject.task,) if subject.task else subject.record.tasks
    return any(
        standing.may(command.by, task) and met(command.when, subject.record, reader.policy, reader.now, task)
        for task in tasks
    )


def _of_owner(command: Command, subject: Subject, reader: Reader) -> bool:
    """Whether a command is open to the reader as the owner of some task."""
    own = any(task.owner == reader.address for task in subject.record.tasks)
    return own and any(each.type is ArgumentType.TASK for each in command.arguments)


def form_view(subject: Subject, reader: Reader, answer_under: str, notice_id: str = "") -> dict[str, object] | None:
    """The lines that the requester is to fill in for what is missing (P0.8), None when nothing is."""
    record = subject.record
    labels = tuple(
        text_of(field.label, reader.language, field.name)
        for field in subject.workflow.fields
        if field.required and not record.fields.get(field.name)
    )
    if not labels or reader.address != record.requester or subject.state.final:
        return None
    colon = "：" if tongue(reader.language) == "zh" else ": "
    body = "\n".join(f"{label}{colon}" for label in labels)
    link = mailto(reader.policy.site.address, answer_under, body, notice_id)
    return {"labels": labels, "mailto": link}


def word(command: Command, language: str) -> str:
    """The command's word in a language: the first in its script, else the first of all."""
    chinese = tongue(language) == "zh"
    return next((each for each in command.words if each.isascii() is not chinese), command.words[0])


def word_shown(first: str, workflow: Workflow, language: str) -> str:
    """The word of the command whose first word this is, in a language; of an unknown one, as it is."""
    return next((word(each, language) for each in every_command(workflow) if each.words[0] == first), first)


def blank_line(command: Command, workflow: Workflow, language: str) -> str:
    """A command as one line to write, with placeholders for what it needs."""
    return " / ".join(_lines(command, workflow, None, language)[0].splitlines())


def reply_subject(record_id: str, title: str, token: str = "") -> str:
    """The subject that a reply bears, so that it finds its record whatever the mail program drops."""
    return " ".join(part for part in ("Re:", f"[{record_id}]" if record_id else "", title, token) if part)


def mailto(address: str, subject: str, body: str, notice_id: str = "") -> str:
    """A link that begins a mail (RFC 6068 §2; line ends in a body are %0D%0A, §5)."""
    fields = {"subject": " ".join(subject.split()), "body": body.replace("\n", "\r\n")}
    if notice_id:
        fields["In-Reply-To"] = notice_id if notice_id.startswith("<") else f"<{notice_id}>"
    query = "&".join(f"{name}={_quoted(value)}" for name, value in fields.items() if value)
    return f"mailto:{_quoted(address, '@')}?{query}"


@lru_cache(maxsize=1024)
def _quoted(text: str, safe: str = "") -> str:
    """The links of a mail have one subject, and the links of all mails few bodies."""
    return quote(text, safe=safe, errors="replace")


def _lines(command: Command, workflow: Workflow, task: Task | None, language: str) -> tuple[str, str]:
    """(what to show, what the link writes): placeholders are shown and left out of what is written."""
    shown, written = word(command, language), word(command, language)
    chinese = tongue(language) == "zh"
    colon = "：" if chinese else ": "
    wanted = [argument for argument in command.arguments if argument.required]
    blanks = [each for each in wanted if each.type is ArgumentType.FIELD]
    if len(blanks) == 1 and _choices(blanks[0], workflow, language):
        return f"{shown} {'/'.join(_choices(blanks[0], workflow, language))}", f"{written} "
    own = [each for each in command.arguments if each.type is ArgumentType.TASK_FIELD]
    for argument in wanted:
        match argument.type:
            case ArgumentType.TEXT | ArgumentType.FIELD | ArgumentType.TASKS:
                continue
            case ArgumentType.TASK_FIELD:
                shown, written = f"{shown} {_label(argument, workflow, language)}", f"{written} "
            case ArgumentType.TASK:
                number = str(task.number) if task else "N"
                shown, written = f"{shown} {number}", f"{written} {number if task else ''}".rstrip()
            case ArgumentType.PERCENT:
                shown, written = f"{shown} 60%", f"{written} "
            case _:
                shown, written = f"{shown} {_BLANK['zh' if chinese else 'en'][argument.type]}", f"{written} "
    if any(each.type is ArgumentType.TEXT for each in wanted):
        shown, written = f"{shown}{colon}……" if chinese else f"{shown}: …", f"{written.rstrip()}{colon}"
    for argument in blanks:
        label = _label(argument, workflow, language)
        shown, written = f"{shown}\n{label}{colon}……", f"{written}\n{label}{colon}"
    # What may be said besides is written by the button as a form, and not shown: the line stays short.
    for argument in own:
        written += "" if argument.required else f"\n{_label(argument, workflow, language)}{colon}"
    return shown, written


def _choices(argument: Argument, workflow: Workflow, language: str) -> tuple[str, ...]:
    field = workflow.field(argument.name)
    return tuple(choice_text(key, field.choices, language) for key in field.choices) if field else ()


def _label(argument: Argument, workflow: Workflow, language: str) -> str:
    own = argument.type is ArgumentType.TASK_FIELD
    field = workflow.task_field(argument.name) if own else workflow.field(argument.name)
    return text_of(field.label, language, field.name) if field else argument.name
