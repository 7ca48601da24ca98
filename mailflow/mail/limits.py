"""What of a message is more than a site takes: too many attachments, archives that unpack to too much. Pure."""

import io
import zipfile
from collections.abc import Iterable

from mailflow.mail.model import Attachment, Mail

_ZIP = b"PK\x03\x04"
_TOO_MANY = "too many parts"


def excess(mail: Mail, attachments: int, unpacked: int) -> str:
    """What exceeds the limits, in words for whoever sent it; "" when nothing does. Sizes in bytes."""
    count = len(mail.attachments)
    if count > attachments or _TOO_MANY in mail.defects:
        return f"more than {attachments} attachments"
    for attachment in mail.attachments:
        if _unpacked(attachment) > unpacked:
            return f"{attachment.filename or 'an attachment'} unpacks to more than {unpacked // 1_000_000} MB"
    return ""


def _unpacked(attachment: Attachment) -> int:
    """How large an archive says that it becomes; 0 for what is none. Archives in archives are not opened."""
    if not attachment.content.startswith(_ZIP):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(attachment.content)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return 0


def safe_names(attachments: Iterable[Attachment]) -> list[str]:
    """File names to write attachments out under: no path, no control characters, none twice, never empty."""
    taken: set[str] = set()
    names = []
    for number, attachment in enumerate(attachments, start=1):
        name = _safe(attachment.filename) or f"attachment-{number}"
        stem, dot, ending = name.rpartition(".")
        base, ending = (stem, f".{ending}") if dot and stem else (name, "")
        other = 2
        while name.casefold() in taken:
            name, other = f"{base}-{other}{ending}", other + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _safe(filename: str) -> str:
    last = filename.replace("\\", "/").rpartition("/")[2]
    kept = "".join(char if char.isprintable() and char not in '<>:"|?*' else "_" for char in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return (stem[:100] + dot + ending[:20]) if dot else kept[:100]
