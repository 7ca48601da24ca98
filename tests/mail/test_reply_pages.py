"""Replies as mail programs send them, in HTML: what the writer added is found there too."""

from pathlib import Path

import pytest

from mailflow.mail.parse import parse

PAGES = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "fixtures").glob("reply-*.html"))}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_the_answer_comes_first_and_the_quote_is_no_part_of_it(page: str, charset: str) -> None:
    head = f"From: li@example.com\nSubject: Re: x\nContent-Type: text/html; charset={charset}\n\n"
    mail = parse(head.encode() + page.encode(charset))
    assert mail.own.split("\n")[0] == "同意，请尽快安排。"
    assert "请审批附件" not in mail.own and "王芳" not in mail.own and "Wang" not in mail.own
    assert "请审批附件" in mail.removed
    assert all(table.where == "quote" for table in mail.tables)
