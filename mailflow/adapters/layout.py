"""The frame round a mail's body: what may be answered, the one action with its deadline, and why one gets it.

The words come from `templates/<language>/frame.md`; here they get their place, in HTML and in plain text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mailflow.adapters.markup import FONT, clean

_BLUE, _RED, _GREY, _SAND = "#1a5fb4", "#b3261e", "#68717f", "#fff4d6"

_PAGE = (
    '<!DOCTYPE html><html lang="{lang}"><head>'
    '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="color-scheme" content="light"><meta name="supported-color-schemes" content="light">'
    "<title>{title}</title></head>"
    '<body style="margin:0;padding:0;background:#f3f4f6">'
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f3f4f6">'
    '<tr><td align="center" style="padding:16px 8px">'
    '<!--[if mso]><table role="presentation" width="640" cellpadding="0" cellspacing="0"><tr><td><![endif]-->'
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" '
    'style="max-width:640px;background:#ffffff;border-top:4px solid {colour}">'
    '<tr><td style="padding:22px 24px 8px;font-family:{font};font-size:14px;line-height:1.6;color:#1f2630;'
    'text-align:left">{body}</td></tr>'
    '<tr><td style="padding:0 24px 20px;font-family:{font};font-size:14px;line-height:1.6;color:#1f2630;'
    'text-align:left">{closing}</td></tr>'
    '<tr><td style="padding:12px 24px 18px;border-top:1px solid #e6e8eb;font-family:{font};font-size:12px;'
    'line-height:1.6;color:{grey};text-align:left">{footer}</td></tr>'
    "</table><!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>"
)
_BOX = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f0f5fb" '
    'style="background:#f0f5fb;border-left:4px solid {colour}"><tr><td style="padding:14px 16px;'
    'font-family:{font};font-size:14px;line-height:1.6;color:#1f2630">{inside}</td></tr></table>'
)
_BUTTONS = (
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 10px">{rows}</table>'
)
_BUTTON = (
    '<tr><td style="padding:3px 0;vertical-align:middle">'
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
    '<tr><td align="center" bgcolor="{colour}" style="background:{colour};border-radius:4px">'
    '<a href="{mailto}" style="display:block;padding:6px 16px;font-family:{font};'
    'font-size:14px;font-weight:600;line-height:20px;color:#ffffff;text-decoration:none;white-space:nowrap">'
    "{word}</a></td></tr></table></td>"
    '<td style="padding:3px 0 3px 12px;vertical-align:middle;font-family:{font};font-size:13px;'
    'line-height:1.5;color:#4a5361">{label}</td></tr>'
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing the reader may say: the word, what it does, the lines to write, the link that writes them."""

    word: str
    label: str
    line: str
    mailto: str


@dataclass(frozen=True, slots=True)
class Group:
    """Answers that belong together; in a bundle there is a group a record, with its title and what it asks."""

    answers: tuple[Answer, ...]
    title: str = ""
    asks: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round a body; every string is text for the reader, without markup."""

    language: str
    subject: str
    groups: tuple[Group, ...] = ()
    hint: str = ""
    also: str = ""
    also_answers: tuple[Answer, ...] = ()
    ask: str = ""
    footer: tuple[str, ...] = ()
    urgent: str = ""
    above: str = ""


def answers_of(commands: object) -> tuple[Answer, ...]:
    """The commands of a view as answers; anything else is none."""
    if not isinstance(commands, Sequence) or isinstance(commands, str):
        return ()
    return tuple(
        Answer(*(clean(each[key]) for key in ("word", "label", "line", "mailto")))
        for each in commands
        if isinstance(each, Mapping)
    )


def frame_html(body: str, frame: Frame) -> str:
    colour = _RED if frame.urgent else _BLUE
    inside = []
    for group in frame.groups:
        if group.title:
            inside.append(_paragraph(group.title, "margin:10px 0 0;font-weight:600"))
        inside.extend(_paragraph(ask, "margin:0") for ask in group.asks)
        if group.answers:
            rows = "".join(_button(answer, colour) for answer in group.answers)
            inside.append(_BUTTONS.format(rows=rows))
    if _has_lines(frame):
        inside.insert(0, _paragraph(frame.hint, f"margin:0;font-size:13px;color:{_GREY}"))
    if frame.urgent:
        inside.insert(0, _paragraph(frame.urgent, f"margin:0 0 8px;font-weight:600;color:{_RED}"))
    if frame.also_answers:
        inside.append(_also(frame))
    asked = bool(frame.groups)
    inside.append(_paragraph(frame.ask, f"margin:0;font-weight:{'600' if asked else 'normal'}"))
    closing = "".join(inside)
    if asked:
        closing = _BOX.format(colour=colour, font=FONT, inside=closing)
    if frame.above:
        body = _paragraph(frame.above, f"margin:0 0 14px;padding:8px 12px;background:{_SAND};font-size:13px") + body
    return _PAGE.format(
        lang=escape(frame.language),
        title=escape(frame.subject),
        colour=colour,
        grey=_GREY,
        font=FONT,
        body=body,
        closing=closing,
        footer="<br>".join(escape(line) for line in frame.footer if line),
    )


def frame_text(body: str, frame: Frame) -> str:
    parts = [frame.above, body, frame.urgent]
    if _has_lines(frame):
        parts.append(frame.hint)
    for group in frame.groups:
        head = [line for line in (group.title, *group.asks, group.hint) if line]
        parts.append("\n".join([*head, *(line for answer in group.answers for line in _listed(answer))]))
    if frame.also_answers:
        parts.append("\n".join([frame.also, *(line for answer in frame.also_answers for line in _listed(answer))]))
    parts.append(frame.ask)
    parts.append("\n".join(("-" * 40, *(line for line in frame.footer if line))))
    return "\n\n".join(part for part in parts if part) + "\n"


def _has_lines(frame: Frame) -> bool:
    """Whether anything is offered that can be written as a first line."""
    return any(answer.line for group in frame.groups for answer in group.answers)


def _listed(answer: Answer) -> list[str]:
    if not answer.line:
        return []
    first, *further = answer.line.split("\n")
    label = f"  — {answer.label}" if answer.label not in ("", answer.word, first) else ""
    return [f"  {first}{label}", *(f"  {line}" for line in further)]


def _button(answer: Answer, colour: str) -> str:
    return _BUTTON.format(
        colour=colour,
        font=FONT,
        mailto=escape(answer.mailto),
        word=escape(answer.word),
        label=escape(answer.label if answer.label != answer.word else ""),
    )


def _also(frame: Frame) -> str:
    links = "&nbsp;· ".join(
        f'<a href="{escape(answer.mailto)}" style="color:{_BLUE}" title="{escape(answer.label)}">'
        f"{escape(answer.word)}</a>"
        for answer in frame.also_answers
    )
    space = "" if frame.also.endswith("：") else " "
    return f'<p style="margin:0 0 10px;font-size:13px;color:{_GREY}">{escape(frame.also)}{space}{links}</p>'


def _paragraph(text: str, style: str) -> str:
    return f'<p style="{style}">{escape(text)}</p>' if text else ""
