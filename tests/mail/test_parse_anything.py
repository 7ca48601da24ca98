"""Whatever the bytes are, there is a mail, soon, and its strings are sound."""

import random
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.mail.model import Mail
from mailflow.mail.parse import parse

HEAD = b"From: a@b.c\r\nSubject: x\r\nMessage-ID: <a@b>\r\nDate: Tue, 21 Apr 2026 09:09:00 +0800\r\n"
WHOLE = (
    HEAD
    + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=gb2312\r\n'
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=B4=BA=CC=EC\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    + b"<table><tr><td>a<td>b<tr><td>c<td>d</table>\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    + b"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; x@y.z\r\nAction: failed\r\nStatus: 5.0.0\r\n"
    + b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?6ZyA?=\r\n\r\ninner\r\n--b\r\n"
    + b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgEA\r\n--b--\r\n"
)
TOKENS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"--b",
        b"--b--",
        b"=?utf-8?B?",
        b"?=",
        b"<",
        b">",
        b'"',
        b"(",
        b":",
        b";",
        b"\xff",
        b"=",
    ),
    *(b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n", b"charset=utf-16"),
    *(b"Content-Transfer-Encoding: base64\r\n", b"\x1b$B", "【需求】".encode("gbk"), b"Date: ", b"Subject: "),
]


def sound(mail: Mail) -> None:
    """The promises of the model: encodable strings, one-line header values, moments in UTC."""
    lines = [mail.subject, mail.title, mail.message_id, *mail.references, *mail.labels, *mail.defects, *mail.loop_marks]
    lines += [text for one in (mail.sender, *mail.to, *mail.cc) if one for text in (one.address, one.name)]
    lines += [one.filename for one in mail.attachments]
    for line in lines:
        line.encode("utf-8")
        assert not any(ord(char) < 32 or char in "\x7f\x85\u2028\u2029" for char in line)
    for text in (mail.text, mail.own, mail.removed):
        text.encode("utf-8")
        assert "\r" not in text and "\0" not in text
    assert mail.date is None or mail.date.utcoffset() is not None
    assert len(mail.digest) == 32
    assert not any(defect.startswith("not readable") for defect in mail.defects), mail.defects


@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail(content: bytes) -> None:
    sound(parse(content, received=datetime(2026, 1, 1, tzinfo=UTC)))


@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6)), max_size=40))
def test_any_pieces_of_mail_are_a_mail(pieces: list[bytes]) -> None:
    sound(parse(b"".join(pieces)))


@given(st.integers(0, 2**32), st.integers(1, 12))
def test_any_damage_leaves_a_mail(seed: int, wounds: int) -> None:
    chance = random.Random(seed)
    content = bytearray(WHOLE)
    for _ in range(wounds):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[at] = chance.randrange(256)
            case 1:
                del content[at : at + chance.randrange(1, 40)]
            case 2:
                content[at:at] = chance.choice(TOKENS)
            case _:
                content[at:at] = content[at : at + chance.randrange(200)]
    sound(parse(bytes(content)))


def nested(levels: int) -> bytes:
    return HEAD + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(levels)
    )


HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
BOUNCE = b"From: mailer-daemon@x\r\nSubject: failure notice\r\n\r\n"
HOSTILE = {
    "100,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nhi\r\n" * 100_000,
    "10,000 levels": nested(10_000) + b"\r\nhi",
    "50 levels over many lines": nested(50) + b"\r\n" + b"a\r\n" * 200_000,
    "10,000 messages in messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "a field of 50 MB": HEAD + b"X-A: " + b"a" * 50_000_000 + b"\r\n\r\nhi",
    "a field of 3,000,000 folds": HEAD + b"X-A: b\r\n" + b" a\r\n" * 3_000_000 + b"\r\nhi",
    "1,000,000 fields": HEAD + b"X-A: b\r\n" * 1_000_000 + b"\r\nhi",
    "1,000,000 lines that are no fields": HEAD + b"garbage\r\n" * 1_000_000 + b"\r\nhi",
    "only line ends": b"\n" * 5_000_000,
    "quotes": b"From: " + b'\\"' * 30_000 + b"\r\n\r\nhi",
    "brackets": b"From: " + b"<" * 60_000 + b"@\r\nSubject: " + b"[" * 60_000 + b"\r\n\r\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?q?" * 6000 + b"a" + b"=?utf-8?q?a?= " * 4000 + b"\r\n\r\nhi",
    "addresses": HEAD + b"To: " + b"a@b," * 100_000 + b"\r\n\r\nhi",
    "ids": HEAD + b"References: " + b"<a@" * 100_000 + b"\r\n\r\nhi",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a*0*=b" * 100_000 + b"\r\n\r\nhi",
    "deep HTML": HTML + b"<div>" * 400_000,
    "tables in tables": HTML + b"<table><tr><td>" * 60_000 + b"hi",
    "quotes in quotes": HTML + b"<blockquote>" * 160_000 + b"hi",
    "formats in formats": HTML + b"<a><b><font>" * 20_000 + b"</p>" * 1000,
    "open tags": HTML + b"<" * 1_000_000,
    "attributes": HTML + b"<p " + b"a=b " * 500_000 + b">",
    "attributions": HEAD + b"\r\n" + b"On 1 Jan 2026 a@b wrote\nwrote:x\n" * 100_000,
    "header blocks": HEAD + b"\r\n" + b"From: a@b\n" * 300_000,
    "separators": HEAD + b"\r\n" + b"-" * 1_000_000 + b"\n" + b"-----Original Message-----\n" * 100_000,
    "cells": HEAD + b"\r\n" + b"a|b\n" * 300_000 + b"|" * 1_000_000,
    "a bounce of many": BOUNCE + b"550 5.1.1 <a@b.c>: failed\n" * 50_000,
    "a bounce of one word": BOUNCE + b"a." * 45_000 + b"@" + b"a." * 100_000,
    "soft line breaks": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"= " * 3_000_000,
    "escapes": HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + b"\x1b$B$\x1b(B" * 300_000,
    "random bytes": random.Random(1).randbytes(2_000_000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_is_read_in_bounded_time(content: bytes) -> None:
    begin = time.process_time()
    sound(parse(content))
    assert time.process_time() - begin < 4  # 2 s are promised; tests may share the machine


def test_of_too_many_parts_the_first_ones_are_kept_and_it_is_said() -> None:
    mail = parse(HOSTILE["100,000 parts"])
    assert mail.text.startswith("hi")
    assert any("too many parts" in defect for defect in mail.defects)
