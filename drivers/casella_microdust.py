"""Casella Microdust Pro: one number a second, once it has been told to speak (`start`).

Source: Microdust Pro manual p. 55. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import NoAnswer, WireError
from drivers.outcome import SEEN, UNKNOWN, Outcome
from drivers.sample import judged
from drivers.wire.casella import Command, ReadDust

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "CasellaMicrodust"]

ABOUT = {
    "name": "casella-microdust-pro",
    "vendor": "Casella",
    "model": "Microdust Pro",
    "class": "tsp",
    "protocol": "casella-lines",
    "sources": ["Microdust Pro manual p. 55"],
    "confidence": "A",
    "proven": "vendor frame",
    "notes": "RS-232, 600 to 38400 8N1. It speaks on its own, so it is alone on its line. Its line is a bare "
    "number: neither state nor fault is in it.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS = (
    {
        "name": "channel",
        "type": "string",
        "choices": ["tsp", "pm10", "pm4", "pm25", "pm1"],
        "help": "what its inlet lets through",
    },
    {
        "name": "unit",
        "type": "string",
        "choices": ["mg/m3", "ug/m3", "g/m3"],
        "help": "the unit on its display; the line does not carry it",
    },
)


class CasellaMicrodust:
    """It has no address. settings: `channel`, `unit`."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self.channels = ((settings["channel"], settings["unit"]),)

    def questions(self) -> "tuple[ReadDust, ...]":
        """What `measure` listens for."""
        return (ReadDust(),)

    def measure(self) -> "Conversation":
        """The next line."""
        value = yield ReadDust()
        ((name, unit),) = self.channels
        return [judged(name, value, unit, [])]

    def start(self) -> "Operation":
        """`X`: send a line every second."""
        return (yield from self._act("X", True))

    def stop(self) -> "Operation":
        """`Z`: stop sending."""
        return (yield from self._act("Z", False))

    def _act(self, letter: str, speaks: bool) -> "Operation":
        yield Command(letter)
        try:
            yield ReadDust()
        except (NoAnswer, WireError):
            return Outcome(UNKNOWN if speaks else SEEN, ("no lines come",))
        return Outcome(SEEN if speaks else UNKNOWN, ("lines come",))
