"""`event` of a kind: which of its fields hold what a calendar must know, and what an answer to an invitation does."""

from dataclasses import replace

from mailflow.core.workflow import Event, FieldType
from mailflow.policy.actions import actions
from mailflow.policy.reader import Block
from mailflow.policy.schema import EVENT
from mailflow.policy.scope import Scope

_FIELDS = ("start", "lasts", "place", "attendees", "about", "brief")
_TYPES = {
    "start": (FieldType.MOMENT, FieldType.SPAN),
    "lasts": (FieldType.DURATION, FieldType.TEXT),
    "attendees": (FieldType.PEOPLE,),
    "brief": (FieldType.CHOICE,),
}


def event(block: Block, scope: Scope) -> Event | None:
    """None for a kind that is no event."""
    if "event" not in block:
        return None
    said = block.block("event", EVENT)
    said.require("start", "attendees")
    named = {key: _field(said, key, scope) for key in _FIELDS}
    made = Event(
        start=named["start"],
        attendees=named["attendees"],
        lasts=named["lasts"],
        room=named["place"],
        about=named["about"],
        brief=named["brief"],
        answered=actions(said.items("answered"), scope, "event", automatic=True),
        also=scope.role_texts(said.get("also"), "'also'"),
        place=said.place,
    )
    usual = said.duration("usual")
    if usual is not None and usual.working:
        said.reader.error(said.place_of("usual"), "an event lasts by the clock, not in working time", "write 1 hour")
        return made
    return made if usual is None else replace(made, usual=usual)


def _field(event: Block, key: str, scope: Scope) -> str:
    node = event.get(key)
    name = "" if node is None else scope.known(node, "field", scope.fields)
    wanted = _TYPES.get(key, ())
    if node is not None and name in scope.fields and wanted and scope.fields[name].type not in wanted:
        said = " or ".join(each.value for each in wanted)
        scope.reader.error(
            node.place, f"the field '{name}' has not the type {said}", f"give it type: {wanted[0].value}"
        )
    return name
