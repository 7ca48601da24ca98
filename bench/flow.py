"""The whole way, with the daemon as a process: messages a second, delivery to acknowledgement, memory."""

import statistics
import subprocess
import time

from bench import samples
from bench.site import Embedded, Maker, Site, resident

MAILS_A_MESSAGE = 2  # the acknowledgement, and the notice to who must act
# Between two messages, so that the server's own delay (Dovecot gathers changes for half a second before it tells
# a client in IDLE) begins with each anew.
PAUSE = 0.7


def throughput(maker: Maker, messages: int, rounds: int) -> dict[str, object]:
    """Messages a second from a full INBOX to the last of their mails accepted by the relay."""
    rates, memory = [], []
    for _ in range(rounds):
        site = maker.site()
        contents = [samples.request(number, site.user) for number in range(messages)]
        site.imap.deliver(site.user, *contents)
        with site.daemon() as daemon:
            start = time.monotonic()
            accepted = site.sink.wait(MAILS_A_MESSAGE * messages, 30 + messages / 10)
            rates.append(messages / (accepted[-1][0] - start))
            memory.append(resident(daemon.pid)[1])
        _check(site, messages)
    return {
        "messages": messages,
        "messages_a_second": _spread(rates),
        "resident_mb": {"median": statistics.median(memory), "most": max(memory)},
    }


def latency(maker: Maker, messages: int) -> dict[str, object]:
    """Milliseconds from a message in the mailbox to its acknowledgement accepted, on two servers.

    Dovecot gathers changes for half a second before it tells of them; so there is, too, the time from its word.
    """
    with Embedded({}) as embedded:
        return {"dovecot": _latency(maker.site(), messages), "embedded": _latency(maker.site(embedded), messages)}


def _latency(site: Site, messages: int) -> dict[str, object]:
    delivered: dict[str, float] = {}
    announced: list[float] = []
    with site.daemon() as daemon, _Watcher(site, announced):
        time.sleep(1.0)  # both connections are in IDLE
        for number in range(messages):
            content = samples.request(number, site.user)
            delivered[f"{number}.{site.user}@client.example"] = time.monotonic()
            site.imap.deliver(site.user, content)
            site.sink.wait(MAILS_A_MESSAGE * (number + 1), 20)
            time.sleep(PAUSE)
        memory = resident(daemon.pid)[0]
    first: dict[str, float] = {}
    for moment, answered in site.sink.accepted:
        first.setdefault(answered, moment)
    whole = [(first[one] - moment) * 1000 for one, moment in delivered.items()]
    ours = []
    for one, moment in delivered.items():
        heard = next((at for at in announced if at >= moment), None)
        if heard is not None and heard <= first[one]:
            ours.append((first[one] - heard) * 1000)
    return {
        "messages": messages,
        "delivery_to_acknowledgement_ms": _percentiles(whole),
        "announced_to_acknowledgement_ms": _percentiles(ours),
        "resident_mb": memory,
    }


class _Watcher:
    """A second client in IDLE, which notes when the server tells of new mail."""

    def __init__(self, site: Site, announced: list[float]) -> None:
        self._site, self._announced = site, announced
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> None:
        import threading

        from imapclient import IMAPClient

        self._client = IMAPClient(self._site.imap.host, self._site.imap.port, ssl=False, timeout=10)
        self._client.login(self._site.user, "secret")
        self._client.select_folder("INBOX", readonly=True)
        self._client.idle()
        self._ended = False
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._ended:
            for answer in self._client.idle_check(timeout=0.2):
                if b"EXISTS" in answer:
                    self._announced.append(time.monotonic())

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join(5)
        self._client.shutdown()


def _check(site: Site, messages: int) -> None:
    """The work was done, not only fast: every message answered, filed and out of the INBOX."""
    answered = {one for _, one in site.sink.accepted}
    assert len(answered) == messages, f"{len(answered)} of {messages} answered"
    until = time.monotonic() + 10
    while site.imap.stored(site.user) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(site.imap.stored(site.user, "Filed")) == messages


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def _percentiles(values: list[float]) -> dict[str, float]:
    if len(values) < 2:
        return {}
    return {
        "median": statistics.median(values),
        "p95": statistics.quantiles(values, n=20)[-1],
        "most": max(values),
        "of": len(values),
    }
