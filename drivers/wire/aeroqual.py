"""Aeroqual SM70 sensor modules (RS-485) and AQM/IQM stations: all bytes sum to 0 modulo 256.

The check sees any single wrong byte. An AQM's answer repeats station and code; an SM70's repeats
nothing. Numbers are sent low byte first. Source: support.aeroqual.com, RS485_protocol and
RS232_protocol (SM70); AQM RS232 protocol V6; IQM 60 user guide, p. 30-40 (V4).
"""

import struct
from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest
from drivers.wire.checks import to_zero
from drivers.wire.text import printable

if TYPE_CHECKING:
    from typing import NamedTuple

    class Sm70(NamedTuple):
        """ppm: None where `report` says that this is no reading (warm-up: 10 minutes)."""

        report: int
        ppm: float | None
        status1: int
        status2: int

    class AqmReading(NamedTuple):
        """status: the sensor's bits. time: six bytes as they came."""

        value: float
        status: int
        time: bytes

else:
    Sm70 = namedtuple("Sm70", ("report", "ppm", "status1", "status2"))
    AqmReading = namedtuple("AqmReading", ("value", "status", "time"))

__all__ = ["AqmCommand", "AqmReading", "AqmSpan", "ReadAqm", "ReadSm70", "ReadStation", "Sm70"]

ASK, ANSWER = 0x55, 0xAA
SM70_READ, SM70_REPORTS, SM70_READING = 0x1A, (0x0F, 0x10, 0x1A), 0x10
ANSWER_BYTES, ACKNOWLEDGEMENT_BYTES, STATION_BYTES = 15, 4, 16
SPAN, STATION = 0x13, 0xFB
COMMANDS = {"zero": 0x12, "zero scrubber on": 0x14, "zero scrubber off": 0x15}


def framed(body: bytes) -> bytes:
    return body + bytes((to_zero(body),))


class AeroqualAnswer(BinaryRequest):
    """A frame whose bytes sum to 0."""

    size = longest = expected = ANSWER_BYTES

    def check(self, frame: bytes) -> None:
        due, got = to_zero(frame[:-1]), frame[-1]
        if due != got:
            raise WireError("checksum", due, got)


class ReadSm70(AeroqualAnswer):
    """The reading of the only SM70 on the line. The value is an Sm70.

    status1, lowest two bits: 00 well, 01 failure, 11 ageing. status2, bit 2: zeroing. The
    answer's first byte has one value that no text seen states: any is taken.
    """

    address = 0
    question = framed(bytes((ASK, SM70_READ, 0)))
    shape = ("SM70", ANSWER_BYTES)

    def check_head(self, buf: "bytes | bytearray") -> None:
        if len(buf) > 1 and buf[1] not in SM70_REPORTS:
            raise WireError("report code", "0F, 10 or 1A", buf[1])

    def value(self, frame: bytes) -> Sm70:
        (ppm,) = struct.unpack("<f", frame[2:6])
        return Sm70(frame[1], ppm if frame[1] == SM70_READING else None, frame[12], frame[13])


class AqmAnswer(AeroqualAnswer):
    """What station `address` (1..255) says to `code`. Raises ValueError out of range."""

    address: int
    names: tuple[str, ...] = ("head", "station", "code")

    def __init__(self, address: int, code: int) -> None:
        if not 1 <= address <= 255 or not 0 <= code <= 255:
            raise ValueError("AQM id %d (1..255), code %d (0..255)" % (address, code))
        self.address = address
        self.question = framed(bytes((ASK, address, code)))
        self.head = (ANSWER, address, code)
        self.shape = ("AQM", code)


class ReadAqm(AqmAnswer):
    """The reading of one sensor of an AQM station. code: 0x30 is ozone. The value is an AqmReading.

    status, of an IQM 60 V5: bit 2 pump failed, bit 3 NO2 scrubber too cold, bit 4 zero air on.
    """

    def value(self, frame: bytes) -> AqmReading:
        (value,) = struct.unpack("<f", frame[3:7])
        return AqmReading(value, frame[7], frame[8:14])


class AqmCommand(AqmAnswer):
    """`zero` (all gas sensors), `zero scrubber on`, `zero scrubber off`. The value is True.

    Raises ValueError for another word.
    """

    size = longest = expected = ACKNOWLEDGEMENT_BYTES
    repeatable = False

    def __init__(self, address: int, word: str) -> None:
        if word not in COMMANDS:
            raise ValueError("AQM command %r is none of zero, zero scrubber on, zero scrubber off" % word)
        super().__init__(address, COMMANDS[word])

    def value(self, frame: bytes) -> bool:
        return True


class AqmSpan(AqmAnswer):
    """Span calibration of the sensor `code` with a gas of this concentration. The value is True.

    Two frames sent as one: the command, and what it is about. Source: IQM 60 user guide p. 33.
    """

    size = longest = expected = ACKNOWLEDGEMENT_BYTES
    repeatable = False

    def __init__(self, address: int, code: int, concentration: float) -> None:
        super().__init__(address, SPAN)
        if not 0 <= code <= 255:
            raise ValueError("AQM code %d is not within 0..255" % code)
        self.question += framed(bytes((ASK, address, SPAN, code)) + struct.pack("<f", concentration))

    def value(self, frame: bytes) -> bool:
        return True


class ReadStation(AqmAnswer):
    """What the station is. The value is (name, version). Source: IQM 60 user guide p. 32."""

    size = longest = expected = STATION_BYTES

    def __init__(self, address: int) -> None:
        super().__init__(address, STATION)

    def value(self, frame: bytes) -> "tuple[str, float]":
        return printable(frame[4:9]), frame[3] / 10
