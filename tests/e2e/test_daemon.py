"""The daemon as a process: killed at any moment, stopped in the midst of work, alone on its home, its servers away."""

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mailflow.demo.servers import ImapServer
from tests.e2e.daemon import Daemon
from tests.e2e.office import IT_HEAD, REQUESTER, Dovecot, Office, OfficeMaker, message
from tests.servers.dovecot import DovecotServer
from tests.servers.support import wait_until

SHARE = 12


@contextmanager
def daemon(office: Office) -> Iterator[Daemon]:
    started = Daemon(office)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def put(office: Office, number: int) -> str:
    message_id = f"{number}.{office.path.parent.name}@client.example"
    now = datetime.now(UTC)
    content = message(
        REQUESTER, f"[需求] 第{number}号", "业务目标：快\n期望交付时间：2026-12-01", message_id=message_id, date=now
    )
    office.server.put(office.boxes[0], content, now)
    return message_id


def answered(office: Office) -> Counter[str]:
    """How often each Message-ID was answered."""
    return Counter(each.in_reply_to for each in office.letters if each.is_answer)


def until_answered(office: Office, written: set[str], timeout: float = 30.0) -> None:
    wait_until(lambda: written <= answered(office).keys(), f"{len(written)} acknowledgements", timeout)


def killed_over_and_over(office: Office, kills: int) -> None:
    """Each time some more messages wait, and the daemon is killed while it takes them, or sends, or moves them."""
    chance = random.Random(20261120)
    office.now = datetime.now(UTC)
    written: set[str] = set()
    for kill in range(kills):
        written.update(put(office, number) for number in range(kill * SHARE, (kill + 1) * SHARE))
        started = Daemon(office).running()
        time.sleep(chance.choice((chance.uniform(0, 0.1), chance.uniform(0, 0.6))))
        started.kill()
    with daemon(office):
        until_answered(office, written)
        wait_until(lambda: office.lying() == (), "an empty INBOX")
    check_all(office, written, kills)


def check_all(office: Office, written: set[str], kills: int) -> None:
    assert len(office.lying("Filed")) == len(written)
    assert len({each.id for each in office.records()}) == len(office.records()) == len(written)
    threads = Counter(one for each in office.records() for one in each.thread)
    assert threads == Counter(written), "each message stands in exactly one record"
    acknowledgements = [each for each in office.letters if each.is_answer]
    ours: dict[str, set[str]] = {}
    for each in acknowledgements:
        ours.setdefault(each.in_reply_to, set()).add(each.message_id)
    assert ours.keys() == written and all(len(one) == 1 for one in ours.values())
    contents = Counter(each.content for each in acknowledgements)
    assert len(contents) == len(written), "what is sent again is sent again byte for byte"
    copies = sum(contents.values()) - len(contents)
    print(f"{kills} kills, {len(written)} messages, {copies} acknowledgements came twice, byte for byte")
    assert copies <= 4 * kills, "no more than what was under way at each kill"
    with office.open.store.transaction(write=False) as tx:
        assert tx.messages(place="quarantine") == ()
    assert office.open.store.problems() == ()


@pytest.mark.timeout(120)
def test_killed_at_random_moments_nothing_is_lost_and_nothing_done_twice(office: Office) -> None:
    killed_over_and_over(office, kills=3)


@pytest.mark.timeout(120)
def test_killed_at_random_moments_over_a_hundred_messages_on_dovecot(dovecot_office: Office) -> None:
    killed_over_and_over(dovecot_office, kills=9)


def test_a_daemon_answers_what_arrives_at_once_and_stops_within_five_seconds(office: Office) -> None:
    office.now = datetime.now(UTC)
    with daemon(office) as running:
        running.running()
        start = time.monotonic()
        first = put(office, 1)
        until_answered(office, {first})
        assert time.monotonic() - start < 5
        rest = {put(office, number) for number in range(2, 150)}
        until_answered(office, {min(rest)})
        assert running.stop() < 5
        assert running.process.returncode == 0
    with daemon(office):
        until_answered(office, {first} | rest)
    assert max(answered(office).values()) == 1, "after a clean stop not even an identical copy"
    assert len(office.records()) == 149


def test_a_second_daemon_on_the_home_is_refused_and_told_who_holds_it(office: Office) -> None:
    with daemon(office) as first:
        first.running()
        second = subprocess.run(first.office.command_line("run"), capture_output=True, timeout=20, check=False)
        assert second.returncode not in (0, 3)
        assert str(first.process.pid) in second.stderr.decode()
        assert first.process.poll() is None
    with daemon(office) as third:
        third.running()


