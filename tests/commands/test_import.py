"""Open matters of a spreadsheet become records: what a row says, what is wrong with it, and nobody is written to."""

from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from mailflow.core.receiving.importing import Row
from mailflow.importing import Sheet, import_rows, understood
from mailflow.mail.tables import sheet_rows
from tests.world import IT_CONTACT, IT_HEAD, REQUESTER, World

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CSV = (
    "遗留需求清单,,,,,,\n"
    "编号,标题,提出人,状态,业务目标,期望交付时间,处理人,备注\n"
    "A-17,报表导出,张伟,实施中,缩短对账时间,2026-04-01,王磊,\n"
    "\n"
    "A-18,合同检索,李娜,,,4月15日,,\n"
)


def read(world: World, text: str) -> Sheet:
    policy = world.engine.policy
    tables = sheet_rows("open.csv", text.encode())
    return understood(tables, policy.workflow("requirement"), policy, NOW)


def imported(world: World, sheet: Sheet) -> list[str]:
    policy = world.engine.policy
    workflow = policy.workflow("requirement")
    return list(import_rows(world.store, sheet.rows, "open.csv", workflow, policy, world.clock.now()).values())


def test_a_row_is_read_by_the_heads_of_its_columns() -> None:
    sheet = read(World(), CSV)
    assert sheet.heads and (sheet.heads.line, sheet.heads.unknown) == (2, ("备注",))
    first, second = sheet.rows
    assert first == Row(
        line=3,
        key="requirement A-17",
        title="报表导出",
        requester=REQUESTER,
        state="building",
        number="A-17",
        fields={"goal": "缩短对账时间", "due": "2026-04-01"},
        roles={"handler": IT_HEAD},
    )
    assert (second.line, second.state, second.fields) == (5, "received", {"due": "2026-04-15"})


def test_a_row_becomes_a_record_in_its_state_and_nobody_is_written_to() -> None:
    world = World()
    first, second = imported(world, read(world, CSV))
    record = world.record(first)
    assert (record.state, record.requester, record.roles["handler"]) == ("building", REQUESTER, IT_HEAD)
    assert [each.record for each in record.links] == ["A-17"]
    assert world.record(second).fields["priority"] == "medium"
    assert world.sent() == []


def test_timers_count_from_the_import_and_replies_find_the_record() -> None:
    world = World()
    _, second = imported(world, read(world, CSV))
    world.until("Mon 14:30")
    assert world.times(IT_CONTACT, "assess-reminder") == ["Mon 14:30"]
    reminder = world.sent(IT_CONTACT, "assess-reminder")[0]
    world.mail("Mon 15:00", IT_CONTACT, f"Re: {reminder.subject}", "受理", answers=reminder)
    assert world.record(second).state == "analysis"


def test_the_same_file_imports_nothing_twice_and_only_what_is_new_in_it() -> None:
    world = World()
    imported(world, read(world, CSV))
    assert imported(world, read(world, CSV)) == []
    assert len(imported(world, read(world, CSV + "A-19,门禁,张伟,,,,\n"))) == 1


def test_a_row_that_is_not_understood_is_told_and_the_rest_is_imported() -> None:
    world = World()
    text = "title,requester,state,期望交付时间\nx,Jim Kirk,,\ny,张伟,doing,尽快\n,张伟,,\nz,张伟,closed,\nw,tom.green@example.com,,\n"
    text += "v,jim@elsewhere.com,,\n"
    sheet = read(world, text)
    problems = {row.line: row.problems for row in sheet.rows if row.problems}
    assert problems[2] == ("requester: unknown person Jim Kirk",)
    assert problems[3][0].startswith("unknown state 'doing'; states are received, ")
    assert problems[3][1].startswith("due: vague date")
    assert (problems[4], problems[5]) == (("there is no title",), ("it is over (closed)",))
    assert problems[7] == ("requester: jim@elsewhere.com is nobody of this site; accept_from in site.yaml says who is",)
    assert len(imported(world, sheet)) == 1


def test_a_workbook_is_read_like_text_and_a_file_without_heads_is_no_sheet(tmp_path: Path) -> None:
    world, book = World(), openpyxl.Workbook()
    book.active.append(["标题", "提出人", "期望交付时间"])
    book.active.append(["报表", "张伟", datetime(2026, 4, 1)])
    book.save(tmp_path / "open.xlsx")
    policy = world.engine.policy
    tables = sheet_rows("open.xlsx", (tmp_path / "open.xlsx").read_bytes())
    (row,) = understood(tables, policy.workflow("requirement"), policy, NOW).rows
    assert (row.title, row.fields) == ("报表", {"due": "2026-04-01"})
    assert read(world, "a,b\n1,2\n").heads is None
