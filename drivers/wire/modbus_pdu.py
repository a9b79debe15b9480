"""Modbus without its framing: what is asked and what the answer says, for RTU, ASCII and TCP alike.

A PDU is function code and data. A framing wraps one into a Request: RtuRequest, AsciiRequest,
TcpRequest. Source: MODBUS Application Protocol V1.1b3, clauses 6 and 7.
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import Any

    from drivers.exchange import Buffer

__all__ = [
    "EXCEPTIONS",
    "EXCEPTION_BYTES",
    "MAX_PDU_BYTES",
    "MAX_REGISTERS",
    "READ_COILS",
    "READ_DISCRETE",
    "READ_HOLDING",
    "READ_INPUT",
    "Accepted",
    "GatewayRefused",
    "MaskWrite",
    "Pdu",
    "ReadBits",
    "ReadRegisters",
    "ReadWriteRegisters",
    "WriteCoil",
    "WriteCoils",
    "WriteRegister",
    "WriteRegisters",
]

READ_COILS, READ_DISCRETE, READ_HOLDING, READ_INPUT = 1, 2, 3, 4
MAX_PDU_BYTES = 253  # an RS-485 frame of 256 less address and CRC (clause 4.1)
MAX_REGISTERS = 125  # one byte counts the data bytes: 250 is the last even number with its frame in 256
MAX_BITS = 2000  # 250 data bytes, clauses 6.1 and 6.2
MAX_COILS_WRITTEN = 1968  # clause 6.11
MAX_REGISTERS_WRITTEN = 123  # clause 6.12
MAX_REGISTERS_EXCHANGED = 121  # written by function 23, clause 6.17
EXCEPTION_BIT = 0x80
EXCEPTION_BYTES = 2  # function and code: the shortest answer
ACKNOWLEDGE, BUSY = 5, 6
GATEWAY_CODES = (10, 11)  # the gateway speaks, not the instrument: no communication

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


class Accepted(Refused):
    """Exception code 5: the device took the command and works on it. Look at its state; never repeat."""

    def __str__(self) -> str:
        return "accepted and still being carried out (0x05): look at the state before asking again"


class GatewayRefused(Refused):
    """Exception codes 10 and 11: a gateway has no way to the device, or got no answer from it."""

    by_gateway = True


class Pdu:
    """One question without its framing.

    function: the code sent. head: (name, value, bytes) of each field the answer must begin
    with, the function first. longest: bytes of the answer, or their bound where it varies.
    shape, repeatable: as in Request.
    """

    function: int
    head: "tuple[tuple[str, int, int], ...]"
    longest: int
    shape: "Hashable"
    repeatable = True

    def encode(self) -> bytes:
        """Function code and data."""
        raise NotImplementedError

    def check_head(self, buf: "Buffer", at: int) -> None:
        """Raises WireError as soon as the answer from buf[at] on cannot be to this question."""
        if len(buf) > at and buf[at] == self.function | EXCEPTION_BIT:
            return
        for name, due, size in self.head:
            if len(buf) < at + size:
                return
            got = buf[at] if size == 1 else buf[at] << 8 | buf[at + 1]
            if got != due:
                raise WireError(name, due, got)
            at += size

    def length(self, buf: "Buffer", at: int) -> "int | None":
        """Bytes of the answer that begins at buf[at]; None while that cannot be told."""
        if len(buf) <= at:
            return None
        return EXCEPTION_BYTES if buf[at] & EXCEPTION_BIT else self.length_of_value(buf, at)

    def length_of_value(self, buf: "Buffer", at: int) -> "int | None":
        """As `length`, for an answer that is no exception. Most have only one length."""
        return self.longest

    def parse(self, answer: "Buffer") -> "Any":
        """The value; `answer` is the whole PDU, its check done. Raises Refused, Accepted, WireError."""
        self.check_head(answer, 0)
        size = self.length(answer, 0)
        if size != len(answer):
            due = "more" if size is None else "%d" % size
            raise WireError("bytes in the answer", due, "%d" % len(answer))
        return self.said(answer)

    def said(self, answer: "Buffer") -> "Any":
        """As `parse`, of an answer whose head and length are known to be right."""
        if not answer[0] & EXCEPTION_BIT:
            return self.value(answer)
        code = answer[1]
        what = EXCEPTIONS.get(code, "")
        if code == ACKNOWLEDGE:
            raise Accepted(code, what)
        raise GatewayRefused(code, what) if code in GATEWAY_CODES else Refused(code, what, code == BUSY)

    def value(self, answer: "Buffer") -> "Any":
        """What a whole answer says; never None."""
        raise NotImplementedError


class Read(Pdu):
    """An answer that counts its bytes and names nothing else: count alone tells two questions apart."""

    def __init__(self, function: int, size: int) -> None:
        self.function = function
        self.head = (("function", function, 1), ("byte count", size, 1))
        self.longest = 2 + size
        self.shape = (function, size)


class ReadBits(Read):
    """Read `count` (1..2000) coils (function 1) or discrete inputs (function 2) from `start`.

    The value is a tuple of `count` booleans. Raises ValueError for what cannot be asked.
    """

    def __init__(self, function: int, start: int, count: int) -> None:
        if function not in (READ_COILS, READ_DISCRETE):
            raise ValueError("function %d reads no bits: 1 or 2 do" % function)
        _check_span("bits", start, count, MAX_BITS)
        super().__init__(function, (count + 7) // 8)
        self.start = start
        self.count = count

    def encode(self) -> bytes:
        return struct.pack(">BHH", self.function, self.start, self.count)

    def value(self, answer: "Buffer") -> "tuple[bool, ...]":
        # The first bit asked is the lowest of the first byte; what pads the last byte says nothing.
        return tuple([bool(answer[2 + at // 8] >> at % 8 & 1) for at in range(self.count)])


class ReadRegisters(Read):
    """Read `count` (1..125) holding (function 3) or input (function 4) registers from `start`.

    The value is a tuple of ints 0..65535, unscaled. Raises ValueError for what cannot be asked.
    """

    def __init__(self, function: int, start: int, count: int) -> None:
        if function not in (READ_HOLDING, READ_INPUT):
            raise ValueError("function %d reads no registers: 3 or 4 do" % function)
        _check_span("registers", start, count, MAX_REGISTERS)
        super().__init__(function, 2 * count)
        self.start = start
        self.count = count
        self.words = ">%dH" % count

    def encode(self) -> bytes:
        return struct.pack(">BHH", self.function, self.start, self.count)

    def value(self, answer: "Buffer") -> "tuple[int, ...]":
        return struct.unpack(self.words, answer[2:])


class ReadWriteRegisters(Read):
    """Function 23: write `values` (1..121) from `write_start`, then read `count` (1..125) from `start`.

    The value is what was read, as in ReadRegisters. The answer says nothing of the write.
    """

    repeatable = False

    def __init__(self, start: int, count: int, write_start: int, values: "Sequence[int]") -> None:
        _check_span("registers", start, count, MAX_REGISTERS)
        _check_span("registers", write_start, len(values), MAX_REGISTERS_EXCHANGED)
        _check_words("value", values)
        super().__init__(23, 2 * count)
        self.start = start
        self.count = count
        self.write_start = write_start
        self.values = tuple(values)

    def encode(self) -> bytes:
        read = struct.pack(">BHH", self.function, self.start, self.count)
        count = len(self.values)
        return read + struct.pack(">HHB", self.write_start, count, 2 * count) + _words(self.values)

    def value(self, answer: "Buffer") -> "tuple[int, ...]":
        return struct.unpack(">%dH" % self.count, answer[2:])


class Write(Pdu):
    """A write whose answer repeats fields of the question; the value is a tuple of them.

    A repeated field that differs is a WireError, and the whole echo is the shape.
    """

    repeatable = False

    def __init__(self, function: int, echo: "tuple[tuple[str, int], ...]") -> None:
        self.function = function
        self.head = (("function", function, 1),) + tuple([(name, due, 2) for name, due in echo])
        self.longest = 1 + 2 * len(echo)
        self.echoed = tuple([due for _, due in echo])
        self.shape = (function,) + self.echoed

    def echo(self) -> bytes:
        """The answer due; for functions 5, 6 and 22 it is the question itself."""
        return bytes((self.function,)) + _words(self.echoed)

    def encode(self) -> bytes:
        return self.echo()

    def value(self, answer: "Buffer") -> "tuple[int, ...]":
        return self.echoed


class WriteCoil(Write):
    """Function 5: switch the coil at `start` (0..65535). The value is (start, 0xFF00 or 0)."""

    def __init__(self, start: int, on: bool) -> None:
        _check_span("coils", start, 1, 1)
        super().__init__(5, (("coil", start), ("state", 0xFF00 if on else 0)))


class WriteRegister(Write):
    """Function 6: write `value` (0..65535) to the register at `start`. The value is (start, value)."""

    def __init__(self, start: int, value: int) -> None:
        _check_span("registers", start, 1, 1)
        _check_words("value", (value,))
        super().__init__(6, (("register", start), ("value", value)))


class WriteCoils(Write):
    """Function 15: switch the coils from `start` on, 1..1968 of them. The value is (start, count)."""

    def __init__(self, start: int, states: "Sequence[bool]") -> None:
        _check_span("coils", start, len(states), MAX_COILS_WRITTEN)
        super().__init__(15, (("first coil", start), ("coils", len(states))))
        self.states = tuple(states)

    def encode(self) -> bytes:
        packed = bytearray((len(self.states) + 7) // 8)
        for at, on in enumerate(self.states):
            if on:
                packed[at // 8] |= 1 << at % 8
        return self.echo() + bytes((len(packed),)) + bytes(packed)


class WriteRegisters(Write):
    """Function 16: write `values` (1..123, each 0..65535) from `start`. The value is (start, count)."""

    def __init__(self, start: int, values: "Sequence[int]") -> None:
        _check_span("registers", start, len(values), MAX_REGISTERS_WRITTEN)
        _check_words("value", values)
        super().__init__(16, (("first register", start), ("registers", len(values))))
        self.values = tuple(values)

    def encode(self) -> bytes:
        return self.echo() + bytes((2 * len(self.values),)) + _words(self.values)


class MaskWrite(Write):
    """Function 22: the register becomes (content & and_mask) | (or_mask & ~and_mask), masks 0..65535.

    The value is (start, and_mask, or_mask).
    """

    def __init__(self, start: int, and_mask: int, or_mask: int) -> None:
        _check_span("registers", start, 1, 1)
        _check_words("mask", (and_mask, or_mask))
        super().__init__(22, (("register", start), ("AND mask", and_mask), ("OR mask", or_mask)))


def _words(values: "Sequence[int]") -> bytes:
    return struct.pack(">%dH" % len(values), *values)


def _check_words(name: str, values: "Sequence[int]") -> None:
    for value in values:  # MicroPython's struct packs what does not fit without a word
        if not 0 <= value <= 0xFFFF:
            raise ValueError("%s %d is not within 0..65535" % (name, value))


def _check_span(what: str, start: int, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise ValueError("%d %s asked, a request carries 1..%d" % (count, what, most))
    if not 0 <= start <= 65536 - count:
        raise ValueError("%s %d..%d are not within 0..65535" % (what, start, start + count - 1))
