"""What a message is about: its kind by the tag in the subject, the marks beside it, the records it names. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailflow.core.policy import Policy
from mailflow.core.reading.slips import near
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_departments
from mailflow.core.triggers import Classification
from mailflow.mail.model import Mail

_COLON = re.compile(r"^([^\s:：]{1,20}(?: [^\s:：]{1,12})?)\s*[:：]\s*(.*)$", re.DOTALL)
# Brackets that a title may begin with for its own reasons: they count where a tag stands in them.
_QUOTED = re.compile(
    r"[〖「『《<〈＜{｛]\s*([^\s〖〗「」『』《》<>〈〉＜＞{}｛｝]{1,20})\s*[〗」』》>〉＞}｝]\s*[:：]?\s*(.*)",
    re.DOTALL,
)
_LAST = re.compile(r"(?P<open>[\[【［(（])\s{0,3}([^\[\]【】［］()（）]{1,20})\s{0,3}[\]】］)）]$")
_LAST_LENGTH = 30
_BRACKETED = re.compile(r"[\[【［(（〔]\s{0,3}([^\[\]【】［］()（）〔〕]{1,20})[\]】］)）〕]")
_JOINED = re.compile(r"[/|·・,，、:：;；+&\s_-]+")
# What people put behind a tag without meaning anything else: `[需求申请]`, `[故障报告]`.
_FORM_OF = re.compile("(?:申请|提交|提报|上报|申报|报告|报修|登记)?(?:单|表|书)?")
_TITLE_LENGTH = 60


@dataclass(slots=True)
class _Reading:
    kinds: list[tuple[str, str]] = field(default_factory=list)
    urgent: bool = False
    confidential: bool = False
    evidence: list[str] = field(default_factory=list)
    near: bool = False


def classify(mail: Mail, policy: Policy) -> Classification:
    """The kind of a message by its subject's tag, None when it bears none; words of the body only suggest."""
    reading = _Reading()
    for label in mail.labels:
        _label(label, policy, reading)
    title = _unbracketed(mail.title, policy, reading)
    kind, tag = reading.kinds[0] if reading.kinds else (None, "")
    if (
        kind is None
        and mail.sender
        and policy.directory.person(mail.sender.address).address in policy.directory.monitors
    ):
        kind = next((each.kind for each in policy.kinds.values() if each.machines), None)
        title = mail.subject
        reading.evidence.append("a registered monitor")
    if kind is None and reading.urgent:
        kind, tag = _urgent_kind(policy), "urgent"
        reading.evidence.append("the urgent mark alone")
    if len({each for each, _ in reading.kinds}) > 1:
        reading.evidence.append(f"several tags, the first counts: {', '.join(t for _, t in reading.kinds)}")
    return Classification(
        kind=kind,
        title=_title(title, mail),
        tag=tag,
        urgent=reading.urgent,
        confidential=reading.confidential or mail.confidential,
        record_ids=tuple(dict.fromkeys(record_ids(mail.subject, policy))),
        suggested=() if kind else _suggested(mail, policy),
        evidence=tuple(reading.evidence),
        tags=tuple(tag for _, tag in reading.kinds),
        near=reading.near,
    )


def _unbracketed(title: str, policy: Policy, reading: _Reading) -> str:
    """The title behind a tag or mark that stands in quotes, before a colon, or in the last bracket."""
    if (found := _QUOTED.fullmatch(title)) and _known(found[1], policy):
        _label(found[1], policy, reading)
        title = found[2]
    title = _colon_tag(title, policy, reading)
    for _ in range(3):
        title = title.rstrip()
        found = _LAST.search(title, max(1, len(title) - _LAST_LENGTH))
        if found is None or not _known(found[2], policy):
            break
        is_tag = kind_by_tag(found[2], policy) is not None
        if is_tag and (reading.kinds or found["open"] in "(（"):  # `Duration (minutes)`
            break
        _label(found[2], policy, reading)
        reading.near = reading.near or is_tag
        title = title[: found.start()].rstrip()
    return title


def _known(word: str, policy: Policy) -> bool:
    """Whether a word is a tag, or the urgent or the confidential mark."""
    marks = {fold(mark) for mark in (*policy.site.urgent, *policy.site.confidential)}
    return fold(word) in marks or kind_by_tag(word, policy) is not None


def record_ids(text: str, policy: Policy) -> Iterator[str]:
    """The ids of records that a text names, in the form PREFIX-YEAR-NUMBER."""
    prefixes = "|".join(re.escape(each.prefix) for each in policy.kinds.values())
    if prefixes:
        for found in re.finditer(rf"(?<![A-Za-z0-9])({prefixes})-(\d{{4}})-(\d{{4,9}})(?!\d)", text, re.I):
            yield f"{found.group(1).upper()}-{found.group(2)}-{found.group(3)}"


