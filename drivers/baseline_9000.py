"""Baseline Series 9000 MNME: methane and non-methane hydrocarbons, in lines that it sends on its own.

Its lines carry no status: neither a calibration nor a flame-out shows in them. The output must be started
(`start`) once the instrument has power, and again after each calibration.
Source: public driver Datalogger2 Baseline9000Collector.scala. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, WireError
from drivers.outcome import SEEN, UNKNOWN, Outcome
from drivers.sample import judged
from drivers.wire.baseline_9000 import Command, ReadLine

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Baseline9000"]

ABOUT = {
    "name": "baseline-9000",
    "vendor": "Baseline (Mocon)",
    "model": "Series 9000 MNME",
    "class": "voc-fid",
    "protocol": "baseline-bytes",
    "sources": ["Datalogger2 Baseline9000Collector.scala"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "Give it a timeout of three of its intervals, which the source does not tell. It speaks "
    "on its own, so it is alone on its line. Commands are the public driver's bytes; of a "
    "line only the places of its values are known. Without a status in its lines, give it "
    "rules for missing data and for a value that stands still.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "fields",
        "type": "integer",
        "example": 6,
        "help": "how many fields its line has (TABs plus one), at least 5; another number is refused",
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "ppmC", "mg/m3", "mgC/m3"],
        "help": "the unit set on the instrument; the line does not carry it",
    },
)
COMPONENTS = {"ch4": "CH4", "nmhc": "NMHC"}


class Baseline9000:
    """It has no address. settings: `fields`, `unit`. Raises ValueError for too few fields."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._fields = settings["fields"]
        self.channels = tuple([(name, settings["unit"]) for name in ("ch4", "nmhc", "thc")])
        self.questions()

    def questions(self) -> "tuple[ReadLine, ...]":
        """What `measure` listens for."""
        return (ReadLine(self._fields),)

    def measure(self) -> "Conversation":
        """The next line. Total hydrocarbons are the sum, as in the source."""
        line = yield ReadLine(self._fields)
        total = round(line.ch4 + line.nmhc, 6)  # 1.92 + 0.35 is 2.27, not 2.2700000000000005
        values = (line.ch4, line.nmhc, total)
        return [judged(name, value, unit, []) for (name, unit), value in zip(self.channels, values)]

    def start(self) -> "Operation":
        """Start the output."""
        return (yield from self._act("start output", True))

    def stop(self) -> "Operation":
        """Stop the output."""
        return (yield from self._act("stop output", False))

    def calibrate(self) -> "Operation":
        """Its own automatic calibration; the output is to be started again behind it."""
        return (yield from self._act("automatic calibration", False))

    def measure_gas(self) -> "Operation":
        """Back to normal, which ends a zero or a span."""
        return (yield from self._act("back to normal", True))

    def zero(self, component: str) -> "Operation":
        """Zero of `component`, "ch4" or "nmhc". Raises KeyError for another."""
        return (yield from self._act("%s zero" % COMPONENTS[component], False))

    def span(self, component: str) -> "Operation":
        """Span of `component`, "ch4" or "nmhc". Raises KeyError for another."""
        return (yield from self._act("%s span" % COMPONENTS[component], False))

    def _act(self, command: str, speaks: bool) -> "Operation":
        """Nobody answers, and only that it speaks can be seen."""
        yield Command(command)
        try:
            yield ReadLine(self._fields)
        except (NoAnswer, WireError):
            return Outcome(UNKNOWN, ("no lines come",))
        return Outcome(SEEN if speaks else UNKNOWN, ("lines come",))
