"""What a person says in the first lines of a reply: commands with their arguments (P9). Pure.

A command stands at the beginning of a line of the writer's own words. A sentence that merely contains
its word is none: after the word comes the end of the line, a colon, or arguments that can be read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailflow.core.reading.arguments import LEAD, LONGEST_HEAD, Ears, typed, word_at
from mailflow.core.reading.courtesies import (
    asks,
    is_aside,
    is_courteous,
    is_courtesy,
    is_greeting,
    is_word_of_courtesy,
    plain,
    takes_back,
    without_address,
    without_object,
)
from mailflow.core.reading.signing import without_signature
from mailflow.core.reading.task_lines import begins_field, labelled
from mailflow.core.reading.task_numbers import as_percent, may_stand_behind, number_first, one_by_one
from mailflow.core.reading.text import fold
from mailflow.core.reading.values import read_percent
from mailflow.core.workflow import ArgumentType, Command, Field

_SHORT = 8
_CLAUSE = re.compile(
    r"\s{0,3}[；;。，,]\s{0,3}(?:(?:并且?|並且?|同时|同時|然后|然後|and(?: then)?|then)\s{0,3})?", re.IGNORECASE
)
_VALUE = re.compile(r"[:：]\s{0,3}\S")
_MARKS = " \t。.!！~～…"
# What begins a reason: `驳回 - 预算不足`, `驳回理由：预算不足`, `reject because …`, `Rejected. It …`.
_REASON = re.compile(
    r"\s{0,3}的?(?:理由|原因|说明|說明|reasons?)(?:是|为|為|如下)?\s?[:：]|\s{1,3}[-–—]{1,2}\s|"
    r"\.\s{1,3}(?=\S)|\s(?=(?:because|since|due to)\s)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s{0,3}[（(]([^（）()]{2,200})[）)][。.!！]?")
_REQUESTS = re.compile(r"请|請|麻烦|麻煩|辛苦|please\b|pls\b", re.IGNORECASE)
_LINES = 12
# So many commands may stand in one line.
_IN_A_LINE = 8
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
    """The commands of a message in order, or the word at its head that was probably meant as one.

    `below` are the lines of commands that stand below fields, and are no part of their values.
    """

    said: tuple[Said, ...] = ()
    unknown: str = ""
    below: tuple[str, ...] = ()


def listen(text: str, commands: Sequence[Command], ears: Ears) -> Heard:
    """The commands in the first lines of a person's own words.

    One or two greetings and the fields that the message gives, a line each, may stand before them; a line that is no
    command ends them, unless it goes on with the text that the command before it asked for.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    said: list[Said] = []
    below: list[str] = []
    greetings = fields = 0
    for number, line in enumerate(lines[:_LINES]):
        if not line or (said and line in said[-1].lines):
            continue
        heard = _commands(line, lines[number + 1 : number + 1 + _TEXT_LINES], commands, ears)
        if heard:
            said += heard
            below += [line] if fields else []
            if lists_tasks(heard[-1].command):
                break
        elif said:
            if not _continues(said[-1], line):
                break
        elif greetings < 2 and (is_greeting(line) or is_courtesy(line)):
            greetings += 1
        elif _VALUE.search(line) and begins_field(line, ears.fields):
            fields += 1
        else:
            break
    return Heard(
        tuple(said),
        "" if said else _unknown(lines) or _nearly([line for line in lines if line][greetings:], commands, ears),
        tuple(below),
    )


def _commands(
    line: str, following: list[str], commands: Sequence[Command], ears: Ears, most: int = _IN_A_LINE
) -> list[Said]:
    """The commands of one line: `受理；转给 王磊` are two. A yes with a but is none."""
    line = plain(line)
    if not _command(_each_of(line, commands)[0], [], commands, ears):
        line = _number_behind(without_address(line, ears.directory), commands)
    for end in _CLAUSE.finditer(line[: 2 * LONGEST_HEAD]) if most else ():
        first, rest = line[: end.start()], line[end.end() :]
        one = _command(first, [], commands, ears) if rest else None
        if one and not any(each.type is ArgumentType.TEXT for each in one.command.arguments):
            if others := _commands(rest, following, commands, ears, most - 1):
                return [one, *others]
            break
    each_of = [_command(one, following, commands, ears) for one in _each_of(line, commands)]
    heard = [each for each in each_of if each is not None]
    after = next(filter(None, following), "")
    if len(heard) < len(each_of) or (not any(heard[-1].arguments.values()) and takes_back(after)):
        return []
    return heard


def _each_of(line: str, commands: Sequence[Command]) -> list[str]:
    """A line that names several tasks (`完成 1、2`, `done 1 to 3`) as one line for each; else as it is."""
    found = _longest(line, commands)
    return (one_by_one(*found) if found else []) or [line]


def _number_behind(line: str, commands: Sequence[Command]) -> str:
    """A line with the number of its task behind the command's word, where people put it first: `2 完成`."""
    number, rest = number_first(line)
    found = _longest(rest, commands) if number else None
    if found is None or not may_stand_behind(found[1]):
        return line
    word, behind, command = found
    return f"{word} {number} {behind}" if any(each.type is ArgumentType.TASK for each in command.arguments) else line


def lists_tasks(command: Command) -> bool:
    """Whether what follows a command is its tasks, and holds no further command."""
    return any(each.type is ArgumentType.TASKS for each in command.arguments)


