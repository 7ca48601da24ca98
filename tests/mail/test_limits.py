"""Attachments that are more than a site takes."""

import io
import zipfile

from mailflow.mail.limits import Excess, excess, oversize
from mailflow.mail.model import Attachment, Mail


def archive(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", b"\0" * size)
    return buffer.getvalue()


def mail(*attachments: Attachment) -> Mail:
    return Mail("d", "s", attachments=attachments)


def test_many_attachments_are_too_much() -> None:
    several = [Attachment(f"{n}.txt", "text/plain", b"x") for n in range(3)]
    assert excess(mail(*several), attachments=2, unpacked=1000) == Excess("attachments", 2, 3)
    assert excess(mail(*several), attachments=3, unpacked=1000) is None


def test_more_parts_than_are_read_are_too_much_whatever_their_number() -> None:
    many = Mail("d", "s", defects=("too many parts",))
    assert (found := excess(many, attachments=50, unpacked=1000)) == Excess("attachments", 50, 0)
    assert found.values == {"limit": "attachments", "most": "50", "came": "", "file": ""}


def test_an_archive_that_unpacks_to_too_much_is_named() -> None:
    bomb = Attachment("book.xlsx", "application/zip", archive(2_000_000))
    assert excess(mail(bomb), attachments=5, unpacked=1_000_000) == Excess(
        "unpacked", 1_000_000, 2_000_000, "book.xlsx"
    )


def test_a_broken_archive_is_just_a_file() -> None:
    assert excess(mail(Attachment("a.zip", "application/zip", b"PK\x03\x04broken")), 5, 10) is None


def test_the_writer_is_told_sizes_that_differ_and_the_operator_the_bytes() -> None:
    assert oversize(25_000_000, 25_000_000) is None
    found = oversize(25_010_000, 25_000_000)
    assert found and found.values == {"limit": "size", "most": "25", "came": "25.1", "file": ""}
    assert str(found) == "too much: 25,010,000 bytes, larger than 25,000,000"
