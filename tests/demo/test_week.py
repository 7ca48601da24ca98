"""The sample week, played once as fast as it goes: what the people of the story find in their mailboxes and records."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from mailflow.core.changes import Commanded, FieldSet, Joined
from mailflow.core.model import Record
from mailflow.demo.letters import header
from mailflow.demo.screen import WIDTH, Screen
from mailflow.demo.show import demonstrate, staged
from mailflow.demo.story import STORY, Answers, Scene
from mailflow.demo.week import Week
from mailflow.ports import Item

ADDRESS = "requests@example.com"
OUT_OF_OFFICE = next(scene for scene in STORY if scene.automatic)


@dataclass(frozen=True, slots=True)
class Played:
    """The week when it is over, its servers still up, and what was printed."""

    week: Week
    printed: str

    def record(self, record_id: str) -> Record:
        with self.week.parts.store.transaction(write=False) as tx:
            found = tx.record(record_id)
        assert found is not None
        return found

    def items(self, rule: str = "") -> list[Item]:
        """What was sent by rules of this name, without copies."""
        with self.week.parts.store.transaction(write=False) as tx:
            items = [item for item in tx.items() if not item.copy_of]
        return [item for item in items if not rule or rule in {name.rpartition(".")[2] for name in item.rules}]

    def when(self, item: Item) -> str:
        assert item.sent_at is not None
        return f"{self.week.teller.local(item.sent_at):%a %H:%M}"

    def answers_to(self, message: Message, address: str) -> list[Message]:
        """The automatic answers to a message that lie in a mailbox."""
        letters = self.week.servers.letters(address)
        return [
            each
            for each in letters
            if each["In-Reply-To"] == message["Message-ID"] and each["Auto-Submitted"] == "auto-replied"
        ]

    def taken_in(self) -> tuple[Message, ...]:
        """The messages in the folder for filed mail, as they came over IMAP."""
        return self.week.servers.letters(ADDRESS, "Filed")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    printed = io.StringIO()
    screen = Screen(Console(file=printed, width=WIDTH, highlight=False, emoji=False, markup=False))
    with staged(tmp_path_factory.mktemp("week") / "home", screen) as week:
        asyncio.run(week.play(STORY, 0))
        week.archive.close()
        yield Played(week, printed.getvalue())


def test_the_story_goes_as_it_is_written(played: Played) -> None:
    assert played.week.tally.troubles == []
    assert played.week.tally.received == len(STORY)


def test_the_folder_for_filed_mail_holds_every_mail_that_came(played: Played) -> None:
    assert len(played.taken_in()) == len(STORY)
    assert played.week.servers.letters(ADDRESS) == ()


def test_whoever_writes_of_something_new_gets_exactly_one_answer(played: Played) -> None:
    new = [message for message in played.taken_in() if not message["In-Reply-To"]]
    assert len(new) == sum(scene.answers is None for scene in STORY)
    for message in new:
        writer = str(message["From"]).rpartition("<")[2].rstrip(">")
        assert len(played.answers_to(message, writer)) == 1, header(message, "Subject")


def test_nobody_answers_the_out_of_office_reply(played: Played) -> None:
    automatic = [message for message in played.taken_in() if message["Auto-Submitted"]]
    assert len(automatic) == 1
    assert played.answers_to(automatic[0], OUT_OF_OFFICE.writer) == []
    with played.week.parts.store.transaction(write=False) as tx:
        joined = [entry.change for entry in tx.history("INC-2026-0001") if entry.by == OUT_OF_OFFICE.writer]
    assert [each.notice for each in joined if isinstance(each, Joined)] == [True]


def test_mail_in_gb18030_is_read_right(played: Played) -> None:
    record = played.record("REQ-2026-0001")
    assert record.title == "销售周报自动汇总（含王䶮客户组）"
    assert record.fields["goal"] == "周报汇总由四小时缩短到十分钟"
    assert record.fields["due"] == "2026-04-30"


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ("REQ-2026-0001", "analysis"),
        ("REQ-2026-0002", "analysis"),
        ("INC-2026-0001", "confirmed"),
        ("INC-2026-0002", "resolved"),
        ("CHG-2026-0001", "approval"),
        ("MIN-2026-0001", "standing"),
    ],
)
def test_records_end_in_the_state_that_the_story_leads_to(played: Played, record: str, state: str) -> None:
    assert played.record(record).state == state


def test_silence_is_reminded_after_four_working_hours_and_told_to_the_head_a_day_later(played: Played) -> None:
    (reminder,) = played.items("assess-reminder")
    (escalation,) = (item for item in played.items("assess-overdue") if "REQ-2026-0002" in item.records)
    assert (played.when(reminder), reminder.to) == ("Mon 16:45", ("chen.jing@example.com",))
    assert (played.when(escalation), escalation.to) == ("Tue 11:15", ("wang.lei@example.com",))


def test_an_urgent_incident_is_told_and_answered_in_the_middle_of_the_night(played: Played) -> None:
    night = [item for item in played.items() if played.when(item) == "Wed 22:40"]
    assert {item.recipients for item in night} == {("emma.brown@example.com",), ("chen.jing@example.com",)}
    assert all(item.records == ("INC-2026-0002",) for item in night)


def test_a_missing_date_is_taken_from_the_reply_and_what_its_quote_repeats_changes_nothing(played: Played) -> None:
    with played.week.parts.store.transaction(write=False) as tx:
        history = tx.history("REQ-2026-0002")
    set_fields = [entry.change.name for entry in history if isinstance(entry.change, FieldSet)]
    assert played.record("REQ-2026-0002").fields["due"] == "2026-05-15"
    assert set_fields.count("goal") == 1


def test_a_command_of_somebody_without_the_role_is_refused(played: Played) -> None:
    with played.week.parts.store.transaction(write=False) as tx:
        history = tx.history("REQ-2026-0001")
    said = [(entry.by, entry.change.outcome) for entry in history if isinstance(entry.change, Commanded)]
    assert said == [("li.na@example.com", "refused"), ("chen.jing@example.com", "done")]


def test_no_word_of_progress_follows_the_confirmation(played: Played) -> None:
    assert [played.when(item) for item in played.items("progress-high")] == ["Tue 10:35"]
    assert played.items("restore-overdue-high") == []


def test_items_of_minutes_are_followed_up(played: Played) -> None:
    tasks = {task.number: task for task in played.record("MIN-2026-0001").tasks}
    assert (tasks[1].owner, tasks[1].due, tasks[1].state) == ("li.na@example.com", "2026-03-13", "done")
    assert (tasks[2].owner, tasks[2].state) == ("chen.jing@example.com", "open")
    assert not tasks[3].due
    assert [item.to for item in played.items("item-incomplete")] == [("wang.lei@example.com",)]
    assert [item.to for item in played.items("late")] == [("chen.jing@example.com",)]


def test_a_line_a_mail_with_its_rule_and_place_fits_the_page(played: Played) -> None:
    lines = played.printed.splitlines()
    shown = len([line for line in lines if "→" in line or "←" in line])
    assert shown == len(STORY) + len(played.items())
    assert max(map(cell_len, lines)) <= WIDTH
    assert any(line.startswith("Mon 16:45 ← 陈静") and line.endswith("assess-reminder") for line in lines)
    assert "requirement.yaml:" in played.printed and "\x1b" not in played.printed


def test_every_mail_is_kept_as_a_file_and_ours_as_a_page(played: Played) -> None:
    folder = played.week.archive.folder
    tally = played.week.tally
    assert len(list(folder.glob("*.eml"))) == tally.received + tally.sent
    assert len(list(folder.glob("*-out-*.html"))) == tally.sent
    assert (folder / "index.html").read_text("utf-8").count("<tr>") == tally.received + tally.sent


def test_what_is_printed_at_the_end_counts_the_mails_and_names_the_folder(tmp_path: Path) -> None:
    printed = io.StringIO()
    folder = tmp_path / "home of mine"
    never = Scene("Mon 10:00", "li.na@example.com", "Re: {subject}", "受理\n", Answers("copy", "REQ-2026-0001"))
    screen = Screen(Console(file=printed, width=WIDTH))
    tally = demonstrate(folder, screen, 0, program="mailflow", story=(STORY[1], never))
    shown = printed.getvalue()
    assert tally.troubles == ["Mon 10:00: li.na@example.com got no mail by rule copy about REQ-2026-0001"]
    assert tally.troubles[0] in shown
    assert f"{tally.received} mails in, {tally.sent} out" in shown
    assert f"mailflow --home '{folder}' list" in shown
    assert any(line.startswith("REQ-2026-0001") and "Tom Green" in line for line in shown.splitlines())


def test_the_week_has_no_holiday(played: Played) -> None:
    calendar = played.week.teller.policy.calendar("")
    days = {datetime.fromisoformat(f"2026-03-{day:02}").date() for day in range(9, 14)}
    assert all(calendar.is_working_day(day) for day in days)
