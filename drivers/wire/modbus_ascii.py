"""Modbus ASCII: `:`, address, PDU and LRC as hex digits, CR LF.

Sent in upper case; lower case is accepted, since devices send it. Source: MODBUS over Serial Line
V1.02 (2.5.2, 6.2.1).
"""

from typing import TYPE_CHECKING

from drivers.exchange import Request, WireError
from drivers.wire.modbus_pdu import EXCEPTION_BYTES
from drivers.wire.modbus_rtu import check_address
from drivers.wire.modbus_spans import said, spans

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer, Frame
    from drivers.wire.modbus_pdu import Pdu

__all__ = ["AsciiRequest", "framed", "lrc"]

COLON, CR, LF = 0x3A, 0x0D, 0x0A
END = b"\r\n"
FRAME_CHARACTERS = 7  # colon, two of the address, two of the LRC, CR LF; the PDU has two a byte
HEX_DIGITS = tuple(b"0123456789ABCDEFabcdef")


def lrc(data: "Buffer") -> int:
    """What makes the bytes and their check add up to 0 in eight bits."""
    return -sum(data) & 0xFF


def framed(body: bytes) -> bytes:
    """The frame that carries address and PDU."""
    return b":" + (body + bytes((lrc(body),))).hex().upper().encode() + END


class AsciiRequest(Request):
    """A PDU asked of `address` (1..247) in ASCII. Raises ValueError for another address.

    What RtuRequest says of answers that can be mistaken holds here too.
    """

    address: int
    shortest = FRAME_CHARACTERS + 2 * EXCEPTION_BYTES

    def __init__(self, address: int, pdu: "Pdu") -> None:
        check_address(address)
        self.address = address
        self.pdu = pdu
        self.shape = pdu.shape
        self.longest = FRAME_CHARACTERS + 2 * pdu.longest
        self.repeatable = pdu.repeatable

    def encode(self) -> bytes:
        return framed(bytes((self.address,)) + self.pdu.encode())

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(END)
        return None if end < 0 else end + len(END)

    def parse(self, buf: "Buffer") -> "Any":
        if buf and buf[0] != COLON:
            raise WireError("start", COLON, buf[0])
        end = self._end_of_digits(buf)
        body = bytes.fromhex(bytes(buf[1 : end - (end - 1) % 2]).decode()) if end > 1 else b""
        if body and body[0] != self.address:
            raise WireError("address", self.address, body[0])
        self.pdu.check_head(body, 1)
        if len(buf) < end + len(END):
            return None
        if end % 2 == 0:
            raise WireError("hex digits", "an even number", "%d" % (end - 1))
        if len(body) < 4:
            raise WireError("hex digits", "8 or more", "%d" % (end - 1))
        due = lrc(body[:-1])
        if due != body[-1]:
            raise WireError("LRC", due, body[-1])
        return self.pdu.parse(body[1:-1])

    @staticmethod
    def whole_frame(buf: "Buffer") -> "Frame | None":
        """As in Request: any frame of addresses 0..247 whose LRC is right, of the functions known."""
        end = buf.find(END)
        if end < 9 or end % 2 == 0 or buf[0] != COLON:
            return None
        digits = bytes(buf[1:end])
        if [each for each in digits if each not in HEX_DIGITS]:
            return None
        body = bytes.fromhex(digits.decode())
        if sum(body) & 0xFF or body[0] > 247:
            return None
        for pdu_bytes, asks in spans(body, 1):
            if len(body) == pdu_bytes + 2:
                return end + len(END), asks, said(body[0], body[1], asks)
        return None

    def _end_of_digits(self, buf: "Buffer") -> int:
        """Where the hex digits that follow the colon end: at CR, or at the end of what is here."""
        for at in range(1, len(buf)):
            if buf[at] == CR:
                if len(buf) > at + 1 and buf[at + 1] != LF:
                    raise WireError("LF", LF, buf[at + 1])
                return at
            if buf[at] not in HEX_DIGITS:
                raise WireError("hex digit", "0..9, A..F", "0x%02X" % buf[at])
            if at > self.longest - len(END) - 1:
                raise WireError("CR LF", "within %d characters" % self.longest, "none")
        return len(buf)
