"""Wrong arguments are told with what to write instead; status 2 where the usage is wrong, 1 where something is not there."""

from pathlib import Path

import pytest

from tests.homes import MONDAY, WRITER, TestHome, letter, make

HEADLESS = "a,b\n1,2\n"
OPEN = "标题,提出人,状态\n甲,zhang.wei@example.com,分析中\n乙,nobody,无此状态\n"
STORY = "title: x\nstory:\n  - at: nonsense\n    from: zhang.wei\n    body: x\n"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> TestHome:
    """A home with a requirement, an unfiled message, and files of several kinds; to be looked at only."""
    home = make(tmp_path_factory.mktemp("wrong") / "home")
    home.deliver(letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31"))
    home.deliver(letter("x@elsewhere.test", "hello", "hi"))
    for name, text in (("headless.csv", HEADLESS), ("open.csv", OPEN), ("bad.yaml", STORY), ("empty.yaml", "")):
        (home.path / name).write_text(text, "utf-8")
    (home.path / "bin.xlsx").write_bytes(b"\0\1")
    return home


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("outbox list --format csv", 2, "'csv' is not one of"),
        ("outbox list extra", 2, "unexpected extra argument"),
        ("outbox show zzzz", 1, "there is no mail zzzz"),
        ("outbox retry zzzz", 1, "there is no mail zzzz"),
        ("outbox retry x --now soon", 2, "'soon' is no time"),
        ("outbox drop", 2, "Missing argument"),
        ("outbox mute nobody", 2, "'nobody' is neither all nor a kind nor a person"),
        ("outbox mute incidnt", 2, "did you mean 'incident'"),
        ("outbox unmute", 1, "all is not muted; muted is nothing"),
        ("outbox unmute incident", 1, "incident is not muted"),
        ("list --away open", 2, "--away lists people"),
        ("list --away --output x.txt", 2, "redirect it"),
        ("explain", 2, "Missing argument"),
        ("explain REQ-2026-0009", 1, "there is no record REQ-2026-0009"),
        ("explain REQ-2026-0001 --mail 0", 2, "--mail"),
        ("explain REQ-2026-0001 --mail 99", 1, "has 3 mails"),
        ("explain REQ-2026-0001 --mail x", 2, "integer"),
        ("introduce", 2, "name addresses, or say --all"),
        ("introduce --all zhang.wei@example.com", 2, "name addresses, or say --all"),
        ("introduce nobody@example.com", 1, "rules/people.yaml does not know nobody@example.com"),
        ("introduce zhang.wie@example.com", 1, "did you mean 'zhang.wei@example.com'"),
        ("import", 2, "Missing argument"),
        ("import open.csv", 2, "--kind"),
        ("import open.csv --kind requirment", 2, "did you mean 'requirement'"),
        ("import none.csv --kind 需求", 1, "none.csv: No such file or directory"),
        ("import . --kind 需求", 1, "Is a directory"),
        ("import bin.xlsx --kind 需求", 1, "cannot be read"),
        ("import headless.csv --kind 需求", 1, "no row names the columns"),
        ("import open.csv --kind 需求 --dry-run", 1, "open.csv:3: there is no requester; unknown state '无此状态'"),
        ("report pol", 2, "did you mean 'pool'"),
        ("report pool --language fr", 2, "it has zh, en"),
        ("report --format xlsx", 2, "name the report"),
        ("report pool --format csv --output none/x.csv", 1, "No such file or directory"),
        ("simulate", 2, "Missing argument"),
        ("simulate none.yaml", 1, "none.yaml: No such file or directory"),
        ("simulate bad.yaml", 1, "bad.yaml:3:9: 'at': this is no moment"),
        ("simulate empty.yaml", 1, "a story needs 'story'"),
        ("simulate open.csv --for soon", 2, "cannot read 'soon' as a duration"),
        ("simulate open.csv --for -3d", 2, "cannot read '-3d' as a duration"),
        ("simulate open.csv bad.yaml", 2, "stories and messages"),
        ("quarantine show zzzz", 1, "there is no message zzzz"),
        ("quarantine release", 2, "name one message, or give --all"),
        ("quarantine release --all --as incident", 2, "name one message"),
        ("quarantine release zzzz --as incdent", 2, "did you mean 'incident'"),
        ("inspect .", 1, "Is a directory"),
        ("inspect none.eml", 1, "No such file or directory"),
        ("inspect open.csv --now soon", 2, "'soon' is no time"),
        ("show REQ-2026-0009", 1, "did you mean REQ-2026-0001"),
        ("search ...", 2, "no word to search for"),
        ("diagram incdent", 1, "did you mean 'incident'"),
    ],
)
def test_what_is_wrong_is_said(
    filled: TestHome, monkeypatch: pytest.MonkeyPatch, arguments: str, status: int, said: str
) -> None:
    monkeypatch.chdir(filled.path)
    done = filled(*arguments.split())
    assert done.status == status, done
    assert said in " ".join(done.err.replace("│", " ").split())
    assert done.out == "" or arguments.startswith("import open.csv")


@pytest.mark.parametrize("arguments", [("show", ""), ("retry", ""), ("drop", "")])
def test_no_id_at_all_is_wrong_usage(filled: TestHome, arguments: tuple[str, str]) -> None:
    assert filled("outbox", *arguments).status == 2


def test_an_unfiled_message_that_is_released_without_a_kind_stays(filled: TestHome) -> None:
    (one,) = filled("quarantine", "list", "--unfiled", "--format", "json").json
    done = filled("quarantine", "release", one["id"])
    assert done.status == 1
    assert "belongs to no record; begin one with --as KIND" in done.err


def test_an_empty_quarantine_is_said(filled: TestHome) -> None:
    done = filled("quarantine", "release", "--all")
    assert (done.status, done.out) == (0, "the quarantine is empty\n")


def test_people_are_introduced_by_name_too(filled: TestHome) -> None:
    done = filled("introduce", "张伟", "zhang.wei@example.com", "--dry-run", "--now", MONDAY)
    assert (done.status, done.out) == (0, f"{WRITER}\n")


def test_absences_come_in_every_form(filled: TestHome, tmp_path: Path) -> None:
    assert filled("list", "--away", "--format", "json").json == []
    assert filled("list", "--away", "--format", "csv").out.splitlines() == ["person,first,last,deputy,by"]
    assert filled("list", "--away", "--format", "xlsx", "--output", tmp_path / "a.xlsx").status == 0
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")


def test_the_reports_are_listed_for_programs(filled: TestHome) -> None:
    found = filled("report", "--format", "json").json
    assert {"report": "pool", "title": "需求池"}.items() <= found[0].items()


def test_what_is_muted_is_said_as_it_is_asked_for(home: TestHome) -> None:
    assert home("outbox", "mute", "故障").out == "muted: incident\n"
    assert home("outbox", "mute", "张伟").out == f"muted: incident, {WRITER}\n"
    assert "change is not muted; muted is incident, zhang.wei@example.com" in home("outbox", "unmute", "change").err
    assert home("outbox", "unmute", "incident").out == "incident unmuted; 0 mails to be sent\n"
    assert home("outbox", "unmute", WRITER, "--drop").status == 0


def test_a_mail_that_is_dropped_twice_is_dropped_already(home: TestHome) -> None:
    home.deliver(letter(WRITER, "[需求] x", "业务目标: y"))
    first = home("outbox", "list", "--format", "json").json[0]["id"]
    assert home("outbox", "drop", first).status == 0
    assert f"{first} is dropped already" in home("outbox", "drop", first).err
    assert home("outbox", "retry", first).out == "1 mail to be sent\n"
