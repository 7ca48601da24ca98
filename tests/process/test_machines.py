"""Monitors report (process P4.9): one matter is one incident, which ends when the monitor says so."""

import pytest

from tests.world import CONTACT, IT_CONTACT, REQUESTER, World

MONITOR = "monitor@example.com"
AUTOMATIC = {"Auto-Submitted": "auto-generated"}

# What tools send of one matter: that it began, that it goes on, that it is over.
FORMATS = {
    "zabbix": ("Problem: High CPU utilization (over 90% for 5m)", "Problem: High CPU utilization (over 90% for 5m)",
               "Resolved in 12m 40s: High CPU utilization (over 90% for 5m)"),
    "nagios": ("** PROBLEM Service Alert: web01/HTTP is CRITICAL **", "** PROBLEM Service Alert: web01/HTTP is WARNING **",
               "** RECOVERY Service Alert: web01/HTTP is OK **"),
    "nagios host": ("** PROBLEM Host Alert: db-2 is DOWN **", "** PROBLEM Host Alert: db-2 is UNREACHABLE **",
                    "** RECOVERY Host Alert: db-2 is UP **"),
    "icinga": ("[PROBLEM] disk on web01 is CRITICAL!", "[PROBLEM] disk on web01 is WARNING!",
               "[RECOVERY] disk on web01 is OK!"),
    "alertmanager": ("[FIRING:1] DiskWillFill (node web01 prod)", "[FIRING:2, RESOLVED:1] DiskWillFill (node web01 prod)",
                     "[RESOLVED] DiskWillFill (node web01 prod)"),
    "grafana": ("[FIRING:1] CPU 95.2% Infra (web01)", "[FIRING:1] CPU 97% Infra (web01)",
                "[RESOLVED] CPU 12% Infra (web01)"),
    "grafana panel": ("[Alerting] Queue length", "[Alerting] Queue length", "[OK] Queue length"),
    "aliyun": ("【阿里云监控】云服务器ECS web01 CPU使用率 96.5% >= 90% 告警", "【阿里云监控】云服务器ECS web01 CPU使用率 98% >= 90% 告警",
               "【阿里云监控】云服务器ECS web01 CPU使用率 31% >= 90% 告警恢复"),
    "ups": ("ups1 on web01: Power Failure !!!", "ups1 on web01: Power Failure !!!", "ups1 on web01: Power has returned"),
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return World(edits={"rules/people.yaml": [("monitors: []", f"monitors: [{MONITOR}]")]})


def says(world: World, at: str, subject: str, body: str = "see the dashboard\n") -> tuple[str, str]:
    receipt = world.mail(at, MONITOR, subject, body, headers=AUTOMATIC)
    return receipt.record, receipt.reason


@pytest.mark.parametrize("tool", sorted(FORMATS))
def test_one_matter_is_one_incident_until_it_is_over(world: World, tool: str) -> None:
    begun, goes_on, over = FORMATS[tool]
    record, _ = says(world, "Mon 10:00", begun)
    assert record and world.times(IT_CONTACT, "please-respond") == ["Mon 10:00"]
    assert says(world, "Mon 10:10", goes_on)[0] == record
    assert world.times(IT_CONTACT, "please-respond") == ["Mon 10:00"]
    assert says(world, "Mon 10:20", over)[0] == record
    assert world.record(record).state == "resolved"


def test_machines_are_never_written_to_and_the_contact_stands_for_the_requester(world: World) -> None:
    record, _ = says(world, "Mon 10:00", "PROBLEM: disk on web01")
    says(world, "Mon 10:20", "RECOVERY: disk on web01")
    world.until("Thu 18:00")
    assert not world.sent(MONITOR, copies=True)
    assert world.sent(IT_CONTACT, "please-confirm") and not world.sent(CONTACT, "copy")
    assert world.record(record).state not in ("reported", "resolved")


def test_other_matters_are_incidents_of_their_own(world: World) -> None:
    first, _ = says(world, "Mon 10:00", "[FIRING:1] DiskFull (web01)")
    second, _ = says(world, "Mon 10:00", "[FIRING:1] DiskFull (web02)")
    third, _ = says(world, "Mon 10:00", "[FIRING:1] DiskFull (10.0.0.5)")
    fourth, _ = says(world, "Mon 10:00", "[FIRING:1] DiskFull (10.0.0.6)")
    assert len({first, second, third, fourth}) == 4


def test_a_line_that_names_the_matter_counts_before_the_subject(world: World) -> None:
    body = "Problem started at 10:00\nOriginal problem ID: {}\n"
    first, _ = says(world, "Mon 10:00", "Problem: load", body.format(4711))
    second, _ = says(world, "Mon 10:01", "Problem: load", body.format(4712))
    assert first != second
    assert says(world, "Mon 10:10", "Resolved: load", body.format(4711))[0] == first


def test_what_flaps_is_reopened_and_after_a_while_is_a_new_one(world: World) -> None:
    record, _ = says(world, "Mon 10:00", "PROBLEM: disk on web01")
    says(world, "Mon 10:10", "RECOVERY: disk on web01")
    assert says(world, "Mon 10:30", "PROBLEM: disk on web01")[0] == record
    assert world.record(record).state == "reported"
    says(world, "Mon 10:40", "RECOVERY: disk on web01")
    assert says(world, "Mon 13:00", "PROBLEM: disk on web01")[0] != record


def test_that_nothing_is_over_opens_nothing(world: World) -> None:
    assert says(world, "Mon 10:00", "[RESOLVED] DiskFull (web01)") == ("", "over already")


def test_a_job_that_writes_what_it_did_joins_its_last_one(world: World) -> None:
    subject = "Cron <root@web01> /usr/local/bin/backup.sh"
    record, _ = says(world, "Mon 02:00", subject, "tar: no space left on device\n")
    assert says(world, "Tue 02:00", subject, "tar: no space left on device\n")[0] == record


@pytest.mark.parametrize(
    ("subject", "over"),
    [
        ("Resolved: Interface eth0 down", True),
        ("备份恢复任务失败 告警", False),
        ("主机恢复正常通知", True),
        ("[FIRING:1, RESOLVED:2] X", False),
    ],
)
def test_of_several_words_the_one_that_tells_counts(world: World, subject: str, over: bool) -> None:
    assert (says(world, "Mon 10:00", subject)[0] == "") is over


def test_the_mail_of_people_is_read_as_ever(world: World) -> None:
    first = world.mail("Mon 10:00", REQUESTER, "[事件] 打印机故障 告警", "不能打印\n").record
    second = world.mail("Mon 10:10", REQUESTER, "[事件] 打印机故障 告警", "不能打印\n").record
    assert first != second and len(world.sent(REQUESTER, "received")) == 2


@pytest.mark.parametrize(
    ("subject", "body", "severity"),
    [
        ("Problem: load", "Host: web01\nSeverity: High\n", "major"),
        ("Problem: High CPU utilization", "Severity: Not classified", "notice"),
        ("[FIRING:1] DiskFull", "Labels:\n - alertname = DiskFull\n - severity = critical\n", "critical"),
        ("** PROBLEM Service Alert: web01/HTTP is CRITICAL **", "down", "critical"),
        ("** PROBLEM Service Alert: web01/HTTP is WARNING **", "slow", "warning"),
        ("CPU使用率 96.5% 告警", "告警级别：严重", "critical"),
        ("CPU使用率 96.5% 告警", "告警级别：警告。", "warning"),
        ("Problem: High CPU utilization", "see the dashboard", ""),
    ],
)
def test_how_grave_it_is_is_read_from_a_line_or_from_the_word_of_the_subject_that_says_how_it_stands(
    world: World, subject: str, body: str, severity: str
) -> None:
    record, _ = says(world, "Mon 10:00", subject, body)
    assert world.record(record).fields.get("severity", "") == severity


def test_a_person_who_reports_does_not_set_what_a_monitor_says(world: World) -> None:
    record = world.mail("Mon 10:00", REQUESTER, "[事件] 打印机故障", "不能打印\n告警级别：严重\n").record
    assert "severity" not in world.record(record).fields
