"""The words by which lists, headings and tables of minutes name the parts of an item, in both languages."""

import re
from enum import StrEnum

from mailflow.core.reading.text import fold, key


class Part(StrEnum):
    """What a column or a labelled piece of an item holds."""

    TITLE = "title"
    OWNER = "owner"
    DUE = "due"
    COLLABORATORS = "collaborators"
    STANDARD = "standard"


class Section(StrEnum):
    """What a heading announces: items; talk, where only a complete item counts; something without any items."""

    NONE = "none"
    ITEMS = "items"
    TALK = "talk"
    OTHER = "other"


# Traditional characters need no words of their own: both sides are folded (core.reading.text).
_PARTS = {
    Part.TITLE: """
        任务|任务名称|任务描述|任务内容|工作任务|具体任务|事项|事项内容|工作事项|具体事项|待办|待办事项|行动|行动项|
        工作内容|内容|改进项|改进措施|
        task|tasks|item|items|action|actions|action item|action items|to do|todo|
        what|title|description|work item|activity
    """,
    Part.OWNER: """
        责任人|负责人|主责人|主责|主要负责人|第一责任人|责任者|承办人|经办人|执行人|主办人|
        主办|牵头|牵头人|跟进人|处理人|担当|完成人|
        owner|responsible|responsible person|person responsible|assignee|assigned to|who|person in charge|
        pic|lead|dri|by whom
    """,
    Part.DUE: """
        截止|截止日|截止日期|截止时间|期限|完成期限|完成时限|时限|时间要求|要求完成时间|完成时间|完成日期|
        计划完成|计划完成时间|计划完成日期|
        预计完成|预计完成时间|预计完成日期|到期日|到期时间|交付时间|交付日期|时间节点|时间|日期|
        due|due date|due by|deadline|by when|when|target date|finish|finish by|planned finish|planned completion|
        completion date|complete by|date|eta|until
    """,
    Part.COLLABORATORS: """
        协作|协作人|协作者|协办|协办人|配合|配合人|配合人员|协助|协助人|协同|协同人|参与|参与人|支持|
        collaborator|collaborators|with|together with|support|supported by|helpers|contributors
    """,
    Part.STANDARD: """
        标准|验收标准|完成标准|交付标准|衡量标准|验收要求|交付物|成果|
        standard|acceptance|acceptance standard|acceptance criteria|criteria|deliverable|
        deliverables|definition of done|dod
    """,
}
_SECTIONS = {
    Section.ITEMS: """
        行动|行动项|行动事项|行动计划|待办|待办事项|待办任务|任务|任务清单|任务列表|任务分工|任务安排|会议任务|
        分工|责任分工|工作安排|事项|
        跟进事项|落实事项|后续事项|后续工作|后续行动|下一步|下一步计划|下一步工作|下一步行动|改进项|改进措施|
        actions|action item|action items|action points|action plan|to do|to-do|todo|
        to dos|todos|tasks|task list|items|
        next steps|follow-up|follow up|follow-ups|assignments
    """,
    Section.TALK: """
        讨论|讨论内容|讨论要点|会议内容|会议讨论|结论|会议结论|决议|会议决议|决定|会议决定|议定事项|
        要点|纪要|会议纪要|问题|风险|情况|进展|
        discussion|discussions|notes|conclusion|conclusions|decision|decisions|summary|
        minutes|issues|risks|status|updates
    """,
    Section.OTHER: """
        参会人|参会人员|与会人|与会人员|出席|出席人|出席人员|缺席|缺席人员|列席|列席人员|主持|主持人|记录|记录人|抄送|
        议题|议程|会议议题|会议议程|会议主题|主题|会议时间|会议日期|会议地点|地点|时间|日期|附件|背景|目的|
        attendees|participants|present|absent|absentees|apologies|chair|recorder|agenda|topic|topics|
        date|time|place|location|venue|attachments|background|purpose
    """,
}


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split("|")]


PARTS = {key(word): part for part, words in _PARTS.items() for word in _words(words)}
SECTIONS = {key(word): section for section, words in _SECTIONS.items() for word in _words(words)}

_TELLING = {
    Section.ITEMS: "行动|待办|任务|分工|后续|跟进|下一步|工作安排|action|to do|to-do|next step|follow-up|follow up",
    Section.TALK: "讨论|结论|决议|决定|discussion|conclusion|decision",
    Section.OTHER: "参会|与会|出席|缺席|议程|议题|attendee|participant|agenda",
}


def section_of(heading: str) -> Section | None:
    """What a heading of more words announces, by the first telling one of them: `三、后续工作的安排`."""
    folded = fold(heading)
    if len(folded) > 30:
        return None
    return next((section for section, words in _TELLING.items() for word in _words(words) if word in folded), None)


_LOOSE = frozenset(
    _words(
        "内容|行动|时间|日期|支持|参与|主责|成果|when|what|who|by|with|date|until|lead|support|eta|todo|"
        "action|actions|item|items|task|tasks|description|title|finish|activity|criteria"
    )
)
_APART = re.compile(
    r"(?<=\S)[ \u3000]{1,4}((?:主要|第一)?(?:负责人|負責人|责任人|責任人)|完成期限|截止日期|截止時間|截止时间)"
    r"[ \u3000]{1,4}(?=\S)"
)


def with_colons(item: str) -> str:
    """An item with a colon behind each label that stands between blanks: `修订制度 负责人 李娜`."""
    return _APART.sub(r" \1：", item)


INLINE = tuple(word for words in _PARTS.values() for word in _words(words) if word not in _LOOSE)
"""The words that are labels also in the middle of a line; the others only at its head or in a table's."""
