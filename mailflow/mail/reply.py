"""What the writer of a reply added: quotes, attributions, quoted headers and signatures taken off.

Two thirds of the people answer below or between the quote, so an attribution line does not end the
reply: quoted lines are dropped one by one, and the text is cut only where all that follows is another's.
"""

from dataclasses import dataclass

from mailflow.mail import phrases

_LIMIT = 20_000  # lines; more is a report, not a reply
_LONGEST = 600  # characters of a line that may be a quote's head
_SIGNATURE_LINES = 25
_CARD_LINES = 12
_SHORT = 24


@dataclass(frozen=True, slots=True)
class Reply:
    """`own` is what the writer added, `removed` all the rest, both in the order of the text."""

    own: str
    removed: str


def own_words(text: str) -> Reply:
    """The writer's own part of a body. Where nothing would be left, the whole is theirs."""
    lines = [line.rstrip() for line in text.split("\n")]
    if len(lines) > _LIMIT:
        return Reply(text.strip(), "")
    keep = [True] * len(lines)
    _drop_quotes(lines, keep)
    _drop_signatures(lines, keep)
    own = _joined(lines, keep, True)
    if not own:
        return Reply("\n".join(lines).strip(), "")
    return Reply(own, _joined(lines, keep, False))


def _joined(lines: list[str], keep: list[bool], wanted: bool) -> str:
    """The wanted lines; where something was taken out between two of them, one blank line marks it."""
    out: list[str] = []
    gap = False
    for line, kept in zip(lines, keep, strict=True):
        if kept is not wanted:
            gap = True
            continue
        if gap and out:
            if not line and not out[-1]:
                continue
            if line and out[-1]:
                out.append("")
        gap = False
        out.append(line)
    return "\n".join(out).strip()


def _drop_quotes(lines: list[str], keep: list[bool]) -> None:
    near_colon = _near_colons(lines)
    has_own = False
    index = 0
    while index < len(lines):
        line = lines[index]
        if phrases.QUOTED.match(line):
            keep[index] = False
            index += 1
            continue
        end = _quote_head(lines, index, near_colon[index], has_own)
        if end == index:
            has_own = has_own or bool(line)
            index += 1
        elif has_own and not _is_quoted(lines, end):
            keep[index:] = [False] * (len(lines) - index)
            return
        else:
            # Quoted lines follow, each of which shows itself; or it is the first thing in the text, and
            # what is below it is all that there is.
            keep[index:end] = [False] * (end - index)
            index = end


def _is_quoted(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index:] if line), "")
    return not following or phrases.QUOTED.match(following) is not None


def _near_colons(lines: list[str]) -> list[bool]:
    """Whether an attribution may begin at a line: a colon ends it or one soon after, or it is Gmail's."""
    near = [False] * len(lines)
    for index, line in enumerate(lines):
        tail = line[-16:]
        if (":" in tail or "：" in tail or "--" in tail) and phrases.ENDS.search(tail):
            near[max(0, index - 5) : index + 1] = [True] * (min(index, 5) + 1)
        elif " GMT" in line:
            near[index] = True
    return near


def _quote_head(lines: list[str], index: int, near_colon: bool, has_own: bool) -> int:
    """The line behind the attribution, separator or header block that begins at `index`, else `index`."""
    line = lines[index]
    if not line or len(line) > _LONGEST:
        return index
    if phrases.MARKED.match(line) or phrases.FORWARD.match(line):
        end = _marked_head(lines, index)
        if end > index:
            return end
    if ":" in line or "：" in line or "|" in line or len(line) < _SHORT:
        end = _header_block(lines, _behind_bare_separator(lines, index))
        # A memo of the writer's own may begin like a header; only a mail's has addresses.
        if end > index and (has_own or any("@" in one for one in lines[index:end])):
            return end
    if line[-1] == ">" and phrases.UNENDED.fullmatch(line):
        quoted = next((one for one in lines[index + 1 : index + 4] if one), "")
        return index + 1 if phrases.QUOTED.match(quoted) else index
    return _attribution(lines, index) if near_colon else index


def _marked_head(lines: list[str], index: int) -> int:
    """A separator that says what it is, with or without a header block; a bare rule only with one."""
    line = lines[index]
    named = phrases.SEPARATOR.match(line) or phrases.FORWARD.match(line)
    if not named and not phrases.RULE.match(line):
        return index
    after = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at]), index)
    block = _header_block(lines, after) if after > index else after
    if block > after:
        return block
    return index + 1 if named else index


def _behind_bare_separator(lines: list[str], index: int) -> int:
    """Words like "original message" without rules around them say something only above a header block."""
    if len(lines[index]) >= _SHORT or not phrases.BARE_SEPARATOR.fullmatch(lines[index].strip()):
        return index
    return next((at for at in range(index + 1, min(index + 3, len(lines))) if lines[at]), index)


