"""A TCP connection on the gateway: to a Modbus TCP device, or to the serial line behind a device server.

Everything runs on the event loop; only a host name is resolved in a thread, one at a time, which
nobody waits for at the end.
"""

import asyncio
import errno
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from hal.errors import PortError
from hal.job import Timing

__all__ = ["KINDS", "SERIAL_SERVER", "SILENT_LIMIT_S", "TCP", "UDP", "TcpAddress", "TcpPort", "tcp_address"]

TCP, SERIAL_SERVER, UDP = KINDS = ("tcp", "rtu+tcp", "udp")
HOST = re.compile(r"[A-Za-z0-9_.:-]+")  # a name, an IPv4 or an IPv6 address
CONNECT_S = 5.0  # resolving the name and the handshake together; each address of a name
SILENT_LIMIT_S = 30.0  # of a line on which nobody answers: its connection may lead nowhere
# A connection that carries nothing is probed after 10 s and given up 5 s later (the user time-out ends
# it before the third probe would); one whose bytes are not acknowledged is given up after 10 s, where
# Linux by itself waits 15 minutes. Source: tcp(7).
KEEP_ALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 10_000),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),  # a question is one small packet, sent at once
)
Found = list[tuple[Any, ...]]  # as socket.getaddrinfo gives them


class TcpAddress(NamedTuple):
    """kind: TCP (Modbus TCP), SERIAL_SERVER (a serial line's bytes) or UDP; host; port 1..65535."""

    kind: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{host}:{self.port}"


def tcp_address(text: str) -> TcpAddress | None:
    """The address in `tcp://host:port`, `rtu+tcp://` or `udp://`; None where the text begins otherwise.

    Raises ValueError, with a text for a person, where it begins so and is none.
    """
    kind = text.partition("://")[0]
    if kind not in KINDS or "://" not in text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("its port is not within 1..65535, or its host is no name or address") from None
    if port is None:
        usual = " (Modbus TCP devices listen on 502)" if kind == TCP else ""
        raise ValueError(f"it names no port{usual}")
    if not host or not HOST.fullmatch(host) or not port:
        raise ValueError("its port is not within 1..65535, or its host is no name or address")
    if "@" in parts.netloc or parts.path or parts.query or parts.fragment:
        raise ValueError("only host and port belong into it")
    return TcpAddress(kind, host, port)


