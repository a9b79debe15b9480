"""Sensirion SHDLC: 7E address command [state] length data check 7E, with byte stuffing.

The check is the inverted low byte of the sum. Answers repeat address and command, so that a late
one is never another question's; what two questions of the same command ask stands nowhere in it.
Source: Sensirion python-shdlc-driver 0.1 (frames, state byte, error codes), embedded-uart-sps
(SPS30 commands), avaldebe/PyPMS (captures).
"""

import struct
from typing import TYPE_CHECKING

from drivers.exchange import Refused, Request, WireError

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Buffer

__all__ = [
    "AUTO_CLEANING",
    "CLEAN",
    "DEVICE_INFO",
    "ERRORS",
    "READ",
    "RESET",
    "SLEEP",
    "START",
    "STOP",
    "VERSION",
    "ReadValues",
    "ShdlcRequest",
    "Start",
    "WakeUp",
]

MARK, ESCAPE, FLIP = 0x7E, 0x7D, 0x20
STUFFED = (0x7E, 0x7D, 0x11, 0x13)
DATA_MAX = 255
# Two marks, and at worst every byte stuffed: address, command, state, length, data, check.
LONGEST = 2 + 2 * (4 + DATA_MAX + 1)
WAKE_PULSE = b"\xff"  # wakes the SPS30's interface, and is no part of the frame
ERRORS = {
    1: "wrong data size for this command",
    2: "unknown command",
    3: "no access right for this command",
    4: "parameter out of range",
    5: "wrong checksum received",
    6: "firmware update failed",
    0x43: "not allowed in the present state (is the measurement running, or stopped?)",
}
# Commands of the SPS30.
START, STOP, READ, SLEEP, WAKE = 0x00, 0x01, 0x03, 0x10, 0x11
CLEAN, AUTO_CLEANING, DEVICE_INFO, VERSION, RESET = 0x56, 0x80, 0xD0, 0xD1, 0xD3


def checksum(content: "Buffer") -> int:
    return ~sum(content) & 0xFF


def framed(content: bytes) -> bytes:
    """The frame that carries address, command, length and data."""
    out = bytearray((MARK,))
    for byte in content + bytes((checksum(content),)):
        if byte in STUFFED:
            out.append(ESCAPE)
            out.append(byte ^ FLIP)
        else:
            out.append(byte)
    out.append(MARK)
    return bytes(out)


def unstuffed(buf: "Buffer") -> bytearray:
    """The content behind the first mark, up to the next one or to the end. Raises WireError."""
    content = bytearray()
    flip = 0
    for byte in buf[1:]:
        if flip and byte ^ FLIP not in STUFFED:
            raise WireError("stuffing", "5E, 5D, 31 or 33 behind 7D", byte)
        if byte == MARK:
            break
        if byte == ESCAPE:
            flip = FLIP
        else:
            content.append(byte ^ flip)
            flip = 0
    return content


class ShdlcRequest(Request):
    """A command (0..255) with its data, asked of `address` (0..254). The value is the answer's data.

    reads: how many bytes of data the answer may carry; None for a command that changes something:
    it is answered without data, and never asked twice. Raises ValueError out of range.
    """

    address: int
    longest = LONGEST

    def __init__(
        self, address: int, command: int, data: bytes = b"", reads: "tuple[int, ...] | None" = None
    ) -> None:
        if not 0 <= address <= 254:
            raise ValueError("SHDLC address %d is not within 0..254; 255 is everybody" % address)
        if not 0 <= command <= 255 or len(data) > DATA_MAX:
            raise ValueError("SHDLC command %d with %d bytes of data" % (command, len(data)))
        self.address = address
        self.command = command
        self.data = bytes(data)
        self.sizes = (0,) if reads is None else reads
        self.repeatable = reads is not None
        self.expected = 7 + max(self.sizes)
        self.shape = ("SHDLC", command, self.sizes)

    def encode(self) -> bytes:
        return framed(bytes((self.address, self.command, len(self.data))) + self.data)

    def length(self, buf: "Buffer") -> "int | None":
        end = buf.find(bytes((MARK,)), 1)
        return None if end < 0 else end + 1

    def parse(self, buf: "Buffer") -> "Any":
        if buf and buf[0] != MARK:
            raise WireError("start mark", MARK, buf[0])
        content = unstuffed(buf)
        size = self.length(buf)
        for name, want, at in (("address", self.address, 0), ("command", self.command, 1)):
            if len(content) > at and content[at] != want:
                raise WireError(name, want, content[at])
        due = 5 + content[3] if len(content) > 3 else 5
        if len(content) > due or (size is not None and len(content) < due):
            raise WireError("length", "%d bytes between the marks" % due, "%d" % len(content))
        if size is None:
            return None
        want, got = checksum(content[:-1]), content[-1]
        if want != got:
            raise WireError("checksum", want, got)
        state, data = content[2], bytes(content[4:-1])
        error = state & 0x7F
        if error:
            raise Refused(error, ERRORS.get(error, "the maker's document knows"))
        if len(data) not in self.sizes:
            low, high = min(self.sizes), max(self.sizes)
            between = "to" if len(self.sizes) > 2 else "or"
            due_bytes = "%d bytes" % low if low == high else "%d %s %d bytes" % (low, between, high)
            raise WireError("data", due_bytes, "%d" % len(data))
        return self.value(data, bool(state & 0x80))

    def value(self, data: bytes, device_error: bool) -> "Any":
        """What a whole answer says. device_error: the device's status register has an error set."""
        return data


class Start(ShdlcRequest):
    """SPS30: begin measuring, values as floats. The value is b""."""

    def __init__(self, address: int = 0) -> None:
        super().__init__(address, START, b"\x01\x03")


class ReadValues(ShdlcRequest):
    """SPS30: the value is (device error, numbers), or () for numbers where nothing new was measured.

    Ten numbers: mass of PM1, PM2.5, PM4 and PM10 in ug/m3; particles up to 0.5, 1, 2.5, 4 and
    10 um per cm3; typical particle size in um. device error: the sensor's status has an error set.
    """

    def __init__(self, address: int = 0) -> None:
        super().__init__(address, READ, b"", (0, 40))

    def value(self, data: bytes, device_error: bool) -> "tuple[bool, tuple[float, ...]]":
        return device_error, struct.unpack(">10f", data) if data else ()


class WakeUp(ShdlcRequest):
    """SPS30: leave sleep, with the pulse before it that the sensor's interface wakes by.

    It fails where the sensor is not asleep; the maker's own driver takes no notice of that.
    """

    may_be_silent = True

    def __init__(self, address: int = 0) -> None:
        super().__init__(address, WAKE)

    def encode(self) -> bytes:
        return WAKE_PULSE + super().encode()
