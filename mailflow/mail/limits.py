"""What of a message is more than a site takes: too many attachments, archives that unpack to too much. Pure."""

import io
import zipfile
from dataclasses import dataclass

from mailflow.mail.model import Attachment, Mail

_ZIP = b"PK\x03\x04"
_TOO_MANY = "too many parts"
EXCESS = "too much: "
"""What the reason begins with for which such a message is in quarantine."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A limit that a message exceeds: "size", "attachments" or "unpacked" (of the attachment `name`).

    `most` is what is taken, `found` what came; of sizes in bytes. `found` is 0 where nobody counted to the end.
    As text it is the reason for which an operator finds the message in quarantine.
    """

    limit: str
    most: int
    found: int
    name: str = ""

    def __str__(self) -> str:
        if self.limit == "size":
            return f"{EXCESS}{self.found:,} bytes, larger than {self.most:,}"
        if self.limit == "attachments":
            return f"{EXCESS}more than {self.most} attachments"
        return f"{EXCESS}{self.name or 'an attachment'} unpacks to {self.found:,} bytes, more than {self.most:,}"

    @property
    def values(self) -> dict[str, str]:
        """What the answer to its writer says of it; sizes in MB."""
        most, found = str(self.most), str(self.found)
        if self.limit != "attachments":
            # Rounded away from each other: 25.01 MB is not "25 MB, at most 25 MB".
            most, found = f"{self.most // 100_000 / 10:g}", f"{-(-self.found // 100_000) / 10:g}"
        return {"limit": self.limit, "most": most, "came": found if self.found else "", "file": self.name}


def oversize(size: int, most: int) -> Excess | None:
    """Whether a message of `size` bytes is more than the `most` that is taken."""
    return Excess("size", most, size) if size > most else None


def excess(mail: Mail, attachments: int, unpacked: int) -> Excess | None:
    """The limit that a message exceeds by what it holds, if any. Sizes in bytes."""
    count = len(mail.attachments)
    if _TOO_MANY in mail.defects:
        return Excess("attachments", attachments, count if count > attachments else 0)
    if count > attachments:
        return Excess("attachments", attachments, count)
    found = ((each, _unpacked(each)) for each in mail.attachments)
    return next((Excess("unpacked", unpacked, size, each.filename) for each, size in found if size > unpacked), None)


def _unpacked(attachment: Attachment) -> int:
    """How large an archive says that it becomes; 0 for what is none. Archives in archives are not opened."""
    if not attachment.content.startswith(_ZIP):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(attachment.content)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return 0
