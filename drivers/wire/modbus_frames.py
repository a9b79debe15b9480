"""Modbus frames as somebody sees them who only listens: what they are, and what they say.

A listener knows no question, so length and check alone tell where a frame ends; what it says is
put in words for a person. Sources: MODBUS Application Protocol V1.1b3, clause 6; MODBUS over
Serial Line V1.02, 2.5; Modbus Messaging on TCP/IP V1.0b, 3.1.3.
"""

import struct
from typing import TYPE_CHECKING

from drivers.wire.modbus_identity import OBJECT_NAMES
from drivers.wire.modbus_pdu import EXCEPTION_BIT, EXCEPTIONS
from drivers.wire.modbus_rtu import crc16

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["ANSWER", "REQUEST", "frame_at", "pdu_of", "say_answer", "say_request"]

REQUEST, ANSWER = "request", "answer"
LONGEST = 256
SHOWN = 8  # values put in words; the frame has them all
READS = {1: "coils", 2: "discrete inputs", 3: "holding", 4: "input"}


def _counted(buf: "Buffer", at: int) -> "int | None":
    """Bytes of a frame that counts its data at buf[at]; None while that is not there."""
    return None if len(buf) <= at else at + 1 + buf[at] + 2


def request_size(buf: "Buffer") -> "int | None":
    """Bytes of the request that begins at buf[0]; None while it cannot be told, 0 where none does."""
    if len(buf) < 2:
        return None
    function = buf[1]
    if function in (15, 16):
        return _counted(buf, 6)
    if function == 23:
        return _counted(buf, 10)
    return {1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8, 7: 4, 22: 10, 43: 7}.get(function, 0)


def answer_size(buf: "Buffer") -> "int | None":
    """As request_size, of an answer."""
    if len(buf) < 2:
        return None
    function = buf[1]
    if function & EXCEPTION_BIT:
        return 5 if len(buf) < 3 or 1 <= buf[2] <= 11 else 0
    if function in (1, 2, 3, 4, 23):
        return _counted(buf, 2) if len(buf) < 3 or buf[2] else 0
    if function == 43:
        return _identity_size(buf)
    return {5: 8, 6: 8, 7: 5, 15: 8, 16: 8, 22: 10}.get(function, 0)


def _identity_size(buf: "Buffer") -> "int | None":
    end = 8
    if len(buf) < end:
        return None
    for _ in range(buf[7]):
        if len(buf) < end + 2:
            return None
        end += 2 + buf[end + 1]
    return end + 2


def checks(frame: "Buffer") -> bool:
    """Whether these bytes end with their own CRC."""
    return len(frame) >= 4 and crc16(frame[: len(frame) - 2]) == frame[-2] | frame[-1] << 8


def frame_at(buf: "Buffer") -> "tuple[int, tuple[str, ...]] | None":
    """The RTU frame that begins at buf[0]: (bytes, what it may be: REQUEST, ANSWER or both).

    None while bytes are missing; (0, ()) where none begins here. Functions 5, 6, 22 and others
    are answered by what was asked, so such a frame may be either.
    """
    if buf and buf[0] > 247:
        return 0, ()
    kinds: tuple[str, ...] = ()
    size, growing = 0, False
    for kind, found in ((REQUEST, request_size(buf)), (ANSWER, answer_size(buf))):
        if found is None or LONGEST >= found > len(buf):
            growing = True
        elif 0 < found <= len(buf) and checks(buf[:found]):
            kinds += (kind,)
            size = found
    if kinds:
        return size, kinds
    return None if growing else (0, ())


def pdu_of(frame: "Buffer") -> "tuple[int, bytes] | None":
    """(address, PDU) of a whole frame in RTU, ASCII or TCP, its check right; None where it is none."""
    if frame[:1] == b":" and frame[-2:] == b"\r\n":
        return _ascii_pdu(bytes(frame[1:-2]))
    if len(frame) >= 8 and frame[2] == frame[3] == 0 and frame[4] << 8 | frame[5] == len(frame) - 6:
        return frame[6], bytes(frame[7:])
    if checks(frame):
        return frame[0], bytes(frame[1:-2])
    return None


def _ascii_pdu(digits: bytes) -> "tuple[int, bytes] | None":
    try:
        body = bytes([int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)])
    except ValueError:
        return None
    if len(body) < 3 or sum(body) & 0xFF:
        return None
    return body[0], body[1:-1]


def _words(data: bytes) -> "tuple[int, ...]":
    return struct.unpack(">%dH" % (len(data) // 2), data[: len(data) // 2 * 2])


def _listed(values: "tuple[int, ...]") -> str:
    more = "" if len(values) <= SHOWN else " ... (%d)" % len(values)
    return " ".join([str(value) for value in values[:SHOWN]]) + more


def _span(start: int, count: int) -> str:
    return "%d" % start if count == 1 else "%d..%d" % (start, start + count - 1)


def say_request(pdu: bytes) -> str:
    """What a request asks, in words."""
    function = pdu[0] if pdu else 0
    words = _words(pdu[1:])
    if function in READS and len(words) == 2:
        return "read %s %s" % (READS[function], _span(words[0], words[1]))
    if function == 5 and len(words) == 2:
        return "WRITE coil %d %s" % (words[0], "on" if words[1] == 0xFF00 else "off")
    if function == 6 and len(words) == 2:
        return "WRITE holding %d = %d" % words
    if function == 15 and len(pdu) > 6:
        return "WRITE coils %s: %s" % (
            _span(words[0], words[1]),
            " ".join(["%02X" % byte for byte in pdu[6:]]),
        )
    if function == 16 and len(pdu) > 6:
        return "WRITE holding %s = %s" % (_span(words[0], words[1]), _listed(_words(pdu[6:])))
    if function == 22 and len(words) == 3:
        return "WRITE holding %d and 0x%04X or 0x%04X" % words
    if function == 23 and len(pdu) > 10:
        written = "WRITE holding %s = %s" % (_span(words[2], words[3]), _listed(_words(pdu[10:])))
        return "%s, read %s" % (written, _span(words[0], words[1]))
    if function == 43 and len(pdu) == 4 and pdu[1] == 14:
        return "identification, object %d" % pdu[3]
    return "function %d" % function


def say_answer(pdu: bytes) -> str:
    """What an answer says, in words."""
    function = pdu[0] if pdu else 0
    if function & EXCEPTION_BIT and len(pdu) == 2:
        return "exception %d %s" % (pdu[1], EXCEPTIONS.get(pdu[1], "(unknown)"))
    if function in (3, 4, 23):
        return _listed(_words(pdu[2:]))
    if function in (1, 2):
        return " ".join(["%02X" % byte for byte in pdu[2 : 2 + SHOWN]])
    if function == 43 and len(pdu) > 6:
        return _say_objects(pdu)
    if function in (5, 6, 22):
        return "done: " + say_request(pdu)
    if function in (15, 16) and len(pdu) == 5:
        return "done: WRITE %s %s" % (("coils", "holding")[function - 15], _span(*_words(pdu[1:])))
    return "function %d" % function


def _say_objects(pdu: bytes) -> str:
    said = []
    at = 7
    while at + 2 <= len(pdu):
        number, end = pdu[at], at + 2 + pdu[at + 1]
        name = OBJECT_NAMES[number] if number < len(OBJECT_NAMES) else "object %d" % number
        text = "".join([chr(byte) if 32 <= byte < 127 else "." for byte in pdu[at + 2 : end]])
        said.append("%s %s" % (name, text))
        at = end
    return ", ".join(said) or "no objects"
