"""Amounts as people write them: money (`5-10万`, `USD 3k`), percents (`百分之六十`), plain numbers (`约 1,200 人`)."""

import re
from dataclasses import dataclass
from decimal import Decimal

from mailflow.core.reading.text import fold

LONGEST = 300
"""Characters of a text that are looked at."""

MOST = Decimal(10) ** 15
"""No amount is larger; a longer row of digits is an account or a telephone number."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in whole units of `currency` (ISO 4217), `upper` the end of a range.

    `str()` is the canonical text: `100000`, `50000-100000`, `USD 3000`; yuan (CNY) go without saying.
    """

    amount: Decimal
    upper: Decimal | None = None
    currency: str = "CNY"

    def __str__(self) -> str:
        number = plain(self.amount) if self.upper is None else f"{plain(self.amount)}-{plain(self.upper)}"
        return number if self.currency == "CNY" else f"{self.currency} {number}"


def plain(number: Decimal) -> str:
    """A number without exponent or trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_CURRENCIES = {
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "元": "CNY", "块": "CNY", "圆": "CNY", "yuan": "CNY",
    "usd": "USD", "us$": "USD", "$": "USD", "美元": "USD", "美金": "USD", "dollars": "USD", "dollar": "USD",
    "eur": "EUR", "€": "EUR", "欧元": "EUR", "euros": "EUR", "euro": "EUR",
    "gbp": "GBP", "£": "GBP", "英镑": "GBP", "pounds": "GBP", "jpy": "JPY", "日元": "JPY",
    "hkd": "HKD", "hk$": "HKD", "港币": "HKD", "港元": "HKD",
    "twd": "TWD", "nt$": "TWD", "ntd": "TWD", "新台币": "TWD", "台币": "TWD",
    "sgd": "SGD", "s$": "SGD", "新加坡元": "SGD", "chf": "CHF",
}  # fmt: skip
_ANY_YUAN = frozenset(["元", "块", "圆"])
"""Units of whatever currency is named besides, as in 新台币 5000 元."""

_SCALES = {
    "十": 10, "百": 100, "千": 1000, "k": 1000, "thousand": 1000, "万": 10**4, "w": 10**4, "十万": 10**5,
    "百万": 10**6, "m": 10**6, "mn": 10**6, "million": 10**6, "千万": 10**7, "亿": 10**8, "billion": 10**9, "bn": 10**9,
}  # fmt: skip


def _any(words: dict[str, str] | dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_FIGURE = r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?|\d{1,18}(?:\.\d{1,6})?|[〇零一二三四五六七八九十百千万亿两]{1,16}"
_SCALE = rf"(?:(?:{_any(_SCALES)})(?![a-z]))"
_MARK = _any(_CURRENCIES)
_AMOUNT = re.compile(
    rf"(?P<before>(?<![a-z])(?:{_MARK})\s?)?(?<![\d.a-z])(?<!\d,)(?P<one>{_FIGURE})\s?(?P<scale>{_SCALE})?\s?(?P<mid>{_MARK})?"
    rf"(?:\s?(?:[-~–—至到]|\bto\b)\s?(?P<again>(?:{_MARK})\s?)?(?P<two>{_FIGURE})\s?(?P<scale2>{_SCALE})?)?"
    rf"\s?(?P<after>(?:{_MARK})(?![a-z]))?"
)
# What a number without a currency may be of: anything that stands right behind it, but for words of more or less.
_COUNTS = re.compile(
    r"\s?(?!(?:左右|以内|以下|以上|上下|之?内|起|整|封顶|到|至|or\b|max|at most|total|in total|per\b|a\b)|[-~])"
    r"[\u3400-\u9fffa-z]"
)
# As cheques and contracts write numerals, so that nobody can alter them.
_FORMAL = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟圆", "一二二三三四五六六七八九十百千元")
# 1.234 with a currency is a thousand in one country and a fraction in another; 1.234,56 is clear.
_POINTS = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3}){1,5})(,\d{1,2})?(?![\d.,])")
_NUMERALS = {one: value for value, one in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def read_money(text: str) -> Money | None:
    """The one amount or range that a text names, or None.

    A number that bears neither a currency nor a scale (万, k) counts only where nothing else does, and where it
    counts nothing else (`三项`, `3 servers`).
    """
    found: list[tuple[bool, Money]] = []
    folded = _POINTS.sub(_with_commas, fold(text[:LONGEST]).translate(_FORMAL))
    for match in _AMOUNT.finditer(folded):
        money = _money(match)
        if money is not None:
            marked = any(match[name] for name in ("before", "scale", "mid", "again", "scale2", "after"))
            sure = marked or (not match["one"].isascii() and len(match["one"]) > 1)
            if sure or not _COUNTS.match(folded, match.end()):
                found.append((sure, money))
    best = [money for marked, money in found if marked] or [money for _, money in found]
    return best[0] if best and len(set(best)) == 1 else None


def _with_commas(match: re.Match[str]) -> str:
    if match[2] or match[1].count(".") > 1:
        return match[1].replace(".", "") + (match[2] or "").replace(",", ".")
    return match[0]


def _money(match: re.Match[str]) -> Money | None:
    words = {match[name].strip() for name in ("before", "mid", "again", "after") if match[name]}
    marks = {_CURRENCIES[word] for word in words if word not in _ANY_YUAN or words <= _ANY_YUAN}
    first = _scaled(match["one"], match["scale"])
    if _is_either(match["one"], match["scale"] or match["scale2"]):
        return None
    if len(marks) > 1 or first is None:
        return None
    currency = marks.pop() if marks else "CNY"
    if match["two"] is None:
        return Money(first, None, currency)
    upper = _scaled(match["two"], match["scale2"])
    if match["scale2"] and not match["scale"] and not match["mid"]:
        first = _scaled(match["one"], match["scale2"])  # 5-10万: the scale is of both
    if upper is None or first is None or upper < first:
        return None
    return Money(first, upper if upper > first else None, currency)


def _is_either(figure: str, scale: str | None) -> bool:
    """Whether a point stands where it may part thousands: money has no third decimal."""
    return not scale and bool(re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", figure))


def _scaled(figure: str, scale: str | None) -> Decimal | None:
    number = figure_of(figure)
    if number is None:
        return None
    number *= _SCALES[scale] if scale else 1
    return number if number < MOST else None


def figure_of(text: str) -> Decimal | None:
    """A figure in digits or Chinese numerals, such as `1,200.50` or `十五万`; None where it is neither."""
    if text[:1].isdecimal() and text.isascii():
        return Decimal(text.replace(",", ""))
    total, section, digit = 0, 0, 0
    for one in text:
        if one in _NUMERALS:
            digit = digit * 10 + _NUMERALS[one]
        elif one in _UNITS:
            section += (digit or 1) * _UNITS[one]
            digit = 0
        elif one in "万亿":
            total = (total + section + digit or 1) * (10**4 if one == "万" else 10**8)
            section = digit = 0
        else:
            return None
    return Decimal(total + section + digit) if text else None


_PERCENT = re.compile(
    r"百分之\s?(?P<zh>[〇零一二三四五六七八九十百]{1,5}|\d{1,3}(?:\.\d{1,3})?)|"
    r"(?<![\d.\-])(?P<number>\d{1,3}(?:\.\d{1,3})?)\s?(?:%|percent\b|per cent\b|pct\b)|"
    r"(?P<tenths>[一二三四五六七八九]|\d)成(?P<half>半)?(?![\u3400-\u9fff])"
)
_BARE_NUMBER = re.compile(r"(?:约|大约|about|ca\.?|~|≈)?\s?(?P<number>\d{1,3}(?:\.\d{1,3})?)\s?(?:左右)?[.。,;!]?")


def read_percent(text: str) -> int | None:
    """The one percentage that a text names, rounded down, from 0 to 100; a bare number only by itself."""
    folded = fold(text[:LONGEST])
    found = {_percentage(match) for match in _PERCENT.finditer(folded)}
    if not found:
        match = _BARE_NUMBER.fullmatch(folded)
        found = {Decimal(match["number"])} if match else {{"一半": Decimal(50)}.get(folded)}
    number = found.pop() if len(found) == 1 else None
    return int(number) if number is not None and 0 <= number <= 100 else None


def _percentage(match: re.Match[str]) -> Decimal | None:
    if match["zh"]:
        return figure_of(match["zh"])
    if match["number"]:
        return Decimal(match["number"])
    tenths = figure_of(match["tenths"])
    return None if tenths is None else tenths * 10 + (5 if match["half"] else 0)


_NUMBER = re.compile(
    rf"(?<![\d.a-z])(?<!\d,)(?P<sign>-\s?)?(?P<one>\d{{1,3}}(?:,\d{{3}}){{1,5}}(?:\.\d{{1,6}})?|\d{{1,18}}(?:\.\d{{1,6}})?)"
    rf"\s?(?P<scale>{_SCALE})?(?![\d.]?\d)"
)


def read_number(text: str) -> Decimal | None:
    """The one number that a text names, whatever it counts: `约 1,200 人`, `1.5万`, `十二`."""
    folded = fold(text[:LONGEST])
    found = {_signed(match) for match in _NUMBER.finditer(folded)}
    if not found and re.fullmatch(r"[〇零一二三四五六七八九十百千万亿两]{1,16}个?", folded):
        return figure_of(folded.removesuffix("个"))
    return found.pop() if len(found) == 1 else None


def _signed(match: re.Match[str]) -> Decimal | None:
    number = _scaled(match["one"], match["scale"])
    return -number if number is not None and match["sign"] else number
