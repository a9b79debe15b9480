"""Ports: bytes in, bytes out. SerialPort (serial_port) is the real one; MemoryPort serves tests."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from hal.errors import PortError
from hal.job import Timing

__all__ = ["Framing", "MemoryPort", "Port", "SerialTiming"]


class Port(Protocol):
    """A port hands received bytes to `on_bytes` and its own loss, once, to `on_lost`.

    `open` raises PortError; one that takes time (a connection) returns what is to be awaited.
    await_bytes: until it is told otherwise, the port may keep bytes back as long as there are
    fewer than `count`; read_now hands over whatever is there. tune: what is written and heard from
    now on has the speed and framing of this SerialTiming. write and tune raise PortError.
    """

    name: str

    def open(
        self, on_bytes: Callable[[bytes], None], on_lost: Callable[[PortError], None]
    ) -> Awaitable[None] | None: ...
    def write(self, data: bytes) -> None: ...
    def tune(self, timing: Timing) -> None: ...
    def await_bytes(self, count: int) -> None: ...
    def read_now(self) -> None: ...
    def close(self) -> None: ...


class Framing:
    """Data bits 7..8, parity N, E or O, stop bits 1..2: `8N1`. Raises ValueError."""

    def __init__(self, text: str) -> None:
        if len(text) != 3 or text[0] not in "78" or text[1] not in "NEO" or text[2] not in "12":
            raise ValueError(
                f"framing {text!r}: expected data bits, parity and stop bits as in 8N1, 8E1, 7E1"
            )
        self.data_bits, self.parity, self.stop_bits = int(text[0]), text[1], int(text[2])

    def __str__(self) -> str:
        return f"{self.data_bits}{self.parity}{self.stop_bits}"

    @property
    def bits(self) -> int:
        """Bits of one character on the wire: start, data, parity, stop."""
        return 1 + self.data_bits + (self.parity != "N") + self.stop_bits


class SerialTiming(Timing):
    """The timing of a speed and a framing, which a serial port can be set to."""

    def __init__(self, baud: int, framing: Framing) -> None:
        super().__init__(baud, framing.bits)
        self.baud, self.framing = baud, framing

    def __str__(self) -> str:
        return f"{self.baud} {self.framing}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SerialTiming) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class MemoryPort:
    """A port in memory: `written` is what the line sent, `feed` is what it hears."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.written: list[bytes] = []
        self.is_open = False
        self._on_bytes: Callable[[bytes], None] = lambda data: None
        self._on_lost: Callable[[PortError], None] = lambda error: None

    def open(self, on_bytes: Callable[[bytes], None], on_lost: Callable[[PortError], None]) -> None:
        self._on_bytes, self._on_lost, self.is_open = on_bytes, on_lost, True

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def tune(self, timing: Timing) -> None:
        """Memory has no speed."""

    def await_bytes(self, count: int) -> None:
        """Everything is handed over at once."""

    def read_now(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        self.is_open = False

    def feed(self, data: bytes) -> None:
        self._on_bytes(data)

    def lose(self) -> None:
        self.is_open = False
        self._on_lost(PortError(f"port {self.name}", "lost"))
