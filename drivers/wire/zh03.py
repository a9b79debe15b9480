"""Winsen ZH03, ZH03B and ZH06-I dust sensors: FF, eight bytes, the last of them a check.

The check makes the sum of all bytes behind FF 0 modulo 256: it sees any single wrong byte.
Answers repeat the command. Source: avaldebe/PyPMS (commands, layout, lengths); the check as in
Winsen's ZE07 manual, p. 5.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest, words
from drivers.wire.checks import to_zero

if TYPE_CHECKING:
    from typing import NamedTuple

    class Reading(NamedTuple):
        pm2_5: int
        pm10: int
        pm1: int

else:
    from collections import namedtuple

    Reading = namedtuple("Reading", ("pm2_5", "pm10", "pm1"))

__all__ = ["Command", "ReadValues", "Reading"]

START, SENSOR = 0xFF, 0x01
READ, MODE, SLEEP = 0x86, 0x78, 0xA7
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
    """The value is a Reading, in ug/m3."""

    def __init__(self) -> None:
        super().__init__(READ, 0)

    def value(self, frame: bytes) -> Reading:
        pm2_5, pm10, pm1 = words(frame[2:8])
        return Reading(pm2_5, pm10, pm1)


class Command(Zh03Answer):
    """`answer only`, `send on its own`, `sleep`, `wake`. The value is the answer's third byte.

    What that byte says is not in the sources. The two modes need not be answered: None then.
    Raises ValueError for another word.
    """

    repeatable = False

    def __init__(self, word: str) -> None:
        if word not in COMMANDS:
            names = "answer only, send on its own, sleep, wake"
            raise ValueError("ZH03 command %r is none of %s" % (word, names))
        code, data = COMMANDS[word]
        super().__init__(code, data)
        self.may_be_silent = code == MODE

    def value(self, frame: bytes) -> int:
        return frame[2]
