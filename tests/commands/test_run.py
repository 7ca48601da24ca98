"""`mailflow run`: one pass with a real IMAP and a real SMTP server, and the daemon as a process."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailflow.lock import only_one
from tests.homes import CONTACT, MONDAY, USER, WRITER, ServedHome, TestHome, letter, make

REQUIREMENT = letter(WRITER, "[需求] 报表增加导出功能", "业务目标: 结账更快\n期望交付时间: 2026-12-31")


def test_a_pass_files_answers_and_sends(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    done = served_home("run", "--once", "--now", MONDAY)
    assert (done.status, done.out) == (0, "1 message, 0 timers, 3 sent\n")
    assert [each.content for each in served_home.imap.messages(USER)] == []
    assert len(served_home.imap.messages(USER, "Filed")) == 1
    sent = served_home.sent()
    assert {envelope.rcpt_tos[0] for envelope, _ in sent} == {WRITER, CONTACT, "li.na@example.com"}
    (answer,) = [mail for envelope, mail in sent if envelope.rcpt_tos == (WRITER,)]
    assert "REQ-2026-0001" in answer.subject
    again = served_home("run", "--once", "--now", MONDAY)
    assert again.out == "0 messages, 0 timers, 0 sent\n"


def test_a_pass_fires_what_is_due_by_its_now(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home("run", "--once", "--now", MONDAY)
    before = len(served_home.sent())
    assert "0 timers, 0 sent" in served_home("run", "--once", "--now", "2026-11-23T15:29").out
    done = served_home("run", "--once", "--now", "2026-11-23T15:30")  # four working hours on (P2.2)
    assert "1 timer, 1 sent" in done.out
    assert served_home.sent()[before][0].rcpt_tos == (CONTACT,)


def test_with_a_server_away_the_rest_is_done_and_the_status_is_75(served_home: ServedHome) -> None:
    served_home.mail(REQUIREMENT)
    served_home.smtp.stop()
    done = served_home("run", "--once", "--now", MONDAY)
    assert done.status == 75
    assert "1 message" in done.out
    assert {each["status"] for each in served_home.show("REQ-2026-0001")["mails"]} == {"deferred"}
    served_home.smtp.start()
    served_home.imap.pause()
    done = served_home("run", "--once", "--now", "2026-11-23T10:02")
    assert done.status == 75
    assert {each["status"] for each in served_home.show("REQ-2026-0001")["mails"]} == {"sent"}


def test_a_secret_that_is_not_there_is_said_and_nothing_is_begun(served_home: ServedHome) -> None:
    done = served_home("run", "--once", MAILFLOW_IMAP_PASSWORD="")
    assert done.status == 1
    assert "MAILFLOW_IMAP_PASSWORD" in done.err
    assert served_home("run", MAILFLOW_IMAP_PASSWORD="").status == 1


def test_while_a_daemon_runs_there_is_no_second_pass(home: TestHome) -> None:
    with only_one(home.path / "state" / "daemon.lock"):
        for arguments in (("run",), ("run", "--once")):
            done = home(*arguments)
            assert done.status == 75
            assert f"process {os.getpid()} on " in done.err


def test_with_rules_broken_later_a_pass_goes_on_with_the_last_good_ones(served_home: ServedHome) -> None:
    served_home("run", "--once", "--now", MONDAY)
    served_home.edit("rules/requirement.yaml", "kind: requirement", "kind: requirement\nnonsense: 1")
    served_home.mail(REQUIREMENT)
    done = served_home("run", "--once", "--now", MONDAY)
    assert done.status == 0
    assert "rules/requirement.yaml:" in done.err
    assert served_home.show("REQ-2026-0001")["state"] == "received"


@contextmanager
def daemon(home: TestHome, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`mailflow run` as a process; ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mailflow", "--home", str(home.path), "run", *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **home.environment},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_daemon_answers_mail_and_stops_cleanly(
    served_home: ServedHome, number: signal.Signals, status: int
) -> None:
    with daemon(served_home) as process:
        served_home.mail(REQUIREMENT)
        # The answer comes at any hour; the notices wait for working hours, by the clock of the machine.
        served_home.smtp.wait_for(1, timeout=20)
        assert served_home.sent()[0][0].rcpt_tos == (WRITER,)
        process.send_signal(number)
        out, err = process.communicate(timeout=15)
    assert process.returncode == status, err
    assert out == ""
    assert "stopped" in err


def test_a_pass_that_waits_for_a_server_can_be_interrupted(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        home = make(tmp_path / "home", imap_port=silent.getsockname()[1])
        with daemon(home, "--once") as process:
            silent.settimeout(20)
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGINT)
                _, err = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "interrupted" in err


def test_the_daemon_sends_what_another_process_delivered(served_home: ServedHome) -> None:
    with daemon(served_home) as process:
        while "running home=" not in (process.stderr.readline() if process.stderr else "running home="):
            assert process.poll() is None
        assert served_home("deliver", stdin=REQUIREMENT).status == 0
        served_home.smtp.wait_for(1, timeout=20)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
    assert served_home.sent()[0][0].rcpt_tos == (WRITER,)
