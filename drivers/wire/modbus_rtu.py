"""Modbus RTU: the questions a reading driver asks, and what their answers say.

Source: MODBUS Application Protocol V1.1b3 (6.3, 6.4, 7); MODBUS over Serial Line V1.02 (2.5, 6.2).
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import Refused, Request, WireError

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["EXCEPTIONS", "MAX_REGISTERS", "ReadRegisters", "crc16", "parse_read_reply", "with_crc"]

MAX_REGISTERS = 125  # one byte counts the data bytes: 250 is the last even number with its frame in 256
READ_HOLDING, READ_INPUT = 3, 4
EXCEPTION_BIT = 0x80
BUSY = 6
EXCEPTION_BYTES = 5  # address, function, code, CRC
HEAD = ("address", "function", "byte count")

EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "server device failure",
    5: "acknowledge",
    6: "server device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target device failed to respond",
}


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


CRC_TABLE = _crc_table()


def crc16(data: "Buffer") -> int:
    """CRC-16/MODBUS of data; on the wire its low byte comes first."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def with_crc(body: bytes) -> bytes:
    """The frame: body and its CRC."""
    crc = crc16(body)
    return body + bytes((crc & 0xFF, crc >> 8))


def parse_read_reply(buf: "Buffer", address: int, function: int, count: int) -> "tuple[int, ...] | None":
    """Register values of a read reply: `count` ints 0..65535, unscaled.

    buf: bytes from the answer's first one; address 1..247; function 3 or 4; count 1..125.
    Returns None while bytes are missing. Raises WireError when they cannot become the
    answer, Refused for a Modbus exception. Bytes behind the frame are left to the line.
    """
    refused = len(buf) > 1 and buf[1] == function | EXCEPTION_BIT
    head = (address, buf[1]) if refused else (address, function, 2 * count)
    size = EXCEPTION_BYTES if refused else 5 + 2 * count
    for at, want in enumerate(head[: len(buf)]):  # the head can condemn a reply early
        if buf[at] != want:
            raise WireError(HEAD[at], want, buf[at])
    if len(buf) < size:
        return None
    due, got = crc16(buf[: size - 2]), buf[size - 2] | buf[size - 1] << 8
    if due != got:
        raise WireError("CRC", due, got)
    if refused:
        raise Refused(buf[2], EXCEPTIONS.get(buf[2], ""), buf[2] == BUSY)
    return struct.unpack(">%dH" % count, buf[3 : size - 2])


class ReadRegisters(Request):
    """Read `count` holding (function 3) or input (function 4) registers from `start`.

    address 1..247, start 0..65535 as on the wire, count 1..125. Raises ValueError outside.
    The answer names neither register nor question: two reads of one function and count at one
    address can be mistaken for each other, which is what `shape` says.
    """

    address: int

    def __init__(self, address: int, function: int, start: int, count: int) -> None:
        if not 1 <= address <= 247:
            raise ValueError("Modbus address %d is not within 1..247" % address)
        if function not in (READ_HOLDING, READ_INPUT):
            raise ValueError("function %d reads no registers: 3 or 4 do" % function)
        if not 1 <= count <= MAX_REGISTERS:
            raise ValueError("%d registers asked, a request carries 1..125" % count)
        if not 0 <= start <= 65536 - count:
            raise ValueError("registers %d..%d are not within 0..65535" % (start, start + count - 1))
        self.address = address
        self.function = function
        self.start = start
        self.count = count
        self.longest = 5 + 2 * count
        self.shape = (function, count)

    def __repr__(self) -> str:
        return "ReadRegisters(%d, %d, %d, %d)" % (self.address, self.function, self.start, self.count)

    def encode(self) -> bytes:
        return with_crc(struct.pack(">BBHH", self.address, self.function, self.start, self.count))

    def length(self, buf: "Buffer") -> "int | None":
        if len(buf) < 2:
            return None
        return EXCEPTION_BYTES if buf[1] & EXCEPTION_BIT else self.longest

    def parse(self, buf: "Buffer") -> "tuple[int, ...] | None":
        return parse_read_reply(buf, self.address, self.function, self.count)