def test_a_daemon_takes_mail_when_its_servers_come_back(office: Office, imap: ImapServer) -> None:
    """Away at the start, back, lost, back; then the relay."""
    office.now = datetime.now(UTC)
    imap.pause()
    office.sink.stop()
    with daemon(office) as running:
        running.running()
        running.wait_for("trying again")
        imap.resume()
        first = put(office, 1)
        wait_until(lambda: office.lying() == (), "the mail filed", 20)
        imap.cut()
        put(office, 2)
        wait_until(lambda: office.lying() == (), "the second mail filed", 20)
        office.sink.start()
        assert first and running.process.poll() is None
        running.stop()
    # What was put off is tried again a minute later by the clock: a pass of that time shows it.
    office.command("run", "--once", "--now", f"{datetime.now(UTC).replace(microsecond=0).isoformat()}")
    with office.open.store.transaction(write=False) as tx:
        assert {item.status for item in tx.items() if item.style == "reply"} <= {"deferred", "sent"}
    later = datetime.fromtimestamp(time.time() + 900, UTC)
    office.work(later)
    assert len(answered(office)) == 2


def test_rules_are_taken_while_the_daemon_runs(office: Office) -> None:
    """A broken edit is told to the admin once and changes nothing; a good one counts within seconds."""
    office.now = datetime.now(UTC)
    site = "rules/requirement.yaml"
    with daemon(office) as running:
        running.running()
        until_answered(office, {put(office, 1)})
        office.edit(site, "goto: analysis", "goto: nowhere", times=1)
        wait_until(lambda: any(each.reader == IT_HEAD for each in office.letters), "the admin's mail", 15)
        until_answered(office, {put(office, 2)})
        office.edit(site, "goto: nowhere", "goto: analysis", times=1)
        office.edit("templates/zh/requirement/received.md", "Subject:", "Subject: 【新】", times=1)
        time.sleep(0.1)
        # The rules are looked at two seconds after the last change.
        number = 3
        until = time.monotonic() + 15
        while time.monotonic() < until and not any("【新】" in each.subject for each in office.letters):
            until_answered(office, {put(office, number)})
            number += 1
            time.sleep(0.3)
        assert any("【新】" in each.subject for each in office.letters), running.said
    told = [each for each in office.letters if each.reader == IT_HEAD and each.rule == "site/policy-broken"]
    assert len(told) == 1 and "requirement.yaml" in told[0].text


@pytest.mark.skipif(not shutil.which("mount") or os.geteuid() != 0, reason="only root can mount a small disk")
def test_on_a_full_disk_mail_stays_in_the_mailbox_and_work_goes_on_by_itself(
    make_office: OfficeMaker,
) -> None:
    office = make_office()
    office.now = datetime.now(UTC)
    disk = office.path / "state"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        with daemon(office) as running:
            running.running()
            until_answered(office, {put(office, 1)})
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
                while True:
                    file.write(b"x" * 4096)
            before = len(office.lying("Filed"))
            written = {put(office, number) for number in range(2, 12)}
            running.wait_for("full", 20)
            kept = len(office.lying())
            assert kept + len(office.lying("Filed")) == 11 and kept > 0 and before == 1
            assert running.process.poll() is None
            filler.unlink()
            until_answered(office, written, 40)
            wait_until(lambda: office.lying() == (), "an empty INBOX")
        assert len(office.records()) == 11 and max(answered(office).values()) == 1
    finally:
        office.close()
        subprocess.run(["umount", "-l", str(disk)], check=False)


def test_connections_that_are_cut_lose_nothing(dovecot: DovecotServer, make_office: OfficeMaker) -> None:
    office = make_office()
    office.server, office.boxes = Dovecot(dovecot), ("ann",)
    office.write_site()
    office.now = datetime.now(UTC)
    with daemon(office) as running:
        running.running()
        written = set()
        for number in range(1, 41):
            written.add(put(office, number))
            if number % 10 == 0:
                dovecot.cut()
        until_answered(office, written)
        wait_until(lambda: office.lying() == (), "an empty INBOX")
    assert len(office.records()) == 40 and max(answered(office).values()) == 1


def test_a_relay_that_hangs_does_not_keep_the_daemon_from_stopping(office: Office) -> None:
    office.now = datetime.now(UTC)
    office.sink.answer("content", "250 OK", times=None, delay=60)
    with daemon(office) as running:
        running.running()
        written = {put(office, number) for number in range(1, 6)}
        wait_until(lambda: office.lying() == () and office.sink.connections > 0, "mail under way", 15)
        assert running.stop() < 5
    office.sink.clear()
    with daemon(office):
        until_answered(office, written)
    ours = {each.message_id for each in office.letters if each.is_answer}
    assert len(ours) == 5, "what may have come twice is the very same mail"
