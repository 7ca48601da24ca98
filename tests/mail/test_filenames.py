"""The names that files are written out under."""

import pytest

from mailflow.mail.filenames import safe_names
from mailflow.mail.model import Attachment


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("report.xlsx", "report.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\报表.xlsx", "报表.xlsx"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("...", "attachment-1"),
        ("", "attachment-1"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
        ("报" * 300 + ".pdf", "报" * 50 + ".pdf"),
        ("no.ending but a sentence, as titles have it", "no.ending but a sentence, as titles have it"),
        ("a" * 149 + " .pdf", "a" * 149 + ".pdf"),
        ("CON.txt", "_CON.txt"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
    ],
)
def test_names_are_safe_to_write(filename: str, name: str) -> None:
    assert safe_names([Attachment(filename, "", b"")]) == [name]


def test_no_two_files_share_a_name() -> None:
    twice = [Attachment("A.txt", "", b""), Attachment("a.txt", "", b""), Attachment("a.txt", "", b"")]
    assert safe_names(twice) == ["A.txt", "a-2.txt", "a-3.txt"]


def test_the_name_of_the_longest_file_fits_everywhere() -> None:
    names = safe_names([Attachment("表" * 400 + "." + "x" * 400, "", b"")] * 12)
    assert max(len(each.encode()) for each in names) < 200
    assert len(set(names)) == 12
