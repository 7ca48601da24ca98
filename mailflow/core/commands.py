"""Who may say what in a record, and what comes of it (P9): heard, checked, done or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailflow.core.actions import announce, run
from mailflow.core.changes import Commanded, TaskChanged
from mailflow.core.completing import completed
from mailflow.core.draft import Draft
from mailflow.core.facts import Notice
from mailflow.core.model import CONTINUES, Record, Task
from mailflow.core.policy import Policy
from mailflow.core.reading.arguments import Ears
from mailflow.core.reading.canonical import canonical
from mailflow.core.reading.speech import Heard, Said, listen
from mailflow.core.roles import may
from mailflow.core.rule import Sign
from mailflow.core.workflow import Argument, ArgumentType, Command, State, Workflow

_NOBODY = State("")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command came to: `outcome` done or refused, `reason` a key of the reasons below, with a detail."""

    word: str
    outcome: str
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a writer proves to be who they say (design §9): the notices they answer, or a token of one stay.

    `trusted`: nothing is to be proven, as on a closed network or at the shell.
    """

    notices: tuple[Notice, ...] = ()
    visit: int = 0
    trusted: bool = False


TRUSTED = Proof(trusted=True)

# Why a command is refused; the templates say these in the reader's language.
REASONS = ("role", "token", "state", "needs", "task", "when", "unknown", "closed")


def of_state(record: Record, workflow: Workflow) -> tuple[Command, ...]:
    """The commands that the record's present state understands."""
    state = workflow.states.get(record.state, _NOBODY)
    if state.final:
        return state.commands
    tasks = workflow.tasks.commands if workflow.tasks and record.tasks else ()
    return (*state.commands, *workflow.commands, *tasks)


def available(address: str, record: Record, policy: Policy, now: datetime) -> tuple[Command, ...]:
    """The commands that this person may give now, those of the state first."""
    workflow = policy.workflow(record.kind)
    return tuple(
        command
        for command in of_state(record, workflow)
        if any(may(address, command.by, record, policy, now, task) for task in _tasks(command, record))
    )


def hear(text: str, record: Record, policy: Policy, now: datetime) -> Heard:
    """The commands in a person's own words: those of the state, else any that the kind knows elsewhere."""
    workflow = policy.workflow(record.kind)
    return _listened(text, workflow, of_state(record, workflow), policy, now, record.tasks)


def hear_any(text: str, workflow: Workflow, policy: Policy, now: datetime) -> Heard:
    """The commands of a kind in a person's own words, whatever the state of the record may be."""
    return _listened(text, workflow, (), policy, now)


def _listened(
    text: str,
    workflow: Workflow,
    known: Sequence[Command],
    policy: Policy,
    now: datetime,
    tasks: Sequence[Task] = (),
) -> Heard:
    """The commands that are `known` where it is said, else any other of the kind, else what tasks were lacking."""
    calendar = policy.calendar("")
    kinds = {tag: each.kind for each in policy.kinds.values() for tag in (each.kind, *each.tags)}
    own = workflow.tasks.fields if workflow.tasks else ()
    ears = Ears(
        policy.directory, calendar.day_of(now), calendar.next_working_day, own, calendar, kinds, workflow.fields
    )
    names = {word for command in known for word in command.words}
    elsewhere = [
        command for command in every_command(workflow) if command not in known and not names.intersection(command.words)
    ]
    heard = listen(text, (*known, *elsewhere), ears)
    if not heard.said and (answered := completed(text, tasks, known, ears)):
        return Heard(answered)
    return heard if heard.said or heard.unknown else _of_others(text, workflow, policy, ears)


