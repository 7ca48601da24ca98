"""What the writer of a reply added: quotes, attributions, quoted headers and signatures taken off.

Two thirds of the people answer below or between the quote, so an attribution line does not end the
reply: quoted lines are dropped one by one, and the text is cut only where all that follows is another's.
"""

import re
from dataclasses import dataclass

_LIMIT = 20_000  # lines; more is a report, not a reply
_QUOTED = re.compile(r"[ \t]{0,3}[>＞》]|\|[ \t]")

# "On …, NAME wrote:" in the languages seen; the whole is one to four lines.
_VERB = re.compile(
    r"\bwrote\b|\bwrites\b|写道|寫道|写到|寫到|\bschrieb\b|a écrit|\bécrit\b|escribió|"
    r"escreveu|\bskrev\b|napisał|"
    r"\bgeschreven\b|\bschreef\b|ha scritto|\bscrisse\b|написал|пишет|писал|kirjoitti|"
    r"\bnapsal|\bírta\b|yazdı|a scris|"
    r"έγραψε|のメッセージ|書きました|さんは|작성|đã viết|\bsaid\b|来信|回复：|回复:"
)
_START = re.compile(
    r"(?:on|le|am|el|em|op|il|den|dnia|pe|in|at|w dniu|на)\s|(?:在|于|於)|\d{4}[-/.年]|\d{1,2}[ ./-]|"
    r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\d{1,4}\s?[-/.年月]\s?\d{1,2}|\d{1,2}:\d\d|\d{1,2}\.?\s+\w{3,10}\.?,?\s+(?:de\s+)?\d{4}|\b(?:19|20)\d\d\b|@"
)
_GMAIL = re.compile(r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d\d(?: GMT[+-]\d{1,2}(?::\d\d)?)? .{1,120}")
_ENDS = re.compile(r"[:：]\s*[*_]?\s*$")

_SEPARATOR = re.compile(
    r"[ \t]{0,3}[-—－_=*]{2,40}[ \t\xa0]{0,5}(?:original|ursprüngliche|originele|mensaje|"
    r"message|messaggio|mensagem|ursprungligt|"
    r"oprindelig|alkuperäinen|wiadomość|forwarded|begin forwarded|weitergeleitete|"
    r"doorgestuurd|reenviado|transféré|"
    r"原始|邮件原件|原邮件|郵件原件|原件|转发|轉寄|轉發|转寄|回复|回覆|回复的|コピー|転送|元の)"
    r"[^\n]{0,60}?[-—－_=*]{2,40}[ \t]{0,3}$",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[ \t]{0,3}[-—－_=*]{2}")
_FORWARD = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten|début du message|inizio messaggio inoltrato|"
    r"下面是被转发的邮件|以下是轉寄的郵件|-+\s{0,3}forwarded by)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[ \t]{0,3}(?:_{10,}|-{20,}|={20,}|—{8,}|＿{8,})[ \t]*$")
_KEYS = {
    "from": "from|von|de|da|van|från|fra|od|från|от|kimden|发件人|寄件者|寄件人|发信人|差出人|送信者|"
    "送信元|보낸 사람|发送人|lähettäjä|feladó",
    "sent": "sent|date|gesendet|datum|envoyé|date d'envoi|enviado|enviado el|enviada em|inviato|data|"
    "verzonden|skickat|sendt|"
    "wysłano|отправлено|дата|发送时间|发送日期|日期|时间|時間|寄件日期|傳送時間|傳送日期|"
    "发件时间|送信日時|日時|보낸 날짜|lähetetty",
    "to": "to|an|à|para|a|aan|till|til|do|кому|kime|收件人|收件者|宛先|받는 사람|vastaanottaja",
    "cc": "cc|kopie|copie à|copia|抄送|副本|抄送人|копия|참조|kopia|kopi",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|主题|"
    "主題|主旨|标题|件名|제목|aihe",
}  # fmt: skip
_FIELD = re.compile(
    r"[ \t>]{0,6}[*_]{0,2}(?:"
    + "|".join(f"(?P<{key}>{words})" for key, words in _KEYS.items())
    + r")[*_]{0,2}[ \t\xa0\u3000]{0,5}[:：]",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|—|－－|——)[ \t]?$")
_DEVICE = re.compile(
    r"(?:[-—_]{0,3}\s{0,2})(?:sent (?:from|via|with) (?:my|the|outlook|mail|yahoo|gmail|"
    r"proton|mobile|windows|samsung|iphone|ipad|an?|nine|blackberry)\b|"
    r"get (?:outlook|bluemail) for|发自我的|發自我的|發送自我的|发送自|發送自|"
    r"发自(?:[^，。,.]{1,20})$|从我的.{1,20}(?:发送|發送)|從我的.{1,20}(?:傳送|發送)|"
    r"来自.{0,12}(?:手机|iphone|安卓).{0,10}(?:发送|邮箱|客户端)|從.{1,20}傳送$|由.{1,20}发送$|"
    r"von meinem .{1,30} gesendet|gesendet (?:von|mit)|envoyé de(?:puis)? mon|"
    r"enviado desde mi|enviado do meu|enviado a partir|inviato da(?:l mio)? |"
    r"verzonden vanaf|verstuurd vanaf|skickat från min|sendt fra min|wysłane z|отправлено с|"
    r"iphoneから送信|lähetetty )",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"[*_\s]{0,4}(?:confidentiality (?:notice|note|statement)|disclaimer\b|legal (?:notice|"
    r"disclaimer)|privileged and confidential|"
    r"(?:this|the (?:information|contents?) (?:contained )?in this) (?:e-?mail|message|"
    r"communication|transmission)[^\n]{0,120}(?:confidential|intended|privileged)|"
    r"the information (?:contained|transmitted)[^\n]{0,100}(?:confidential|intended)|"
    r"diese e-?mail enthält vertrauliche|ce (?:message|courriel)[^\n]{0,80}confidentiel|"
    r"(?:保密|免责|法律|免責)(?:声明|聲明|提示)|(?:本|此|该)(?:电子)?(?:邮件|郵件|信件)[^\n]{0,40}(?:保密|机密|機密|收件人|专有|特定))",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"[^\n]{0,80}mailing list(?: --|$)|to unsubscribe|unsubscribe:|https?://[^\s]{1,200}/(?:mailman|listinfo)/",
    re.IGNORECASE,
)


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
    return "\n".join(out).strip("\n").strip()


def _drop_quotes(lines: list[str], keep: list[bool]) -> None:
    colons = _near_colons(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if _QUOTED.match(line):
            keep[index] = False
            index += 1
            continue
        end = _quote_head(lines, index, colons[index])
        if end == index:
            index += 1
            continue
        if not _cuts(lines, keep, index, end):
            for at in range(index, end):
                keep[at] = False
            index = end
            continue
        for at in range(index, len(lines)):
            keep[at] = False
        return


def _cuts(lines: list[str], keep: list[bool], start: int, end: int) -> bool:
    """Whether all behind a quote's head is another's: not where quoted lines follow, nor at the very top."""
    following = next((line for line in lines[end:] if line), "")
    if not following or _QUOTED.match(following):
        return False
    return any(line and kept for line, kept in zip(lines[:start], keep[:start], strict=True))


def _near_colons(lines: list[str]) -> list[bool]:
    """Whether an attribution may begin at a line: it ends in a colon, or is Gmail's kind without one."""
    near = [False] * len(lines)
    for index, line in enumerate(lines):
        if line.endswith((":", "：", ":*", ":_")):
            for at in range(max(0, index - 5), index + 1):
                near[at] = True
        elif " GMT" in line:
            near[index] = True
    return near


def _quote_head(lines: list[str], index: int, near_colon: bool) -> int:
    """The line behind the attribution, separator or header block that begins at `index`, else `index`."""
    line = lines[index]
    if not line or len(line) > 600:
        return index
    if (_MARKED.match(line) and _SEPARATOR.match(line)) or _FORWARD.match(line):
        after = index + 1
        while after < len(lines) and not lines[after]:
            after += 1
        block = _header_block(lines, after, 1)
        return block if block > after else index + 1
    if _RULE.match(line):
        after = next((at for at in range(index + 1, min(index + 4, len(lines))) if lines[at]), index)
        block = _header_block(lines, after, 2) if after > index else after
        return block if block > after else index
    block = _header_block(lines, index, 2) if ":" in line or "：" in line else index
    return _attribution(lines, index) if block == index and near_colon else block


def _header_block(lines: list[str], index: int, least: int) -> int:
    """The line behind a block of From/Sent/To/Subject lines of more than `least` different kinds."""
    seen: set[str] = set()
    at, misses, end = index, 0, index
    while at < len(lines) and at < index + 25 and misses < 3:
        match = _FIELD.match(lines[at])
        if match:
            seen.add(match.lastgroup or "")
            misses, end = 0, at + 1
        elif at == index:
            return index
        else:
            misses += 1
        at += 1
    if len(seen) > least - 1 and len(seen) >= 2 and ("from" in seen or "sent" in seen):
        if not ({"from", "subject"} <= seen or {"from", "sent"} <= seen or {"sent", "to", "subject"} <= seen):
            return index
        return _behind_folded(lines, end)
    return index


def _behind_folded(lines: list[str], end: int) -> int:
    """A last field may run on to a second line, up to the next blank one."""
    stop = end
    while stop < len(lines) and lines[stop] and stop < end + 2:
        stop += 1
    return stop if stop < len(lines) and not lines[stop] and stop > end and stop - end <= 1 else end


def _attribution(lines: list[str], index: int) -> int:
    """The line behind an attribution of one to six lines that begins at `index`, else `index`."""
    first = lines[index].lstrip(" \t\"'“")
    if not (_START.match(first) or _WHEN.search(first[:300])):
        return index
    joined = ""
    for at in range(index, min(index + 6, len(lines))):
        line = lines[at].strip()
        if (not line and at > index + 3) or (at > index and _QUOTED.match(line) and not _ENDS.search(line)):
            break
        joined = f"{joined} {line}".strip()
        if len(joined) > 500:
            break
        if _is_attribution(joined):
            later = (one for one in range(index + 1, at + 1) if _START.match(lines[one].lstrip()))
            nearer = any(
                _is_attribution(" ".join(part.strip() for part in lines[one : at + 1])) for one in later
            )
            return index if nearer and "@" not in first else at + 1
        if at > index and _ENDS.search(line):
            break
    return index


def _is_attribution(text: str) -> bool:
    if _GMAIL.fullmatch(text) and ("GMT" in text or text.endswith(">:")):
        return True
    return bool(_ENDS.search(text) and _VERB.search(text) and _WHEN.search(text))


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
    for at in range(start, end):
        line = lines[at].strip(" \t*")
        mark = _SIGNATURE.fullmatch(line) and end - at <= 25
        footer = _LEGAL.match(line) or (
            _RULE.match(line) and any(_LIST_FOOTER.match(one) for one in lines[at + 1 : min(at + 3, end)])
        )
        if mark or footer:
            keep[at:end] = [False] * (end - at)
            return
        if len(line) < 120 and _DEVICE.match(line):
            keep[at] = False
