"""Whoever consents says so in more than one form, and "not" is never heard as its contrary."""

import pytest

from tests.world import HEAD, IT_CONTACT, REQUESTER, World


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("同意", "approved"),
        ("已同意。", "approved"),
        ("批准", "approved"),
        ("已批准", "approved"),
        ("已批準", "approved"),
        ("Approved.", "approved"),
        ("Agreed!", "approved"),
        ("I agree.", "approved"),
        ("不批准：没有必要", "rejected"),
        ("未批准：没有必要", "rejected"),
        ("Not approved: there is no need", "rejected"),
        ("Disapproved: there is no need", "rejected"),
        ("Not agreed: there is no need", "rejected"),
        ("Approved?", "requested"),
    ],
)
def test_a_request_is_approved_or_not_by_what_its_head_says(word: str, state: str) -> None:
    world = World()
    world.mail("Mon 10:00", REQUESTER, "[SVC] VPN", "申请内容：VPN\n申请原因：出差\n")
    (plea,) = world.sent(HEAD, "please-approve")
    world.mail("Mon 11:00", HEAD, "Re", f"{word}\n", answers=plea)
    assert world.record("SVC-2026-0001").state == state
    assert bool(world.sent(IT_CONTACT, "please-do")) is (state == "approved")
