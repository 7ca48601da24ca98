"""Each mail that the rules name, in each language and state: what anyone who gets it may rely on."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest

from mailflow.adapters.render import Rendered
from mailflow.core.commands import REASONS
from mailflow.core.decision import Letter
from mailflow.core.reading.fields import read_fields
from mailflow.core.rule import Style
from mailflow.core.showing.view import view
from mailflow.lookup import as_quoted
from mailflow.mail.model import Mail
from tests.render.samples import LANGUAGES, NOW, REQUESTER, Case, cases, entries, mail, policy, renderer, site_cases

RULE = "-" * 40
ENDINGS = {
    "zh": r"请在 .+ 前(?:答复|办理|。)|^无需您操作。|^本(?:邮件抄送给您知悉|报告供您了解)，无需您操作|^本邮件已发给.+此事仍由您负责",
    "en": r"(?:answer|do so|earliest|sent) by .+\d\d:\d\d|^Nothing needs to be done|nothing needs to be done by you",
}

_CJK = "[\u4e00-\u9fff]"
SET_WRONGLY = {
    # Letters of another script without a space, half-width punctuation, empty or doubled marks, names of our own.
    "zh": re.compile(
        rf"{_CJK}[A-Za-z]|[A-Za-z]{_CJK}|{_CJK}[,;:?!](?!\d)|（）|“”|[，、；：]{{2}}|[，、；：]。|(?<!@)\b[a-z]+\.[a-z]+ ?的"
    ),
    "en": re.compile(r"[，。；（）“”]|\b1 (?:days|hours|minutes|matters|items)\b| [,.;](?:\s|$)|[,;:]{2}|: ,|\(\)"),
}


@cache
def by_template() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in (*cases(), *site_cases()):
        found.setdefault(case.letter.template, []).append(case)
    return found


def shown(case: Case, language: str) -> dict[str, object]:
    of = entries(case.record) if case.record else ()
    return view(case.letter, case.record, policy(), NOW, case.recipient, language, case.mail, of)


@cache
def rendered(template: str, language: str) -> list[tuple[Case, Rendered]]:
    return [(case, renderer().render(template, language, shown(case, language))) for case in by_template()[template]]


def every_mail() -> list[tuple[str, str]]:
    return [(template, language) for template in sorted(by_template()) for language in LANGUAGES]


class Tags(HTMLParser):
    """Open tags that were never closed, and every address that a reader's program would open or load."""

    EMPTY = frozenset({"br", "hr", "meta", "img", "link", "input", "wbr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.names: set[str] = set()
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attributes if name in ("href", "src", "background")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_every_template_is_written_in_every_language() -> None:
    assert renderer().names("zh") == renderer().names("en")
    assert set(by_template()) | {"bundle", "digest"} == set(renderer().names("zh"))


def test_no_template_has_a_problem() -> None:
    assert renderer().problems() == ()


@pytest.mark.parametrize(("template", "language"), every_mail())
def test_the_subject_is_one_line_that_begins_with_the_number(template: str, language: str) -> None:
    for case, each in rendered(template, language):
        assert each.subject == " ".join(each.subject.split()) and " – " not in each.subject
        if case.record and template != "site/form":
            mark = r"\[(紧急|URGENT)\] " if case.letter.urgent else ""
            assert re.match(rf"{mark}(Re: )?\[{case.record.id}\]", each.subject)
        assert each.subject.startswith("Re: ") == (case.letter.style is Style.REPLY) or template.startswith("site/")


@pytest.mark.parametrize(("template", "language"), every_mail())
def test_the_purpose_stands_in_the_first_line(template: str, language: str) -> None:
    for _, each in rendered(template, language):
        first = each.text.split("\n", 1)[0]
        assert first[-1] in "。：.:;?" and len(first) > 8


@pytest.mark.parametrize(("template", "language"), every_mail())
def test_the_body_ends_with_the_action_and_its_deadline_or_says_that_there_is_none(
    template: str, language: str
) -> None:
    for _, each in rendered(template, language):
        body, _, footer = each.text.rpartition(f"\n\n{RULE}\n")
        assert re.search(ENDINGS[language], body.split("\n\n")[-1])
        assert policy().site.address in footer and policy().site.name[language] in footer
        assert footer.startswith("您收到本邮件，是因为您" if language == "zh" else "You receive this because ")


@pytest.mark.parametrize(("template", "language"), every_mail())
def test_who_answers_and_quotes_the_mail_has_filled_in_nothing(template: str, language: str) -> None:
    for case, each in rendered(template, language):
        if case.record is None:
            continue
        quote = "\n".join(f"> {line}" for line in each.text.split("\n"))
        reply = Mail("digest", "subject", removed=quote)
        told = (as_quoted(Mail("digest", "subject", text=each.text)),)
        fields = policy().workflow(case.record.kind).fields
        assert [one for one in read_fields(reply, fields, policy(), NOW.date(), told=told) if one.where == "form"] == []


@pytest.mark.parametrize(("template", "language"), every_mail())
def test_no_markup_is_left_over(template: str, language: str) -> None:
    for _, each in rendered(template, language):
        said = "".join(Tags(each.html).text)
        for text in (each.subject, each.text, said):
            assert not re.search(r"\{\{|\}\}|\{%|%\}|\{'|[\ue000\ue001]|\*\*|Undefined|\bNone\b|\n\n\n|^\|", text)


@pytest.mark.parametrize(("template", "language"), every_mail())
def test_the_html_is_whole_and_loads_nothing(template: str, language: str) -> None:
    for _, each in rendered(template, language):
        tags = Tags(each.html)
        assert tags.open == []
        assert all(address.startswith("mailto:requests@example.com?") for address in tags.addresses)
        assert not {"script", "img", "style", "link", "iframe", "form"} & tags.names


def test_chinese_mail_says_its_fields_in_chinese_and_english_mail_in_english() -> None:
    chinese = rendered("requirement/please-assess", "zh")[0][1].text
    english = rendered("requirement/please-assess", "en")[0][1].text
    assert "期望交付时间：2026年12月31日（周四）" in chinese and "优先级：高" in chinese
    assert "Expected delivery: Thu 31 December 2026" in english and "Priority: high" in english


def test_an_acknowledgement_says_number_fields_with_their_source_next_step_and_the_form() -> None:
    whole, incomplete = (each.text for _, each in rendered("requirement/received", "zh"))
    assert "编号 REQ-2026-0001" in whole and "业务目标：每月结账时间由 3 天缩短到 1 天（来自邮件第 3 行）" in whole
    assert "接下来由陈静评估这项需求，最迟 2026年11月20日（周五）16:30" in whole
    assert "\n业务目标：\n期望交付时间：\n" in incomplete


def test_someone_told_of_what_is_still_theirs_is_reminded_of_it() -> None:
    told = {
        case.recipient: each.text
        for case, each in rendered("requirement/assess-overdue", "en")
        if case.recipient in case.letter.cc
    }
    assert "still yours to do" in told["chen.jing@example.com"]
    assert "It is with 赵敏" in told["wang.lei@example.com"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_refusal_is_said_in_words(language: str) -> None:
    lines = "\n".join(f"X|refused|{reason}|" for reason in REASONS)
    letter = Letter(Style.REPLY, "site/refused", ("zhang.wei@example.com",), values={"answers": lines})
    case = Case("", letter, None, "zhang.wei@example.com", mail())
    text = renderer().render("site/refused", language, shown(case, language)).text
    said = re.findall(r"未执行：(.+)|not done: (.+)", text)
    assert len(set(said)) == len(REASONS)


def blocks(html: str) -> dict[str, int]:
    """How often each kind of block stands in a mail: what a reader sees of its form, whatever the language."""
    return {mark: html.count(mark) for mark in ("<p", "<table", "<tr", "<pre", "<blockquote", "<li", "href=")}


# An introduction lists commands by the names of roles, some of which are one word in one language alone.
@pytest.mark.parametrize("template", sorted(set(by_template()) - {"site/introduction"}))
def test_a_mail_has_the_same_form_in_every_language(template: str) -> None:
    for (case, chinese), (_, english) in zip(rendered(template, "zh"), rendered(template, "en"), strict=True):
        assert blocks(chinese.html) == blocks(english.html), case.name


@pytest.mark.parametrize("template", sorted(by_template()))
def test_chinese_is_set_as_chinese_and_english_as_english(template: str) -> None:
    for language, wrong in SET_WRONGLY.items():
        for case, each in rendered(template, language):
            lines = [line for line in (each.subject, *each.text.split("\n")) if not line.startswith(">")]
            own = "\n".join(line for line in lines if language == "zh" or not re.search(_CJK, line))
            assert not (found := wrong.search(own)), (language, case.name, own[max(0, found.start() - 20) :][:50])


def one(template: str, language: str, state: str, recipient: str = "") -> str:
    """The text of a mail as some state writes it, to one recipient."""
    for case, each in rendered(template, language):
        if case.record and case.record.state == state and recipient in ("", case.recipient):
            return each.text
    raise AssertionError(f"no {template} in {state}")


def test_who_is_in_a_dispute_is_asked_to_settle_it_and_told_by_when() -> None:
    for kind in ("change", "requirement", "incident"):
        said = one(f"{kind}/disputed", "en", "disputed", REQUESTER if kind != "change" else "")
        assert 'reply "settled" once you agree, or "escalate" to have it decided. Please answer by ' in said


def test_an_arbiter_is_offered_to_settle_and_not_to_escalate() -> None:
    said = one("requirement/dispute", "en", "disputed", "zhao.min@example.com")
    assert "\n  settled" in said and "\n  escalate" not in said


def test_the_button_of_the_form_stands_where_the_form_does() -> None:
    buttons = {
        template: [
            ("Fill in and reply" in each.html, "Some details are still missing" in each.text) for _, each in all_
        ]
        for template in ("requirement/received", "service/please-confirm", "minutes/received")
        for all_ in (rendered(template, "en"),)
    }
    assert all(button == form for each in buttons.values() for button, form in each)
    assert (True, True) in buttons["requirement/received"]


def test_what_is_urgent_and_asks_nothing_does_not_say_that_it_is_urgent_but_whom_to_call() -> None:
    urgent = [each.text for case, each in rendered("incident/taken", "en") if case.letter.urgent]
    assert urgent and all("If it cannot wait, call " in each and "This is urgent" not in each for each in urgent)
