"""Tables as rows of cells: in plain text, and in attached .xlsx, .csv, .tsv and .docx files.

Invariant: what is unpacked is bounded, whatever an archive claims to hold.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import yaml

from mailflow.mail.cells import COLUMNS, ROWS, TABLES, shown
from mailflow.mail.charset import decode
from mailflow.mail.documents import blocks
from mailflow.mail.model import Attachment, Mail, Table
from mailflow.mail.workbooks import sheets

Rows = tuple[tuple[str, ...], ...]

_SPACES = "  "
_GAP = re.compile(r"[ \u3000]{2,40}")
_SIGNS = re.compile(r"[|\t｜│]|\S[ \u3000]{2,40}\S")
_RULE_MARKS = frozenset(" \t|:+=-—─━┼│├┤")
_FILE_LIMIT = 20_000_000
_UNPACKED_LIMIT = 60_000_000
# The readers take about a second for so much of a sheet's or document's XML, and of YAML; forms are far smaller.
_XML_LIMIT = 8_000_000
_YAML_LIMIT, _YAML_DEPTH = 50_000, 4
_MEMBERS = 2000


def text_tables(text: str) -> tuple[Rows, ...]:
    """Pipe and Markdown tables, and lines whose cells are set apart by tabs or spaces, in the order of the text.

    A table has at least two rows of at least two cells. A rule below the header row is no row.
    """
    if not _SIGNS.search(text):
        return ()
    found: list[Rows] = []
    rows: list[tuple[str, ...]] = []
    separator = ""
    for line in [*text.split("\n"), ""]:
        used, cells = _cells(line, separator)
        if cells and (not rows or (used == separator and (used != _SPACES or len(cells) == len(rows[0])))):
            rows.append(cells[:COLUMNS])
            separator = used
            continue
        if rows and separator not in ("\t", _SPACES) and line.strip() and _is_rule(line):
            continue
        _close(rows, found)
        rows = [cells[:COLUMNS]] if cells else []
        separator = used if cells else ""
    return tuple(found)


class Attached(NamedTuple):
    """The tables in a mail's attachments, `where` being the file's name, and the files that are damaged or locked."""

    tables: tuple[Table, ...] = ()
    unreadable: tuple[str, ...] = ()


def attached_tables(mail: Mail) -> Attached:
    """What the sheets, documents and YAML files of a mail hold, up to a bound. Never raises."""
    found: list[Table] = []
    unreadable: list[str] = []
    for attachment in mail.attachments:
        rows = _file_tables(attachment)
        if rows is None:
            unreadable.append(attachment.filename)
        found += (Table(attachment.filename, each) for each in rows or ())
        if len(found) >= TABLES:
            break
    return Attached(tuple(found[:TABLES]), tuple(unreadable))


def sheet_rows(name: str, data: bytes) -> tuple[Rows, ...]:
    """The sheets of an .xlsx, .csv or .tsv file with their empty rows, so that rows keep their numbers.

    Raises ValueError for a file that is none of them or cannot be read.
    """
    try:
        if name.lower().endswith((".xlsx", ".xlsm")):
            if not _is_bounded(data):
                raise ValueError("unpacks to too much")
            return tuple(tuple(rows) for rows in sheets(data))
        if name.lower().endswith((".csv", ".tsv")):
            return (tuple(_separated_rows(data, name.lower())),)
    except (zipfile.BadZipFile, KeyError, OSError, csv.Error) as fault:
        raise ValueError(f"cannot be read: {fault}") from fault
    raise ValueError("is no .xlsx, .csv or .tsv file")


def _close(rows: list[tuple[str, ...]], found: list[Rows]) -> None:
    if len(rows) >= 2 and len(found) < TABLES:
        found.append(tuple(rows[:ROWS]))


def _is_rule(line: str) -> bool:
    return all(char in _RULE_MARKS for char in line)


def _cells(line: str, separator: str) -> tuple[str, tuple[str, ...]]:
    """The separator of a table's line and its cells; ("", ()) where the line is none."""
    line = line.lstrip(">").strip(" \r\n") if line.startswith(">") else line.strip(" \r\n")
    for mark in (separator,) if separator else ("|", "｜", "│", "\t", _SPACES):
        if mark == _SPACES:
            # Two words set apart are a sentence with a gap, or a form.
            spaced = _GAP.split(line.strip(" \u3000"))
            return (_SPACES, tuple(spaced)) if len(spaced) >= 3 else ("", ())
        if mark not in line:
            continue
        if mark != "\t" and _is_rule(line):
            return "", ()
        inner = line if mark == "\t" else line.removeprefix(mark).removesuffix(mark)
        if mark == "|":
            cells = tuple(cell.replace("\0", "|").strip() for cell in inner.replace("\\|", "\0").split("|"))
        else:
            cells = tuple(cell.strip() for cell in inner.split(mark))
        bordered = mark != "\t" and len(inner) + 2 == len(line)
        if any(cells) and (len(cells) >= 2 or bordered):
            return mark, cells
    return "", ()


