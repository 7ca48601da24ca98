"""What of a record's mails goes into its folder."""

from mailflow.archive.folder import MAILS, folder_of
from mailflow.core.showing.reader import Reader
from tests.world import REQUESTER, World


def test_a_mail_that_speaks_of_another_record_that_is_confidential_stays_out() -> None:
    world = World()
    open_one = world.mail("Mon 10:00", REQUESTER, "[需求] 日报表", "业务目标：快\n期望交付时间：2026-12-31\n").record
    world.mail("Mon 10:00", REQUESTER, "[需求][机密] 薪酬", "业务目标：密\n期望交付时间：2026-12-31\n")
    world.until("Mon 16:00")  # both are not assessed: one reminder of the two
    with world.store.transaction(write=False) as tx:
        record = tx.record(open_one)
        assert record is not None
        bundles = [each for each in tx.items(open_one) if len(each.records) == 2 and each.status == "sent"]
        assert bundles
        reader = Reader("", "zh", world.engine.policy, world.clock.now())
        known, whole = folder_of(tx, record, reader, whole=False), folder_of(tx, record, reader, whole=True)
    assert whole.count(MAILS) - known.count(MAILS) == len(bundles)
    assert "薪酬" not in known.files[f"{open_one}.html"].decode()
