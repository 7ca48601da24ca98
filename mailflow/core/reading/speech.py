"""What a person says in the first lines of a reply: commands with their arguments (P9). Pure.

A command stands at the beginning of a line of the writer's own words. A sentence that merely contains
its word is none: after the word comes the end of the line, a colon, or arguments that can be read.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailflow.core.reading.arguments import LEAD, LONGEST_HEAD, Ears, typed, word_at
from mailflow.core.reading.signing import without_signature
from mailflow.core.reading.task_lines import begins_field, labelled
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_people, read_percent
from mailflow.core.workflow import ArgumentType, Command, Field

_BULLET = re.compile(
    r"^(?:\d{1,2}(?:[.)](?=[\s\u3400-\u9fff])|[、．）])|[(（]\d{1,2}[)）]|[-*•·](?=[\s\u3400-\u9fff])|[•·①-⑳])\s{0,5}"
)
_WRAPPED = re.compile(r"[“\"'「『【\[`]([^“”\"'「」『』【】\[\]`]{1,300})[”\"'」』】\]`]|\*{1,2}([^*]{1,300})\*{1,2}")
_POLITE = re.compile(r"([^，,。.!！]{1,12})[，,。.!！]\s{0,5}(?=\S)")
# What may stand before a command: to whom, by whom, as what.
_BEFORE = re.compile(
    r"@[^\s,，:：]{1,20}[\s,，:：]\s{0,3}|(?:我们?|本人|i|we)\s?(?=\S)|"
    r"(?:审批|審批|评审|我的|处理|最终)?(?:意见|意見|结论|結論|回复|回覆|答复|批复|决定)\s?[:：]\s{0,3}|"
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
# Several tasks at the head of a command's arguments; no amount, date or number of things.
_NUMBERS = re.compile(
    r"[\s：:]{0,4}第?\d{1,3}(?:\s{0,3}(?:[、,，&+和与及]|and\b)\s{0,3}第?\d{1,3}){1,20}(?![\d%％年月日./-])(?:项|項)?"
    r"(?!\s{0,3}(?:[个個条條份次天人台页頁]|(?:of|out|more|days?|weeks?|hours?|times)\b))",
    re.IGNORECASE,
)
_SHORT = 8
_NAME = 20
_CLAUSE = re.compile(r"\s{0,3}[；;。，,]\s{0,3}")
_THANKS = re.compile(
    r"(?:非常|十分|多)?(?:感谢|感謝|谢谢|謝謝|多谢|辛苦)[^。.!！?？:：]{0,16}[。.!！~～]*|"
    r"(?:many )?thanks?\b[^?:]{0,30}",
    re.IGNORECASE,
)
_MARKS = " \t。.!！~～…"
_GREETING = re.compile(
    r"^(?:你好|您好|大家好|各位好?|hi|hello|dear|hey|good (?:morning|afternoon))\b.{0,40}$|^.{1,20}[,，:：!！]$",
    re.IGNORECASE,
)
_COURTESIES = (
    "ok|okay|好|好的|收到|谢谢|謝謝|多谢|thanks|thx|thank|noted|明白|知道了|嗯|辛苦了|received|感谢|"
    "hi|hello|yes|no|sure|great|是|是的|不|可以|行|赞|fyi|您好|你好|done!|cheers|regards|无|没有|"
    "请查收|请知悉|请查阅|请审阅|请核实|请确认|敬请查收|please check|please review|with thanks|for your review|"
    "没问题|沒問題|thank you|many thanks|no problem|got it|无异议|没有异议|没意见|没有意见|无意见|"
    "no objection|no objections"
)
_COURTESY = frozenset(fold(word) for word in _COURTESIES.split("|"))
_LINES = 12
# How much of a line that was not understood is shown.
_SHOWN = 40
# So many lines may go on with the text of one command.
_TEXT_LINES = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One command as it was said: its arguments by name, and what is wrong with them ("" when nothing).

    `lines` are those that follow it with values of the task's own fields.
    """

    command: Command
    line: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """The commands of a message in order, or the word at its head that was probably meant as one."""

    said: tuple[Said, ...] = ()
    unknown: str = ""


