"""What becomes of mails that are refused, and the backstop on how many go in a day (design §9)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from mailflow.passes import one_pass
from mailflow.ports import Envelope, Outcome, RawMail, Rejected, Sent
from tests.world import IT_CONTACT, IT_HEAD, REQUESTER, World


class Refusing:
    """A courier whose server refuses some people for good."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.taken: list[str] = []

    async def send(self, envelopes: Sequence[Envelope]) -> AsyncIterator[tuple[str, Outcome]]:
        for envelope in envelopes:
            if envelope.recipients[0] in self.refused:
                yield envelope.id, Rejected("550 5.1.1 no such user")
            else:
                self.taken.append(envelope.recipients[0])
                yield envelope.id, Sent("250", {})

    async def check(self) -> None: ...


def received(world: World, courier: Refusing, number: int = 1) -> None:
    text = f"From: {REQUESTER}\r\nSubject: [REQ] n{number}\r\nMessage-ID: <n{number}@x>\r\n\r\nBusiness goal: x\r\n"
    world.engine.receive([RawMail("test", 0, 0, world.clock.now(), text.encode())], world.clock.now())
    asyncio.run(one_pass(world.engine, [], courier, world.clock))
    world.clock.moment += timedelta(minutes=1)
    asyncio.run(one_pass(world.engine, [], courier, world.clock))


def test_the_admin_hears_once_of_a_mail_that_was_refused_for_good() -> None:
    world, courier = World(), Refusing(IT_CONTACT)
    received(world, courier)
    told = [item for item in world.sent(IT_HEAD) if item.templates == ("site/undeliverable",)]
    assert len(told) == 1
    assert IT_CONTACT in world.text(told[0]) and "550 5.1.1" in world.text(told[0])


def test_a_refused_mail_to_the_admin_does_not_go_round() -> None:
    world, courier = World(), Refusing(IT_CONTACT, IT_HEAD)
    received(world, courier)
    with world.store.transaction(write=False) as tx:
        assert sum(item.templates == ("site/undeliverable",) for item in tx.items()) == 1


def test_no_more_mails_go_in_a_day_than_the_site_allows() -> None:
    world = World(edits={"rules/site.yaml": [("message_size: 25MB", "message_size: 25MB\n  mails_per_day: 2")]})
    courier = Refusing()
    received(world, courier, 1)
    assert len(courier.taken) == 3  # a batch that was begun is finished
    received(world, courier, 2)
    assert len(courier.taken) == 3
    world.until("Tue 09:00")
    assert len(world.sent(rule="please-assess")) == 2
