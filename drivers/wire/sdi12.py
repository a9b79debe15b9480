"""SDI-12 answers: address, numbers with their signs, a CRC where the measurement asked for one.

The CRC (three characters before CR LF) sees any single wrong character. Answers repeat the
address alone: which measurement or which block of it, nothing says. On a true SDI-12 wire (1200
baud 7E1, one wire, woken by a break) the port must send that break; Gill MaxiMet stations speak
the same over RS-232 and RS-485. Source: SDI-12 1.4, 4.4; Gill MaxiMet manual 1957-PS-021, p. 74.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.checks import crc_letters
from drivers.wire.text import TextRequest, natural, plain

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Identify", "Measure", "ReadData"]

MARK = b"\r\n"
CRC_CONTROL = (0x7F,)  # what is no printable character, but may stand in a CRC
VALUES_MAX = 37  # 75 characters of values, each a sign and a digit at least


def numbers(text: str) -> tuple[float, ...]:
    """`+192+000.07-3` as numbers: each begins with its sign. Raises WireError."""
    starts = [at for at, character in enumerate(text) if character in "+-"]
    if text and (not starts or starts[0]):
        raise WireError("value", "its sign first", text)
    return tuple([plain(text[start:end]) for start, end in zip(starts, starts[1:] + [len(text)])])


class SdiRequest(TextRequest):
    """A command to the sensor at `address` ("0".."9", "A".."Z", "a".."z"). Raises ValueError."""

    address: str
    crc = False  # whether the answer carries one
    mark = MARK
    longest = 85  # 75 characters of values at most, address, CRC and mark, rounded up

    def __init__(self, address: str, command: str) -> None:
        if len(address) != 1 or not (address.isdigit() or (address.isalpha() and address < "\x7f")):
            raise ValueError("SDI-12 address %r is not one of 0..9, A..Z, a..z" % address)
        self.address = address
        self.command = command
        self.head = address.encode()
        self.names = ("address",)

    def encode(self) -> bytes:
        return ("%s%s!" % (self.address, self.command)).encode()


class ReadData(SdiRequest):
    """`aD0!`..`aD9!`: a block of the last measurement. The value is a tuple of numbers.

    values: how many this block carries; another number is refused, so that one block is less
    often taken for another. crc: whether the measurement was started with one (`MC`). Without it
    an answer has no proven start: where two values are due, a damaged `0+0+3+2` is read as `0+3+2`.
    """

    def __init__(self, address: str, block: int, values: int, crc: bool = True) -> None:
        if not 0 <= block <= 9 or not 1 <= values <= VALUES_MAX:
            raise ValueError("SDI-12 block %d (0..9) of %d values (1..%d)" % (block, values, VALUES_MAX))
        super().__init__(address, "D%d" % block)
        self.values = values
        self.crc = crc
        self.controls = CRC_CONTROL if crc else ()
        self.expected = 3 + 8 * values + 3 * crc
        self.shape = ("SDI-12", "D", values, crc)

    def value(self, text: str, frame: bytes) -> "tuple[float, ...]":
        if self.crc:
            text, got = text[:-3], text[-3:]
            due = crc_letters((self.address + text).encode()).decode()
            if got != due:
                raise WireError("CRC", due, got or "nothing")
        found = numbers(text)
        if len(found) != self.values:
            raise WireError("values", "%d" % self.values, "%d" % len(found))
        return found


class Measure(SdiRequest):
    """`aM!`, `aMC!` (with CRC), each with 1..9 for a further measurement: start one.

    values: how many it is to announce; another number is refused. The value is the time until they are
    ready, in s; for so long the line is left alone (settle_ms is what to plan with until the answer says
    it), since what is asked before then ends the measurement. Unanswered it may be asked again, which
    begins it anew: SDI-12 1.4, 7.2, makes the recorder do so. The sensor may announce earlier that it is
    ready, by its address alone.
    """

    longest = expected = 7
    settle_ms = 3000.0

    def __init__(self, address: str, values: int, crc: bool = True, number: int = 0) -> None:
        if not 0 <= number <= 9:
            raise ValueError("SDI-12 measurement %d is not within 0..9" % number)
        super().__init__(address, ("MC" if crc else "M") + ("%d" % number if number else ""))
        self.values = values
        self.shape = ("SDI-12", "M")

    def value(self, text: str, frame: bytes) -> "Any":
        if len(text) != 4:
            raise WireError("answer", "three digits of seconds and the number of values", text or "nothing")
        seconds, values = natural(text[:3], "seconds"), natural(text[3], "values")
        if values != self.values:
            raise WireError("values", "%d" % self.values, "%d" % values)
        self.settle_ms = 1000.0 * seconds
        return seconds


class Identify(SdiRequest):
    """`aI!`: who it is. The value is (SDI-12 version such as 1.3, vendor, the rest: model, serial number).

    No check. Source: SDI-12 1.4, 4.4.2; MaxiMet manual 1957-PS-021 p. 71.
    """

    longest = 40
    expected = 36
    shape = ("SDI-12", "I")

    def __init__(self, address: str) -> None:
        super().__init__(address, "I")

    def value(self, text: str, frame: bytes) -> "tuple[str, str, str]":
        if len(text) < 10:
            raise WireError(
                "answer", "two digits of version and eight characters of vendor", text or "nothing"
            )
        natural(text[:2], "version")
        return "%s.%s" % (text[0], text[1]), text[2:10].strip(), text[10:].strip()
