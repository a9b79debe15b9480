"""Grimm 1.108 and EDM 180 dust monitors, in mass mode: PM10, PM2.5 and PM1 every 6 s.

Its error code comes once a minute; what it last said is kept until it says otherwise.
Source: HagenTelg/forge, instrument grimm110xopc and its simulator. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.exchange import WireError
from drivers.sample import judged
from drivers.wire.grimm import MASSES, STATE, ReadLine

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Report

__all__ = ["ABOUT", "ADDRESSES", "ERRORS", "SETTINGS", "SHARED_LINE", "Grimm180", "causes_of"]

ABOUT = {
    "name": "grimm-180",
    "vendor": "Grimm",
    "model": "1.108, EDM 180",
    "class": "tsp",
    "protocol": "grimm-lines",
    "sources": ["HagenTelg/forge: instrument grimm110xopc"],
    "confidence": "B",
    "proven": "independent implementation",
    "notes": "9600 8N1, set to send masses. It speaks on its own, so it is alone on its line. With `every` "
    "above 6 s its error code, once a minute, is seen only now and then.",
}
ADDRESSES = None
SHARED_LINE = False
SETTINGS: "tuple[dict[str, Any], ...]" = ()
FLOW = 3  # both bits of the pump: a code of its own
ERRORS = (
    (1, "D", "pump high"),
    (2, "D", "pump low"),
    (4, "D", "pump current high"),
    (8, "N", "battery low"),
    (16, "D", "battery drained"),
    (32, "D", "nozzle fault"),
    (64, "N", "memory card fault"),
    (128, "D", "self-test failed"),
)
LINES_MAX = 12  # between two lines of masses stand at most the minute's two and the counts' four
STATES_MAX = 15  # a minute has at most as many lines of masses


def causes_of(error: int) -> "list[tuple[str, str]]":
    """What an error code means for a reading."""
    if error & FLOW == FLOW:
        return [("D", "flow error")] + causes_of(error & ~FLOW)
    causes = [(flag, condition) for bit, flag, condition in ERRORS if error & bit]
    return causes + ([("D", "error %d" % error)] if error > 255 else [])


class Grimm180:
    """It has no address and no settings."""

    channels = (("pm10", "ug/m3"), ("pm25", "ug/m3"), ("pm1", "ug/m3"))

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = None
        self._error = 0

    def questions(self) -> "tuple[ReadLine, ...]":
        """What `measure` listens for."""
        return (ReadLine(),)

    def measure(self) -> "Conversation":
        """The next line of masses; what stands before it is heard for the error code."""
        for _ in range(LINES_MAX):
            line = yield ReadLine()
            if line.kind == STATE:
                self._error = line.values[0]
            if line.kind == MASSES:
                causes = causes_of(self._error)
                return [
                    judged(name, value, unit, causes)
                    for (name, unit), value in zip(self.channels, line.values)
                ]
        raise WireError("lines", "masses among %d" % LINES_MAX, "none: is it set to send them?")

    def status(self) -> "Report":
        """The next error code: it comes once a minute."""
        for _ in range(LINES_MAX * STATES_MAX):
            line = yield ReadLine()
            if line.kind == STATE:
                self._error = line.values[0]
                return tuple(["%s %s" % cause for cause in causes_of(self._error)]) or ("no error",)
        raise WireError("lines", "a state once a minute", "none")