def _command(line: str, following: list[str], commands: Sequence[Command], ears: Ears) -> Said | None:
    best = _longest(line, commands)
    if best is None:
        return None
    if meant := as_percent(best[1], best[2], commands):
        best = _longest(meant, commands) or best
    return _understood(line, best, following, commands, ears)


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
    rest = without_signature(rest if wanted else without_object(rest), command, ears.directory)
    if text and text.required and not wanted:
        rest = _reason(rest)
    bare = not rest.strip(_MARKS)
    fields = _own_fields(command, ears)
    lines = _field_lines(following, fields, commands, ears)
    rest, own = labelled("\n".join((rest, *lines)), fields)
    following = following[: following.index(lines[0])] if lines else following
    values, left = typed(rest, wanted, ears)
    values = {**values, **own}
    if not bare and not _may_follow(rest, word, command, values, left):
        return None
    if text and not bare and (values or (not is_courteous(rest) and (text.required or not is_aside(rest)))):
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
    if missing and asks(rest):
        return None
    return Said(command, line, values, f"needs {', '.join(missing)}" if missing else "", lines)


def _reason(rest: str) -> str:
    """What follows the word of a command that wants a text, with a colon where people put something else."""
    if bracketed := _BRACKETED.fullmatch(rest):
        return f"：{bracketed[1]}"
    begun = _REASON.match(rest)
    return f"：{rest[begun.end() :]}" if begun else rest


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
            if not line or (taken and _command(plain(line), [], commands, ears)):
                break
            if not taken:
                continue
        taken.append(line)
    return tuple(taken)


def _may_follow(rest: str, word: str, command: Command, values: Mapping[str, str], left: str) -> bool:
    """Whether what stands behind a command's word is its arguments or adds nothing, and is no sentence or question."""
    text = next((each for each in command.arguments if each.type is ArgumentType.TEXT), None)
    colon = "：" in rest or ":" in rest
    if not colon and asks(rest) and (values or text is None or not text.required or len(rest) <= _SHORT):
        return False
    if is_aside(rest) and not any(each.required and each.type not in _LATER for each in command.arguments):
        return True
    if not command.arguments:
        return False
    if values:
        return text is not None or not left or is_aside(left) or _REQUESTS.match(left) is not None
    if rest[:1] in "：:":
        return True
    if rest[:1] in "，,。" and text and len(command.arguments) == 1:
        return not takes_back(rest) and not is_courteous(rest)  # `未解决，还是慢`
    if text is None or not text.required:
        return not text and rest[:1].isspace() and not word[-1].isascii()
    if rest[:1] in "，,。":
        return False
    return rest[:1].isspace() and not word[-1].isascii()


# What can still be settled: the one task that the person has, fields given in other lines, tasks in a table.
_LATER = (ArgumentType.TASK, ArgumentType.FIELD, ArgumentType.TASKS, ArgumentType.TASK_FIELD)


# What stands right behind the word, and is told in a few characters.
_NAMED = (
    ArgumentType.PERSON, ArgumentType.PEOPLE, ArgumentType.DATE, ArgumentType.MOMENT, ArgumentType.DEPARTMENT,
    ArgumentType.GROUP, ArgumentType.RECORD, ArgumentType.KIND,
)  # fmt: skip


def _wants(command: Command, kinds: tuple[ArgumentType, ...]) -> bool:
    return any(each.required and each.type in kinds for each in command.arguments)


def _type_of(command: Command, name: str) -> ArgumentType:
    return next(each.type for each in command.arguments if each.name == name)


def _paragraph(lines: list[str], commands: Sequence[Command], ears: Ears) -> list[str]:
    """The lines that may go on with a command's text: up to an empty one, or to the next command."""
    taken: list[str] = []
    for line in lines:
        if (not line and taken) or (line and _command(plain(line), [], commands, ears)):
            break
        if line:
            taken.append(line)
    return taken


def _continues(last: Said, line: str) -> bool:
    return any(line in value for value in last.arguments.values())


def _unknown(lines: list[str]) -> str:
    """The head of a message that is nothing but one word, or a word and a colon: meant as a command?"""
    told = [line for line in lines if line]
    if not told:
        return ""
    head = told[0].strip(_MARKS + "，,")
    if len(told) == 1 and _is_word(head) and not is_word_of_courtesy(head):
        return head
    return ""


def _nearly(lines: list[str], commands: Sequence[Command], ears: Ears) -> str:
    """A line that begins with a command and goes on as it cannot (`同意，请先备份`): who wrote it may think it done."""
    told = next(iter(lines), "")
    found = _longest(without_address(plain(told), ears.directory), commands)
    if found is None or asks(told):
        return ""
    behind = without_object(found[1]).lstrip()
    if behind[:1] not in tuple("，,：:（(—–") and not (len(behind) <= _SHORT and _wants(found[2], _NAMED)):
        return ""
    return " ".join(told.replace("|", " ").split())[:_SHOWN]


def _is_word(text: str) -> bool:
    folded = fold(text)
    if not folded or any(c.isspace() for c in folded):
        return False
    letters = folded.replace("-", "").replace("/", "")
    return letters.isalpha() and (len(letters) <= 20 if letters.isascii() else len(letters) <= 4)
