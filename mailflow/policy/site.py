"""site.yaml to what decisions need of it (Site) and what the servers' adapters need (Settings)."""

import re
from collections.abc import Callable, Mapping

from mailflow.core.duration import parse_duration
from mailflow.core.policy import Limits, Site
from mailflow.core.rule import Place
from mailflow.policy.nodes import Node, Scalar, Table
from mailflow.policy.problem import one_of
from mailflow.policy.reader import LANGUAGE, Block, Reader
from mailflow.policy.schema import COMMANDS, LIMITS, MAILBOX, MARKS, SECRET, SMTP, WORDS
from mailflow.settings import (
    ImapSettings,
    Locked,
    NullSender,
    Secret,
    Security,
    Settings,
    SmtpSettings,
)

SECURITY: Mapping[str, Security] = {"tls": "tls", "starttls": "starttls", "none": "none"}
NULL_SENDER: Mapping[str, NullSender] = {"auto": "auto", "always": "always", "never": "never"}
TRUST = ("token", "authentication-results", "address")

_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143, "": 993}
_SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25, "": 587}

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([kmg]?)i?b?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}

PersonReader = Callable[[Node, str], str]


def languages(block: Block, reader: Reader) -> None:
    """Tell the reader the languages of the site, which every label is held against."""
    found = tuple(each for each in block.texts("languages") if LANGUAGE.fullmatch(each))
    if "languages" in block and not found:
        reader.error(block.place_of("languages"), "'languages' names no language", "write [zh, en]")
    reader.languages = found or reader.languages


def site(block: Block, reader: Reader, person: PersonReader) -> Site:
    block.require("address", "mailboxes", "smtp")
    limits, commands, marks, questions = (block.block(key, keys) for key, keys in _PARTS.items())
    plain = Site(name={}, address="")
    trust = commands.choice("trust", TRUST, plain.trust) or plain.trust
    if trust == "address":
        message = "with trust: address whoever can forge a sender can give commands"
        reader.warn(commands.place_of("trust"), message, "use it in closed networks only, else write token")
    if trust == "authentication-results":
        message = "'authentication-results' is not in this release"
        reader.error(commands.place_of("trust"), message, "write token, or address on a closed network")
    shadow = block.flag("shadow")
    if shadow and not block.said("admin"):
        reader.error(block.place_of("shadow"), "in shadow mode every mail goes to the admin", "write admin: [ADDRESS]")
    elif shadow:
        reader.warn(block.place_of("shadow"), "every mail goes to the admin alone", "take the line out to go live")
    return Site(
        name=block.labels("name"),
        address=block.address("address"),
        aliases=tuple(filter(None, (reader.address(each, "'aliases'") for each in block.items("aliases")))),
        language=block.choice("language", reader.languages, reader.languages[0]) or reader.languages[0],
        languages=reader.languages,
        admin=tuple(filter(None, (person(each, "'admin'") for each in block.items("admin")))),
        accept_from=_patterns(block, reader) if block.said("accept_from") else plain.accept_from,
        trust=trust,
        urgent=marks.texts("urgent") or plain.urgent,
        confidential=marks.texts("confidential") or plain.confidential,
        questions={name: (*words, *questions.texts(name)) for name, words in plain.questions.items()},
        limits=_limits(limits),
        shadow=shadow,
    )


_PARTS = {"limits": LIMITS, "commands": COMMANDS, "marks": MARKS, "questions": WORDS}


def settings(block: Block, reader: Reader) -> Settings:
    """Servers and secrets; the secrets stay locked."""
    mailboxes = tuple(_mailbox(reader.block(node, MAILBOX), reader) for node in block.items("mailboxes"))
    names = [each.server.name for each in mailboxes]
    for position, node in enumerate(block.items("mailboxes")):
        if names[position] in names[:position]:
            reader.error(node.place, f"a second mailbox is called '{names[position]}'", "give it a 'name:' of its own")
    smtp = _smtp(block.block("smtp", SMTP), reader) if "smtp" in block else None
    return Settings(mailboxes, smtp, _state(block, reader))


def _mailbox(block: Block, reader: Reader) -> Locked[ImapSettings]:
    block.require("host", "security", "user")
    plain = ImapSettings("", "", "")
    security = _security(block, reader)
    host, user, folder = block.text("host"), block.text("user"), block.text("folder", plain.folder)
    server = ImapSettings(
        name=block.text("name") or f"{user}@{host}/{folder}",
        host=host,
        user=user,
        port=block.number("port", _IMAP_PORTS[security], least=1),
        security=SECURITY.get(security, plain.security),
        folder=folder,
        filed=_folder(block, "filed", plain.filed),
        quarantine=_folder(block, "quarantine", plain.quarantine),
        poll=_seconds(block, "poll", plain.poll, reader, least=1),
        since=_seconds(block, "since", plain.since, reader),
        cafile=block.text("cafile") or None,
    )
    for key, target in (("filed", server.filed), ("quarantine", server.quarantine)):
        if target == server.folder:
            message = f"mail would be moved from '{folder}' to '{folder}' for ever"
            reader.error(block.place_of(key), message, "name another folder")
    if "password" not in block and "oauth2" not in block:
        reader.error(block.place, "a mailbox needs 'password'", "write password: ${NAME}")
    _refuse_oauth2(block, reader)
    return Locked(server, _secret(block.get("password"), reader))


