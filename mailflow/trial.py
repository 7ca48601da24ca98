"""Every template tried with sample data: each mail that the rules write, in each state and language where they can.

What only shows with data (a value that no mail has, a misspelt field) is found before anybody waits for the mail.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from mailflow.adapters.render import Renderer
from mailflow.adapters.templates import TemplateProblem
from mailflow.core.commands import every_command
from mailflow.core.decision import Letter
from mailflow.core.foreseeing import kinds_asked
from mailflow.core.model import Mark, Record, Task, Visit
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Action, Goto, Send, Style
from mailflow.core.showing.view import VALUES, view
from mailflow.core.span import Span
from mailflow.core.workflow import FieldType, State, Workflow
from mailflow.mail.model import Address, Mail
from mailflow.policy.problem import Problem

_WORDS = "sample"
_STRANGER = "someone@example.com"


@dataclass(frozen=True, slots=True)
class Trial:
    """One mail as the rules would write it."""

    letter: Letter
    record: Record | None


def template_problems(policy: Policy, renderer: Renderer, now: datetime) -> tuple[Problem, ...]:
    """What is wrong with the templates, the first of each file and line."""
    found = {(each.file, each.line): each for each in renderer.problems()}
    broken = {file for file, _ in found}
    for trial in trials(policy, now):
        for language in policy.site.languages:
            try:
                if f"{renderer.speaks(trial.letter.template, language)}/{trial.letter.template}.md" in broken:
                    continue
                renderer.render(trial.letter.template, language, _view(trial, policy, now, language))
            except TemplateProblem as problem:
                found.setdefault((problem.file, problem.line), problem)
    return tuple(Problem(f"templates/{each.file}", max(each.line, 1), 1, each.message) for each in found.values())


def trials(policy: Policy, now: datetime) -> Iterator[Trial]:
    """Each mail of each kind in each state that it can be written in, with all fields; with none in one state."""
    requester = _requester(policy)
    for workflow in policy.kinds.values():
        sends = {(state, send.template, send.style): send for state, send in _sends(workflow)}
        bare = {template: state for state, template, _ in reversed(sends)}
        for (state, template, _), send in sends.items():
            for complete in (True, False) if bare[template] == state else (True,):
                record = sample_record(workflow, state, requester, now, policy, complete=complete)
                yield Trial(replace(_letter(send, record, policy, now), met=_met(send, policy, now)), record)


def _met(send: Send, policy: Policy, now: datetime) -> tuple[Record, ...]:
    """Other records that the condition of a mail may have found."""
    found = (policy.workflow(kind) for kind in kinds_asked(send.when))
    requester = _requester(policy)
    return tuple(sample_record(each, each.initial.name, requester, now, policy, complete=True) for each in found)


def _view(trial: Trial, policy: Policy, now: datetime, language: str) -> Mapping[str, object]:
    letter = trial.letter
    sender = trial.record.requester if trial.record else _STRANGER
    mail = Mail("0" * 64, "sample", sender=Address(sender), date=now, title="sample", text=_WORDS, own=_WORDS)
    return view(letter, trial.record, policy, now, letter.to[0], language, mail)


def _letter(send: Send, record: Record, policy: Policy, now: datetime) -> Letter:
    on_task = record.task(1) if send.template.startswith("task/") else None
    asked = () if send.style is Style.REPLY else resolve(send.to, record, policy, now, on_task)
    to = asked or (record.requester,)
    cc = tuple(each for each in resolve(send.cc, record, policy, now, on_task) if each not in to)
    arguments = {a.name for command in every_command(policy.workflow(record.kind)) for a in command.arguments}
    values = {**dict.fromkeys((*VALUES, *sorted(arguments)), _WORDS), "answer": _WORDS}
    number = on_task.number if on_task else 0
    return Letter(send.style, send.template, to, cc, send.rule, record.id, number, values=values)


def _sends(workflow: Workflow) -> Iterator[tuple[str, Send]]:
    """(state in which it is written, mail) for every place of the rules that writes one."""
    live = [state for state in workflow.states.values() if not state.final]
    for state in workflow.states.values():
        actions: list[Action] = [*state.enter, *(each for timer in state.timers for each in timer.actions)]
        yield from ((state.name, send) for send in _of(actions))
        for command in state.commands:
            yield from ((_after(command.actions, state), send) for send in _of(command.actions))
        for done in (*(reply.actions for reply in state.replies), *(signal.actions for signal in state.signals)):
            yield from ((_after(done, state), send) for send in _of(done))
    shared = [command.actions for command in workflow.commands]
    shared += [timer.actions for timer in workflow.timers] + [reply.actions for reply in workflow.replies]
    shared += [signal.actions for signal in workflow.signals]
    shared += [agreement.agreed for agreement in workflow.agreements.values()]
    shared += [workflow.event.answered] if workflow.event else []
    shared += [workflow.machines.actions] if workflow.machines else []
    if workflow.tasks:
        own = workflow.tasks
        shared += [own.complete, own.incomplete, own.added, *(timer.actions for timer in own.timers)]
        shared += [command.actions for command in own.commands]
    for each in shared:
        yield from ((_after(each, state), send) for state in live for send in _of(each))


def _of(actions: Sequence[Action]) -> Iterator[Send]:
    return (action for action in actions if isinstance(action, Send))


def _after(actions: Sequence[Action], state: State) -> str:
    """The state in which the mails of some actions find the record: the one that they lead to."""
    targets = [each.state for each in actions if isinstance(each, Goto) and each.state != "previous"]
    return targets[-1] if targets else state.name


def sample_record(
    workflow: Workflow, state: str, requester: str, now: datetime, policy: Policy, *, complete: bool
) -> Record:
    """A record in a state with made-up values; `complete`: every field has one, else none has."""
    day = policy.calendar("").day_of(now) + timedelta(days=30)
    moment = policy.calendar("").local(policy.calendar("").at(day, time(22)))
    department = next(iter(policy.directory.departments), "")
    samples = {
        FieldType.DATE: day.isoformat(),
        FieldType.MOMENT: str(Span(moment, moment)),
        FieldType.SPAN: str(Span(moment, moment + timedelta(hours=4))),
        FieldType.DURATION: "90 minutes",
        FieldType.PERSON: requester,
        FieldType.PEOPLE: requester,
        FieldType.DEPARTMENTS: department,
    }
    fields = {
        each.name: next(iter(each.choices), "") or samples.get(each.type, _WORDS)
        for each in workflow.fields
        if complete
    }
    mark = Mark(1, now - timedelta(hours=18))
    own = {
        each.name: next(iter(each.choices), "") or samples.get(each.type, _WORDS)
        for each in (workflow.tasks.fields if workflow.tasks else ())
        if complete
    }
    task = Task(1, _WORDS, requester, day.isoformat(), added=mark, dated=mark, fields=own)
    return Record(
        id=f"{workflow.prefix}-{now.year}-0001",
        kind=workflow.kind,
        title=_WORDS,
        requester=requester,
        language=policy.site.language,
        opened_at=mark.at,
        state=state,
        fields=fields,
        marks=dict.fromkeys(fields, mark),
        participants=(requester,),
        visits=(Visit(state, 1, mark.at),),
        tasks=(task,) if workflow.tasks else (),
        entries=1,
    )


def _requester(policy: Policy) -> str:
    """Somebody who writes: a person outside the department that manages information, where there is one."""
    people = policy.directory.people.values()
    outside = (each.address for each in people if each.department != policy.directory.it)
    return next(outside, None) or next((each.address for each in people), _STRANGER)
