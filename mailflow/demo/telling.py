"""What is told of the mails and records of the demonstration: values to lines and rows. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Headers
from email.utils import parseaddr

from mailflow.core.changes import Commanded, Entered, Entry, FieldSet, Joined, Opened, TaskChanged
from mailflow.core.explain import Cited, citations
from mailflow.core.model import Record
from mailflow.core.policy import Policy
from mailflow.core.roles import resolve
from mailflow.core.rule import Style
from mailflow.demo.letters import header
from mailflow.demo.screen import Line
from mailflow.mail.model import Mail
from mailflow.ports import Item
from mailflow.post import LOOP_HEADER
from mailflow.taking import Receipt

RULE_HEADER = "X-Mailflow-Rule"
RECORD_COLUMNS = ("id", "state", "title", "requester", "handler", "due", "in", "out")

# Who has a record in hand; minutes have no handler.
_HANDLERS = ("handler", "coordinator")


@dataclass(frozen=True, slots=True)
class Teller:
    """Speaks of mails and records as this policy names people, rules and moments."""

    policy: Policy
    cited: Mapping[str, Cited]

    @classmethod
    def of(cls, policy: Policy) -> "Teller":
        kinds = policy.kinds.values()
        return cls(policy, {rule: each for kind in kinds for rule, each in citations(kind).items()})

    def came(self, at: datetime, receipt: Receipt, mail: Mail | None, history: Sequence[Entry]) -> Line:
        """A message that was taken in; `history` is that of its record."""
        sender = mail.sender.address if mail and mail.sender else ""
        return Line(
            self.local(at),
            "in",
            self.name(sender),
            mail.subject if mail else "",
            f"{receipt.record} {came_to(history, receipt.message_id)}" if receipt.record else receipt.reason,
        )

    def went(self, at: datetime, item: Item) -> Line:
        """A mail of ours, with the number of its copies; one that was not sent says so."""
        copies = f" +{len(item.cc)}" if item.cc and item.to else ""
        trouble = "" if item.status == "sent" else f"{item.status}: {item.reply} "
        why = trouble + ", ".join(self.rule(each) for each in item.rules)
        who = self.name(item.recipients[0]) if item.recipients else ""
        return Line(self.local(at), "out", who + copies, item.subject, why, item.style)

    def seen(self, at: datetime, message: Headers, recipients: Sequence[str]) -> Line:
        """A message on its way through the servers, whoever sent it."""
        if message[LOOP_HEADER]:
            rules = ", ".join(self.rule(each) for each in header(message, RULE_HEADER).split(", "))
            who = self.name(recipients[0]) if recipients else ""
            return Line(self.local(at), "out", who, header(message, "Subject"), rules, Style.NOTIFY)
        sender = self.name(parseaddr(header(message, "From"))[1].lower())
        return Line(self.local(at), "in", sender, header(message, "Subject"), "")

    def rule(self, name: str) -> str:
        """`requirement.yaml:85 assess-reminder`: where a rule stands, and its name there."""
        cited = self.cited.get(name)
        if cited is None or not cited.place.file:
            return f"(built in) {name}"
        return f"{cited.place.file.rpartition('/')[2]}:{cited.place.line} {name.rpartition('.')[2]}"

    def row(self, record: Record, now: datetime, came: int, went: int) -> tuple[str, ...]:
        """A record as a row of the table; see RECORD_COLUMNS."""
        return (
            record.id,
            record.state,
            record.title,
            self.name(record.requester),
            ", ".join(self.name(each) for each in self._handlers(record, now)),
            record.fields.get("due", ""),
            str(came),
            str(went),
        )

    def name(self, address: str) -> str:
        return self.policy.directory.person(address).name or address

    def local(self, at: datetime) -> datetime:
        return self.policy.calendar("").local(at)

    def _handlers(self, record: Record, now: datetime) -> tuple[str, ...]:
        roles = {**self.policy.workflow(record.kind).roles, **record.roles}
        role = next((each for each in _HANDLERS if each in roles), None)
        return resolve((role,), record, self.policy, now) if role else ()


def came_to(history: Sequence[Entry], message_id: str) -> str:
    """What a message did to its record, in a few words: what it set, the commands, the state they led to."""
    joined = next((e for e in history if isinstance(e.change, Joined) and e.change.message_id == message_id), None)
    if joined is None:
        return ""
    opened = any(isinstance(e.change, Opened) and e.at == joined.at for e in history)
    rest = [e.change for e in history if e.number > joined.number and e.at == joined.at and e.by == joined.by]
    words = ["opened"] if opened else list(_words(rest))
    if isinstance(joined.change, Joined) and joined.change.notice:
        words = ["kept, not answered"]
    entered = [each.state for each in rest if isinstance(each, Entered)]
    return " ".join([*words, *([f"→ {entered[-1]}"] if entered else [])])


def _words(changes: Sequence[object]) -> Iterator[str]:
    for change in changes:
        match change:
            case Commanded(command, _, "done"):
                yield command
            case Commanded(command, _, outcome, reason):
                yield f"{command} {outcome} ({reason.partition(' ')[0]})"
            case TaskChanged(number):
                yield f"item {number}"
            case FieldSet(name):
                yield f"+{name}"
