"""A TCP socket in place of a pty: a Modbus TCP server, or a device server before a serial line.

It serves one client, as many of them do; a further one is turned away at once.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

from hardware_sim.tables import BenchError

__all__ = ["KINDS", "TCP", "UDP", "Listener", "kind_of"]

TCP, SERIAL_SERVER, UDP = KINDS = ("tcp", "rtu+tcp", "udp")
READ_BYTES = 4096


def kind_of(listen: str | None) -> str:
    """The kind that "tcp://host:port" begins with; "" of None. Raises ValueError for another text."""
    if listen is None:
        return ""
    kind, mark, _ = listen.partition("://")
    if not mark or kind not in KINDS:
        raise ValueError(f"{listen!r} is none of {', '.join(f'{known}://host:port' for known in KINDS)}")
    return kind


class Listener:
    """listen: "tcp://127.0.0.1:1502"; port 0 is any free one. baud: of the line behind it."""

    def __init__(self, listen: str, baud: int, where: str) -> None:
        kind, _, place = listen.partition("://")
        host, _, port = place.rpartition(":")
        try:
            number = int(port)
            family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
            self._server = socket.create_server((host.strip("[]"), number), family=family)
        except (OSError, ValueError, OverflowError) as error:
            number = getattr(error, "errno", None) or 0
            reason = os.strerror(number) if number > 0 else str(error)
            raise BenchError(
                f"{where}: listen", f"cannot listen at {listen}: {reason}", "name a free port"
            ) from error
        self._server.setblocking(False)
        self._baud = baud
        self._client: socket.socket | None = None
        self.path = f"{kind}://{host}:{self._server.getsockname()[1]}"

    def serve(self, loop: asyncio.AbstractEventLoop, on_readable: Callable[[], None]) -> None:
        """Call on_readable whenever read() may have something."""
        self._loop, self._on_readable = loop, on_readable
        loop.add_reader(self._server.fileno(), self._accept)

    def baud(self) -> int:
        """No master can set it from afar."""
        return self._baud

    def read(self) -> bytes:
        """What the client has sent; b"" where there is nothing, or nobody any more."""
        if self._client is None:
            return b""
        try:
            data = self._client.recv(READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._drop()
        return data

    def write(self, chunk: bytes) -> int:
        """Hand bytes to the client; how many were taken (none without one)."""
        try:
            return self._client.send(chunk) if self._client is not None else 0
        except OSError:  # it is gone, which read() will notice
            return 0

    def close(self) -> None:
        self._drop()
        self._loop.remove_reader(self._server.fileno())
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it has gone again already
            client, _ = self._server.accept()
            if self._client is not None and self._has_left(self._client):
                self._drop()
            if self._client is not None:
                client.close()
                return
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = client
            self._loop.add_reader(client.fileno(), self._on_readable)

    @staticmethod
    def _has_left(client: socket.socket) -> bool:
        """Whether it has hung up, which its reader has not been told yet."""
        try:
            return not client.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _drop(self) -> None:
        if self._client is not None:
            self._loop.remove_reader(self._client.fileno())
            self._client.close()
            self._client = None
