"""A meeting of a series as the record that it opens: title, time, who comes, who writes the minutes. Pure."""

from datetime import datetime

from mailflow.core.policy import Policy
from mailflow.core.rhythm.agenda import Call
from mailflow.core.rhythm.occurrences import Occurrence
from mailflow.core.rhythm.people import named
from mailflow.core.series import Series
from mailflow.core.span import Span
from mailflow.core.triggers import RecordOpened


def called(point: Call, record_id: str, policy: Policy, now: datetime) -> RecordOpened:
    """What opens the record; ValueError for a kind that says no `event`, which loading has seen to."""
    series = point.series
    attendees = named(series.attendees, policy, now)
    recorder = next(iter(named((series.recorder,), policy, now)), "") if series.recorder else ""
    requester = recorder or next(iter(attendees), "")
    return RecordOpened(
        record_id=record_id,
        kind=series.kind,
        title=title_of(series, policy),
        requester=requester,
        language=policy.language_of(requester),
        fields=_fields(point, attendees, policy),
        participants=attendees,
        evidence=f"{point.key} {point.occurrence.number}",
        matter=f"{point.key} {point.occurrence.number}",
    )


def title_of(series: Series, policy: Policy) -> str:
    """In the site's language first, then in the others, since its readers are of all of them."""
    languages = (policy.site.language, *policy.site.languages)
    said = dict.fromkeys(series.title[each] for each in languages if each in series.title)
    return " / ".join(said) or series.name


def _fields(point: Call, attendees: tuple[str, ...], policy: Policy) -> dict[str, str]:
    series, event = point.series, policy.workflow(point.series.kind).event
    if event is None:
        raise ValueError(f"a {series.kind} does not say when it begins")
    said = {
        event.start: start_of(point.occurrence, policy),
        event.attendees: ", ".join(attendees),
        event.lasts: str(series.lasts) if series.lasts else "",
        event.room: series.room,
        event.brief: "yes" if series.brief else "",
    }
    return {**series.fields, **{name: value for name, value in said.items() if name and value}}


def start_of(occurrence: Occurrence, policy: Policy) -> str:
    """When it begins, as a field of the record keeps it."""
    begins = policy.calendar("").local(occurrence.begins)
    return str(Span(begins, begins))
