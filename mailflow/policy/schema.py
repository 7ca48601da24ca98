"""Every key that a home's YAML files may have: the one list, which the documentation is held against."""

from dataclasses import fields

from mailflow.core.policy import QUESTIONS, Limits
from mailflow.policy.reader import Keys

SITE = Keys(
    "site.yaml",
    (
        "name",
        "address",
        "aliases",
        "language",
        "languages",
        "admin",
        "mailboxes",
        "smtp",
        "accept_from",
        "commands",
        "state",
        "limits",
        "marks",
        "questions",
        "shadow",
    ),
)
WORDS = Keys("'questions'", tuple(QUESTIONS))
MARKS = Keys("'marks'", ("urgent", "confidential"))
COMMANDS = Keys("'commands'", ("trust", "authserv"))
LIMITS = Keys("'limits'", tuple(each.name for each in fields(Limits)))
_SERVER = ("host", "port", "security", "user", "password", "oauth2", "cafile")
MAILBOX = Keys("a mailbox", ("name", *_SERVER, "folder", "filed", "quarantine", "poll", "since"))
SMTP = Keys("'smtp'", (*_SERVER, "null_sender", "connections", "hello"))
SECRET = Keys("a secret", ("file", "env"))

PEOPLE = Keys(
    "people.yaml",
    ("it", "departments", "default_department", "people", "groups", "monitors", "overseer"),
)
DEPARTMENT = Keys(
    "a department",
    ("id", "name", "contact", "head", "leader", "it_contact", "calendar", "phone", "on_call", "domains"),
)
DUTY = Keys("a line of 'on_call'", ("person", "from", "until"))
PERSON = Keys(
    "a person",
    (
        "address",
        "name",
        "department",
        "language",
        "manager",
        "deputy",
        "phone",
        "calendar",
        "aliases",
        "also",
        "away",
    ),
)
GROUP = Keys("a group", ("name", "members"))

_CALENDAR = ("timezone", "hours", "holidays", "closed", "open")
CALENDAR = Keys("calendar.yaml", (*_CALENDAR, "calendars", "periods"))
NAMED_CALENDAR = Keys("a calendar", (*_CALENDAR, "always"))
HOLIDAYS = Keys("'holidays'", ("country", "subdivision"))
WEEKDAYS = Keys("'hours'", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
RHYTHM = Keys("rhythm.yaml", ("kind", "meetings", "reports"))
SERIES = Keys(
    "a meeting",
    (
        "name",
        "title",
        "kind",
        "every",
        "from",
        "at",
        "lasts",
        "ahead",
        "attendees",
        "recorder",
        "place",
        "brief",
        "paused",
        "fields",
        "holiday",
        "calendar",
        "source",
    ),
)
REPORT = Keys(
    "a report",
    (
        "title",
        "of",
        "when",
        "columns",
        "sort",
        "to",
        "at",
        "on",
        "day",
        "every",
        "from",
        "holiday",
        "calendar",
        "source",
    ),
)

KIND = Keys(
    "a rule file",
    (
        "kind",
        "prefix",
        "label",
        "tags",
        "suggest",
        "urgent",
        "at_once",
        "fields",
        "matrices",
        "paces",
        "machines",
        "private",
        "roles",
        "clocks",
        "agreements",
        "always",
        "states",
        "tasks",
        "renamed",
        "retired",
        "event",
        "labels",
    ),
)
_ASKED = ("label", "aliases", "type", "required", "choices", "default", "body", "by", "hint", "form")
FIELD = Keys("a field", (*_ASKED, "hidden", "as", "owner"))
TASK_FIELD = Keys("a field of tasks", ("label", "aliases", "type", "choices", "default"))
OTHERS = Keys("'others'", ("kind", "when", "share", "overlap", "like", "least"))
MATRIX = Keys("a matrix", ("rows", "columns", "values"))
MACHINES = Keys(
    "'machines'",
    ("same", "key", "begins", "over", "opens", "severity", "means", "graver", "on_over", "again", "reopened"),
)
PACE = Keys("a pace", ("when", "working day", "working hour", "calendar", "urgent"))
CLOCK = Keys("a clock", ("from", "until"))
AGREEMENT = Keys("an agreement", ("parties", "reset_by", "agreed"))
EVENT = Keys("'event'", ("start", "lasts", "place", "attendees", "about", "brief", "usual", "also", "answered"))
PARTY = Keys("a party", ("each",))
ALWAYS = Keys("'always'", ("commands", "timers", "on_reply", "on_signal"))
STATE = Keys(
    "a state",
    ("initial", "final", "label", "clock", "responsible", "enter", "timers", "commands", "on_reply", "on_signal"),
)
TASKS = Keys(
    "'tasks'",
    ("read", "label", "fields", "states", "done", "timers", "commands", "complete", "incomplete", "added"),
)

SENDS = ("reply", "notify", "tell", "remind", "escalate", "report")
_CHANGES = ("goto", "set", "give", "agree", "disagree", "reset", "alter", "add", "include", "link")
VERBS = (*SENDS, *_CHANGES, "attend", "involve", "confidential", "signal", "join", "open")
_BESIDE = ("to", "cc", "urgent", "attach", "ack", "invite", "with", "each")
ACTION = Keys("an action", (*VERBS, *_BESIDE, "when", "name", "source"))
_COUNTS = ("of", "after", "before", "every", "at", "on", "times", "until", "resume", "restart", "calendar")
TIMINGS = (*_COUNTS, "early", "while_stopped")
TIMER = Keys("a timer", (*ACTION.names, *TIMINGS, "do"))
COMMAND = Keys(
    "a command",
    ("words", "label", "by", "needs", "takes", "when", "agree", "disagree", "do", "goto", "source"),
)
ON_REPLY = Keys("'on_reply'", ("by", "when", "do", "goto", "name", "source"))
ON_SIGNAL = Keys("'on_signal'", ("signal", "from", "when", "do", "goto", "name", "source"))
OPEN = Keys("'open'", ("kind", "title", "requester", "copy", "link"))
ADDED_VALUES = ("title", "owner", "due", "standard", "remark")