def _header_block(lines: list[str], index: int) -> int:
    """The line behind a block of From/Sent/To/Subject lines: at least a sender or a date, and two kinds."""
    head = lines[index][:200]
    if not (":" in head or "：" in head or "|" in head) or not phrases.FIELD.match(head):
        return index
    seen: set[str] = set()
    at, misses, end = index, 0, index
    while at < len(lines) and at < index + 25 and misses < 3:
        match = phrases.FIELD.match(lines[at][:200])
        if match:
            seen.add(match.lastgroup or "")
            misses, end = 0, at + 1
        else:
            misses += 1
        at += 1
    if {"from", "sent"} <= seen:
        return _behind_folded(lines, end)
    # People write of senders, days and subjects too; only a mail's header has addresses.
    addressed = {"from", "subject"} <= seen or {"sent", "to", "subject"} <= seen
    if addressed and any("@" in line for line in lines[index:end]):
        return _behind_folded(lines, end)
    return index


def _behind_folded(lines: list[str], end: int) -> int:
    """The last field may run on to a second line, with a blank one behind."""
    if end + 1 < len(lines) and lines[end] and not lines[end + 1]:
        return end + 1
    return end


def _attribution(lines: list[str], index: int) -> int:
    """The line behind an attribution of one to six lines that begins at `index`, else `index`."""
    if not _may_begin(lines[index]):
        return index
    joined = ""
    for at in range(index, min(index + 6, len(lines))):
        line = lines[at].strip()
        ends = phrases.ENDS.search(line[-16:])
        # A line that says the day and hour may stand apart from the name.
        if (not line and not phrases.HOUR.search(joined)) or (at > index and phrases.QUOTED.match(line) and not ends):
            break
        joined = f"{joined} {line}".strip()
        if len(joined) > _LONGEST:
            break
        if _is_attribution(joined):
            return index if _begins_nearer(lines, index, at) else at + 1
        if at > index and ends:
            break
    return index


def _may_begin(line: str) -> bool:
    first = phrases.TURNS.sub("", line[:200]).lstrip(" \t\"'“")
    return bool(phrases.START.match(first) or phrases.NAME_FIRST.match(first[:100]))


def _begins_nearer(lines: list[str], index: int, last: int) -> bool:
    """Whether the same attribution begins at a later line: then what is above it is the writer's.

    A line that ends with an address in brackets may be the name that the attribution itself begins with.
    """
    for begin in range(index + 1, last + 1):
        if begin == index + 1 and phrases.NAMED.search(lines[index][-200:]):
            continue
        joined = " ".join(line.strip() for line in lines[begin : last + 1])
        if _may_begin(lines[begin]) and phrases.DATED.search(joined) and _is_attribution(joined):
            return True
    return False


def _is_attribution(text: str) -> bool:
    if any(kind.fullmatch(text) for kind in (phrases.GMAIL, phrases.UNSPOKEN, phrases.BRACKETED)):
        return True
    if not (phrases.ENDS.search(text[-16:]) and phrases.VERB.search(text) and phrases.WHEN.search(text)):
        return False
    # Chinese programs say the hour or the address; people who tell who said what on which day do not.
    return not phrases.CHINESE_VERB.search(text) or phrases.PRECISE.search(text) is not None


def _drop_signatures(lines: list[str], keep: list[bool]) -> None:
    """In each run of own lines: from the signature mark to its end, device lines, legal footers."""
    start = 0
    while start < len(lines):
        if not keep[start]:
            start += 1
            continue
        end = start
        while end < len(lines) and keep[end]:
            end += 1
        _drop_signature(lines, keep, start, end)
        start = end


def _drop_signature(lines: list[str], keep: list[bool], start: int, end: int) -> None:
    at, has_own = start, False
    while at < end:
        line = lines[at].strip(" \t*")
        if phrases.BANNER.match(line) or (not has_own and phrases.LEGAL.match(line)):
            at = _drop_paragraph(lines, keep, at, end)
            continue
        if _ends_own(line, lines, at, end):
            keep[at:end] = [False] * (end - at)
            return
        if line == phrases.PGP_BEGIN:
            at = _drop_paragraph(lines, keep, at, end)
            continue
        if len(line) < 120 and phrases.DEVICE.match(line):
            keep[at] = False
            if phrases.CARD_END.match(line):
                _drop_card(lines, keep, start, at)
        elif line:
            has_own = True
        at += 1


def _drop_card(lines: list[str], keep: list[bool], start: int, at: int) -> None:
    """A card of name and address above the line that says which program drew it: a table without rules."""
    first = next((begin for begin in range(max(start, at - 15), at) if phrases.CARD_BEGIN.match(lines[begin])), at)
    keep[first:at] = [False] * (at - first)


def _drop_paragraph(lines: list[str], keep: list[bool], at: int, end: int) -> int:
    while at < end and lines[at]:
        keep[at] = False
        at += 1
    return at


def _ends_own(line: str, lines: list[str], at: int, end: int) -> bool:
    """A signature mark with a signature's few lines below it, a legal footer, or a mailing list's."""
    if phrases.SIGNATURE.fullmatch(line):
        return end - at <= _SIGNATURE_LINES
    if phrases.RULE.match(line):
        if (
            end < len(lines)
            and end - at <= _CARD_LINES
            and any(phrases.ADDRESS.fullmatch(one) for one in lines[at + 1 : end])
        ):
            return True  # Foxmail rules its signature off, above the quote
        return any(phrases.LIST_FOOTER.match(one[:400]) for one in lines[at + 1 : min(at + 3, end)])
    return line == phrases.PGP_SIGNATURE or phrases.LEGAL.match(line[:400]) is not None