def _smtp(block: Block, reader: Reader) -> Locked[SmtpSettings]:
    block.require("host", "security")
    plain = SmtpSettings("")
    security = _security(block, reader)
    null_sender = block.choice("null_sender", NULL_SENDER, plain.null_sender)
    server = SmtpSettings(
        host=block.text("host"),
        user=block.text("user"),
        port=block.number("port", _SMTP_PORTS[security], least=1),
        security=SECURITY.get(security, plain.security),
        cafile=block.text("cafile") or None,
        connections=block.number("connections", plain.connections, least=1),
        null_sender=NULL_SENDER.get(null_sender, plain.null_sender),
        hello=block.text("hello"),
    )
    if server.user and "password" not in block and "oauth2" not in block:
        reader.error(block.place_of("user"), "'user' needs 'password'", "write password: ${NAME}")
    _refuse_oauth2(block, reader)
    return Locked(server, _secret(block.get("password"), reader))


def _security(block: Block, reader: Reader) -> str:
    security = block.choice("security", tuple(SECURITY))
    local = block.text("host") in ("localhost", "127.0.0.1", "::1")
    if security == "none" and "password" in block and not local:
        message = "with security: none the password crosses the network in clear"
        reader.warn(block.place_of("security"), message, "write tls or starttls")
    return security


def _folder(block: Block, key: str, default: str | None) -> str | None:
    """A folder; `null` means none, which is not the same as saying nothing."""
    if block.said(key) and key not in block:
        return None
    return block.text(key) or default


def _seconds(block: Block, key: str, default: float, reader: Reader, least: float = 0) -> float:
    node = block.get(key)
    if node is None:
        return default
    word = reader.text(node, f"'{key}'")
    seconds = re.fullmatch(r"(\d{1,6})\s*(s|sec|secs|seconds?|秒)?", word, re.ASCII | re.IGNORECASE)
    if seconds:
        value = float(seconds[1])
    else:
        try:
            value = parse_duration(word).elapsed().total_seconds() if word else default
        except ValueError as error:
            message, _, _ = str(error).partition("; ")
            reader.error(node.place, f"'{key}': {message}", "write it like 30s, 5m or 1d")
            return default
    if value < least:
        reader.error(node.place, f"'{key}' must be at least {least:g} second")
    return value


def _secret(node: Node | None, reader: Reader) -> Secret:
    """`${NAME}`, `{file: path}`, `{env: NAME}`; a plain text is taken, with a warning."""
    if node is None:
        return Secret()
    if isinstance(node, Table):
        block = reader.block(node, SECRET)
        if ("file" in block) == ("env" in block):
            reader.error(block.place, f"a secret is {one_of(('file: PATH', 'env: NAME'))}")
        name = block.text("env")
        _look_up(name, block.place_of("env"), reader)
        return Secret(file=block.text("file"), text=f"${{{name}}}" if name else "")
    if not isinstance(node, Scalar):
        reader.error(node.place, "a secret must be a text", "write ${NAME} or {file: path}")
        return Secret()
    secret = Secret(node.text)
    if node.text and not secret.variables:
        reader.warn(node.place, "a secret stands in this file", "write ${NAME} or {file: path}")
    for name in secret.variables:
        _look_up(name, node.place, reader)
    return secret


def _look_up(name: str, place: Place, reader: Reader) -> None:
    if name and reader.environment is not None and not reader.environment.get(name):
        message = f"the environment variable {name} is not set"
        reader.warn(place, message, "set it before 'mailflow run'")


def _refuse_oauth2(block: Block, reader: Reader) -> None:
    if "oauth2" in block:
        reader.error(block.place_of("oauth2"), "'oauth2' is not in this release", "write password: ${NAME}")


def _state(block: Block, reader: Reader) -> Secret:
    word = block.text("state", "embedded")
    if word and word != "embedded" and not re.match(r"postgres(ql)?://|\$\{", word):
        reader.error(block.place_of("state"), "'state' is neither embedded nor an address", "write postgresql://…")
    elif word.startswith("postgres"):
        reader.error(block.place_of("state"), "'state' on PostgreSQL is not in this release", "write embedded")
    return Secret(word or "embedded")


def _patterns(block: Block, reader: Reader) -> tuple[str, ...]:
    """Whose mail opens records: addresses with `*` for anything; a bare domain is taken for all of it."""
    found = []
    for node in block.items("accept_from"):
        word = reader.text(node, "'accept_from'").casefold()
        if word:
            found.append(word if "@" in word or word == "*" else f"*@{word}")
    return tuple(found)


def _limits(limits: Block) -> Limits:
    """Numbers, and sizes where the name says so."""
    plain, said = Limits(), {}
    for key in LIMITS.names:
        default: int = getattr(plain, key)
        said[key] = _size(limits, key, default) if key.endswith("_size") else limits.number(key, default)
    return Limits(**said)


def _size(limits: Block, key: str, default: int) -> int:
    word = limits.text(key)
    found = _SIZE.fullmatch(word)
    if word and not found:
        limits.reader.error(limits.place_of(key), f"'{key}': cannot read '{word}' as a size", "write it like 25MB")
    return int(float(found[1]) * _UNITS[found[2].lower()]) if found else default
