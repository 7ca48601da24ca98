"""What a letter asks of its reader: whether it asks, by when, what else happens, and why it came. Pure."""

from datetime import date, datetime, time, timedelta

from mailflow.core.calendar import Calendar
from mailflow.core.decision import Letter
from mailflow.core.duration import Duration, Unit
from mailflow.core.event import happening
from mailflow.core.model import Record, Task
from mailflow.core.policy import Policy
from mailflow.core.roles import may, within
from mailflow.core.rule import Send, Style, Timer
from mailflow.core.showing.reader import Reader, Subject, holds, send_of, subject_of
from mailflow.core.span import read_stored
from mailflow.core.timers.deadlines import deadlines
from mailflow.core.wording import list_text, role_text, text_of, tongue

# Any role that somebody may have been written to in, the closest first.
ROLES = (
    "requester",
    "owner",
    "requester.contact",
    "requester.manager",
    "requester.head",
    "requester.leader",
    "it.contact",
    "it.on-call",
    "it.head",
    "it.leader",
    "departments.contact",
    "departments.head",
    "owner.head",
    "owner.leader",
    "owners",
    "owing",
    "owners.head",
)
_ACK = timedelta(minutes=15)  # P0.6
_CLOSE = time(18)
_REPLIED = {"zh": "您给我们写了邮件", "en": "you wrote to us"}
_ROLE = {"zh": "您是 {record} 的{roles}", "en": "of your role in {record}: {roles}"}
_COPIED = {
    "zh": "您与 {record} 有关，本邮件抄送给您",
    "en": "you are concerned with {record} and kept informed",
}
_REPORTED = {"zh": "您在这份报告的收件人之列", "en": "you are among those who get this report"}
_ADMIN = {"zh": "您是本邮箱的管理员", "en": "you administer this mailbox"}
_LISTED = {"zh": "您在本邮箱的人员名单中", "en": "you are on the list of people of this mailbox"}
_GENERAL = {"zh": "您与本邮箱有邮件往来", "en": "you correspond with this mailbox"}


def insider(reader: Reader, subject: Subject) -> bool:
    """Whether the reader takes part in a record or holds a role in it (P0.7)."""
    record, workflow = subject.record, subject.workflow
    if not reader.address:
        return False  # a report that is printed is for nobody in particular
    if workflow.private:
        return within(reader.address, record, reader.policy, reader.now)
    if reader.address in (record.requester, *record.participants, *", ".join(record.roles.values()).split(", ")):
        return True
    responsible = tuple(each for state in workflow.states.values() for each in state.responsible)
    parties = tuple(each for agreement in workflow.agreements.values() for each in agreement.parties)
    roles = (*ROLES, *workflow.roles, *responsible, *parties)
    return may(reader.address, roles, record, reader.policy, reader.now, subject.task)


def sees(address: str, record: Record, policy: Policy, now: datetime) -> bool:
    """Whether a person is an insider of a record, whatever they read it in."""
    subject = subject_of(Letter(Style.REPLY, "", (address,), record=record.id), record, policy, now)
    return subject is not None and insider(Reader(address, "", policy, now), subject)


def asks(letter: Letter, subject: Subject | None, reader: Reader) -> bool:
    """Whether the letter asks this person, and does not only tell them (P11).

    One whose addressees were all asked already goes to those whom it was to tell. What nobody answered and goes up
    the chain (P0.6) asks whoever it goes to, also where a copy told them before.
    """
    if reader.address not in letter.to or letter.style is Style.REPORT:
        return False
    send = send_of(letter, subject.workflow) if subject else None
    passed_up = send is not None and letter.style is Style.ESCALATE and send.style is not Style.ESCALATE
    if send is None or subject is None or not send.cc or passed_up:
        return True
    return not holds(reader, send.cc, subject) or holds(reader, send.to, subject)


def asked_by(letter: Letter, subject: Subject | None, reader: Reader) -> tuple[datetime, tuple[str, ...]]:
    """By when the reader is asked to act, and who hears of it if nothing happens.

    What is over before a mail that waits for working hours comes is no time to answer by: then it is one working
    day from its coming (ours).
    """
    found = _asked_by(letter, subject, reader)
    if letter.style is Style.REPLY or letter.urgent:
        return found
    calendar = reader.policy.calendar_of(reader.address)
    comes = calendar.next_opening(reader.now)
    return found if found[0] > comes else (calendar.add(comes, Duration(1, Unit.WORKING_DAYS)), ())


