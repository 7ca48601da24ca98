"""What people write as a value, read: days, amounts, choices, people, departments; nothing where it is not certain."""

from mailflow.core.reading.values.amounts import Money, read_money, read_number, read_percent
from mailflow.core.reading.values.choices import read_choice
from mailflow.core.reading.values.dates import find_dates, is_vague, read_date
from mailflow.core.reading.values.moments import read_moment, read_span
from mailflow.core.reading.values.people import Found, read_departments, read_people

__all__ = [
    "Found",
    "Money",
    "find_dates",
    "is_vague",
    "read_choice",
    "read_date",
    "read_departments",
    "read_moment",
    "read_money",
    "read_number",
    "read_people",
    "read_percent",
    "read_span",
]
