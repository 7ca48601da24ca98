"""The command line as cron, an MTA's pipe and a script use it: the same work as the daemon's, told in JSON."""

import subprocess
from pathlib import Path

from tests.e2e.office import IT_CONTACT, REQUESTER, Office, environment, local, message


def pass_at(office: Office, at: str, status: int = 0) -> str:
    """`mailflow run --once --now` at a moment of the site's clock, as cron calls it."""
    office.now = local(at)
    return office.command("run", "--once", "--now", at.replace(" ", "T"), status=status)


def request(office: Office, title: str = "报表导出") -> bytes:
    return message(
        REQUESTER,
        f"[需求] {title}",
        "业务目标：快\n期望交付时间：2026-04-30",
        message_id=f"{len(title)}@pipe.example",
        date=office.now,
    )


def test_called_by_cron_it_reminds_and_escalates_to_the_minute(office: Office) -> None:
    office.now = local("2026-03-02 09:30")
    office.put(request(office))
    found = []
    for moment in ("09:30", "14:59", "15:00"):
        pass_at(office, f"2026-03-02 {moment}")
        found.append(sorted(each.rule.rpartition(".")[2] for each in office.news()))
    pass_at(office, "2026-03-05 09:30")
    found.append(sorted(f"{each.rule.rpartition('.')[2]}" for each in office.news()))
    leader = [*["assess-overdue"] * 2, *["assess-overdue-leader"] * 3]
    assert found == [["copy", "please-assess", "received"], [], ["assess-reminder"], leader]


def test_what_is_stored_is_told_in_json(office: Office) -> None:
    office.put(request(office))
    pass_at(office, "2026-03-02 09:30")
    (listed,) = office.json("list")
    shown = office.json("show", "REQ-2026-0001")
    wanted = (
        "id kind state title requester priority language confidential opened_at due fields tasks messages history mails"
        " links"
    )
    assert set(wanted.split()) <= shown.keys()
    assert (listed["id"], listed["state"], listed["requester"]) == ("REQ-2026-0001", "received", REQUESTER)
    assert "messages" not in listed and "history" not in listed
    assert shown["fields"]["goal"] == "快" and shown["priority"] == "medium"
    kept = next(one for one in shown["messages"] if one["direction"] == "in")
    assert kept["from"] == REQUESTER and {"message_id", "to", "subject", "date"} <= kept.keys()
    mails = {one["to"][0]: one for one in shown["mails"]}
    assert mails[IT_CONTACT]["status"] == "sent" and mails[IT_CONTACT]["rule"].endswith("please-assess")
    keys = {"id", "to", "cc", "subject", "template", "rule", "status", "attempts", "not_before", "sent_at"}
    assert all(keys <= one.keys() for one in shown["mails"])


def test_a_mail_by_pipe_is_filed_once_whatever_other_way_it_comes(office: Office) -> None:
    content = request(office)
    now = "2026-03-02T09:30"
    office.command("deliver", "--now", now, stdin=content)
    office.command("deliver", "--now", now, stdin=b"From zhang.wei@example.com Mon Mar  2 09:30:00 2026\n" + content)
    office.put(content)
    pass_at(office, "2026-03-02 09:31")
    office.command("reindex")
    office.put(content)
    pass_at(office, "2026-03-02 09:32")
    assert len(office.letters) == 3 and len(office.records()) == 1


def test_a_pipe_that_cannot_be_made_safe_leaves_the_mail_with_the_mta(office: Office) -> None:
    """Exit 75, EX_TEMPFAIL, when the state cannot be used; 0 afterwards."""
    state = office.path / "state"
    state.write_text("this is no folder")
    content = request(office)
    office.command("deliver", stdin=content, status=75)
    office.put(content)
    pass_at(office, "2026-03-02 09:30", status=75)
    assert len(office.lying()) == 1 and office.letters == []
    state.unlink()
    office.command("deliver", stdin=content)
    pass_at(office, "2026-03-02 09:31")
    assert len(office.records()) == 1 and office.lying() == ()


def test_a_server_that_is_away_ends_a_pass_with_75_and_the_rest_is_done(office: Office) -> None:
    office.sink.stop()
    office.put(request(office))
    pass_at(office, "2026-03-02 09:30", status=75)
    assert office.lying() == () and len(office.records()) == 1


def test_broken_rules_on_a_new_home_are_told_with_their_place_and_nothing_is_touched(office: Office) -> None:
    office.edit("rules/requirement.yaml", "goto: analysis", "goto: nowhere", times=1)
    office.put(request(office))
    done = subprocess.run(
        office.command_line("run", "--once"), capture_output=True, timeout=30, env=environment(), check=False
    )
    assert done.returncode == 1 and b"requirement.yaml:" in done.stderr
    assert len(office.lying()) == 1


def test_a_command_given_in_the_shell_counts_as_mailed(office: Office, tmp_path: Path) -> None:
    office.put(request(office))
    pass_at(office, "2026-03-02 09:30")
    office.command("act", "REQ-2026-0001", "受理", "--as", IT_CONTACT, "--now", "2026-03-02T10:00")
    pass_at(office, "2026-03-02 10:00")
    assert office.last(REQUESTER).rule.endswith("accepted")
