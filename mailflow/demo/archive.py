"""Every mail of the demonstration as a file that can be opened: the message itself, ours also as a page."""

import html
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>mailflow demo</title>
<style>body {{ font-family: sans-serif }} td {{ padding: 0.1em 0.8em; white-space: nowrap }}</style></head><body>
<h1>The mails of the week</h1>
<table>
{rows}
</table></body></html>
"""
_ROW = '<tr><td>{at}</td><td>{way}</td><td>{who}</td><td><a href="{file}">{subject}</a></td></tr>'


@dataclass(slots=True)
class Archive:
    """A folder that is filled in order of time; `close` adds the page that lists it."""

    folder: Path
    _rows: list[str] = field(default_factory=list)

    def put(self, at: datetime, way: str, address: str, subject: str, content: bytes) -> Path:
        """Keep one message; `at` in the site's time, `way` in or out, from or to `address`. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        who = "".join(each if each.isalnum() or each in "._" else "-" for each in address.partition("@")[0])
        number = len(self._rows) + 1
        path = self.folder / f"{number:03}-{at:%a-%H%M}-{way}-{who[:40]}.eml"
        path.write_bytes(content)
        shown = path
        page = _page_of(content) if way == "out" else b""
        if page:
            shown = path.with_suffix(".html")
            shown.write_bytes(page)
        cells = {"at": f"{at:%a %H:%M}", "way": way, "who": address, "file": shown.name, "subject": subject}
        self._rows.append(_ROW.format(**{name: html.escape(cell) for name, cell in cells.items()}))
        return path

    def close(self) -> Path:
        """Write the list; raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        page = self.folder / "index.html"
        page.write_text(_PAGE.format(rows="\n".join(self._rows)), encoding="utf-8")
        return page


def _page_of(content: bytes) -> bytes:
    """The HTML of one of our mails, b"" where it has none."""
    for part in message_from_bytes(content).walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(payload, bytes):
            return b'<!doctype html><meta charset="utf-8">\n' + payload
    return b""