def listen(text: str, commands: Sequence[Command], ears: Ears) -> Heard:
    """The commands in the first lines of a person's own words.

    One or two greetings may stand before them; a line that is no command ends them, unless it goes on
    with the text that the command before it asked for.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    said: list[Said] = []
    greetings = 0
    for number, line in enumerate(lines[:_LINES]):
        if not line or (said and line in said[-1].lines):
            continue
        heard = _commands(line, lines[number + 1 : number + 1 + _TEXT_LINES], commands, ears)
        if heard:
            said += heard
            if lists_tasks(heard[-1].command):
                break
        elif said:
            if not _continues(said[-1], line):
                break
        elif greetings < 2 and (_GREETING.match(line) or _is_courtesy(line)):
            greetings += 1
        else:
            break
    return Heard(
        tuple(said),
        "" if said else _unknown(lines) or _nearly([line for line in lines if line][greetings:], commands, ears),
    )


def _commands(line: str, following: list[str], commands: Sequence[Command], ears: Ears) -> list[Said]:
    """The commands of one line: `受理；转给 王磊` are two. A yes with a but is none."""
    line = _plain(line)
    if not _command(_one_by_one(line, commands)[0], [], commands, ears):
        line = _without_address(line, ears)
    for end in _CLAUSE.finditer(line[: 2 * LONGEST_HEAD]):
        first, rest = line[: end.start()], line[end.end() :]
        one = _command(first, [], commands, ears) if rest and _command(rest, [], commands, ears) else None
        if one and not any(each.type is ArgumentType.TEXT for each in one.command.arguments):
            others = _commands(rest, following, commands, ears)
            return [one, *others] if others else []
    each_of = [_command(one, following, commands, ears) for one in _one_by_one(line, commands)]
    heard = [each for each in each_of if each is not None]
    after = next(filter(None, following), "")
    if len(heard) < len(each_of) or (not any(heard[-1].arguments.values()) and _BUT.match(after)):
        return []
    return heard


def _one_by_one(line: str, commands: Sequence[Command]) -> list[str]:
    """A line that names several tasks (`完成 1、2`, `done 1 and 2`) as one line for each; else as it is."""
    found = _longest(line, commands)
    numbers = _NUMBERS.match(found[1]) if found and found[2].arguments else None
    if found is None or numbers is None or found[2].arguments[0].type is not ArgumentType.TASK:
        return [line]
    rest = found[1][numbers.end() :]
    return [f"{found[0]} {number}{rest}" for number in dict.fromkeys(re.findall(r"\d+", numbers[0]))]


def _without_address(line: str, ears: Ears) -> str:
    """A line without what stands before its command: `@陈静`, `陈工，`, `审批意见：`, `我`."""
    if before := _BEFORE.match(line):
        return line[before.end() :]
    head, comma, rest = line[:LONGEST_HEAD].partition("，") if "，" in line else line[:LONGEST_HEAD].partition(",")
    named = read_people(head, ears.directory) if comma and len(head) <= _NAME else ()
    return rest.strip() + line[LONGEST_HEAD:] if named and all(each.address for each in named) else line


def _is_courtesy(line: str) -> bool:
    pieces = [fold(piece) for piece in re.split(r"[，,。.!！~～\s]+", line) if piece]
    return bool(_THANKS.fullmatch(line)) or (bool(pieces) and all(piece in _COURTESY for piece in pieces))


def _plain(line: str) -> str:
    """A line without the number, bullet or courtesy before it, the quotes or stars round it, the emoji behind it."""
    line = _BULLET.sub("", line.strip(), count=1)
    while line and unicodedata.category(line[-1]) in ("So", "Sk", "Mn", "Cf"):
        line = line[:-1].rstrip()
    wrapped = _WRAPPED.fullmatch(line)
    line = (wrapped[1] or wrapped[2]).strip() if wrapped else line
    courtesy = _POLITE.match(line)
    return line[courtesy.end() :] if courtesy and fold(courtesy[1]) in _COURTESY else line


def lists_tasks(command: Command) -> bool:
    """Whether what follows a command is its tasks, and holds no further command."""
    return any(each.type is ArgumentType.TASKS for each in command.arguments)


def _command(line: str, following: list[str], commands: Sequence[Command], ears: Ears) -> Said | None:
    best = _longest(line, commands)
    return _understood(line, best, following, commands, ears) if best else None


def _longest(line: str, commands: Sequence[Command]) -> tuple[str, str, Command] | None:
    """The command with the longest word that a line begins with, as (word, rest, command)."""
    best: tuple[str, str, Command] | None = None
    for command in commands:
        found = word_at(line, command.words)
        if found and (best is None or len(found[0]) > len(best[0])):
            best = (*found, command)
    return best


def _understood(
    line: str, found: tuple[str, str, Command], following: list[str], commands: Sequence[Command], ears: Ears
) -> Said | None:
    word, rest, command = found
    wanted = [each for each in command.arguments if each.type is not ArgumentType.TEXT]
    text = next((each for each in command.arguments if each.type is ArgumentType.TEXT), None)
    rest = without_signature(rest, command, ears.directory)
    bare = not rest.strip(_MARKS)
    fields = _own_fields(command, ears)
    lines = _field_lines(following, fields, commands, ears)
    rest, own = labelled("\n".join((rest, *lines)), fields)
    following = following[: following.index(lines[0])] if lines else following
    values, left = typed(rest, wanted, ears)
    values = {**values, **own}
    if not bare and not _may_follow(rest, word, command, values, left):
        return None
    if text and not bare and (values or (not _is_courteous(rest) and (text.required or not _is_aside(rest)))):
        said = LEAD.sub("", left).strip()
        if not values and not text.required and read_percent(said.split()[0] if said else "") not in (None, 100):
            return None  # `完成 80%` is not done
        if said or text.required:
            said = "\n".join(filter(None, [said, *_paragraph(following, commands, ears)]))
        if said:
            values[text.name] = said
    elif text and text.required:
        said = "\n".join(_paragraph(following, commands, ears))
        if said:
            values[text.name] = said
    missing = [each.name for each in command.arguments if each.required and each.name not in values]
    missing = [each for each in missing if _type_of(command, each) not in _LATER]
    if missing and _ASKS.search(rest):
        return None
    return Said(command, line, values, f"needs {', '.join(missing)}" if missing else "", lines)


def _own_fields(command: Command, ears: Ears) -> tuple[Field, ...]:
    """The task's own fields that a command may give."""
    named = {each.name for each in command.arguments if each.type is ArgumentType.TASK_FIELD}
    return tuple(each for each in ears.task_fields if each.name in named)


