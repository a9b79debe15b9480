"""Teledyne 4020 total hydrocarbon analyser: a line every 2 s with value, range, mode and alarms.

A value beyond the end of its range is over range. The flame is not in the line.
Source: Teledyne 4020 manual p. 41-42. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, WireError
from drivers.outcome import SEEN, UNKNOWN, Outcome
from drivers.sample import judged
from drivers.wire.teledyne_thc import Calibrate, Read4020

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation, Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "Teledyne4020"]

ABOUT = {
    "name": "teledyne-4020",
    "vendor": "Teledyne Analytical Instruments",
    "model": "4020 total hydrocarbon analyser",
    "class": "voc-fid",
    "protocol": "teledyne-lines",
    "sources": ["4020 manual p. 41-42"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "RS-232, 2400 8N1. It speaks on its own, so it is alone on its line. A flame-out is not in its "
    "line: give the channel a rule for missing or low values.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "unit",
        "type": "string",
        "choices": ["ppm", "ppb", "%"],
        "help": "the unit that its line carries; a line in another one is flagged D and gives no value",
    },
)
MODES = {"ANLZ": (), "ZERO": (("C", "zero calibration"),), "SPAN": (("C", "span calibration"),)}


class Teledyne4020:
    """It has no address. settings: `unit`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._unit = settings["unit"]
        self.channels = (("thc", self._unit),)

    def questions(self) -> "tuple[Read4020, ...]":
        """What `measure` listens for."""
        return (Read4020(),)

    def measure(self) -> "Conversation":
        """The next line."""
        line = yield Read4020()
        causes = list(MODES[line.mode])
        causes.extend([("N", "alarm %s" % alarm) for alarm in line.alarms])
        value = line.value
        if line.unit != self._unit:
            value = None
            causes.append(("D", "the line is in %s" % line.unit))
        elif value > line.top:
            causes.append(("T", "beyond the end of range %s" % line.range))
        return [judged("thc", value, self._unit, causes)]

    def status(self) -> "Report":
        """Mode, range and alarms of the next line."""
        line = yield Read4020()
        return (line.mode, "range %s up to %s %s" % (line.range, line.top, line.unit)) + tuple(line.alarms)

    def zero(self) -> "Operation":
        """`az`: its own zero calibration. Nobody answers: the next lines tell."""
        return (yield from self._act("az", "ZERO"))

    def span(self) -> "Operation":
        """`as`: its own span calibration."""
        return (yield from self._act("as", "SPAN"))

    def _act(self, command: str, mode: str) -> "Operation":
        yield Calibrate(command)
        try:
            line = yield Read4020()
        except (NoAnswer, WireError):
            return Outcome(UNKNOWN, ())
        return Outcome(SEEN if line.mode == mode else UNKNOWN, (line.mode,))
