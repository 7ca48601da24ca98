"""How grave a monitor says it is (P4.9): kept as a field, and what follows from it for others. Pure.

Invariant: further alarms only raise. What people set otherwise stays until the monitor says more than it said before.
"""

from mailflow.core.draft import Draft
from mailflow.core.reading.alarms import severity_of
from mailflow.core.workflow import Field, Machines
from mailflow.mail.model import Mail

SEVERITY_RULE = "machine-severity"
_SAID = "severity"


def begun(draft: Draft, mail: Mail, machines: Machines) -> None:
    """What the message that opens the record says of it goes before what the kind takes for granted."""
    field = draft.workflow.field(machines.severity)
    said = severity_of(mail, field, machines) if field else ""
    if field and said:
        draft.set_field(field.name, said, _SAID, SEVERITY_RULE)
    for name, value in {**machines.opens, **machines.means.get(said, {})}.items():
        draft.set_field(name, value, "default", SEVERITY_RULE)


def raised(draft: Draft, mail: Mail, machines: Machines) -> bool:
    """Whether a further message says that it is graver than before; then the fields follow, upwards only."""
    field = draft.workflow.field(machines.severity)
    said = severity_of(mail, field, machines) if field else ""
    if not field or not said or _rank(field, said) >= _rank(field, draft.now_record.fields.get(field.name, "")):
        return False
    draft.set_field(field.name, said, _SAID, SEVERITY_RULE)
    for name, value in machines.means.get(said, {}).items():
        other = draft.workflow.field(name)
        if other and _rank(other, value) < _rank(other, draft.now_record.fields.get(name, "")):
            draft.set_field(name, value, _SAID, SEVERITY_RULE)
    return True


def _rank(field: Field, value: str) -> int:
    """The place of a choice in its field's list; what is none comes last."""
    return list(field.choices).index(value) if value in field.choices else len(field.choices)
