"""Megatec protocol of UPSs, 2400 8N1: `Q1` and CR is answered by `(`, fixed columns and CR.

No check; but every column is known, and so is what may stand in it. An instrument of its own on
its line: it has no address. Source: Network UPS Tools, nutdrv_qx_megatec.c.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.wire.text import TextRequest, natural, plain

if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Status(NamedTuple):
        input_v: float
        fault_v: float
        output_v: float
        load_pct: int
        input_hz: float
        battery_v: float
        temperature: float
        flags: tuple[str, ...]

    class Ratings(NamedTuple):
        input_v: float
        input_a: int
        battery_v: float
        input_hz: float
else:
    Status = namedtuple(
        "Status",
        (
            "input_v",
            "fault_v",
            "output_v",
            "load_pct",
            "input_hz",
            "battery_v",
            "temperature",
            "flags",
        ),
    )
    Ratings = namedtuple("Ratings", ("input_v", "input_a", "battery_v", "input_hz"))

__all__ = ["FLAGS", "Ratings", "ReadRatings", "ReadStatus", "Status"]

KINDS = {
    "9": ("0123456789", "a digit"),
    "~": ("0123456789.", "a digit or the point"),
    "1": ("01", "0 or 1"),
}
FLAGS = (  # in the order of the answer
    "utility fail",
    "battery low",
    "bypass or boost",
    "UPS failed",
    "standby type",  # 0: on-line type
    "test in progress",
    "shutdown active",
    "beeper on",
)


class Columns(TextRequest):
    """An answer of fixed columns. pattern: a sign of KINDS, or the character that stands there."""

    address = None
    command: str
    names = ("start",)
    pattern: str

    def __init__(self) -> None:
        self.head = self.pattern[:1].encode()
        self.longest = self.expected = len(self.pattern) + 1
        self.shape = ("Megatec", self.command)

    def encode(self) -> bytes:
        return self.command.encode() + b"\r"

    def value(self, text: str, frame: bytes) -> "Any":
        pattern = self.pattern[1:]
        if len(text) != len(pattern):
            raise WireError("columns", "%d" % len(pattern), "%d" % len(text))
        for at, due in enumerate(pattern):
            may_be, name = KINDS.get(due, (due, "'%s'" % due))
            if text[at] not in may_be:
                raise WireError("column %d" % (at + 2), name, "'%s'" % text[at])
        return self.said(text.split(" "))

    def said(self, words: "list[str]") -> "Any":
        """What the words mean; their form is as the pattern wants it."""
        raise NotImplementedError


class ReadStatus(Columns):
    """`Q1`: voltages in V, load in %, input frequency in Hz, battery in V, temperature in degC, FLAGS.

    `flags` are the names of those that are set. The battery's point may stand one place earlier.
    """

    command = "Q1"
    pattern = "(999.9 999.9 999.9 999 99.9 9~~9 99.9 11111111"

    def said(self, words: "list[str]") -> "Status":
        flags = tuple([name for at, name in enumerate(FLAGS) if words[7][at] == "1"])
        numbers = [plain(word) for word in words[:3] + words[4:7]]
        return Status(
            numbers[0],
            numbers[1],
            numbers[2],
            natural(words[3], "load"),
            numbers[3],
            numbers[4],
            numbers[5],
            flags,
        )


class ReadRatings(Columns):
    """`F`: rated input voltage in V and current in A, battery voltage in V, frequency in Hz."""

    command = "F"
    pattern = "#999.9 999 999.9 99.9"

    def said(self, words: "list[str]") -> "Ratings":
        return Ratings(plain(words[0]), natural(words[1], "current"), plain(words[2]), plain(words[3]))
