"""Modbus RTU from the other side: a device that is asked. Bytes in, answer out; for detector heads.

Functions 3, 4, 6 and 16. Source: MODBUS Application Protocol V1.1b3 (6.3, 6.4, 6.6, 6.12, 7);
MODBUS over Serial Line V1.02 (2.4.1, 2.5.1). Runs on MicroPython too.
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import Refused
from drivers.wire.modbus_pdu import MAX_REGISTERS, READ_HOLDING, READ_INPUT
from drivers.wire.modbus_rtu import check_address, crc16, with_crc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.exchange import Buffer

__all__ = ["ILLEGAL_ADDRESS", "ILLEGAL_FUNCTION", "ILLEGAL_VALUE", "Registers", "RtuSlave"]

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE = 1, 2, 3, 4
WRITE_REGISTER, WRITE_REGISTERS = 6, 16
MAX_WRITTEN = 123
BROADCAST = 0
SHORTEST = 4  # address, function and CRC
FIXED_BYTES = 8  # a whole question of function 3, 4 or 6
WRITTEN_BYTES = 9  # one of function 16, without its data


class Registers:
    """`count` registers from `first` on, each 0..65535."""

    def __init__(self, count: int, first: int = 0) -> None:
        self.first = first
        self.words = [0] * count

    def read(self, start: int, count: int) -> "list[int]":
        """Raises Refused (illegal data address) for what is not there."""
        at = start - self.first
        if at < 0 or at + count > len(self.words):
            raise Refused(ILLEGAL_ADDRESS)
        return self.words[at : at + count]

    def put(self, register: int, words: "Sequence[int]") -> None:
        """Raises ValueError for what does not fit."""
        at = register - self.first
        if at < 0 or at + len(words) > len(self.words):
            raise ValueError("registers %d..%d are not here" % (register, register + len(words) - 1))
        for word in words:
            if not 0 <= word <= 0xFFFF:
                raise ValueError("%d is not within 0..65535" % word)
        for word in words:
            self.words[at] = word
            at += 1

    def put_float(self, register: int, value: float) -> None:
        """A float32 in two registers, high word first; not a number where there is no value."""
        self.put(register, struct.unpack(">HH", struct.pack(">f", value)))


class RtuSlave:
    """A device at `address` (1..247), with input registers and perhaps holding registers.

    write: called with (first register, words) for functions 6 and 16; it may raise Refused(2), (3)
    or (4). Without it they are an illegal function. Raises ValueError for another address.
    """

    def __init__(
        self,
        address: int,
        inputs: "Registers | None" = None,
        holdings: "Registers | None" = None,
        write: "Callable[[int, tuple[int, ...]], None] | None" = None,
    ) -> None:
        check_address(address)
        self.address = address
        self.inputs = inputs
        self.holdings = holdings
        self._write = write
        self.answered = self.refused = self.damaged = 0

    def answer(self, data: "Buffer") -> bytes:
        """What to answer to the bytes between two silences; nothing where none is due."""
        data = bytes(data)
        frame = self._for_us(data)
        if not frame:
            return b""
        try:
            body = self._carry_out(frame[1:-2])
        except Refused as refusal:
            self.refused += 1
            body = bytes((frame[1] | 0x80, int(refusal.code)))
        if frame[0] == BROADCAST:
            return b""
        self.answered += 1
        return with_crc(bytes((self.address,)) + body)

    def _for_us(self, data: bytes) -> bytes:
        """The frame that asks us. A reading is also found behind other bytes: a neighbour's answer
        that was not seen to end, or what a driver leaves on the line as it is switched."""
        if len(data) >= SHORTEST and data[0] in (self.address, BROADCAST):
            if _is_question(data):
                return data
            self.damaged += 1
        tail = data[-FIXED_BYTES:]
        reads = len(tail) == FIXED_BYTES and tail[0] == self.address
        return tail if reads and tail[1] in (READ_HOLDING, READ_INPUT) and _is_question(tail) else b""

    def _carry_out(self, pdu: bytes) -> bytes:
        function = pdu[0]
        if function in (READ_HOLDING, READ_INPUT):
            return self._read(function, self.inputs if function == READ_INPUT else self.holdings, pdu)
        if function in (WRITE_REGISTER, WRITE_REGISTERS) and self._write is not None:
            start, words = _written(pdu)
            try:
                self._write(start, words)
            except Refused:
                raise
            except Exception:  # a fault of the head's own program; the master is told
                raise Refused(DEVICE_FAILURE)  # noqa: B904 - MicroPython keeps no cause
            return pdu[:5]
        raise Refused(ILLEGAL_FUNCTION)

    def _read(self, function: int, table: "Registers | None", pdu: bytes) -> bytes:
        if table is None:
            raise Refused(ILLEGAL_FUNCTION)
        start, count = struct.unpack(">HH", pdu[1:])
        if not 1 <= count <= MAX_REGISTERS:
            raise Refused(ILLEGAL_VALUE)
        words = table.read(start, count)
        return bytes((function, 2 * count)) + struct.pack(">%dH" % count, *words)


def _is_question(frame: bytes) -> bool:
    """Whether it is whole: its length and its CRC. An answer (our own, heard back) never is, but one
    to function 6, which repeats the question."""
    function = frame[1]
    if function in (READ_HOLDING, READ_INPUT, WRITE_REGISTER):
        fits = len(frame) == FIXED_BYTES
    elif function == WRITE_REGISTERS:
        fits = len(frame) > WRITTEN_BYTES and len(frame) == WRITTEN_BYTES + frame[6]
    else:
        fits = function < 0x80
    return fits and crc16(frame) == 0


def _written(pdu: bytes) -> "tuple[int, tuple[int, ...]]":
    """(first register, words) of a question of function 6 or 16. Raises Refused (illegal data value)."""
    (start,) = struct.unpack(">H", pdu[1:3])
    if pdu[0] == WRITE_REGISTER:
        return start, struct.unpack(">H", pdu[3:])
    (count,) = struct.unpack(">H", pdu[3:5])
    if not 1 <= count <= MAX_WRITTEN or pdu[5] != 2 * count:
        raise Refused(ILLEGAL_VALUE)
    return start, struct.unpack(">%dH" % count, pdu[6:])
