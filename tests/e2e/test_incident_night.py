"""A high incident in the night, on real servers: whoever is on call is away, nobody answers, and it ends in words (P4)."""

from datetime import timedelta

from tests.e2e.office import ENGLISH, IT_HEAD, LEADER, Office, local

REPORT = "What happened: customers cannot pay\nImpact: high\nUrgency: high\nDepartments affected: 销售部\n"


def every_minute(office: Office, start: str, end: str) -> None:
    moment = local(start)
    while moment <= local(end):
        office.work(moment)
        moment += timedelta(minutes=1)


def told(office: Office) -> list[str]:
    """`time reader rule` of what is new."""
    return sorted(
        f"{each.when[11:]} {each.reader.partition('@')[0]} {each.rule.rpartition('.')[2]}" for each in office.news()
    )


def test_each_hears_of_it_to_the_minute_and_of_its_end(dovecot_office: Office) -> None:
    office = dovecot_office
    office.edit(
        "rules/people.yaml",
        "{address: chen.jing@example.com, name: 陈静,",
        "{address: chen.jing@example.com, away: [2026-12-04..2026-12-06], name: 陈静,",
    )
    office.now = local("2026-12-05 02:10")
    office.write(ENGLISH, "[incident] Payment gateway is down", REPORT)
    every_minute(office, "2026-12-05 02:10", "2026-12-05 02:45")
    assert told(office) == [
        "02:10 emma.brown high",
        "02:10 sun.qiang high",
        "02:10 tom.green received",
        "02:10 wang.lei please-respond",
        "02:25 wang.lei response-overdue-high",
        "02:40 tom.green progress-high",
        "02:40 wang.lei response-overdue-high-leader",
        "02:40 zhao.min response-overdue-high-leader",
    ]
    office.reply(office.last(IT_HEAD, "please-respond"), "已知悉")
    every_minute(office, "2026-12-05 02:46", "2026-12-05 03:10")
    assert told(office) == [
        "02:46 wang.lei summary",
        "03:10 tom.green progress-high",
        "03:10 wang.lei restore-overdue-high",
        "03:10 zhao.min restore-overdue-high",
    ]
    office.reply(office.last(IT_HEAD, "please-respond"), "已解决：重启了网关")
    every_minute(office, "2026-12-05 03:11", "2026-12-05 03:15")
    assert told(office) == [
        "03:11 emma.brown resolved-high",
        "03:11 sun.qiang resolved-high",
        "03:11 tom.green please-confirm",
        "03:11 wang.lei summary",
        "03:11 zhao.min resolved-informed",
    ]
    assert office.last(LEADER).subject.startswith("[紧急] [INC-2026-0001]")
    office.reply(office.last(ENGLISH, "please-confirm"), "It works again, thank you!")
    office.work("2026-12-05 03:20")
    assert office.record().state == "confirmed"
    assert told(office) == ["03:20 tom.green summary"]
    office.work("2026-12-07 09:00")
    assert told(office) == [
        "09:00 emma.brown confirmed",
        "09:00 li.na resolved-contacts",
        "09:00 wang.lei please-review",
    ]
