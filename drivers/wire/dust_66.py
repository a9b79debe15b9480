"""Dust meters that speak function 0x66 (LSS2004, LSS2014, SDL Model 2030): Modbus in form, not in content.

Address, 0x66, count of data bytes, command, data, CRC-16/MODBUS low byte first. Source: public
driver rtuacq_protocol_tsp_AnRongXin_LSS2004_LSS2014.c; the byte at the command's place in an
answer is not described there, and not judged here: the count tells the two answers apart.
"""

import struct
from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest
from drivers.wire.modbus_rtu import crc16, with_crc

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Dust(NamedTuple):
        value: float
        state: int
        calibrating: bool
        alarm: int

    class Parameters(NamedTuple):
        i13026: float
        i13022: float
        range: int
        seconds: float
else:
    Dust = namedtuple("Dust", ("value", "state", "calibrating", "alarm"))
    Parameters = namedtuple("Parameters", ("i13026", "i13022", "range", "seconds"))

__all__ = ["FAULT", "MAINTENANCE", "OK", "Dust", "Parameters", "ReadDust", "ReadParameters"]

FUNCTION = 0x66
OVERHEAD = 6  # address, function, count, command and CRC
OK, FAULT, MAINTENANCE = 0, 1, 2  # the two low bits of the state; 3 is not described


class Read66(BinaryRequest):
    """A question with `asks` as its data, whose answer counts `count` data bytes."""

    address: int
    names = ("address", "function", "byte count")
    command: int
    asks = b""
    count: int

    def __init__(self, address: int) -> None:
        if not 1 <= address <= 255:
            raise ValueError("address %d is not within 1..255" % address)
        self.address = address
        self.head = (address, FUNCTION, self.count)
        self.size = self.longest = self.expected = OVERHEAD + self.count
        self.shape = (FUNCTION, self.count)
        self.question = with_crc(bytes((address, FUNCTION, len(self.asks), self.command)) + self.asks)

    def check(self, frame: bytes) -> None:
        due, got = crc16(frame[:-2]), frame[-2] | frame[-1] << 8
        if due != got:
            raise WireError("CRC", due, got)

    def value(self, frame: bytes) -> "Any":
        return self.said(frame[4:-2])

    def said(self, data: bytes) -> "Any":
        """What the data bytes say; never None."""
        raise NotImplementedError


class ReadDust(Read66):
    """Command 0x9B: concentration in mg/m3, state (OK, FAULT, MAINTENANCE), calibrating, alarm byte.

    address 1..255. Raises ValueError for another.
    """

    command = 0x9B
    asks = bytes(4)
    count = 0x1E

    def said(self, data: bytes) -> "Dust":
        (concentration,) = struct.unpack(">f", data[5:9])
        return Dust(concentration, data[26] & 3, bool(data[26] >> 3 & 3), data[27])


class ReadParameters(Read66):
    """Command 0x9C: two parameters of the calibration, range in mg/m3, averaging time in s.

    The source gives the first two their codes of HJ 212 alone, and so do we.
    address 1..255. Raises ValueError for another.
    """

    command = 0x9C
    count = 0x39

    def said(self, data: bytes) -> "Parameters":
        i13026, i13022, span, seconds = struct.unpack(">ffHf", data[4:18])
        return Parameters(i13026, i13022, span, seconds)
