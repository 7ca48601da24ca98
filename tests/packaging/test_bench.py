"""Each part of `make bench` measures what is shipped; here in little."""

from pathlib import Path

import pytest

from bench.flow import throughput
from bench.growth import growth
from bench.parsing import parsing
from bench.site import sites
from bench.stages import STAGES, stages


def test_parsing_is_compared_on_mail_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAILFLOW_CORPUS", str(tmp_path))
    found = parsing(rounds=1)
    assert list(found) == ["generated"]


def test_growth_is_measured_with_the_shipped_rules() -> None:
    found = growth(few=2, many=4, messages=2, rounds=1)
    assert set(found) == {"milliseconds_a_message", "ratio"}


def test_stages_and_throughput_are_measured_on_dovecot() -> None:
    with sites() as maker:
        assert set(stages(maker, messages=2, rounds=1)) == set(STAGES)
        assert throughput(maker, messages=4, rounds=1)["messages"] == 4
