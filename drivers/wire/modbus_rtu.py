"""Modbus RTU: address, PDU and CRC, in binary, on a serial line.

Source: MODBUS over Serial Line V1.02 (2.5.1, 6.2); the PDUs are in modbus_pdu.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire import checks, modbus_pdu
from drivers.wire.modbus_pdu import EXCEPTION_BYTES, EXCEPTIONS, MAX_REGISTERS, READ_HOLDING, READ_INPUT
from drivers.wire.modbus_spans import said, spans

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer, Frame

__all__ = [
    "EXCEPTIONS",
    "MAX_REGISTERS",
    "READ_HOLDING",
    "READ_INPUT",
    "ReadRegisters",
    "RtuRequest",
    "check_address",
    "crc16",
    "parse_read_reply",
    "with_crc",
]

FRAME_BYTES = 3  # address and CRC, around the PDU
ANYBODY = 255  # reserved by the standard; small relay boards and sensors answer there to whoever asks


def crc16(data: "Buffer") -> int:
    """CRC-16/MODBUS of data; on the wire its low byte comes first."""
    return checks.crc16(data, 0xFFFF, checks.CRC_A001)


def with_crc(body: bytes) -> bytes:
    """The frame: body and its CRC."""
    crc = crc16(body)
    return body + bytes((crc & 0xFF, crc >> 8))


def check_address(address: int) -> None:
    """Raises ValueError unless 1..247, or ANYBODY: a broadcast (0) has no answer, the rest is reserved."""
    if not 1 <= address <= 247 and address != ANYBODY:
        raise ValueError("Modbus address %d is not within 1..247" % address)


class RtuRequest(Request):
    """A PDU asked of `address` (1..247, or 255) in RTU. Raises ValueError for another address.

    The answer names no question: two of equal `shape` at one address can be mistaken for each
    other. An exception names its function alone, and may be another question's.
    """

    address: int
    shortest = EXCEPTION_BYTES + FRAME_BYTES

    def __init__(self, address: int, pdu: "modbus_pdu.Pdu") -> None:
        check_address(address)
        self.address = address
        self.pdu = pdu
        self.shape = pdu.shape
        self.longest = pdu.longest + FRAME_BYTES
        self.repeatable = pdu.repeatable
        self._frame = b""  # a question is asked again and again

    def encode(self) -> bytes:
        if not self._frame:
            self._frame = with_crc(bytes((self.address,)) + self.pdu.encode())
        return self._frame

    def length(self, buf: "Buffer") -> "int | None":
        size = self.pdu.length(buf, 1)
        return None if size is None else size + FRAME_BYTES

    def parse(self, buf: "Buffer") -> "Any":
        if buf and buf[0] != self.address:
            raise WireError("address", self.address, buf[0])
        self.pdu.check_head(buf, 1)
        size = self.length(buf)
        if (size or len(buf)) > self.longest:
            raise WireError("answer", "at most %d bytes" % self.longest, "%d" % (size or len(buf)))
        if size is None or len(buf) < size:
            return None
        due, got = crc16(buf[: size - 2]), buf[size - 2] | buf[size - 1] << 8
        if due != got:
            raise WireError("CRC", due, got)
        return self.pdu.said(buf[1 : size - 2])

    @staticmethod
    def whole_frame(buf: "Buffer") -> "Frame | None":
        """As in Request: any frame of addresses 0..247 whose CRC is right, of the functions known."""
        if len(buf) < FRAME_BYTES or buf[0] > 247:
            return None
        for pdu_bytes, asks in spans(buf, 1):
            size = pdu_bytes + FRAME_BYTES
            if len(buf) >= size and crc16(buf[: size - 2]) == buf[size - 2] | buf[size - 1] << 8:
                return size, asks, said(buf[0], buf[1], asks)
        return None


class ReadRegisters(RtuRequest):
    """Read `count` holding (function 3) or input (function 4) registers from `start`.

    address 1..247, start 0..65535 as on the wire, count 1..125. Raises ValueError outside.
    """

    def __init__(self, address: int, function: int, start: int, count: int) -> None:
        super().__init__(address, modbus_pdu.ReadRegisters(function, start, count))
        self.function = function
        self.start = start
        self.count = count

    def __repr__(self) -> str:
        return "ReadRegisters(%d, %d, %d, %d)" % (self.address, self.function, self.start, self.count)


def parse_read_reply(buf: "Buffer", address: int, function: int, count: int) -> "tuple[int, ...] | None":
    """Register values of a read reply: what ReadRegisters.parse makes of it, wherever they start."""
    registers: tuple[int, ...] | None = ReadRegisters(address, function, 0, count).parse(buf)
    return registers