def _of_others(text: str, workflow: Workflow, policy: Policy, ears: Ears) -> Heard:
    """A command that only other kinds know, and that was clearly meant as one: their writer hears that it was not done.

    A word with a text behind it may well be a sentence, and is none.
    """
    others = [each for kind in policy.kinds.values() if kind is not workflow for each in every_command(kind)]
    said = listen(text, others, ears).said
    if not said or said[0].problem:
        return Heard()
    texts = {each.name for each in said[0].command.arguments if each.type is ArgumentType.TEXT}
    clear = not said[0].command.arguments or any(name not in texts for name in said[0].arguments)
    return Heard(unknown=said[0].command.words[0]) if clear else Heard()


def every_command(workflow: Workflow) -> tuple[Command, ...]:
    """All commands of a kind, whatever the state."""
    of_states = [command for state in workflow.states.values() for command in state.commands]
    tasks = workflow.tasks.commands if workflow.tasks else ()
    return (*of_states, *workflow.commands, *tasks)


def obey(draft: Draft, said: Sequence[Said], proof: Proof) -> list[Answer]:
    """Do what was said, one after the other; whom one command tells of one thing another may tell of the next."""
    answers = []
    for each in said:
        draft.settle()
        answers.append(_one(draft, each, proof))
    return answers


def _one(draft: Draft, said: Said, proof: Proof) -> Answer:
    said = _as_it_stands(draft, said)
    command = said.command
    answer = _refused(draft, said, proof)
    task = None
    values: dict[str, str] = {}
    if answer is None:
        task, answer = _task(draft, said)
    if answer is None:
        values, answer = _task_values(draft, said, task)
    if answer is None:
        answer = _done(draft, said, task)
    argument = "; ".join(f"{name}={value}" for name, value in said.arguments.items())
    draft.change(
        Commanded(command.name, argument, answer.outcome, f"{answer.reason} {answer.detail}".strip()),
        command.rule,
    )
    if answer.outcome == "done":
        if task and values:
            draft.change(TaskChanged(task.number, values), command.rule)
        run(draft, command.actions, {"command": command.name, **said.arguments, **values}, task)
        announce(draft, {"command": command.name})
    return answer


def _as_it_stands(draft: Draft, said: Said) -> Said:
    """What was said as the state knows it that the commands before it led to: `take`, and below it `resolved`."""
    here = of_state(draft.now_record, draft.workflow)
    if said.command in here:
        return said
    form = (said.command.words, said.command.arguments)
    same = next((each for each in here if (each.words, each.arguments) == form), said.command)
    return replace(said, command=same)


def _refused(draft: Draft, said: Said, proof: Proof) -> Answer | None:
    """Why a command does not count, None when it does so far."""
    record, command = draft.now_record, said.command
    word = command.words[0]
    if command not in of_state(record, draft.workflow):
        reason = "closed" if draft.state.final else "state"
        return Answer(word, "refused", reason, record.state)
    tasks = _tasks(command, record)
    if not any(may(draft.by, command.by, record, draft.policy, draft.now, task) for task in tasks):
        return Answer(word, "refused", "role", ", ".join(command.by))
    if not proof.trusted and not _authentic(draft, command, proof):
        return Answer(word, "refused", "token")
    if said.problem:
        return Answer(word, "refused", "needs", said.problem.removeprefix("needs "))
    return None


def _authentic(draft: Draft, command: Command, proof: Proof) -> bool:
    """Whether the mail bears the writer's token, or answers a notice to them about the record as it stands (§9).

    What signs an agreement must answer the notice of this very visit: each version is signed anew (P2.4).
    """
    record = draft.now_record
    if proof.visit and proof.visit == record.visit.entry:
        return True
    # What was said of a record that goes on here is answered here.
    ids = {record.id, *(each.record for each in record.links if each.relation == CONTINUES)}
    mine = [each for each in proof.notices if _same(draft, each.address) and ids.intersection(each.records)]
    if any(isinstance(action, Sign) for action in command.actions):
        return any(each.visits.get(record.id) == record.visit.entry for each in mine)
    return bool(mine)


def _same(draft: Draft, address: str) -> bool:
    directory = draft.policy.directory
    return directory.person(address).address == directory.person(draft.by).address


