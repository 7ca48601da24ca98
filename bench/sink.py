"""An SMTP server that does as little as it can, in a process of its own, and tells when it accepted each mail.

Run as `python -m bench.sink`: prints its port, then a line a mail: seconds on the machine's monotonic clock,
and the In-Reply-To of the mail.
"""

import asyncio
import re
import sys
import time

_ANSWERS = re.compile(rb"^In-Reply-To:\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


class Sink(asyncio.Protocol):
    """One connection; PIPELINING and 8BITMIME."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.held = b""
        self.in_data = False
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.held += data
        answers = []
        while True:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            line, found, rest = self.held.partition(end)
            if not found:
                break
            self.held = rest
            answers.append(self._take(line))
        if answers:
            self.transport.write(b"".join(answers))

    def _take(self, line: bytes) -> bytes:
        if self.in_data:
            self.in_data = False
            answered = _ANSWERS.search(line)
            sys.stdout.write(f"{time.monotonic():.6f} {answered[1].decode() if answered else '-'}\n")
            sys.stdout.flush()
            return b"250 2.0.0 OK\r\n"
        match line[:4].upper():
            case b"EHLO":
                return b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n"
            case b"DATA":
                self.in_data = True
                return b"354 go on\r\n"
            case b"QUIT":
                return b"221 2.0.0 bye\r\n"
            case _:
                return b"250 2.0.0 OK\r\n"


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
