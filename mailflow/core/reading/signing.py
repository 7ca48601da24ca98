"""Who signs, behind a command's word: `同意（代马龙）`, `同意 财务部 王磊`, `approve - on behalf of Wang Lei`. Pure."""

import re

from mailflow.core.directory import Directory
from mailflow.core.reading.values import read_departments, read_people
from mailflow.core.workflow import ArgumentType, Command

_SIGNED = re.compile(
    r"(?:\s{0,3}[（(]([^()（）]{1,60})[)）]|(?:\s{0,3}[—–-]{1,3}\s{0,3}|\s{1,3})([^()（）]{1,60}))[。.!！\s]{0,9}"
)
_FOR = re.compile(r"\s{0,3}(?:代表?|受托代?|受託代?|for\b|on behalf of\b)\s{0,3}", re.IGNORECASE)
_WHO = (ArgumentType.PERSON, ArgumentType.PEOPLE)


def without_signature(rest: str, command: Command, directory: Directory) -> str:
    """What stands behind a command's word, or "" where it is but the name of somebody in the list, or for whom it is.

    A command that takes people, or needs a text, keeps them: there a name may be its argument.
    """
    signed = _SIGNED.fullmatch(rest)
    text = any(each.type is ArgumentType.TEXT and each.required for each in command.arguments)
    if signed is None or text or any(each.type in _WHO for each in command.arguments):
        return rest
    words = _FOR.sub("", signed[1] or signed[2], count=1).split()
    people = read_people(" ".join(each for each in words if read_departments(each, directory)[1]), directory)
    return "" if people and all(each.address for each in people) else rest
