"""Tokens and the Message-IDs of notices are taken out of messages of any form; the rest stays as it was."""

from email import message_from_bytes
from email.message import EmailMessage

import pytest

from mailflow.archive.proofs import Proofs
from mailflow.mail.parse import parse

TOKEN = "abcdefghij23"
NOTICE = "0123456789abcdef0123456789abcdef01234567"
PROOFS = Proofs("example.com", frozenset({TOKEN}))


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_they_go_out_of_every_encoding(encoding: str, charset: str) -> None:
    message = EmailMessage()
    message["Subject"] = f"回复 {{{TOKEN}}}"
    text = f"同意 {{{TOKEN}}}，见 mailto:a@example.com?subject=x%20%7B{TOKEN}%7D&In-Reply-To=%3C{NOTICE}%40example.com%3E\n"
    message.set_content(text * 5, charset=charset, cte=encoding)
    cleaned = PROOFS.without(message.as_bytes())
    read = parse(cleaned)
    assert read.subject == "回复"
    assert read.text.splitlines()[0].startswith("同意，见 mailto:a@example.com?subject=x&In-Reply-To=%3C")
    for part in message_from_bytes(cleaned).walk():
        content = bytes(part.get_payload(decode=True))
        assert TOKEN.encode() not in content
        assert NOTICE.encode() not in content


def test_they_go_out_of_an_attached_message() -> None:
    inner = EmailMessage()
    inner["Subject"], inner["Message-ID"] = f"Re: x {{{TOKEN}}}", f"<{NOTICE}@example.com>"
    inner.set_content(f"see %7B{TOKEN}%7D\n")
    outer = EmailMessage()
    outer["Subject"] = "passed on"
    outer.set_content("look\n")
    outer.add_attachment(inner)
    cleaned = PROOFS.without(outer.as_bytes())
    assert TOKEN.encode() not in cleaned
    assert NOTICE.encode() not in cleaned
    assert b"look" in cleaned


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: plain\r\n\r\nwords in braces: {organization} {0123456789abcdef}\r\n",
        b"",
        b"no header at all",
        b"Subject: =?utf-8?b?broken\nContent-Type: text/plain; charset=nonsense\n\n\xff\xfe\n",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nno end",
    ],
)
def test_what_has_none_stays_byte_for_byte(content: bytes) -> None:
    assert PROOFS.without(content) == content


def test_line_ends_and_other_fields_stay_as_they_came() -> None:
    content = (
        b"Received: by a\r\n\tfor b\r\nSubject: x {"
        + TOKEN.encode()
        + b"}\r\nX-Long: "
        + b"a " * 90
        + b"\r\n\r\nhi\r\n"
    )
    assert PROOFS.without(content) == content.replace(b" {" + TOKEN.encode() + b"}", b"")
