"""What a monitor says (P4.9): which matter its mail is about, and whether that has begun or is over. Pure.

Monitors write the same subject each time, but for numbers, times, and the word that says how it stands:
Zabbix `Problem: CPU load on web01`, Nagios `** RECOVERY Service Alert: web01/HTTP is OK **`, Alertmanager
`[FIRING:1] DiskFull`.
"""

import re
from collections.abc import Iterable, Iterator

from mailflow.core.reading.text import fold, is_han
from mailflow.core.workflow import Field, Machines
from mailflow.mail.model import Mail

# Numbers that stand alone, also with a unit, as times, spans and percentages; `web01`, `sda1` and 10.0.0.5 are names.
_NUMBER = re.compile(
    r"(?<![\w./-])(?!(?:\d{1,3}\.){3}\d{1,3}(?!\w))(?:[<>=~]{1,2}\s*)?[+-]?\d[\d.,:/t-]*\s?"
    r"(?:%|[kmgt]?i?b(?:/s)?|[mu]?s|min|mins|minutes?|hours?|hrs?|days?|d|h|m|个?小时|分钟|秒|天|年|月|日|时|分|次|条)?(?![\w])"
)
# `Severity: High`, `- severity = critical`, `告警级别：严重`: a label and what it says.
_LABELLED = re.compile(r"[\W_]*(.{1,60}?)\s*[:：=]\s*([^\s:：=][^:：=]{0,40}?)[\s.。*]*$")
_SIGNS = re.compile(r"[^\w./@-]+")
_LONGEST = 500
_LINES = 200


def is_over(mail: Mail, machines: Machines) -> bool:
    """Whether the subject says that the matter is over.

    In English the word that says it leads (`Resolved: eth0 down`, `[FIRING:1, RESOLVED:1]`), in Chinese it ends
    (`告警恢复`, `恢复任务失败告警`).
    """
    found = sorted(_said(_subject(mail), machines))
    if not found:
        return False
    leads = found[0]
    return (found[-1] if is_han(leads[2]) else leads)[3]


def matter_of(mail: Mail, machines: Machines) -> str:
    """What all messages of one matter share: the value behind a label of `key`, else what is left of the subject
    without its numbers and the words for how it stands."""
    labels = [fold(each) for each in machines.key]
    for line in mail.own.splitlines()[:_LINES] if labels else ():
        label, sign, value = fold(line[:_LONGEST]).replace("：", ":").partition(":")
        if sign and value.strip() and label.strip() in labels:
            return f"{label.strip()}: {value.strip()}"
    left = _plain(_subject(mail), machines)
    first = next((line for line in mail.own.splitlines() if line.strip()), "")
    return left or _plain(fold(first[:_LONGEST]), machines) or fold(mail.subject)


def severity_of(mail: Mail, field: Field, machines: Machines) -> str:
    """How grave it is by a line such as `Severity: High` or `severity = critical`, else by a word of the subject that
    says how it stands; the choice of a field, "" where nothing says it. Of several the gravest, which comes first."""
    labels = {fold(each) for each in (field.name, *field.label.values(), *field.aliases)}
    choices = {fold(word): key for key, words in field.choices.items() for word in (key, *words)}
    for line in mail.own.splitlines()[:_LINES]:
        found = _LABELLED.match(fold(line[:_LONGEST]))
        if found and found[1] in labels and found[2] in choices:
            return choices[found[2]]
    said = {choices[word] for _, _, word, over in _said(_subject(mail), machines) if not over and word in choices}
    return next((key for key in field.choices if key in said), "")


def _subject(mail: Mail) -> str:
    return fold(" ".join((*(f"[{label}]" for label in mail.labels), mail.title))[:_LONGEST])


def _plain(text: str, machines: Machines) -> str:
    """A text without the words for how it stands, numbers and signs."""
    for start, end, _, _ in sorted(_said(text, machines), reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(_SIGNS.sub(" ", _NUMBER.sub(" ", text)).strip(" .-/").split())


def _said(text: str, machines: Machines) -> Iterator[tuple[int, int, str, bool]]:
    """Where the words stand that say how it stands: (start, end, word, whether it is over). No place counts twice."""
    words = [(fold(word), over) for over, words in ((True, machines.over), (False, machines.begins)) for word in words]
    taken = bytearray(len(text))
    for word, over in sorted(words, key=lambda each: -len(each[0])):
        for start in _places(text, word):
            end = start + len(word)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * len(word)
                yield start, end, word, over


def _places(text: str, word: str) -> Iterable[int]:
    """Where a word stands; of letters, as a whole word."""
    if is_han(word):
        return [match.start() for match in re.finditer(re.escape(word), text)]
    return [match.start() for match in re.finditer(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])", text)]
