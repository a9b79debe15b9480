"""Nova SDS011/SDS018/SDS021 dust sensors: AA, command, six bytes, sum, AB.

The check is the sum of the six bytes: it sees any single wrong byte among them; the others have one
value each. Answers repeat the command, and the sensor's id. A reading on request looks like one
sent unasked. Source: Nova Fitness, Laser Dust Sensor Control Protocol V1.3; avaldebe/PyPMS (captures).
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.binary import BinaryRequest

if TYPE_CHECKING:
    from typing import NamedTuple

    class Reading(NamedTuple):
        pm2_5: float
        pm10: float
        id: int

else:
    Reading = namedtuple("Reading", ("pm2_5", "pm10", "id"))

__all__ = ["ANY", "QueryReading", "ReadVersion", "Reading", "Setting", "StreamedReading"]

HEAD, TAIL, COMMAND = 0xAA, 0xAB, 0xB4
READING, ANSWER = 0xC0, 0xC5
REPORT, QUERY, WORK, VERSION, PERIOD = 2, 4, 6, 7, 8
ANY = 0xFFFF  # the id that every sensor answers to, with its own
SETTINGS = {  # word: operation, highest value
    "query mode": (REPORT, 1),  # 0 reports on its own, 1 answers only
    "work": (WORK, 1),  # 0 sleeps, 1 works
    "period": (PERIOD, 30),  # minutes; 0 reports every second
}


def command(operation: int, action: int, value: int, sensor: int) -> bytes:
    """The 19 bytes of a command."""
    body = bytes((operation, action, value)) + bytes(10) + bytes((sensor >> 8, sensor & 0xFF))
    return bytes((HEAD, COMMAND)) + body + bytes((sum(body) & 0xFF, TAIL))


class SdsAnswer(BinaryRequest):
    """Ten bytes that begin with AA `kind`. sensor: its id, or ANY. Raises ValueError out of range."""

    names: tuple[str, ...] = ("start", "kind", "operation")
    size = longest = expected = 10

    def __init__(self, kind: int, sensor: int) -> None:
        if not 0 <= sensor <= ANY:
            raise ValueError("SDS011 id %d is not within 0..0xFFFF" % sensor)
        self.sensor = self.address = sensor
        self.head = (HEAD, kind)

    def check(self, frame: bytes) -> None:
        due, got = sum(frame[2:8]) & 0xFF, frame[8]
        if due != got:
            raise WireError("sum", due, got)
        if frame[9] != TAIL:
            raise WireError("end", TAIL, frame[9])
        found = frame[6] << 8 | frame[7]
        if self.sensor not in (ANY, found):
            raise WireError("sensor id", "%04X" % self.sensor, "%04X" % found)


class StreamedReading(SdsAnswer):
    """What the sensor sends on its own, once a second by default. The value is a Reading, in ug/m3."""

    listening = True
    repeatable = False
    timeout_ms: "float | None" = 3000.0  # three of the default interval
    shape = ("SDS011", READING)

    def __init__(self, sensor: int = ANY) -> None:
        super().__init__(READING, sensor)

    def value(self, frame: bytes) -> Reading:
        pm2_5, pm10 = frame[2] | frame[3] << 8, frame[4] | frame[5] << 8
        return Reading(pm2_5 / 10, pm10 / 10, frame[6] << 8 | frame[7])


class QueryReading(StreamedReading):
    """Ask for one reading. The value is as of StreamedReading."""

    listening = False
    repeatable = True
    timeout_ms = None

    def __init__(self, sensor: int = ANY) -> None:
        super().__init__(sensor)
        self.question = command(QUERY, 0, 0, sensor)


class Setting(SdsAnswer):
    """`query mode`, `work` or `period`: read it, or with a `new` value set it. The value is a number.

    Raises ValueError for another word or a value out of range.
    """

    def __init__(self, word: str, new: "int | None" = None, sensor: int = ANY) -> None:
        if word not in SETTINGS:
            raise ValueError("SDS011 setting %r is none of query mode, work, period" % word)
        operation, highest = SETTINGS[word]
        if new is not None and not 0 <= new <= highest:
            raise ValueError("SDS011 %s %d is not within 0..%d" % (word, new, highest))
        super().__init__(ANSWER, sensor)
        self.new = new
        self.repeatable = new is None
        action = 0 if new is None else 1
        self.question = command(operation, action, new or 0, sensor)
        self.head = (HEAD, ANSWER, operation, action, new)
        self.names = ("start", "kind", "operation", "read or set", "value")
        self.shape = ("SDS011", operation, action, new)

    def value(self, frame: bytes) -> int:
        return frame[4]


class ReadVersion(SdsAnswer):
    """The firmware's date. The value is (year, month, day)."""

    shape = ("SDS011", VERSION)

    def __init__(self, sensor: int = ANY) -> None:
        super().__init__(ANSWER, sensor)
        self.question = command(VERSION, 0, 0, sensor)
        self.head = (HEAD, ANSWER, VERSION)

    def value(self, frame: bytes) -> tuple[int, int, int]:
        return 2000 + frame[3], frame[4], frame[5]
