"""Lufft UMB binary: SOH version to from length STX command version payload ETX CRC EOT.

The CRC sees any single wrong byte, and any run of wrong bits up to 16. Answers repeat both
addresses, the command and the channel. Source: Lufft WS500-UMB manual, p. 50-52; Ventus-UMB,
p. 40-42; NIRS31-UMB, p. 43 (several channels); MARWIS-UMB, p. 56 (status, types).
"""

import struct
from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import Refused, Request, WireError
from drivers.wire.checks import CRC_CCITT, crc16

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NamedTuple

    from drivers.exchange import Buffer, Frame

    class Measured(NamedTuple):
        """One channel. value: None where status (0 is well; else see STATUS) says why there is none."""

        channel: int
        status: int
        value: int | float | None

else:
    Measured = namedtuple("Measured", ("channel", "status", "value"))

__all__ = ["STATUS", "Measured", "ReadChannel", "ReadChannels", "device"]

SOH, STX, ETX, EOT = 0x01, 0x02, 0x03, 0x04
VERSION = 0x10  # 1.0, of the header and of both commands
MASTER = 0xF001
ONE_CHANNEL, SEVERAL_CHANNELS = 0x23, 0x2F
AROUND = 12  # bytes of a frame beside those that the length counts: command to payload
VALUE_BYTES_MAX = 8
PAYLOAD_MAX = 210
CHANNELS_MAX = (PAYLOAD_MAX - 2) // 9  # status and number, then nine bytes for each float
NAMES = (
    "SOH",
    "version",
    "to (device)",
    "to (class)",
    "from (device)",
    "from (class)",
    "length",
    "STX",
    "command",
    "command version",
)
NOT_READY = 0x28
STATUS = {
    0x00: "well",
    0x10: "unknown command",
    0x11: "invalid parameter",
    0x24: "invalid channel",
    NOT_READY: "device not ready: initialising or calibrating",
    0x2B: "error in the measurement",
    0x50: "value above the specified range",
    0x51: "value below the specified range",
    0x52: "physically above the measuring range",
    0x53: "physically below the measuring range",
    0x54: "error in the data, or no valid data",
    0x55: "no valid measurement in these ambient conditions",
    0xFF: "unknown error",
}
# What a channel, rather than the question, has to say: its value is missing, and here is why.
OF_THE_MEASUREMENT = (0x2B, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55)
TYPES = {0x10: "<B", 0x11: "<b", 0x12: "<H", 0x13: "<h", 0x14: "<I", 0x15: "<i", 0x16: "<f", 0x17: "<d"}


def device(class_id: int, device_id: int) -> int:
    """The address of a device: class 1..15 (7 weather station, 8 Ventus), device 1..255.

    Raises ValueError out of range: 0 is a broadcast, which nobody answers.
    """
    if not 1 <= class_id <= 15 or not 1 <= device_id <= 255:
        raise ValueError("UMB class %d (1..15), device %d (1..255)" % (class_id, device_id))
    return class_id << 12 | device_id


def little(word: int) -> bytes:
    return bytes((word & 0xFF, word >> 8))


def framed(to: int, source: int, payload: bytes) -> bytes:
    """payload: command, its version and what follows."""
    head = bytes((SOH, VERSION)) + little(to) + little(source) + bytes((len(payload), STX))
    body = head + payload + bytes((ETX,))
    return body + little(crc16(body, 0xFFFF, CRC_CCITT)) + bytes((EOT,))


def value_of(data: bytes) -> "int | float":
    """What type and value say. Raises WireError."""
    code = TYPES.get(data[0]) if data else None
    if code is None:
        raise WireError("type", "10 to 17 hex", data[0] if data else "nothing")
    if len(data) - 1 != struct.calcsize(code):
        raise WireError("value", "%d bytes" % struct.calcsize(code), "%d" % (len(data) - 1))
    value: int | float = struct.unpack(code, data[1:])[0]
    return value


def refusal(status: int) -> Refused:
    return Refused(
        status, STATUS.get(status, "see the UMB protocol's list of status codes"), status == NOT_READY
    )


