"""What files may be called that came by mail. Pure.

Invariant: a name is one part of a path on any system, short enough for each, and never empty.
"""

from collections.abc import Iterable

from mailflow.mail.model import Attachment

# File systems take 255 bytes; room is left for a number and for what stands before it.
_STEM, _ENDING = 150, 20
# Windows takes these for devices, whatever their ending.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{each}{n}" for each in ("com", "lpt") for n in range(1, 10))})


def safe_names(attachments: Iterable[Attachment]) -> list[str]:
    """File names to write attachments out under: no path, no control characters, none twice, never empty."""
    taken: set[str] = set()
    return [
        distinct(safe_name(attachment.filename) or f"attachment-{number}", taken)
        for number, attachment in enumerate(attachments, start=1)
    ]


def distinct(name: str, taken: set[str]) -> str:
    """The name, or with a number what is not taken yet; it is taken now. Large and small letters are one."""
    stem, dot, ending = name.rpartition(".")
    base, ending = (stem, f".{ending}") if dot and stem else (name, "")
    other = 2
    while name.casefold() in taken:
        name, other = f"{base}-{other}{ending}", other + 1
    taken.add(name.casefold())
    return name


def safe_name(filename: str) -> str:
    """A name without path, control characters and what systems do not take; "" where nothing is left."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    kept = "".join(char if char.isprintable() and char not in '<>:"|?*' else "_" for char in last).strip(" .")
    stem, dot, ending = kept.rpartition(".") if len(kept.rpartition(".")[2].encode()) <= _ENDING else (kept, "", "")
    if not dot:
        stem, ending = kept, ""
    name = _cut(stem, _STEM).rstrip(" .") + dot + ending
    return f"_{name}" if name.partition(".")[0].casefold() in _DEVICES else name


def _cut(text: str, most: int) -> str:
    """So much of a text that its UTF-8 has at most so many bytes, no character halved."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
