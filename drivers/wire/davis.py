"""Davis Vantage consoles: a line feed wakes one, `LOOP 1` brings one packet of 99 bytes behind an ACK.

The CRC (0x1021 from 0, high byte last but one) makes the whole packet 0 and sees any single wrong byte.
Numbers are low byte first, in American units. Source: chrissnell/remoteweather (public driver).
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest

if TYPE_CHECKING:
    from typing import NamedTuple

    from drivers.exchange import Buffer

    class Loop(NamedTuple):
        """inHg, degF, %, mph, degrees, W/m2; None where a sensor has no value or is not there."""

        pressure: float
        temperature: float | None
        humidity: int | None
        wind_speed: int | None
        mean_wind_speed: int | None
        wind_direction: int | None
        uv: float | None
        radiation: int | None

else:
    Loop = namedtuple(
        "Loop",
        (
            "pressure",
            "temperature",
            "humidity",
            "wind_speed",
            "mean_wind_speed",
            "wind_direction",
            "uv",
            "radiation",
        ),
    )

__all__ = ["Loop", "ReadLoop", "Wake"]

ACK = 0x06
NONE_OF_TWO, NONE_OF_ONE = 0x7FFF, 0xFF


def _crc(data: "Buffer") -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


class Wake(BinaryRequest):
    """A console that sleeps answers nothing but this; it stays awake for two minutes. The value is True."""

    address = 0
    question = b"\n"
    head = (0x0A, 0x0D)
    names = ("line feed", "carriage return")
    size = longest = expected = 2
    shape = ("Davis", "wake")

    def check(self, frame: bytes) -> None:
        """There is nothing but the head."""

    def value(self, frame: bytes) -> bool:
        return True


class ReadLoop(BinaryRequest):
    """What it measures now. The value is a Loop."""

    address = 0
    question = b"LOOP 1\n"
    head = (ACK, 0x4C, 0x4F, 0x4F)
    names = ("ACK", "L", "O", "O")
    size = longest = expected = 100
    shape = ("Davis", "LOOP")

    def check(self, frame: bytes) -> None:
        got = _crc(frame[1:])
        if got != 0:
            raise WireError("CRC of the packet", 0, got)

    def value(self, frame: bytes) -> Loop:
        packet = frame[1:]

        def two(at: int) -> "int | None":
            number = packet[at] | packet[at + 1] << 8
            return None if number == NONE_OF_TWO else number

        def one(at: int) -> "int | None":
            return None if packet[at] == NONE_OF_ONE else packet[at]

        tenths = two(12)
        if tenths is not None and tenths & 0x8000:
            tenths -= 0x10000
        uv = one(43)
        return Loop(
            (packet[7] | packet[8] << 8) / 1000,
            None if tenths is None else tenths / 10,
            one(33),
            one(14),
            one(15),
            two(16),
            None if uv is None else uv / 10,
            two(44),
        )
