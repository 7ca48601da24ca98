"""The renderer: languages, problems with their lines, plain text that reads well."""

import pytest

from mailflow.adapters.markup import convert, hide
from mailflow.adapters.render import FRAME_WORDS, Renderer, TemplateProblem

FRAME = "".join(f"{name}: ({name})\n" for name in FRAME_WORDS)
NOTHING: dict[str, object] = {
    "asked": True,
    "waits": False,
    "urgent": False,
    "shadow": (),
    "commands": (),
    "blank": None,
    "deadline": "",
}


def renderer(**files: str) -> Renderer:
    sources = {"zh/frame.md": FRAME, "en/frame.md": FRAME}
    return Renderer({**sources, **{path.replace("__", "/") + ".md": text for path, text in files.items()}})


def text_of(markdown: str) -> str:
    return convert(markdown)[1]


def test_a_language_is_served_by_its_shorter_form_and_an_unknown_one_by_the_sites() -> None:
    made = renderer(zh__a="Subject: 中\n\n中文。", en__a="Subject: E\n\nEnglish.")
    assert made.render("a", "zh-Hant", NOTHING).subject == "中"
    assert made.render("a", "en-GB", NOTHING).subject == "E"
    assert made.render("a", "fr", NOTHING).subject == "中"


def test_a_template_of_its_own_comes_before_the_shorter_forms() -> None:
    made = Renderer(
        {
            "zh/frame.md": FRAME,
            "zh-Hant/frame.md": FRAME,
            "zh/a.md": "Subject: 简\n\n.",
            "zh-Hant/a.md": "Subject: 繁\n\n.",
        }
    )
    assert made.render("a", "zh-Hant", NOTHING).subject == "繁"


def test_a_template_that_nobody_wrote_is_named() -> None:
    with pytest.raises(TemplateProblem) as caught:
        renderer().render("a/b", "en", NOTHING)
    assert (caught.value.file, caught.value.line) == ("en/a/b.md", 0)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("Subject: s\n\nfine\n\n{{ nobody }}", 5),
        ("Subject: s\n\nfine\n{% if x %}", 4),
        ("Subject: {{ nobody }}\n\nfine", 1),
        ("Subject: s\nAction: {{ person.nobody }}\n\nfine", 2),
        ("Subject: s\nnot a header\n\nfine", 2),
        ("Subject: s\nSubject: t\n\nfine", 2),
        ("Subject: s\n\n{{ 1 / 0 }}", 3),
        ("Subject: s\n\n{{ x | nofilter }}", 3),
    ],
)
def test_a_mistake_in_a_template_is_told_with_its_line(source: str, line: int) -> None:
    with pytest.raises(TemplateProblem) as caught:
        renderer(zh__a=source).render("a", "zh", {**NOTHING, "person": {}})
    assert (caught.value.file, caught.value.line) == ("zh/a.md", line)
    assert str(caught.value).startswith(f"zh/a.md:{line}: ")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"zh__a": "Action: x\n\nbody"}, "zh/a.md:1: the header line 'Subject:' is missing"),
        ({"zh__a": "Subject: x\nBcc: y\n\nbody"}, "zh/a.md:1: unknown header line 'Bcc:'; known are Subject, Action"),
        ({"zh__frame": "Hint: x\n"}, "zh/frame.md:1: the header line 'Urgent:' is missing"),
        ({"zh__a": "Subject: x\n\n{% if %}"}, "zh/a.md:3: "),
        ({"zh__parts": "{% macro %}"}, "zh/parts.md:1: "),
    ],
)
def test_problems_are_found_without_a_mail_to_write(files: dict[str, str], problem: str) -> None:
    assert [each for each in renderer(**files).problems() if str(each).startswith(problem)]


def test_urgent_mail_is_marked_in_its_subject() -> None:
    made = renderer(zh__a="Subject: [REQ-1] x\n\nbody.")
    assert made.render("a", "zh", {**NOTHING, "urgent": True}).subject == "(Urgent) [REQ-1] x"


def test_a_long_title_does_not_hide_what_the_mail_is_about() -> None:
    made = renderer(zh__a="Subject: {{ title }} — please assess\n\nbody.")
    subject = made.render("a", "zh", {**NOTHING, "title": "x" * 500}).subject
    assert subject == "x" * 79 + "… — please assess"


def test_a_template_may_use_the_macros_of_its_language() -> None:
    made = renderer(zh__parts="{% macro bold(x) %}**{{ x }}**{% endmacro %}", zh__a="Subject: s\n\n{{ bold(title) }}")
    rendered = made.render("a", "zh", {**NOTHING, "title": "*a*", "bold": "an argument of some command"})
    assert rendered.text.startswith("*a*\n") and ">*a*</strong>" in rendered.html


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("one\n\ntwo", "one\n\ntwo"),
        ("# Head\n\nbody", "Head\nbody"),
        ("- a\n- b\n  - c\n\nend", "- a\n- b\n  - c\n\nend"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("> a\n>\n> b\n\nend", "> a\n>\n> b\n\nend"),
        ("**bold** and `code`", "bold and code"),
        ("[site](https://example.com)", "site <https://example.com>"),
        ("```\na:\nb:\n```", "a:\nb:"),
        ("| | |\n|---|---|\n| 编号 | 1 |\n| Name | x |", "编号：1\nName: x"),
        ("| 项 | B |\n|---|---|\n| 中文 | 1 |\n| x | 2 |", "项    B\n----  -\n中文  1\nx     2"),
        ("a <b>c</b>", "a <b>c</b>"),
    ],
)
def test_plain_text_reads_well_without_markup(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


def test_a_quotation_keeps_its_lines() -> None:
    assert text_of(f"> {hide('a' + chr(10) + chr(10) + 'b')}") == "> a\n>\n> b"


def test_a_value_of_many_lines_is_indented_under_its_label() -> None:
    assert text_of(f"| | |\n|---|---|\n| A | {hide('1' + chr(10) + '2')} |") == "A: 1\n    2"


def test_a_table_too_wide_for_a_mail_is_told_row_by_row() -> None:
    wide = hide("w" * 80)
    assert text_of(f"| A | B |\n|---|---|\n| {wide} | 1 |\n| x | 2 |") == f"A: {'w' * 80}\nB: 1\n\nA: x\nB: 2"
