"""`mailflow export [ID|FILTER]… DIR`: folders that people can open, with nothing in them that proves anybody."""

import re
import stat
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from tests.homes import ADDRESS, CONTACT, MONDAY, WRITER, Done, ServedHome, TestHome, letter, served

LATER = "2026-11-23T11:00"
BINARY = bytes(range(256)) * 4
SECRET = letter(WRITER, "[机密][需求] 薪酬报表", "业务目标: 保密的目标")


def request() -> bytes:
    """A requirement with two files of one name that would lead elsewhere, and a word in braces as long as a token."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = WRITER, ADDRESS, "<first@pc.example.com>"
    message["Subject"] = "[需求] 报表/导出: <b>新</b>"
    message.set_content("业务目标: 结账更快\n期望交付时间: 2026-12-31\n写给 {organization}\n")
    for name in ("../../表.bin", "表.bin"):
        message.add_attachment(BINARY, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


REQUEST = request()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHome]:
    """A requirement accepted by a button, whose token and notice are quoted in the answer; a confidential one."""
    with served(tmp_path_factory.mktemp("export") / "home") as home:
        home.mail(REQUEST)
        home.mail(SECRET)
        assert home("run", "--once", "--now", MONDAY).status == 0
        html, token, notice = asked(home)
        quoted = f"受理\n\n> 主题: 回复 {{{token}}}\n> {html[-4000:]}\n"
        threaded = {"In-Reply-To": f"<{notice}>", "Thread-Topic": f"导出 {{{token}}}"}
        home.mail(letter(CONTACT, f"Re: [REQ-2026-0001] 导出 {{{token}}}", quoted, headers=threaded))
        assert home("run", "--once", "--now", MONDAY).status == 0
        assert home.show("REQ-2026-0001")["state"] == "analysis"
        yield home


def asked(home: ServedHome) -> tuple[str, str, str]:
    """The HTML of the notice to the contact, its token, and its Message-ID."""
    content, mail = next(
        (each.content, mail) for each, mail in home.sent() if CONTACT in each.rcpt_tos and "0001" in mail.subject
    )
    html = next(body for kind, body in texts(content) if kind == "text/html")
    found = re.search(r"%7B([a-z2-7]{12})%7D", html)
    assert found
    return html, found[1], mail.message_id


def texts(content: bytes) -> list[tuple[str, str]]:
    """The text parts of a message, decoded."""
    return [
        (part.get_content_type(), bytes(part.get_payload(decode=True)).decode())
        for part in message_from_bytes(content).walk()
        if part.get_content_maintype() == "text"
    ]


def exported(home: TestHome, *arguments: str | Path) -> Done:
    return home("export", *arguments, "--now", LATER)


@pytest.fixture
def folder(office: ServedHome, tmp_path: Path) -> Path:
    done = exported(office, "REQ-2026-0001", tmp_path / "out")
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{tmp_path / 'out' / 'REQ-2026-0001'}: 7 mails, 2 attachments\n"
    return tmp_path / "out" / "REQ-2026-0001"


# --- what is written ------------------------------------------------------------------------------------


def test_a_folder_has_the_sheet_the_mails_and_the_attachments_by_date_author_and_name(folder: Path) -> None:
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"REQ-2026-0001.html", "REQ-2026-0001.xlsx"} <= there
    assert {"attachments/2026-11-23 张伟 表.bin", "attachments/2026-11-23 张伟 表-2.bin"} <= there
    assert "mails/2026-11-23 1000 张伟 [需求] 报表_导出_ _b_新__b_.eml" in there
    assert "mails/2026-11-23 1000 requests - 陈静 [REQ-2026-0001] 报表_导出_ _b_新__b_ — 请评估.eml" in there
    assert (folder / "attachments" / "2026-11-23 张伟 表.bin").read_bytes() == BINARY


def test_a_mail_without_proofs_is_written_as_it_came(folder: Path) -> None:
    assert next(folder.glob("mails/* 1000 张伟 *")).read_bytes() == REQUEST


def test_the_page_says_all_in_the_readers_words_and_is_never_markup_of_a_mail(folder: Path) -> None:
    html = (folder / "REQ-2026-0001.html").read_text("utf-8")
    for said in (
        "<h1>REQ-2026-0001 报表/导出: &lt;b&gt;新&lt;/b&gt;</h1>",
        "分析中",
        "业务目标",
        "结账更快",
        "陈静",
        "{organization}",
    ):
        assert said in html
    assert "<b>" not in html
    assert "<script" not in html
    assert [
        each for each in re.findall(r'href="([^"]+)"', html) if not each.startswith(("mails/", "attachments/"))
    ] == []


def test_the_spreadsheet_has_a_sheet_for_each_part(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "REQ-2026-0001.xlsx")
    assert book.sheetnames == ["概况", "内容", "往来邮件", "处理记录"]
    assert ["业务目标", "结账更快"] in [[cell.value for cell in row] for row in book["内容"].iter_rows()]
    assert book["往来邮件"].max_row == 8


def test_it_speaks_the_language_that_is_asked_for(office: ServedHome, tmp_path: Path) -> None:
    assert exported(office, "REQ-2026-0001", tmp_path / "out", "--language", "en").status == 0
    html = (tmp_path / "out" / "REQ-2026-0001" / "REQ-2026-0001.html").read_text("utf-8")
    assert "Business goal" in html
    assert "Analysis" in html or "analysis" in html


def test_nothing_written_proves_anybody(office: ServedHome, folder: Path) -> None:
    _, token, notice = asked(office)
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        said = [content.decode("utf-8", "replace")]
        if path.suffix == ".eml":
            said += [text for _, text in texts(content)]
            said += [str(value) for value in message_from_bytes(content).values()]
        if path.suffix == ".xlsx":
            said += [str(c.value) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row]
        for each in said:
            assert token not in each.lower(), path
            assert notice.partition("@")[0] not in each, path


def test_the_thread_is_still_one(folder: Path) -> None:
    notice = message_from_bytes(next(folder.glob("mails/*请评估*")).read_bytes())
    answer = message_from_bytes(next(folder.glob("mails/* 陈静 Re_*")).read_bytes())
    assert answer["In-Reply-To"] == notice["Message-ID"]


def test_what_was_taken_out_leaves_the_rest_of_a_mail(office: ServedHome, folder: Path) -> None:
    content = next(folder.glob("mails/* 陈静 Re_*")).read_bytes()
    (_, text), *_ = texts(content)
    assert text.startswith("受理\n\n> 主题: 回复\n> ")
    assert str(message_from_bytes(content)["To"]) == ADDRESS


# --- which records --------------------------------------------------------------------------------------


def test_without_an_id_the_filters_of_list_say_which_and_an_overview_is_written(
    office: ServedHome, tmp_path: Path
) -> None:
    done = exported(office, "state=analysis", tmp_path / "out", "--format", "json")
    (one,) = done.json
    assert (one["id"], one["folder"], one["mails"]) == ("REQ-2026-0001", str(tmp_path / "out" / "REQ-2026-0001"), 7)
    overview = (tmp_path / "out" / "overview 2026-11-23 1100.html").read_text("utf-8")
    assert 'href="REQ-2026-0001/REQ-2026-0001.html"' in overview


def test_a_confidential_record_is_written_when_it_is_named_or_asked_for(office: ServedHome, tmp_path: Path) -> None:
    done = exported(office, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").glob("REQ*")] == ["REQ-2026-0001"]
    assert done.err == "1 confidential record left out; name them, or give --confidential\n"
    overview = (tmp_path / "out" / "overview 2026-11-23 1100.html").read_text("utf-8")
    assert "REQ-2026-0002" in overview
    assert "薪酬" not in overview
    assert exported(office, "req-2026-0002", tmp_path / "named").status == 0
    secret = tmp_path / "named" / "REQ-2026-0002"
    assert "保密的目标" in (secret / "REQ-2026-0002.html").read_text("utf-8")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o700
    assert exported(office, "--confidential", tmp_path / "all").status == 0
    assert len(list((tmp_path / "all").glob("REQ*"))) == 2


def test_what_a_confidential_record_hides_cannot_be_asked_for(office: ServedHome, tmp_path: Path) -> None:
    assert exported(office, "薪酬", tmp_path / "out").out == "no records\n"


def test_nothing_that_matches_is_no_fault(office: ServedHome, tmp_path: Path) -> None:
    done = exported(office, "kind=incident", tmp_path / "out")
    assert (done.status, done.out, done.err) == (0, "no records\n", "")
    assert not (tmp_path / "out").exists()


# --- what goes wrong ------------------------------------------------------------------------------------


def test_what_is_there_stays_and_is_told(office: ServedHome, folder: Path, tmp_path: Path) -> None:
    mine = folder / "REQ-2026-0001.html"
    mine.write_text("my own notes", "utf-8")
    done = exported(office, "--confidential", tmp_path / "out")
    assert done.status == 1
    assert f"{folder} is there already" in done.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["REQ-2026-0001"]
    assert exported(office, "--confidential", "--new", tmp_path / "out").status == 0
    assert mine.read_text("utf-8") == "my own notes"
    assert (tmp_path / "out" / "REQ-2026-0002").is_dir()
    assert exported(office, "--confidential", "--new", tmp_path / "out").status == 0
    assert (tmp_path / "out" / "overview 2026-11-23 1100-2.html").is_file()


def test_a_link_is_not_followed_out_of_the_folder(office: ServedHome, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "REQ-2026-0001").symlink_to(tmp_path / "elsewhere")
    assert exported(office, "REQ-2026-0001", tmp_path / "out").status == 1
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_half_written_is_left_when_the_disk_says_no(office: ServedHome, tmp_path: Path) -> None:
    # A folder name that is too long for the system stands for any OSError.
    done = exported(office, "REQ-2026-0001", tmp_path / ("x" * 300) / "out")
    assert done.status == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "Missing argument"),
        (("REQ-2026-0001",), 2, "the last word is the folder to write to"),
        (("kind=incident",), 2, "the last word is the folder to write to"),
        (("open",), 2, "the last word is the folder to write to"),
        (("kind=incdent", "out"), 2, "did you mean 'incident'"),
        (("REQ-2026-0001", "FILE"), 2, "is a file, not a folder"),
        (("REQ-2026-0099", "out"), 1, "there is no record REQ-2026-0099; did you mean REQ-2026-000"),
        (("--language", "fr", "out"), 2, "the site has no language 'fr'"),
        (("--format", "csv", "out"), 2, "csv"),
    ],
)
def test_wrong_arguments_are_told(
    office: ServedHome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").write_text("mine", "utf-8")
    done = office("export", *arguments)
    assert (done.status, done.out) == (status, "")
    assert said in " ".join(done.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["FILE"]
