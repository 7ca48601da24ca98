"""What goes over the wire: bytes as they are but for line ends and dots, addresses that cannot run away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.adapters.backoff import Backoff
from mailflow.adapters.smtp import wire


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\rb\r\r\n", b"a\r\nb\r\n\r\n"),
        (b"a", b"a\r\n"),
        (b"", b"\r\n"),
        (b"\xff\x00 \xe9\r\n", b"\xff\x00 \xe9\r\n"),
    ],
)
def test_only_line_ends_change(content: bytes, sent: bytes) -> None:
    assert wire.lines(content) == sent


def test_mail_with_the_right_line_ends_is_not_even_copied() -> None:
    content = b"Subject: a\r\n\r\nb\r\n"
    assert wire.lines(content) is content


@given(st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a", b"\xff"]), max_size=30))
def test_no_message_can_end_itself_early_and_each_comes_out_as_it_was(parts: list[bytes]) -> None:
    content = wire.lines(b"".join(parts))
    sent = wire.stuffed(content)
    assert b"\r\n.\r\n" not in b"\r\n" + sent
    assert b"\r" not in sent.replace(b"\r\n", b"")
    assert b"\n" not in sent.replace(b"\r\n", b"")
    received = b"".join(
        line[1:] if line.startswith(b".") else line for line in sent.split(b"\r\n") for line in (line + b"\r\n",)
    )[: -len(b"\r\n")]
    assert received == content


@pytest.mark.parametrize(
    ("address", "utf8", "path"),
    [
        ("", False, b"<>"),
        ("ann@example.com", False, b"<ann@example.com>"),
        ("o'hara+x=y@example.com", False, b"<o'hara+x=y@example.com>"),
        ("ann@例子.cn", False, b"<ann@xn--fsqu00a.cn>"),
        ("安@例子.cn", True, "<安@例子.cn>".encode()),
    ],
)
def test_addresses_are_written_as_the_server_understands_them(address: str, utf8: bool, path: bytes) -> None:
    assert wire.path(address, utf8) == path


@pytest.mark.parametrize(
    "address",
    [
        "a@b> SIZE=0",
        "a@b\r\nRSET",
        "a b@c",
        "no-at",
        "@example.com",
        "ann@",
        '"a b"@example.com',
        "安@example.com",
        "ann@" + "x" * 70 + ".例子",
    ],
)
def test_an_address_that_cannot_be_mailed_is_refused_here(address: str) -> None:
    with pytest.raises(wire.BadAddress):
        wire.path(address, utf8=False)


@pytest.mark.parametrize(
    ("configured", "host", "said"),
    [
        ("mail.example.com", "x", "mail.example.com"),
        ("", "host.example.com", "host.example.com"),
        ("", "localhost", "[127.0.0.1]"),
        ("", "my_host.example.com", "[127.0.0.1]"),
    ],
)
def test_we_greet_with_a_full_name_or_an_address(configured: str, host: str, said: str) -> None:
    assert wire.hello_name(configured, host) == said


def test_backoff_grows_to_its_most_and_is_spread() -> None:
    backoff = Backoff(first=2, most=300, factor=2, jitter=0.25, seed="box")
    for attempt in range(1, 2000):
        longest = min(300, 2 * 2 ** min(attempt - 1, 64))
        assert longest * 0.75 <= backoff.delay(attempt) <= longest
    assert backoff.delay(3) == backoff.delay(3)
    assert len({Backoff(seed=name).delay(1) for name in "abcdef"}) == 6
