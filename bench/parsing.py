"""How fast a message is read, against mail-parser alone on the same messages in the same run."""

import logging
import statistics
import time
from collections.abc import Callable, Sequence

import mailparser

from bench import samples
from mailflow.mail.parse import parse
from tests.corpus import folder


def parsing(rounds: int) -> dict[str, object]:
    """Messages a second of both, and their ratio: on generated mail, and on real mail where there is some."""
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
    found: dict[str, object] = {"generated": _compared([samples.request(n, "parse") for n in range(200)], rounds)}
    real = corpus()
    if real:
        found["corpus"] = _compared(real, max(1, rounds // 2))
    return found


def corpus() -> list[bytes]:
    """Real messages, where there is a folder of them."""
    files = sorted(path for path in folder().rglob("*") if path.suffix in (".eml", ".box", ".email", ".txt"))
    return [path.read_bytes() for path in files if path.is_file()]


def _compared(contents: Sequence[bytes], rounds: int) -> dict[str, float]:
    ours, theirs, ratios = [], [], []
    for _ in range(rounds):
        ours.append(_rate(parse, contents))
        theirs.append(_rate(_alone, contents))
        ratios.append(ours[-1] / theirs[-1])
    return {
        "messages": len(contents),
        "mailflow_a_second": statistics.median(ours),
        "mail_parser_a_second": statistics.median(theirs),
        "ratio": statistics.median(ratios),
    }


def _alone(content: bytes) -> None:
    """What a program would take from mail-parser: subject, people, date, text, attachments."""
    found = mailparser.parse_from_bytes(content)
    _ = (found.subject, found.from_, found.to, found.date, found.message_id, found.body, found.attachments)


def _rate(read: Callable[[bytes], object], contents: Sequence[bytes]) -> float:
    start = time.perf_counter()
    for content in contents:
        try:
            read(content)
        except Exception:  # mail-parser raises on some; what it costs until then counts
            continue
    return len(contents) / (time.perf_counter() - start)