def _asked_by(letter: Letter, subject: Subject | None, reader: Reader) -> tuple[datetime, tuple[str, ...]]:
    """By when, as the rules say.

    For whom the state waits, and those it was escalated to: as `_of_state` says. For a task: the close of its due
    day, unless it lacks its owner or date; for a reminder of it, of this working day. Of an event to come, by an
    invitation in any case: its beginning. Else one working day, for urgent mail 15 minutes (ours).
    """
    now, calendar = reader.now, reader.policy.calendar_of(reader.address)
    if subject and subject.task:
        return _task_deadline(letter, subject.task, calendar, now), ()
    event = happening(subject.record, reader.policy, now) if subject else None
    comes = event.begins if event is not None and event.begins > now else None
    if comes is not None and letter.invite:
        return comes, ()
    chased = letter.style in (Style.REMIND, Style.ESCALATE)
    if subject and (chased or reader.address in subject.responsible):
        found = _of_state(subject, reader, calendar, chased)
        if found is not None:
            return found
    if comes is not None:
        return comes, ()
    if letter.urgent:
        return now + _ACK, ()
    return calendar.add(now, Duration(1, Unit.WORKING_DAYS)), ()


def _of_state(
    subject: Subject, reader: Reader, calendar: Calendar, chased: bool
) -> tuple[datetime, tuple[str, ...]] | None:
    """By when those for whom the state waits are asked; None where nothing in the rules says.

    The next escalation, else the day that the state's timers count to, else the next thing that they do.
    Who is chased, or waited for after the state's own escalations, was late once: an escalation of the record as a
    whole, such as that of its delivery months ahead, is no time for them to answer by, unless it comes within a
    working day.
    """
    now, own = reader.now, {timer.rule for timer in subject.state.timers}
    if subject.escalation is not None:
        late = chased or any(_escalates(each) for each in subject.state.timers)
        coming = subject.coming if late else None
        soon = calendar.add(now, Duration(1, Unit.WORKING_DAYS))
        if coming is None or coming.timer.rule in own or subject.escalation[0] <= soon:
            return subject.escalation
    dated = _dated(subject, calendar)
    if dated is not None and dated > now:
        return dated, ()
    for each in deadlines(subject.record, reader.policy, now):
        if each.timer.rule in own and not each.task and each.due > now:
            return each.due, ()
    return None


def _escalates(timer: Timer) -> bool:
    return any(isinstance(each, Send) and each.style is Style.ESCALATE for each in timer.actions)


def _dated(subject: Subject, calendar: Calendar) -> datetime | None:
    """When what the state's timers count to is over: the end of a change's window, the close of a day."""
    for timer in subject.state.timers:
        field = timer.of.removeprefix("fields.").partition(".")[0]
        value = subject.record.fields.get(field, "") if timer.of.startswith("fields.") else ""
        if span := read_stored(value):
            return span.end
        day = day_of(value)
        if day is not None:
            return _close(day, calendar)
    return None


def _task_deadline(letter: Letter, task: Task, calendar: Calendar, now: datetime) -> datetime:
    due = day_of(task.due)
    close = _close(due, calendar) if due else None
    # What a task lacks is wanted now, not when it is due (P5.3).
    if letter.style is Style.NOTIFY and task.complete and close is not None and close > now:
        return close
    if letter.style is Style.REMIND:
        today = calendar.close_of(calendar.day_of(calendar.next_opening(now)))
        if today is not None and today > now:
            return today
    return calendar.add(now, Duration(1, Unit.WORKING_DAYS))


def _close(day: date, calendar: Calendar) -> datetime:
    """When a day's work ends; of a day off, at 18:00 (ours)."""
    return calendar.close_of(day) or calendar.at(day, _CLOSE)


def why(letter: Letter, subject: Subject | None, reader: Reader) -> str:
    """Why the reader gets this: the end of a sentence for the footer (P0.3)."""
    spoken = tongue(reader.language)
    if letter.style is Style.REPLY:
        return _REPLIED[spoken]
    if subject is None and "duties" in letter.values:
        return _LISTED[spoken]
    if subject is None and letter.style is Style.REPORT:
        return _REPORTED[spoken]
    if subject is None:
        return _ADMIN[spoken] if reader.address in reader.policy.site.admin else _GENERAL[spoken]
    send = send_of(letter, subject.workflow)
    held = [each for each in ((*send.to, *send.cc) if send else ()) if holds(reader, (each,), subject)]
    if not held:
        known = (*ROLES, *subject.workflow.roles)
        held = [each for each in known if holds(reader, (each,), subject)][:1]
    if not held:
        return _COPIED[spoken].format(record=subject.record.id)
    roles = tuple(dict.fromkeys(role_text(each, reader.language, subject.workflow) for each in held[:2]))
    said = list_text(roles, reader.language)
    return _ROLE[spoken].format(record=subject.record.id, roles=said)


def phone(subject: Subject | None, reader: Reader) -> str:
    """Whom to call (P0.6): the person responsible now, else IT's number; "" when neither is known."""
    directory = reader.policy.directory
    for address in subject.responsible if subject else ():
        person = directory.person(address)
        if person.phone and address != reader.address:
            return f"{person.name} {person.phone}"
    department = directory.department(directory.it)
    name = text_of(department.name, reader.language, department.id)
    return f"{name} {department.phone}" if department.phone else ""


def day_of(value: str) -> date | None:
    """An ISO date, None for what is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
