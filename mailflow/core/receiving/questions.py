"""What anyone may ask of the mailbox at any time (P9): help, the state of something, a blank form. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from mailflow.core.draft import Draft
from mailflow.core.facts import Facts
from mailflow.core.policy import Policy
from mailflow.core.reading.arguments import LONGEST_HEAD, word_at
from mailflow.core.reading.classify import kind_named, record_ids
from mailflow.core.reading.courtesies import is_courtesy, is_greeting
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_people
from mailflow.core.receiving.away import absences_text, is_request
from mailflow.core.receiving.confirming import CONFIRM, propose
from mailflow.core.receiving.finding import found_text
from mailflow.core.receiving.matters import matters_text
from mailflow.core.receiving.muting import scope_said
from mailflow.core.receiving.writers import message_values, reply
from mailflow.mail.model import Mail

# Asked with the rest of the message, not instead of it.
PREVIEW = "preview"
# Said in a mail that opens a record: for whom it is.
FOR = "for"
MINE = "site/mine"
SEARCH = "site/search"
_SEARCH = "search"
# A line that goes on longer is a sentence that begins with the word.
_LONGEST_SEARCH = 60
_LONGEST_PREVIEWED = 30
# What changes something, and takes effect on its confirmation.
CHANGING = ("away", "back", "mute", "unmute")
_LINES_ALONE = 4
_OF_DEPUTY = re.compile(r"由|(?:职务|工作)?代理|deputy|cover", re.IGNORECASE)
_SIGNS = " \t：:，,。.!！"
_SENTENCE = re.compile(
    r"[。！？；!?;]|[.,，]\s|[.,，]$|^(?:is|are|was|were|does|doesn't|do|don't|not|fails?|can|cannot|can't)\b",
    re.IGNORECASE,
)


def question(text: str, policy: Policy, *, in_record: bool = False) -> tuple[str, dict[str, str]] | None:
    """The template that answers a question in the first line, with its values; None when the text asks none.

    `in_record`: what is no question is passed on to people, so a search must be all that is said.
    """
    return next((asked for first in _heads(text) if (asked := _asked(first, text, policy, in_record))), None)


def _asked(first: str, text: str, policy: Policy, in_record: bool) -> tuple[str, dict[str, str]] | None:
    """What one line at the head of a text asks."""
    if number := next(record_ids(first[:_LONGEST_SEARCH], policy), ""):
        said = re.sub(re.escape(number), " ", first, flags=re.IGNORECASE).strip(" []【】" + _SIGNS)
        first = f"{said} {number}"  # also `REQ-2026-0001 状态`
    if not fold(first[:LONGEST_HEAD]).startswith(_openings(tuple(policy.site.questions.values()))):
        return None
    for name, words in policy.site.questions.items():
        found = word_at(first, words)
        if not found or name in (PREVIEW, FOR, CONFIRM):
            continue
        if name in CHANGING:
            if _changes(name, found[1], text, policy, in_record=in_record):
                return f"site/{name}", {"kind": "", "named": "", "text": _request(found[1], text)}
            continue
        if name == _SEARCH:
            searched = _searched(found[1])
            if searched is None or (in_record and text.strip() != first):
                continue
            return SEARCH, {"kind": "", "named": "", "text": searched}
        rest = found[1].strip(" \t：:。.?？!！")
        kind = kind_named(rest, policy) if rest else None
        if not rest or kind or next(record_ids(rest, policy), None):
            return f"site/{name}", {"kind": kind or "", "named": "" if kind else rest.upper()}
    return None


@lru_cache(maxsize=16)
def _openings(words: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """What a line begins with that asks something; most lines begin with none of it."""
    return tuple(fold(word) for each in words for word in each)


def answer_values(
    asked: tuple[str, dict[str, str]], address: str, facts: Facts, policy: Policy, now: datetime
) -> dict[str, str]:
    """What the answer to a question carries."""
    if asked[0] == MINE:
        matters = matters_text(address, facts.open_records, policy, now)
        return {**asked[1], "matters": matters, "absences": absences_text(address, policy, now)}
    if asked[0] == SEARCH:
        return {**asked[1], "found": found_text(address, facts.found, policy, now)}
    return asked[1]


def answer(draft: Draft, asked: tuple[str, dict[str, str]], mail: Mail, facts: Facts, *, proven: bool = False) -> None:
    """Answer a question; what would change something is proposed, or done where nothing is to be proven any more."""
    if asked[0].removeprefix("site/") in CHANGING:
        propose(draft, asked[0], asked[1]["text"], mail, facts, proven=proven)
    else:
        values = answer_values(asked, draft.by, facts, draft.policy, draft.now)
        reply(draft, asked[0], {**message_values(mail), **values})


def words_of(mail: Mail) -> str:
    """What a message says to the mailbox: its writer's own words, else its subject, as `[外出] 12月1日到5日`."""
    return mail.own if mail.own.strip() else " ".join((*mail.labels, mail.title))


def changes_something(mail: Mail, policy: Policy) -> bool:
    """Whether a message is nothing but a request to change something, whatever its subject bears."""
    asked = question(mail.own, policy, in_record=True)
    return asked is not None and asked[0].removeprefix("site/") in CHANGING


def _changes(name: str, rest: str, text: str, policy: Policy, *, in_record: bool) -> bool:
    """Whether what follows such a word is a request; inside a record it must be all that is said."""
    alone = len([line for line in text.splitlines() if line.strip()]) <= _LINES_ALONE
    words = _request(rest, text)
    match name:
        case "away":
            return is_request(words, strict=in_record) and (alone or not in_record)
        case "back":
            return not words.strip(_SIGNS) or is_request(words, strict=True)
        case _:
            return not in_record and scope_said(words, policy) is not None


def _request(rest: str, text: str) -> str:
    """What follows the word in its line, and a line about the deputy behind it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    further = lines[1] if len(lines) > 1 and _OF_DEPUTY.match(lines[1]) else ""
    return f"{rest.strip(_SIGNS)}，{further}" if further else rest.strip(_SIGNS)


def previewed(text: str, policy: Policy) -> str | None:
    """The rest of a message whose first line asks what it would do; None when it does not ask."""
    first = _first_line(text)
    found = word_at(first, policy.site.questions.get(PREVIEW, ()))
    rest = found[1].strip(" \t：:。.!！") if found else ""
    # `预览 同意` on one line is one; what goes on longer is a sentence that begins with the word.
    if not found or len(rest) > _LONGEST_PREVIEWED or (rest and found[1][0] not in " \t：:"):
        return None
    return rest + text[text.index(first) + len(first) :]


def _searched(rest: str) -> str | None:
    """The words that follow the word for a search, "" for none; None for a sentence that begins with it."""
    words = rest.strip(" \t：:")
    glued = bool(words) and words == rest.rstrip()
    return None if glued or len(words) > _LONGEST_SEARCH or _SENTENCE.search(words) else words


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _heads(text: str) -> Iterator[str]:
    """The first line, and the next ones where those before only greet."""
    for line in [line.strip() for line in text.splitlines() if line.strip()][:3]:
        yield line
        if not (is_greeting(line) or is_courtesy(line)):
            return


def on_behalf(text: str, policy: Policy) -> str:
    """For whom a new mail is by its first line (P9), an address; "" where it does not say so, or of nobody known."""
    heard = (word_at(line, policy.site.questions.get(FOR, ())) for line in _heads(text))
    found = next((each for each in heard if each), None)
    named = read_people(found[1].strip(" \t：:。."), policy.directory) if found else ()
    return named[0].address if len(named) == 1 and policy.directory.knows(named[0].address) else ""
