"""TSI DustTrak II and DRX (8530, 8532, 8533, 8534): a command and CR, answered by CR LF text CR LF.

Lists end with a comma of their own. No check, and no answer names its question. Source: public
drivers (class DustTrax; drx_85xx), over TCP 3602 or serial; no manual was at hand.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.text import TextRequest, natural, plain

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Measurement(NamedTuple):
        elapsed_s: float
        values: tuple[float, ...]
else:
    Measurement = namedtuple("Measurement", ("elapsed_s", "values"))

__all__ = [
    "CHANNELS",
    "FAULTS",
    "MESSAGES",
    "Command",
    "Measurement",
    "ReadMeasurement",
    "ReadMessages",
    "ReadText",
]

CHANNELS = {"8530": 1, "8532": 1, "8533": 5, "8534": 5}  # DRX: PM1, PM2.5, PM4, PM10, total
MESSAGES = {"8530": 13, "8532": 12, "8533": 17, "8534": 16}  # fields of RMMESSAGES
FAULTS = (  # the first ten fields of the DRX models; the source names no others
    "system error",
    "laser",
    "flow",
    "flow blocked",
    "maximum concentration PM1",
    "maximum concentration PM2.5",
    "maximum concentration respirable",
    "maximum concentration PM10",
    "maximum concentration total",
    "filter concentration",
)


class DustTrakRequest(TextRequest):
    """One command. An instrument is alone on its line: it has no address."""

    address = None
    head = b"\r\n"
    names = ("CR", "LF")
    mark = b"\r\n"
    longest = 512

    def __init__(self, command: str) -> None:
        self.command = command

    def encode(self) -> bytes:
        return self.command.encode() + b"\r"


class DustTrakList(DustTrakRequest):
    """An answer of `fields` values, a comma behind each. Their number alone tells two lists apart."""

    def __init__(self, command: str, fields: int) -> None:
        super().__init__(command)
        self.fields = fields
        self.expected = 4 + 8 * fields
        self.shape = ("DustTrak", fields)

    def value(self, text: str, frame: bytes) -> "Any":
        words = text.split(",")
        if len(words) != self.fields + 1 or words[-1]:
            raise WireError(
                "answer to %s" % self.command, "%d fields, a comma behind each" % self.fields, text
            )
        return self.said(words[:-1])

    def said(self, words: "list[str]") -> "Any":
        """What the fields mean."""
        raise NotImplementedError


class ReadMeasurement(DustTrakList):
    """`RMMEAS`: seconds since the start, and the values in mg/m3: one, or five for a DRX.

    model: a key of CHANNELS. Raises ValueError for another.
    """

    def __init__(self, model: str) -> None:
        super().__init__("RMMEAS", 1 + _of_model(CHANNELS, model))

    def said(self, words: "list[str]") -> "Measurement":
        numbers = [plain(word.lstrip(" ")) for word in words]
        return Measurement(numbers[0], tuple(numbers[1:]))


class ReadMessages(DustTrakList):
    """`RMMESSAGES`: a tuple of flags and percentages; of a DRX the first ten are FAULTS.

    model: a key of MESSAGES. Raises ValueError for another.
    """

    def __init__(self, model: str) -> None:
        super().__init__("RMMESSAGES", _of_model(MESSAGES, model))

    def said(self, words: "list[str]") -> "tuple[int, ...]":
        return tuple([natural(word.lstrip(" "), "message %d" % (at + 1)) for at, word in enumerate(words)])


class DustTrakText(DustTrakRequest):
    """An answer that is a text and no list. Two of these can be mistaken for each other."""

    expected = 24
    shape = ("DustTrak", "text")
    commands: tuple[str, ...]

    def __init__(self, command: str) -> None:
        if command not in self.commands:
            raise ValueError("DustTrak command %r is none of %s" % (command, ", ".join(self.commands)))
        super().__init__(command)

    def value(self, text: str, frame: bytes) -> str:
        if not text.strip() or text[-1] == ",":
            raise WireError("answer to %s" % self.command, "a text that is no list", text or "nothing")
        return text.strip()


class ReadText(DustTrakText):
    """Model, serial number, firmware, clock, MSTATUS (`Running` when it measures), or RMZEROING.

    The value is the text. Raises ValueError for another command.
    """

    commands = ("RDMN", "RDSN", "RDBS", "RSDATETIME", "MSTATUS", "RMZEROING")


class Command(DustTrakText):
    """Starts, stops, updates or zeroes. Never asked twice; the value is the text of the answer.

    After MZERO ask RMZEROING. Raises ValueError for another command.
    """

    repeatable = False
    commands = ("MSTART", "MSTOP", "MUPDATE", "MZERO")


def _of_model(table: "dict[str, int]", model: str) -> int:
    if model not in table:
        raise ValueError("DustTrak model %r is none of %s" % (model, ", ".join(sorted(table))))
    return table[model]
