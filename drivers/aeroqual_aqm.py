"""Aeroqual AQM and IQM stations: any of their sensors, each asked by its code; zero, zero air, span.

Which code is which sensor stands in the station's own list; the seen pages name one, 48 (0x30), low ozone. So
a setting says name, code and unit. Source: IQM 60 user guide p. 30-40 (protocol V4, V5); AQM RS232 protocol
V6. Runs on MicroPython too.
"""

from typing import TYPE_CHECKING

from drivers.outcome import ACCEPTED, SEEN, UNKNOWN, Outcome, sent_once
from drivers.sample import judged
from drivers.units import UNITS
from drivers.wire.aeroqual import AqmCommand, AqmSpan, ReadAqm, ReadStation
from drivers.wire.text import digits

if TYPE_CHECKING:
    from typing import Any

    from drivers.exchange import Conversation
    from drivers.outcome import Operation, Report

__all__ = ["ABOUT", "ADDRESSES", "SETTINGS", "SHARED_LINE", "AeroqualAqm"]

ABOUT = {
    "name": "aeroqual-aqm",
    "vendor": "Aeroqual",
    "model": "IQM 60, AQM 60, AQM 10",
    "class": "micro-station",
    "protocol": "aeroqual",
    "sources": ["IQM 60 user guide p. 30-40", "AQM RS232 protocol V6 (AQM 60 user guide p. 69-78)"],
    "confidence": "A",
    "proven": "emulator only",
    "notes": "RS-232, 38400 8N1. Its automatic reports (OPERATION_STATUS, bit 0) must be off: it is to "
    "speak when asked. Questions and commands are printed by the maker; of answers only the layout is.",
}
ADDRESSES = (1, 255)
SHARED_LINE = False
SETTINGS = (
    {
        "name": "values",
        "type": "list",
        "example": ["o3 48 ppm"],
        "help": 'each sensor as "name code unit", the code as a number of 0..255, for example "o3 48 ppm"; '
        "its unit is the one set on the station: ppm or mg/m3 for gases",
    },
)
STATES = (  # bits of a sensor's status
    (0x04, "D", "pump failed"),
    (0x08, "D", "NO2 scrubber too cold"),
    (0x10, "C", "zero air on"),
)
ZERO_AIR = 0x10


class AeroqualAqm:
    """address 1..255. settings: `values`. Raises ValueError for what does not fit."""

    def __init__(self, address: int, settings: "dict[str, Any]") -> None:
        self.address = address
        rows = [row.split(" ") for row in settings["values"]]
        for row in rows:
            if len(row) != 3 or not digits(row[1]) or int(row[1]) > 255 or row[2] not in UNITS:
                raise ValueError("value %r is not a name, a code of 0..255 and a unit" % " ".join(row))
        if not rows:
            raise ValueError("values names no sensor")
        self.channels = tuple([(name, unit) for name, _, unit in rows])
        self._codes = tuple([int(code) for _, code, _ in rows])

    def questions(self) -> "tuple[ReadAqm, ...]":
        """The questions that `measure` asks, in order."""
        return tuple([ReadAqm(self.address, code) for code in self._codes])

    def measure(self) -> "Conversation":
        """One exchange for each sensor."""
        samples = []
        for (name, unit), request in zip(self.channels, self.questions()):
            said = yield request
            value, causes = said.value, [(flag, what) for bit, flag, what in STATES if said.status & bit]
            if value - value != 0:  # not a number, or infinite
                value = None
                causes.append(("D", "not a number"))
            samples.append(judged(name, value, unit, causes))
        return samples

    def identify(self) -> "Report":
        """Name and version. An AQM of protocol V6 answers with more bytes, and is not understood."""
        name, version = yield ReadStation(self.address)
        return (name, "version %.1f" % version)

    def status(self) -> "Report":
        """What the first sensor's status says."""
        said = yield ReadAqm(self.address, self._codes[0])
        return tuple(["%s %s" % (flag, what) for bit, flag, what in STATES if said.status & bit])

    def zero(self) -> "Operation":
        """Zero calibration of all gas sensors."""
        answered = yield from sent_once(AqmCommand(self.address, "zero"))
        return Outcome(ACCEPTED if answered else UNKNOWN, (yield from self.status()))

    def zero_gas(self) -> "Operation":
        """Zero air to the sensors: the zero scrubber on."""
        return (yield from self._scrubber("zero scrubber on", True))

    def measure_gas(self) -> "Operation":
        """Back to the sample: the zero scrubber off."""
        return (yield from self._scrubber("zero scrubber off", False))

    def span(self, channel: str, concentration: float) -> "Operation":
        """Span calibration of one channel with a gas of this concentration, in its unit. Raises KeyError."""
        codes = [code for (name, _), code in zip(self.channels, self._codes) if name == channel]
        if not codes:
            raise KeyError(channel)
        answered = yield from sent_once(AqmSpan(self.address, codes[0], concentration))
        return Outcome(ACCEPTED if answered else UNKNOWN, (yield from self.status()))

    def _scrubber(self, word: str, on: bool) -> "Operation":
        answered = yield from sent_once(AqmCommand(self.address, word))
        said = yield ReadAqm(self.address, self._codes[0])
        state = ("zero air on" if said.status & ZERO_AIR else "zero air off",)
        if answered:
            return Outcome(ACCEPTED, state)
        return Outcome(SEEN if bool(said.status & ZERO_AIR) == on else UNKNOWN, state)
