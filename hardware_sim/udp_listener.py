"""A UDP socket in place of a pty: an instrument that is asked in datagrams.

It answers whoever asked last, as an instrument does that keeps no connections.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

from hardware_sim.tables import BenchError

__all__ = ["UdpListener"]

READ_BYTES = 65535


class UdpListener:
    """listen: "udp://127.0.0.1:53700"; port 0 is any free one. baud: as the line has it."""

    def __init__(self, listen: str, baud: int, where: str) -> None:
        kind, _, place = listen.partition("://")
        host, _, port = place.rpartition(":")
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        try:
            self._socket.bind((host.strip("[]"), int(port)))
        except (OSError, ValueError, OverflowError) as error:
            self._socket.close()
            number = getattr(error, "errno", None) or 0
            reason = os.strerror(number) if number > 0 else str(error)
            raise BenchError(
                f"{where}: listen", f"cannot listen at {listen}: {reason}", "name a free port"
            ) from error
        self._baud = baud
        self._client: Any = None
        self.path = f"{kind}://{host}:{self._socket.getsockname()[1]}"

    def serve(self, loop: asyncio.AbstractEventLoop, on_readable: Callable[[], None]) -> None:
        """Call on_readable whenever read() may have something."""
        self._loop = loop
        loop.add_reader(self._socket.fileno(), on_readable)

    def baud(self) -> int:
        """No master can set it from afar."""
        return self._baud

    def read(self) -> bytes:
        """The next datagram; b"" where there is none."""
        try:
            data, self._client = self._socket.recvfrom(READ_BYTES)
        except OSError:  # none, or a client that has gone meanwhile
            return b""
        return data

    def write(self, chunk: bytes) -> int:
        """Send bytes as one datagram; how many were taken (none before anybody asked)."""
        try:
            return self._socket.sendto(chunk, self._client) if self._client is not None else 0
        except OSError:
            return 0

    def close(self) -> None:
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
