"""What may be written to this mailbox: the tag of each kind and the labels of its form. Pure."""

from collections.abc import Mapping

from mailflow.core.policy import Policy
from mailflow.core.wording import choice_text, text_of, tongue
from mailflow.core.workflow import Field, Workflow


def kinds_view(policy: Policy, values: Mapping[str, str], language: str) -> tuple[dict[str, object], ...]:
    """One entry a kind, in the language given; `values` are the letter's: "suggested" names kinds, with commas."""
    suggested = [part.strip() for part in values.get("suggested", "").split(",")]
    return tuple(
        {
            "kind": each.kind,
            "label": text_of(each.label, language, each.kind),
            "tag": _tag(each, language),
            "suggested": each.kind in suggested,
            "form": tuple(text_of(f.label, language, f.name) for f in _asked(each)),
            "hints": tuple(
                {"label": text_of(f.label, language, f.name), "hint": hint}
                for f in _asked(each)
                if (hint := _hint(f, language))
            ),
            "listed": text_of(each.tasks.label, language, "-") if each.tasks and each.tasks.read else "",
        }
        for each in policy.kinds.values()
    )


def _asked(workflow: Workflow) -> tuple[Field, ...]:
    """The fields that a form asks the writer for."""
    return tuple(each for each in workflow.fields if each.form and "requester" in each.by)


def _hint(field: Field, language: str) -> str:
    """What the form says beside a label: the field's hint, else what it may be."""
    said = (choice_text(each, field.choices, language) for each in field.choices)
    return text_of(field.hint, language) or (" / " if tongue(language) == "en" else "、").join(said)


def _tag(workflow: Workflow, language: str) -> str:
    """A tag in the reader's script, as a subject bears it."""
    chinese = tongue(language) == "zh"
    own = (tag for tag in workflow.tags if tag.isascii() is not chinese)
    return f"[{next(own, workflow.tags[0] if workflow.tags else workflow.kind)}]"
