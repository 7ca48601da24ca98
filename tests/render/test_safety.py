"""What people write stays text: in the subject, the plain text and the HTML, whatever it looks like."""

from dataclasses import replace
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.adapters.markup import clean, convert, hide
from mailflow.adapters.render import Renderer, TemplateProblem
from mailflow.adapters.templates import load
from mailflow.core.decision import Letter
from mailflow.core.rule import Style
from mailflow.core.showing.view import view
from tests.render.samples import LANGUAGES, NOW, REQUESTER, ROOT, mail, policy, record, renderer

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[press here](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "# Heading\n\n- item\n\n```\ncode",
    "| a | b |\n|---|---|\n| c | d |",
    "**bold** _it_ `code` ~~x~~ &amp; &lt;b&gt;",
    "{{ 7 * 7 }} {% for x in y %} {# no #}",
    "{{ ''.__class__.__mro__ }}",
    "title\r\nBcc: everybody@example.com",
    "\ue00061626364\ue001 \ue0000\ue001",
    "javascript:alert(1) https://evil.example",
    "\u202egnp.exe\x00\x07\x1b[31m",
    "\ud800 lone",
    '" onmouseover="x',
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_shown_as_they_wrote_it_and_nothing_more(text: str, language: str) -> None:
    of = replace(record(policy().workflow("requirement"), "received"), title=text)
    of = replace(of, fields={**of.fields, "goal": text})
    letter = Letter(Style.NOTIFY, "requirement/please-assess", ("chen.jing@example.com",), record=of.id)
    shown = view(letter, of, policy(), NOW, "chen.jing@example.com", language, mail(text, text))
    each = renderer().render(letter.template, language, shown)
    plain = clean(text)
    assert "\n" not in each.subject and "\r" not in each.subject
    assert " ".join(plain.split()) in each.subject
    for line in plain.split("\n"):
        assert line.rstrip() in each.text
    assert "<script" not in each.html and "<img" not in each.html and 'href="http' not in each.html
    assert escape(plain).replace("\n", "<br>") in each.html.replace("<wbr>", "")


@given(st.text())
def test_any_text_comes_through_markdown_as_it_is(text: str) -> None:
    html, plain = convert(f"before {hide(text)} after")
    assert plain.split("\n") == [line.rstrip() for line in f"before {clean(text)} after".split("\n")]
    assert html.replace("<wbr>", "").count("<") == 2 + clean(text).count("\n")


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_stays_in_its_cell(left: str, right: str) -> None:
    html, _ = convert(f"| a | b |\n|---|---|\n| {hide(left)} | {hide(right)} |\n")
    assert html.count("<td") == 2 and html.count("<th ") == 2


@given(st.text())
def test_a_link_writes_its_reply_under_the_subject_whatever_the_title(title: str) -> None:
    title = " ".join(clean(title).split())
    of = replace(record(policy().workflow("requirement"), "received"), title=title)
    letter = Letter(
        Style.NOTIFY,
        "requirement/please-assess",
        ("chen.jing@example.com",),
        values={"notice_id": "abc@example.com", "token": "[#k3y]"},
    )
    shown = view(letter, of, policy(), NOW, "chen.jing@example.com", "zh")
    reject = next(each for each in shown["commands"] if each["word"] == "驳回")  # type: ignore[attr-defined]
    link = urlsplit(reject["mailto"])
    query = parse_qs(link.query, strict_parsing=True)
    assert (link.scheme, link.path) == ("mailto", "requests@example.com")
    assert query["subject"] == [" ".join(f"Re: [REQ-2026-0001] {title} [#k3y]".split())]
    assert query["body"] == ["驳回："] and query["In-Reply-To"] == ["<abc@example.com>"]
    assert "+" not in link.query  # RFC 6068: a space is %20


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ ''.__class__ }}", "unsafe"),
        ("{{ site.__init__.__globals__ }}", "unsafe|undefined"),
        ("{% include '../../rules/site.yaml' %}", "no template"),
        ("{{ site.clear() }}", "unsafe|undefined"),
        ("{{ 'a' ~ title }}", "'~'"),
        ("{{ title | safe }}", "safe"),
        ("{{ (title | quote) + title }}", "markup"),
        ("\ue000", r"U\+E000"),
    ],
)
def test_a_template_cannot_leave_its_sandbox_or_make_markup_of_a_value(body: str, said: str) -> None:
    made = Renderer({"zh/t.md": f"Subject: s\n\n{body}\n", "zh/frame.md": load(ROOT / "templates")["zh/frame.md"]})
    letter = Letter(Style.REPLY, "t", (REQUESTER,))
    with pytest.raises(TemplateProblem, match=said):
        made.render("t", "zh", {**view(letter, None, policy(), NOW, REQUESTER, "zh"), "title": "<b>"})