def _field_lines(
    following: list[str], fields: tuple[Field, ...], commands: Sequence[Command], ears: Ears
) -> tuple[str, ...]:
    """The lines below a command that give values of the task's own fields, with what goes on with them."""
    taken: list[str] = []
    for line in following if fields else ():
        if not begins_field(line, fields):
            if not line or (taken and _command(_plain(line), [], commands, ears)):
                break
            if not taken:
                continue
        taken.append(line)
    return tuple(taken)


def _may_follow(rest: str, word: str, command: Command, values: Mapping[str, str], left: str) -> bool:
    """Whether what stands behind a command's word is its arguments or adds nothing, and is no sentence or question."""
    text = next((each for each in command.arguments if each.type is ArgumentType.TEXT), None)
    colon = "：" in rest or ":" in rest
    if not colon and _ASKS.search(rest) and (values or text is None or not text.required or len(rest) <= _SHORT):
        return False
    if _is_aside(rest) and not any(each.required and each.type not in _LATER for each in command.arguments):
        return True
    if not command.arguments:
        return False
    if values:
        return text is not None or not left or _is_aside(left)
    if rest[:1] in "：:":
        return True
    if rest[:1] in "，,。" and text and len(command.arguments) == 1:
        return not _BUT.match(rest) and not _is_courteous(rest)  # `未解决，还是慢`
    if text is None or not text.required:
        return not text and rest[:1].isspace() and not word[-1].isascii()
    if rest[:1] in "，,。":
        return False
    return rest[:1].isspace() and not word[-1].isascii()


# What can still be settled: the one task that the person has, fields given in other lines, tasks in a table.
_LATER = (ArgumentType.TASK, ArgumentType.FIELD, ArgumentType.TASKS, ArgumentType.TASK_FIELD)


def _type_of(command: Command, name: str) -> ArgumentType:
    return next(each.type for each in command.arguments if each.name == name)


def _paragraph(lines: list[str], commands: Sequence[Command], ears: Ears) -> list[str]:
    """The lines that may go on with a command's text: up to an empty one, or to the next command."""
    taken: list[str] = []
    for line in lines:
        if (not line and taken) or (line and _command(_plain(line), [], commands, ears)):
            break
        if line:
            taken.append(line)
    return taken


def _continues(last: Said, line: str) -> bool:
    return any(line in value for value in last.arguments.values())


def _is_courteous(rest: str) -> bool:
    said = fold(rest.strip(" \t,，。.!！、~～"))
    return not said or said in _COURTESY


def _is_aside(rest: str) -> bool:
    """Whether what follows a command's word adds nothing: punctuation, courtesy, or another sentence."""
    if rest[:1] in "。.!！;；" and rest[1:2] != ".":
        return not _BUT.match(rest)
    return _is_courteous(rest)


def _unknown(lines: list[str]) -> str:
    """The head of a message that is nothing but one word, or a word and a colon: meant as a command?"""
    told = [line for line in lines if line]
    if not told:
        return ""
    head = told[0].strip(_MARKS + "，,")
    if len(told) == 1 and _is_word(head) and fold(head) not in _COURTESY:
        return head
    return ""


def _nearly(lines: list[str], commands: Sequence[Command], ears: Ears) -> str:
    """A line that begins with a command and goes on as it cannot (`同意，请先备份`): who wrote it may think it done."""
    told = next(iter(lines), "")
    found = _longest(_without_address(_plain(told), ears), commands)
    if found is None or found[1].lstrip()[:1] not in tuple("，,：:（(—–") or _ASKS.search(told):
        return ""
    return " ".join(told.replace("|", " ").split())[:_SHOWN]


def _is_word(text: str) -> bool:
    folded = fold(text)
    if not folded or any(c.isspace() for c in folded):
        return False
    letters = folded.replace("-", "").replace("/", "")
    return letters.isalpha() and (len(letters) <= 20 if letters.isascii() else len(letters) <= 4)
