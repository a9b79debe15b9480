"""Cubic PM2009, PM2012 and PM1006K dust sensors: 11 (answer 16), length, command, data, check.

The length counts command and data; the check makes the sum of all bytes 0 modulo 256 and sees any
single wrong byte. Answers repeat the command. Source: MSyahmiIzani/PM2012_UART (commands, layout),
ananyevgv/esphome-components (PM1006K).
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest
from drivers.wire.checks import to_zero
from drivers.wire.text import printable

if TYPE_CHECKING:
    from typing import NamedTuple

    class Pm2012(NamedTuple):
        """Mass in ug/m3 by two calibrations, then particles above 0.3, 0.5, 1, 2.5, 5 and 10 um."""

        grimm: tuple[int, ...]
        tsi: tuple[int, ...]
        counts: tuple[int, ...]

else:
    from collections import namedtuple

    Pm2012 = namedtuple("Pm2012", ("grimm", "tsi", "counts"))

__all__ = ["CubicRequest", "Pm2012", "ReadPm1006k", "ReadPm2012", "ReadSerial", "ReadVersion"]

HEAD, ANSWER = 0x11, 0x16
READ, VERSION, SERIAL = 0x0B, 0x1E, 0x1F
DATA_MAX = 254
PM2012_DATA = b"\x07"
PM2012_BYTES = 52  # thirteen numbers of four bytes, the last one spare


class CubicRequest(BinaryRequest):
    """`command` with its data, whose answer carries `answer_bytes`. The value is those bytes.

    Raises ValueError out of range.
    """

    address = 0
    names: tuple[str, ...] = ("head", "length", "command")

    def __init__(self, command: int, data: bytes, answer_bytes: int) -> None:
        if not 0 <= command <= 255 or len(data) > DATA_MAX or not 0 <= answer_bytes <= DATA_MAX:
            raise ValueError("Cubic command %d with %d and %d bytes" % (command, len(data), answer_bytes))
        body = bytes((HEAD, 1 + len(data), command)) + data
        self.question = body + bytes((to_zero(body),))
        self.head = (ANSWER, 1 + answer_bytes, command)
        self.size = self.longest = self.expected = 4 + answer_bytes
        self.shape = ("Cubic", command, answer_bytes)

    def check(self, frame: bytes) -> None:
        due, got = to_zero(frame[:-1]), frame[-1]
        if due != got:
            raise WireError("checksum", due, got)

    def value(self, frame: bytes) -> "bytes | str | int | Pm2012":
        return frame[3:-1]


class ReadPm2012(CubicRequest):
    """The value is a Pm2012; its masses are PM1, PM2.5 and PM10."""

    def __init__(self) -> None:
        super().__init__(READ, PM2012_DATA, PM2012_BYTES)

    def value(self, frame: bytes) -> Pm2012:
        ends = range(7, 4 * 12 + 4, 4)
        numbers = tuple([int.from_bytes(frame[end - 4 : end], "big") for end in ends])
        return Pm2012(numbers[:3], numbers[3:6], numbers[6:])


class ReadPm1006k(CubicRequest):
    """PM2.5 of a PM1006K in ug/m3; it must be asked first within 5 s of its power-up.

    Of its 16 bytes the third and fourth (Tasmota's driver of the IKEA Vindriktning, which houses one).
    """

    def __init__(self) -> None:
        super().__init__(READ, b"\x01", 16)

    def value(self, frame: bytes) -> int:
        return frame[5] << 8 | frame[6]


class ReadVersion(CubicRequest):
    """The software version of a PM2012 or PM2009. The value is its 13 characters."""

    def __init__(self) -> None:
        super().__init__(VERSION, b"", 13)

    def value(self, frame: bytes) -> str:
        return printable(frame[3:-1])


class ReadSerial(CubicRequest):
    """The serial number of a PM2012 or PM2009. The value is its ten bytes, as they came."""

    def __init__(self) -> None:
        super().__init__(SERIAL, b"", 10)