def _file_tables(attachment: Attachment) -> Sequence[Rows] | None:
    """The tables of one file; none where it is larger than any form, or not of a kind that is read; None where it is
    damaged or locked."""
    name, data = attachment.filename.lower(), attachment.content
    packed = name.endswith((".xlsx", ".xlsm", ".docx"))
    mapped = name.endswith((".yaml", ".yml"))
    separated = name.endswith((".csv", ".tsv")) or attachment.type in ("text/csv", "text/tab-separated-values")
    if not (packed or mapped or separated):
        return ()
    if len(data) > (_YAML_LIMIT if mapped else _FILE_LIMIT):
        return ()
    try:
        if packed:
            read = blocks if name.endswith(".docx") else sheets
            return _all_trimmed(read(data)) if _is_bounded(data) else ()
        return _all_trimmed(_mappings(_loaded(data))) if mapped else _separated(data, name)
    except Exception:  # whatever a damaged or hostile file makes the readers raise
        return None


def _is_bounded(data: bytes) -> bool:
    """Against zip bombs: the members are few, and unpacked (not by their own word) they stay small."""
    left, left_to_read = _UNPACKED_LIMIT, _XML_LIMIT
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > _MEMBERS or sum(one.file_size for one in members) > _UNPACKED_LIMIT:
            return False
        for one in members:
            with archive.open(one) as member:
                while piece := member.read(1_000_000):
                    left -= len(piece)
                    left_to_read -= len(piece) if one.filename.endswith(".xml") else 0
                    if min(left, left_to_read) < 0:
                        return False
    return True


def _separated(data: bytes, name: str) -> list[Rows]:
    rows = _separated_rows(data, name)
    return list(_trimmed(rows)) if len(rows) > 1 else []


def _separated_rows(data: bytes, name: str) -> list[tuple[str, ...]]:
    text = decode(data).replace("\0", "")
    head = "\n".join(text.split("\n", 10)[:10])  # the first line may be a title
    mark = "\t" if name.endswith(".tsv") else max(",;\t，", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    return [tuple(shown(cell) for cell in row[:COLUMNS]) for row, _ in zip(reader, range(ROWS), strict=False)]


def _loaded(data: bytes) -> object:
    """What a YAML file holds; nothing where it has aliases, which could grow without end."""
    text = decode(data)
    if "&" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
        return None
    loaded: object = yaml.safe_load(text)
    return loaded


def _mappings(value: object, depth: int = 0) -> Iterator[list[tuple[str, ...]]]:
    """Labels and values as rows of two cells, also in a list; a list of equal entries as a table with a head."""
    if depth > _YAML_DEPTH:
        return
    if isinstance(value, dict):
        flat = [(key, each) for key, each in value.items() if not _is_nested(each)]
        yield [(shown(key), _cell(each)) for key, each in flat[:ROWS]]
        for each in [each for each in value.values() if _is_nested(each)][:TABLES]:
            yield from _mappings(each, depth + 1)
    elif isinstance(value, list) and _is_nested(value):
        entries = [each for each in value if isinstance(each, dict)][:ROWS]
        if all(len(each) == 1 for each in entries):
            yield from _mappings({key: each for entry in entries for key, each in entry.items()}, depth + 1)
            return
        head = list(dict.fromkeys(key for entry in entries for key in entry))[:COLUMNS]
        yield [tuple(map(shown, head)), *(tuple(_cell(entry.get(key, "")) for key in head) for entry in entries)]


def _is_nested(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))


def _cell(value: object) -> str:
    return ", ".join(map(shown, value)) if isinstance(value, list) else shown(value)


def _all_trimmed(tables: Iterable[list[tuple[str, ...]]]) -> list[Rows]:
    return [rows for table in tables for rows in _trimmed(table)]


def _trimmed(rows: list[tuple[str, ...]]) -> Iterator[Rows]:
    """Without empty rows and empty columns at the right end; nothing if nothing remains."""
    rows = [row for row in rows if any(row)]
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    if width:
        yield tuple(row[:width] for row in rows)
