"""The mail we send: the same letter gives the same bytes, and reads back as what was meant."""

import email
from datetime import UTC, datetime
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.mail.compose import Outgoing, compose, encoded, limited
from mailflow.mail.headers import header_text
from mailflow.mail.model import Address, Attachment
from mailflow.mail.parse import parse

WHEN = datetime(2026, 4, 21, 1, 9, tzinfo=UTC)


def letter(**changes: object) -> Outgoing:
    values: dict[str, object] = {
        "message_id": "req-1.ack@requests.example.com",
        "date": WHEN,
        "sender": Address("requests@example.com", "信息技术部"),
        "to": (Address("wang@example.com", "王芳"),),
        "cc": (),
        "subject": "[REQ-2026-0001] 已受理：报表导出",
        "text": "王芳，您好：\n\n您的需求已受理。\n",
        "html": "<p>王芳，您好：</p><p>您的需求已受理。</p>",
        "headers": (("Auto-Submitted", "auto-replied"), ("X-Mailflow-Loop", "abc")),
        "boundary_seed": "seed",
    }
    return Outgoing(**(values | changes))  # type: ignore[arg-type]


def test_a_letter_reads_back_as_what_was_meant() -> None:
    sent = letter(
        cc=(Address("li@example.com", 'Li, "Ming"'), Address("it@example.com")),
        in_reply_to="a@b",
        references=("x@y", "a@b"),
        reply_to=(Address("requests+t@example.com"),),
    )
    mail = parse(compose(sent))
    assert (mail.sender, mail.to, mail.cc, mail.reply_to) == (sent.sender, sent.to, sent.cc, sent.reply_to)
    assert (mail.subject, mail.message_id, mail.date) == (sent.subject, sent.message_id, WHEN)
    assert (mail.in_reply_to, mail.references) == (("a@b",), ("x@y", "a@b"))
    assert mail.own == "王芳，您好：\n\n您的需求已受理。"
    assert mail.loop_marks == ("abc",)
    assert mail.automatic == ("auto-submitted",)
    assert mail.defects == ()


def test_the_same_letter_gives_the_same_bytes_and_another_seed_another_boundary() -> None:
    assert compose(letter()) == compose(letter())
    assert compose(letter()) != compose(letter(boundary_seed="other"))


def test_the_standard_library_finds_no_defect_either() -> None:
    sent = letter(attachments=(Attachment("报表 “一”.xlsx", "application/vnd.ms-excel", b"\0\xff" * 100),))
    message = email.message_from_bytes(compose(sent), policy=policy.default)
    assert all(not part.defects for part in message.walk())
    assert message["Subject"] == sent.subject
    assert [part.get_filename() for part in message.walk() if part.get_filename()] == ["报表 “一”.xlsx"]
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == sent.text


def test_attachments_keep_their_bytes_and_names() -> None:
    files = (
        Attachment("a.csv", "text/csv", b"1,2\n"),
        Attachment("报表" * 40 + ".bin", "application/x", bytes(range(256))),
    )
    mail = parse(compose(letter(attachments=files)))
    assert mail.attachments == files


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: evil@example.com", "x\nBcc: evil@example.com", "x\rBcc: e@e", "x\0\r\n\r\nbody"]
)
def test_no_value_can_add_a_field_or_end_the_header(evil: str) -> None:
    sent = letter(
        subject=evil,
        message_id=evil,
        in_reply_to=evil,
        references=(evil,),
        sender=Address("requests@example.com", evil),
        to=(Address(f"a@b.c{evil}", evil),),
        headers=(("X-Ours", evil), (evil, "x"), ("Bcc", "evil@example.com"), ("X-A\r\nBcc", "x")),
        attachments=(Attachment(evil, evil, b"x"),),
    )
    head = compose(sent).partition(b"\r\n\r\n")[0]
    names = {name.lower() for name in email.message_from_bytes(compose(sent))}
    assert "bcc" not in names
    assert b"\nBcc" not in head and b"\rBcc" not in head and b"\0" not in head


def test_fields_that_the_letter_sets_are_not_taken_from_the_headers() -> None:
    content = compose(letter(headers=(("Subject", "other"), ("to", "x@y"), ("X-Ours", "y"))))
    message = email.message_from_bytes(content)
    assert message.get_all("Subject") is not None and len(message.get_all("Subject", [])) == 1
    assert message["X-Ours"] == "y"


@pytest.mark.parametrize(
    "text", ["short", "长" * 5000, "a" * 5000, ("word " * 3000), "汉字 and latin " * 300, "x\r\ny\rz", ""]
)
def test_lines_are_short_and_end_as_smtp_wants(text: str) -> None:
    content = compose(
        letter(subject=text, text=text, html=text and f"<p>{text}</p>", references=("x" * 900 + "@y",) * 30)
    )
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")


def test_references_keep_the_first_and_the_last_ones() -> None:
    ids = tuple(f"{number}@x" for number in range(100))
    assert limited(ids) == (ids[0], *ids[-20:])
    assert limited(ids[:21]) == ids[:21]


def test_domains_go_as_the_wire_wants_them() -> None:
    assert b"wang@xn--fsqu00a.com" in compose(letter(to=(Address("wang@例子.com"),)))
    assert parse(compose(letter(to=(Address("王芳@example.com"),)))).to == (Address("王芳@example.com"),)


def test_words_that_look_encoded_arrive_as_written() -> None:
    assert parse(compose(letter(subject="=?utf-8?B?eA==?="))).subject == "=?utf-8?B?eA==?="


WORDS = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=80).map(
    lambda text: " ".join(header_text(text.replace("=?", "")).split())
)


@given(WORDS, st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_any_subject_and_text_read_back(subject: str, text: str) -> None:
    mail = parse(compose(letter(subject=subject, text=text, html="")))
    assert mail.subject == subject
    assert mail.text.split() == text.replace("\xa0", " ").replace("\ufeff", "").split()


@given(WORDS, st.from_regex(r"[a-z0-9._+-]{1,20}@[a-z0-9-]{1,20}\.com", fullmatch=True))
def test_any_name_and_address_read_back(name: str, address: str) -> None:
    name = name.strip("\"' ")
    if address.strip(".") == address:
        assert parse(compose(letter(to=(Address(address, name),)))).to == (Address(address, name),)


@given(st.text(max_size=300))
def test_encoded_text_is_printable_ascii_and_never_splits_a_character(text: str) -> None:
    shown = encoded(text, 9)
    assert shown.isascii() and (not shown or shown.isprintable())
    assert "\ufffd" not in header_text(shown) or "\ufffd" in text or not text.isprintable()