def kind_named(word: str, policy: Policy) -> str | None:
    """The kind that a word is a tag (or the name) of, None when it is none."""
    wanted = fold(word)
    for workflow in policy.kinds.values():
        if wanted in {fold(tag) for tag in (*workflow.tags, workflow.kind, *workflow.label.values())}:
            return workflow.kind
    return None


def _label(label: str, policy: Policy, reading: _Reading) -> None:
    """Read one bracketed word: a tag, a mark, both run together, or something else's."""
    folded = fold(label)
    if next(record_ids(label, policy), None):
        return
    pieces = [piece for piece in _JOINED.split(label) if piece]
    if len(pieces) > 1 and not _known(label, policy) and all(_of_a_tag(piece, policy) for piece in pieces):
        for piece in pieces:  # `[需求/紧急]`
            if _known(piece, policy):
                _label(piece, policy, reading)
        return
    for mark in policy.site.urgent:
        if folded.startswith(fold(mark)):
            reading.urgent = True
            reading.evidence.append(f"urgent by [{label}]")
            folded = folded[len(fold(mark)) :].strip()
    for mark in policy.site.confidential:
        if folded.startswith(fold(mark)):
            reading.confidential = True
            reading.evidence.append(f"confidential by [{label}]")
            folded = folded[len(fold(mark)) :].strip()
    if folded:
        _tag(folded, label, policy, reading)


def _tag(folded: str, label: str, policy: Policy, reading: _Reading) -> None:
    tags = _tags(policy)
    squeezed = folded.replace(" ", "")
    exact = next((kind for tag, kind in tags if tag in (folded, squeezed)), None)
    if exact:
        spaced = not any(tag == folded for tag, _ in tags)
        reading.near = spaced and not reading.kinds
        reading.kinds.append((exact, label))
        reading.evidence.append(f"[{label}] taken for {exact}" if spaced else f"tag [{label}]")
        return
    close = {kind for tag, kind in tags if near(squeezed, [tag])}
    close |= {kind for tag, kind in tags if squeezed.startswith(tag) and _FORM_OF.fullmatch(squeezed, len(tag))}
    if len(close) == 1:
        kind = close.pop()
        reading.near = not reading.kinds
        reading.kinds.append((kind, label))
        reading.evidence.append(f"[{label}] taken for {kind}")


def _of_a_tag(piece: str, policy: Policy) -> bool:
    return _known(piece, policy) or not read_departments(piece, policy.directory)[1]


def _tags(policy: Policy) -> list[tuple[str, str]]:
    return [(fold(tag), workflow.kind) for workflow in policy.kinds.values() for tag in workflow.tags]


def _colon_tag(title: str, policy: Policy, reading: _Reading) -> str:
    """A tag or the urgent mark written as `需求：title`; the title without it."""
    found = _COLON.match(title)
    if not found:
        return title
    before = len(reading.kinds), reading.urgent, reading.confidential
    kind = None if reading.kinds else kind_by_tag(found.group(1), policy)
    if kind:
        reading.kinds.append((kind, found.group(1)))
        reading.evidence.append(f"tag {found.group(1)}:")
    elif fold(found.group(1)) in {fold(mark) for mark in policy.site.urgent}:
        reading.urgent = True
        reading.evidence.append(f"urgent by {found.group(1)}:")
    changed = (len(reading.kinds), reading.urgent, reading.confidential) != before
    return found.group(2) if changed else title


def kind_by_tag(word: str, policy: Policy) -> str | None:
    wanted = fold(word)
    for workflow in policy.kinds.values():
        if wanted in {fold(tag) for tag in workflow.tags}:
            return workflow.kind
    return None


def _urgent_kind(policy: Policy) -> str | None:
    return next((each.kind for each in policy.kinds.values() if each.marked_urgent), None)


def _title(title: str, mail: Mail) -> str:
    """The subject without its tags; where nothing is left, the first line that the writer wrote."""
    if title.strip():
        return title.strip()
    first = next((line.strip() for line in mail.own.splitlines() if line.strip()), "")
    return first[:_TITLE_LENGTH] or mail.subject.strip()


def _suggested(mail: Mail, policy: Policy) -> tuple[str, ...]:
    """The kinds whose words the message uses: good enough to ask, never to decide."""
    said = fold(f"{mail.subject} {mail.own[:2000]}")
    words: Sequence[tuple[str, str]] = [
        (fold(word), workflow.kind) for workflow in policy.kinds.values() for word in workflow.suggest
    ]
    inside = [kind_by_tag(found[1].strip(), policy) for found in _BRACKETED.finditer(mail.subject[:500])]
    begun = [kind for tag, kind in _tags(policy) if fold(mail.title).startswith(tag) and len(tag) > 1]
    named = [kind for kind in inside if kind]
    return tuple(dict.fromkeys((*named, *begun, *(kind for word, kind in words if word in said))))
