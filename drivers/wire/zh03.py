"""Winsen ZH03, ZH03B and ZH06-I dust sensors: FF, eight bytes, the last of them a check.

The check makes the sum of all bytes behind FF 0 modulo 256: it sees any single wrong byte.
Answers repeat the command. Source: avaldebe/PyPMS (commands, layout, lengths); two public drivers,
uart_zh03 for ESP-IDF and ZH03B_library v0.2 (result of a command, what is sent unasked); the check
as in Winsen's ZE07 manual, p. 5.
"""

from typing import TYPE_CHECKING

from drivers.exchange import Refused, WireError
from drivers.wire.binary import BinaryRequest, words
from drivers.wire.checks import to_zero
from drivers.wire.plantower import PMS3003, StreamedFrame

if TYPE_CHECKING:
    from typing import NamedTuple

    class Reading(NamedTuple):
        pm2_5: int
        pm10: int
        pm1: int

else:
    from collections import namedtuple

    Reading = namedtuple("Reading", ("pm2_5", "pm10", "pm1"))

__all__ = ["Command", "ReadValues", "Reading", "StreamedValues"]

START, SENSOR = 0xFF, 0x01
READ, MODE, SLEEP = 0x86, 0x78, 0xA7
FAILED, DONE = 0, 1
COMMANDS = {  # command byte, data
    "answer only": (MODE, 0x41),
    "send on its own": (MODE, 0x40),
    "sleep": (SLEEP, 1),
    "wake": (SLEEP, 0),
}


def framed(command: int, data: int) -> bytes:
    body = bytes((SENSOR, command, data, 0, 0, 0, 0))
    return bytes((START,)) + body + bytes((to_zero(body),))


class Zh03Answer(BinaryRequest):
    """Nine bytes that begin with FF and the command."""

    address = 0
    names: tuple[str, ...] = ("start", "command")
    size = longest = expected = 9

    def __init__(self, command: int, data: int) -> None:
        self.question = framed(command, data)
        self.head = (START, command)
        self.shape = ("ZH03", command)

    def check(self, frame: bytes) -> None:
        due, got = to_zero(frame[1:-1]), frame[-1]
        if due != got:
            raise WireError("checksum", due, got)


class ReadValues(Zh03Answer):
    """The value is a Reading, in ug/m3.

    Order of the three as in PyPMS; the ESP-IDF driver takes the first for PM1 and the last for
    PM2.5. PM1 is never above PM2.5: a reading where it is shows a sensor of the other order.
    """

    def __init__(self) -> None:
        super().__init__(READ, 0)

    def value(self, frame: bytes) -> Reading:
        pm2_5, pm10, pm1 = words(frame[2:8])
        return Reading(pm2_5, pm10, pm1)


class Command(Zh03Answer):
    """`answer only`, `send on its own`, `sleep`, `wake`. The value is True.

    The two modes need not be answered: None then. Raises ValueError for another word.
    """

    repeatable = False

    def __init__(self, word: str) -> None:
        if word not in COMMANDS:
            names = "answer only, send on its own, sleep, wake"
            raise ValueError("ZH03 command %r is none of %s" % (word, names))
        code, data = COMMANDS[word]
        super().__init__(code, data)
        self.may_be_silent = code == MODE

    def value(self, frame: bytes) -> bool:
        result = frame[2]
        if frame[1] == SLEEP and result == FAILED:
            raise Refused(FAILED, "the sensor did not carry out the command")
        if frame[1] == SLEEP and result != DONE:
            raise WireError("result", "0 or 1", result)
        return True


class StreamedValues(StreamedFrame):
    """What the sensor sends on its own, once a second. The value is a Reading, in ug/m3.

    Its frame is laid out as a Plantower PMS3003's; the first three words are reserved.
    """

    timeout_ms = 3000.0  # three intervals

    def __init__(self) -> None:
        super().__init__(PMS3003)

    def value(self, frame: bytes) -> Reading:
        pm1, pm2_5, pm10 = words(frame[10:16])
        return Reading(pm2_5, pm10, pm1)
