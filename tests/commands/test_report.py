"""`mailflow report`: a report of rhythm.yaml in each form, and what is said of a wrong argument."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from tests.homes import MONDAY, WRITER, TestHome, letter, make

OPEN = letter(WRITER, "[需求] 销售日报表", "业务目标: 结账更快\n优先级: 高\n期望交付时间: 2026-12-31")
SECRET = letter(WRITER, "[机密][需求] 薪酬报表", "业务目标: 保密\n期望交付时间: 2026-12-31")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A home with two requirements, one of them confidential; to be looked at only."""
    home = make(tmp_path_factory.mktemp("filled") / "home")
    for each in (OPEN, SECRET):
        assert home.deliver(each).status == 0
    return home


def test_without_a_name_the_reports_are_listed(filled: TestHome) -> None:
    assert [line.split()[0] for line in filled("report").out.splitlines()[1:]] == [
        each["report"] for each in filled("report", "--format", "json").json
    ]
    assert {"report": "plan", "title": "计划与进度表", "to": ""} in filled("report", "--format", "json").json
    assert filled("report", "--format", "csv").status == 2


def test_each_form_has_the_same_rows_and_of_a_confidential_one_the_number_alone(
    filled: TestHome, tmp_path: Path
) -> None:
    found = filled("report", "pool", "--format", "json", "--now", MONDAY).json
    assert [(row["id"], row["title"], row["hidden"]) for row in found["rows"]] == [
        ("REQ-2026-0001", "销售日报表", False),
        ("REQ-2026-0002", "", True),
    ]
    rows = list(csv.reader(io.StringIO(filled("report", "pool", "--format", "csv", "--now", MONDAY).out)))
    assert len(rows) == 3 and "处理人" in rows[0] and rows[2][0] == "REQ-2026-0002"
    path = tmp_path / "pool.xlsx"
    assert filled("report", "pool", "--format", "xlsx", "--output", path, "--now", MONDAY).status == 0
    assert [row[0] for row in openpyxl.load_workbook(path).active.values][1:] == ["REQ-2026-0001", "REQ-2026-0002"]
    whole = filled("report", "pool", "--confidential", "--language", "en", "--now", MONDAY).out
    assert "薪酬报表" in whole and "Requirement" not in whole and "Number" in whole


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["poool"], "did you mean 'pool'?"),
        (["pool", "--language", "fr"], "the site has no language 'fr'"),
        (["pool", "--output", "x.txt"], "text and json go to standard output"),
        (["pool", "--format", "yaml"], "'yaml' is not one of"),
        (["pool", "more"], "unexpected extra argument"),
        (["pool", "--now", "gestern"], "is no time"),
    ],
)
def test_a_wrong_argument_is_told_with_what_to_write(filled: TestHome, arguments: list[str], said: str) -> None:
    done = filled("report", *arguments)
    assert (done.status, done.out) == (2, "") and said in " ".join(done.err.split())
