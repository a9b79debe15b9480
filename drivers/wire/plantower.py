"""Plantower PMS1003/3003/5003/7003 dust sensors: 42 4D length words sum, one sensor on a line.

The check is the 16-bit sum of every byte before it: it sees any single wrong byte, and not two
that make up for each other. A reading on request looks like one sent unasked. Source: Plantower
PMS5003 and PMS7003 data manuals (layout, check, intervals), avaldebe/PyPMS (captures, commands),
public drivers that print the acknowledgements.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest, words

if TYPE_CHECKING:
    from drivers.exchange import Buffer

__all__ = ["PMS3003", "PMS5003ST", "PMSX003", "Command", "ReadFrame", "StreamedFrame", "Wake", "signed"]

START = (0x42, 0x4D)
# Data words of a frame: the length field counts their bytes and the two of the sum.
PMS3003 = 9  # CF=1 PM1, PM2.5, PM10; in air PM1, PM2.5, PM10; three reserved
PMSX003 = 13  # as above without reserved, then particles above 0.3, 0.5, 1, 2.5, 5, 10 um; version
PMS5003ST = 17  # as above; formaldehyde, temperature and humidity; two reserved, version
FRAME_BYTES = (8, 6 + 2 * PMS3003, 6 + 2 * PMSX003, 6 + 2 * PMS5003ST)  # 8: an acknowledgement
MODE, READ, SLEEP = 0xE1, 0xE2, 0xE4
COMMANDS = {"passive": (MODE, 0), "active": (MODE, 1), "sleep": (SLEEP, 0)}  # command byte, data


def with_sum(body: bytes) -> bytes:
    total = sum(body)
    return body + bytes((total >> 8 & 0xFF, total & 0xFF))


def signed(word: int) -> int:
    """A data word that may be below zero: the temperature of the 5003T and 5003ST."""
    return word - 0x10000 if word & 0x8000 else word


class PlantowerAnswer(BinaryRequest):
    """Any frame of a Plantower: `payload` bytes between length and sum."""

    address = 0
    names: tuple[str, ...] = ("start", "start", "length", "length", "command", "data")

    def __init__(self, payload: int) -> None:
        self.head = START + (payload + 2 >> 8, payload + 2 & 0xFF)
        self.size = self.longest = self.expected = 4 + payload + 2

    def check(self, frame: "Buffer") -> None:
        due, got = sum(frame[:-2]), frame[-2] << 8 | frame[-1]
        if due != got:
            raise WireError("sum", due, got)


class StreamedFrame(PlantowerAnswer):
    """What the sensor sends on its own in active mode. The value is its data words, unscaled.

    data_words: PMSX003 and the like. All zero while the sensor warms up. Raises ValueError for
    a number of words that no frame has.
    """

    listening = True
    repeatable = False
    timeout_ms: "float | None" = 5000.0  # two of the longest interval, 2.3 s in steady air

    def __init__(self, data_words: int = PMSX003) -> None:
        if not 1 <= data_words <= 100:
            raise ValueError("a Plantower frame of %d words" % data_words)
        super().__init__(2 * data_words)
        self.shape = ("Plantower", data_words)

    def value(self, frame: bytes) -> tuple[int, ...]:
        return words(frame[4:-2])


class ReadFrame(StreamedFrame):
    """Ask for one reading, in passive mode. The value is as of StreamedFrame."""

    listening = False
    repeatable = True
    timeout_ms = None
    question = with_sum(bytes(START + (READ, 0, 0)))


class Command(PlantowerAnswer):
    """`passive`, `active`, `sleep`: acknowledged by command and data. The value is True.

    Raises ValueError for another word.
    """

    repeatable = False

    def __init__(self, word: str) -> None:
        if word not in COMMANDS:
            raise ValueError("Plantower command %r is none of passive, active, sleep" % word)
        super().__init__(2)
        code, data = COMMANDS[word]
        self.head = tuple(self.head) + (code, data)
        self.question = with_sum(bytes(START + (code, 0, data)))
        self.shape = ("Plantower", code, data)

    def value(self, frame: bytes) -> bool:
        return True


class Wake(PlantowerAnswer):
    """Out of sleep. The value is True; None where nothing came, which is fine too.

    It has no acknowledgement of its own: the first reading may come, of whatever model.
    """

    repeatable = False
    may_be_silent = True
    question = with_sum(bytes(START + (SLEEP, 0, 1)))
    shape = ("Plantower", SLEEP, 1)

    def __init__(self) -> None:
        super().__init__(2 * PMS5003ST)
        self.head = START

    def length(self, buf: "Buffer") -> "int | None":
        return 4 + (buf[2] << 8 | buf[3]) if len(buf) > 3 else None

    def check_head(self, buf: "Buffer") -> None:
        super().check_head(buf)
        size = self.length(buf)
        if size is not None and size not in FRAME_BYTES:
            raise WireError("length", "that of a frame", "%d bytes" % size)

    def value(self, frame: bytes) -> bool:
        return True
