"""Modbus TCP: the MBAP header and a PDU. No check of its own: TCP carries one.

Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b (3.1.3).
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.modbus_pdu import MAX_PDU_BYTES

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer
    from drivers.wire.modbus_pdu import Pdu

__all__ = ["TcpFraming", "TcpRequest"]

HEADER_BYTES = 7  # transaction, protocol, length, unit
UNCOUNTED_BYTES = 6  # what stands before the bytes that the length field counts
MODBUS_PROTOCOL = 0
LENGTH_MIN, LENGTH_MAX = 3, 1 + MAX_PDU_BYTES  # unit and an exception; unit and the longest PDU


class TcpRequest(Request):
    """A PDU asked of the unit `address` (0..255) under the number `transaction` (0..65535).

    The answer repeats the number: give every question its own, also the same one asked again
    later, and no answer can be mistaken for another. A device on its own connection is unit 255,
    an instrument behind a gateway has its own address. Raises ValueError outside the ranges.
    """

    address: int

    def __init__(self, address: int, pdu: "Pdu", transaction: int) -> None:
        if not 0 <= address <= 255:
            raise ValueError("Modbus unit %d is not within 0..255" % address)
        if not 0 <= transaction <= 0xFFFF:
            raise ValueError("transaction %d is not within 0..65535" % transaction)
        self.address = address
        self.pdu = pdu
        self.transaction = transaction
        self.shape = (transaction, pdu.shape)
        self.longest = HEADER_BYTES + pdu.longest
        self.repeatable = pdu.repeatable

    def encode(self) -> bytes:
        pdu = self.pdu.encode()
        return struct.pack(">HHHB", self.transaction, MODBUS_PROTOCOL, 1 + len(pdu), self.address) + pdu

    def length(self, buf: "Buffer") -> "int | None":
        return None if len(buf) < UNCOUNTED_BYTES else UNCOUNTED_BYTES + _word(buf, 4)

    def parse(self, buf: "Buffer") -> "Any":
        self._check_header(buf)
        self.pdu.check_head(buf, HEADER_BYTES)
        size, within = self.length(buf), self.pdu.length(buf, HEADER_BYTES)
        if size is None:
            return None
        if within is not None and HEADER_BYTES + within != size:
            raise WireError("length", "%d" % (1 + within), "%d" % (size - UNCOUNTED_BYTES))
        if len(buf) < size:
            return None
        return self.pdu.parse(buf[HEADER_BYTES:size])

    def _check_header(self, buf: "Buffer") -> None:
        """Raises WireError for a field that cannot be this answer's, as soon as it is here."""
        for name, at, due in (("transaction", 0, self.transaction), ("protocol", 2, MODBUS_PROTOCOL)):
            if len(buf) >= at + 2 and _word(buf, at) != due:
                raise WireError(name, due, _word(buf, at))
        if len(buf) >= UNCOUNTED_BYTES and not LENGTH_MIN <= _word(buf, 4) <= LENGTH_MAX:
            raise WireError("length", "%d..%d" % (LENGTH_MIN, LENGTH_MAX), "%d" % _word(buf, 4))
        if len(buf) >= HEADER_BYTES and buf[6] != self.address:
            raise WireError("unit", self.address, buf[6])


class TcpFraming:
    """Asks PDUs in Modbus TCP, each question under the next transaction number.

    One for each unit, at least. first: 0..65535, the first number: a random one, so that an answer owed
    to an earlier process is not taken for the first of this one's.
    """

    def __init__(self, first: int) -> None:
        self._next = first

    def __call__(self, address: int, pdu: "Pdu") -> TcpRequest:
        request = TcpRequest(address, pdu, self._next)
        self._next = (self._next + 1) & 0xFFFF
        return request


def _word(buf: "Buffer", at: int) -> int:
    return buf[at] << 8 | buf[at + 1]
