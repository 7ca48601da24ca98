"""`mailflow show ID --attachments DIR`: what was attached comes out as it came in, under names that are safe."""

from email.message import EmailMessage
from pathlib import Path

from tests.homes import MONDAY, WRITER, TestHome


def test_attachments_are_written_out_byte_for_byte_under_safe_names(home: TestHome, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = WRITER, "requests@example.com", "[REQ] with files"
    message.set_content("Business goal: faster\n")
    content = bytes(range(256)) * 10
    for name in ("../../表.bin", "表.bin"):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    home.deliver(message.as_bytes())
    folder = tmp_path / "out"
    assert home("show", "REQ-2026-0001", "--attachments", str(folder), "--now", MONDAY).status == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"表.bin": content, "表-2.bin": content}
    assert home("show", "REQ-2026-0001", "--attachments", str(folder), "--now", MONDAY).status == 1