def _tasks(command: Command, record: Record) -> tuple[Task | None, ...]:
    if any(each.type is ArgumentType.TASK for each in command.arguments):
        return record.tasks
    return (None,)


def _task(draft: Draft, said: Said) -> tuple[Task | None, Answer | None]:
    """The task that a command speaks of: by its number, or the only open one that the person may speak for."""
    argument = next((a for a in said.command.arguments if a.type is ArgumentType.TASK), None)
    if argument is None:
        return None, None
    word = said.command.words[0]
    number = said.arguments.get(argument.name, "")
    if number:
        task = draft.now_record.task(int(number))
        if task is None:
            return None, Answer(word, "refused", "task", number)
        if not may(draft.by, said.command.by, draft.now_record, draft.policy, draft.now, task):
            return None, Answer(word, "refused", "role", ", ".join(said.command.by))
        return task, None
    mine = [
        task
        for task in draft.open_tasks()
        if may(draft.by, said.command.by, draft.now_record, draft.policy, draft.now, task)
    ]
    own = [task for task in mine if _same(draft, task.owner)] or mine
    if len(own) == 1:
        return own[0], None
    return None, Answer(word, "refused", "task", ", ".join(str(task.number) for task in own))


def _task_values(draft: Draft, said: Said, task: Task | None) -> tuple[dict[str, str], Answer | None]:
    """The values that a command gives the task's own fields, as these keep them; or why it does not count."""
    found: dict[str, str] = {}
    for argument in said.command.arguments:
        field = draft.workflow.task_field(argument.name) if argument.type is ArgumentType.TASK_FIELD else None
        if field is None:
            continue
        text = said.arguments.get(argument.name, "")
        value = canonical(field, text, draft.policy, draft.policy.calendar("").day_of(draft.now))[0] if text else ""
        held = task.fields.get(argument.name, "") if task else ""
        if (text and not value) or (argument.required and not value and not held):
            return {}, Answer(said.command.words[0], "refused", "needs", argument.name)
        if value:
            found[argument.name] = value
    return found, None


def _done(draft: Draft, said: Said, task: Task | None) -> Answer:
    """Check the guard and the fields that a command needs; set those it was given with."""
    command = said.command
    word = command.words[0]
    for argument in command.arguments:
        if argument.type is ArgumentType.FIELD and argument.name in said.arguments:
            value = _field_value(draft, argument.name, said.arguments[argument.name])
            if not value:
                return Answer(word, "refused", "needs", argument.name)
            draft.set_field(argument.name, value, command.rule, command.rule)
    missing = [
        argument.name
        for argument in command.arguments
        if argument.required and not _given(draft, argument, said.arguments.get(argument.name, ""))
    ]
    if missing:
        return Answer(word, "refused", "needs", ", ".join(missing))
    if command.when is not None and not draft.holds(command.when, command.rule, task):
        return Answer(word, "refused", "when")
    return Answer(word, "done")


def _given(draft: Draft, argument: Argument, said: str) -> bool:
    """Whether what may stand elsewhere in the message, or on the record, is there."""
    match argument.type:
        case ArgumentType.FIELD:
            return bool(draft.now_record.fields.get(argument.name))
        case ArgumentType.TASKS:
            return bool(draft.items)
        case ArgumentType.RECORD:
            # Another one, and one that there is.
            return said in draft.records and said != draft.now_record.id
        case ArgumentType.KIND:
            return said in draft.policy.kinds and said != draft.now_record.kind
    return True


def _field_value(draft: Draft, name: str, said: str) -> str:
    field = draft.workflow.field(name)
    if field is None:
        return ""
    return canonical(field, said, draft.policy, draft.policy.calendar("").day_of(draft.now), draft.by)[0]


def answers_text(answers: Sequence[Answer]) -> Mapping[str, str]:
    """Answers as template values: one line each, `word|outcome|reason|detail`."""
    lines = "\n".join(f"{a.word}|{a.outcome}|{a.reason}|{a.detail}" for a in answers)
    return {"answers": lines}
