"""`python -m bench [--quick] [--json] [PART…]`: measure, and print what was measured beside what is aimed at."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping

from bench.flow import latency, throughput
from bench.growth import growth
from bench.parsing import parsing
from bench.site import Maker, sites
from bench.stages import stages
from tests.servers.support import program

Found = dict[str, object]

# What is aimed at: where in the result, which way, how much, in which unit.
AIMS: tuple[tuple[str, str, float, str], ...] = (
    ("flow.messages_a_second.median", ">=", 100, "messages a second, every commit durable"),
    ("flow.resident_mb.most", "<", 150, "MB resident, the daemon under load"),
    ("latency.dovecot.announced_to_acknowledgement_ms.median", "<", 300, "ms from the server's word to the answer"),
    ("latency.embedded.delivery_to_acknowledgement_ms.median", "<", 300, "ms from delivery to the answer"),
    ("growth.ratio", "<=", 1.2, "cost of a message with many records against few"),
    ("parsing.generated.ratio", ">=", 0.8, "of mail-parser's rate, generated mail"),
    ("parsing.corpus.ratio", ">=", 0.8, "of mail-parser's rate, real mail"),
)


def parts(quick: bool) -> dict[str, Callable[[Maker | None], Found]]:
    """Each part of the measurement; those that get no Maker need no server."""
    return {
        "parsing": lambda maker: parsing(rounds=3 if quick else 9),
        "growth": lambda maker: growth(1_000, 5_000 if quick else 50_000, messages=200, rounds=3 if quick else 7),
        "stages": lambda maker: stages(_need(maker), messages=200 if quick else 500, rounds=2 if quick else 5),
        "flow": lambda maker: throughput(_need(maker), messages=300 if quick else 1_000, rounds=2 if quick else 5),
        "latency": lambda maker: latency(_need(maker), messages=10 if quick else 40),
    }


SERVED = ("stages", "flow", "latency")


def main() -> int:
    known = parts(quick=False)
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    words.add_argument("part", nargs="*", choices=[[], *known], help="what to measure; all of it when none is named")
    words.add_argument("--quick", action="store_true", help="less of everything: a minute instead of several")
    words.add_argument("--json", action="store_true", help="one JSON document and nothing else")
    asked = words.parse_args()
    names = asked.part or list(known)
    if not program("dovecot"):
        left = [name for name in names if name in SERVED]
        print(f"Dovecot is not installed (Debian: dovecot-imapd); left out: {', '.join(left)}", file=sys.stderr)
        names = [name for name in names if name not in SERVED]
    found: Found = {"machine": machine()}
    found.update(measured(names, asked.quick))
    print(json.dumps(found, indent=1) if asked.json else table(found))
    return 0


def measured(names: list[str], quick: bool) -> Found:
    known = parts(quick)
    found: Found = {}
    for name in [name for name in names if name not in SERVED]:
        print(f"measuring {name} …", file=sys.stderr)
        found[name] = known[name](None)
    served = [name for name in names if name in SERVED]
    if served:
        with sites() as maker:
            for name in served:
                print(f"measuring {name} …", file=sys.stderr)
                found[name] = known[name](maker)
    return found


def _need(maker: Maker | None) -> Maker:
    assert maker is not None
    return maker


def machine() -> Found:
    model = ""
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def table(found: Found) -> str:
    """Everything measured, a line each, with what is aimed at where there is an aim."""
    aims = {path: (sign, aim, unit) for path, sign, aim, unit in AIMS}
    lines = []
    for path, value in flat(found):
        said = f"{value:.2f}" if isinstance(value, float) else str(value)
        aim = ""
        if path in aims and isinstance(value, int | float):
            sign, wanted, unit = aims[path]
            aim = f"  {'meets' if held(value, sign, wanted) else 'MISSES'} {sign} {wanted:g} {unit}"
        lines.append(f"{path:58} {said:>12}{aim}")
    return "\n".join(lines)


def held(value: float, sign: str, aim: float) -> bool:
    match sign:
        case ">=":
            return value >= aim
        case "<=":
            return value <= aim
        case _:
            return value < aim


def flat(found: Mapping[str, object], before: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in found.items():
        path = f"{before}{name}"
        rows += flat(value, f"{path}.") if isinstance(value, Mapping) else [(path, value)]
    return rows


if __name__ == "__main__":
    sys.exit(main())
