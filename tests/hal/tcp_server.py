"""A device server in the test's own loop, for what speaks to one."""

import asyncio
import socket

from drivers.wire.modbus_rtu import with_crc
from hal.tcp_port import TcpAddress


def answer(address):
    """What it says to a question for one register: 7."""
    return with_crc(bytes((address, 3, 2, 0, 7)))


class Server:
    """A device server: `clients` at a time; while `says`, it answers as the address that is asked."""

    def __init__(self, port=0):
        self.port, self.clients, self.says, self.accepted = port, 8, True, 0
        self.heard = b""
        self.links = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for link in self.links:
            link.transport.abort()

    async def _serve(self, reader, link):
        self.accepted += 1
        if len(self.links) >= self.clients:
            link.close()
            return
        self.links.append(link)
        while data := await reader.read(100):
            self.heard += data
            if self.says:
                link.write(answer(data[0]))

    @property
    def address(self):
        return TcpAddress("rtu+tcp", "127.0.0.1", self.port)


async def until(condition, timeout_s=10.0):
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - other processes' and the kernel's doing
            await asyncio.sleep(0.005)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
