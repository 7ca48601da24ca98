"""`mailflow search`."""

import csv
import io
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.homes import MONDAY, WRITER, TestHome, letter, make

REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n优先级: 高\n导出的文件要能筛选\n")
INCIDENT = letter(WRITER, "[故障] 无法登录邮箱", "影响: 高\n紧急程度: 高\n=HYPERLINK 故障从今天 9 点起\n")
SECRET = letter(WRITER, "[机密][需求] 薪酬报表", "业务目标: 保密的目标")
KEYS = {
    "id", "kind", "state", "title", "requester", "confidential", "opened_at", "place", "key", "at", "text",
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    home = make(tmp_path_factory.mktemp("filled") / "home")
    for each in (REQUIREMENT, INCIDENT, SECRET):
        assert home.deliver(each).status == 0
    return home


@pytest.fixture
def three(filled: TestHome, tmp_path: Path) -> TestHome:
    shutil.copytree(filled.path, tmp_path / "home")
    return replace(filled, path=tmp_path / "home")


def found(home: TestHome, *words: str) -> list[str]:
    return [each["id"] for each in home("search", *words, "--format", "json").json]


def test_two_characters_find_and_all_words_must_be_there(three: TestHome) -> None:
    assert found(three, "導出") == found(three, "筛选 导出") == found(three, "筛选", "结账") == ["REQ-2026-0001"]
    assert found(three, "登录") == ["INC-2026-0001"]
    assert found(three, "登录 筛选") == []


def test_what_is_found_is_told_with_the_line_that_has_it(three: TestHome) -> None:
    (sheet,) = three("search", "筛选", "--format", "json", "--now", MONDAY).json
    assert set(sheet) == KEYS
    assert (sheet["title"], sheet["requester"], sheet["place"]) == ("报表增加导出功能", WRITER, "message")
    assert sheet["text"] == "导出的文件要能筛选"
    text = three("search", "筛选").out
    assert "REQ-2026-0001" in text and "导出的文件要能筛选" in text


def test_of_a_confidential_record_the_id_is_shown(three: TestHome) -> None:
    sheets = {each["id"]: each for each in three("search", "报表", "--format", "json").json}
    assert set(sheets) == {"REQ-2026-0001", "REQ-2026-0002"}
    secret = {name: value for name, value in sheets["REQ-2026-0002"].items() if value}
    assert secret == {"id": "REQ-2026-0002", "kind": "requirement", "confidential": True}
    for format in ("text", "csv", "json"):
        shown = three("search", "保密的目标", "--format", format).out
        assert "REQ-2026-0002" in shown and "薪酬" not in shown and "保密" not in shown and WRITER not in shown


def test_a_table_for_a_spreadsheet_holds_no_formula(three: TestHome, tmp_path: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(three("search", "hyperlink", "--format", "csv").out))
    assert (row["id"], row["text"][0]) == ("INC-2026-0001", "'")
    assert three("search", "故障", "--format", "xlsx", "--output", str(tmp_path / "found.xlsx")).status == 0
    sheet = openpyxl.load_workbook(tmp_path / "found.xlsx").active
    assert sheet is not None and sheet["A2"].value == "INC-2026-0001" and sheet["F2"].data_type == "s"


def test_nothing_found_is_said_and_no_failure(three: TestHome) -> None:
    done = three("search", "打印机")
    assert (done.status, done.out.strip()) == (0, "nothing found")
    assert three("search", "打印机", "--format", "json").json == []


def test_a_query_without_words_is_wrong_usage(three: TestHome) -> None:
    assert three("search", "？！").status == 2


def test_at_most_so_many_are_told(three: TestHome) -> None:
    assert len(three("search", "报表", "--limit", "1", "--format", "json").json) == 1
