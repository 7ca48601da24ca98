"""A cell's value as text, and how much of an attached table is looked at."""

from datetime import date, datetime, time

ROWS, COLUMNS, TABLES = 2000, 100, 50
_LONGEST = 4000


def shown(value: object) -> str:
    """On one line; a day without an hour as ISO 8601 writes it."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return " ".join(str(value)[:_LONGEST].split())
