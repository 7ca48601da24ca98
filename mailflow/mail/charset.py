"""Bytes to text where the label may lie: charset names corrected, undecodable bytes never dropped unseen.

Invariant: what is returned has no lone surrogates and no characters are left out (no `ignore` anywhere).
"""

import codecs
import re
from functools import lru_cache

from mailflow.mail.detect import CYRILLIC, EAST, detected, scored

# What a label says, and what such mail really holds: supersets of the registered sets (WHATWG encodings).
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "euc_cn": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_ext",
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# Names that Python does not know.
_ALIASES = {
    "x-gbk": "gbk",
    "iso-gb2312": "gbk",
    "x-gb2312": "gbk",
    "gb_2312-80": "gbk",
    "gb2312-80": "gbk",
    "cn-gb": "gbk",
    "chinese": "gbk",
    "gb-18030": "gb18030",
    "cn-big5": "big5",
    "x-x-big5": "big5",
    "big5-eten": "big5",
    "x-sjis": "shift_jis",
    "sjis": "shift_jis",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "ks_c_5601-1989": "cp949",
    "x-windows-949": "cp949",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode-2-0-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-user-defined": "",
    "unknown": "",
    "unknown-8bit": "",
    "x-unknown": "",
    "default": "",
    "default_charset": "",
    "_autodetect": "",
    "binary": "",
    "8bit": "",
    "7bit": "",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
# Codecs that are no charsets: some are not linear in time, some unpack more than they hold.
_NOT_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
_WINDOWS = re.compile(r"(?:windows|win|cp|x-cp|ibm)[-_ ]?(\d{3,5})")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_CJK_CODECS = frozenset({"gb18030", "big5hkscs", "cp950", "cp932", "cp949", "euc_jp", "hz", "johab"})
# How a reading scores (see detect.scored) that makes no sense, that makes sense, and that hardly can be chance.
_POOR, _GOOD, _SURE = 0.2, 0.6, 0.85
_STATEFUL = frozenset({"iso2022_jp_ext", "hz", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32"})
_BROKEN = "\ufffd"


@lru_cache(maxsize=512)
def codec(label: str) -> str:
    """The codec to read `label` with, or "" where the label says nothing. Never raises."""
    name = label.strip().strip("\"'").split(";")[0].strip().lower()[:60]
    name = _ALIASES.get(name, name)
    windows = _WINDOWS.fullmatch(name)
    if windows:
        name = {"936": "gb18030", "54936": "gb18030", "65001": "utf-8"}.get(windows[1], "cp" + windows[1])
    if not name:
        return ""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    if found.name in _NOT_CHARSETS or not getattr(found, "_is_text_encoding", True):
        return ""
    return _SUPERSETS.get(found.name, found.name)


def decode(data: bytes, label: str = "", fallback: str = "") -> str:
    """Text of `data`; `label` is its declared charset, `fallback` the charset of what it stands in."""
    name = codec(label)
    if data.isascii() and name not in _STATEFUL and b"\x1b" not in data:
        return data.decode("ascii")
    return scrub(_decode(data, name, codec(fallback))).removeprefix("\ufeff")


def scrub(text: str) -> str:
    """The same text without lone surrogates: pairs are joined, what is left over becomes U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _decode(data: bytes, name: str, fallback: str) -> str:
    if name == "utf-16" and b"\0" not in data and (page := _strict(data, "utf-8")) and "<" in page:
        return page  # what a page says of itself cannot be true (HTML, the meta element)
    if name == "utf-16" and data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _wide(data)
    unicode = _strict(data, "utf-8")
    if not name or (name == "utf-8" and unicode is None):
        return _guess(data, unicode, fallback)
    if unicode is not None and not data.isascii() and _is_really_utf8(name, unicode):
        return unicode
    if name == "cp1252" and (text := _detected(data)) is not None:
        return text  # eastern programs behind Western defaults
    if (text := _as_labelled(data, name)) is not None:
        return text
    if name == "iso2022_jp_ext":
        return _japanese(data)
    if unicode is not None and not data.isascii():
        return unicode
    if name == "cp1252":
        return data.decode("latin-1") if data.count(0) == 0 else _replaced(data, "cp1252")
    candidates = [_replaced(data, name), _replaced(data, "utf-8")]
    return min(candidates, key=lambda text: text.count(_BROKEN))


def _is_really_utf8(name: str, unicode: str) -> bool:
    """No text in a single-byte charset is valid UTF-8 by chance; for a CJK label two-byte sequences prove
    nothing (GBK for 一些 is valid UTF-8), CJK characters do."""
    return name not in _CJK_CODECS or _CJK.search(unicode) is not None


def _guess(data: bytes, unicode: str | None, fallback: str) -> str:
    """Unlabelled: UTF-8, ISO-2022-JP by its escapes, what stands around, GB18030, Windows-1252."""
    if b"\x1b$" in data or b"\x1b(J" in data:
        return _japanese(data)
    if unicode is not None:
        return unicode
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and (wide := _strict(data, "utf-16")):
        return wide
    if fallback == "iso2022_jp_ext":
        fallback = "cp932"
    if (text := _cut_short(data)) is not None:
        return text
    # Windows-1252 takes any bytes, so that it stands around proves nothing.
    if fallback not in ("", "utf-8", "cp1252") and (text := _as_labelled(data, fallback)) is not None:
        return text
    if (text := _detected(data)) is not None:
        return text
    replaced = _replaced(data, "utf-8")
    if replaced.count(_BROKEN) * 2 < sum(1 for char in replaced if char > "\x7f"):
        return replaced  # UTF-8 with a few broken bytes: other charsets give none of its sequences
    return _strict(data, "cp1252") or data.decode("latin-1")


def _as_labelled(data: bytes, name: str) -> str | None:
    """The text by its label, or by another charset where that alone gives what people write; None for neither."""
    text = _strict(data, name)
    if text is None and name == "big5hkscs":
        text = _strict(data, "cp950")
    if name not in (*EAST, *CYRILLIC):
        return text
    labelled = scored(data, name)
    if text is not None and labelled >= _GOOD:
        return text
    other = detected(data)
    if other in ("", name) or scored(data, other) < (_GOOD if text is None or labelled < _POOR else _SURE):
        return text
    found = _strict(data, other)
    return text if found is None else found


def _cut_short(data: bytes) -> str | None:
    """UTF-8 that ends amid a character, as senders cut subjects."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeError:
        return None
    return text + _BROKEN if _CJK.search(text) else None


def _detected(data: bytes) -> str | None:
    name = detected(data)
    return _strict(data, name) if name else None


def _wide(data: bytes) -> str:
    """UTF-16 without a mark is big-endian (RFC 2781 4.3), but not what everyone sends: the known blocks tell."""
    big, little = _replaced(data, "utf-16-be"), _replaced(data, "utf-16-le")
    known = [sum(1 for char in text[:2000] if char < "\u0250" or _CJK.match(char)) for text in (big, little)]
    return little if known[1] > known[0] else big


def _japanese(data: bytes) -> str:
    """ISO-2022-JP, also with the vendors' characters of row 13, which JIS X 0213 has in the same places."""
    text = _strict(data, "iso2022_jp_ext")
    if text is None:
        text = _strict(data.replace(b"\x1b$B", b"\x1b$(Q").replace(b"\x1b$@", b"\x1b$(Q"), "iso2022_jp_2004")
    if text is None and b"\x1b" not in data:
        better = max(("cp932", "euc_jp"), key=lambda name: scored(data, name))
        text = _strict(data, better)  # the label lies
    return text if text is not None else _replaced(data, "iso2022_jp_ext")


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return None


def _replaced(data: bytes, name: str) -> str:
    try:
        return data.decode(name, "replace")
    except (UnicodeError, LookupError, ValueError):
        return data.decode("utf-8", "replace")