class UmbRequest(Request):
    """A command asked of `address`; payload_max: of the answer, status included."""

    address: int

    def __init__(self, address: int, command: int, data: bytes, payload_max: int) -> None:
        if not 0x1001 <= address <= 0xFFFF or not address & 0xFF:
            raise ValueError("UMB address %04X names no single device, such as 7001" % address)
        self.address = address
        self.command = command
        self.question = framed(address, MASTER, bytes((command, VERSION)) + data)
        self.head = bytes((SOH, VERSION)) + little(MASTER) + little(address)
        self.length_max = 2 + payload_max
        self.longest = AROUND + self.length_max
        self.shape = ("UMB", command, data)

    def encode(self) -> bytes:
        return self.question

    def length(self, buf: "Buffer") -> "int | None":
        return AROUND + buf[6] if len(buf) > 6 else None

    def parse(self, buf: "Buffer") -> "Any":
        head = tuple(self.head) + (None, STX, self.command, VERSION)
        for at, want in enumerate(head[: len(buf)]):
            if want is not None and buf[at] != want:
                raise WireError(NAMES[at], want, buf[at])
        size = self.length(buf)
        if size is not None and not 3 <= buf[6] <= self.length_max:
            raise WireError("length", "3 to %d bytes" % self.length_max, "%d" % buf[6])
        if size is None or len(buf) < size:
            return None
        due, got = crc16(buf[: size - 3], 0xFFFF, CRC_CCITT), buf[size - 3] | buf[size - 2] << 8
        if due != got:
            raise WireError("CRC", "%04X" % due, "%04X" % got)
        for name, want, byte in (("ETX", ETX, buf[size - 4]), ("EOT", EOT, buf[size - 1])):
            if byte != want:
                raise WireError(name, want, byte)
        return self.value(buf[10], bytes(buf[11 : size - 4]))

    def value(self, status: int, data: bytes) -> "Any":
        """What status and the data behind it say. Raises WireError, Refused."""
        raise NotImplementedError

    @staticmethod
    def whole_frame(buf: "Buffer") -> "Frame | None":
        """As in Request: any frame whose CRC is right. UMB allows but one master on a line."""
        size = AROUND + buf[6] if len(buf) > 6 else 0
        if not size or len(buf) < size or (buf[0], buf[1], buf[7]) != (SOH, VERSION, STX):
            return None
        if crc16(buf[: size - 3], 0xFFFF, CRC_CCITT) != buf[size - 3] | buf[size - 2] << 8:
            return None
        to, source = buf[2] | buf[3] << 8, buf[4] | buf[5] << 8
        asks = source >> 12 == MASTER >> 12
        return size, asks, "UMB command %02X from %04X to %04X" % (buf[8], source, to)


class ReadChannel(UmbRequest):
    """One channel, 0..65535, of the device at `address` (see `device`). The value is a Measured.

    A status that speaks of the measurement leaves its value None; any other is a refusal.
    """

    def __init__(self, address: int, channel: int) -> None:
        if not 0 <= channel <= 0xFFFF:
            raise ValueError("UMB channel %d is not within 0..65535" % channel)
        super().__init__(address, ONE_CHANNEL, little(channel), 1 + 2 + 1 + VALUE_BYTES_MAX)
        self.channel = channel
        self.expected = AROUND + 10  # a float

    def value(self, status: int, data: bytes) -> Measured:
        if status and status not in OF_THE_MEASUREMENT:
            raise refusal(status)
        if len(data) < 2 or data[:2] != little(self.channel):
            found = "%d" % (data[0] | data[1] << 8) if len(data) > 1 else "none"
            raise WireError("channel", "%d" % self.channel, found)
        return Measured(self.channel, status, None if status else value_of(data[2:]))


class ReadChannels(UmbRequest):
    """Several channels at once, in the order asked for. The value is a tuple of Measured.

    A channel that the device does not have is a Measured too, with status 0x24.
    """

    def __init__(self, address: int, channels: "Sequence[int]") -> None:
        if not 1 <= len(channels) <= CHANNELS_MAX:
            raise ValueError("UMB: %d channels at once, 1..%d go" % (len(channels), CHANNELS_MAX))
        if not all(0 <= channel <= 0xFFFF for channel in channels):
            raise ValueError("UMB channels are within 0..65535")
        data = b"".join([little(channel) for channel in channels])
        super().__init__(address, SEVERAL_CHANNELS, bytes((len(channels),)) + data, PAYLOAD_MAX)
        self.channels = tuple(channels)
        self.expected = AROUND + 4 + 9 * len(channels)

    def value(self, status: int, data: bytes) -> "tuple[Measured, ...]":
        if status:
            raise refusal(status)
        if not data or data[0] != len(self.channels):
            raise WireError("channels", "%d" % len(self.channels), "%d" % data[0] if data else "none")
        rest, found = data[1:], []
        for channel in self.channels:
            size = rest[0] if rest else 0
            item, rest = rest[1 : 1 + size], rest[1 + size :]
            if len(item) < 3 or len(item) < size:
                raise WireError("channel %d" % channel, "status, channel and value", "%d bytes" % len(item))
            if item[1:3] != little(channel):
                raise WireError("channel", "%d" % channel, "%d" % (item[1] | item[2] << 8))
            found.append(Measured(channel, item[0], None if item[0] else value_of(item[3:])))
        if rest:
            raise WireError("answer", "%d channels" % len(self.channels), "%d bytes more" % len(rest))
        return tuple(found)
