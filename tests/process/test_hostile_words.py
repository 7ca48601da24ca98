"""Words that would take a reader for ever: what is read of them takes no longer than of their beginning."""

import time
from collections.abc import Callable

import pytest

from mailflow import tokens
from mailflow.core.duration import parse_duration
from mailflow.core.receiving.away import is_request

BLANKS = " " * 200_000


def refused(text: str) -> None:
    with pytest.raises(ValueError, match="as a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(refused, f"1{BLANKS}!", id="a duration with blanks"),
        pytest.param(lambda text: is_request(text, strict=False), f"12/1{BLANKS}x", id="an absence with blanks"),
        pytest.param(lambda text: is_request(text, strict=False), f"12/1 由{BLANKS}x", id="a deputy with blanks"),
        pytest.param(lambda text: is_request(text, strict=False), "12/1 ," * 40_000, id="an absence with commas"),
        pytest.param(tokens.hidden, f"a{BLANKS}x", id="a token's place in a text"),
        pytest.param(lambda text: tokens.without(text.encode(), ()), f"a{BLANKS}x", id="a token's place in bytes"),
    ],
)
def test_a_long_run_takes_no_longer_than_a_short_one(read: Callable[[str], object], text: str) -> None:
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 1.0


def test_a_token_goes_with_the_blanks_before_it() -> None:
    assert tokens.hidden("Re: take  {abcdefghijkl} now") == "Re: take now"
    assert tokens.without(b"take \t{abcdefghijkl} now", {"abcdefghijkl"}) == b"take now"
