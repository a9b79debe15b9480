"""Gill ASCII: STX text ETX check CR LF, of WindSonic anemometers and MaxiMet stations.

The check is the XOR of the characters between STX and ETX, as two hex digits: it sees any single
wrong one of them, and not the same bits turned in two, nor two exchanged. One instrument on a
line; its unit letter is in every text. Source: Gill WindSonic manual 1405-PS-0019, 9.1-9.3 and
11.5; MaxiMet manual 1957-PS-021, p. 42-44.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.checks import xor
from drivers.wire.text import TextRequest, natural, plain

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Wind(NamedTuple):
        """direction in degrees: None below 0.05 m/s. unit: M is m/s. status: 00 is well, 51 building."""

        direction: int | None
        speed: float
        unit: str
        status: str

else:
    Wind = namedtuple("Wind", ("direction", "speed", "unit", "status"))

__all__ = ["FAULTS", "Listen", "PollWind", "Wind", "WindStream", "number"]

TERMINATORS = {"CR LF": b"\r\n", "CR": b"\r"}
FAULTS = {
    "01": "axis 1 failed: too few samples on the U axis",
    "02": "axis 2 failed: too few samples on the V axis",
    "04": "both axes failed: too few samples",
    "08": "checksum of the settings memory",
    "09": "checksum of the program memory",
}


def number(field: str) -> "float | None":
    """A field as a number; None where it is empty: the instrument has no value. Raises WireError."""
    return plain(field) if field else None


def shown(data: bytes) -> str:
    """Bytes for a person, in quotes: '\\r\\n'."""
    return repr(data)[1:]


class Listen(TextRequest):
    """A line that the instrument sends on its own. The value is its fields, without the unit letter.

    unit: A..Z. fields: how many the settings of the instrument put into it; an empty one is "".
    timeout_ms: give three of the instrument's intervals (1 s is the factory setting of both).
    terminator: "CR LF" or "CR". Raises ValueError for what is none.
    """

    address = 0
    listening = True
    repeatable = False
    question = b""
    names = ("STX",)
    mark = b"\x03"
    longest = 400  # a MaxiMet with every field: 30 of at most a dozen characters

    def __init__(
        self, unit: str, fields: int, timeout_ms: "float | None" = 3000.0, terminator: str = "CR LF"
    ) -> None:
        if len(unit) != 1 or not "A" <= unit <= "Z":
            raise ValueError("Gill unit %r is not one of A..Z" % unit)
        if terminator not in TERMINATORS or not 1 <= fields <= 60:
            raise ValueError("Gill: %d fields (1..60), ended by %r (CR LF or CR)" % (fields, terminator))
        self.head = (0x02,)
        self.unit = unit
        self.fields = fields
        self.timeout_ms = timeout_ms
        self.terminator = TERMINATORS[terminator]
        self.behind = 2 + len(self.terminator)
        self.expected = 12 * fields
        self.shape = ("Gill", unit, fields)

    def encode(self) -> bytes:
        return self.question

    def value(self, text: str, frame: bytes) -> "Any":
        content = text.encode()
        due, check = "%02X" % xor(content), frame[2 + len(content) : 4 + len(content)]
        if check.upper() != due.encode():
            raise WireError("checksum", due, shown(check))
        end = frame[4 + len(content) :]
        if end != self.terminator:
            raise WireError("end", shown(self.terminator), shown(end))
        words = text.split(",")
        if words[0] != self.unit:
            raise WireError("unit", self.unit, words[0] or "nothing")
        if words[-1]:
            raise WireError("fields", "a comma behind the last one", words[-1])
        if len(words) != self.fields + 2:
            raise WireError("fields", "%d" % self.fields, "%d" % (len(words) - 2))
        return self.read(words[1:-1])

    def read(self, fields: "list[str]") -> "Any":
        """What the fields say."""
        return tuple(fields)


class WindStream(Listen):
    """A WindSonic in `Gill, Polar, Continuous`. The value is a Wind.

    Set to UV instead, the direction carries a sign, and is refused.
    """

    def __init__(
        self, unit: str = "Q", timeout_ms: "float | None" = 3000.0, terminator: str = "CR LF"
    ) -> None:
        super().__init__(unit, 4, timeout_ms, terminator)

    def read(self, fields: "list[str]") -> Wind:
        direction, speed, unit, status = fields
        if len(status) != 2:
            raise WireError("status", "two characters", status or "nothing")
        degrees = natural(direction, "direction") if direction else None
        if degrees is not None and degrees > 360:
            raise WireError("direction", "0 to 360", "%d" % degrees)
        return Wind(degrees, plain(speed, "speed"), unit, status)


class PollWind(WindStream):
    """A WindSonic in `Gill, Polar, Polled`. The value is a Wind; it comes within 130 ms.

    The `?` before the unit letter enables polling, should the instrument have restarted. A line
    of its own is needed here too: every character on it could be a poll.
    """

    listening = False
    repeatable = True

    def __init__(self, unit: str = "Q", terminator: str = "CR LF") -> None:
        super().__init__(unit, None, terminator)
        self.question = b"?" + unit.encode()