class TcpPort:
    """A connection to `address`. resolve: as socket.getaddrinfo; tests inject one."""

    socket_type = socket.SOCK_STREAM
    options: tuple[tuple[int, int, int], ...] = KEEP_ALIVE
    read_bytes = 4096
    empty_ends = True  # a stream's end; a datagram may be empty, and ends nothing

    def __init__(
        self,
        address: TcpAddress,
        loop: asyncio.AbstractEventLoop,
        resolve: Callable[..., Found] = socket.getaddrinfo,
    ) -> None:
        self.name = str(address)
        self._address, self._loop, self._resolve = address, loop, resolve
        self._link: socket.socket | None = None
        self._lookup: asyncio.Future[Found | OSError] | None = None
        self._on_bytes: Callable[[bytes], None] = lambda data: None
        self._on_lost: Callable[[PortError], None] = lambda error: None

    async def open(self, on_bytes: Callable[[bytes], None], on_lost: Callable[[PortError], None]) -> None:
        """Raises PortError: the name is unknown, nobody is there, or nobody listens."""
        failed: OSError = TimeoutError()
        try:
            async with asyncio.timeout(CONNECT_S):
                found = await self._found()
        except OSError as error:  # also the time-out
            raise self._unresolved(error) from error
        for family, _, _, _, target in found:
            try:
                async with asyncio.timeout(CONNECT_S):
                    link = await self._connected(family, target)
                    break
            except OSError as error:
                failed = error
        else:
            raise self._refused(failed) from failed
        self._link, self._on_bytes, self._on_lost = link, on_bytes, on_lost
        self._loop.add_reader(link.fileno(), self._readable)

    def write(self, data: bytes) -> None:
        """Raises PortError when the connection is gone or takes no more bytes."""
        assert self._link is not None, "the port is not open"
        try:
            taken = self._link.send(data)
        except BlockingIOError:
            taken = 0
        except OSError as error:
            raise PortError(f"port {self.name}", f"cannot write: {error.strerror}") from error
        if taken != len(data):
            raise PortError(
                f"port {self.name}", f"took {taken} of {len(data)} bytes: the other side reads nothing"
            )

    def tune(self, timing: Timing) -> None:
        """A network has no speed that we could set: `check` refuses to ask for one."""

    def await_bytes(self, count: int) -> None:
        """A network hands over whole packets: there is nothing to wait for."""

    def read_now(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        if self._link is not None:
            self._loop.remove_reader(self._link.fileno())
            self._link.close()
            self._link = None

    # -- connecting -------------------------------------------------------------------------

    async def _found(self) -> Found:
        """What the host's name stands for. An address is taken as it is, without a thread."""
        host, port = self._address.host, self._address.port
        with suppress(socket.gaierror):
            return socket.getaddrinfo(
                host, port, type=self.socket_type, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
            )
        # A name server that is away takes half a minute to fail: the question then under way is
        # waited for again the next time, so that threads never pile up.
        if self._lookup is None:
            self._lookup = self._loop.create_future()
            threading.Thread(target=self._look_up, args=(self._lookup,), daemon=True).start()
        found = await asyncio.shield(self._lookup)
        self._lookup = None
        if isinstance(found, OSError):
            raise found
        return found

    def _look_up(self, answer: "asyncio.Future[Found | OSError]") -> None:
        """In a thread of its own."""
        try:
            found: Found | OSError = self._resolve(
                self._address.host, self._address.port, type=self.socket_type
            )
        except OSError as error:
            found = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(answer.set_result, found)

    async def _connected(self, family: int, target: Any) -> socket.socket:
        link = socket.socket(family, self.socket_type | socket.SOCK_CLOEXEC)
        try:
            link.setblocking(False)
            for level, option, value in self.options:
                link.setsockopt(level, option, value)
            await self._loop.sock_connect(link, target)
        except BaseException:
            link.close()
            raise
        return link

    # -- hearing ----------------------------------------------------------------------------

    def _readable(self) -> None:
        assert self._link is not None
        try:
            data = self._link.recv(self.read_bytes)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)
            return
        if data:
            self._on_bytes(data)
        elif self.empty_ends:
            self._lose(None)

    def _lose(self, error: OSError | None) -> None:
        """error: None where the other side has closed in good order."""
        self.close()
        what, hint = "lost: closed by the other side", ONE_CLIENT
        if error is not None and error.errno == errno.ETIMEDOUT:
            what, hint = "lost: the other side has gone without a word", "its power, and the network to it"
        elif error is not None and error.errno != errno.ECONNRESET:
            what, hint = f"lost: {error.strerror or error}", ""
        self._on_lost(PortError(f"port {self.name}", what, hint))

    # -- what a person is told --------------------------------------------------------------

    def _unresolved(self, error: OSError) -> PortError:
        host = self._address.host
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
            what, hint = f"there is no host {host}", f"check the name with `getent hosts {host}`"
        else:
            what, hint = f"the name {host} cannot be resolved now", "no name server answers"
        return PortError(f"port {self.name}", what, f"{hint}; an IP address in its place needs none")

    def _refused(self, error: OSError) -> PortError:
        where, (kind, host, port) = f"port {self.name}", self._address
        if isinstance(error, TimeoutError):
            return PortError(
                where,
                f"no answer from {host} within {CONNECT_S:g} s",
                f"its power, its address, a firewall between: does `ping {host}` answer?",
            )
        if error.errno == errno.ECONNREFUSED:
            wanted = "Modbus TCP" if kind == TCP else "the TCP server mode of that serial port"
            return PortError(
                where,
                f"{host} is there, but nothing listens on port {port}",
                f"is {wanted} switched on in the device, and its port number {port}?",
            )
        if error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
            return PortError(
                where,
                f"{host} cannot be reached: {error.strerror}",
                f"its power and cable, and this box's own network: `ip route get {host}` shows the way",
            )
        return PortError(where, f"cannot be opened: {error.strerror or error}")


ONE_CLIENT = "many devices serve one client alone: is another program connected to it?"
