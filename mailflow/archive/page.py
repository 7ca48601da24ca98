"""A sheet as a page that any browser opens and prints, and as a spreadsheet. Pure.

The page is one file without script that takes nothing from elsewhere.

Invariant: what came by mail is text in it, never markup, and links lead into the folder alone.
"""

from datetime import datetime
from html import escape
from urllib.parse import quote

from mailflow.archive.sheet import Cell, Section, Sheet
from mailflow.report.spreadsheet import book_bytes

_STYLE = """
body{font:15px/1.55 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',Arial,sans-serif;
color:#22282f;max-width:1180px;margin:24px auto;padding:0 16px}
h1{font-size:21px}h2{font-size:16px;margin:28px 0 8px;color:#4a5361}
table{border-collapse:collapse;width:100%}
th,td{padding:6px 10px;border:1px solid #e1e4e8;text-align:left;vertical-align:top}
th{background:#f6f8fa;font-weight:600;white-space:nowrap}
td{white-space:pre-wrap;overflow-wrap:anywhere}
.facts th{width:18%;font-weight:normal;color:#57606a}
a{color:#1a5fb4}p{color:#57606a;font-size:13px}
@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}
"""


def page(sheet: Sheet) -> bytes:
    """HTML in UTF-8."""
    title = escape(sheet.title)
    language = escape({"zh": "zh-CN"}.get(sheet.language, sheet.language))
    parts = "".join(_section(each) for each in sheet.sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{title}</h1>\n{parts}<p>{escape(sheet.made)}</p></body></html>\n"
    ).encode("utf-8", "replace")


def book(sheet: Sheet, made: datetime) -> bytes:
    """A workbook with a sheet for each section."""
    return book_bytes(
        [(each.title, each.columns, [[cell.text for cell in row] for row in each.rows]) for each in sheet.sections],
        made,
    )


def _section(section: Section) -> str:
    if section.columns:
        head = "<tr>" + "".join(f"<th>{escape(each)}</th>" for each in section.columns) + "</tr>\n"
        rows = "".join("<tr>" + "".join(f"<td>{_cell(each)}</td>" for each in row) + "</tr>\n" for row in section.rows)
        return f"<h2>{escape(section.title)}</h2>\n<table>\n{head}{rows}</table>\n"
    rows = "".join(f"<tr><th>{_cell(row[0])}</th><td>{_cell(row[1])}</td></tr>\n" for row in section.rows)
    return f'<h2>{escape(section.title)}</h2>\n<table class="facts">\n{rows}</table>\n'


def _cell(cell: Cell) -> str:
    if not cell.files:
        return escape(cell.text)
    names = cell.text.split("\n")
    links = (f'<a href="{quote(file)}">{escape(name)}</a>' for file, name in zip(cell.files, names, strict=True))
    return "\n".join(links)
