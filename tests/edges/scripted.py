"""A server on a free port that follows a script: for the answers that no well-behaved server gives."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Reply = Callable[[str], bytes | None]
"""From a line that the client sent to what is answered; None hangs up."""


class ScriptedServer:
    """Says `greeting` to each connection, then answers each line by the `Reply` that `script` made for it."""

    def __init__(self, greeting: bytes, script: Callable[[], Reply]) -> None:
        self.lines: list[str] = []
        self.connections = 0
        self._greeting = greeting
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def say(self, text: bytes) -> None:
        """Say something that nobody asked for on the latest connection."""
        self._sockets[-1].sendall(text)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._sockets.append(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        reply = self._script()
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
            connection.sendall(self._greeting)
            for line in reader:
                said = line.decode("utf-8", "replace").rstrip("\r\n")
                self.lines.append(said)
                answer = reply(said)
                if answer is None:
                    return
                connection.sendall(answer)


def imap_script(**answers: bytes) -> Callable[[], Reply]:
    """An IMAP server with an INBOX of three messages, which answers commands named here differently.

    An answer has `{tag}` in place of the tag; `CAPABILITY` is the list of capabilities.
    """
    usual = {
        "CAPABILITY": b"IMAP4rev1 IDLE MOVE UIDPLUS",
        "LOGIN": b"{tag} OK in\r\n",
        "ID": b'* ID ("name" "scripted")\r\n{tag} OK nice to meet you\r\n',
        "SELECT": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ids\r\n{tag} OK [READ-WRITE] selected\r\n",
        "LIST": b"{tag} OK none\r\n",
        "UID SEARCH": b"* SEARCH 1 2 3\r\n{tag} OK found\r\n",
        "LOGOUT": b"* BYE bye\r\n{tag} OK out\r\n",
    }
    replies = usual | {name.replace("_", " "): answer for name, answer in answers.items()}

    def reply() -> Reply:
        idle_tag = ""

        def answer(line: str) -> bytes | None:
            nonlocal idle_tag
            if line == "DONE":
                return f"{idle_tag} OK done\r\n".encode()
            tag, _, command = line.partition(" ")
            if command == "CAPABILITY":
                return b"* CAPABILITY " + replies["CAPABILITY"] + f"\r\n{tag} OK so\r\n".encode()
            if command == "IDLE":
                idle_tag = tag
            for name in sorted(replies, key=len, reverse=True):
                if command.upper().startswith(name.upper()):
                    return replies[name].replace(b"{tag}", tag.encode())
            return f"{tag} BAD what\r\n".encode()

        return answer

    return reply
