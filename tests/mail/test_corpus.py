"""Real mail that nobody here wrote, where the collection stands beside the checkout; else these are skipped."""

import difflib
import json
import re
from typing import Any

import pytest
import yaml

from mailflow.mail.html import html_to_text
from mailflow.mail.model import Mail
from mailflow.mail.parse import parse
from mailflow.mail.reply import own_words
from tests.corpus import folder

CORPUS = folder()

pytestmark = pytest.mark.skipif(
    not (CORPUS / "manifest.json").is_file(),
    reason="no collection of real mail: set MAILFLOW_CORPUS, or put it at ../shared/corpus",
)


class _Loader(yaml.SafeLoader):
    """Reads what Ruby wrote: its tags say nothing here."""


def _untagged(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _untagged)


@pytest.fixture(scope="module")
def mails() -> list[tuple[str, str | None, Mail]]:
    """File, label, mail: each file is read once for all tests here."""
    manifest = json.loads((CORPUS / "manifest.json").read_text())
    return [(one["file"], one["label"], parse((CORPUS / one["file"]).read_bytes())) for one in manifest]


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, dict[str, Any], Mail]]:
    return [
        (path.stem, yaml.load(path.read_text(), _Loader), parse(path.with_suffix(".box").read_bytes()))
        for path in sorted((CORPUS / "zammad").glob("*.yml"))
    ]


def test_every_message_is_read(mails: list[tuple[str, str | None, Mail]]) -> None:
    broken = [(file, mail.defects) for file, _, mail in mails if any("not readable" in one for one in mail.defects)]
    assert broken == []
    for _, _, mail in mails:
        for text in (mail.subject, mail.text, mail.own, mail.title):
            text.encode("utf-8")
        assert "\n" not in mail.subject and "\r" not in mail.subject


def test_machines_are_found_and_people_are_not_taken_for_one(mails: list[tuple[str, str | None, Mail]]) -> None:
    machines = [mail for _, label, mail in mails if label in ("auto-reply", "bounce", "report")]
    assert sum(1 for mail in machines if mail.automatic) >= 0.97 * len(machines)
    assert [file for file, label, mail in mails if label == "person" and mail.automatic] == []


def test_bounces_name_who_failed(mails: list[tuple[str, str | None, Mail]]) -> None:
    bounces = [mail for _, label, mail in mails if label == "bounce"]
    assert sum(1 for mail in bounces if mail.failures) >= 0.9 * len(bounces)


def test_subjects_are_as_another_program_reads_them(expected: list[tuple[str, dict[str, Any], Mail]]) -> None:
    pairs = [(_words(want["subject"]), _words(mail.subject)) for _, want, mail in expected if want.get("subject")]
    assert sum(1 for want, got in pairs if want == got) >= 81 / 84 * len(pairs)


def test_senders_are_as_another_program_reads_them(expected: list[tuple[str, dict[str, Any], Mail]]) -> None:
    pairs = [
        (want["from_email"].strip().lower(), mail.sender.address if mail.sender else "")
        for _, want, mail in expected
        if want.get("from_email")
    ]
    assert sum(1 for want, got in pairs if want == got) >= 77 / 83 * len(pairs)


def test_bodies_are_alike_to_what_another_program_shows(expected: list[tuple[str, dict[str, Any], Mail]]) -> None:
    pairs = [(_shown(want), _words(mail.text)) for _, want, mail in expected if want.get("body") is not None]
    assert sum(1 for want, got in pairs if _alike(want, got) >= 0.97) >= 70 / 79 * len(pairs)


def test_replies_are_told_from_what_they_quote() -> None:
    pairs = [
        (own_words(path.read_text()).own.strip(), (CORPUS / "replies" / "trimmed" / path.name).read_text().strip())
        for path in sorted((CORPUS / "replies" / "emails").iterdir())
    ]
    assert sum(1 for got, want in pairs if got == want) >= 0.9 * len(pairs)


def _shown(want: dict[str, Any]) -> str:
    body = str(want["body"])
    text = html_to_text(body)[0] if "<" in body or "html" in (want.get("content_type") or "") else body
    return "" if text.strip() == "no visible content" else _words(text)


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", str(text)).strip()


def _alike(want: str, got: str) -> float:
    """How alike two texts are, punctuation and spaces aside; long ones by their first 4,000 characters."""
    left, right = (re.sub(r"\W+", "", text)[:4000] for text in (want, got))
    return difflib.SequenceMatcher(None, left, right, autojunk=False).ratio() if left or right else 1.0
