"""An instrument that is asked in datagrams, or a device server in its UDP mode: `udp://host:port`.

Nothing is connected and nothing is watched by the kernel: a host that is away is silence, as a serial
instrument's is. A host that is there, and on which nobody listens, says so (ICMP): the port is lost then.
Each datagram is handed on as bytes; whose answer they are, and where it ends, the line finds out as ever.
"""

import asyncio
import errno
import socket

from hal.errors import PortError
from hal.tcp_port import UDP, TcpAddress, TcpPort

__all__ = ["UdpPort", "network_port"]


class UdpPort(TcpPort):
    """Datagrams to and from `address` alone: what others send there is dropped by the kernel."""

    socket_type = socket.SOCK_DGRAM
    options = ()
    read_bytes = 65535  # more than a datagram holds: none is cut off
    empty_ends = False

    def write(self, data: bytes) -> None:
        """Raises PortError when the kernel does not take them. Nothing to send is no datagram."""
        if data:
            super().write(data)

    def _lose(self, error: OSError | None) -> None:
        self.close()
        host, port = self._address.host, self._address.port
        what, hint = f"lost: {error.strerror or error}" if error else "lost", ""
        if error is not None and error.errno == errno.ECONNREFUSED:
            what = f"{host} is there, but nothing listens on UDP port {port}"
            hint = f"is the instrument's network port switched on, and its number {port}?"
        self._on_lost(PortError(f"port {self.name}", what, hint))


def network_port(address: TcpAddress, loop: asyncio.AbstractEventLoop) -> TcpPort:
    """The port of this kind of address."""
    return (UdpPort if address.kind == UDP else TcpPort)(address, loop)
