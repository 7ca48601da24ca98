"""What people write round a command: greetings, courtesies, bullets, to whom, as what; and what takes it back. Pure."""

import re
import unicodedata

from mailflow.core.directory import Directory
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_people

_BULLET = re.compile(
    r"^(?:\d{1,2}(?:[.)](?=[\s\u3400-\u9fff])|[、．）])|[(（]\d{1,2}[)）]|[-*•·](?=[\s\u3400-\u9fff])|[•·①-⑳])\s{0,5}"
)
_WRAPPED = re.compile(r"[“\"'「『【\[`]([^“”\"'「」『』【】\[\]`]{1,300})[”\"'」』】\]`]|\*{1,2}([^*]{1,300})\*{1,2}")
_POLITE = re.compile(r"([^，,。.!！]{1,12})[，,。.!！]\s{0,5}(?=\S)")
# What may stand before a command: to whom, by whom, after what, as what, of what.
_BEFORE = re.compile(
    r"@[^\s,，:：]{1,20}[\s,，:：]\s{0,3}|"
    r"(?:我[方司部处處]|我们?|我們|本(?:人|公司|部门|部門)|(?:i|we)(?:\s(?:hereby|fully))?)\s?(?=\S)|"
    r"[经經](?:研究|[讨討][论論]|确认|確認|[审審]核|[评評]估|核[实實])(?:[后後]|决定|決定)?[，,]?\s?|"
    r"(?:[现現]|特此)?(?:予以|给予|給予)|"
    r"(?:审批|審批|评审|我的|处理|最终)?(?:意见|意見|结论|結論|回复|回覆|答复|批复|决定)\s?[:：]\s{0,3}|"
    r"(?:[该該此本])?(?:问题|問題|故障|事件|任务|任務)(?=[已未没沒还還])|"
    r"(?:it|this|(?:the|this) (?:issue|problem|incident|fault|task|request))(?: is| has been| was)(?: now| all)?\s|"
    r"(?:decision|answer|reply|response|result)\s?:\s{0,3}",
    re.IGNORECASE,
)
# What takes a yes back, or asks whether.
_BUT = re.compile(
    r"[\s。.,，;；!！、]*(?:但|不过|不過|然而|可是|只是|前提|条件|條件|除非|如果|若|等|待|"
    r"(?:but|however|only|provided|unless|if|once|except|subject to|on condition|as long as|though|although)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？]\s*$|(?:吗|嗎|呢|怎么样|怎麼樣|如何)(?:了)?[。.!！~～\s]*$")
_NAME, _HEAD = 20, 100
_THANKS = re.compile(
    r"(?:非常|十分|多)?(?:感谢|感謝|谢谢|謝謝|多谢|辛苦)[^。.!！?？:：]{0,16}[。.!！~～]*|"
    r"(?:many )?thanks?\b[^?:]{0,30}|(?:i )?hope (?:you are|you're|this|all is|everything)\b[^?:]{0,40}|"
    r"(?:不好意思|抱歉)?[，,]?(?:打扰|打擾)了?[^?？:：]{0,6}|展信佳|见信好[。.!！]?",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:你好|您好|大家好|各位好?|hi|hello|dear|hey|good (?:morning|afternoon))\b.{0,40}$|^.{1,20}[,，:：!！]$",
    re.IGNORECASE,
)
_COURTESIES = (
    "ok|okay|好|好的|收到|谢谢|謝謝|多谢|thanks|thx|thank|noted|明白|知道了|嗯|辛苦了|received|感谢|"
    "hi|hello|yes|no|sure|great|是|是的|不|可以|行|赞|fyi|您好|你好|done!|cheers|regards|无|没有|lgtm|"
    "请查收|请知悉|请查阅|请审阅|请核实|请确认|敬请查收|please check|please review|with thanks|for your review|"
    "没问题|沒問題|thank you|many thanks|no problem|got it|无异议|没有异议|没意见|没有意见|无意见|"
    "no objection|no objections"
)
_COURTESY = frozenset(fold(word) for word in _COURTESIES.split("|"))
# What a command is of, where that can be nothing but the record: `同意此方案`, `approve this request`.
_OBJECT = re.compile(
    r"\s{0,2}(?:以上|上述|[此该該本这這](?:[个個份版项項])?)?(?:申请|申請|方案|需求|变更|變更|内容|內容|规格(?:说明)?|規格(?:說明)?|计划|計劃|提议|提議)"
    r"(?=[\s。.!！:：]{0,9}$|\s{0,3}[:：])|"
    r"\s(?:it|this|that|(?:the|this) (?:above|request|change|plan|specification|proposal|requirement|document))"
    r"(?=[\s.!]{0,9}$|\s{0,3}:)",
    re.IGNORECASE,
)


def plain(line: str) -> str:
    """A line without the number, bullet or courtesy before it, the quotes or stars round it, the emoji behind it."""
    line = _BULLET.sub("", line.strip(), count=1)
    while line and unicodedata.category(line[-1]) in ("So", "Sk", "Mn", "Cf"):
        line = line[:-1].rstrip()
    wrapped = _WRAPPED.fullmatch(line)
    line = (wrapped[1] or wrapped[2]).strip() if wrapped else line
    polite = _POLITE.match(line)
    return line[polite.end() :] if polite and is_word_of_courtesy(polite[1]) else line


def without_address(line: str, directory: Directory) -> str:
    """A line without what stands before its command: `@陈静`, `陈工，`, `审批意见：`, `我`, `经研究，`."""
    begin = line
    for _ in range(3):
        if before := _BEFORE.match(line):
            line = line[before.end() :]
    if line != begin:
        return line
    head, comma, rest = line[:_HEAD].partition("，") if "，" in line else line[:_HEAD].partition(",")
    named = read_people(head, directory) if comma and len(head) <= _NAME else ()
    return rest.strip() + line[_HEAD:] if named and all(each.address for each in named) else line


def without_object(rest: str) -> str:
    """What stands behind a command's word, without the name of that which it is of anyway."""
    found = _OBJECT.match(rest)
    return rest[found.end() :] if found else rest


def is_greeting(line: str) -> bool:
    return _GREETING.match(line) is not None


def is_courtesy(line: str) -> bool:
    pieces = [fold(piece) for piece in re.split(r"[，,。.!！~～\s]+", line) if piece]
    return bool(_THANKS.fullmatch(line)) or (bool(pieces) and all(piece in _COURTESY for piece in pieces))


def is_word_of_courtesy(word: str) -> bool:
    return fold(word) in _COURTESY


def is_courteous(rest: str) -> bool:
    """Whether what follows a command's word is nothing, or thanks."""
    said = fold(rest.strip(" \t,，。.!！、~～"))
    return not said or said in _COURTESY


def is_aside(rest: str) -> bool:
    """Whether what follows a command's word adds nothing: punctuation, courtesy, or another sentence."""
    if rest[:1] in "。.!！;；" and rest[1:2] != ".":
        return not takes_back(rest)
    return is_courteous(rest)


def takes_back(rest: str) -> bool:
    """Whether a yes has a but: `，但要先备份`, `, provided that …`."""
    return _BUT.match(rest) is not None


def asks(text: str) -> bool:
    return _ASKS.search(text) is not None
