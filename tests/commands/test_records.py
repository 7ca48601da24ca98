"""`mailflow list`, `show` and `act`."""

import csv
import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from mailflow.core.calendar import Calendar
from mailflow.ports import Item
from mailflow.report.sheet import mail_sheet
from tests.homes import CONTACT, MONDAY, WRITER, ServedHome, TestHome, letter, make

REQUIREMENT = letter(
    WRITER,
    "[需求] 报表增加导出功能",
    "业务目标: 结账更快\n优先级: 高\n期望交付时间: 2026-12-31",
    message_id="first@pc.example.com",
)
INCIDENT = letter(WRITER, "[故障] 无法登录邮箱", "影响: 高\n紧急程度: 高\n从今天 9 点起")
SECRET = letter(WRITER, "[机密][需求] 薪酬报表", "业务目标: 保密的目标")
SHEET = {
    "id", "kind", "state", "title", "requester", "priority", "language", "confidential", "opened_at", "due", "fields",
    "tasks", "messages", "history", "mails", "links",
}  # fmt: skip
MESSAGE = {"message_id", "direction", "from", "to", "subject", "date"}
MAIL = {"id", "to", "cc", "subject", "template", "rule", "status", "attempts", "not_before", "sent_at"}
ENTRY = {"number", "at", "by", "rule", "type", "text", "data", "verdicts"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A home with a requirement, an incident and a confidential requirement; to be looked at only."""
    home = make(tmp_path_factory.mktemp("filled") / "home")
    for each in (REQUIREMENT, INCIDENT, SECRET):
        assert home.deliver(each).status == 0
    return home


@pytest.fixture
def three(filled: TestHome, tmp_path: Path) -> TestHome:
    """A copy of it."""
    shutil.copytree(filled.path, tmp_path / "home")
    return replace(filled, path=tmp_path / "home")


def ids(home: TestHome, *filters: str) -> list[str]:
    return [each["id"] for each in home("list", *filters, "--format", "json", "--now", MONDAY).json]


# --- show -----------------------------------------------------------------------------------------------


def test_a_sheet_has_the_keys_of_the_contract(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home("run", "--once", "--now", MONDAY)
    sheet = served_home.show("REQ-2026-0001")
    assert set(sheet) >= SHEET
    assert (sheet["kind"], sheet["state"], sheet["title"]) == ("requirement", "received", "报表增加导出功能")
    assert (sheet["requester"], sheet["priority"], sheet["language"]) == (WRITER, "high", "zh")
    assert (sheet["confidential"], sheet["due"]) == (False, "2026-12-31")
    assert sheet["opened_at"] == "2026-11-23T10:00:00+08:00"
    assert sheet["fields"]["goal"] == "结账更快"
    assert all(set(each) >= MESSAGE for each in sheet["messages"])
    assert all(set(each) >= MAIL for each in sheet["mails"])
    assert all(set(each) >= ENTRY for each in sheet["history"])


def test_messages_are_what_came_and_what_was_sent(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home("run", "--once", "--now", MONDAY)
    messages = served_home.show("REQ-2026-0001")["messages"]
    assert [each["direction"] for each in messages] == ["in", "out", "out", "out"]
    assert messages[0] | {"text": "", "attachments": []} == {
        "message_id": "first@pc.example.com",
        "direction": "in",
        "from": WRITER,
        "to": ["requests@example.com"],
        "subject": "[需求] 报表增加导出功能",
        "date": "2026-11-23T09:59:00+08:00",
        "at": "2026-11-23T10:00:00+08:00",
        "automatic": False,
        "text": "",
        "attachments": [],
    }
    ours = {mail.message_id for _, mail in served_home.sent()}
    assert {each["message_id"] for each in messages[1:]} == ours


def test_a_mail_that_waits_is_no_message_yet(home: TestHome) -> None:
    home.deliver(REQUIREMENT, "2026-11-22T10:00")  # a Sunday
    sheet = home.show("REQ-2026-0001")
    assert [each["direction"] for each in sheet["messages"]] == ["in"]
    assert {each["status"] for each in sheet["mails"]} == {"pending"}
    answer = next(each for each in sheet["mails"] if each["to"] == [WRITER])
    assert (answer["not_before"], answer["sent_at"]) == ("2026-11-22T10:00:00+08:00", None)
    waiting = next(each for each in sheet["mails"] if each["to"] == [CONTACT])
    assert waiting["not_before"] == "2026-11-23T09:00:00+08:00"


def test_information_copies_are_no_mails_of_their_own(three: TestHome) -> None:
    mails = three.show("INC-2026-0001")["mails"]
    copied = {address for each in mails for address in each["cc"]}
    assert all(each["to"] or each["cc"] for each in mails)
    assert len({(each["subject"], *each["to"]) for each in mails}) == len(mails)
    assert not [each for each in mails if not each["to"] and set(each["cc"]) & copied]


def test_a_meeting_shows_who_comes(home: TestHome) -> None:
    meeting = "会议时间: 2026-12-01 10:00\n参会人: 李娜、陈静\n议程: 进度"
    home.deliver(letter(WRITER, "[会议] 客户编码协调会", meeting))
    home("act", "MTG-2026-0001", "不参加：出差", "--as", CONTACT, "--now", MONDAY)
    found = {each["address"]: each for each in home.show("MTG-2026-0001")["attendance"]}
    assert {address: each["answer"] for address, each in found.items() if each["answer"]} == {CONTACT: "declined"}
    assert found[CONTACT]["comment"] == "出差" and len(found) == 3
    text = home("show", "MTG-2026-0001").out
    assert f"{CONTACT}: declined; 出差" in text and "no answer yet" in text


@pytest.mark.parametrize(("rules", "shown"), [(("a",), "a"), (("a", "b"), ["a", "b"]), ((), [])])
def test_a_bundle_has_lists_of_rules_and_templates(rules: tuple[str, ...], shown: object) -> None:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    item = Item("i", "m", "remind", rules, rules, (), (CONTACT,), (), (CONTACT,), "s", at, at, at)
    sheet = mail_sheet(item, Calendar.round_the_clock(ZoneInfo("Asia/Shanghai")))
    assert (sheet["rule"], sheet["template"]) == (shown, shown)
    assert sheet["not_before"] == "2026-11-23T10:00:00+08:00"


def test_without_a_date_a_record_is_due_at_its_next_escalation(three: TestHome) -> None:
    assert three.show("INC-2026-0001")["due"] == "2026-11-23T10:15:00+08:00"


def test_history_tells_what_happened_by_whom_and_by_which_rule(three: TestHome) -> None:
    history = three.show("REQ-2026-0001")["history"]
    assert [each["number"] for each in history] == list(range(1, len(history) + 1))
    assert (history[0]["type"], history[0]["by"], history[0]["rule"]) == ("Opened", WRITER, "open")
    (goal,) = [each for each in history if each["data"].get("name") == "goal"]
    assert goal["text"] == "goal = 结账更快 (line 1)"


def test_an_unknown_id_is_answered_with_the_nearest_ones(three: TestHome) -> None:
    done = three("show", "REQ-2026-0011", "--format", "json")
    assert (done.status, done.out) == (1, "")
    assert "REQ-2026-0001" in done.err


def test_an_id_is_found_in_any_case(three: TestHome) -> None:
    assert three.show("req-2026-0001")["id"] == "REQ-2026-0001"


def test_the_text_names_attachments_mails_and_history(home: TestHome) -> None:
    body = (
        "--x\nContent-Type: text/plain; charset=utf-8\n\n业务目标: 快\n--x\n"
        'Content-Type: application/pdf\nContent-Disposition: attachment; filename="plan.pdf"\n\nPDF\n--x--'
    )
    head = {"Content-Type": 'multipart/mixed; boundary="x"'}
    home.deliver(letter(WRITER, "[需求] x", body, headers=head))
    text = home("show", "REQ-2026-0001").out
    for word in ("plan.pdf", "goal: 快", "requirement.received.received", "entered received"):
        assert word in text


# --- list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([], ["REQ-2026-0001", "INC-2026-0001", "REQ-2026-0002"]),
        (["kind=incident"], ["INC-2026-0001"]),
        (["kind=incident,requirement", "priority=high"], ["REQ-2026-0001", "INC-2026-0001"]),
        ([f"requester={WRITER.upper()}"], ["REQ-2026-0001", "INC-2026-0001"]),
        (["state=received", "open"], ["REQ-2026-0001"]),
        (["goal=结账更快"], ["REQ-2026-0001"]),
        (["報表"], ["REQ-2026-0001"]),
        (["0002"], ["REQ-2026-0002"]),
        (["薪酬"], []),
        (["薪酬", "--confidential"], ["REQ-2026-0002"]),
        (["confidential"], ["REQ-2026-0002"]),
        (["closed"], []),
        (["overdue"], []),
        (["id=REQ-2026-0001"], ["REQ-2026-0001"]),
    ],
)
def test_all_filters_must_hold(three: TestHome, filters: list[str], found: list[str]) -> None:
    assert ids(three, *filters) == found


def test_a_record_whose_date_is_over_is_overdue_until_it_is_closed(three: TestHome) -> None:
    later = ("list", "overdue", "kind=requirement", "--format", "json", "--now", "2027-01-04T10:00")
    assert [each["id"] for each in three(*later).json] == ["REQ-2026-0001"]
    assert three("act", "REQ-2026-0001", "撤回", "--as", WRITER, "--now", MONDAY).status == 0
    assert three(*later).json == []
    assert ids(three, "closed") == ["REQ-2026-0001"]


def test_a_record_is_overdue_once_it_was_escalated(three: TestHome) -> None:
    three("run", "--once", "--now", "2026-11-23T10:14")
    assert ids(three, "overdue") == []
    three("run", "--once", "--now", "2026-11-23T10:15")  # fifteen minutes for a high one (P4.2, P4.5)
    assert ids(three, "overdue") == ["INC-2026-0001"]


def test_a_list_has_what_show_has_but_for_messages_and_history(three: TestHome) -> None:
    sheet = three.show("REQ-2026-0001")
    listed = three("list", "id=REQ-2026-0001", "--format", "json", "--now", MONDAY).json
    assert listed == [{name: value for name, value in sheet.items() if name not in ("messages", "history")}]


@pytest.mark.parametrize("format", ["text", "json", "csv"])
def test_a_confidential_record_is_listed_by_its_id_alone(three: TestHome, format: str) -> None:
    done = three("list", "kind=requirement", "--format", format, "--now", MONDAY)
    assert "REQ-2026-0002" in done.out
    assert "薪酬" not in done.out and "保密" not in done.out
    whole = three("list", "kind=requirement", "--format", format, "--confidential", "--now", MONDAY)
    assert "薪酬报表" in whole.out


def test_a_title_is_never_a_formula_nor_markup(home: TestHome) -> None:
    home.deliver(letter(WRITER, "[需求] =HYPERLINK(1)", "业务目标: 快"))
    home.deliver(letter(WRITER, "[需求] x [bold]y[/bold] :smile:", "业务目标: 快"))
    rows = list(csv.reader(io.StringIO(home("list", "--format", "csv").out)))
    assert rows[0][0] == "id" and rows[1][-1] == "'=HYPERLINK(1)"
    assert "x [bold]y[/bold] :smile:" in home("list").out


def test_a_spreadsheet_goes_to_a_file_or_to_standard_output(three: TestHome, tmp_path: Path) -> None:
    three.deliver(letter(WRITER, "[需求] =1+1", "业务目标: 快"))
    done = three("list", "--format", "xlsx", "--output", tmp_path / "records.xlsx")
    assert (done.status, done.out) == (0, "")
    for source in (tmp_path / "records.xlsx", io.BytesIO(three("list", "--format", "xlsx").raw)):
        sheet = openpyxl.load_workbook(source).active
        assert sheet is not None
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[0][0] == "id" and rows[1][0] == "REQ-2026-0001"
        assert rows[4][-1] == "=1+1" and sheet.cell(5, len(rows[0])).data_type == "s"


def test_output_is_for_files(three: TestHome, tmp_path: Path) -> None:
    assert three("list", "--output", tmp_path / "x").status == 2
    assert three("list", "--format", "csv", "--output", tmp_path / "no" / "x").status == 1


# --- act ------------------------------------------------------------------------------------------------


def test_a_command_is_done_as_if_it_had_been_mailed(three: TestHome) -> None:
    done = three("act", "REQ-2026-0001", "受理", "--as", CONTACT, "--now", MONDAY)
    assert done.status == 0
    assert done.out.startswith("受理: done\nREQ-2026-0001 is analysis\n")
    assert three.show("REQ-2026-0001")["state"] == "analysis"


@pytest.mark.parametrize(
    ("who", "words", "said"),
    [
        (WRITER, ["受理"], "none of"),
        (CONTACT, ["驳回"], "needs reason"),
        (CONTACT, ["并无此令"], "no command"),
        (CONTACT, ["验收通过"], ""),
    ],
)
def test_what_is_refused_is_said_with_what_could_be(three: TestHome, who: str, words: list[str], said: str) -> None:
    done = three("act", "REQ-2026-0001", *words, "--as", who, "--now", MONDAY)
    assert done.status == 1
    assert said in done.err
    assert f"{who} can say: " in done.err
    assert three.show("REQ-2026-0001")["state"] == "received"


def test_words_may_follow_the_options_and_be_several(three: TestHome) -> None:
    done = three("act", "REQ-2026-0001", "--as", CONTACT, "--now", MONDAY, "驳回:", "没有", "预算")
    assert done.status == 0, done.err
    assert three.show("REQ-2026-0001")["state"] == "rejected"


def test_a_command_on_no_record_is_an_error(three: TestHome) -> None:
    done = three("act", "REQ-2026-0009", "受理", "--as", CONTACT)
    assert done.status == 1
    assert "there is no record REQ-2026-0009" in done.err


# --- reindex --------------------------------------------------------------------------------------------


def test_reindex_changes_nothing_that_is_shown(three: TestHome) -> None:
    before = three.show("INC-2026-0001")
    done = three("reindex", "--now", MONDAY)
    assert (done.status, done.out) == (0, "3 records reindexed\n")
    assert three.show("INC-2026-0001") == before


def test_the_number_of_another_program_finds_its_record_again(home: TestHome) -> None:
    home.deliver(letter(WRITER, "[需求] [#12345] 报表", "业务目标: 快"))
    home.deliver(letter(WRITER, "[需求] 别的", "业务目标: 快"))
    assert [each["id"] for each in home("list", "12345", "--format", "json").json] == ["REQ-2026-0001"]
