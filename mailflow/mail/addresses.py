"""Address fields to mailboxes, as they are sent rather than as RFC 5322 has them. Linear time."""

import re

from mailflow.mail.headers import decode_words, line
from mailflow.mail.model import Address

# A quote or a bracket that is not closed ends with the field, so no token is ever tried twice.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?$)|<[^>]*(?:>|$)|[,;:()\\]|[^"<,;:()\\]+')
_LOOSE = re.compile(r"[^\s<>()\[\],;:\"'@]{1,200}@[^\s<>(),;:\"'@]{1,255}")
_ESCAPED = re.compile(r"\\(.)")
_SPACES = re.compile(r"\s+")
_WIDE = str.maketrans("＜＞＠", "<>@")
_MANY = 2000


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes with an @ of an unfolded address field, encoded words still in it.

    A name with a bare comma (`From: Some Company, LTD <a@b>`) stays one mailbox.
    """
    if "@" not in value and "=?" in value:
        value = decode_words(value)
    if "＜" in value and "<" not in value:
        value = value.translate(_WIDE)
    found: list[Address] = []
    waiting = ""
    for words, angle, comment in _mailboxes(value):
        if "@" in angle or (not angle and "@" in words):
            address, name = (angle, words) if angle else (words, comment)
            one = _address(address, f"{waiting}, {name}" if waiting and angle else name or comment)
            if one:
                found.append(one)
            waiting = ""
        elif angle:
            waiting = ""
        else:
            waiting = f"{waiting}, {words}" if waiting else words
        if len(found) >= _MANY:
            break
    if not found and "@" in value:
        text = decode_words(value) if "=?" in value else value
        found = [one for match in _LOOSE.findall(text)[:_MANY] if (one := _address(match, ""))]
    if not found and "=?" in value and "@" in (text := line(decode_words(value))):
        return addresses(text.replace("=?", ""))
    return tuple(found)


def _mailboxes(value: str) -> list[tuple[str, str, str]]:
    """Split into (words, what stood in angle brackets, comment); groups are opened (RFC 5322 §3.4)."""
    result: list[tuple[str, str, str]] = []
    words: list[str] = []
    angle, comment, depth, named = "", "", 0, 0
    for token in _TOKEN.findall(value):
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif depth:
            comment += token
        elif token in (",", ";") or (token == ":" and not _is_route(words)):
            result.append(("".join(words).strip() if token != ":" else "", angle, comment.strip()))
            words, angle, comment = [], "", ""
        elif token[0] == "<":
            if "@" in angle and "@" in token:  # another mailbox, with nothing between
                result.append(("".join(words[:named]).strip(), angle, comment.strip()))
                words, angle, comment = words[named:], "", ""
            if not angle or "@" in token:
                angle, named = token.strip("<> ") or " ", len(words)
        elif token[0] == '"':
            words.append(_unquoted(token))
        else:
            words.append(token)
    result.append(("".join(words).strip(), angle, comment.strip()))
    return result


def _is_route(words: list[str]) -> bool:
    """A colon behind something with an @ or `mailto` belongs to the address, not to a group's name."""
    text = "".join(words).strip().lower()
    return "@" in text or text == "mailto"


def _address(address: str, name: str) -> Address | None:
    words = address.split()
    if len(words) > 1 and (named := [word for word in words if "@" in word.strip("@")]):
        address = named[-1]  # `From: Some Name a@b`, without brackets
        name = name or " ".join(word for word in words if word != address)
    text = _SPACES.sub("", line(address)).strip("'\"<>,;.")
    if text[:1] == "[":
        text = text.strip("[]")
    if text.lower().startswith("mailto:"):
        text = text[7:].split("?")[0]
    if ":" in text and text.startswith("@"):
        text = text.rsplit(":", 1)[1]
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or len(text) > 998:
        return None
    shown = line(decode_words(name) if "=?" in name else name)
    if len(shown) > 1 and shown[0] == shown[-1] and shown[0] in "\"'":
        shown = shown[1:-1].strip()
    return Address(text.lower(), shown)


def _unquoted(token: str) -> str:
    return _ESCAPED.sub(r"\1", token[1:].removesuffix('"') if len(token) > 1 else "")
