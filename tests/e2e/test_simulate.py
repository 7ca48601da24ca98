"""`simulate` prints the very mails that `run` then sends: when, to whom, what, by which rule."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.office import (
    CONTACT,
    ENGLISH,
    REQUESTER,
    Arrived,
    Office,
    clock,
    local,
    message,
)

KINDS = {
    "requirement": ("[需求] 报表导出", "业务目标：快\n期望交付时间：2026-03-20"),
    "change": ("[变更] 加索引", "变更内容：加索引\n变更原因：慢\n变更时间：2026-03-07\n影响部门：财务部"),
    "incident": ("[故障] 全公司无法登录", "影响：全公司\n紧急程度：高"),
    "minutes": (
        "[纪要] 周会",
        "会议日期：2026-03-02\n参会人：张伟、李娜、孙强\n\n"
        "| 事项 | 负责人 | 截止日期 |\n|---|---|---|\n| 整理报表 | 张伟 | 2026-03-04 |\n| 采购 | 李娜 | 2026-03-05 |\n",
    ),
}
START = "2026-03-02 16:40"
DAYS = 4

Row = tuple[str, tuple[str, ...], tuple[str, ...], str, str]


def mails(office: Office, kinds: list[str]) -> list[bytes]:
    return [
        message(sender, *KINDS[kind], message_id=f"{number}.{kind}@client.example", date=local(START))
        for number, kind in enumerate(kinds)
        for sender in (REQUESTER, ENGLISH)[: 1 + (kind == "requirement")]
    ]


def foretold(office: Office, contents: list[bytes], folder: Path) -> list[Row]:
    files = []
    for number, content in enumerate(contents):
        files.append(folder / f"{number}.eml")
        files[-1].write_bytes(content)
    when = f"{local(START):%Y-%m-%dT%H:%M:%SZ}"
    rows = office.json("simulate", *map(str, files), "--for", f"{DAYS}d", "--now", when)
    moments = [datetime.fromisoformat(row["at"]) for row in rows]
    assert all(moment.tzinfo for moment in moments) and moments == sorted(moments)
    return sorted(
        (clock(at), tuple(row["to"]), tuple(row["cc"]), row["subject"], _text(row["rule"]))
        for at, row in zip(moments, rows, strict=True)
    )


def _text(rule: str | list[str]) -> str:
    return rule if isinstance(rule, str) else ", ".join(rule)


def addresses(letter: Arrived, name: str) -> tuple[str, ...]:
    header = letter.message[name]
    return tuple(each.addr_spec for each in header.addresses) if header else ()


def sent(letters: list[Arrived]) -> list[Row]:
    """One row a logical mail: copies for information are left out, as they say the same."""
    return sorted(
        (each.when, addresses(each, "To"), addresses(each, "Cc"), each.subject, each.rule)
        for each in letters
        if each.reader in addresses(each, "To") or not addresses(each, "To")
    )


def run_through(office: Office, moments: set[str]) -> None:
    """Passes at the hours and at other odd moments, and at those that were foretold."""
    start = local(START)
    odd = {clock(start + timedelta(minutes=37 * step)) for step in range(DAYS * 24 * 60 // 37)}
    for moment in sorted(moments | odd):
        office.work(moment, mailboxes=False)


@pytest.mark.parametrize("kinds", [*([kind] for kind in KINDS), list(KINDS)], ids=lambda kinds: "+".join(kinds))
def test_what_is_foretold_is_what_is_sent(office: Office, tmp_path: Path, kinds: list[str]) -> None:
    contents = mails(office, kinds)
    rows = foretold(office, contents, tmp_path)
    assert len(rows) >= 4
    office.now = local(START)
    for content in contents:
        office.put(content)
    office.work()
    run_through(office, {row[0] for row in rows})
    assert sent(office.letters) == rows


def test_on_a_home_with_records_it_foretells_what_is_added(office: Office, tmp_path: Path) -> None:
    office.now = local("2026-03-02 10:00")
    office.write(CONTACT, *KINDS["requirement"])
    office.write(REQUESTER, *KINDS["minutes"])
    office.work()
    contents = mails(office, ["requirement", "change"])
    rows = foretold(office, contents, tmp_path)
    assert rows == foretold(office, contents, tmp_path), "nothing was stored"
    assert len(office.records()) == 2 and len(office.lying("Filed")) == 2
    office.news()
    office.now = local(START)
    for content in contents:
        office.put(content)
    office.work()
    run_through(office, {row[0] for row in rows})
    new = ("REQ-2026-0002", "REQ-2026-0003", "CHG-2026-0001")
    about = [each for each in office.news() if any(one in each.text or one in each.subject for one in new)]
    assert set(sent(about)) - set(rows) == set(rows) - set(sent(about))
